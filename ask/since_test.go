package ask_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// chronicle is a random history of a small catalogue, in which lists are often
// not read, as it was recorded: a snapshot a run and a history an item.
type chronicle struct {
	random    *rand.Rand
	truth     map[catalog.Scope]map[string]catalog.Item
	snapshots []*catalog.Snapshot
	events    map[string][]catalog.Event // by kind and key
}

var chronicleRegions = []string{"eu-north-1", "us-east-1"}

func newChronicle(seed uint64, runs int) *chronicle {
	c := &chronicle{
		random: rand.New(rand.NewPCG(seed, 3)),
		truth:  map[catalog.Scope]map[string]catalog.Item{}, events: map[string][]catalog.Event{},
	}
	for _, region := range chronicleRegions {
		for _, kind := range catalog.Kinds() {
			c.truth[catalog.Scope{Region: region, Kind: kind}] = map[string]catalog.Item{}
		}
	}
	id := int64(0)
	for range runs {
		id += 1 + c.random.Int64N(2) // failed runs take ids too
		c.night(catalog.RunRef{ID: id, At: time.Date(2026, 1, int(id), 2, 0, 0, 0, time.UTC)})
	}
	return c
}

func (c *chronicle) night(run catalog.RunRef) {
	before := &catalog.Snapshot{}
	if len(c.snapshots) > 0 {
		before = c.snapshots[len(c.snapshots)-1]
	}
	after := &catalog.Snapshot{Run: catalog.Run{ID: run.ID, StartedAt: run.At}}
	for _, scope := range slices.SortedFunc(maps.Keys(c.truth), catalog.Scope.Compare) {
		c.change(scope)
		state := catalog.ScopeState{Scope: scope}
		if old := before.Scope(scope); old != nil {
			state = *old
		}
		state.Outcome = catalog.Denied
		if c.random.IntN(5) < 3 {
			state = c.reading(state, run)
		}
		after.Scopes = append(after.Scopes, state)
	}
	c.snapshots = append(c.snapshots, after)
}

func (c *chronicle) change(scope catalog.Scope) {
	items := c.truth[scope]
	ids := []string{"m", "n"}
	if scope.Kind == catalog.KindInferenceProfile {
		ids = []string{"eu.m", "global.m", "us.m"}
	}
	for _, id := range ids {
		switch c.random.IntN(9) {
		case 0:
			delete(items, id)
		case 1, 2:
			items[id] = c.item(scope.Kind, id)
		}
	}
}

func (c *chronicle) item(kind catalog.Kind, id string) catalog.Item {
	if kind == catalog.KindFoundationModel {
		types := [][]string{{"ON_DEMAND"}, {"ON_DEMAND", "PROVISIONED"}, {"PROVISIONED"}, {}}
		return &catalog.FoundationModel{ID: id, Name: fmt.Sprint(c.random.IntN(2)), InferenceTypes: types[c.random.IntN(4)]}
	}
	p := &catalog.InferenceProfile{ID: id, Status: []string{"ACTIVE", "ACTIVE", "INACTIVE"}[c.random.IntN(3)]}
	for _, region := range []string{"", "eu-north-1", "us-east-1"} {
		if c.random.IntN(2) == 0 {
			p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: []string{"m", "m", "n"}[c.random.IntN(3)]})
		}
	}
	return p
}

// reading is a list once a run has read it whole; what it changed is written
// down.
func (c *chronicle) reading(old catalog.ScopeState, run catalog.RunRef) catalog.ScopeState {
	new := catalog.ScopeState{Scope: old.Scope, Outcome: catalog.Complete, Confirmed: &run, Gone: maps.Clone(old.Gone)}
	if new.Gone == nil {
		new.Gone = map[string]catalog.RunRef{}
	}
	held := map[string]catalog.Item{}
	for _, item := range old.Items {
		held[item.Key()] = item
	}
	for _, id := range slices.Sorted(maps.Keys(c.truth[old.Scope])) {
		item := c.truth[old.Scope][id]
		new.Items = append(new.Items, item)
		delete(new.Gone, id)
		if was := held[id]; was == nil || !bytes.Equal(catalog.Encode(was), catalog.Encode(item)) {
			c.write(old, id, catalog.Event{Run: run, Item: item})
		}
		delete(held, id)
	}
	for id := range held {
		new.Gone[id] = run
		c.write(old, id, catalog.Event{Run: run})
	}
	return new
}

func (c *chronicle) write(scope catalog.ScopeState, id string, event catalog.Event) {
	event.Region, event.After = scope.Region, scope.Confirmed
	key := string(scope.Kind) + " " + id
	c.events[key] = append(c.events[key], event)
}

func (c *chronicle) histories() [][]catalog.Event {
	var all [][]catalog.Event
	for _, key := range slices.Sorted(maps.Keys(c.events)) {
		all = append(all, c.events[key])
	}
	return all
}

// held is since when a path that passes has been there as of the run with index
// last, by looking at every snapshot.
func (c *chronicle) held(last int, region string, passes func(catalog.Path) bool) (ask.Held, bool) {
	has := func(i int) bool {
		return slices.ContainsFunc(c.snapshots[i].Region(region).Paths("m"), passes)
	}
	if !has(last) {
		return ask.Held{}, false
	}
	first := last
	for first > 0 && has(first-1) {
		first--
	}
	held := ask.Held{From: c.snapshots[first].Run.Ref()}
	for i := first - 1; i >= 0; i-- {
		if !c.mayHave(i, last, region, passes) {
			run := c.snapshots[i].Run.Ref()
			held.After = &run
			break
		}
	}
	return held, true
}

// mayHave reports whether a path that passes could have been there at a run: by
// what was known then, or by what a list that the run did not read held when it
// was next read.
func (c *chronicle) mayHave(i, last int, region string, passes func(catalog.Path) bool) bool {
	for _, kind := range catalog.Kinds() {
		scope := catalog.Scope{Region: region, Kind: kind}
		lists := func(i int) bool {
			return slices.ContainsFunc(catalog.NewRegion(c.snapshots[i].Scope(scope).Items).Paths("m"), passes)
		}
		if lists(i) {
			return true
		}
		if c.snapshots[i].Scope(scope).Fresh() {
			continue
		}
		for next := i + 1; next <= last; next++ {
			if c.snapshots[next].Scope(scope).Fresh() {
				if lists(next) {
					return true
				}
				break
			}
		}
	}
	return false
}

// TestSinceAgainstEverySnapshot compares what the histories tell with what
// looking at every snapshot tells, for random histories with gaps, as of every
// run.
func TestSinceAgainstEverySnapshot(t *testing.T) {
	predicates := map[string]func(catalog.Path) bool{
		"any path":    func(catalog.Path) bool { return true },
		"callable":    catalog.Path.Callable,
		"on demand":   func(p catalog.Path) bool { return p.Access == catalog.OnDemand },
		"eu.m":        func(p catalog.Path) bool { return p.ModelID == "eu.m" },
		"within eu":   func(p catalog.Path) bool { return p.Within("eu-north-1", []string{"eu"}) },
		"by profiles": func(p catalog.Path) bool { return p.Access == catalog.ViaProfile },
	}
	answers := 0
	for seed := range uint64(60) {
		c := newChronicle(seed, 14)
		for last, snapshot := range c.snapshots {
			spans := ask.Spans("m", snapshot.Run.ID, c.histories()...)
			for _, region := range chronicleRegions {
				for name, passes := range predicates {
					got, ok := ask.Since(spans, region, passes)
					want, wantOK := c.held(last, region, passes)
					if diff := cmp.Diff(want, got); diff != "" || ok != wantOK {
						t.Fatalf("seed %d, run %d, %s in %s: held %t, want %t; -want +got:\n%s", seed, snapshot.Run.ID, name, region, ok, wantOK, diff)
					}
					if ok {
						answers++
					}
				}
			}
		}
	}
	if answers < 1000 {
		t.Errorf("only %d questions had an answer: the histories are too poor to tell anything", answers)
	}
}

// TestSpansAgainstEverySnapshot checks that the spans that are open as of a run
// are the paths of its snapshot.
func TestSpansAgainstEverySnapshot(t *testing.T) {
	for seed := range uint64(60) {
		c := newChronicle(seed, 14)
		for _, snapshot := range c.snapshots {
			open := map[string][]catalog.Path{}
			for _, span := range ask.Spans("m", snapshot.Run.ID, c.histories()...) {
				if span.To == nil {
					open[span.Region] = append(open[span.Region], span.Path)
				}
			}
			for _, region := range chronicleRegions {
				if diff := cmp.Diff(snapshot.Region(region).Paths("m"), open[region]); diff != "" {
					t.Fatalf("seed %d, run %d, %s: -want +got:\n%s", seed, snapshot.Run.ID, region, diff)
				}
			}
		}
	}
}
