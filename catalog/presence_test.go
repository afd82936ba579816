package catalog_test

import (
	"slices"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

func TestPresence(t *testing.T) {
	unread := func(region string, outcome catalog.Outcome) catalog.ScopeState {
		return catalog.ScopeState{Scope: catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}, Outcome: outcome}
	}
	read := []catalog.ScopeState{
		catalogtest.Models(1, "eu-west-1", catalogtest.Model("a.listed")),
		catalogtest.Models(1, "us-east-1", catalogtest.Model("a.listed"), catalogtest.Model("a.other")),
		catalogtest.Models(1, "us-west-2", catalogtest.Model("a.other")),
	}
	all := &catalog.Snapshot{Scopes: append(slices.Clone(read), unread("ap-south-2", catalog.NotEnabled))}
	some := &catalog.Snapshot{Scopes: append(slices.Clone(read), unread("us-east-2", catalog.Throttled))}
	for _, test := range []struct {
		name         string
		in           *catalog.Snapshot
		model        string
		destinations []string
		want         bool
	}{
		{"one destination lists it", all, "a.listed", []string{"us-east-1", "us-west-2"}, false},
		{"another region lists it, no destination does", all, "a.listed", []string{"us-west-2"}, true},
		{"nobody lists it", all, "a.gone", []string{"us-east-1", "us-west-2"}, true},
		{"a destination was not read", some, "a.gone", []string{"us-east-1", "us-east-2"}, false},
		{"a destination is not enabled", all, "a.gone", []string{"ap-south-2", "us-east-1"}, false},
		{"any region, and some list it", all, "a.listed", []string{"", "us-west-2"}, false},
		{"any region, and none lists it", all, "a.gone", []string{"", "us-west-2"}, true},
		{"any region, and one was not read", some, "a.gone", []string{"", "us-west-2"}, false},
		{"no destination was sent", all, "a.gone", nil, false},
	} {
		if got := catalog.NewPresence(test.in).Doubtful(test.model, test.destinations); got != test.want {
			t.Errorf("%s: doubtful = %v, want %v", test.name, got, test.want)
		}
	}
	if got, want := catalog.NewPresence(all).Regions("a.listed"), []string{"eu-west-1", "us-east-1"}; !slices.Equal(got, want) {
		t.Errorf("Regions = %q, want %q", got, want)
	}
}
