package catalog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

func ref(id int64) catalog.RunRef { return catalog.RunRef{ID: id, At: day(2026, 1, int(id))} }

// state is a scope last read whole by a run, never where it is 0.
func state(region string, kind catalog.Kind, confirmed int64, items ...catalog.Item) catalog.ScopeState {
	s := catalog.ScopeState{Scope: catalog.Scope{Region: region, Kind: kind}, Outcome: catalog.Denied, Items: items}
	if confirmed > 0 {
		at := ref(confirmed)
		s.Confirmed = &at
	}
	return s
}

// sample is a snapshot as of run 5: eu-west-1 is carried whole from run 3,
// us-east-1 from runs 4 and 5 apart and from 2 together, us-west-2 from runs
// that never met, and half of ap-south-1 was never read.
func sample() *catalog.Snapshot {
	now := state("us-east-1", models, 5, listed("m", "ON_DEMAND"))
	now.Outcome = catalog.Complete
	return &catalog.Snapshot{
		Run: catalog.Run{ID: 5, StartedAt: day(2026, 1, 5)},
		Scopes: []catalog.ScopeState{
			state("ap-south-1", models, 5, listed("m", "ON_DEMAND")),
			state("ap-south-1", profiles, 0),
			state("ca-central-1", models, 5, listed("m", "ON_DEMAND")),
			state("eu-west-1", models, 3, listed("m"), listed("n", "ON_DEMAND")),
			state("eu-west-1", profiles, 3, routing("eu.m", "ACTIVE", "eu-west-1/m")),
			now,
			state("us-east-1", profiles, 4, routing("us.m", "ACTIVE", "us-east-1/m")),
			state("us-west-2", models, 5),
			state("us-west-2", profiles, 4),
		},
		Together: map[string]*catalog.Joint{
			"us-east-1": {Run: ref(2), Items: []catalog.Item{listed("m")}},
			"us-west-2": nil,
		},
	}
}

func TestSnapshotScope(t *testing.T) {
	s := sample()
	for i := range s.Scopes {
		if got := s.Scope(s.Scopes[i].Scope); got != &s.Scopes[i] {
			t.Errorf("Scope(%v) = %v", s.Scopes[i].Scope, got)
		}
	}
	for _, scope := range []catalog.Scope{
		{}, {Region: "aa-east-1", Kind: models}, {Region: "ca-central-1", Kind: profiles}, {Region: "zz-east-1", Kind: models},
	} {
		if got := s.Scope(scope); got != nil {
			t.Errorf("Scope(%v) = %v, want nil", scope, got)
		}
	}
	if got := new(catalog.Snapshot).Scope(scope); got != nil {
		t.Errorf("Scope of an empty snapshot = %v", got)
	}
}

func TestScopeState(t *testing.T) {
	s := sample()
	for _, c := range []struct {
		region          string
		observed, fresh bool
	}{{"ap-south-1", false, false}, {"us-east-1", true, false}} {
		got := s.Scope(catalog.Scope{Region: c.region, Kind: profiles})
		if got.Observed() != c.observed || got.Fresh() != c.fresh {
			t.Errorf("%s: Observed, Fresh = %v, %v", c.region, got.Observed(), got.Fresh())
		}
	}
	if got := s.Scope(catalog.Scope{Region: "us-east-1", Kind: models}); !got.Observed() || !got.Fresh() {
		t.Errorf("a complete scope: Observed, Fresh = %v, %v", got.Observed(), got.Fresh())
	}
}

func TestSnapshotRegions(t *testing.T) {
	want := []string{"ap-south-1", "ca-central-1", "eu-west-1", "us-east-1", "us-west-2"}
	if diff := cmp.Diff(want, sample().Regions()); diff != "" {
		t.Errorf("Regions (-want +got):\n%s", diff)
	}
	if got := new(catalog.Snapshot).Regions(); len(got) != 0 {
		t.Errorf("Regions of an empty snapshot = %v", got)
	}
}

func TestSnapshotJoint(t *testing.T) {
	s := sample()
	for _, c := range []struct {
		region string
		want   *catalog.Joint
	}{
		{"eu-west-1", &catalog.Joint{Run: ref(3), Items: []catalog.Item{
			listed("m"), listed("n", "ON_DEMAND"), routing("eu.m", "ACTIVE", "eu-west-1/m"),
		}}},
		{"us-east-1", s.Together["us-east-1"]}, // not what either list says by now
		{"us-west-2", nil},                     // both were read, never by one run
		{"ap-south-1", nil},                    // one was never read
		{"ca-central-1", nil},                  // one was never asked for
		{"zz-east-1", nil},
	} {
		if diff := cmp.Diff(c.want, s.Joint(c.region)); diff != "" {
			t.Errorf("Joint(%s) (-want +got):\n%s", c.region, diff)
		}
	}
}

func TestSnapshotRegion(t *testing.T) {
	s := sample()
	for _, c := range []struct {
		region, model string
		want          int
	}{
		{"us-east-1", "m", 2}, // on demand by run 5, and a profile carried from run 4
		{"eu-west-1", "m", 1}, {"eu-west-1", "n", 1}, {"ap-south-1", "m", 1}, {"us-west-2", "m", 0}, {"zz-east-1", "m", 0},
	} {
		if got := s.Region(c.region).Paths(c.model); len(got) != c.want {
			t.Errorf("%s from %s: %v, want %d paths", c.model, c.region, got, c.want)
		}
	}
}

func TestRunRef(t *testing.T) {
	run := catalog.Run{ID: 7, StartedAt: day(2026, 1, 7), FinishedAt: day(2026, 1, 7).Add(time.Minute)}
	if got := run.Ref(); got != ref(7) {
		t.Errorf("Ref = %v", got)
	}
}
