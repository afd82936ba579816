//go:build battery

package battery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/bedrocktest"
	"snapshotter/job"
	"snapshotter/state"
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
	dir := t.TempDir()
	w := &life{
		t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 5)), server: bedrocktest.StartIn(bedrocktest.NewNetwork()),
		db: filepath.Join(dir, "snapshotter.db"), alias: filepath.Join(dir, "alias.db"), dir: dir,
		truth: bedrocktest.Catalogue{}, account: accounts[0], lies: map[list][]string{},
		reader: newReader(), readers: map[int64]*reader{},
	}
	defer w.server.Close()
	if err := errors.Join(os.WriteFile(w.db, empty, 0o600), os.Symlink(w.db, w.alias)); err != nil {
		t.Fatal(err)
	}
	w.rich = w.chance(25)
	w.limit = 1 + w.random.IntN(4)
	w.server.LimitPages(w.limit)
	for range 3 + w.random.IntN(4) {
		time.Sleep(24 * time.Hour)
		w.night()
		if len(w.reader.problems) > 0 {
			t.Errorf("%v:\n%s", w, strings.Join(w.reader.problems, "\n"))
			return nil
		}
	}
	w.remembered()
	w.reader.tally["histories"]++
	return w.reader.tally
}

// life is one Bedrock's life, and its reader.
type life struct {
	t         *testing.T
	seed      uint64
	random    *rand.Rand
	server    *bedrocktest.Server
	dir       string
	db, alias string // names of the history
	limit     int    // items a page
	rich      bool   // in profiles
	truth     bedrocktest.Catalogue
	faults    []bedrocktest.Fault
	lies      map[list][]string // what lists hide tonight
	notes     []string          // of the run
	account   string            // of the credentials
	bound     bool              // whether the history knows it
	reader    *reader
	readers   map[int64]*reader // as they were after each run
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

// night is what befalls the history until the next one.
func (w *life) night() {
	w.strangers()
	w.altered()
	if w.chance(8) {
		w.overtaken()
		return
	}
	w.evolve()
	clear(w.lies)
	w.ordinary()
	if w.chance(15) {
		w.again()
	}
}

// ordinary takes a snapshot of the world as it is, among faults, and gives the
// reader what is told.
func (w *life) ordinary() {
	n := night{truth: maps.Clone(w.truth), prospects: map[list]prospect{}, regions: map[string]bool{}, maybe: map[string]bool{}}
	w.faults = nil
	w.discovery(&n)
	for _, region := range worldRegions {
		for _, l := range lists(region) {
			n.prospects[l] = w.trouble(l)
		}
	}
	w.server.Serve(w.shown())
	w.server.Inject(w.faults...)
	for _, f := range w.faults {
		w.reader.tally["fault "+string(f.Kind)]++
	}
	j := w.job(pick(w, w.db, w.alias))
	account := w.account
	if w.bound && w.chance(3) {
		account, j.AcceptAccount = w.otherAccount(), true
	}
	known := w.chance(90)
	j.Identify = func(context.Context) (string, error) {
		if !known {
			return "", errUnknownAccount
		}
		return account, nil
	}
	result, err := j.Run(w.t.Context())
	w.learn(n, result, err)
	if err == nil && known {
		w.account, w.bound = account, true
	}
}

// job is the main job on the history of a name.
func (w *life) job(history string) *job.Job {
	cfg := w.server.Config()
	cfg.Region = home
	return &job.Job{
		History: must(state.NewHistory(history, aws.Config{}))(w.t),
		Reports: must(state.NewReports(filepath.Join(w.dir, "reports"), aws.Config{}))(w.t),
		Trigger: catalog.Schedule, Version: "battery", AWS: cfg, Now: time.Now,
	}
}

// learn gives the reader what is told of a run.
func (w *life) learn(n night, result *job.Result, err error) {
	if err != nil {
		w.notes = []string{err.Error()}
		w.failed(n)
		return
	}
	w.notes = []string{result.Run.Message}
	w.reader.expect(result.Unwritten == nil, "no report: %v", result.Unwritten)
	n.at, n.run, n.status = result.Run.StartedAt, result.Run.ID, string(result.Run.Status)
	w.tell(result, &n)
	w.reader.follow(n)
	w.readers[n.run] = w.reader.clone()
}

// failed holds a run that recorded no catalogue to what it could have read.
func (w *life) failed(n night) {
	w.reader.tally["runs failed"]++
	db := must(store.OpenReader(w.t.Context(), w.db))(w.t)
	defer db.Close()
	last := must(db.LastRuns(w.t.Context(), 1))(w.t)
	w.reader.expect(len(last) == 1 && last[0].Status == catalog.RunFailed && last[0].ID > w.reader.run, "the run failed with %q, and that is not recorded", w.notes)
	for l, p := range n.prospects {
		w.reader.expect(!p.readable || len(w.truth[l.region].Models)+len(w.truth[l.region].Profiles) == 0 || !n.regions[l.region], "the run failed, and %v could be read", l)
	}
}

// tell reads what programs and people are told of a run.
func (w *life) tell(result *job.Result, n *night) {
	ctx := w.t.Context()
	db := must(store.OpenReader(ctx, w.db))(w.t)
	defer db.Close()
	head := must(db.Snapshot(ctx, n.run))(w.t)
	n.first = func(l list) map[string]thing { return itemsOf(w.t, head, l) }
	then, now := (*catalog.Snapshot)(nil), head
	if w.reader.run != 0 {
		then, now = between(ctx, w.t, db, w.reader.run, n.run)
	}
	n.told = must(decode[toldDocument](must(json.Marshal(diff.Compare(then, now)))(w.t)))(w.t)
	n.markdown = string(must(os.ReadFile(result.Path))(w.t))
	var document bytes.Buffer
	if err := result.Report.JSON(&document); err != nil {
		w.t.Fatal(err)
	}
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

func between(ctx context.Context, t *testing.T, db *store.Store, base, head int64) (then, now *catalog.Snapshot) {
	t.Helper()
	then, now, err := db.Between(ctx, base, head)
	if err != nil {
		t.Fatal(err)
	}
	return then, now
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
