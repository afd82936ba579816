package diff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

const histories = 2000

// TestCompareProperties checks random pairs of snapshots: a snapshot does not differ
// from itself, swapping the sides mirrors the result, and a complete comparison
// yields exactly the set difference of the items.
func TestCompareProperties(t *testing.T) {
	for seed := range uint64(histories) {
		random := rand.New(rand.NewPCG(seed, 1))
		a, b := randomSnapshot(random, 1), randomSnapshot(random, 2)
		if r := Compare(a, a); r.Any() {
			t.Fatalf("seed %d: differs from itself: %q", seed, describe(r))
		}
		if d := cmp.Diff(mirrored(Compare(a, b)), mirror(Compare(b, a))); d != "" {
			t.Fatalf("seed %d: not mirrored: %s", seed, d)
		}
		if d := cmp.Diff(setDifference(a, b), presence(Compare(a, b))); d != "" {
			t.Fatalf("seed %d: not the set difference: %s", seed, d)
		}
	}
}

func randomSnapshot(random *rand.Rand, n int64) *catalog.Snapshot {
	s := catalogtest.On(n)
	for _, region := range []string{"eu-west-1", "us-east-1"} {
		for _, kind := range catalog.Kinds() {
			switch random.IntN(5) {
			case 0:
				s.Scopes = append(s.Scopes, catalogtest.Unread(region, kind, catalog.Denied))
			default:
				s.Scopes = append(s.Scopes, catalogtest.Read(n, region, kind, randomItems(random, kind)...))
			}
		}
	}
	return s
}

func randomItems(random *rand.Rand, kind catalog.Kind) []catalog.Item {
	var items []catalog.Item
	for i := range 4 {
		id := fmt.Sprintf("m%d", i)
		if random.IntN(2) == 0 {
			continue
		}
		if kind == catalog.KindFoundationModel {
			items = append(items, randomModel(random, id))
		} else {
			items = append(items, randomProfile(random, id))
		}
	}
	return items
}

func randomModel(random *rand.Rand, id string) *catalog.FoundationModel {
	m := catalogtest.Model(id)
	if random.IntN(4) == 0 {
		m.InferenceTypes = nil
	}
	for _, inference := range []string{"ON_DEMAND", "PROVISIONED"} {
		if random.IntN(2) == 0 {
			m.InferenceTypes = append(m.InferenceTypes, inference)
		}
	}
	if random.IntN(2) == 0 {
		m.Lifecycle.Status = "LEGACY"
		m.Lifecycle.EndOfLife = time.Date(2026, 6, 1+random.IntN(3), 0, 0, 0, 0, time.UTC)
	}
	if random.IntN(3) == 0 {
		streaming := random.IntN(2) == 0
		m.Streaming = &streaming
	}
	return m
}

func randomProfile(random *rand.Rand, model string) *catalog.InferenceProfile {
	p := catalogtest.Profile("eu."+model, model, "eu-west-1")
	switch random.IntN(4) {
	case 0:
		p.Status = "CREATING"
	case 1:
		p.Destinations = nil
	case 2:
		p.Destinations = append(p.Destinations, catalog.Destination{Region: "eu-west-3", Model: model})
	}
	return p
}

var opposite = map[Kind]Kind{
	Added: Removed, Reappeared: Removed, Removed: Added, Changed: Changed,
	BecameCallable: NoLongerCallable, NoLongerCallable: BecameCallable,
	PathGained: PathLost, PathLost: PathGained,
}

func line(c Change, kind Kind) string {
	text := fmt.Sprint(c.Region, " ", c.Resource, " ", c.ID, " ", kind)
	if c.Path != nil {
		text += " " + c.Path.ModelID + " " + string(c.Path.Access)
	}
	return text
}

// mirrored describes a result without the parts that have no mirror image.
func mirrored(r *Result) []string {
	var lines []string
	for _, c := range r.Changes {
		text := line(c, c.Kind)
		for _, f := range c.Fields {
			text += fmt.Sprintf("; %s %q%q to %q%q", f.Field, f.Old, f.OldSet, f.New, f.NewSet)
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return lines
}

// mirror describes the result that the swapped sides should give.
func mirror(r *Result) []string {
	var lines []string
	for _, c := range r.Changes {
		text := line(c, opposite[c.Kind])
		for _, f := range c.Fields {
			text += fmt.Sprintf("; %s %q%q to %q%q", f.Field, f.New, f.NewSet, f.Old, f.OldSet)
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return lines
}

func presence(r *Result) []string {
	var lines []string
	for _, c := range r.Changes {
		if c.Kind == Added || c.Kind == Removed {
			lines = append(lines, line(c, c.Kind))
		}
	}
	slices.Sort(lines)
	return lines
}

func setDifference(a, b *catalog.Snapshot) []string {
	var lines []string
	for i := range a.Scopes {
		before, after := &a.Scopes[i], &b.Scopes[i]
		if !before.Observed() || !after.Observed() {
			continue
		}
		lines = append(lines, lacking(after.Items, before, Removed)...)
		lines = append(lines, lacking(before.Items, after, Added)...)
	}
	slices.Sort(lines)
	return lines
}

// lacking describes the items of state that are missing from items.
func lacking(items []catalog.Item, state *catalog.ScopeState, kind Kind) []string {
	held := map[string]bool{}
	for _, item := range items {
		held[item.Key()] = true
	}
	var lines []string
	for _, item := range state.Items {
		if !held[item.Key()] {
			lines = append(lines, line(Change{Region: state.Region, Resource: state.Kind, ID: item.Key()}, kind))
		}
	}
	return lines
}

func FuzzWords(f *testing.F) {
	f.Add("Routes requests to Nova in us-east-1, us-west-2.", "Routes requests to Nova in us-east-1, us-east-2 and us-west-2.")
	f.Add("", "new")
	f.Add("a\xff b", "a b\x00")
	f.Fuzz(func(t *testing.T, old, new string) {
		var before, after strings.Builder
		for _, edit := range Words(old, new) {
			if edit.Op != Insert {
				before.WriteString(edit.Text)
			}
			if edit.Op != Delete {
				after.WriteString(edit.Text)
			}
		}
		if before.String() != old || after.String() != new {
			t.Errorf("%q to %q: edits give %q and %q", old, new, before.String(), after.String())
		}
	})
}

func TestWordsSplitAtWhiteSpace(t *testing.T) {
	got := Words("Routes to us-east-1 and\tus-west-2.", "Routes to us-east-1, us-east-2 and\tus-west-2.")
	want := []Edit{{Keep, "Routes to "}, {Delete, "us-east-1"}, {Insert, "us-east-1, us-east-2"}, {Keep, " and\tus-west-2."}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWordsIsBounded(t *testing.T) {
	old, new := strings.Repeat("a b ", wordLimit), strings.Repeat("c d ", wordLimit)
	want := []Edit{{Delete, old}, {Insert, new}}
	if d := cmp.Diff(want, Words(old, new)); d != "" {
		t.Error("long texts are compared word by word")
	}
}
