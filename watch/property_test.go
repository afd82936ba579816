package watch

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"snapshotter/catalog"
)

// world generates a history of small random catalogues with gaps, as a store
// would return it, and keeps its own record of which run read what.
type world struct {
	*rand.Rand
	last *catalog.Snapshot
	// read holds the lists that each run read.
	read map[int64]map[catalog.Scope][]catalog.Item
}

var (
	regions  = []string{"eu-west-1", "eu-west-2", "us-east-1"}
	models   = []string{"a.one", "a.two"}
	outcomes = []catalog.Outcome{catalog.Throttled, catalog.Denied, catalog.NotEnabled, catalog.NotOffered, catalog.NotListed, catalog.Suspect}
)

func newWorld(seed uint64) *world {
	return &world{rand.New(rand.NewPCG(seed, 1)), &catalog.Snapshot{}, map[int64]map[catalog.Scope][]catalog.Item{}}
}

// next returns the snapshot of one more run.
func (w *world) next() *catalog.Snapshot {
	s := &catalog.Snapshot{Run: catalog.Run{ID: w.last.Run.ID + 1}, Together: map[string]*catalog.Joint{}}
	ref := s.Run.Ref()
	w.read[ref.ID] = map[catalog.Scope][]catalog.Item{}
	for _, region := range regions {
		for _, kind := range catalog.Kinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			state := catalog.ScopeState{Scope: scope, Outcome: catalog.Complete, Confirmed: &ref, Since: ref, Streak: 1}
			if w.IntN(3) == 0 {
				state.Outcome, state.Confirmed = outcomes[w.IntN(len(outcomes))], nil
				if before := w.last.Scope(scope); before != nil {
					state.Confirmed, state.Items = before.Confirmed, before.Items
				}
			} else {
				state.Items = w.items(kind)
				w.read[ref.ID][scope] = state.Items
			}
			s.Scopes = append(s.Scopes, state)
		}
	}
	w.join(s)
	w.last = s
	return s
}

// join finds the last run that read both lists of a region, if different runs last
// read them.
func (w *world) join(s *catalog.Snapshot) {
	for _, region := range regions {
		a, b := s.Scope(catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}), s.Scope(catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile})
		if a.Observed() && b.Observed() && a.Confirmed.ID != b.Confirmed.ID {
			s.Together[region] = nil
			if run, items, ok := w.whole(region, catalog.Kinds(), s.Run.ID); ok {
				s.Together[region] = &catalog.Joint{Run: catalog.RunRef{ID: run}, Items: items}
			}
		}
	}
}

// whole returns what the last run up to upTo that read all kinds of a region found.
func (w *world) whole(region string, kinds []catalog.Kind, upTo int64) (int64, []catalog.Item, bool) {
	for run := upTo; run > 0; run-- {
		var items []catalog.Item
		all := true
		for _, kind := range kinds {
			list, read := w.read[run][catalog.Scope{Region: region, Kind: kind}]
			all = all && read
			items = append(items, list...)
		}
		if all {
			return run, items, true
		}
	}
	return 0, nil, false
}

func (w *world) items(kind catalog.Kind) []catalog.Item {
	var items []catalog.Item
	for _, model := range models {
		if w.IntN(3) == 0 {
			continue
		}
		if kind == catalog.KindFoundationModel {
			m := &catalog.FoundationModel{ID: model}
			if w.IntN(2) == 0 {
				m.InferenceTypes = []string{catalog.InferenceOnDemand}
			}
			items = append(items, m)
			continue
		}
		p := &catalog.InferenceProfile{ID: "eu." + model, Status: []string{catalog.StatusActive, "CREATING"}[w.IntN(2)]}
		for _, region := range append([]string{""}, regions...) {
			if w.IntN(3) == 0 {
				p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: model})
			}
		}
		items = append(items, p)
	}
	return items
}

func (w *world) rule() Rule {
	pick := func(globs ...string) string { return globs[w.IntN(len(globs))] }
	rule := Rule{Model: pick("a.*", "a.one", "eu.a.two", "*.two"), Access: Access(pick("", "any", "on-demand", "profile"))}
	if w.IntN(2) == 0 {
		rule.Regions = []string{pick("eu-*", "us-east-1", "mars-*")}
	}
	if w.IntN(2) == 0 {
		rule.Within = []string{pick("eu", "us-east-1", "eu-west-?")}
		rule.Guard = w.IntN(2) == 0
	}
	return rule
}

// TestAgainstBruteForce checks every path of every region, run by run. It uses no
// code under test but the rule's own predicate.
func TestAgainstBruteForce(t *testing.T) {
	seen := map[Status]int{}
	news, guards := 0, map[Status]int{}
	for seed := range uint64(4000) {
		w := newWorld(seed)
		rule := w.rule()
		base := w.next()
		for range 1 + w.IntN(4) {
			w.next()
		}
		head := w.last
		s := Evaluate([]Rule{rule}, base, head)[0]
		seen[s.Status]++
		if rule.Guards() {
			guards[s.Status]++
		}
		if s.New {
			news++
		}
		read, carried := w.brute(rule, head)
		if !rule.Guards() && (s.Status == Satisfied) != (len(read.inside) > 0) {
			t.Fatalf("seed %d: %+v is %s; lists that were read hold %v", seed, rule, s.Status, read.inside)
		}
		if !rule.Guards() && !slices.Equal(pairs(s.Ways), read.inside) || !slices.Equal(pairs(s.Carried), carried.inside) {
			t.Fatalf("seed %d: %+v has ways %v and carried %v, want %v and %v", seed, rule, pairs(s.Ways), pairs(s.Carried), read.inside, carried.inside)
		}
		if rule.Guards() && s.Status == Satisfied && (len(read.outside)+len(carried.outside) > 0 || len(s.Unread) > 0) {
			t.Fatalf("seed %d: %+v is satisfied although %v and %v may run outside, or %v were not read", seed, rule, read.outside, carried.outside, s.Unread)
		}
		if s.New && (s.Status != Satisfied || w.satisfied(rule, base)) {
			t.Fatalf("seed %d: %+v is new and %s, satisfied before: %v", seed, rule, s.Status, w.satisfied(rule, base))
		}
		if s.Status == Broken {
			w.checkBroken(t, seed, s, base, head)
		}
		if s.Status == Waiting {
			for _, u := range s.Unread {
				t.Fatalf("seed %d: %+v waits, although %v was not read", seed, rule, u)
			}
			if w.satisfied(rule, base) {
				t.Fatalf("seed %d: %+v was satisfied and silently waits", seed, rule)
			}
		}
	}
	for _, status := range []Status{Satisfied, Waiting, Outside, NotObservable, Broken} {
		if seen[status] == 0 {
			t.Errorf("no rule is %s: the test does not cover it", status)
		}
	}
	if news == 0 || guards[Satisfied] == 0 || guards[Broken] == 0 {
		t.Errorf("%d rules were newly satisfied, guards were %v", news, guards)
	}
}

// checkBroken checks that the lists behind a broken rule were read by one run up
// to base and by another up to head.
func (w *world) checkBroken(t *testing.T, seed uint64, s State, base, head *catalog.Snapshot) {
	t.Helper()
	if !w.satisfied(s.Rule, base) {
		t.Fatalf("seed %d: %+v is broken and was not satisfied", seed, s.Rule)
	}
	if len(s.Lost) == 0 && len(s.Outside) == 0 {
		t.Fatalf("seed %d: %+v is broken without a cause", seed, s.Rule)
	}
	for _, way := range s.Lost {
		for _, region := range way.From {
			before, _, ok := w.whole(region, s.kinds(), base.Run.ID)
			_, now, again := w.whole(region, s.kinds(), head.Run.ID)
			if _, _, whole := w.whole(region, s.kinds(), head.Run.ID); !ok || !again || !whole || before == head.Run.ID {
				t.Fatalf("seed %d: %+v is broken in %s, whose lists were not read for both base and head", seed, s.Rule, region)
			}
			if paths := catalog.NewRegion(now).Paths(way.Model); slices.ContainsFunc(paths, func(p catalog.Path) bool { return s.Passes(region, way.Model, p) }) {
				t.Fatalf("seed %d: %+v is broken in %s, which still has %v", seed, s.Rule, region, paths)
			}
		}
	}
	if len(s.Lost) > 0 {
		return
	}
	known := func(way Way) bool {
		return slices.ContainsFunc(way.From, func(region string) bool {
			kind := kindOf(catalog.Path{Access: way.Access})
			_, _, before := w.whole(region, []catalog.Kind{kind}, base.Run.ID)
			_, now := w.read[head.Run.ID][catalog.Scope{Region: region, Kind: kind}]
			return before && now
		})
	}
	if !slices.ContainsFunc(s.Outside, known) {
		t.Fatalf("seed %d: %+v is broken by %v, whose list was not read for both base and head", seed, s.Rule, s.Outside)
	}
}

type sides struct{ inside, outside [][2]string }

// brute finds the IDs and regions that pass, in lists that the run read and in
// older ones.
func (w *world) brute(rule Rule, s *catalog.Snapshot) (read, carried sides) {
	for _, region := range regions {
		for _, model := range append(slices.Clone(models), "eu.a.one", "eu.a.two") {
			for _, p := range s.Region(region).Paths(model) {
				side := &carried
				if _, now := w.read[s.Run.ID][catalog.Scope{Region: region, Kind: kindOf(p)}]; now {
					side = &read
				}
				inside := rule
				inside.Within = nil
				switch {
				case rule.Passes(region, model, p):
					side.inside = append(side.inside, [2]string{p.ModelID, region})
				case inside.Passes(region, model, p):
					side.outside = append(side.outside, [2]string{p.ModelID, region})
				}
			}
		}
	}
	for _, side := range []*sides{&read, &carried} {
		slices.SortFunc(side.inside, comparePairs)
	}
	return read, carried
}

// satisfied reports whether the rule is satisfied by what the lists last held.
func (w *world) satisfied(rule Rule, s *catalog.Snapshot) bool {
	read, carried := w.brute(rule, s)
	any := len(read.inside)+len(carried.inside) > 0
	if rule.Guards() {
		return any && len(read.outside)+len(carried.outside) == 0
	}
	for _, region := range regions {
		if _, items, ok := w.whole(region, rule.kinds(), s.Run.ID); ok {
			for _, model := range models {
				for _, p := range catalog.NewRegion(items).Paths(model) {
					any = any || rule.Passes(region, model, p)
				}
			}
		}
	}
	return any
}

func pairs(ways []Way) [][2]string {
	var pairs [][2]string
	for _, way := range ways {
		for _, region := range way.From {
			pairs = append(pairs, [2]string{way.ID, region})
		}
	}
	slices.SortFunc(pairs, comparePairs)
	return pairs
}

func comparePairs(a, b [2]string) int { return slices.Compare(a[:], b[:]) }

// TestAgainstItself checks that nothing is new or broken between a run and itself,
// and that a first run breaks nothing.
func TestAgainstItself(t *testing.T) {
	for seed := range uint64(500) {
		w := newWorld(seed)
		rules := []Rule{w.rule(), w.rule()}
		for range 3 {
			w.next()
		}
		same, first := Evaluate(rules, w.last, w.last), Evaluate(rules, nil, w.last)
		for i := range rules {
			if same[i].New || same[i].Status == Broken || first[i].New || first[i].Status == Broken {
				t.Fatalf("seed %d: %+v; %+v", seed, same[i], first[i])
			}
		}
		if !reflect.DeepEqual(first, Evaluate(rules, nil, w.last)) {
			t.Fatalf("seed %d: two evaluations differ", seed)
		}
	}
}
