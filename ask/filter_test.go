package ask_test

import (
	"strings"
	"testing"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
)

// A profile whose model is listed on one side only, or that starts to route to
// another model, is kept or dropped on both sides: it must not look removed.
func TestFilterTreatsBothSidesAlike(t *testing.T) {
	t.Parallel()
	run := catalog.RunRef{ID: 1}
	side := func(id int64, model, routesTo string) *catalog.Snapshot {
		ref := catalog.RunRef{ID: id}
		state := func(kind catalog.Kind, items ...catalog.Item) catalog.ScopeState {
			return catalog.ScopeState{Scope: catalog.Scope{Region: "eu-west-1", Kind: kind}, Outcome: catalog.Complete, Since: run, Confirmed: &ref, Items: items}
		}
		s := &catalog.Snapshot{Run: catalog.Run{ID: id}, Scopes: []catalog.ScopeState{
			state(catalog.KindFoundationModel),
			state(catalog.KindInferenceProfile, &catalog.InferenceProfile{ID: "eu.m", Status: "ACTIVE",
				Destinations: []catalog.Destination{{Region: "eu-west-1", Model: routesTo}}}),
		}}
		if model != "" {
			s.Scopes[0].Items = []catalog.Item{&catalog.FoundationModel{ID: model, Provider: "Maker"}}
		}
		return s
	}
	for name, test := range map[string]struct {
		filter ask.Filter
		head   *catalog.Snapshot
	}{
		"the model is no longer listed": {ask.Filter{Providers: []string{"Maker"}}, side(2, "", "m")},
		"the profile routes elsewhere":  {ask.Filter{Models: []string{"m"}}, side(2, "m", "n")},
	} {
		kept := test.filter.Apply(side(1, "m", "m"), test.head)
		for _, change := range diff.Compare(kept[0], kept[1]).Changes {
			if change.Kind == diff.Removed && change.ID == "eu.m" {
				t.Errorf("%s: the profile looks removed", name)
			}
		}
	}
}

// FuzzFilter: whatever is chosen, case makes no difference, a part of a name chooses it,
// and excluding a choice of regions leaves none of them.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"opus", "anthropic.*", "EU", "eu-*", "tokyo", "[", `\`, "*", "", "São Paulo", "us-east-1"} {
		f.Add(seed, "Claude Opus 4.7", "eu-west-1")
	}
	f.Fuzz(func(t *testing.T, choice, name, region string) {
		filter := ask.Filter{Regions: []string{choice}, Models: []string{choice}}
		chosen, named := filter.IncludesRegion(region), filter.Names(name)
		folded := ask.Filter{Models: []string{strings.ToUpper(choice)}}
		if isASCII(choice+name) && folded.Names(strings.ToUpper(name)) != named {
			t.Errorf("%q chooses %q: %v, and not in capitals", choice, name, named)
		}
		if choice != "" && name != "" && !strings.ContainsAny(choice, "*?[\\") && strings.Contains(strings.ToLower(name), strings.ToLower(choice)) != named {
			t.Errorf("%q chooses %q: %v", choice, name, named)
		}
		if chosen && (ask.Filter{Regions: []string{choice}, ExcludeRegions: []string{choice}}).IncludesRegion(region) {
			t.Errorf("%q, excluded, leaves %q", choice, region)
		}
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
}
