package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

func eventText(e ask.Event) string {
	switch e {
	case ask.EndOfLife:
		return "EOL"
	case ask.ExtendedAccess:
		return "price may rise"
	}
	return "turns LEGACY"
}

func (p *page) deadlines(d *Deadlines) {
	switch {
	case len(d.Next) == 0 && len(d.Entries) == 0:
		return
	case len(d.Entries) == 0:
		p.paragraph(fmt.Sprintf("## Deadlines in the next %d days", d.Days))
		line, folded := d.next()
		p.paragraph("None. " + line)
		p.models(folded)
		return
	}
	p.paragraph(fmt.Sprintf("## Deadlines in the next %d days", d.Days))
	var f folds
	var rows [][]string
	for _, e := range d.Entries {
		rows = append(rows, []string{e.Date, fmt.Sprint(e.DaysLeft), e.event(), markdown.Code(e.ID), e.regions(&f)})
	}
	p.table([]string{"Date", "Days:", "Event", "ID", "Regions"}, rows)
	p.folded(f)
}

func (d Deadline) event() string {
	event := eventText(d.Event)
	switch {
	case d.Moved == MovedNew:
		event += ", **new**"
	case d.Moved != "":
		event += ", **moved " + string(d.Moved) + "**"
	}
	if d.DaysLeft < 0 {
		event += ", passed"
	}
	return event
}

// regions names the regions that agree on a date, and separately those that did
// when they were last read.
func (d Deadline) regions(f *folds) string {
	label := fmt.Sprintf("%s, %s %s", markdown.Code(d.ID), eventText(d.Event), d.Date)
	var parts []string
	if len(d.Regions) > 0 {
		parts = append(parts, f.regions(label, d.Regions))
	}
	unread := ordered.By(d.Unread, func(u Confirmed) string { return catalog.Day(u.Run.At) })
	slices.SortFunc(unread, func(a, b ordered.Group[string, Confirmed]) int { return strings.Compare(a.Key, b.Key) })
	for _, same := range unread {
		var regions []string
		for _, u := range same.Values {
			regions = append(regions, u.Region)
		}
		parts = append(parts, fmt.Sprintf("as read %s: %s", same.Key, f.regions(label+", as read "+same.Key, regions)))
	}
	return strings.Join(parts, "; ")
}

// next returns a line about the next date. If it has too many models for a line,
// they are returned in folded.
func (d *Deadlines) next() (line string, folded []string) {
	if len(d.Next) == 0 {
		return "", nil
	}
	byEvent := map[ask.Event][]string{}
	for _, n := range d.Next {
		byEvent[n.Event] = append(byEvent[n.Event], markdown.Code(n.ID))
	}
	var parts []string
	for _, e := range events {
		ids := byEvent[e.event]
		switch {
		case len(ids) > rollUpOver:
			folded = append(folded, ids...)
			parts = append(parts, plural(len(ids), "model")+" "+eventText(e.event))
		case len(ids) > 0:
			parts = append(parts, strings.Join(ids, ", ")+" "+eventText(e.event))
		}
	}
	first := d.Next[0]
	return fmt.Sprintf("Next deadline: %s %s (%s).", strings.Join(parts, "; "), first.Date, inDays(first.DaysLeft)), folded
}
