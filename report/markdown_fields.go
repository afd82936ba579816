package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

var fieldWords = map[diff.Field]string{
	diff.FieldName:             "name",
	diff.FieldProvider:         "provider",
	diff.FieldDescription:      "description",
	diff.FieldStatus:           "status",
	diff.FieldLifecycle:        "lifecycle status",
	diff.FieldStartOfLife:      "start of life",
	diff.FieldLegacy:           "legacy from",
	diff.FieldExtendedAccess:   "price may rise from",
	diff.FieldEndOfLife:        "EOL",
	diff.FieldInputModalities:  "input modalities",
	diff.FieldOutputModalities: "output modalities",
	diff.FieldInferenceTypes:   "inference types",
	diff.FieldCustomizations:   "customizations",
	diff.FieldStreaming:        "streaming",
	diff.FieldDestinations:     "destinations",
}

func fieldText(f diff.Field) string {
	if words, known := fieldWords[f]; known {
		return words
	}
	return markdown.Text(string(f))
}

// other writes the minor changes, one item a story. More than a few are folded
// under a count of what they are.
func (p *page) other(stories []Story) {
	if len(stories) == 0 {
		return
	}
	p.paragraph(fmt.Sprintf("## Other changes (%d)", len(stories)))
	if len(stories) <= foldOver {
		p.minor(stories)
		return
	}
	p.paragraph(sentenceCase(touched(stories)) + ".")
	p.details("Field by field", func() { p.minor(stories) })
}

// minor writes stories as items of one list: one line, or one and a line a
// change, or where several say the same, a line each that names them.
func (p *page) minor(stories []Story) {
	var f folds
	var lines []string
	for _, e := range entriesOf(stories) {
		for _, one := range e.folds {
			one.label = e.subjects[0] + ", " + strings.ToLower(one.label)
			f = append(f, one)
		}
		told := slices.Concat(e.bullets, e.notes)
		for _, r := range e.routes {
			told = append(told, e.route(r))
		}
		in := ""
		if e.where != "" {
			in = " in " + e.where
		}
		switch {
		case len(e.subjects) > 1:
			lines = append(lines, "- "+strings.Join(told, "; ")+in+":")
			lines = append(lines, indented(e.subjects)...)
		case len(told) == 1:
			lines = append(lines, "- "+e.subjects[0]+in+": "+told[0])
		default:
			lines = append(lines, "- "+e.subjects[0]+in+":")
			lines = append(lines, indented(told)...)
		}
	}
	p.paragraph(lines...)
	p.folded(f)
}

func indented(items []string) []string {
	var lines []string
	for _, item := range items {
		lines = append(lines, "  - "+item)
	}
	return lines
}

// touched counts the stories by the fields that changed.
func touched(stories []Story) string {
	counts := map[string]int{}
	var order []string
	for _, s := range stories {
		for _, name := range s.fieldNames() {
			if counts[name] == 0 {
				order = append(order, name)
			}
			counts[name]++
		}
	}
	slices.Sort(order)
	var parts []string
	for _, name := range order {
		parts = append(parts, fmt.Sprintf("%s of %d", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}

func (s *Story) fieldNames() []string {
	var names []string
	for _, group := range s.Fields {
		names = append(names, fieldText(group.Field))
	}
	if s.Lifecycle != nil {
		for _, c := range s.Lifecycle.Changes {
			names = append(names, fieldText(c.Field))
		}
	}
	if s.Event == ProvisionedOnly {
		names = append(names, "provisioned throughput")
	}
	return union(names)
}

func (t *entryText) fields(s *Story) {
	apart := slices.ContainsFunc(s.Fields, func(g FieldGroup) bool { return !slices.Equal(g.Regions, s.Regions) })
	if !apart && len(s.Fields) > 1 {
		t.where = t.folds.where("Changed", s.Regions, s.listedBy())
	}
	for _, group := range s.Fields {
		field := fieldText(group.Field)
		if t.where == "" {
			field += " in " + t.folds.where(field, group.Regions, s.listedBy())
		}
		t.bullet("%s: %s", field, fieldChange(group.FieldChange))
	}
	t.late(s.Found)
}

func fieldChange(f diff.FieldChange) string {
	switch {
	case len(f.Edits) > 0:
		return edited(f)
	case f.OldSet != nil || f.NewSet != nil:
		return setChange(f)
	case f.Field == diff.FieldStartOfLife:
		return changeText(f.Said, dateText(parse(f.Old)), dateText(parse(f.New)))
	}
	return changeText(f.Said, markdown.Text(f.Old), markdown.Text(f.New))
}

func edited(f diff.FieldChange) string {
	if strings.Join(strings.Fields(f.Old), " ") == strings.Join(strings.Fields(f.New), " ") {
		return "only white space changed"
	}
	return inline(f.Edits)
}

func changeText(said diff.Said, old, new string) string {
	switch said {
	case diff.Published:
		return "now published, **" + new + "**"
	case diff.Withdrawn:
		return "no longer published, was " + old
	}
	return old + " → **" + new + "**"
}

func setChange(f diff.FieldChange) string {
	switch f.Said {
	case diff.Published:
		return "now published, " + values(f.NewSet)
	case diff.Withdrawn:
		return "no longer published, was " + values(f.OldSet)
	}
	var parts []string
	for _, value := range without(f.NewSet, f.OldSet) {
		parts = append(parts, "**+ "+markdown.Code(value)+"**")
	}
	for _, value := range without(f.OldSet, f.NewSet) {
		parts = append(parts, "**− "+markdown.Code(value)+"**")
	}
	return strings.Join(parts, ", ")
}

func values(set []string) string {
	if len(set) == 0 {
		return "none"
	}
	var shown []string
	for _, value := range set {
		shown = append(shown, markdown.Code(value))
	}
	return strings.Join(shown, ", ")
}

func (p *page) newRegions(r *Report) {
	if len(r.NewRegions) == 0 {
		return
	}
	p.paragraph(fmt.Sprintf("## New regions (%d)", len(r.NewRegions)))
	var rows [][]string
	for _, n := range r.NewRegions {
		rows = append(rows, []string{
			regionCode(n.Region), fmt.Sprint(n.Models), fmt.Sprint(n.Profiles), fmt.Sprint(n.Callable), dated(n.By),
		})
	}
	p.table([]string{"Region", "Models:", "Profiles:", "Callable models:", "First read by"}, rows)
}

func (p *page) inventory(i *Inventory) {
	if i == nil {
		return
	}
	p.paragraph("## What there is")
	p.paragraph(fmt.Sprintf("%s of %s, %d of them callable, and %s, in %s.",
		plural(i.Total.Models, "model"), plural(i.Providers, "provider"), i.Total.Callable,
		plural(i.Total.Profiles, "profile"), plural(i.Total.Regions, "region")))
	var rows [][]string
	for _, g := range i.Geographies {
		rows = append(rows, []string{
			markdown.Text(g.Geography), fmt.Sprint(g.Regions), fmt.Sprint(g.Models), fmt.Sprint(g.Callable), fmt.Sprint(g.Profiles),
		})
	}
	p.table([]string{"Geography", "Regions:", "Models:", "Callable:", "Profiles:"}, rows)
}

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
	p.table([]string{"Date", "Days:", "Event", "Id", "Regions"}, rows)
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

// regions names the regions that agree on a date, apart from those that did
// when they were last read.
func (d Deadline) regions(f *folds) string {
	label := fmt.Sprintf("%s, %s %s", markdown.Code(d.ID), eventText(d.Event), d.Date)
	var parts []string
	if len(d.Regions) > 0 {
		parts = append(parts, f.regions(label, d.Regions))
	}
	byDate := map[string][]string{}
	for _, u := range d.Unread {
		byDate[date(u.Run.At)] = append(byDate[date(u.Run.At)], u.Region)
	}
	var dates []string
	for at := range byDate {
		dates = append(dates, at)
	}
	slices.Sort(dates)
	for _, at := range dates {
		parts = append(parts, fmt.Sprintf("as read %s: %s", at, f.regions(label+", as read "+at, byDate[at])))
	}
	return strings.Join(parts, "; ")
}
