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
		p.paragraph("## Deadlines")
		p.paragraph(fmt.Sprintf("None in the next %d days. ", d.Days) + d.next())
		return
	}
	p.paragraph("## Deadlines")
	p.paragraph(fmt.Sprintf("The next %d days, counted from the run.", d.Days))
	var f folds
	var rows [][]string
	var variants []string
	for _, e := range d.Entries {
		if e.VariantOf != "" {
			variants = append(variants, fmt.Sprintf("%s: %s %s", markdown.Code(e.ID), e.event(), e.Date))
			continue
		}
		rows = append(rows, []string{e.Date, fmt.Sprint(e.DaysLeft), e.event(), markdown.Code(e.ID), e.regions(&f), e.moveTo()})
	}
	if len(rows) > 0 {
		p.table([]string{"Date", "Days:", "Event", "ID", "Regions", "Move to"}, rows)
	}
	p.folded(f)
	if len(variants) > 0 {
		p.details(catalog.Counted(len(variants), "date")+" of variants for purchased throughput only", func() { p.bullets(variants) })
	}
}

func (d Deadline) moveTo() string {
	if d.Replacement == nil {
		return "none there"
	}
	return markdown.Code(d.Replacement.Model)
}

// Words says in plain text what happens when to which model, and what to call
// instead. Text from outside is on one line and not escaped.
func (d Deadline) Words() string {
	name := markdown.Clean(d.ID)
	if d.Name != "" {
		name = markdown.Clean(d.Name) + " (" + name + ")"
	}
	return fmt.Sprintf("%s: %s %s (%s) in %s; %s", name, eventText(d.Event), d.Date, inDays(d.DaysLeft), shortRegions(d.Regions), useInstead(d.Replacement))
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

// ahead writes a line about the next dates.
func (p *page) ahead(d *Deadlines) {
	line := d.next()
	if line == "" {
		return
	}
	if n := d.models(); n > len(d.Next) {
		line += fmt.Sprintf(" [All %d in %d days](#deadlines)", n, d.Days)
	}
	p.paragraph(line)
}

// models counts the entries that are not about variants.
func (d *Deadlines) models() int {
	n := 0
	for _, e := range d.Entries {
		if e.VariantOf == "" {
			n++
		}
	}
	return n
}

// deadlinesNamed is how many models the line about the next date names.
const deadlinesNamed = 2

// next returns a line about the next date, "" if there is none.
func (d *Deadlines) next() string {
	if len(d.Next) == 0 {
		return ""
	}
	byEvent := map[ask.Event][]string{}
	for _, n := range d.Next {
		byEvent[n.Event] = append(byEvent[n.Event], n.words())
	}
	var parts []string
	for _, e := range events {
		names := byEvent[e.event]
		switch {
		case len(names) > deadlinesNamed:
			parts = append(parts, eventText(e.event)+" for "+catalog.Counted(len(names), "model")+",")
		case len(names) > 0:
			parts = append(parts, strings.Join(names, " and ")+" "+eventText(e.event))
		}
	}
	first := d.Next[0]
	return fmt.Sprintf("Next deadline: %s %s (%s).", strings.Join(parts, "; "), first.Date, inDays(first.DaysLeft))
}

func (d Deadline) words() string {
	if d.Name == "" {
		return markdown.Code(d.ID)
	}
	return markdown.Name(d.Name)
}
