package lake

import (
	"cmp"
	"maps"
	"reflect"
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
	if r.paths == nil {
		r.paths = map[string][]AccessPath{}
		r.refresh(run.Ref(), slices.Values(r.models()), nil)
		r.impacts = r.impactsOf(r.before)
	}
	found := run.Ref()
	s := r.step(run)
	rows.Runs = append(rows.Runs, r.runRow(run))
	rows.ResourceRuns = append(rows.ResourceRuns, ResourceRun{run.ID, run.StartedAt})
	for _, c := range s.changes {
		if !c.kind.OfAccount() {
			rows.Changes = append(rows.Changes, changeRow(c))
		}
	}
	models := maps.Keys(s.models)
	if s.everyModel {
		models = slices.Values(r.models())
	}
	var lost Rows
	r.refresh(found, models, func(old, now []AccessPath) { addPaths(found, old, now, rows, &lost) })
	for _, c := range s.changes {
		r.addItem(found, c, rows, &lost)
	}
	for _, c := range s.covered {
		rows.addCoverage(c, found)
	}
	r.addImpacts(run, rows, &lost)
	if whole {
		r.addState(found, rows)
	}
	rows.Models = append(rows.Models, lost.Models...)
	rows.Profiles = append(rows.Profiles, lost.Profiles...)
	rows.AccessPaths = append(rows.AccessPaths, lost.AccessPaths...)
	rows.LifecycleDates = append(rows.LifecycleDates, lost.LifecycleDates...)
	rows.Resources = append(rows.Resources, lost.Resources...)
	rows.Impacts = append(rows.Impacts, lost.Impacts...)
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

// refresh works out anew how models are called, and calls differs with the ways before
// and now where they differ.
func (r *replay) refresh(found catalog.RunRef, models func(yield func(string) bool), differs func(old, now []AccessPath)) {
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
				now = append(now, r.pathRow(found, region, model, path))
			}
		}
		if differs != nil {
			differs(r.paths[model], now)
		}
		r.paths[model] = now
	}
}

func (r *replay) pathRow(found catalog.RunRef, region, model string, path catalog.Path) AccessPath {
	row := AccessPath{
		RunID: found.ID, RunAt: found.At, Region: region, Model: model, Access: string(path.Access), ModelID: path.ModelID, Present: true,
		Destinations: path.Destinations, Callable: new(path.Callable()), Doubtful: new(r.presence.Doubtful(model, path.Destinations)),
	}
	if path.Access == catalog.ViaProfile {
		row.Geography = &path.Geography
	}
	return row
}

// addPaths adds the ways to call a model that are new or differ, and those that are
// lost.
func addPaths(found catalog.RunRef, old, now []AccessPath, rows, lost *Rows) {
	before := map[AccessPathKey]AccessPath{}
	for _, path := range old {
		before[path.key()] = path
	}
	for _, path := range now {
		was, had := before[path.key()]
		delete(before, path.key())
		was.RunID, was.RunAt = path.RunID, path.RunAt
		if !had || !reflect.DeepEqual(was, path) {
			rows.AccessPaths = append(rows.AccessPaths, path)
		}
	}
	for key := range before {
		lost.AccessPaths = append(lost.AccessPaths, AccessPath{
			RunID: found.ID, RunAt: found.At, Region: key.Region, Model: key.Model, Access: key.Access, ModelID: key.ModelID,
		})
	}
}

// AccessPathKey is what makes an access path the same one in two runs.
type AccessPathKey struct{ Region, Model, Access, ModelID string }

func (p AccessPath) key() AccessPathKey { return AccessPathKey{p.Region, p.Model, p.Access, p.ModelID} }

// addItem adds what a change did to a model and its dates, or to a profile.
func (r *replay) addItem(found catalog.RunRef, c change, rows, lost *Rows) {
	switch c.kind {
	case catalog.KindFoundationModel:
		before, _ := c.before.(*catalog.FoundationModel)
		now, _ := c.Item.(*catalog.FoundationModel)
		if now != nil {
			rows.Models = append(rows.Models, modelRow(found, c.Region, found.ID, now))
		} else {
			lost.Models = append(lost.Models, Model{RunID: found.ID, RunAt: found.At, Region: c.Region, ID: c.key, SinceRunID: found.ID})
		}
		addDates(found, datesOf(found, c.Region, before), datesOf(found, c.Region, now), rows, lost)
	case catalog.KindInferenceProfile:
		if now, _ := c.Item.(*catalog.InferenceProfile); now != nil {
			rows.Profiles = append(rows.Profiles, profileRow(found, c.Region, found.ID, now))
		} else {
			lost.Profiles = append(lost.Profiles, Profile{RunID: found.ID, RunAt: found.At, Region: c.Region, ID: c.key, SinceRunID: found.ID})
		}
	default:
		if now, _ := c.Item.(*catalog.Resource); now != nil {
			rows.Resources = append(rows.Resources, resourceRow(found, c.Region, found.ID, now))
		} else {
			lost.Resources = append(lost.Resources, Resource{RunID: found.ID, RunAt: found.At, Region: c.Region, Kind: string(c.kind), ID: c.key, SinceRunID: found.ID})
		}
	}
}

func addDates(found catalog.RunRef, old, now []LifecycleDate, rows, lost *Rows) {
	before := map[string]LifecycleDate{}
	for _, date := range old {
		before[date.Event] = date
	}
	for _, date := range now {
		was, had := before[date.Event]
		delete(before, date.Event)
		if !had || !reflect.DeepEqual(was, date) {
			rows.LifecycleDates = append(rows.LifecycleDates, date)
		}
	}
	for _, date := range before {
		lost.LifecycleDates = append(lost.LifecycleDates, LifecycleDate{
			RunID: found.ID, RunAt: found.At, Region: date.Region, Model: date.Model, Event: date.Event,
		})
	}
}

// addState puts the whole state in place of what the run changed.
func (r *replay) addState(found catalog.RunRef, rows *Rows) {
	rows.Coverage, rows.Models, rows.Profiles = dropRun(rows.Coverage, found), dropRun(rows.Models, found), dropRun(rows.Profiles, found)
	rows.AccessPaths, rows.LifecycleDates = dropRun(rows.AccessPaths, found), dropRun(rows.LifecycleDates, found)
	rows.ResourceCoverage, rows.Resources, rows.Impacts = dropRun(rows.ResourceCoverage, found), dropRun(rows.Resources, found), dropRun(rows.Impacts, found)
	for _, covered := range r.coverage {
		rows.addCoverage(covered, found)
	}
	for _, impact := range r.impacts {
		impact.RunID, impact.RunAt = found.ID, found.At
		rows.Impacts = append(rows.Impacts, impact)
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
	for _, paths := range r.paths {
		for _, path := range paths {
			path.RunID, path.RunAt = found.ID, found.At
			rows.AccessPaths = append(rows.AccessPaths, path)
		}
	}
}

// dropRun leaves out the rows of a run, which are the last ones.
func dropRun[T row[T]](rows []T, run catalog.RunRef) []T {
	for len(rows) > 0 && rows[len(rows)-1].found().RunID == run.ID {
		rows = rows[:len(rows)-1]
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

func changeRow(c change) Change {
	row := Change{RunID: c.Run.ID, RunAt: c.Run.At, Region: c.Region, Kind: string(c.kind), ID: c.key, Change: c.word}
	if c.After != nil {
		row.AfterRunID = &c.After.ID
	}
	row.OldDocument, row.NewDocument = document(c.before), document(c.Item)
	return row
}

// document is an item as JSON, nil without one.
func document(item catalog.Item) *string {
	if item == nil {
		return nil
	}
	return new(string(catalog.Encode(item)))
}
