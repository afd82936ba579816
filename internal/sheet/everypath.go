package sheet

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// EveryPath has a row for each way to call a model from a region, and one for
// each model of a region that has none.
func EveryPath(s *catalog.Snapshot) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"run", "region", "model", "name", "provider", "status", "legacy", "extended_access", "end_of_life",
		"inference_types", "input_modalities", "output_modalities",
		"access", "model_id", "geography", "destinations", "callable", "models_confirmed", "profiles_confirmed",
	}}
	for _, code := range s.Regions() {
		region := s.Region(code)
		confirmed := []string{confirmedAt(s, code, catalog.KindFoundationModel), confirmedAt(s, code, catalog.KindInferenceProfile)}
		for _, id := range region.ModelIDs() {
			model := slices.Concat([]string{fmt.Sprint(s.Run.ID), code}, modelCells(id, region.Models[id]))
			paths := region.Paths(id)
			if len(paths) == 0 {
				t.Add(slices.Concat(model, []string{"", "", "", "", "no"}, confirmed)...)
			}
			for _, path := range paths {
				t.Add(slices.Concat(model, pathCells(path), confirmed)...)
			}
		}
	}
	t.Column("run_at", At(new(s.Run.Ref())))
	return t
}

// modelCells are empty except for the ID if the region does not list the model.
func modelCells(id string, m *catalog.FoundationModel) []string {
	if m == nil {
		m = &catalog.FoundationModel{}
	}
	return []string{
		id, m.Name, m.Provider, m.Lifecycle.Status,
		catalog.Day(m.Lifecycle.Legacy), catalog.Day(m.Lifecycle.ExtendedAccess), catalog.Day(m.Lifecycle.EndOfLife),
		strings.Join(m.InferenceTypes, " "), strings.Join(m.InputModalities, " "), strings.Join(m.OutputModalities, " "),
	}
}

func pathCells(path catalog.Path) []string {
	return []string{string(path.Access), path.ModelID, path.Geography, catalog.RegionCodes(path.Destinations), catalog.YesNo(path.Callable())}
}

// confirmedAt is when the list was last read, "" if it never was.
func confirmedAt(s *catalog.Snapshot, region string, kind catalog.Kind) string {
	state := s.Scope(catalog.Scope{Region: region, Kind: kind})
	if state == nil {
		return ""
	}
	return At(state.Confirmed)
}
