package catalog_test

import (
	"slices"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

func TestFamilies(t *testing.T) {
	s := &catalog.Snapshot{Scopes: []catalog.ScopeState{
		catalogtest.Models(1, "us-east-1",
			catalogtest.Model("a.embed-v3", "ON_DEMAND"), catalogtest.Model("a.embed-v3:0:512", "PROVISIONED"),
			catalogtest.Model("a.image-v1", "ON_DEMAND"), catalogtest.Model("a.image-v1:0", "PROVISIONED"),
			catalogtest.Model("a.nova-v1:0"), catalogtest.Model("a.nova-v1:0:300k", "PROVISIONED"), catalogtest.Model("a.nova-v1:0:8k", "ON_DEMAND"), catalogtest.Model("a.nova-v1:0:mm"),
			catalogtest.Model("a.lost-v1:0:100k", "PROVISIONED"), catalogtest.Model("a.old-v2:0:100k", "PROVISIONED"),
			catalogtest.Model("a.scout-v1:0"), catalogtest.Model("a.scout-v1:0:10m"),
			catalogtest.Model("a.text-v1"), catalogtest.Model("a.text-v1:2:8k"),
		),
		catalogtest.Profiles(1, "us-east-1", &catalog.InferenceProfile{ID: "us.a.big-v1:0", Status: "ACTIVE", Destinations: []catalog.Destination{
			{Region: "us-east-1", Model: "a.big-v1:0"}, {Region: "us-east-1", Model: "a.nova-v1:0:900k"},
		}}),
		catalogtest.Models(1, "us-west-2", catalogtest.Model("a.big-v1:0:20k")),
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
	before := &catalog.Snapshot{Scopes: []catalog.ScopeState{catalogtest.Models(1, "us-east-1", catalogtest.Model("a.b-v1:0"), catalogtest.Model("a.b-v1:0:200k", "ON_DEMAND"))}}
	after := &catalog.Snapshot{Scopes: []catalog.ScopeState{catalogtest.Models(1, "us-east-1", catalogtest.Model("a.b-v1:0"), catalogtest.Model("a.b-v1:0:200k", "PROVISIONED"))}}
	if catalog.NewFamilies(before, after).IsVariant("a.b-v1:0:200k") {
		t.Error("a model that could be called is taken for a variant")
	}
	if !catalog.NewFamilies(after).IsVariant("a.b-v1:0:200k") {
		t.Error("a variant is taken for a model")
	}
}
