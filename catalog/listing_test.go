package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

var scope = catalog.Scope{Region: "eu-west-1", Kind: models}

// whole is a complete listing of the models with these ids, named "id" where an
// element is "key=id".
func whole(keys ...string) catalog.Listing {
	var p catalog.Page
	for _, key := range keys {
		key, name, _ := strings.Cut(key, "=")
		p.Items = append(p.Items, &catalog.FoundationModel{ID: key, Name: name})
	}
	items, _ := catalog.Collect(p) // no page left out anything
	return catalog.Listing{Scope: scope, Outcome: catalog.Complete, Items: items}
}

func failed(outcome catalog.Outcome) catalog.Listing {
	return catalog.Listing{Scope: scope, Outcome: outcome, ErrorCode: "SomeException", Message: "it failed"}
}

func knows(keys ...string) catalog.Known { return catalog.Known{Observed: true, Keys: keys} }

// outcomes are all there are.
var outcomes = []catalog.Outcome{
	catalog.Complete, catalog.NotEnabled, catalog.NotOffered, catalog.Denied, catalog.Throttled,
	catalog.Unreachable, catalog.ServiceError, catalog.Invalid, catalog.Suspect, catalog.NotListed,
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name  string
		known catalog.Known
		in    catalog.Listing
		want  []string
	}{
		{"nothing was known", catalog.Known{}, whole("a"), nil},
		{"all there", knows("a", "b"), whole("b", "a"), nil},
		{"more than known", knows("a"), whole("a", "b"), nil},
		{"some gone", knows("a", "b", "c", "d"), whole("b", "e"), []string{"a", "c", "d"}},
		{"all gone", knows("a", "b"), whole(), []string{"a", "b"}},
	} {
		if diff := cmp.Diff(c.want, c.known.Missing(c.in)); diff != "" {
			t.Errorf("%s: Missing (-want +got):\n%s", c.name, diff)
		}
	}
	for _, outcome := range outcomes[1:] {
		if got := knows("a").Missing(failed(outcome)); got != nil {
			t.Errorf("a listing that is %s lacks %v", outcome, got)
		}
	}
}

func TestJudge(t *testing.T) {
	day := time.Date(2026, 9, 1, 2, 0, 0, 0, time.UTC)
	many := strings.Split("abcdefghijklmnopqr", "") // 18
	known := func(keys []string, before ...catalog.Suspicion) catalog.Known {
		return catalog.Known{Observed: true, Keys: keys, Suspicions: before}
	}
	// doubt is what a run at a time makes of a listing.
	doubt := func(at time.Time, keys []string, items ...string) catalog.Suspicion {
		return catalog.Suspicion{At: at, Missing: known(keys).Judge(whole(items...), at, time.Hour).Missing}
	}
	hour := func(n float64) time.Time { return day.Add(time.Duration(n * float64(time.Hour))) }
	empty := func(hours ...float64) (before []catalog.Suspicion) {
		for _, h := range hours {
			before = append(before, doubt(hour(h), []string{"a", "b"}))
		}
		return before
	}
	for _, c := range []struct {
		name     string
		known    catalog.Known
		in       catalog.Listing
		at       time.Time
		believed bool
	}{
		{"a first listing", catalog.Known{}, whole("a"), day, true},
		{"a first listing of nothing", catalog.Known{}, whole(), day, true},
		{"nothing where nothing was", known(nil), whole(), day, true},
		{"fewer", known([]string{"a", "b"}), whole("a"), day, true},
		{"others", known([]string{"a"}), whole("b"), day, true},
		{"empty once", known([]string{"a", "b"}), whole(), day, false},
		{"empty twice", known([]string{"a", "b"}, empty(0)...), whole(), hour(6), false},
		{"empty three times, hours apart", known([]string{"a", "b"}, empty(0, 6)...), whole(), hour(12), true},
		{"empty three times within a second", known([]string{"a", "b"}, empty(0, 0)...), whole(), day.Add(time.Second), false},
		{"a re-run between does not count", known([]string{"a", "b"}, empty(0, 0.1, 6)...), whole(), hour(12), true},
		{"a re-run does not count as the third", known([]string{"a", "b"}, empty(0, 6)...), whole(), hour(6.1), false},
		{"the clock goes back", known([]string{"a", "b"}, empty(9000, 0)...), whole(), hour(6), false},
		{"the clock went back, and time passed since", known([]string{"a", "b"}, empty(9000, 0, 6)...), whole(), hour(12), true},
		{"items after two empty runs", known([]string{"a", "b"}, empty(0, 6)...), whole("b"), hour(12), true},

		{"a third is missing", known(many), whole(many[6:]...), day, true},
		{"more than a third is missing", known(many), whole(many[7:]...), day, false},
		{"five are missing", known(many[:8]), whole(many[5:8]...), day, true},
		{"six of eight are missing", known(many[:8]), whole(many[6:8]...), day, false},
		{"the same are missing three times", known(many, doubt(day, many, many[7:]...), doubt(hour(6), many, many[7:]...)), whole(many[7:]...), hour(12), true},
		{"others are missing each time", known(many, doubt(day, many, many[:8]...), doubt(hour(6), many, many[:9]...)), whole(many[7:]...), hour(12), false},
	} {
		got := c.known.Judge(c.in, c.at, 6*time.Hour)
		if believed := got.Outcome == catalog.Complete; believed != c.believed {
			t.Errorf("%s: %+v", c.name, got)
		}
		if got.Outcome == catalog.Suspect && (len(got.Items) > 0 || got.Missing == "" || got.Message == "") {
			t.Errorf("%s: a suspect listing has items, or does not say why: %+v", c.name, got)
		}
	}
	for _, outcome := range outcomes[1:] {
		in := failed(outcome)
		if diff := cmp.Diff(in, known([]string{"a"}).Judge(in, day, time.Hour)); diff != "" {
			t.Errorf("a listing that is %s is judged (-want +got):\n%s", outcome, diff)
		}
	}
	want := "listed 11 items where there had been 18 items: not believed until 3 runs, each at least 6 hours after the one before, find the same (this is number 1)"
	if got := known(many).Judge(whole(many[7:]...), day, 6*time.Hour).Message; got != want {
		t.Errorf("message %q\nwant    %q", got, want)
	}
}

func TestConfirm(t *testing.T) {
	known := knows("a", "b", "c")
	for _, c := range []struct {
		name          string
		first, second catalog.Listing
		want          catalog.Listing
	}{
		{"absent from both", whole("a", "b"), whole("a", "b"), whole("a", "b")},
		{"back at once", whole("a", "b"), whole("a", "b", "c"), whole("a", "b", "c")},
		{"each lacks another", whole("a", "b"), whole("b", "c"), whole("a", "b", "c")},
		{"each has a new one", whole("a", "x"), whole("a", "y"), whole("a", "x", "y")},
		{"the second content stands", whole("a=1", "b=1"), whole("a=2", "d=2"), whole("a=2", "b=1", "d=2")},
		{"nothing, then something", whole(), whole("a"), whole("a")},
		{"nothing twice", whole(), whole(), whole()},
		{
			"something, then nothing",
			whole("a", "b"), whole(),
			catalog.Listing{Scope: scope, Outcome: catalog.Invalid, Message: "listed 2 items, then none a moment later"},
		},
		{
			"a second that failed",
			whole("a"), failed(catalog.Throttled),
			catalog.Listing{
				Scope: scope, Outcome: catalog.Throttled, ErrorCode: "SomeException",
				Message: "lacked 2 items, and a second listing could not confirm it: it failed",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(c.second.Items)
			if diff := cmp.Diff(c.want, known.Confirm(c.first, c.second)); diff != "" {
				t.Errorf("Confirm (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, c.second.Items); diff != "" {
				t.Errorf("Confirm wrote into its argument:\n%s", diff)
			}
		})
	}
}

// Whatever two listings say, only what both lack is gone; and if the second is
// no whole list, nothing is.
func TestConfirmNeverInventsARemoval(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	keys := []string{"a", "b", "c", "d"}
	some := func() catalog.Listing {
		if rng.IntN(8) == 0 {
			return failed(outcomes[1+rng.IntN(len(outcomes)-1)])
		}
		return whole(shuffled(keys, rng)[:rng.IntN(len(keys)+1)]...)
	}
	for range 5000 {
		known := knows(slices.Sorted(slices.Values(shuffled(keys, rng)[:rng.IntN(len(keys)+1)]))...)
		first, second := some(), some()
		if first.Outcome != catalog.Complete {
			continue // there is no second then
		}
		got := known.Confirm(first, second)
		if got.Outcome != catalog.Complete {
			if got.Message == "" || got.Items != nil {
				t.Fatalf("Confirm(%v, %v) = %+v", first, second, got)
			}
			continue
		}
		for _, key := range known.Missing(got) {
			if !slices.Contains(known.Missing(first), key) || !slices.Contains(known.Missing(second), key) {
				t.Fatalf("Confirm(%v, %v) lost %s", first, second, key)
			}
		}
		if !slices.IsSortedFunc(got.Items, catalog.CompareItems) {
			t.Fatalf("Confirm(%v, %v) is out of order", first, second)
		}
	}
}

// Runs that list items and then none do not add up to the three that must find
// a scope empty.
func TestContradictoryRunsAreNotEmptyOnes(t *testing.T) {
	known := knows("a", "b")
	for run := range 5 {
		got := known.Judge(known.Confirm(whole("a"), whole()), time.Time{}, time.Hour)
		if got.Outcome == catalog.Suspect || got.Outcome == catalog.Complete {
			t.Fatalf("run %d: %s", run, got.Outcome)
		}
	}
}

func TestStatusOf(t *testing.T) {
	other := catalog.Scope{Region: "us-east-1", Kind: profiles}
	known := map[catalog.Scope]catalog.Known{scope: {Observed: true}, other: {}}
	for _, outcome := range outcomes {
		for _, c := range []struct {
			scope catalog.Scope
			want  catalog.Status
		}{
			{scope, observedBefore[outcome]},
			{other, neverObserved[outcome]},
			{catalog.Scope{Region: "sa-east-1", Kind: models}, neverObserved[outcome]},
		} {
			listings := []catalog.Listing{
				{Scope: catalog.Scope{Region: "ap-south-1", Kind: models}, Outcome: catalog.Complete},
				{Scope: c.scope, Outcome: outcome},
			}
			if got := catalog.StatusOf(listings, known); got != c.want {
				t.Errorf("%v is %s: status %q, want %q", c.scope, outcome, got, c.want)
			}
		}
	}
	if got := catalog.StatusOf(nil, nil); got != catalog.RunComplete {
		t.Errorf("no listings: status %q", got)
	}
}

var observedBefore = map[catalog.Outcome]catalog.Status{
	catalog.Complete: catalog.RunComplete, catalog.NotListed: catalog.RunComplete,
	catalog.NotEnabled: catalog.RunPartial, catalog.NotOffered: catalog.RunPartial,
	catalog.Denied: catalog.RunPartial, catalog.Throttled: catalog.RunPartial, catalog.Unreachable: catalog.RunPartial,
	catalog.ServiceError: catalog.RunPartial, catalog.Invalid: catalog.RunPartial, catalog.Suspect: catalog.RunPartial,
}

var neverObserved = map[catalog.Outcome]catalog.Status{
	catalog.Complete: catalog.RunComplete, catalog.NotListed: catalog.RunComplete,
	catalog.NotEnabled: catalog.RunComplete, catalog.NotOffered: catalog.RunComplete,
	catalog.Denied: catalog.RunPartial, catalog.Throttled: catalog.RunPartial, catalog.Unreachable: catalog.RunPartial,
	catalog.ServiceError: catalog.RunPartial, catalog.Invalid: catalog.RunPartial, catalog.Suspect: catalog.RunPartial,
}

func TestCompareListings(t *testing.T) {
	var got []string
	listings := []catalog.Listing{
		{Scope: catalog.Scope{Region: "us-east-1", Kind: models}},
		{Scope: catalog.Scope{Region: "eu-west-1", Kind: profiles}},
		{Scope: catalog.Scope{Region: "eu-west-1", Kind: models}},
	}
	slices.SortFunc(listings, catalog.CompareListings)
	for _, l := range listings {
		got = append(got, fmt.Sprint(l.Scope))
	}
	want := []string{"{eu-west-1 foundation-model}", "{eu-west-1 inference-profile}", "{us-east-1 foundation-model}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
