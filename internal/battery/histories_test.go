//go:build battery

package battery

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/diff"
	"snapshotter/internal/bedrocktest"
	"snapshotter/report"
	"snapshotter/store"
)

var (
	histories    = flag.Uint64("histories", 10_000, "how many histories TestHistories lives through")
	firstHistory = flag.Uint64("first-history", 0, "the seed of the first of them")
)

// TestHistories lives through seeded histories of a few nights each: a Bedrock
// whose regions, models and profiles come, change and go, and every fault that
// the fake has, for good or for a while, on any page, in any listing. Each night
// is collected, recorded, compared and reported as a run does it, over HTTP and
// in SQLite, with the shipped deadlines, retries and pauses; the clock is that
// of testing/synctest, so they take no time. A reader who knows the rules and is
// told nothing but the documents must know the truth: no removal is false, no
// change is lost or told twice, and no gap is silent.
//
//	go test -tags battery -timeout 0 -v -run TestHistories ./internal/battery
//	go test -tags battery -timeout 0 -v -run TestHistories ./internal/battery -histories 1 -first-history 4711
//
// TMPDIR on a memory file system spares the disk.
func TestHistories(t *testing.T) {
	began, sum := time.Now(), &sums{t: t, tally: map[string]int{}}
	empty := emptyHistory(t)
	var next atomic.Uint64
	next.Store(*firstHistory)
	t.Run("lived", func(t *testing.T) {
		for worker := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				for seed := next.Add(1) - 1; seed < *firstHistory+*histories && !t.Failed(); seed = next.Add(1) - 1 {
					synctest.Test(t, func(t *testing.T) { sum.add(live(t, seed, empty)) })
				}
			})
		}
	})
	took := time.Since(began)
	t.Logf("%d histories in %s (%.1f a second)", *histories, took.Round(time.Second), float64(*histories)/took.Seconds())
	for _, name := range slices.Sorted(maps.Keys(sum.tally)) {
		t.Logf("%-40s %d", name, sum.tally[name])
	}
}

// sums adds up what the histories saw.
type sums struct {
	t     *testing.T
	mu    sync.Mutex
	tally map[string]int
}

func (s *sums) add(tally map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, n := range tally {
		s.tally[name] += n
	}
	if lived := s.tally["histories"]; lived%1000 == 0 {
		s.t.Logf("%d lived", lived)
	}
}

// emptyHistory is a database without runs, so that not every history has to
// make one.
func emptyHistory(t *testing.T) []byte {
	path := filepath.Join(t.TempDir(), "empty.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// live lives through one history and returns what it saw.
func live(t *testing.T, seed uint64, empty []byte) map[string]int {
	w := &life{
		t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 5)), server: bedrocktest.StartIn(bedrocktest.NewNetwork()),
		db: filepath.Join(t.TempDir(), "snapshotter.db"), truth: bedrocktest.Catalogue{}, reader: newReader(),
	}
	defer w.server.Close()
	if err := os.WriteFile(w.db, empty, 0o644); err != nil {
		t.Fatal(err)
	}
	w.limit = 1 + w.random.IntN(4)
	w.server.LimitPages(w.limit)
	for range 3 + w.random.IntN(4) {
		time.Sleep(24 * time.Hour)
		w.night()
		if len(w.reader.problems) > 0 {
			t.Errorf("seed %d, night of %s, with %+v, notes %q:\n%s", seed, time.Now().Format(time.DateOnly), w.faults, w.notes, strings.Join(w.reader.problems, "\n"))
			return nil
		}
	}
	w.remembered()
	w.reader.tally["histories"]++
	return w.reader.tally
}

// life is one Bedrock's life, and its reader.
type life struct {
	t      *testing.T
	seed   uint64
	random *rand.Rand
	server *bedrocktest.Server
	db     string
	limit  int // items a page
	truth  bedrocktest.Catalogue
	faults []bedrocktest.Fault
	notes  []string // of the run
	reader *reader
}

func (w *life) chance(percent int) bool { return w.random.IntN(100) < percent }

func pick[T any](w *life, from ...T) T { return from[w.random.IntN(len(from))] }

// home is where the credentials are from: no account can be without it.
const home = "us-gov-west-1"

// The regions of the partition. The program knows two of them by itself, and
// learns of the others from a source that may fail.
var (
	knownRegions = []string{"us-gov-east-1", home}
	worldRegions = append([]string{"us-gov-north-1", "us-gov-south-1"}, knownRegions...)
)

// night lets the world move on, takes a snapshot of it, and gives the reader
// what is told.
func (w *life) night() {
	w.evolve()
	n := night{truth: maps.Clone(w.truth), prospects: map[list]prospect{}, regions: map[string]bool{}, maybe: map[string]bool{}}
	w.faults = nil
	w.discovery(&n)
	for _, region := range worldRegions {
		for _, l := range lists(region) {
			n.prospects[l] = w.trouble(l)
		}
	}
	w.server.Serve(w.truth)
	w.server.Inject(w.faults...)
	for _, f := range w.faults {
		w.reader.tally["fault "+string(f.Kind)]++
	}
	if !w.take(&n) {
		w.reader.tally["runs failed"]++
		for l, p := range n.prospects {
			w.reader.expect(!p.readable || len(w.truth[l.region].Models)+len(w.truth[l.region].Profiles) == 0 || !n.regions[l.region], "the run failed, and %v could be read", l)
		}
		return
	}
	w.reader.follow(n)
}

// take is one run: see the command's job. It reports whether the run was
// recorded, with what was told of it.
func (w *life) take(n *night) bool {
	ctx := w.t.Context()
	lock := must(store.Acquire(w.db))(w.t)
	defer lock.Release()
	db := must(store.Open(ctx, w.db))(w.t)
	defer db.Close()
	known := must(db.Known(ctx))(w.t).Scopes
	run := catalog.Run{StartedAt: time.Now().UTC(), Trigger: catalog.Schedule, CollectorVersion: "battery", Partition: "aws-us-gov"}
	cfg := w.server.Config()
	cfg.Region = home
	result, err := collect.Collect(ctx, cfg, known, collect.Options{})
	run.FinishedAt = time.Now().UTC()
	if err != nil {
		w.notes, run.Message = []string{err.Error()}, err.Error()
		must(db.RecordFailure(ctx, run))(w.t)
		return false
	}
	w.notes = result.Notes
	run = must(db.Record(ctx, run, result.Listings))(w.t)
	n.run, n.status = run.ID, string(run.Status)
	w.tell(ctx, db, n)
	return true
}

// tell writes what programs and people are told of a run.
func (w *life) tell(ctx context.Context, db *store.Store, n *night) {
	head := must(db.Snapshot(ctx, n.run))(w.t)
	n.first = func(l list) map[string]thing { return itemsOf(w.t, head, l) }
	then, now := (*catalog.Snapshot)(nil), head
	if w.reader.run != 0 {
		var err error
		if then, now, err = db.Between(ctx, w.reader.run, n.run); err != nil {
			w.t.Fatal(err)
		}
	}
	told := diff.Compare(then, now)
	n.told = must(decode[toldDocument](must(json.Marshal(told))(w.t)))(w.t)
	var markdown, document bytes.Buffer
	built := report.Build(told, then, head, report.Options{})
	if err := built.Markdown(&markdown); err != nil {
		w.t.Fatal(err)
	}
	if err := built.JSON(&document); err != nil {
		w.t.Fatal(err)
	}
	n.markdown = markdown.String()
	type story struct{ What string }
	stories := must(decode[struct {
		ActOn []story `json:"act_on"`
		Other []story `json:"other_changes"`
	}](document.Bytes()))(w.t)
	for _, s := range append(stories.ActOn, stories.Other...) {
		if slices.Contains([]string{"removed", "removed-in-part", "profile-removed"}, s.What) {
			n.removals++
		}
	}
}

// must is a value that there has to be.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// itemsOf are what a list holds as of a run, from the documents that are kept.
func itemsOf(t *testing.T, s *catalog.Snapshot, l list) map[string]thing {
	state := s.Scope(catalog.Scope{Region: l.region, Kind: catalog.Kind(l.kind)})
	if state == nil || state.Confirmed == nil {
		return nil
	}
	things := map[string]thing{}
	for _, item := range state.Items {
		var document struct {
			ID, Name, Provider, Description, Status string
			Input                                   []string `json:"input_modalities"`
			Output                                  []string `json:"output_modalities"`
			Inference                               []string `json:"inference_types"`
			Customizations                          []string
			Streaming                               *bool
			Lifecycle                               map[string]string
			Destinations                            []struct{ Region, Model string }
		}
		if err := json.Unmarshal(catalog.Encode(item), &document); err != nil {
			t.Fatal(err)
		}
		held := modelThing(bedrocktest.Model{
			Name: document.Name, Provider: document.Provider, Input: document.Input, Output: document.Output,
			Customizations: document.Customizations, InferenceTypes: document.Inference, Streaming: document.Streaming,
		})
		held.say("description", document.Description)
		held.say("status", document.Status)
		for field, value := range document.Lifecycle {
			held.say("lifecycle."+field, value)
		}
		if document.Destinations != nil {
			destinations := []string{}
			for _, d := range document.Destinations {
				destinations = append(destinations, d.Region+"/"+d.Model)
			}
			held.saySet("destinations", destinations)
		}
		things[document.ID] = held
	}
	return things
}

// remembered holds the catalogue as it is kept to what was told, run after run.
func (w *life) remembered() {
	db := must(store.OpenReader(w.t.Context(), w.db))(w.t)
	defer db.Close()
	if w.reader.run == 0 {
		return
	}
	s := must(db.Snapshot(w.t.Context(), w.reader.run))(w.t)
	for _, region := range worldRegions {
		for _, l := range lists(region) {
			kept, told := itemsOf(w.t, s, l), w.reader.told[l]
			if !maps.EqualFunc(kept, told, func(a, b thing) bool { return maps.Equal(a, b.said()) }) || (kept == nil) != (told == nil) {
				w.t.Errorf("seed %d: %v is kept as %v, told as %v", w.seed, l, kept, told)
			}
		}
	}
}
