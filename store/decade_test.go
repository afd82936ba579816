package store

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"snapshotter/catalog"
)

// The history that benchmarks read: ten years of nightly runs over 35 regions,
// from 7,350 to about 9,661 items, 22 changes a run, and now and then a region
// that cannot be read. Launches, retirements and changes of lifecycle reach
// many regions with one document, as real ones do: in ten real captures of 18
// regions there was a new document for about every third change.
const (
	decadeRuns    = 3650
	decadeRegions = 35
	firstItems    = 7350
	lastItems     = 9661
	nightChanges  = 22
)

var decadeStart = time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC)

// decade builds the history once a process and returns its path and the
// listings that the last run read.
var decade = sync.OnceValues(func() (string, []catalog.Listing) {
	directory, err := os.MkdirTemp("", "snapshotter-decade")
	if err != nil {
		panic(err)
	}
	decadeDirectory = directory
	path := filepath.Join(directory, "decade.db")
	w := newWorld()
	if err := w.record(path); err != nil {
		panic(err)
	}
	return path, w.listings()
})

var decadeDirectory string

func TestMain(m *testing.M) {
	code := m.Run()
	if decadeDirectory != "" {
		os.RemoveAll(decadeDirectory)
	}
	os.Exit(code)
}

// TestWriteDecade writes the history to the file that SNAPSHOTTER_DECADE names,
// for the benchmarks of those who ask it questions. What is there is replaced.
func TestWriteDecade(t *testing.T) {
	path := os.Getenv("SNAPSHOTTER_DECADE")
	if path == "" {
		t.Skip("SNAPSHOTTER_DECADE is not set")
	}
	made, _ := decade()
	data, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// world is a catalogue that changes.
type world struct {
	random  *rand.Rand
	regions []string
	scopes  map[catalog.Scope]map[string]catalog.Item
	size    int
	models  []string // every id ever launched, oldest first
	pending []happening
	launch  int
}

// happening is one item becoming another, or none.
type happening struct {
	scope catalog.Scope
	itemAddition
}

func newWorld() *world {
	w := &world{random: rand.New(rand.NewPCG(1, 2)), scopes: map[catalog.Scope]map[string]catalog.Item{}}
	for i := range decadeRegions {
		geography := []string{"us", "eu", "ap", "sa", "ca", "me", "af"}[i%7]
		w.regions = append(w.regions, fmt.Sprintf("%s-east-%d", geography, i/7+1))
	}
	for w.size+w.due() < firstItems {
		w.launchModel()
	}
	for _, h := range w.pending[:firstItems] {
		w.apply(h)
	}
	w.pending = nil
	return w
}

func (w *world) due() (n int) {
	for _, h := range w.pending {
		if h.item != nil {
			n++
		}
	}
	return n
}

// launchModel lists a new model in some regions, and profiles for it in some of
// those.
func (w *world) launchModel() {
	w.launch++
	id := fmt.Sprintf("provider%d.model-%d-v1:0", w.launch%10, w.launch)
	w.models = append(w.models, id)
	model := newModel(id)
	regions := slices.Clone(w.regions)
	w.random.Shuffle(len(regions), func(i, j int) { regions[i], regions[j] = regions[j], regions[i] })
	regions = regions[:1+w.random.IntN(len(regions))]
	for i, region := range regions {
		w.happen(region, model)
		if i%2 == 0 {
			w.happen(region, newProfile(catalog.Geography(region), id, w.geography(region)))
		}
	}
}

func (w *world) geography(region string) []string {
	var same []string
	for _, r := range w.regions {
		if catalog.Geography(r) == catalog.Geography(region) {
			same = append(same, r)
		}
	}
	return same
}

func newModel(id string) *catalog.FoundationModel {
	streaming := true
	return &catalog.FoundationModel{
		ID: id, Name: "Model " + id, Provider: "Provider",
		InputModalities: []string{"IMAGE", "TEXT"}, OutputModalities: []string{"TEXT"},
		InferenceTypes: []string{"INFERENCE_PROFILE", "ON_DEMAND"}, Customizations: []string{},
		Streaming: &streaming,
		Lifecycle: catalog.Lifecycle{Status: catalog.StatusActive, StartOfLife: decadeStart},
	}
}

func newProfile(prefix, model string, regions []string) *catalog.InferenceProfile {
	p := &catalog.InferenceProfile{
		ID: prefix + "." + model, Name: prefix + " " + model, Status: catalog.StatusActive, Type: catalog.TypeSystemDefined,
		Description: "Routes requests to " + model + " in " + prefix + " regions.",
		CreatedAt:   decadeStart, UpdatedAt: decadeStart,
	}
	for _, region := range regions {
		p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: model})
	}
	return p
}

func (w *world) happen(region string, item catalog.Item) {
	w.pending = append(w.pending, happening{catalog.Scope{Region: region, Kind: item.Kind()}, itemAddition{item.Key(), item}})
}

func (w *world) apply(h happening) {
	items := w.scopes[h.scope]
	if items == nil {
		items = map[string]catalog.Item{}
		w.scopes[h.scope] = items
	}
	w.size -= len(items)
	if h.item == nil {
		delete(items, h.key)
	} else {
		items[h.key] = h.item
	}
	w.size += len(items)
}

// someEvent makes something happen, so that the catalogue has about size items.
func (w *world) someEvent(size int) {
	model := w.models[w.random.IntN(len(w.models))]
	switch chance := w.random.IntN(100); {
	case chance < 12 && w.size < size:
		w.launchModel()
	case chance < 12:
		w.retire(w.models[w.random.IntN(len(w.models)/2)])
	case chance < 50:
		w.changeLifecycle(model)
	case chance < 80:
		w.changeRouting(model)
	default:
		w.changeInOneRegion(model)
	}
}

// everywhere visits what the regions list of a model: the model itself and its
// profile.
func (w *world) everywhere(model string, visit func(region string, item catalog.Item)) {
	for _, region := range w.regions {
		if item := w.scopes[catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}][model]; item != nil {
			visit(region, item)
		}
		profile := catalog.Geography(region) + "." + model
		if item := w.scopes[catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile}][profile]; item != nil {
			visit(region, item)
		}
	}
}

func (w *world) retire(model string) {
	w.everywhere(model, func(region string, item catalog.Item) {
		scope := catalog.Scope{Region: region, Kind: item.Kind()}
		w.pending = append(w.pending, happening{scope, itemAddition{key: item.Key()}})
	})
}

func (w *world) changeLifecycle(model string) {
	at := decadeStart.AddDate(0, 0, w.random.IntN(decadeRuns))
	w.everywhere(model, func(region string, item catalog.Item) {
		if m, ok := item.(*catalog.FoundationModel); ok {
			changed := *m
			changed.Lifecycle.Status, changed.Lifecycle.Legacy, changed.Lifecycle.EndOfLife = catalog.StatusLegacy, at, at.AddDate(0, 6, 0)
			w.happen(region, &changed)
		}
	})
}

func (w *world) changeRouting(model string) {
	at := decadeStart.AddDate(0, 0, w.random.IntN(decadeRuns))
	drop := w.random.IntN(5)
	w.everywhere(model, func(region string, item catalog.Item) {
		if p, ok := item.(*catalog.InferenceProfile); ok {
			regions := w.geography(region)
			changed := newProfile(p.Geography(), model, slices.Delete(regions, drop%len(regions), drop%len(regions)+1))
			changed.UpdatedAt = at
			w.happen(region, changed)
		}
	})
}

func (w *world) changeInOneRegion(model string) {
	at := decadeStart.AddDate(0, 0, w.random.IntN(decadeRuns))
	region := w.regions[w.random.IntN(len(w.regions))]
	if item := w.scopes[catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}][model]; item != nil {
		changed := *item.(*catalog.FoundationModel)
		changed.Lifecycle.StartOfLife, changed.InferenceTypes = at, []string{"ON_DEMAND"}
		w.happen(region, &changed)
	}
}

// night takes the next changes, of items in regions that can be read.
func (w *world) night(size int, unread map[string]bool) []happening {
	var tonight []happening
	taken := map[string]bool{}
	for len(tonight) < nightChanges {
		var later []happening
		for _, h := range w.pending {
			name := h.scope.Region + "/" + h.key
			if len(tonight) == nightChanges || unread[h.scope.Region] || taken[name] {
				later = append(later, h)
				continue
			}
			if current := w.scopes[h.scope][h.key]; current == nil && h.item == nil || current == h.item {
				continue
			}
			taken[name] = true
			tonight = append(tonight, h)
		}
		w.pending = later
		if len(tonight) < nightChanges {
			w.someEvent(size)
		}
	}
	return tonight
}

// record writes the history to a new database, by the same rows that Record
// writes but without listing everything each night, which would take minutes.
func (w *world) record(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	run := catalog.Run{StartedAt: decadeStart, FinishedAt: decadeStart, Trigger: catalog.Schedule, CollectorVersion: "v1", Partition: "aws"}
	if _, err := s.Record(ctx, run, w.listings()); err != nil {
		return err
	}
	for first := 1; first < decadeRuns; first += 100 {
		if err := w.recordNights(ctx, s, run, first, min(first+100, decadeRuns)); err != nil {
			return err
		}
	}
	return s.Close()
}

func (w *world) recordNights(ctx context.Context, s *Store, run catalog.Run, first, end int) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	ledger, err := readLedger(ctx, tx)
	if err != nil {
		return err
	}
	for night := first; night < end; night++ {
		run.StartedAt = decadeStart.AddDate(0, 0, night)
		run.FinishedAt = run.StartedAt.Add(3 * time.Second)
		add := w.nextRun(ledger, run, firstItems+(lastItems-firstItems)*night/decadeRuns)
		if night == end-1 { // the next hundred are recorded on it
			add.run.Digest = w.digest()
		}
		if err := add.write(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (w *world) nextRun(l *ledger, run catalog.Run, size int) addition {
	unread := map[string]bool{}
	for _, region := range w.regions {
		if w.random.IntN(100) == 0 {
			unread[region] = true
		}
	}
	changed := map[catalog.Scope][]itemAddition{}
	for _, h := range w.night(size, unread) {
		w.apply(h)
		changed[h.scope] = append(changed[h.scope], h.itemAddition)
	}
	run.ID, run.Status, run.Digest = l.nextRun, catalog.RunComplete, "0"
	add := addition{run: run, ordinal: l.ordinal + 1}
	for scope, account := range l.scopes {
		listing := catalog.Listing{Scope: scope, Outcome: catalog.Complete}
		if unread[scope.Region] {
			listing.Outcome, listing.Message = catalog.Unreachable, "no answer from the endpoint in 10 s"
			add.run.Status = catalog.RunPartial
		}
		of := scopeAddition{Scope: scope, items: changed[scope]}
		if account.differs(listing) {
			next := l.coverageFrom(run.ID, account, listing)
			account.coverage, of.coverage = next, &next
		}
		if of.coverage != nil || of.items != nil {
			add.scopes = append(add.scopes, of)
		}
	}
	l.nextRun, l.base.Run, l.ordinal = run.ID+1, run.ID, add.ordinal
	return add
}

func (w *world) listings() []catalog.Listing {
	var listings []catalog.Listing
	for scope, items := range w.scopes {
		listings = append(listings, catalog.Listing{
			Scope: scope, Outcome: catalog.Complete, Items: slices.SortedFunc(maps.Values(items), catalog.CompareItems),
		})
	}
	slices.SortFunc(listings, catalog.CompareListings)
	return listings
}

func (w *world) digest() string {
	sum := newDigest()
	hashed, err := hashListings(w.listings())
	if err != nil {
		panic(err)
	}
	for _, o := range hashed {
		sum.scope(o.Scope, o.entries)
	}
	return sum.String()
}
