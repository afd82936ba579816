package lake

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"snapshotter/catalog"
)

// replay follows a history run by run and knows the state after each.
type replay struct {
	source   *Source
	events   []event   // that are still to come
	covered  []covered // likewise
	ordinal  int64
	before   catalog.Run      // the last one that was gone past
	snapshot catalog.Snapshot // of the public catalogue
	account  catalog.Snapshot // of the account's resources
	coverage map[catalog.Scope]*covered
	since    map[item]int64          // the run of an item's last event
	impacts  map[string]Impact       // by key
	paths    map[string][]AccessPath // by model, sorted; nil until they are needed
	presence *catalog.Presence
	regions  map[string]*catalog.Region // as the snapshot has them, where known
}

// item is a model or profile in a region.
type item struct {
	scope catalog.Scope
	key   string
}

func newReplay(s *Source) *replay {
	lists := s.Coverage
	if s.Private {
		lists = maps.Clone(lists)
		maps.Copy(lists, s.Resources)
	}
	return &replay{
		source: s, events: s.events(), covered: coveredBy(lists), coverage: map[catalog.Scope]*covered{}, since: map[item]int64{},
		regions: map[string]*catalog.Region{},
	}
}

// pass goes past a run without rows.
func (r *replay) pass(run catalog.Run) { r.step(run) }

// add goes past a run and adds its rows: what it changed or, if it is the first run of
// its month, everything.
func (r *replay) add(run catalog.Run, whole bool, rows *Rows) {
	found := run.Ref()
	if r.paths == nil {
		r.paths = map[string][]AccessPath{}
		r.refresh(slices.Values(r.models()), func(_, _ []AccessPath) {})
		r.impacts = r.impactsOf(r.before)
	}
	s := r.step(run)
	models := maps.Keys(s.models)
	if s.everyModel {
		models = slices.Values(r.models())
	}
	var now, gone Rows
	r.refresh(models, func(old, new []AccessPath) { addPaths(found, old, new, &now, &gone) })
	for _, c := range s.changes {
		addItem(found, c, &now, &gone)
	}
	for _, c := range s.covered {
		now.addCoverage(c, found)
	}
	r.addImpacts(run, &now, &gone)
	if whole {
		now = r.state(found)
	}
	rows.append(&now)
	rows.append(&gone)
	rows.Runs = append(rows.Runs, r.runRow(run))
	rows.ResourceRuns = append(rows.ResourceRuns, ResourceRun{run.ID, run.StartedAt})
	for _, c := range s.changes {
		if !c.kind.OfAccount() {
			rows.Changes = append(rows.Changes, changeRow(c))
		}
	}
}

// step is what a run did to the state.
type step struct {
	changes    []change
	covered    []*covered
	models     map[string]bool // whose ways to be called may differ
	everyModel bool
}

// change is an event with what the item was before it.
type change struct {
	*event
	before catalog.Item
	word   string
}

func (r *replay) step(run catalog.Run) step {
	s := step{models: map[string]bool{}}
	r.before = run
	if run.Status != catalog.RunFailed {
		r.ordinal++
	}
	for len(r.covered) > 0 && r.covered[0].From.ID <= run.ID {
		c := &r.covered[0]
		r.covered = r.covered[1:]
		// Whether a model's lists were ever read decides what is doubtful of any.
		if r.cover(c) && c.scope.Kind == catalog.KindFoundationModel {
			s.everyModel = true
		}
		s.covered = append(s.covered, c)
	}
	for len(r.events) > 0 && r.events[0].Run.ID <= run.ID {
		c := r.apply(&r.events[0])
		r.events = r.events[1:]
		for _, model := range append(modelsOf(c.before), modelsOf(c.Item)...) {
			s.models[model] = true
		}
		s.changes = append(s.changes, c)
	}
	if len(s.changes)+len(s.covered) > 0 {
		r.presence = nil
	}
	return s
}

// modelsOf are the models that an item is or routes to.
func modelsOf(item catalog.Item) []string {
	switch item := item.(type) {
	case *catalog.FoundationModel:
		return []string{item.ID}
	case *catalog.InferenceProfile:
		return item.Models()
	}
	return nil
}

// cover takes in how a list is read from now on, and reports whether it is read for the
// first time, or was never read.
func (r *replay) cover(c *covered) bool {
	r.coverage[c.scope] = c
	state := r.scope(c.scope)
	state.Outcome = c.Outcome
	before := state.Observed()
	if c.Outcome == catalog.Complete {
		state.Confirmed = &c.From
	}
	return !before
}

// scope is a scope of its snapshot, which gets it if it lacks it.
func (r *replay) scope(scope catalog.Scope) *catalog.ScopeState {
	in := &r.snapshot
	if scope.Kind.OfAccount() {
		in = &r.account
	}
	i, found := slices.BinarySearchFunc(in.Scopes, scope, func(a catalog.ScopeState, b catalog.Scope) int { return a.Scope.Compare(b) })
	if !found {
		in.Scopes = slices.Insert(in.Scopes, i, catalog.ScopeState{Scope: scope, Gone: map[string]catalog.RunRef{}})
	}
	return &in.Scopes[i]
}

// apply takes an event into the state, and says what it is as [store]'s view does.
func (r *replay) apply(e *event) change {
	state := r.scope(e.scope())
	at := item{e.scope(), e.key}
	i, found := slices.BinarySearchFunc(state.Items, e.key, func(a catalog.Item, key string) int { return cmp.Compare(a.Key(), key) })
	c := change{event: e}
	_, ever := r.since[at]
	r.since[at] = e.Run.ID
	delete(r.regions, e.Region)
	delete(state.Gone, e.key)
	switch {
	case e.Item == nil:
		c.word = "removed"
		state.Gone[e.key] = e.Run
		if found {
			c.before = state.Items[i]
			state.Items = slices.Delete(state.Items, i, i+1)
		}
		return c
	case found:
		c.word, c.before = "changed", state.Items[i]
		state.Items[i] = e.Item
		return c
	case ever:
		c.word = "reappeared"
	case e.After == nil:
		c.word = "baseline"
	default:
		c.word = "added"
	}
	state.Items = slices.Insert(state.Items, i, e.Item)
	return c
}

// models are those that can be called or were, by what the state says.
func (r *replay) models() []string {
	all := map[string]bool{}
	for model := range r.paths {
		all[model] = true
	}
	for _, scope := range r.snapshot.Scopes {
		for _, item := range scope.Items {
			for _, model := range modelsOf(item) {
				all[model] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// refresh works out anew how models are called, and calls compare with the ways of each
// before and now.
func (r *replay) refresh(models iter.Seq[string], compare func(old, now []AccessPath)) {
	if r.presence == nil {
		r.presence = catalog.NewPresence(&r.snapshot)
	}
	regions := r.snapshot.Regions()
	for _, region := range regions {
		if r.regions[region] == nil {
			r.regions[region] = r.snapshot.Region(region)
		}
	}
	for model := range models {
		var now []AccessPath
		for _, region := range regions {
			for _, path := range r.regions[region].Paths(model) {
				now = append(now, r.pathRow(region, model, path))
			}
		}
		compare(r.paths[model], now)
		r.paths[model] = now
	}
}

// pathRow is a path as a row without a run.
func (r *replay) pathRow(region, model string, path catalog.Path) AccessPath {
	row := AccessPath{
		Region: region, Model: model, Access: string(path.Access), ModelID: path.ModelID, Present: true,
		Destinations: path.Destinations, Callable: new(path.Callable()), Doubtful: new(r.presence.Doubtful(model, path.Destinations)),
	}
	if path.Access == catalog.ViaProfile {
		row.Geography = &path.Geography
	}
	return row
}

// state is everything that holds, as rows of a run.
func (r *replay) state(found catalog.RunRef) Rows {
	var rows Rows
	for _, covered := range r.coverage {
		rows.addCoverage(covered, found)
	}
	for _, impact := range r.impacts {
		impact.RunID, impact.RunAt = found.ID, found.At
		rows.Impacts = append(rows.Impacts, impact)
	}
	for _, paths := range r.paths {
		for _, path := range paths {
			rows.AccessPaths = append(rows.AccessPaths, path.of(found))
		}
	}
	for _, scope := range slices.Concat(r.snapshot.Scopes, r.account.Scopes) {
		for _, listed := range scope.Items {
			since := r.since[item{scope.Scope, listed.Key()}]
			switch listed := listed.(type) {
			case *catalog.FoundationModel:
				rows.Models = append(rows.Models, modelRow(found, scope.Region, since, listed))
				rows.LifecycleDates = append(rows.LifecycleDates, datesOf(found, scope.Region, listed)...)
			case *catalog.InferenceProfile:
				rows.Profiles = append(rows.Profiles, profileRow(found, scope.Region, since, listed))
			case *catalog.Resource:
				rows.Resources = append(rows.Resources, resourceRow(found, scope.Region, since, listed))
			}
		}
	}
	return rows
}

func (r *replay) runRow(run catalog.Run) Run {
	row := Run{
		ID: run.ID, StartedAt: run.StartedAt, FinishedAt: run.FinishedAt, Status: string(run.Status), Trigger: string(run.Trigger),
		CollectorVersion: run.CollectorVersion, Partition: run.Partition, Digest: run.Digest, Message: run.Message,
	}
	if run.Status != catalog.RunFailed {
		row.Ordinal = new(r.ordinal)
	}
	return row
}
