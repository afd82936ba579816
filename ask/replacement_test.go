package ask

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

// chat is a text model that began on a day of January, 0 for not said.
func chat(id, name string, day int64, inference ...string) *catalog.FoundationModel {
	m := catalogtest.Model(id, inference...)
	streams := true
	m.Name, m.Provider, m.Streaming = name, "A", &streams
	m.InputModalities, m.OutputModalities = []string{"TEXT"}, []string{"TEXT"}
	if day > 0 {
		m.Lifecycle.StartOfLife = catalogtest.Day(day).At
	}
	return m
}

func TestReplacements(t *testing.T) {
	old := chat("a.duo-v1", "Duo 1", 1, catalog.InferenceOnDemand)
	sees := chat("a.eye-v1", "Eye 1", 1, catalog.InferenceOnDemand)
	sees.InputModalities = []string{"IMAGE", "TEXT"}
	ranks := chat("a.rank-v1", "Rank", 5, catalog.InferenceOnDemand)
	ranks.Streaming = nil
	ending := chat("a.duo-v4", "Duo 4", 7, catalog.InferenceOnDemand)
	ending.Lifecycle.EndOfLife = catalogtest.Day(30).At
	legacy := chat("a.duo-v5", "Duo 5", 8, catalog.InferenceOnDemand)
	legacy.Lifecycle.Status = catalog.StatusLegacy
	foreign := chat("b.duo-v9", "Duo 9", 9, catalog.InferenceOnDemand)
	foreign.Provider = "B"
	models := func(region string, items ...catalog.Item) catalog.ScopeState {
		return catalogtest.Models(1, region, items...)
	}
	directory := NewDirectory(catalogtest.On(1,
		models("eu-west-1",
			old, chat("a.duo-v2", "Duo 2", 2, catalog.InferenceOnDemand), chat("a.duo-v3", "Duo 3", 3), ending, legacy,
			chat("a.solo-v1", "Solo", 9, catalog.InferenceOnDemand), ranks, sees, foreign, chat("a.duo-v0", "Duo 0", 0, catalog.InferenceOnDemand)),
		catalogtest.Profiles(1, "eu-west-1",
			catalogtest.Profile("eu.a.duo-v3", "a.duo-v3", "eu-west-1", "eu-west-2"),
			catalogtest.Profile("global.a.duo-v3", "a.duo-v3", "")),
		models("eu-west-2", old, chat("a.duo-v3", "Duo 3", 3)),
		catalogtest.Profiles(1, "eu-west-2", catalogtest.Profile("global.a.duo-v3", "a.duo-v3", "")),
	))
	both := []string{"eu-west-1", "eu-west-2"}
	tests := []struct {
		name    string
		old     *catalog.FoundationModel
		regions []string
		places  []string
		chosen  map[string]string
		want    []string
	}{
		{"the family first, then by regions, then without an end", old, both, nil, nil, []string{"a.duo-v3", "a.duo-v2", "a.duo-v4", "a.solo-v1"}},
		{"within a place", old, []string{"eu-west-2"}, []string{"eu"}, nil, nil},
		{"one that sees is replaced by none that does not", sees, both, nil, nil, nil},
		{"the user's choice", old, both, nil, map[string]string{"a.duo-v1": "b.duo-v9"}, []string{"b.duo-v9", "a.duo-v3", "a.duo-v2", "a.duo-v4", "a.solo-v1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, r := range directory.Replacements(test.old, test.regions, test.places, test.chosen) {
				got = append(got, r.Model)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	want := Replacement{
		Model: "a.duo-v3", Name: "Duo 3", Without: []string{},
		Ways: []ReplacementWay{{"eu.a.duo-v3", []string{"eu-west-1"}}, {"global.a.duo-v3", []string{"eu-west-2"}}},
	}
	if d := cmp.Diff(want, directory.Replacements(old, both, nil, nil)[0]); d != "" {
		t.Error("how to call it:", d)
	}
}
