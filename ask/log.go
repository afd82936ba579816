package ask

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Log is a whole history, read once for the answers about everything in it. It is a
// [History], and may be used by several goroutines at once.
type Log struct {
	head    *catalog.Snapshot
	runs    []catalog.RunRef // recorded, in order
	place   map[int64]int    // in runs
	events  map[catalog.Kind]map[string][]catalog.Event
	covered map[catalog.Scope][]catalog.Interval
	regions []string
	routing map[string][]string // the profiles that ever routed to a model, sorted
	parts   map[item]*part
	all     []*part
}

type item struct {
	kind catalog.Kind
	key  string
}

// part is the models and profiles that ever had to do with one another: what
// happened to one of them rests on no other.
type part struct {
	events  map[catalog.Kind]map[string][]catalog.Event
	compare sync.Once
	changes []diff.Change
}

// NewLog joins what was recorded: the snapshot of the newest recorded run, complete;
// the runs that recorded something, in order; the events of items, by kind and key,
// each in the order of runs; and how lists were covered.
func NewLog(head *catalog.Snapshot, runs []catalog.Run, events map[catalog.Kind]map[string][]catalog.Event, covered map[catalog.Scope][]catalog.Interval) *Log {
	l := &Log{head: head, events: events, covered: covered, place: map[int64]int{}, routing: map[string][]string{}, parts: map[item]*part{}}
	for i, run := range runs {
		l.runs, l.place[run.ID] = append(l.runs, run.Ref()), i
	}
	for scope := range covered {
		l.regions = append(l.regions, scope.Region)
	}
	slices.Sort(l.regions)
	l.regions = slices.Compact(l.regions)
	routes := map[string][]string{} // models by profile
	for _, id := range slices.Sorted(maps.Keys(events[catalog.KindInferenceProfile])) {
		routes[id] = routedTo(events[catalog.KindInferenceProfile][id])
		for _, model := range routes[id] {
			l.routing[model] = append(l.routing[model], id)
		}
	}
	for _, kind := range catalog.Kinds() {
		for _, key := range slices.Sorted(maps.Keys(events[kind])) {
			if l.parts[item{kind, key}] == nil {
				p := &part{events: map[catalog.Kind]map[string][]catalog.Event{}}
				l.gather(p, routes, item{kind, key})
				l.all = append(l.all, p)
			}
		}
	}
	return l
}

// gather adds to a part an item and all that it has to do with.
func (l *Log) gather(p *part, routes map[string][]string, i item) {
	if l.parts[i] != nil {
		return
	}
	l.parts[i] = p
	if p.events[i.kind] == nil {
		p.events[i.kind] = map[string][]catalog.Event{}
	}
	p.events[i.kind][i.key] = l.events[i.kind][i.key]
	models := routes[i.key]
	if i.kind == catalog.KindFoundationModel {
		for _, profile := range l.routing[i.key] {
			l.gather(p, routes, item{catalog.KindInferenceProfile, profile})
		}
		models = catalog.PossibleBases(i.key)
	}
	for _, model := range models {
		l.gather(p, routes, item{catalog.KindFoundationModel, model})
	}
}

// Head is the snapshot of the newest recorded run.
func (l *Log) Head() *catalog.Snapshot { return l.head }

// Snapshot returns the newest recorded run's snapshot, whatever run is named.
func (l *Log) Snapshot(context.Context, int64) (*catalog.Snapshot, error) { return l.head, nil }

// History is that of [History].
func (l *Log) History(_ context.Context, kind catalog.Kind, key string) ([]catalog.Event, error) {
	return l.events[kind][key], nil
}

// Keys is that of [History].
func (l *Log) Keys(_ context.Context, kind catalog.Kind) ([]string, error) {
	return slices.Sorted(maps.Keys(l.events[kind])), nil
}

// ProfilesRoutingTo is that of [History].
func (l *Log) ProfilesRoutingTo(_ context.Context, model string) ([]string, error) {
	return l.routing[model], nil
}

// Coverage is that of [History]. The caller must not change it.
func (l *Log) Coverage(_ context.Context, regions []string) (map[catalog.Scope][]catalog.Interval, error) {
	if regions == nil {
		return l.covered, nil
	}
	chosen := map[catalog.Scope][]catalog.Interval{}
	for _, region := range regions {
		for _, kind := range catalog.Kinds() {
			scope := catalog.Scope{Region: region, Kind: kind}
			if intervals, found := l.covered[scope]; found {
				chosen[scope] = intervals
			}
		}
	}
	return chosen, nil
}

// Steps is that of [History].
func (l *Log) Steps(_ context.Context, runs []int64) (map[int64]catalog.Step, error) {
	steps := map[int64]catalog.Step{}
	for _, id := range runs {
		if i, found := l.place[id]; found && i > 0 {
			steps[id] = catalog.Step{Before: l.runs[i-1], Run: l.runs[i]}
		}
	}
	return steps, nil
}

// Past returns the past of a model or a profile, and its chapters in all regions: see
// [Past.Chapters].
func (l *Log) Past(ctx context.Context, kind catalog.Kind, id string) (*Past, []Chapter, error) {
	p, err := ReadPast(ctx, l, kind, id)
	if err != nil || p.Empty() {
		return p, []Chapter{}, err
	}
	everywhere := func(string) bool { return true }
	covered, err := p.coverage(ctx, l, everywhere)
	if err != nil {
		return nil, nil, err
	}
	return p, p.chapters(covered, l.changesOf(l.parts[item{kind, id}]), 0, everywhere), nil
}

// Changes returns what every run found against the run before, by the ID of the run;
// the changes of a run are in no order that means anything.
func (l *Log) Changes() map[int64][]diff.Change {
	var next atomic.Int64
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(l.all); i = int(next.Add(1)) - 1 {
				l.changesOf(l.all[i])
			}
		})
	}
	working.Wait()
	byRun := map[int64][]diff.Change{}
	for _, p := range l.all {
		for _, change := range l.changesOf(p) {
			byRun[change.By.ID] = append(byRun[change.By.ID], change)
		}
	}
	return byRun
}

// regions are those that ever listed any of it, and those that its profiles ever routed
// to: what happened to it rests on no other.
func (p *part) regions(all []string) []string {
	concerned := map[string]bool{}
	for _, byKey := range p.events {
		for _, events := range byKey {
			for _, e := range events {
				concerned[e.Region] = true
				profile, ok := e.Item.(*catalog.InferenceProfile)
				if !ok {
					continue
				}
				for _, d := range profile.Destinations {
					if d.Region == "" {
						return all // it may be any
					}
					concerned[d.Region] = true
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(region string) bool { return !concerned[region] })
}

// changesOf compares the runs of a part, once.
func (l *Log) changesOf(p *part) []diff.Change {
	p.compare.Do(func() {
		lines := timelines(p.regions(l.regions), l.covered, p.events)
		steps, _ := l.Steps(context.Background(), turnsOf(lines)) // from memory: never an error
		p.changes = changesOf(compareTurns(lines, 0, steps))
	})
	return p.changes
}

// Models returns the models that were ever listed or routed to, sorted.
func (l *Log) Models() []string { return l.ids(catalog.KindFoundationModel) }

// Profiles returns the profiles that were ever listed, sorted.
func (l *Log) Profiles() []string { return l.ids(catalog.KindInferenceProfile) }

func (l *Log) ids(kind catalog.Kind) []string {
	var ids []string
	for i, p := range l.parts {
		if i.kind == kind && (p.events[kind][i.key] != nil || l.routing[i.key] != nil) {
			ids = append(ids, i.key)
		}
	}
	slices.Sort(ids)
	return ids
}
