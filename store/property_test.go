package store_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/store"
)

var histories = flag.Int("histories", defaultHistories, "how many random histories to record; 100 or more before a change of how the store records or compares")

// TestHistories records random histories, with gaps, failures, suspects and
// scopes not listed, and holds everything the store says of them against a
// reference that keeps whole copies and looks back run by run.
func TestHistories(t *testing.T) {
	empty := emptyDatabase(t)
	for seed := range *histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, uint64(seed), copyOf(t, empty))
			for range 16 {
				h.step()
			}
			h.check()
		})
	}
}

func emptyDatabase(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "empty.db")
	s, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func copyOf(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "history.db")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// history is a random one and the reference for it.
type history struct {
	t      *testing.T
	random *rand.Rand
	path   string
	store  *store.Store
	world  map[catalog.Scope]map[string]catalog.Item
	runs   []referenceRun // recorded ones
	all    []catalog.Run
}

// referenceRun is a run and what it learned about every scope known by then.
type referenceRun struct {
	catalog.Run
	learned map[catalog.Scope]catalog.Listing
}

func newHistory(t *testing.T, seed uint64, path string) *history {
	s, err := store.OpenUnsafe(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &history{
		t: t, path: path, store: s, random: rand.New(rand.NewPCG(seed, 0)),
		world: map[catalog.Scope]map[string]catalog.Item{},
	}
}

func (h *history) chance(percent int) bool { return h.random.IntN(100) < percent }

func pick[T any](h *history, list ...T) T { return list[h.random.IntN(len(list))] }

// step lets the world change and records a run of it.
func (h *history) step() {
	number := len(h.all)
	run := catalog.Run{
		// The clock may stand still or jump back.
		StartedAt: time.Date(2026, 1, 1+number-pick(h, 0, 0, 0, 3), 2, 0, 0, 0, time.UTC),
		Trigger:   pick(h, catalog.Manual, catalog.Schedule, catalog.Import), CollectorVersion: "v1", Partition: "aws",
		Message: pick(h, "", "did without a source of regions"),
	}
	run.FinishedAt = run.StartedAt.Add(1500 * time.Millisecond)
	if h.chance(8) {
		h.recordFailure(run)
		return
	}
	h.record(run, h.listings(number))
}

func (h *history) recordFailure(run catalog.Run) {
	got, err := h.store.RecordFailure(context.Background(), run)
	if err != nil {
		h.t.Fatal(err)
	}
	run.ID, run.Status = int64(len(h.all)+1), catalog.RunFailed
	h.same("failed run", got, run)
	h.all = append(h.all, got)
}

func (h *history) record(run catalog.Run, listings []catalog.Listing) {
	ctx := context.Background()
	known, err := h.store.Known(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	h.same("known", known.Scopes, h.known())
	got, err := h.store.Record(ctx, run, listings)
	if err != nil {
		h.t.Fatal(err)
	}
	run.ID, run.Status = int64(len(h.all)+1), catalog.RunComplete
	learned := map[catalog.Scope]catalog.Listing{}
	for scope := range h.lastLearned() {
		learned[scope] = catalog.Listing{Scope: scope, Outcome: catalog.NotListed}
	}
	for _, listing := range listings {
		listing = h.judge(listing, run.StartedAt)
		learned[listing.Scope] = listing
		switch listing.Outcome {
		case catalog.Complete, catalog.NotListed:
		case catalog.NotEnabled, catalog.NotOffered:
			if h.confirmed(len(h.runs), listing.Scope) != nil {
				run.Status = catalog.RunPartial
			}
		default:
			run.Status = catalog.RunPartial
		}
	}
	read, asked := false, false
	for scope, l := range learned {
		asked = asked || scope.Kind == catalog.KindFoundationModel && l.Outcome != catalog.NotListed
	}
	for _, before := range append(slices.Clone(h.runs), referenceRun{learned: learned}) {
		for scope, l := range before.learned {
			read = read || l.Outcome == catalog.Complete && scope.Kind == catalog.KindFoundationModel
		}
	}
	if asked && !read {
		run.Status = catalog.RunPartial
	}
	run.Digest = got.Digest
	h.same("run", got, run)
	h.runs = append(h.runs, referenceRun{got, learned})
	h.all = append(h.all, got)
}

// listings are what a run learns: a few regions come into view one by one, some
// are left out, and some listings fail.
func (h *history) listings(number int) []catalog.Listing {
	var listings []catalog.Listing
	for i, region := range []string{"us-east-1", "eu-west-1", "ap-south-1"} {
		if number < i*3 || h.chance(10) {
			continue
		}
		for _, kind := range catalog.Kinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			h.change(scope)
			if !h.chance(4) {
				listings = append(listings, h.list(scope))
			}
		}
	}
	h.random.Shuffle(len(listings), func(i, j int) { listings[i], listings[j] = listings[j], listings[i] })
	return listings
}

func (h *history) change(scope catalog.Scope) {
	items := h.world[scope]
	if items == nil {
		items = map[string]catalog.Item{}
		h.world[scope] = items
	}
	for range h.random.IntN(3) {
		item := h.item(scope.Kind)
		if h.chance(40) {
			delete(items, item.Key())
		} else {
			items[item.Key()] = item
		}
	}
	if h.chance(5) {
		clear(items)
	}
}

func (h *history) item(kind catalog.Kind) catalog.Item {
	model := pick(h, "m1", "m2", "m3")
	if kind == catalog.KindFoundationModel {
		m := &catalog.FoundationModel{
			ID: model, Name: pick(h, "A", "B"),
			InferenceTypes: pick(h, nil, []string{}, []string{"ON_DEMAND"}, []string{"ON_DEMAND", "PROVISIONED"}),
			Streaming:      pick(h, nil, new(true), new(false)),
		}
		if h.chance(30) {
			m.Lifecycle = catalog.Lifecycle{Status: catalog.StatusLegacy, EndOfLife: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)}
		}
		return m
	}
	profile := &catalog.InferenceProfile{
		ID: pick(h, "us.", "eu.", "") + model, Status: pick(h, "ACTIVE", "ACTIVE", "CREATING"),
		UpdatedAt: time.Date(2026, 1, 1+h.random.IntN(2), 0, 0, 0, 0, time.UTC),
	}
	if h.chance(90) {
		profile.Destinations = []catalog.Destination{{Region: pick(h, "", "eu-west-1"), Model: pick(h, model, model, "m1", "m4")}, {Region: "us-east-1", Model: model}}
	}
	return profile
}

func (h *history) list(scope catalog.Scope) catalog.Listing {
	listing := catalog.Listing{Scope: scope, Outcome: catalog.Complete}
	switch {
	case h.chance(75):
		listing.Items = slices.SortedFunc(maps.Values(h.world[scope]), catalog.CompareItems)
	case h.chance(30): // reads as empty
	default:
		listing.Outcome = pick(h, catalog.Denied, catalog.Denied, catalog.Unreachable, catalog.NotEnabled, catalog.NotListed, catalog.Suspect)
		listing.ErrorCode = pick(h, "", "", "AccessDeniedException")
		listing.Message = pick(h, "one", "two")
	}
	return listing
}

// The reference. Runs are counted here by their place among the recorded ones.

func (h *history) lastLearned() map[catalog.Scope]catalog.Listing {
	if len(h.runs) == 0 {
		return nil
	}
	return h.runs[len(h.runs)-1].learned
}

// row is how many recorded runs in a row, up to the n-th, satisfy is.
func (h *history) row(n int, scope catalog.Scope, is func(catalog.Listing) bool) int {
	count := 0
	for n > count {
		listing, named := h.runs[n-1-count].learned[scope]
		if !named || !is(listing) {
			break
		}
		count++
	}
	return count
}

// confirmed is the last of the first n runs that read the scope whole.
func (h *history) confirmed(n int, scope catalog.Scope) *referenceRun {
	for _, run := range slices.Backward(h.runs[:n]) {
		if listing, named := run.learned[scope]; named && listing.Outcome == catalog.Complete {
			return &run
		}
	}
	return nil
}

func (h *history) judge(listing catalog.Listing, started time.Time) catalog.Listing {
	confirmed := h.confirmed(len(h.runs), listing.Scope)
	if listing.Outcome != catalog.Complete || confirmed == nil {
		return listing
	}
	var keys []string
	missing := 0
	for _, item := range confirmed.learned[listing.Scope].Items {
		keys = append(keys, item.Key())
		if !slices.ContainsFunc(listing.Items, func(i catalog.Item) bool { return i.Key() == item.Key() }) {
			missing++
		}
	}
	if missing == 0 || len(listing.Items) > 0 && (missing <= 5 || missing*3 <= len(keys)) {
		return listing
	}
	before := h.suspicions(len(h.runs), listing.Scope)
	wording := catalog.Known{Keys: keys}.Judge(listing, started, store.DefaultApart)
	agreeing := 0
	for agreeing < len(before) && before[len(before)-1-agreeing].Missing == wording.Missing {
		agreeing++
	}
	counted, last := 0, time.Time{}
	for _, at := range append(slices.Clone(before[len(before)-agreeing:]), catalog.Suspicion{At: started}) {
		if counted == 0 || at.At.Sub(last) >= store.DefaultApart {
			counted++
			last = at.At
		} else if at.At.Before(last) {
			last = at.At
		}
	}
	if counted >= 3 {
		return listing
	}
	wording = catalog.Known{Keys: keys, Suspicions: before}.Judge(listing, started, store.DefaultApart)
	return catalog.Listing{Scope: listing.Scope, Outcome: catalog.Suspect, Message: wording.Message, Missing: wording.Missing}
}

// suspicions are those of the runs in a row, up to the n-th, that found a scope
// suspect.
func (h *history) suspicions(n int, scope catalog.Scope) (suspicions []catalog.Suspicion) {
	row := h.row(n, scope, func(l catalog.Listing) bool { return l.Outcome == catalog.Suspect })
	for _, run := range h.runs[n-row : n] {
		if missing := run.learned[scope].Missing; missing != "" {
			suspicions = append(suspicions, catalog.Suspicion{At: run.StartedAt, Missing: missing})
		}
	}
	return suspicions
}

func (h *history) known() map[catalog.Scope]catalog.Known {
	known := map[catalog.Scope]catalog.Known{}
	n := len(h.runs)
	for scope := range h.lastLearned() {
		var k catalog.Known
		if confirmed := h.confirmed(n, scope); confirmed != nil {
			k.Observed = true
			for _, item := range confirmed.learned[scope].Items {
				k.Keys = append(k.Keys, item.Key())
			}
		}
		k.Suspicions = h.suspicions(n, scope)
		known[scope] = k
	}
	return known
}

// snapshot is the state as of the n-th recorded run.
func (h *history) snapshot(n int) *catalog.Snapshot {
	run := h.runs[n-1]
	snapshot := &catalog.Snapshot{Run: run.Run}
	for _, scope := range slices.SortedFunc(maps.Keys(run.learned), catalog.Scope.Compare) {
		snapshot.Scopes = append(snapshot.Scopes, h.scopeState(n, run.learned[scope]))
	}
	for _, region := range snapshot.Regions() {
		if joint, apart := h.together(n, region); apart {
			if snapshot.Together == nil {
				snapshot.Together = map[string]*catalog.Joint{}
			}
			snapshot.Together[region] = joint
		}
	}
	return snapshot
}

func (h *history) scopeState(n int, listing catalog.Listing) catalog.ScopeState {
	state := catalog.ScopeState{Scope: listing.Scope, Outcome: listing.Outcome, ErrorCode: listing.ErrorCode}
	state.Streak = h.row(n, listing.Scope, func(l catalog.Listing) bool { return l.Outcome == listing.Outcome })
	state.Since = h.runs[n-state.Streak].Ref()
	alike := h.row(n, listing.Scope, func(l catalog.Listing) bool {
		return l.Outcome == listing.Outcome && l.ErrorCode == listing.ErrorCode &&
			(l.Outcome != catalog.Suspect || l.Message == listing.Message)
	})
	state.Message = h.runs[n-alike].learned[listing.Scope].Message
	if confirmed := h.confirmed(n, listing.Scope); confirmed != nil {
		ref := confirmed.Ref()
		state.Confirmed, state.Items = &ref, confirmed.learned[listing.Scope].Items
		state.Gone = h.gone(n, listing.Scope)
	}
	return state
}

func (h *history) gone(n int, scope catalog.Scope) map[string]catalog.RunRef {
	gone := map[string]catalog.RunRef{}
	present := map[string]bool{}
	for _, run := range h.runs[:n] {
		listing, named := run.learned[scope]
		if !named || listing.Outcome != catalog.Complete {
			continue
		}
		listed := map[string]bool{}
		for _, item := range listing.Items {
			listed[item.Key()] = true
			delete(gone, item.Key())
		}
		for key := range present {
			if !listed[key] {
				gone[key] = run.Ref()
			}
		}
		present = listed
	}
	if len(gone) == 0 {
		return nil
	}
	return gone
}

func (h *history) together(n int, region string) (joint *catalog.Joint, apart bool) {
	ids := map[int64]bool{}
	for _, kind := range catalog.Kinds() {
		if confirmed := h.confirmed(n, catalog.Scope{Region: region, Kind: kind}); confirmed != nil {
			ids[confirmed.ID] = true
		} else {
			ids[0] = true
		}
	}
	if len(ids) == 1 {
		return nil, false
	}
	for _, run := range slices.Backward(h.runs[:n]) {
		joint := &catalog.Joint{Run: run.Ref()}
		whole := true
		for _, kind := range catalog.Kinds() {
			listing, named := run.learned[catalog.Scope{Region: region, Kind: kind}]
			whole = whole && named && listing.Outcome == catalog.Complete
			joint.Items = append(joint.Items, listing.Items...)
		}
		if whole {
			return joint, true
		}
	}
	return nil, true
}

func (h *history) check() {
	ctx := context.Background()
	runs, err := h.store.Runs(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	h.same("runs", runs, h.all)
	full := map[int]*catalog.Snapshot{}
	for n := 1; n <= len(h.runs); n++ {
		id := h.runs[n-1].ID
		if full[n], err = h.store.Snapshot(ctx, id); err != nil {
			h.t.Fatal(err)
		}
		h.same(fmt.Sprint("snapshot as of run ", id), full[n], h.snapshot(n))
		if err := h.store.Verify(ctx, id); err != nil {
			h.t.Error(err)
		}
	}
	if bad, err := h.store.FirstBad(ctx); bad != 0 || err != nil {
		h.t.Errorf("FirstBad = %d, %v; nothing was altered", bad, err)
	}
	h.checkDigests(full)
	h.checkThinned(full)
	for range 10 {
		h.checkBetween(full, 1+h.random.IntN(len(h.runs)), 1+h.random.IntN(len(h.runs)))
	}
	h.checkHistory()
	h.checkCoverage()
	h.checkRunStatistics()
	h.checkLast()
	h.checkViews(full[len(h.runs)])
}

// checkDigests holds equal digests against equal states.
func (h *history) checkDigests(full map[int]*catalog.Snapshot) {
	for a := 1; a < len(full); a++ {
		b := a + 1
		equal := reflect.DeepEqual(observed(full[a]), observed(full[b]))
		if (full[a].Run.Digest == full[b].Run.Digest) != equal {
			h.t.Errorf("runs %d and %d: equal digests must be equal states", full[a].Run.ID, full[b].Run.ID)
		}
	}
}

func observed(s *catalog.Snapshot) map[catalog.Scope][]catalog.Item {
	items := map[catalog.Scope][]catalog.Item{}
	for _, scope := range s.Scopes {
		if scope.Observed() {
			items[scope.Scope] = scope.Items
		}
	}
	return items
}

// checkBetween holds a comparison of the thinned snapshots against one of the
// full ones, and what they hold against what those hold.
func (h *history) checkBetween(full map[int]*catalog.Snapshot, base, head int) {
	b, a, err := h.store.Between(context.Background(), full[base].Run.ID, full[head].Run.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	name := fmt.Sprintf("between runs %d and %d", full[base].Run.ID, full[head].Run.ID)
	h.same(name, diff.Compare(b, a), diff.Compare(withLastSaid(full[base], b), withLastSaid(full[head], a)))
	h.thinned(name, b, full[base])
	h.thinned(name, a, full[head])
}

// withLastSaid is full with what thin, which is read to be compared, fills in.
func withLastSaid(full, thin *catalog.Snapshot) *catalog.Snapshot {
	filled := *full
	filled.Scopes = slices.Clone(full.Scopes)
	for i := range filled.Scopes {
		filled.Scopes[i].LastSaid = thin.Scopes[i].LastSaid
	}
	filled.Together = maps.Clone(full.Together)
	for region, joint := range thin.Together {
		if joint == nil || joint.Said == nil {
			continue
		}
		whole := *full.Joint(region)
		whole.Said = slices.Clone(whole.Items)
		for i, item := range whole.Items {
			if n := slices.Index(joint.Items, item); n >= 0 {
				whole.Said[i] = joint.Said[n]
			}
		}
		if filled.Together == nil {
			filled.Together = map[string]*catalog.Joint{}
		}
		filled.Together[region] = &whole
	}
	return &filled
}

// thinned checks that thin is full without some of its items.
func (h *history) thinned(name string, thin, full *catalog.Snapshot) {
	apart := *thin
	apart.Together = maps.Clone(thin.Together)
	maps.DeleteFunc(apart.Together, func(region string, joint *catalog.Joint) bool {
		_, is := full.Together[region]
		return !is && joint.Said != nil
	})
	if len(full.Together) == 0 && len(apart.Together) == 0 {
		apart.Together = full.Together
	}
	h.same(name, &apart, full,
		cmpopts.IgnoreFields(catalog.ScopeState{}, "Items", "Gone", "LastSaid"), cmpopts.IgnoreFields(catalog.Joint{}, "Items", "Said"))
	for i, scope := range thin.Scopes {
		for _, item := range scope.Items {
			if !slices.Contains(full.Scopes[i].Items, item) {
				h.t.Errorf("%s: %v is not in the full snapshot, or not the same pointer", name, item)
			}
		}
	}
}

// checkThinned holds what is read of a part of the catalogue against that part
// of the whole.
func (h *history) checkThinned(full map[int]*catalog.Snapshot) {
	ctx := context.Background()
	for n, whole := range full {
		thin, err := h.store.Listed(ctx, whole.Run.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		h.same("listed", thin, part(whole, false, func(string, catalog.Item) bool { return true }))
		kind := catalog.Kinds()[n%2]
		if thin, err = h.store.Listed(ctx, whole.Run.ID, kind); err != nil {
			h.t.Fatal(err)
		}
		h.same("listed of kind "+string(kind), thin, part(whole, false, func(_ string, item catalog.Item) bool { return item.Kind() == kind }))
		model := pick(h, "m1", "m2", "m4", "m5")
		if thin, err = h.store.About(ctx, whole.Run.ID, model); err != nil {
			h.t.Fatal(err)
		}
		routers := h.routers(model)
		isAbout := func(kind catalog.Kind, region, key string) bool {
			if kind == catalog.KindFoundationModel {
				return key == model
			}
			return routers[region+key]
		}
		h.same("about "+model, thin, part(whole, true, func(region string, item catalog.Item) bool {
			return isAbout(item.Kind(), region, item.Key())
		}), cmpopts.IgnoreFields(catalog.ScopeState{}, "Gone"))
		for i, scope := range thin.Scopes {
			for id, run := range whole.Scopes[i].Gone {
				asked := isAbout(scope.Kind, scope.Region, id)
				if got, found := scope.Gone[id]; found != asked || found && got != run {
					h.t.Errorf("about %s: in %v, %s is gone by %v: %t, want %v: %t", model, scope.Scope, id, got, found, run, asked)
				}
			}
		}
	}
}

// routers are the profiles that ever routed to model, by region and id.
func (h *history) routers(model string) map[string]bool {
	ever := map[string]bool{}
	for _, run := range h.runs {
		for scope, listing := range run.learned {
			for _, item := range listing.Items {
				if profile, ok := item.(*catalog.InferenceProfile); ok && slices.Contains(profile.Models(), model) {
					ever[scope.Region+profile.ID] = true
				}
			}
		}
	}
	return ever
}

// part is a snapshot of the items that are wanted.
func part(whole *catalog.Snapshot, gone bool, wanted func(region string, item catalog.Item) bool) *catalog.Snapshot {
	some := func(region string, items []catalog.Item) (kept []catalog.Item) {
		for _, item := range items {
			if wanted(region, item) {
				kept = append(kept, item)
			}
		}
		return kept
	}
	thin := *whole
	thin.Scopes = slices.Clone(whole.Scopes)
	for i, scope := range thin.Scopes {
		thin.Scopes[i].Items = some(scope.Region, scope.Items)
		if !gone {
			thin.Scopes[i].Gone = nil
		}
	}
	thin.Together = maps.Clone(whole.Together)
	for region, joint := range whole.Together {
		if joint != nil {
			thin.Together[region] = &catalog.Joint{Run: joint.Run, Items: some(region, joint.Items)}
		}
	}
	return &thin
}

// checkHistory holds the history of items against what the copies say.
func (h *history) checkHistory() {
	for _, kind := range catalog.Kinds() {
		keys := map[string]bool{}
		want := map[string][]catalog.Event{}
		state := map[catalog.Scope]map[string]catalog.Item{}
		read := map[catalog.Scope]*catalog.RunRef{} // the last run that read it whole
		for _, run := range h.runs {
			for _, region := range []string{"ap-south-1", "eu-west-1", "us-east-1"} {
				scope := catalog.Scope{Region: region, Kind: kind}
				listing, named := run.learned[scope]
				if !named || listing.Outcome != catalog.Complete {
					continue
				}
				listed := map[string]catalog.Item{}
				for _, item := range listing.Items {
					listed[item.Key()] = item
					keys[item.Key()] = true
				}
				for key := range keys {
					if !cmp.Equal(state[scope][key], listed[key]) {
						want[key] = append(want[key], catalog.Event{Run: run.Ref(), After: read[scope], Region: region, Item: listed[key]})
					}
				}
				state[scope], read[scope] = listed, new(run.Ref())
			}
		}
		all, err := h.store.Histories(context.Background(), kind)
		if err != nil {
			h.t.Fatal(err)
		}
		h.same(fmt.Sprint("histories of ", kind), all, want)
		if len(h.runs) > 0 {
			since := h.runs[len(h.runs)/2].ID
			late, err := h.store.HistoriesSince(context.Background(), kind, since)
			if err != nil {
				h.t.Fatal(err)
			}
			h.same(fmt.Sprintf("histories of %s since run %d", kind, since), late, lately(want, since))
		}
		for key := range keys {
			got, err := h.store.History(context.Background(), kind, key)
			if err != nil {
				h.t.Fatal(err)
			}
			h.same("history of "+key, got, want[key])
		}
	}
}

// lately leaves out what happened before the last event before a run, of each item.
func lately(histories map[string][]catalog.Event, since int64) map[string][]catalog.Event {
	kept := map[string][]catalog.Event{}
	for key, events := range histories {
		last := map[string]int64{} // by region
		for _, e := range events {
			if e.Run.ID < since {
				last[e.Region] = e.Run.ID
			}
		}
		for _, e := range events {
			if e.Run.ID >= last[e.Region] {
				kept[key] = append(kept[key], e)
			}
		}
	}
	return kept
}

// checkCoverage holds the intervals of every scope against what runs learned.
func (h *history) checkCoverage() {
	learned := h.lastLearned()
	var regions []string
	for scope := range learned {
		regions = append(regions, scope.Region)
	}
	covered, err := h.store.Coverage(context.Background(), regions)
	if err != nil {
		h.t.Fatal(err)
	}
	for scope := range learned {
		var got []string
		for _, i := range covered[scope] {
			for range i.Runs {
				got = append(got, fmt.Sprint(i.Outcome, i.ErrorCode, i.From.ID <= i.To.ID))
			}
		}
		var want []string
		for _, run := range h.runs {
			if listing, named := run.learned[scope]; named {
				want = append(want, fmt.Sprint(listing.Outcome, listing.ErrorCode, true))
			}
		}
		h.same("coverage", got, want)
	}
}

func (h *history) same(what string, got, want any, options ...cmp.Option) {
	h.t.Helper()
	if reflect.DeepEqual(got, want) {
		return // the common case, much faster
	}
	if d := cmp.Diff(want, got, options...); d != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// checkTallies holds what each run came to against what the copies say, of all
// runs and of those from each one on.
func (h *history) checkRunStatistics() {
	want := map[int64]store.Statistics{}
	for _, run := range h.runs {
		tally := store.Statistics{Outcomes: map[catalog.Outcome]int{}}
		for _, listing := range run.learned {
			tally.Outcomes[listing.Outcome]++
		}
		want[run.ID] = tally
	}
	for _, change := range h.changes() {
		tally := want[change.run]
		tally.Changes++
		want[change.run] = tally
	}
	for from := range int64(len(h.all)) + 2 {
		delete(want, from-1)
		tallies, err := h.store.RunStatistics(context.Background(), from)
		if err != nil {
			h.t.Fatal(err)
		}
		h.same("tallies", tallies, want)
	}
}

// checkLast holds what is read of a part of the runs against all of them.
func (h *history) checkLast() {
	ctx := context.Background()
	got := func(runs []catalog.Run, err error) []catalog.Run {
		if err != nil {
			h.t.Fatal(err)
		}
		return runs
	}
	var recorded []catalog.Run
	for _, run := range h.runs {
		recorded = append(recorded, run.Run)
	}
	count, err := h.store.Recorded(ctx)
	if err != nil || count != len(recorded) {
		h.t.Errorf("Recorded = %d, %v; want %d", count, err, len(recorded))
	}
	counts, err := h.store.CountRuns(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	ended := map[catalog.Status]int{}
	for _, run := range h.all {
		ended[run.Status]++
	}
	h.same("runs by status", counts, ended)
	for _, n := range []int{-1, 0, 1, 3, len(h.all), len(h.all) + 2} {
		h.same("last runs", got(h.store.LastRuns(ctx, n)), last(h.all, n))
		h.same("last recorded", got(h.store.LastRecorded(ctx, n)), last(recorded, n))
	}
	var ids []int64
	for id := range int64(len(h.all)) + 2 {
		ids = append(ids, id)
		h.same("runs after", got(h.store.RunsAfter(ctx, id)), last(h.all, len(h.all)-int(id)))
	}
	steps, err := h.store.Steps(ctx, ids)
	if err != nil {
		h.t.Fatal(err)
	}
	want := map[int64]catalog.Step{}
	for i := 1; i < len(recorded); i++ {
		want[recorded[i].ID] = catalog.Step{Before: recorded[i-1].Ref(), Run: recorded[i].Ref()}
	}
	h.same("steps", steps, want)
}

// last are the last n runs, nil if that is none.
func last(runs []catalog.Run, n int) []catalog.Run {
	n = min(max(n, 0), len(runs))
	if n == 0 {
		return nil
	}
	return runs[len(runs)-n:]
}
