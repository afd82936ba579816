package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// TestEachChangeIsToldOnce compares, over random histories with every fault,
// what a comparison found with what the stories of its report say: nothing is
// left out, nothing is told twice, and nothing is told that did not happen.
func TestEachChangeIsToldOnce(t *testing.T) {
	told := map[diff.Kind]int{}
	for seed := range uint64(60) {
		h := randomHistory(t, rand.New(rand.NewPCG(seed, 1)))
		for head := range h.snapshots {
			base := head - 1 - int(seed)%2
			if base < 0 {
				continue
			}
			result := diff.Compare(h.snapshots[base], h.snapshots[head])
			r := h.between(base, head)
			name := fmt.Sprintf("seed %d, run %d against %d", seed, head, base)
			checkTold(t, name, result, r)
			checkHolds(t, name, h.snapshots[head], r)
			thinned := thin(h.snapshots[base], h.snapshots[head])
			if d := cmp.Diff(string(document(t, r)), string(document(t, Build(result, thinned, h.snapshots[head], Options{})))); d != "" {
				t.Errorf("%s: a base with no more than what differs gives another report:\n%s", name, d)
			}
			if seed%10 == 0 {
				checkMarkdown(t, r)
				checkJSON(t, r)
			}
			for _, c := range result.Changes {
				told[c.Kind]++
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, kind := range []diff.Kind{
		diff.Added, diff.Removed, diff.Reappeared, diff.Changed,
		diff.BecameCallable, diff.NoLongerCallable, diff.PathGained, diff.PathLost,
	} {
		if told[kind] == 0 {
			t.Errorf("no history had a change of kind %s", kind)
		}
	}
}

func checkTold(t *testing.T, name string, result *diff.Result, r *Report) {
	t.Helper()
	want, got := facts(result), map[string]int{}
	for _, s := range slices.Concat(r.ActOn, r.Good, r.Other) {
		for _, fact := range s.facts() {
			got[fact]++
		}
	}
	for fact, times := range want {
		if got[fact] != times {
			t.Errorf("%s: %q is told %d times, want %d", name, fact, got[fact], times)
		}
	}
	for fact := range got {
		// Where a model is newly listed or callable, all ways to call it are told.
		if _, found := want[fact]; !found && !strings.HasPrefix(fact, "gained ") && !strings.HasPrefix(fact, "inactive ") {
			t.Errorf("%s: %q is told and did not happen", name, fact)
		}
	}
}

// checkHolds checks what stories say of now against head: a route that was
// gained or remains is there, and one that was lost is not.
func checkHolds(t *testing.T, name string, head *catalog.Snapshot, r *Report) {
	t.Helper()
	has := func(region, model, id string, access catalog.Access) bool {
		return slices.ContainsFunc(head.Region(region).Paths(model), func(p catalog.Path) bool { return p.ModelID == id && p.Access == access })
	}
	expect := func(want bool, regions []string, model, id string, access catalog.Access, what string) {
		for _, region := range regions {
			if has(region, model, id, access) != want {
				t.Errorf("%s: %s is told as %s in %s", name, id, what, region)
			}
		}
	}
	for _, s := range slices.Concat(r.ActOn, r.Good, r.Other) {
		if s.Gain != nil {
			for _, route := range s.Gain.Routes {
				expect(true, route.From, s.Subject.ID, route.ID, route.Access, "gained")
			}
		}
		if s.Loss != nil {
			for _, route := range s.Loss.Remaining {
				expect(true, route.From, s.Subject.ID, route.ID, route.Access, "remaining")
			}
			for _, route := range s.Loss.Lost {
				expect(false, route.From, s.Subject.ID, route.ID, route.Access, "lost")
			}
			for _, region := range s.Loss.Elsewhere {
				if !catalog.Callable(head.Region(region).Paths(s.Subject.ID)) {
					t.Errorf("%s: %s is told as callable from %s", name, s.Subject.ID, region)
				}
			}
		}
	}
}

// thin keeps of base what differs in head, as a store may hand it out.
func thin(base, head *catalog.Snapshot) *catalog.Snapshot {
	thinned := *base
	thinned.Scopes = slices.Clone(base.Scopes)
	for i, state := range thinned.Scopes {
		after := head.Scope(state.Scope)
		thinned.Scopes[i].Items = slices.DeleteFunc(slices.Clone(state.Items), func(item catalog.Item) bool {
			return after != nil && slices.ContainsFunc(after.Items, func(other catalog.Item) bool {
				return string(catalog.Encode(item)) == string(catalog.Encode(other)) && item.Key() == other.Key()
			})
		})
	}
	return &thinned
}

// facts are what a comparison found, each with how often it must be told.
func facts(result *diff.Result) map[string]int {
	facts, moved := map[string]int{}, map[string]bool{}
	for _, c := range result.Changes {
		if c.Path != nil {
			moved[c.Region+" "+c.Path.ModelID] = true
		}
	}
	for _, c := range result.Changes {
		model := c.Resource == catalog.KindFoundationModel
		switch {
		case c.Kind == diff.Added && model:
			facts[fmt.Sprintf("listed %s %s", c.Region, c.ID)] = 1
		case c.Kind == diff.Removed && model:
			facts[fmt.Sprintf("unlisted %s %s", c.Region, c.ID)] = 1
		case c.Kind == diff.Reappeared:
			facts[fmt.Sprintf("returned %s %s", c.Region, c.ID)] = 1
		case c.Kind == diff.BecameCallable:
			facts[fmt.Sprintf("callable %s %s", c.Region, c.ID)] = 1
		case c.Kind == diff.NoLongerCallable:
			facts[fmt.Sprintf("uncallable %s %s", c.Region, c.ID)] = 1
		case c.Kind == diff.PathLost:
			facts[fmt.Sprintf("lost %s %s", c.Region, c.Path.ModelID)] = 1
		case c.Kind == diff.PathGained:
			facts[fmt.Sprintf("gained %s %s", c.Region, c.Path.ModelID)] = 1
		case c.Kind == diff.Removed:
			facts[fmt.Sprintf("lost %s %s", c.Region, c.ID)] = 1
		}
		for _, f := range c.Fields {
			switch f.Field {
			case diff.FieldInferenceTypes: // else told by the paths that they open or close
				if f.Said != diff.BothSaid {
					facts[fmt.Sprintf("field %s %s %s", f.Field, c.Region, c.ID)] = 1
				}
			case diff.FieldStatus:
				if !moved[c.Region+" "+c.ID] {
					facts[fmt.Sprintf("field status %s %s", c.Region, c.ID)] = 1
				}
			default:
				facts[fmt.Sprintf("field %s %s %s", f.Field, c.Region, c.ID)] = 1
			}
		}
	}
	return facts
}

// facts are what a story says.
func (s *Story) facts() []string {
	var facts []string
	say := func(regions []string, format string, args ...any) {
		for _, region := range regions {
			facts = append(facts, fmt.Sprintf(format, append([]any{region}, args...)...))
		}
	}
	id := s.Subject.ID
	if g := s.Gain; g != nil {
		say(g.Listed, "listed %s %s", id)
		say(g.Callable, "callable %s %s", id)
		for _, r := range g.Returned {
			say([]string{r.Region}, "returned %s %s", r.ID)
		}
		for _, r := range g.Routes {
			say(r.From, "gained %s %s", r.ID)
		}
		for _, i := range g.Inactive {
			say(i.Regions, "inactive %s %s", i.ID)
		}
	}
	if l := s.Loss; l != nil {
		say(l.Unlisted, "unlisted %s %s", id)
		say(l.Uncallable, "uncallable %s %s", id)
		for _, r := range l.Lost {
			say(r.From, "lost %s %s", r.ID)
		}
	}
	if l := s.Lifecycle; l != nil {
		for _, c := range l.Changes {
			say(c.Regions, "field "+string(c.Field)+" %s %s", id)
		}
	}
	if r := s.Routing; r != nil {
		for _, c := range r.Changes {
			say(c.From, "field destinations %s %s", id)
		}
	}
	for _, f := range s.Fields {
		if f.Field != diff.FieldInferenceTypes || f.Said != diff.BothSaid {
			say(f.Regions, "field "+string(f.Field)+" %s %s", id)
		}
	}
	return facts
}

// randomHistory is eight runs over a small catalogue that anything can happen
// to, read through faults.
func randomHistory(t *testing.T, random *rand.Rand) *history {
	h := newHistory(t, 1)
	regions := []string{"ap-south-1", "eu-west-1", "us-east-1", "us-west-2"}
	for run := range 8 {
		w := world{}
		for _, region := range regions {
			a := answer{items: randomItems(random, region)}
			faults := []catalog.Outcome{"", "", "", "", catalog.Denied, catalog.Unreachable, catalog.Invalid, catalog.NotEnabled}
			a.models, a.profiles = faults[random.IntN(len(faults))], faults[random.IntN(len(faults))]
			if random.IntN(10) > 0 {
				w[region] = a
			}
		}
		h.run(fmt.Sprintf("2026-09-%02d 02:00", run+1), w)
	}
	return h
}

func randomItems(random *rand.Rand, region string) []catalog.Item {
	var list []catalog.Item
	ids := []string{"amazon.a-v1:0", "anthropic.b", "meta.c"}
	for _, id := range ids {
		if random.IntN(3) > 0 {
			list = append(list, randomModel(random, id))
		}
		for _, geography := range []string{"us", "global"} {
			if random.IntN(3) > 0 {
				list = append(list, randomProfile(random, geography, id, region))
			}
		}
	}
	return list
}

func randomModel(random *rand.Rand, id string) *catalog.FoundationModel {
	types := [][]string{nil, {}, {onDemand}, {viaProfile}, {viaProfile, onDemand}, {catalog.InferenceProvisioned}}
	m := model(id, []string{"Name", "New Name"}[random.IntN(2)])
	m.InferenceTypes = slices.Clone(types[random.IntN(len(types))])
	if random.IntN(3) == 0 {
		ends := []string{"", "2026-10-01", "2026-12-01"}
		m = legacy(m, "2026-09-01", ends[random.IntN(3)], ends[random.IntN(3)])
	}
	return m
}

func randomProfile(random *rand.Rand, geography, id, region string) *catalog.InferenceProfile {
	p := profile(geography, id, [][]string{{"us-east-1"}, {"us-east-1", "us-west-2"}, {"", region}}[random.IntN(3)]...)
	p.Status = []string{"ACTIVE", "ACTIVE", "ACTIVE", "DISABLED", ""}[random.IntN(5)]
	if random.IntN(12) == 0 {
		p.Destinations = nil
	}
	return p
}

// TestDeterministic checks that the same snapshots give the same bytes, though
// stories are grouped in maps.
func TestDeterministic(t *testing.T) {
	h := randomHistory(t, rand.New(rand.NewPCG(7, 7)))
	first := h.report()
	for range 20 {
		again := h.report()
		if d := cmp.Diff(markdownOf(t, first), markdownOf(t, again)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(string(document(t, first)), string(document(t, again))); d != "" {
			t.Fatal(d)
		}
	}
}
