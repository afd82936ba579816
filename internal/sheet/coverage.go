package sheet

import (
	"fmt"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// Coverage has one row a region, for people.
func Coverage(regions []ask.Coverage) *terminal.Table {
	t := &terminal.Table{Head: []string{"region", "models", "callable", "profiles", "lists"}}
	for _, r := range regions {
		callable := "-"
		if r.Models.Confirmed != nil || r.Profiles.Confirmed != nil {
			callable = fmt.Sprint(r.Callable)
		}
		t.Add(r.Region, itemsOf(r.Models), callable, itemsOf(r.Profiles), r.Words())
	}
	return t
}

// itemsOf is how many items a list has, "-" if it was never read.
func itemsOf(l ask.List) string {
	if l.Confirmed == nil {
		return "-"
	}
	return fmt.Sprint(l.Items)
}

// CoverageRows has one row a region and list, for spreadsheets.
func CoverageRows(regions []ask.Coverage) *terminal.Table {
	t := &terminal.Table{Head: []string{"region", "kind", "outcome", "error_code", "confirmed_run", "confirmed_at", "items", "callable"}}
	for _, r := range regions {
		add := func(kind catalog.Kind, l ask.List, callable string) {
			run, at, items := "", "", ""
			if l.Confirmed != nil {
				run, at, items = fmt.Sprint(l.Confirmed.ID), At(l.Confirmed), fmt.Sprint(l.Items)
			}
			t.Add(r.Region, string(kind), string(l.Outcome), l.ErrorCode, run, at, items, callable)
		}
		add(catalog.KindFoundationModel, r.Models, fmt.Sprint(r.Callable))
		add(catalog.KindInferenceProfile, r.Profiles, "")
	}
	return t
}
