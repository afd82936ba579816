package catalog_test

import (
	"slices"
	"testing"

	"snapshotter/catalog"
)

func readScope(region string, items ...catalog.Item) catalog.ScopeState {
	return catalog.ScopeState{
		Scope:   catalog.Scope{Region: region, Kind: items[0].Kind()},
		Outcome: catalog.Complete, Confirmed: &catalog.RunRef{ID: 1}, Items: items,
	}
}

func offers(id string, inferenceTypes ...string) *catalog.FoundationModel {
	return &catalog.FoundationModel{ID: id, InferenceTypes: inferenceTypes}
}

func TestFamilies(t *testing.T) {
	s := &catalog.Snapshot{Scopes: []catalog.ScopeState{
		readScope("us-east-1",
			offers("a.embed-v3", "ON_DEMAND"), offers("a.embed-v3:0:512", "PROVISIONED"),
			offers("a.image-v1", "ON_DEMAND"), offers("a.image-v1:0", "PROVISIONED"),
			offers("a.nova-v1:0"), offers("a.nova-v1:0:300k", "PROVISIONED"), offers("a.nova-v1:0:8k", "ON_DEMAND"), offers("a.nova-v1:0:mm"),
			offers("a.lost-v1:0:100k", "PROVISIONED"), offers("a.old-v2:0:100k", "PROVISIONED"),
			offers("a.scout-v1:0"), offers("a.scout-v1:0:10m"),
			offers("a.text-v1"), offers("a.text-v1:2:8k"),
		),
		readScope("us-east-1", &catalog.InferenceProfile{ID: "us.a.big-v1:0", Status: "ACTIVE", Destinations: []catalog.Destination{
			{Region: "us-east-1", Model: "a.big-v1:0"}, {Region: "us-east-1", Model: "a.nova-v1:0:900k"},
		}}),
		readScope("us-west-2", offers("a.big-v1:0:20k")),
	}}
	s.Scopes[0].Gone = map[string]catalog.RunRef{"a.lost-v1:0": {ID: 1}}
	f := catalog.NewFamilies(nil, s)
	for _, test := range []struct{ id, base string }{
		{"a.embed-v3:0:512", "a.embed-v3"},
		{"a.nova-v1:0:300k", "a.nova-v1:0"},
		{"a.nova-v1:0:mm", "a.nova-v1:0"},
		{"a.scout-v1:0:10m", "a.scout-v1:0"},
		{"a.text-v1:2:8k", "a.text-v1"},
		{"a.lost-v1:0:100k", "a.lost-v1:0"}, // the base is gone
		{"a.big-v1:0:20k", "a.big-v1:0"},    // the base is known from a profile alone

		{"a.image-v1:0", "a.image-v1:0"},         // a version is not a size
		{"a.nova-v1:0:8k", "a.nova-v1:0:8k"},     // it can be called on demand
		{"a.nova-v1:0:900k", "a.nova-v1:0:900k"}, // a profile routes to it
		{"a.old-v2:0:100k", "a.old-v2:0:100k"},   // its base is not listed
		{"a.nova-v1:0", "a.nova-v1:0"},
		{"never.seen", "never.seen"},
	} {
		if got := f.Base(test.id); got != test.base {
			t.Errorf("Base(%q) = %q, want %q", test.id, got, test.base)
		}
		if got := f.IsVariant(test.id); got != (test.id != test.base) {
			t.Errorf("IsVariant(%q) = %v", test.id, got)
		}
	}
	if got, want := f.Variants("a.nova-v1:0"), []string{"a.nova-v1:0:300k", "a.nova-v1:0:mm"}; !slices.Equal(got, want) {
		t.Errorf("Variants = %q, want %q", got, want)
	}
}

// A variant that can be called in either of two snapshots is a model in both:
// its loss must not be folded away.
func TestFamiliesOfTwoSnapshots(t *testing.T) {
	before := &catalog.Snapshot{Scopes: []catalog.ScopeState{readScope("us-east-1", offers("a.b-v1:0"), offers("a.b-v1:0:200k", "ON_DEMAND"))}}
	after := &catalog.Snapshot{Scopes: []catalog.ScopeState{readScope("us-east-1", offers("a.b-v1:0"), offers("a.b-v1:0:200k", "PROVISIONED"))}}
	if catalog.NewFamilies(before, after).IsVariant("a.b-v1:0:200k") {
		t.Error("a model that could be called is taken for a variant")
	}
	if !catalog.NewFamilies(after).IsVariant("a.b-v1:0:200k") {
		t.Error("a variant is taken for a model")
	}
}
