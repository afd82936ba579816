package collect_test

import (
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
)

// asked is how often a scope was listed since the server started.
func (w *world) asked(scope catalog.Scope) int {
	operation := bedrocktest.ListFoundationModels
	if scope.Kind == catalog.KindInferenceProfile {
		operation = bedrocktest.ListInferenceProfiles
	}
	n := 0
	for _, c := range w.Calls() {
		if c.Region == scope.Region && c.Operation == operation && c.Page == 1 {
			n++
		}
	}
	return n
}

func TestRemovalIsConfirmed(t *testing.T) {
	w := start(t)
	w.learn()
	r := w.regions[home]
	r.Models = r.Models[1:]
	w.regions[home] = r
	w.Serve(w.regions)
	before := w.asked(models(home))
	got := w.listings()
	if l := got[models(home)]; l.Outcome != catalog.Complete || len(l.Items) != 11 {
		t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
	}
	if n := w.asked(models(home)) - before; n != 2 {
		t.Errorf("listed the models %d times, want 2", n)
	}
	if n := w.asked(profiles(home)); n != 2 { // once to learn, once now
		t.Errorf("listed the profiles, which lack nothing, %d times, want 1", n-1)
	}
}

// Items that are left out of some listings, other ones each time, are still
// there: nothing known may ever be missing.
func TestFlappingLosesNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.learn()
	lost := 0
	for seed := range uint64(20) {
		w.Inject(bedrocktest.Fault{Kind: bedrocktest.Flap, Seed: seed, OneIn: 6, Operation: bedrocktest.ListFoundationModels, Times: 1})
		for scope, l := range w.listings() {
			if l.Outcome != catalog.Complete {
				t.Errorf("seed %d: %v: %s: %s", seed, scope, l.Outcome, l.Message)
			}
			lost += len(w.known[scope].Missing(l))
		}
	}
	if lost > 0 {
		t.Errorf("lost %d items that were there", lost)
	}
}

// An item that is missing once from each of two listings, but not the same one,
// was seen.
func TestOnlyWhatBothLackIsGone(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.learn()
	for seed := range uint64(20) {
		w.Inject(bedrocktest.Fault{Kind: bedrocktest.Flap, Seed: seed, OneIn: 12, Region: home, Operation: bedrocktest.ListFoundationModels})
		l := w.listings()[models(home)]
		// One of twelve is left out of each listing: at most one is in neither.
		if l.Outcome != catalog.Complete || len(l.Items) < 11 {
			t.Errorf("seed %d: %s with %d items", seed, l.Outcome, len(l.Items))
		}
	}
}

func TestShortPageLosesNothing(t *testing.T) {
	w := start(t)
	w.learn()
	w.Inject(bedrocktest.Fault{Kind: bedrocktest.ShortPage, Times: 1})
	for scope, l := range w.listings() {
		if l.Outcome != catalog.Complete || len(w.known[scope].Missing(l)) > 0 {
			t.Errorf("%v: %s, missing %v", scope, l.Outcome, w.known[scope].Missing(l))
		}
	}
}

// An empty listing confirms nothing, wherever it comes.
func TestEmptyListings(t *testing.T) {
	tests := []struct {
		name    string
		faults  []bedrocktest.Fault
		outcome catalog.Outcome
		items   int
		listed  int
	}{
		{"once", []bedrocktest.Fault{{Kind: bedrocktest.Empty, Times: 1}}, catalog.Complete, 12, 2},
		{"twice", []bedrocktest.Fault{{Kind: bedrocktest.Empty, Times: 2}}, catalog.Complete, 0, 2},
		{"then flapping", []bedrocktest.Fault{{Kind: bedrocktest.Empty, Times: 1}, {Kind: bedrocktest.Flap, Times: 1}}, catalog.Complete, 12, 3},
		{"after flapping", []bedrocktest.Fault{{Kind: bedrocktest.Flap, Times: 1}, {Kind: bedrocktest.Empty, Times: 1}}, catalog.Invalid, 0, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := start(t)
			w.learn()
			before := w.asked(models(home))
			for i := range tt.faults {
				tt.faults[i].Region, tt.faults[i].Operation = home, bedrocktest.ListFoundationModels
			}
			w.Inject(tt.faults...)
			l := w.listings()[models(home)]
			if l.Outcome != tt.outcome || len(l.Items) != tt.items {
				t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
			}
			if n := w.asked(models(home)) - before; n != tt.listed {
				t.Errorf("listed %d times, want %d", n, tt.listed)
			}
		})
	}
}

// Where the second listing fails, nothing is believed of the first.
func TestRemovalThatCannotBeConfirmed(t *testing.T) {
	w := start(t)
	w.learn()
	at := bedrocktest.Fault{Region: home, Operation: bedrocktest.ListFoundationModels}
	short, denied := at, at
	short.Kind, short.Times = bedrocktest.ShortPage, 1
	denied.Kind = bedrocktest.DenyIAM
	w.Inject(short, denied)
	l := w.listings()[models(home)]
	if l.Outcome != catalog.Denied || l.Items != nil || !strings.Contains(l.Message, "lacked 1 item") {
		t.Errorf("%s with %d items: %s", l.Outcome, len(l.Items), l.Message)
	}
}

// Additions need no second look.
func TestAdditionsAreBelieved(t *testing.T) {
	w := start(t)
	w.learn()
	before := w.asked(models(home))
	w.regions[home] = offering(15, 7)
	w.Serve(w.regions)
	l := w.listings()[models(home)]
	if len(l.Items) != 15 || w.asked(models(home))-before != 1 {
		t.Errorf("%d items in %d listings", len(l.Items), w.asked(models(home))-before)
	}
	if !slices.IsSortedFunc(l.Items, catalog.CompareItems) {
		t.Error("not sorted")
	}
}
