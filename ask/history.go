package ask

import (
	"maps"
	"slices"
	"sort"

	"snapshotter/catalog"
)

// Timeline is the recorded past of some items in one region. It builds the
// snapshots that a comparison needs from their events alone, so that years can
// be compared without reading everything that was ever listed.
type Timeline struct {
	region string
	tracks map[catalog.Kind]*track
}

// track is the part of a timeline that belongs to one list.
type track struct {
	covered []catalog.Interval
	keys    []string                   // sorted
	events  map[string][]catalog.Event // by key and run
}

// NewTimeline builds a timeline from how lists were covered, in all regions,
// and the events of items by kind and key, each in the order of runs.
func NewTimeline(region string, covered map[catalog.Scope][]catalog.Interval, events map[catalog.Kind]map[string][]catalog.Event) *Timeline {
	t := &Timeline{region: region, tracks: map[catalog.Kind]*track{}}
	for _, kind := range catalog.Kinds() {
		tr := &track{covered: covered[catalog.Scope{Region: region, Kind: kind}], events: map[string][]catalog.Event{}}
		for key, all := range events[kind] {
			for _, e := range all {
				if e.Region == region {
					tr.events[key] = append(tr.events[key], e)
				}
			}
		}
		tr.keys = slices.Sorted(maps.Keys(tr.events))
		t.tracks[kind] = tr
	}
	return t
}

// Turns returns the runs that may differ from the run before, sorted: those
// that found an event, and for each of these the next run that read all lists
// of the region, because what is callable rests on all of them.
func (t *Timeline) Turns() []int64 {
	turns := map[int64]bool{}
	for _, tr := range t.tracks {
		for _, events := range tr.events {
			for _, e := range events {
				turns[e.Run.ID] = true
				if joint := t.jointSince(e.Run.ID); joint != 0 {
					turns[joint] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(turns))
}

// jointSince returns the first run, from run on, that read all lists of the
// region, 0 if none did.
func (t *Timeline) jointSince(run int64) int64 {
	for {
		latest := run
		for _, tr := range t.tracks {
			read := tr.readSince(run)
			if read == 0 {
				return 0
			}
			latest = max(latest, read)
		}
		if latest == run {
			return run
		}
		run = latest
	}
}

// At returns the snapshot as of a recorded run, with only these items and this
// region.
func (t *Timeline) At(run catalog.RunRef) *catalog.Snapshot {
	s := &catalog.Snapshot{Run: catalog.Run{ID: run.ID, StartedAt: run.At}}
	for _, kind := range catalog.Kinds() {
		tr := t.tracks[kind]
		i := tr.interval(run.ID)
		if i < 0 {
			continue
		}
		state := catalog.ScopeState{
			Scope: catalog.Scope{Region: t.region, Kind: kind}, Outcome: tr.covered[i].Outcome,
			Confirmed: tr.confirmed(run),
		}
		state.Items, state.Gone = tr.held(run.ID)
		s.Scopes = append(s.Scopes, state)
	}
	if joint, apart := t.joint(run); apart {
		s.Together = map[string]*catalog.Joint{t.region: joint}
	}
	return s
}

// joint returns what the last run, up to run, that read all lists found, nil if
// none did, and whether different runs last read the lists.
func (t *Timeline) joint(run catalog.RunRef) (_ *catalog.Joint, apart bool) {
	for {
		earliest, alike := run, true
		for n, kind := range catalog.Kinds() {
			confirmed := t.tracks[kind].confirmed(run)
			if confirmed == nil {
				return nil, true
			}
			alike = alike && (n == 0 || confirmed.ID == earliest.ID)
			if confirmed.ID < earliest.ID || n == 0 {
				earliest = *confirmed
			}
		}
		if alike {
			return t.listedBy(earliest), apart
		}
		run, apart = earliest, true
	}
}

func (t *Timeline) listedBy(run catalog.RunRef) *catalog.Joint {
	joint := &catalog.Joint{Run: run}
	for _, kind := range catalog.Kinds() {
		items, _ := t.tracks[kind].held(run.ID)
		joint.Items = append(joint.Items, items...)
	}
	return joint
}

// interval returns the index of the interval that contains a run, -1 if no run
// up to it named the list.
func (tr *track) interval(run int64) int {
	return sort.Search(len(tr.covered), func(i int) bool { return tr.covered[i].From.ID > run }) - 1
}

// confirmed returns the last run, up to run, that read the list, nil if none
// did.
func (tr *track) confirmed(run catalog.RunRef) *catalog.RunRef {
	for i := tr.interval(run.ID); i >= 0; i-- {
		if span := tr.covered[i]; span.Outcome == catalog.Complete {
			if span.To.ID < run.ID {
				return &span.To
			}
			return &run
		}
	}
	return nil
}

// readSince returns the first run, from run on, that read the list, 0 if none
// did.
func (tr *track) readSince(run int64) int64 {
	for _, span := range tr.covered[max(0, tr.interval(run)):] {
		if span.Outcome == catalog.Complete && span.To.ID >= run {
			return max(span.From.ID, run)
		}
	}
	return 0
}

// held returns the items as of a run, sorted, and the runs that found others
// gone.
func (tr *track) held(run int64) (items []catalog.Item, gone map[string]catalog.RunRef) {
	for _, key := range tr.keys {
		events := tr.events[key]
		n := sort.Search(len(events), func(i int) bool { return events[i].Run.ID > run })
		if n == 0 {
			continue
		}
		if last := events[n-1]; last.Item != nil {
			items = append(items, last.Item)
		} else {
			if gone == nil {
				gone = map[string]catalog.RunRef{}
			}
			gone[key] = last.Run
		}
	}
	return items, gone
}
