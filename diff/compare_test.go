package diff

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

// describe describes a change in one line.
func describe(r *Result) []string {
	var lines []string
	for _, c := range r.Changes {
		line := string(c.Significance) + ": " + c.Region + " " + c.ID + " " + string(c.Kind)
		if c.Path != nil {
			line += " " + string(c.Path.Access) + " " + c.Path.ModelID
		}
		for _, f := range c.Fields {
			line += " " + string(f.Field) + " " + string(f.Said)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestCompare(t *testing.T) {
	withdrawn := catalogtest.Profile("us.m", "m", "us-east-1")
	withdrawn.Status = "INACTIVE"
	legacy := catalogtest.Model("m", "ON_DEMAND")
	legacy.Lifecycle = catalog.Lifecycle{
		Status: "LEGACY", Legacy: catalogtest.Day(3).At, ExtendedAccess: catalogtest.Day(10).At, EndOfLife: catalogtest.Day(20).At,
	}
	sooner := catalogtest.Model("m", "ON_DEMAND")
	sooner.Lifecycle = legacy.Lifecycle
	sooner.Lifecycle.EndOfLife = catalogtest.Day(15).At
	unsaid := catalogtest.Model("m")
	unsaid.InferenceTypes = nil
	touched := catalogtest.Profile("us.m", "m", "us-east-1")
	touched.UpdatedAt = catalogtest.Day(9).At
	gone := catalogtest.Models(2, "us-east-1")
	gone.Gone = map[string]catalog.RunRef{"m": catalogtest.Day(2)}

	tests := []struct {
		name       string
		base, head *catalog.Snapshot
		want       []string
	}{
		{
			"a model and its profile are launched",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1"), catalogtest.Profiles(1, "us-east-1")),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", catalogtest.Model("m", "INFERENCE_PROFILE")), catalogtest.Profiles(2, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1"))),
			[]string{
				"good: us-east-1 m added",
				"good: us-east-1 m became-callable",
				"good: us-east-1 m path-gained profile us.m",
				"good: us-east-1 us.m added",
			},
		}, {
			"on demand is gained where a profile was",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", catalogtest.Model("m", "INFERENCE_PROFILE")), catalogtest.Profiles(1, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1"))),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", catalogtest.Model("m", "INFERENCE_PROFILE", "ON_DEMAND")), catalogtest.Profiles(2, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1"))),
			[]string{
				"minor: us-east-1 m changed inference_types changed",
				"good: us-east-1 m path-gained on-demand m",
			},
		}, {
			"a profile is no longer active",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", catalogtest.Model("m")), catalogtest.Profiles(1, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1"))),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", catalogtest.Model("m")), catalogtest.Profiles(2, "us-east-1", withdrawn)),
			[]string{
				"breaking: us-east-1 m no-longer-callable",
				"breaking: us-east-1 m path-lost profile us.m",
				"breaking: us-east-1 us.m changed status changed",
			},
		}, {
			"a model that the region does not list becomes callable through a profile",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1"), catalogtest.Profiles(1, "us-east-1")),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1"), catalogtest.Profiles(2, "us-east-1", catalogtest.Profile("us.m", "m", "us-west-2"))),
			[]string{
				"good: us-east-1 m became-callable",
				"good: us-east-1 m path-gained profile us.m",
				"good: us-east-1 us.m added",
			},
		}, {
			"provisioned throughput alone makes nothing callable",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1"), catalogtest.Profiles(1, "us-east-1")),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", catalogtest.Model("m", "PROVISIONED")), catalogtest.Profiles(2, "us-east-1")),
			[]string{
				"minor: us-east-1 m added",
				"minor: us-east-1 m path-gained provisioned m",
			},
		}, {
			"a model turns legacy with its dates",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", catalogtest.Model("m", "ON_DEMAND"))),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", legacy)),
			[]string{"breaking: us-east-1 m changed lifecycle.end_of_life published lifecycle.extended_access published lifecycle.legacy published lifecycle.status changed"},
		}, {
			"an end of life is moved earlier",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", legacy)),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", sooner)),
			[]string{"breaking: us-east-1 m changed lifecycle.end_of_life changed"},
		}, {
			"an end of life is moved later",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", sooner)),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", legacy)),
			[]string{"good: us-east-1 m changed lifecycle.end_of_life changed"},
		}, {
			"routing changes without a path being lost",
			catalogtest.On(1, catalogtest.Profiles(1, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1"))),
			catalogtest.On(2, catalogtest.Profiles(2, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1", "us-west-1"))),
			[]string{"notice: us-east-1 us.m changed destinations changed"},
		}, {
			"a field is first published, and no path with it",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", unsaid), catalogtest.Profiles(1, "us-east-1")),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", catalogtest.Model("m", "ON_DEMAND")), catalogtest.Profiles(2, "us-east-1")),
			[]string{"minor: us-east-1 m changed inference_types published"},
		}, {
			"times of creation and update are not compared",
			catalogtest.On(1, catalogtest.Profiles(1, "us-east-1", catalogtest.Profile("us.m", "m", "us-east-1"))),
			catalogtest.On(2, catalogtest.Profiles(2, "us-east-1", touched)),
			nil,
		}, {
			"an item comes back",
			catalogtest.On(2, gone),
			catalogtest.On(3, catalogtest.Models(3, "us-east-1", catalogtest.Model("m"))),
			[]string{"minor: us-east-1 m reappeared"},
		}, {
			"a scope that was not read says nothing",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1", catalogtest.Model("m", "ON_DEMAND")), catalogtest.Profiles(1, "us-east-1", catalogtest.Profile("us.m", "m"))),
			catalogtest.On(2, catalogtest.Carried(2, catalogtest.Models(1, "us-east-1", catalogtest.Model("m", "ON_DEMAND"))), catalogtest.Carried(2, catalogtest.Profiles(1, "us-east-1", catalogtest.Profile("us.m", "m")))),
			nil,
		}, {
			"a first listing is a baseline",
			catalogtest.On(1, catalogtest.Unread("us-east-1", catalog.KindFoundationModel, catalog.Denied), catalogtest.Unread("us-east-1", catalog.KindInferenceProfile, catalog.Denied)),
			catalogtest.On(2, catalogtest.Models(2, "us-east-1", catalogtest.Model("m", "ON_DEMAND")), catalogtest.Profiles(2, "us-east-1")),
			nil,
		}, {
			"a new region is no list of additions",
			catalogtest.On(1, catalogtest.Models(1, "us-east-1")),
			catalogtest.On(2, catalogtest.Models(2, "eu-west-1", catalogtest.Model("m", "ON_DEMAND")), catalogtest.Profiles(2, "eu-west-1"), catalogtest.Models(2, "us-east-1")),
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, describe(Compare(test.base, test.head))); d != "" {
				t.Error(d)
			}
		})
	}
}

// While one of a region's lists cannot be read, a profile may have replaced a lost
// on-demand path: no callable event is reported until both lists are read, and
// then it is reported once.
func TestCallableWaitsForBothLists(t *testing.T) {
	before := catalogtest.On(1, catalogtest.Models(1, "eu-west-1", catalogtest.Model("m", "ON_DEMAND")), catalogtest.Profiles(1, "eu-west-1"))
	joint := &catalog.Joint{Run: catalogtest.Day(1), Items: []catalog.Item{catalogtest.Model("m", "ON_DEMAND")}}
	during := catalogtest.On(2, catalogtest.Models(2, "eu-west-1", catalogtest.Model("m")), catalogtest.Carried(2, catalogtest.Profiles(1, "eu-west-1")))
	during.Together = map[string]*catalog.Joint{"eu-west-1": joint}

	lost := catalogtest.On(3, catalogtest.Models(3, "eu-west-1", catalogtest.Model("m")), catalogtest.Profiles(3, "eu-west-1"))
	replaced := catalogtest.On(3, catalogtest.Models(3, "eu-west-1", catalogtest.Model("m")), catalogtest.Profiles(3, "eu-west-1", catalogtest.Profile("eu.m", "m", "eu-west-1")))

	for _, test := range []struct {
		name       string
		base, head *catalog.Snapshot
		want       []string
	}{
		{"told at once", before, during, []string{
			"minor: eu-west-1 m changed inference_types changed",
			"breaking: eu-west-1 m path-lost on-demand m",
		}},
		{"lost, told late", during, lost, []string{"breaking: eu-west-1 m no-longer-callable"}},
		{"replaced, never lost", during, replaced, []string{
			"good: eu-west-1 m path-gained profile eu.m",
			"good: eu-west-1 eu.m added",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, describe(Compare(test.base, test.head))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCompareTellsCoverage(t *testing.T) {
	base := catalogtest.On(1,
		catalogtest.Models(1, "eu-west-1", catalogtest.Model("m")),
		catalogtest.Unread("us-east-1", catalog.KindFoundationModel, catalog.Denied),
		catalogtest.Unread("us-west-2", catalog.KindFoundationModel, catalog.NotEnabled),
	)
	head := catalogtest.On(2,
		catalogtest.Models(2, "ap-south-1", catalogtest.Model("m", "ON_DEMAND"), catalogtest.Model("n")), catalogtest.Profiles(2, "ap-south-1"),
		catalogtest.Carried(2, catalogtest.Models(1, "eu-west-1", catalogtest.Model("m"))),
		catalogtest.Models(2, "us-east-1", catalogtest.Model("m"), catalogtest.Model("n")),
		catalogtest.Unread("us-west-2", catalog.KindFoundationModel, catalog.NotEnabled),
	)
	r := Compare(base, head)
	wantRegions := []NewRegion{{Region: "ap-south-1", By: catalogtest.Day(2), Models: 2, Callable: 1}}
	if d := cmp.Diff(wantRegions, r.NewRegions); d != "" {
		t.Error("new regions:", d)
	}
	wantBaselines := []Baseline{{Scope: catalog.Scope{Region: "us-east-1", Kind: catalog.KindFoundationModel}, By: catalogtest.Day(2), Items: 2}}
	if d := cmp.Diff(wantBaselines, r.Baselines); d != "" {
		t.Error("baselines:", d)
	}
	confirmed := catalogtest.Day(1)
	wantGaps := []Gap{{
		Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindFoundationModel}, Outcome: catalog.Denied,
		ErrorCode: "AccessDeniedException", Message: "not allowed", Since: catalogtest.Day(2), Streak: 1,
		Confirmed: &confirmed, Items: 1, Compared: true,
	}, {
		Scope: catalog.Scope{Region: "us-west-2", Kind: catalog.KindFoundationModel}, Outcome: catalog.NotEnabled,
		Since: catalogtest.Day(1), Streak: 1,
	}}
	if d := cmp.Diff(wantGaps, r.Gaps); d != "" {
		t.Error("gaps:", d)
	}
	if r.Compared != 1 || len(r.Changes) != 0 {
		t.Errorf("compared %d scopes with changes %q, want 1 and none", r.Compared, describe(r))
	}
}

// A change that happened while a scope could not be read names the runs between
// which it happened.
func TestChangeAfterGapIsDated(t *testing.T) {
	base := catalogtest.On(4, catalogtest.Carried(4, catalogtest.Models(2, "us-east-1", catalogtest.Model("m"))))
	head := catalogtest.On(5, catalogtest.Models(5, "us-east-1"))
	r := Compare(base, head)
	if len(r.Changes) != 1 || r.Changes[0].After != catalogtest.Day(2) || r.Changes[0].By != catalogtest.Day(5) {
		t.Errorf("got %+v, want one removal between runs 2 and 5", r.Changes)
	}
}

func TestFirstRunHasNothingNew(t *testing.T) {
	r := Compare(nil, catalogtest.On(1, catalogtest.Models(1, "us-east-1", catalogtest.Model("m"))))
	if len(r.Changes)+len(r.NewRegions) != 0 || len(r.Baselines) != 1 || r.Comparable() {
		t.Errorf("got %+v, want a baseline and nothing else", r)
	}
}

// The effect of a change depends on what else can call the model, and is none for a
// variant.
func TestEffects(t *testing.T) {
	const base, variant, profile = "a.model-v1:0", "a.model-v1:0:200k", "us.a.model-v1:0"
	listed := func(n int64, items ...catalog.Item) catalog.ScopeState {
		return catalogtest.Models(n, "us-east-1", items...)
	}
	routes := func(n int64, items ...catalog.Item) catalog.ScopeState {
		return catalogtest.Profiles(n, "us-east-1", items...)
	}
	model := catalogtest.Model(base, "ON_DEMAND")
	idle := catalogtest.Model(variant, "PROVISIONED")
	legacyIdle := catalogtest.Model(variant, "PROVISIONED")
	legacyIdle.Lifecycle.Status = "LEGACY"
	home := catalogtest.Profile(profile, base, "us-east-1")
	away := catalogtest.Profile(profile, base, "us-east-1", "us-west-2")
	tests := []struct {
		name       string
		base, head *catalog.Snapshot
		want       []string
	}{
		{
			"a profile still works where the model is not listed, but elsewhere is",
			catalogtest.On(1, listed(1, model), routes(1, away), catalogtest.Models(1, "us-west-2", model)),
			catalogtest.On(2, listed(2), routes(2, away), catalogtest.Models(2, "us-west-2", model)),
			[]string{base + " path-lost id-gone", base + " removed off-list"},
		},
		{
			"a profile remains, and no region that it routes to lists the model",
			catalogtest.On(1, listed(1, model), routes(1, home)),
			catalogtest.On(2, listed(2), routes(2, home)),
			[]string{base + " path-lost uncallable", base + " removed uncallable"},
		},
		{
			"a profile that led nowhere goes",
			catalogtest.On(1, listed(1), routes(1, home)),
			catalogtest.On(2, listed(2), routes(2)),
			[]string{base + " no-longer-callable none", base + " path-lost none", profile + " removed none"},
		},
		{
			"a variant comes",
			catalogtest.On(1, listed(1, model)),
			catalogtest.On(2, listed(2, model, idle)),
			[]string{variant + " added none", variant + " path-gained none"},
		},
		{
			"a variant becomes legacy",
			catalogtest.On(1, listed(1, model, idle)),
			catalogtest.On(2, listed(2, model, legacyIdle)),
			[]string{variant + " changed none"},
		},
		{
			"a model goes that only purchased throughput could use",
			catalogtest.On(1, listed(1, catalogtest.Model("b", "PROVISIONED"))),
			catalogtest.On(2, listed(2)),
			[]string{"b path-lost none", "b removed none"},
		},
		{
			"a profile is added beside on-demand access",
			catalogtest.On(1, listed(1, model), routes(1)),
			catalogtest.On(2, listed(2, model), routes(2, home)),
			[]string{base + " path-gained new-way", profile + " added new-way"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range Compare(test.base, test.head).Changes {
				got = append(got, c.ID+" "+string(c.Kind)+" "+string(c.Effect))
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
