package ask

import (
	"cmp"
	"reflect"
	"slices"

	"snapshotter/catalog"
)

// Span is a stretch of runs over which an access path to a model held in a
// region, unchanged. If the destinations change, a new span starts where the
// old one ends.
type Span struct {
	Region string       `json:"region"`
	Path   catalog.Path `json:"path"`
	// After is the last run that read the path's list before the path held, so
	// that it began between the two. It is nil if From was the first run to
	// read that list: then the path has held at least since From.
	After *catalog.RunRef `json:"after"`
	From  catalog.RunRef  `json:"from"` // the first run that saw it
	To    *catalog.RunRef `json:"to"`   // the first run that saw it no longer; nil while it holds
}

// Spans returns the stretches over which each access path to model held, as of
// the run asOf: later events do not count. Each history is that of one item, in
// the order of runs: the model itself, and every inference profile that ever
// routed to it. Spans are sorted by region, then path as in
// [catalog.Region.Paths], then run.
func Spans(model string, asOf int64, histories ...[]catalog.Event) []Span {
	var spans []Span
	for _, history := range histories {
		spans = append(spans, spansOf(model, asOf, history)...)
	}
	slices.SortStableFunc(spans, func(a, b Span) int {
		return cmp.Or(
			cmp.Compare(a.Region, b.Region),
			cmp.Compare(accessOrder(a.Path), accessOrder(b.Path)),
			cmp.Compare(a.Path.ModelID, b.Path.ModelID),
			cmp.Compare(a.From.ID, b.From.ID))
	})
	return spans
}

// accessOrder is the order in which ways to call a model are shown.
func accessOrder(p catalog.Path) int {
	return slices.Index([]catalog.Access{catalog.OnDemand, catalog.ViaProfile, catalog.Provisioned}, p.Access)
}

// pathKey identifies the paths that one item can open; other destinations or
// another status do not make another path.
type pathKey struct {
	region string
	access catalog.Access
}

// spansOf follows one item.
func spansOf(model string, asOf int64, history []catalog.Event) []Span {
	var spans []Span
	open := map[pathKey]int{} // index of the span that holds
	for _, event := range history {
		if event.Run.ID > asOf {
			break
		}
		paths := pathsOf(model, event.Item)
		for _, access := range []catalog.Access{catalog.OnDemand, catalog.ViaProfile, catalog.Provisioned} {
			key := pathKey{event.Region, access}
			i, holds := open[key]
			at := slices.IndexFunc(paths, func(p catalog.Path) bool { return p.Access == access })
			if holds && at >= 0 && reflect.DeepEqual(spans[i].Path, paths[at]) {
				continue
			}
			if holds {
				spans[i].To = &event.Run
				delete(open, key)
			}
			if at >= 0 {
				open[key] = len(spans)
				spans = append(spans, Span{Region: event.Region, Path: paths[at], After: event.After, From: event.Run})
			}
		}
	}
	return spans
}

// pathsOf returns the paths to model that one item opens where it is listed.
func pathsOf(model string, item catalog.Item) []catalog.Path {
	if item == nil {
		return nil
	}
	return catalog.NewRegion([]catalog.Item{item}).Paths(model)
}

// Held says since when something holds.
type Held struct {
	// After is the last run as of which it did not hold, so that it began
	// between the two. It is nil if there is none: then it has held at least
	// since From.
	After *catalog.RunRef `json:"after"`
	// From is the first of the consecutive runs, up to the given one, as of
	// which it held.
	From catalog.RunRef `json:"from"`
}

// Since returns since when, without a break, the region has had any path that
// passes; false if it has none now. The paths of a list that a run did not read
// count as last confirmed. If one path ended before another was seen, and the
// other's list was not read in between, nobody knows whether there was a break:
// then From is when the other was seen, and After is before both.
func Since(spans []Span, region string, passes func(catalog.Path) bool) (Held, bool) {
	var passing []Span
	for _, s := range spans {
		if s.Region == region && passes(s.Path) {
			passing = append(passing, s)
		}
	}
	from, ok := unbroken(passing)
	if !ok {
		return Held{}, false
	}
	return Held{After: lastWithout(passing, from), From: from}, true
}

// unbroken returns the first of the consecutive runs, up to the last, as of
// each of which one of spans held.
func unbroken(spans []Span) (from catalog.RunRef, ok bool) {
	spans = slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return -cmp.Compare(a.end(), b.end()) })
	for _, s := range spans {
		switch {
		case !ok && s.To == nil:
			from, ok = s.From, true
		case ok && s.From.ID < from.ID && s.end() >= from.ID:
			from = s.From
		}
	}
	return from, ok
}

// lastWithout returns the last run before from as of which none of spans held;
// nil if there is none.
func lastWithout(spans []Span, from catalog.RunRef) *catalog.RunRef {
	run := &from
	for earlier := true; earlier; {
		earlier = false
		for _, s := range spans {
			if s.mayHold(run.ID) {
				if s.After == nil {
					return nil
				}
				run, earlier = s.After, true
			}
		}
	}
	return run
}

// mayHold reports whether the span may have held as of a run.
func (s Span) mayHold(run int64) bool {
	return s.end() > run && (s.After == nil || s.After.ID < run)
}

// end returns the ID of the run that found it gone, beyond all runs while it
// holds.
func (s Span) end() int64 {
	if s.To == nil {
		return int64(^uint64(0) >> 1)
	}
	return s.To.ID
}
