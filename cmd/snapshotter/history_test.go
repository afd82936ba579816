package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/bedrocktest"
	"snapshotter/report"
	"snapshotter/store"
)

// TestHistories runs the whole job night after night against a Bedrock that
// changes and fails at random. A reader who knows only what was told, from the
// first listing of a scope on, must at each night when the scope can be read
// know exactly what is there: so no removal was false, no change was lost, late
// or not, and none was told twice.
//
// SNAPSHOTTER_HISTORIES sets how many histories are run; the default keeps the
// test short.
func TestHistories(t *testing.T) {
	t.Parallel()
	histories := uint64(3)
	if n, err := strconv.ParseUint(os.Getenv("SNAPSHOTTER_HISTORIES"), 10, 64); err == nil {
		histories = n
	}
	for seed := range histories {
		h := newHistory(t, seed)
		for range 10 {
			h.night()
		}
		h.checkPasts()
		h.close()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// history is one Bedrock's life and what was told of it.
type history struct {
	t      *testing.T
	random *rand.Rand
	server *bedrocktest.Server
	dir    string
	now    time.Time
	truth  bedrocktest.Catalogue
	told   map[catalog.Scope]map[string]string // content by key, nil before the scope was first read
	calls  map[string]map[string]bool          // callable models by region, nil before a joint reading
	paths  map[catalog.Scope]map[string]bool
	empty  map[catalog.Scope]int // runs in a row that found the scope suspect
	last   int64                 // run
}

var historyRegions = []string{"eu-west-1", "us-east-1", "us-west-2"}

func newHistory(t *testing.T, seed uint64) *history {
	server, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	h := &history{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), server: server, dir: t.TempDir(),
		now:   time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC),
		truth: bedrocktest.Catalogue{},
		told:  map[catalog.Scope]map[string]string{}, calls: map[string]map[string]bool{},
		paths: map[catalog.Scope]map[string]bool{}, empty: map[catalog.Scope]int{},
	}
	for _, region := range historyRegions {
		h.truth[region] = bedrocktest.Region{}
	}
	return h
}

func (h *history) close() { h.server.Close() }

func (h *history) chance(percent int) bool { return h.random.IntN(100) < percent }

// night lets the world move on, takes a snapshot and believes what it tells.
func (h *history) night() {
	h.now = h.now.Add(24 * time.Hour)
	for _, region := range historyRegions {
		h.truth[region] = h.evolve(h.truth[region])
	}
	faults, troubles := h.troubles()
	h.server.Serve(h.truth)
	h.server.Inject(faults...)
	path := filepath.Join(h.dir, "snapshotter.db")
	job := localJob(h.t, path, h.server, func() time.Time { return h.now })
	job.Options.Include = func(region string) bool { return slices.Contains(historyRegions, region) }
	taken, err := job.Run(context.Background())
	if err != nil {
		if h.nothingReadable(troubles) {
			return
		}
		h.t.Fatalf("night %s: %v", h.now.Format(time.DateOnly), err)
	}
	result := h.compare(path, taken.Run.ID)
	h.believe(result)
	h.check(taken.Run, troubles)
	if h.last%3 == 2 {
		h.exported(path, taken.Run.ID)
	}
	h.last = taken.Run.ID
}

// compare also holds what is read of thinned snapshots to what whole ones tell.
func (h *history) compare(path string, run int64) *diff.Result {
	ctx := context.Background()
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	head, err := db.Snapshot(ctx, run)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.last == 0 {
		h.baseline(head)
		return diff.Compare(nil, head)
	}
	base, err := db.Snapshot(ctx, h.last)
	if err != nil {
		h.t.Fatal(err)
	}
	whole := diff.Compare(base, head)
	thinBase, thinHead, err := db.Between(ctx, h.last, run)
	if err != nil {
		h.t.Fatal(err)
	}
	if d := cmp.Diff(whole, diff.Compare(thinBase, thinHead)); d != "" {
		h.t.Fatal("the thinned snapshots compare differently:", d)
	}
	for _, keep := range []filter{{}, {regionFilter: regionFilter{Region: []string{"*-west-*"}}}, {Model: []string{"*a*"}}} {
		h.sameReport(db, base, head, keep)
	}
	h.baseline(head)
	return whole
}

// sameReport holds a report of thinned snapshots to one of whole ones.
func (h *history) sameReport(db *store.Store, base, head *catalog.Snapshot, keep filter) {
	only, unmatched := keep.only(base, head)
	built, err := (&program{}).buildReport(context.Background(), db, &base.Run, head.Run, keep)
	if unmatched != nil && err != nil {
		return // the filter lets nothing through
	}
	if err != nil {
		h.t.Fatal(err)
	}
	want := report.Build(diff.Compare(base, head), base, head, report.Options{Only: only})
	if d := cmp.Diff(want, built, cmpopts.IgnoreUnexported(report.Row{})); d != "" {
		h.t.Fatal("the report of thinned snapshots differs:", d)
	}
}

// baseline takes the first reading of a scope, and of a region, as it is.
func (h *history) baseline(head *catalog.Snapshot) {
	for i := range head.Scopes {
		scope := &head.Scopes[i]
		if scope.Observed() && h.told[scope.Scope] == nil {
			h.told[scope.Scope] = map[string]string{}
			h.paths[scope.Scope] = map[string]bool{}
			for _, item := range scope.Items {
				h.told[scope.Scope][item.Key()] = content(item)
			}
			region := catalog.NewRegion(scope.Items)
			for _, model := range region.ModelIDs() {
				for _, path := range region.Paths(model) {
					h.paths[scope.Scope][pathName(model, path)] = true
				}
			}
		}
	}
	for _, code := range historyRegions {
		if joint := head.Joint(code); joint != nil && h.calls[code] == nil {
			h.calls[code] = map[string]bool{}
			region := catalog.NewRegion(joint.Items)
			for _, model := range region.ModelIDs() {
				if catalog.Callable(region.Paths(model)) {
					h.calls[code][model] = true
				}
			}
		}
	}
}

func pathName(model string, path catalog.Path) string {
	return model + " by " + string(path.Access) + " " + path.ModelID
}

// content is an item in the words of this test, which a change must turn into
// the words of the new one.
func content(item catalog.Item) string {
	switch item := item.(type) {
	case *catalog.FoundationModel:
		return fmt.Sprint(item.Lifecycle.Status, " ", item.InferenceTypes)
	case *catalog.InferenceProfile:
		var regions []string
		for _, d := range item.Destinations {
			regions = append(regions, d.Region+"/"+d.Model)
		}
		return fmt.Sprint(item.Status, " ", regions)
	}
	panic("unknown kind")
}

// believe applies what was told. Every change must fit what was told before.
func (h *history) believe(result *diff.Result) {
	for _, change := range result.Changes {
		scope := catalog.Scope{Region: change.Region, Kind: change.Resource}
		known := h.told[scope]
		_, present := known[change.ID]
		switch change.Kind {
		case diff.Added, diff.Reappeared:
			h.expect(!present, change)
			known[change.ID] = h.truthOf(scope)[change.ID]
		case diff.Removed:
			h.expect(present, change)
			h.expect(h.truthOf(scope)[change.ID] == "", change)
			delete(known, change.ID)
		case diff.Changed:
			h.expect(present, change)
			known[change.ID] = applied(known[change.ID], change.Fields)
		case diff.BecameCallable, diff.NoLongerCallable:
			h.toggle(h.calls[change.Region], change.ID, change.Kind == diff.BecameCallable, change)
		case diff.PathGained, diff.PathLost:
			if change.Path.Access == catalog.ViaProfile {
				scope.Kind = catalog.KindInferenceProfile
			}
			h.toggle(h.paths[scope], pathName(change.ID, *change.Path), change.Kind == diff.PathGained, change)
		}
	}
}

func (h *history) expect(fits bool, change diff.Change) {
	if !fits {
		h.t.Errorf("night %s: does not fit what was told before: %s %s %s", h.now.Format(time.DateOnly), change.Kind, change.Region, change.ID)
	}
}

func (h *history) toggle(set map[string]bool, name string, on bool, change diff.Change) {
	h.expect(set[name] != on, change)
	if on {
		set[name] = true
	} else {
		delete(set, name)
	}
}

// applied is content after the changes of its fields.
func applied(content string, fields []diff.FieldChange) string {
	status, rest, _ := strings.Cut(content, " ")
	for _, f := range fields {
		switch f.Field {
		case diff.FieldLifecycle, diff.FieldStatus:
			status = f.New
		case diff.FieldInferenceTypes, diff.FieldDestinations:
			rest = fmt.Sprint(f.NewSet)
		}
	}
	return status + " " + rest
}

// check compares what was told with the truth, where it could be read.
func (h *history) check(run catalog.Run, troubles map[catalog.Scope]trouble) {
	partial := false
	for _, region := range historyRegions {
		exact := true
		for _, kind := range catalog.Kinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			readable, late := h.readable(scope, troubles[scope])
			partial = partial || !readable && (h.told[scope] != nil || troubles[scope] != notEnabled)
			exact = exact && readable && !late
			if !readable || late {
				continue
			}
			h.same(scope, "items", h.truthOf(scope), h.told[scope])
			h.same(scope, "paths", h.truePaths(scope), h.paths[scope])
		}
		if exact {
			h.same(catalog.Scope{Region: region}, "callable models", h.trulyCallable(region), h.calls[region])
		}
	}
	if want := map[bool]catalog.Status{true: catalog.RunPartial, false: catalog.RunComplete}[partial]; run.Status != want {
		h.t.Errorf("night %s: run %d is %s, want %s", h.now.Format(time.DateOnly), run.ID, run.Status, want)
	}
}

func (h *history) same(scope catalog.Scope, what string, truth, told any) {
	if d := cmp.Diff(truth, told); d != "" {
		h.t.Errorf("night %s: %s %s: %s of truth (-) and told (+): %s", h.now.Format(time.DateOnly), scope.Region, scope.Kind, what, d)
	}
}

// readable reports whether a scope could be read this night, and whether what
// is new in it may be told a night late. It counts the nights on which a list
// that had items was empty: only the third is believed.
func (h *history) readable(scope catalog.Scope, trouble trouble) (readable, late bool) {
	suspects := h.empty[scope]
	h.empty[scope] = 0
	switch trouble {
	case none:
		return h.believable(scope, suspects, len(h.truthOf(scope)) == 0), false
	case flapping:
		return h.believable(scope, suspects, len(h.truthOf(scope)) == 0), true
	}
	return false, false
}

func (h *history) believable(scope catalog.Scope, suspects int, empty bool) bool {
	if !empty || len(h.told[scope]) == 0 {
		return true
	}
	if suspects == 2 {
		return true
	}
	h.empty[scope] = suspects + 1
	return false
}

func (h *history) truthOf(scope catalog.Scope) map[string]string {
	content := map[string]string{}
	region := h.truth[scope.Region]
	if scope.Kind == catalog.KindFoundationModel {
		for _, m := range region.Models {
			content[m.ID] = fmt.Sprint(m.Lifecycle.Status, " ", sorted(m.InferenceTypes))
		}
		return content
	}
	for _, p := range region.Profiles {
		var destinations []string
		for _, code := range p.Regions {
			destinations = append(destinations, code+"/"+p.Models[0])
		}
		content[p.ID] = fmt.Sprint(p.Status, " ", sorted(destinations))
	}
	return content
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func (h *history) truePaths(scope catalog.Scope) map[string]bool {
	paths := map[string]bool{}
	region := h.truth[scope.Region]
	if scope.Kind == catalog.KindInferenceProfile {
		for _, p := range region.Profiles {
			if p.Status == "ACTIVE" {
				paths[p.Models[0]+" by profile "+p.ID] = true
			}
		}
		return paths
	}
	for _, m := range region.Models {
		for _, inference := range m.InferenceTypes {
			paths[m.ID+" by "+map[string]string{"ON_DEMAND": "on-demand", "PROVISIONED": "provisioned"}[inference]+" "+m.ID] = true
		}
	}
	return paths
}

func (h *history) trulyCallable(region string) map[string]bool {
	callable := map[string]bool{}
	for _, m := range h.truth[region].Models {
		if slices.Contains(m.InferenceTypes, "ON_DEMAND") {
			callable[m.ID] = true
		}
	}
	for _, p := range h.truth[region].Profiles {
		if p.Status == "ACTIVE" {
			callable[p.Models[0]] = true
		}
	}
	return callable
}

// evolve is a region a day later.
func (h *history) evolve(region bedrocktest.Region) bedrocktest.Region {
	models := map[string]bedrocktest.Model{}
	for _, m := range region.Models {
		models[m.ID] = m
	}
	profiles := map[string]bedrocktest.Profile{}
	for _, p := range region.Profiles {
		profiles[p.ID] = p
	}
	if h.chance(4) { // all of it is gone, for a while
		return bedrocktest.Region{}
	}
	for i := range 4 {
		id := fmt.Sprintf("maker.model-%d", i)
		if h.chance(25) {
			h.evolveModel(models, id)
		}
		if h.chance(25) {
			h.evolveProfile(profiles, id)
		}
	}
	evolved := bedrocktest.Region{}
	for _, id := range slices.Sorted(maps.Keys(models)) {
		evolved.Models = append(evolved.Models, models[id])
	}
	for _, id := range slices.Sorted(maps.Keys(profiles)) {
		evolved.Profiles = append(evolved.Profiles, profiles[id])
	}
	return evolved
}

func (h *history) evolveModel(models map[string]bedrocktest.Model, id string) {
	m, listed := models[id]
	switch {
	case !listed:
		models[id] = bedrocktest.Model{
			ID: id, Name: id, Provider: "Maker", InferenceTypes: []string{"ON_DEMAND"},
			Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
		}
	case h.chance(40):
		delete(models, id)
	case h.chance(50):
		m.InferenceTypes = [][]string{{}, {"ON_DEMAND"}, {"PROVISIONED"}, {"ON_DEMAND", "PROVISIONED"}}[h.random.IntN(4)]
		models[id] = m
	default:
		m.Lifecycle.Status = []string{"ACTIVE", "LEGACY"}[h.random.IntN(2)]
		models[id] = m
	}
}

func (h *history) evolveProfile(profiles map[string]bedrocktest.Profile, model string) {
	id := "any." + model
	p, listed := profiles[id]
	switch {
	case !listed:
		profiles[id] = bedrocktest.Profile{ID: id, Name: id, Status: "ACTIVE", Models: []string{model}, Regions: []string{"eu-west-1"}}
	case h.chance(40):
		delete(profiles, id)
	case h.chance(50):
		p.Regions = [][]string{{"eu-west-1"}, {"eu-west-1", "us-east-1"}, {""}}[h.random.IntN(3)]
		profiles[id] = p
	default:
		p.Status = []string{"ACTIVE", "CREATING"}[h.random.IntN(2)]
		profiles[id] = p
	}
}

// trouble is what stands between a night's reader and a scope.
type trouble int

const (
	none trouble = iota
	flapping
	unreadable
	notEnabled
)

var operations = map[catalog.Kind]string{
	catalog.KindFoundationModel:  bedrocktest.ListFoundationModels,
	catalog.KindInferenceProfile: bedrocktest.ListInferenceProfiles,
}

// refusals are the faults that make a scope unreadable without the collector
// trying again, which would take time.
var refusals = []bedrocktest.FaultKind{
	bedrocktest.DenyIAM, bedrocktest.DenySCP, bedrocktest.NoOperation,
}

func (h *history) troubles() ([]bedrocktest.Fault, map[catalog.Scope]trouble) {
	var faults []bedrocktest.Fault
	troubles := map[catalog.Scope]trouble{}
	for _, region := range historyRegions {
		outage := h.chance(15)
		for _, kind := range catalog.Kinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			fault := bedrocktest.Fault{Region: region, Operation: operations[kind]}
			switch {
			case outage || h.chance(15):
				fault.Kind, troubles[scope] = refusals[h.random.IntN(len(refusals))], unreadable
				if fault.Kind == bedrocktest.NoOperation {
					troubles[scope] = notEnabled
				}
			case h.told[scope] != nil && h.chance(20):
				fault.Kind, fault.Times, fault.Seed = bedrocktest.Flap, 1, h.random.Uint64()
				troubles[scope] = flapping
			default:
				continue
			}
			faults = append(faults, fault)
		}
	}
	return faults, troubles
}

// nothingReadable is a night on which the job may rightly fail.
func (h *history) nothingReadable(troubles map[catalog.Scope]trouble) bool {
	for _, region := range historyRegions {
		for _, kind := range catalog.Kinds() {
			if t := troubles[catalog.Scope{Region: region, Kind: kind}]; t != unreadable && t != notEnabled {
				return false
			}
		}
	}
	return true
}
