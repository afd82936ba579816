package sheet

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/report"
)

// Chapters has one row for what reads alike, though old values may differ.
func Chapters(chapters []ask.Chapter) *terminal.Table {
	type row struct{ run, found, after, id, what string }
	var order []row
	regions := map[row][]string{}
	for _, c := range chapters {
		r := row{fmt.Sprint(c.Run.ID), catalog.Moment(c.Run.At), afterText(c), c.ID, c.What}
		if regions[r] == nil {
			order = append(order, r)
		}
		regions[r] = append(regions[r], c.Regions...)
	}
	t := &terminal.Table{Head: []string{"run", "found", "after run", "id", "what", "regions"}, Spare: []string{"after run", "found"}}
	for _, r := range order {
		slices.Sort(regions[r])
		t.Add(r.run, r.found, r.after, r.id, r.what, strings.Join(slices.Compact(regions[r]), " "))
	}
	return t
}

func afterText(c ask.Chapter) string {
	if c.After == nil {
		return "-"
	}
	return fmt.Sprintf("%d (%s)", c.After.ID, catalog.Day(c.After.At))
}

// ChapterRows has one row a chapter and region, for spreadsheets.
func ChapterRows(chapters []ask.Chapter) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"run", "found_at", "after_run", "after_at", "event", "significance", "resource", "id", "region",
		"field", "old", "new", "access", "model_id", "outcome", "to_run", "what",
	}}
	for _, c := range chapters {
		after, field, old, new, access, modelID, outcome, to := "", "", "", "", "", "", "", ""
		if c.After != nil {
			after = fmt.Sprint(c.After.ID)
		}
		if f := c.Field; f != nil {
			field, old, new = string(f.Field), f.Old+strings.Join(f.OldSet, " "), f.New+strings.Join(f.NewSet, " ")
		}
		if c.Path != nil {
			access, modelID = string(c.Path.Access), c.Path.ModelID
		}
		if c.NotRead != nil {
			outcome, to = string(c.NotRead.Outcome), fmt.Sprint(c.NotRead.To.ID)
		}
		for _, region := range c.Regions {
			t.Add(fmt.Sprint(c.Run.ID), At(&c.Run), after, At(c.After), string(c.Event), string(c.Significance),
				string(c.Resource), c.ID, region, field, old, new, access, modelID, outcome, to, c.What)
		}
	}
	return t
}

// Happenings has one row an event.
func Happenings(happenings []report.Happening) *terminal.Table {
	t := &terminal.Table{Head: []string{"run", "found", "not before", "what happened"}}
	for _, h := range happenings {
		after := ""
		if h.After != nil {
			after = catalog.Day(h.After.At)
		}
		t.Add(fmt.Sprint(h.Run.ID), catalog.Day(h.Run.At), after, h.What)
	}
	return t
}
