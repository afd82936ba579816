package diff

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

// These tests build small snapshots: day n is run n, and a scope is the items that
// it lists.

func day(n int64) catalog.RunRef {
	return catalog.RunRef{ID: n, At: time.Date(2026, 1, int(n), 2, 0, 0, 0, time.UTC)}
}

func on(n int64, states ...catalog.ScopeState) *catalog.Snapshot {
	s := &catalog.Snapshot{Run: catalog.Run{ID: n, StartedAt: day(n).At}, Scopes: states}
	return s
}

func read(n int64, region string, kind catalog.Kind, items ...catalog.Item) catalog.ScopeState {
	confirmed := day(n)
	return catalog.ScopeState{
		Scope: catalog.Scope{Region: region, Kind: kind}, Outcome: catalog.Complete,
		Since: day(1), Streak: int(n), Confirmed: &confirmed, Items: items,
	}
}

// carried is a scope that the run on day n could not read, with the items listed on
// day confirmed.
func carried(n int64, state catalog.ScopeState) catalog.ScopeState {
	state.Outcome, state.ErrorCode, state.Message = catalog.Denied, "AccessDeniedException", "not allowed"
	state.Since, state.Streak = day(n), 1
	return state
}

func unread(region string, kind catalog.Kind, outcome catalog.Outcome) catalog.ScopeState {
	return catalog.ScopeState{Scope: catalog.Scope{Region: region, Kind: kind}, Outcome: outcome, Since: day(1), Streak: 1}
}

func models(n int64, region string, items ...catalog.Item) catalog.ScopeState {
	return read(n, region, catalog.KindFoundationModel, items...)
}

func profiles(n int64, region string, items ...catalog.Item) catalog.ScopeState {
	return read(n, region, catalog.KindInferenceProfile, items...)
}

func model(id string, inference ...string) *catalog.FoundationModel {
	if inference == nil {
		inference = []string{}
	}
	return &catalog.FoundationModel{ID: id, Name: "Model " + id, InferenceTypes: inference, Lifecycle: catalog.Lifecycle{Status: "ACTIVE"}}
}

func profile(id, model string, regions ...string) *catalog.InferenceProfile {
	p := &catalog.InferenceProfile{ID: id, Status: "ACTIVE", Type: catalog.TypeSystemDefined}
	for _, region := range regions {
		p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: model})
	}
	return p
}

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
	withdrawn := profile("us.m", "m", "us-east-1")
	withdrawn.Status = "INACTIVE"
	legacy := model("m", "ON_DEMAND")
	legacy.Lifecycle = catalog.Lifecycle{
		Status: "LEGACY", Legacy: day(3).At, ExtendedAccess: day(10).At, EndOfLife: day(20).At,
	}
	sooner := model("m", "ON_DEMAND")
	sooner.Lifecycle = legacy.Lifecycle
	sooner.Lifecycle.EndOfLife = day(15).At
	unsaid := model("m")
	unsaid.InferenceTypes = nil
	touched := profile("us.m", "m", "us-east-1")
	touched.UpdatedAt = day(9).At
	gone := models(2, "us-east-1")
	gone.Gone = map[string]catalog.RunRef{"m": day(2)}

	tests := []struct {
		name       string
		base, head *catalog.Snapshot
		want       []string
	}{
		{
			"a model and its profile are launched",
			on(1, models(1, "us-east-1"), profiles(1, "us-east-1")),
			on(2, models(2, "us-east-1", model("m", "INFERENCE_PROFILE")), profiles(2, "us-east-1", profile("us.m", "m", "us-east-1"))),
			[]string{
				"good: us-east-1 m added",
				"good: us-east-1 m became-callable",
				"good: us-east-1 m path-gained profile us.m",
				"good: us-east-1 us.m added",
			},
		}, {
			"on demand is gained where a profile was",
			on(1, models(1, "us-east-1", model("m", "INFERENCE_PROFILE")), profiles(1, "us-east-1", profile("us.m", "m", "us-east-1"))),
			on(2, models(2, "us-east-1", model("m", "INFERENCE_PROFILE", "ON_DEMAND")), profiles(2, "us-east-1", profile("us.m", "m", "us-east-1"))),
			[]string{
				"minor: us-east-1 m changed inference_types changed",
				"good: us-east-1 m path-gained on-demand m",
			},
		}, {
			"a profile is no longer active",
			on(1, models(1, "us-east-1", model("m")), profiles(1, "us-east-1", profile("us.m", "m", "us-east-1"))),
			on(2, models(2, "us-east-1", model("m")), profiles(2, "us-east-1", withdrawn)),
			[]string{
				"breaking: us-east-1 m no-longer-callable",
				"breaking: us-east-1 m path-lost profile us.m",
				"notice: us-east-1 us.m changed status changed",
			},
		}, {
			"a model that the region does not list becomes callable through a profile",
			on(1, models(1, "us-east-1"), profiles(1, "us-east-1")),
			on(2, models(2, "us-east-1"), profiles(2, "us-east-1", profile("us.m", "m", "us-west-2"))),
			[]string{
				"good: us-east-1 m became-callable",
				"good: us-east-1 m path-gained profile us.m",
				"good: us-east-1 us.m added",
			},
		}, {
			"provisioned throughput alone makes nothing callable",
			on(1, models(1, "us-east-1"), profiles(1, "us-east-1")),
			on(2, models(2, "us-east-1", model("m", "PROVISIONED")), profiles(2, "us-east-1")),
			[]string{
				"good: us-east-1 m added",
				"minor: us-east-1 m path-gained provisioned m",
			},
		}, {
			"a model turns legacy with its dates",
			on(1, models(1, "us-east-1", model("m", "ON_DEMAND"))),
			on(2, models(2, "us-east-1", legacy)),
			[]string{"breaking: us-east-1 m changed lifecycle.end_of_life published lifecycle.extended_access published lifecycle.legacy published lifecycle.status changed"},
		}, {
			"an end of life is moved earlier",
			on(1, models(1, "us-east-1", legacy)),
			on(2, models(2, "us-east-1", sooner)),
			[]string{"breaking: us-east-1 m changed lifecycle.end_of_life changed"},
		}, {
			"an end of life is moved later",
			on(1, models(1, "us-east-1", sooner)),
			on(2, models(2, "us-east-1", legacy)),
			[]string{"good: us-east-1 m changed lifecycle.end_of_life changed"},
		}, {
			"routing changes without a path being lost",
			on(1, profiles(1, "us-east-1", profile("us.m", "m", "us-east-1"))),
			on(2, profiles(2, "us-east-1", profile("us.m", "m", "us-east-1", "us-west-1"))),
			[]string{"notice: us-east-1 us.m changed destinations changed"},
		}, {
			"a field is first published, and no path with it",
			on(1, models(1, "us-east-1", unsaid), profiles(1, "us-east-1")),
			on(2, models(2, "us-east-1", model("m", "ON_DEMAND")), profiles(2, "us-east-1")),
			[]string{"minor: us-east-1 m changed inference_types published"},
		}, {
			"times of creation and update are not compared",
			on(1, profiles(1, "us-east-1", profile("us.m", "m", "us-east-1"))),
			on(2, profiles(2, "us-east-1", touched)),
			nil,
		}, {
			"an item comes back",
			on(2, gone),
			on(3, models(3, "us-east-1", model("m"))),
			[]string{"good: us-east-1 m reappeared"},
		}, {
			"a scope that was not read says nothing",
			on(1, models(1, "us-east-1", model("m", "ON_DEMAND")), profiles(1, "us-east-1", profile("us.m", "m"))),
			on(2, carried(2, models(1, "us-east-1", model("m", "ON_DEMAND"))), carried(2, profiles(1, "us-east-1", profile("us.m", "m")))),
			nil,
		}, {
			"a first listing is a baseline",
			on(1, unread("us-east-1", catalog.KindFoundationModel, catalog.Denied), unread("us-east-1", catalog.KindInferenceProfile, catalog.Denied)),
			on(2, models(2, "us-east-1", model("m", "ON_DEMAND")), profiles(2, "us-east-1")),
			nil,
		}, {
			"a new region is no list of additions",
			on(1, models(1, "us-east-1")),
			on(2, models(2, "eu-west-1", model("m", "ON_DEMAND")), profiles(2, "eu-west-1"), models(2, "us-east-1")),
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
	before := on(1, models(1, "eu-west-1", model("m", "ON_DEMAND")), profiles(1, "eu-west-1"))
	joint := &catalog.Joint{Run: day(1), Items: []catalog.Item{model("m", "ON_DEMAND")}}
	during := on(2, models(2, "eu-west-1", model("m")), carried(2, profiles(1, "eu-west-1")))
	during.Together = map[string]*catalog.Joint{"eu-west-1": joint}

	lost := on(3, models(3, "eu-west-1", model("m")), profiles(3, "eu-west-1"))
	replaced := on(3, models(3, "eu-west-1", model("m")), profiles(3, "eu-west-1", profile("eu.m", "m", "eu-west-1")))

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
	base := on(1,
		models(1, "eu-west-1", model("m")),
		unread("us-east-1", catalog.KindFoundationModel, catalog.Denied),
		unread("us-west-2", catalog.KindFoundationModel, catalog.NotEnabled),
	)
	head := on(2,
		models(2, "ap-south-1", model("m", "ON_DEMAND"), model("n")), profiles(2, "ap-south-1"),
		carried(2, models(1, "eu-west-1", model("m"))),
		models(2, "us-east-1", model("m"), model("n")),
		unread("us-west-2", catalog.KindFoundationModel, catalog.NotEnabled),
	)
	r := Compare(base, head)
	wantRegions := []NewRegion{{Region: "ap-south-1", By: day(2), Models: 2, Callable: 1}}
	if d := cmp.Diff(wantRegions, r.NewRegions); d != "" {
		t.Error("new regions:", d)
	}
	wantBaselines := []Baseline{{Scope: catalog.Scope{Region: "us-east-1", Kind: catalog.KindFoundationModel}, By: day(2), Items: 2}}
	if d := cmp.Diff(wantBaselines, r.Baselines); d != "" {
		t.Error("baselines:", d)
	}
	confirmed := day(1)
	wantGaps := []Gap{{
		Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindFoundationModel}, Outcome: catalog.Denied,
		ErrorCode: "AccessDeniedException", Message: "not allowed", Since: day(2), Streak: 1,
		Confirmed: &confirmed, Items: 1, Compared: true,
	}, {
		Scope: catalog.Scope{Region: "us-west-2", Kind: catalog.KindFoundationModel}, Outcome: catalog.NotEnabled,
		Since: day(1), Streak: 1,
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
	base := on(4, carried(4, models(2, "us-east-1", model("m"))))
	head := on(5, models(5, "us-east-1"))
	r := Compare(base, head)
	if len(r.Changes) != 1 || r.Changes[0].After != day(2) || r.Changes[0].By != day(5) {
		t.Errorf("got %+v, want one removal between runs 2 and 5", r.Changes)
	}
}

func TestFirstRunHasNothingNew(t *testing.T) {
	r := Compare(nil, on(1, models(1, "us-east-1", model("m"))))
	if len(r.Changes)+len(r.NewRegions) != 0 || len(r.Baselines) != 1 || r.Comparable() {
		t.Errorf("got %+v, want a baseline and nothing else", r)
	}
}
