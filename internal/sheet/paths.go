package sheet

import (
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// PathRows has a row for each region and path, and one for a region without any.
func PathRows(a *ask.WhereAnswer) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"model", "region", "standing", "access", "model_id", "geography", "destinations", "since", "not_at",
		"models_outcome", "models_confirmed", "profiles_outcome", "profiles_confirmed",
	}}
	for _, model := range a.Models {
		for _, at := range model.Regions {
			add := func(cells ...string) {
				row := append([]string{model.ID, at.Region, string(at.Standing)}, cells...)
				t.Add(append(row, string(at.Models.Outcome), At(at.Models.Confirmed), string(at.Profiles.Outcome), At(at.Profiles.Confirmed))...)
			}
			for _, w := range at.Paths {
				add(string(w.Access), w.ModelID, w.Geography, catalog.RegionCodes(mayRunIn(at.Region, w.Path)), At(&w.Since.From), At(w.Since.After))
			}
			if len(at.Paths) == 0 {
				add("", "", "", "", "", "")
			}
		}
	}
	return t
}

// mayRunIn are the regions that a call may run in.
func mayRunIn(from string, p catalog.Path) []string {
	if p.Access != catalog.ViaProfile {
		return []string{from}
	}
	return p.Destinations
}

// IDs has a row for each ID to pass.
func IDs(rows []ask.IDRow) *terminal.Table {
	t := &terminal.Table{Head: []string{"id to pass", "call from", "may run in", "since"}}
	for _, row := range rows {
		t.Add(row.ID+row.Note(), strings.Join(row.From, " "), row.RunsIn(), row.Since)
	}
	return t
}
