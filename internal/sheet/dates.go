package sheet

import (
	"fmt"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// DateGroup is the dates on which the same happens to a caller.
type DateGroup struct {
	Title string
	Dates []ask.Date
}

// DateGroups groups dates by what they do to a caller, the worst first, each in the
// order given.
func DateGroups(dates []ask.Date) []DateGroup {
	groups := []DateGroup{
		{Title: "End of life passed, and still listed: calls may fail any day"},
		{Title: "End of life: calls fail from then"},
		{Title: "Extended access: prices may rise from then"},
		{Title: "Legacy: no new users from then"},
	}
	for _, d := range dates {
		in := &groups[1]
		switch {
		case d.Event == ask.ExtendedAccess:
			in = &groups[2]
		case d.Event == ask.Legacy:
			in = &groups[3]
		case d.Days < 0:
			in = &groups[0]
		}
		in.Dates = append(in.Dates, d)
	}
	return slices.DeleteFunc(groups, func(g DateGroup) bool { return g.Dates == nil })
}

// DateList has one row a date, without the event. Regions are left out where they do
// not fit into width, and a name stands for the ID of what ends where that does not fit.
func DateList(dates []ask.Date, regions bool, width int) *terminal.Table {
	id := func(d ask.Date) string { return d.ID }
	if width <= 0 || dateList("id", dates, false, id).Fits(width) {
		return dateList("id", dates, regions, id)
	}
	return dateList("model", dates, regions, func(d ask.Date) string { return nameIn(dates, d) })
}

func dateList(what string, dates []ask.Date, regions bool, named func(ask.Date) string) *terminal.Table {
	t := &terminal.Table{Head: []string{"date", "days", what, "move to", "regions"}, Spare: []string{"regions"}}
	for _, d := range dates {
		in := ""
		if regions {
			in = Marked(d.Regions, d.Carried)
		}
		t.Add(d.Date, fmt.Sprint(d.Days), named(d), moveTo(d), in)
	}
	return t
}

// nameIn is the name of a model, or its ID where it has none or shares it with
// another model of the table.
func nameIn(dates []ask.Date, d ask.Date) string {
	other := func(e ask.Date) bool { return e.Name == d.Name && e.ID != d.ID }
	if d.Name == "" || slices.ContainsFunc(dates, other) {
		return d.ID
	}
	return d.Name
}

func moveTo(d ask.Date) string {
	switch {
	case d.VariantOf != "":
		return ""
	case d.Replacement == nil:
		return "none there"
	}
	return d.Replacement.Model
}

// SameRegions names the regions of all dates if they are the same, else "".
func SameRegions(dates []ask.Date) string {
	first := Marked(dates[0].Regions, dates[0].Carried)
	for _, d := range dates {
		if Marked(d.Regions, d.Carried) != first {
			return ""
		}
	}
	return first
}

// Dates has one row a date.
func Dates(dates []ask.Date) *terminal.Table {
	t := &terminal.Table{Head: []string{"date", "days", "event", "id", "move to", "regions"}}
	for _, d := range dates {
		event := string(d.Event)
		if d.Days < 0 {
			event += ", passed"
		}
		t.Add(d.Date, fmt.Sprint(d.Days), event, d.ID, moveTo(d), Marked(d.Regions, d.Carried))
	}
	return t
}

// DateRows has one row for each date and region.
func DateRows(dates []ask.Date) *terminal.Table {
	t := &terminal.Table{Head: []string{"date", "days", "event", "id", "name", "region", "carried", "variant_of", "replacement"}}
	for _, d := range dates {
		to := ""
		if d.Replacement != nil {
			to = d.Replacement.Model
		}
		for _, region := range d.Regions {
			t.Add(d.Date, fmt.Sprint(d.Days), string(d.Event), d.ID, d.Name, region, catalog.YesNo(slices.Contains(d.Carried, region)), d.VariantOf, to)
		}
	}
	return t
}
