package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// inline returns a change of text as Markdown: deleted words struck out, inserted
// words bold. Unchanged white space between two changes does not separate them.
func inline(edits []diff.Edit) string {
	var shown, deleted, inserted []string
	flush := func() {
		if len(deleted) > 0 {
			shown = append(shown, "~~"+markdown.Text(strings.Join(deleted, " "))+"~~")
		}
		if len(inserted) > 0 {
			shown = append(shown, "**"+markdown.Text(strings.Join(inserted, " "))+"**")
		}
		deleted, inserted = nil, nil
	}
	for i, e := range edits {
		words := strings.Fields(e.Text)
		switch {
		case len(words) == 0:
		case e.Op == diff.Delete:
			deleted = append(deleted, words...)
		case e.Op == diff.Insert:
			inserted = append(inserted, words...)
		default:
			first := len(shown)+len(deleted)+len(inserted) == 0
			flush()
			shown = append(shown, markdown.Text(strings.Join(nearby(words, first, i == len(edits)-1), " ")))
		}
	}
	flush()
	return strings.Join(shown, " ")
}

// context is how many unchanged words are shown beside a change.
const context = 8

// nearby drops unchanged words that are far from any change.
func nearby(words []string, first, last bool) []string {
	switch {
	case first && !last && len(words) > context:
		return append([]string{"…"}, words[len(words)-context:]...)
	case last && !first && len(words) > context:
		return append(words[:context:context], "…")
	case !first && !last && len(words) > 2*context:
		return append(append(words[:context:context], "…"), words[len(words)-context:]...)
	}
	return words
}

func fieldText(f diff.Field) string {
	if words, known := fieldWords[f]; known {
		return words
	}
	return markdown.Text(string(f))
}

// other writes the minor changes, one item per story. If there are many, they are
// folded under counts by field.
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

// minor writes stories as items of one list. An item is one line, or a line for
// each change, or a line for each subject with the same change.
func (p *page) minor(stories []Story) {
	var f folds
	var lines []string
	for _, e := range entriesOf(stories) {
		for _, one := range e.folds {
			one.label = e.subjects[0] + ", " + strings.ToLower(one.label)
			f = append(f, one)
		}
		items := slices.Concat(e.bullets, e.notes)
		for _, r := range e.routes {
			items = append(items, e.route(r))
		}
		in := ""
		if e.where != "" {
			in = " in " + e.where
		}
		switch {
		case len(e.subjects) > 1:
			lines = append(lines, "- "+strings.Join(items, "; ")+in+":")
			lines = append(lines, indented(e.subjects)...)
		case len(items) == 1:
			lines = append(lines, "- "+e.subjects[0]+in+": "+items[0])
		default:
			lines = append(lines, "- "+e.subjects[0]+in+":")
			lines = append(lines, indented(items)...)
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
