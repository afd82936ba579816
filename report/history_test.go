package report

import (
	"slices"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/watch"
)

// history keeps runs as a store does, so that a test says only what each run
// found: what a scope carries forward, since when, and what was gone follow.
type history struct {
	t         *testing.T
	next      int64
	scopes    map[catalog.Scope]*catalog.ScopeState
	together  map[string]*catalog.Joint // by region, of the last run that read all of it
	snapshots []*catalog.Snapshot
	notes     string // of the next run
	watched   []watch.Rule
}

// answer is what a region answered. An outcome other than complete says why a
// list was not read.
type answer struct {
	items            []catalog.Item
	models, profiles catalog.Outcome // "" is complete
	code, message    string
}

type world map[string]answer

func newHistory(t *testing.T, firstRun int64) *history {
	return &history{t: t, next: firstRun, scopes: map[catalog.Scope]*catalog.ScopeState{}, together: map[string]*catalog.Joint{}}
}

// run records what w answered at a time such as "2026-09-22 21:03". A region
// that w lacks was not asked.
func (h *history) run(at string, w world) *catalog.Snapshot {
	h.t.Helper()
	started, err := time.Parse("2006-01-02 15:04", at)
	if err != nil {
		h.t.Fatal(err)
	}
	run := catalog.Run{
		ID: h.next, StartedAt: started, FinishedAt: started.Add(9 * time.Second), Status: catalog.RunComplete,
		Trigger: catalog.Schedule, CollectorVersion: "1.0.0", Partition: "aws", Message: h.notes,
	}
	h.next++
	h.notes = ""
	for region, a := range w {
		for _, kind := range catalog.Kinds() {
			h.observe(run.Ref(), catalog.Scope{Region: region, Kind: kind}, a)
		}
		if a.models == "" && a.profiles == "" {
			h.together[region] = &catalog.Joint{Run: run.Ref(), Items: sorted(a.items)}
		}
	}
	for scope := range h.scopes {
		if _, asked := w[scope.Region]; !asked {
			h.observe(run.Ref(), scope, answer{models: catalog.NotListed, profiles: catalog.NotListed})
		}
	}
	return h.snapshot(run)
}

func (h *history) observe(run catalog.RunRef, scope catalog.Scope, a answer) {
	outcome := a.models
	if scope.Kind == catalog.KindInferenceProfile {
		outcome = a.profiles
	}
	if outcome == "" {
		outcome = catalog.Complete
	}
	state := h.scopes[scope]
	if state == nil {
		state = &catalog.ScopeState{Scope: scope}
		h.scopes[scope] = state
	}
	if state.Outcome != outcome {
		state.Since, state.Streak = run, 0
	}
	state.Outcome, state.Streak, state.ErrorCode, state.Message = outcome, state.Streak+1, "", ""
	if outcome != catalog.Complete {
		state.ErrorCode, state.Message = a.code, a.message
		return
	}
	items := slices.DeleteFunc(sorted(a.items), func(i catalog.Item) bool { return i.Kind() != scope.Kind })
	gone := map[string]catalog.RunRef{}
	has := func(key string) bool {
		return slices.ContainsFunc(items, func(i catalog.Item) bool { return i.Key() == key })
	}
	for key, found := range state.Gone {
		if !has(key) {
			gone[key] = found
		}
	}
	for _, item := range state.Items {
		if !has(item.Key()) {
			gone[item.Key()] = run
		}
	}
	state.Confirmed, state.Items, state.Gone = &run, items, gone
}

func sorted(items []catalog.Item) []catalog.Item {
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b catalog.Item) int {
		return slices.Compare([]string{string(a.Kind()), a.Key()}, []string{string(b.Kind()), b.Key()})
	})
	return items
}

func (h *history) snapshot(run catalog.Run) *catalog.Snapshot {
	s := &catalog.Snapshot{Run: run, Together: map[string]*catalog.Joint{}}
	for _, state := range h.scopes {
		s.Scopes = append(s.Scopes, *state)
		if !state.Outcome.Expected() || state.Observed() && state.Outcome != catalog.Complete && state.Outcome != catalog.NotListed {
			s.Run.Status = catalog.RunPartial
		}
	}
	slices.SortFunc(s.Scopes, func(a, b catalog.ScopeState) int { return a.Scope.Compare(b.Scope) })
	for _, region := range s.Regions() {
		models := s.Scope(catalog.Scope{Region: region, Kind: catalog.KindFoundationModel})
		profiles := s.Scope(catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile})
		if models.Observed() && profiles.Observed() && models.Confirmed.ID != profiles.Confirmed.ID {
			s.Together[region] = h.together[region]
		}
	}
	h.snapshots = append(h.snapshots, s)
	return s
}

// report tells the last run against the one before.
func (h *history) report() *Report { return h.between(len(h.snapshots)-2, len(h.snapshots)-1) }

// between tells one snapshot against another, a base of -1 being none.
func (h *history) between(base, head int) *Report {
	var b *catalog.Snapshot
	if base >= 0 {
		b = h.snapshots[base]
	}
	return Build(diff.Compare(b, h.snapshots[head]), b, h.snapshots[head], Options{Watch: watch.Evaluate(h.watched, b, h.snapshots[head])})
}

// The catalogue of these tests, in few words.

func model(id, name string, inference ...string) *catalog.FoundationModel {
	streaming := true
	return &catalog.FoundationModel{
		ID: id, Name: name, Provider: providerOf(id), InputModalities: []string{"TEXT"}, OutputModalities: []string{"TEXT"},
		InferenceTypes: append([]string{}, inference...), Streaming: &streaming, Lifecycle: catalog.Lifecycle{Status: catalog.StatusActive},
	}
}

func providerOf(id string) string {
	for prefix, provider := range map[string]string{
		"amazon": "Amazon", "anthropic": "Anthropic", "meta": "Meta", "twelvelabs": "TwelveLabs", "cohere": "Cohere", "mistral": "Mistral AI",
	} {
		if len(id) > len(prefix) && id[:len(prefix)] == prefix {
			return provider
		}
	}
	return ""
}

// onDemand and viaProfile are a model's inference types.
const (
	onDemand   = catalog.InferenceOnDemand
	viaProfile = "INFERENCE_PROFILE"
)

// legacy is m with lifecycle dates, "" for none.
func legacy(m *catalog.FoundationModel, legacy, extended, end string) *catalog.FoundationModel {
	dated := *m
	dated.Lifecycle = catalog.Lifecycle{Status: catalog.StatusLegacy, Legacy: on(legacy), ExtendedAccess: on(extended), EndOfLife: on(end)}
	return &dated
}

func on(day string) time.Time {
	if day == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

func profile(geography, model string, regions ...string) *catalog.InferenceProfile {
	p := &catalog.InferenceProfile{
		ID: geography + "." + model, Name: geography + " " + model, Status: catalog.StatusActive,
		Type: catalog.TypeSystemDefined, Destinations: []catalog.Destination{},
	}
	for _, region := range regions {
		p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: model})
	}
	slices.SortFunc(p.Destinations, catalog.Destination.Compare)
	p.Destinations = slices.Compact(p.Destinations)
	return p
}

// global is the profile that runs anywhere, as region lists it.
func global(model, region string) *catalog.InferenceProfile {
	return profile("global", model, "", region)
}

func items(list ...catalog.Item) answer { return answer{items: list} }

// with adds to what every region, or the ones named, list.
func (w world) with(items []catalog.Item, regions ...string) world {
	next := world{}
	for region, a := range w {
		if len(regions) == 0 || slices.Contains(regions, region) {
			a.items = slices.Concat(a.items, items)
		}
		next[region] = a
	}
	return next
}

// without takes ids from what every region, or the ones named, list.
func (w world) without(ids []string, regions ...string) world {
	next := world{}
	for region, a := range w {
		if len(regions) == 0 || slices.Contains(regions, region) {
			a.items = slices.DeleteFunc(slices.Clone(a.items), func(i catalog.Item) bool { return slices.Contains(ids, i.Key()) })
		}
		next[region] = a
	}
	return next
}

// but replaces the answers of regions.
func (w world) but(a answer, regions ...string) world {
	next := world{}
	for region, was := range w {
		next[region] = was
	}
	for _, region := range regions {
		next[region] = a
	}
	return next
}
