package sheet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/diff"
	"snapshotter/internal/terminal"
	"snapshotter/report"
)

// Alike has one row for changes that are alike in several regions, the
// weightiest first.
func Alike(result *diff.Result) *terminal.Table {
	type row struct {
		diff.Significance
		id, what string
	}
	regions := map[row][]string{}
	for _, change := range result.Changes {
		for _, field := range change.Fields {
			r := row{field.Significance, change.ID, ask.DescribeField(field)}
			regions[r] = append(regions[r], change.Region)
		}
		if change.Kind != diff.Changed {
			r := row{change.Significance, change.ID, ask.Describe(change)}
			regions[r] = append(regions[r], change.Region)
		}
	}
	rows := slices.SortedFunc(maps.Keys(regions), func(a, b row) int {
		return cmp.Or(diff.CompareSignificance(a.Significance, b.Significance), cmp.Compare(a.id, b.id), cmp.Compare(a.what, b.what))
	})
	t := &terminal.Table{Head: []string{"significance", "id", "change", "regions"}}
	for _, r := range rows {
		t.Add(string(r.Significance), r.id, r.what, strings.Join(regions[r], " "))
	}
	return t
}

// Told has one row an event, as a report tells it.
func Told(r *report.Report) *terminal.Table {
	t := &terminal.Table{Head: []string{"", "model", "what happened", "where", "now"}, Prose: true, Below: true}
	for _, row := range r.Told() {
		t.Add(string(row.Label), row.Model, row.What, row.Where, row.Now)
	}
	return t
}

// ChangeRows has one row for each change of each region and field.
func ChangeRows(result *diff.Result) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"significance", "change", "resource", "region", "id", "field", "old", "new", "access", "model_id", "after_run", "by_run",
	}}
	for _, change := range result.Changes {
		add := func(field, old, new string) {
			access, modelID := "", ""
			if change.Path != nil {
				access, modelID = string(change.Path.Access), change.Path.ModelID
			}
			t.Add(string(change.Significance), string(change.Kind), string(change.Resource), change.Region, change.ID,
				field, old, new, access, modelID, fmt.Sprint(change.After.ID), fmt.Sprint(change.By.ID))
		}
		if len(change.Fields) == 0 {
			add("", "", "")
		}
		for _, f := range change.Fields {
			add(string(f.Field), f.Old+strings.Join(f.OldSet, " "), f.New+strings.Join(f.NewSet, " "))
		}
	}
	return t
}
