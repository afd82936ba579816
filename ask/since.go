package ask

import (
	"cmp"
	"reflect"
	"slices"

	"snapshotter/catalog"
)

// Span is a stretch of runs over which an access path to a model held in a
// region, unchanged. A path that changes its destinations begins a new span
// where the old one ends.
type Span struct {
	Region string       `json:"region"`
	Path   catalog.Path `json:"path"`
	// After is the last run that read the list it rests on before it held, so
	// that it began between the two. It is nil where From was the first to read
	// that list: then it holds at least since From.
	After *catalog.RunRef `json:"after"`
	From  catalog.RunRef  `json:"from"` // the first run that saw it
	To    *catalog.RunRef `json:"to"`   // the first run that saw it no longer; nil while it holds
}

// Spans are the stretches over which each access path to model held, as of the
// run with the id asOf: later events do not count. Each history is of one item,
// by run: that of the model itself, and of every inference profile that ever
// routed to it. Spans come by region, then path as [catalog.Region.Paths] has
// them, then run.
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

// accessOrder is the order in which ways to call a model are told.
func accessOrder(p catalog.Path) int {
	return slices.Index([]catalog.Access{catalog.OnDemand, catalog.ViaProfile, catalog.Provisioned}, p.Access)
}

// pathKey tells apart the paths that one item can open: by destinations and
// status it is still the same one.
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

// pathsOf are the paths to model that one item opens where it is listed.
func pathsOf(model string, item catalog.Item) []catalog.Path {
	if item == nil {
		return nil
	}
	return catalog.NewRegion([]catalog.Item{item}).Paths(model)
}

// Held says since when something holds.
type Held struct {
	// After is the last run known to have seen it not hold, so that it began
	// between the two. It is nil where no run did: it holds at least since From.
	After *catalog.RunRef `json:"after"`
	// From is the first of the unbroken row of runs, up to the run asked about,
	// as of which it held.
	From catalog.RunRef `json:"from"`
}

// Since tells since when, without a break, the region has had any path that
// passes; false if it has none now. A path of a list that a run did not read
// counts as last confirmed. Where one path ended before another was seen, and
// the other's list was not read in between, nobody knows whether there was a
// break: From then is when the other was seen, and After lies before both.
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

// unbroken is the first of the runs, up to the last, as of each of which one of
// spans held.
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

// lastWithout is the last run before from that saw none of spans hold; nil if
// none did.
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

// mayHold reports whether nothing speaks against that the span held as of a run.
func (s Span) mayHold(run int64) bool {
	return s.end() > run && (s.After == nil || s.After.ID < run)
}

// end is the id of the run that no longer saw it, beyond all while it holds.
func (s Span) end() int64 {
	if s.To == nil {
		return int64(^uint64(0) >> 1)
	}
	return s.To.ID
}
