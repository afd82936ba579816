package report

import (
	"cmp"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/watch"
)

func isBroken(s watch.State) bool { return s.Status == watch.Broken }
func isNew(s watch.State) bool    { return s.New }

// standing lists the states of a rule, the most significant first.
var standing = []struct {
	is    func(watch.State) bool
	words string
	loud  bool
}{
	{isBroken, "broken now", true},
	{isNew, "satisfied now", true},
	{status(watch.Outside), "outside its places", true},
	{status(watch.NotObservable), "not observable", false},
	{status(watch.Waiting), "waiting", false},
	{status(watch.Satisfied), "satisfied", false},
}

func status(status watch.Status) func(watch.State) bool {
	return func(s watch.State) bool { return s.Status == status }
}

// stand returns the index of a state in standing.
func stand(s watch.State) int {
	for i, one := range standing {
		if one.is(s) {
			return i
		}
	}
	return len(standing) - 1 // no state is none of them
}

// weighed sorts states by significance, then by name.
func weighed(states []watch.State) []watch.State {
	sorted := append([]watch.State{}, states...)
	slices.SortStableFunc(sorted, func(a, b watch.State) int {
		return cmp.Or(cmp.Compare(stand(a), stand(b)), cmp.Compare(a.Name, b.Name))
	})
	return sorted
}

func (r *Report) countWatch(is func(watch.State) bool) int {
	count := 0
	for _, s := range r.Watch {
		if is(s) {
			count++
		}
	}
	return count
}

// brokenRules returns the rules that the story broke: it removed or rerouted a
// way that satisfied the rule, or added one that a guarding rule forbids.
func (s *Story) brokenRules(states []watch.State) []string {
	var names []string
	for _, state := range states {
		if isBroken(state) && (slices.ContainsFunc(state.Lost, s.removes) || slices.ContainsFunc(state.Outside, s.adds)) {
			names = append(names, state.Name)
		}
	}
	return names
}

func (s *Story) removes(way watch.Way) bool {
	if s.Loss == nil {
		return s.rerouted(way)
	}
	return s.Subject.ID == way.Model && meet(s.Loss.Uncallable, way.From) ||
		slices.ContainsFunc(s.Loss.Lost, func(lost LostRoute) bool { return lost.ID == way.ID && meet(lost.From, way.From) })
}

func (s *Story) adds(way watch.Way) bool {
	return s.rerouted(way) || s.Gain != nil && slices.ContainsFunc(s.Gain.Routes, func(route Route) bool {
		return route.ID == way.ID && meet(route.From, way.From)
	})
}

func (s *Story) rerouted(way watch.Way) bool {
	return s.Routing != nil && s.Subject.ID == way.ID && slices.ContainsFunc(s.Routing.Changes, func(change RouteChange) bool {
		return meet(change.From, way.From)
	})
}

// meet reports whether two lists share an element.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(one string) bool { return slices.Contains(b, one) })
}

// watchFact returns what satisfies a rule or prevents it. The functions list and
// unread format ways and lists.
func watchFact(s watch.State, list func([]watch.Way) string, unread func([]watch.Unread) string) string {
	switch {
	case s.Status == watch.NotObservable:
		return watchUnobserved(s, list, unread)
	case len(s.Outside) > 0:
		return list(s.Outside)
	case s.Status == watch.Broken:
		return "no longer " + list(s.Lost)
	case s.Status == watch.Satisfied:
		return list(s.Ways)
	case len(s.Otherwise) > 0:
		return "can be called otherwise" + sinceWords(s) + ": " + list(s.Otherwise)
	}
	return "nothing can call it yet"
}

// sinceWords returns since when a rule has its status, as far as known.
func sinceWords(s watch.State) string {
	switch {
	case s.Since == nil:
		return ""
	case s.Since.After == nil:
		return " since " + catalog.Day(s.Since.From.At) + " or before"
	}
	return " since " + catalog.Day(s.Since.From.At)
}

// watchUnobserved returns which lists were not read, and what they last held.
func watchUnobserved(s watch.State, list func([]watch.Way) string, unread func([]watch.Unread) string) string {
	var detail string
	switch {
	case s.Unsaid:
		return "a list no longer says whether it can be called"
	case len(s.Unread) > 0:
		detail = unread(s.Unread)
	case s.Was == "":
		return "no list of its regions was ever read"
	default:
		detail = "a list that was never read may satisfy it"
	}
	switch {
	case len(s.Carried) > 0 && s.Was == watch.Satisfied:
		detail += "; when last read it was satisfied, " + list(s.Carried)
	case len(s.Outside) > 0:
		detail += "; when last read, " + list(s.Outside)
	case s.Was == watch.Waiting:
		detail += "; was waiting when last read"
	}
	return detail
}

// Satisfied returns one line of plain text for each rule that is satisfied and
// was not at base, with the IDs to call.
func (r *Report) Satisfied() []string { return r.watchLines(isNew) }

func (r *Report) watchLines(is func(watch.State) bool) []string {
	var lines []string
	for _, s := range r.Watch {
		if is(s) {
			lines = append(lines, "Watch rule "+s.Name+" "+standing[stand(s)].words+": "+WatchDetail(s))
		}
	}
	return lines
}

// WatchDetail returns as plain text what satisfies a rule or prevents it. Text
// from outside is not escaped.
func WatchDetail(s watch.State) string {
	return watchFact(s, plainWays, func(lists []watch.Unread) string {
		regions := map[catalog.Kind][]string{}
		for _, u := range lists {
			regions[u.Kind] = append(regions[u.Kind], u.Region)
		}
		var parts []string
		for _, kind := range catalog.Kinds() {
			if list := regions[kind]; len(list) > 0 {
				parts = append(parts, kind.Words()+"s of "+strings.Join(list, ", ")+" not read")
			}
		}
		return strings.Join(parts, "; ")
	})
}

func plainWays(ways []watch.Way) string {
	var parts []string
	for _, w := range ways {
		part := w.ID + " from " + strings.Join(w.From, ", ")
		if len(w.Beyond) > 0 {
			var beyond []string
			for _, region := range w.Beyond {
				beyond = append(beyond, catalog.RegionWords(region))
			}
			part += " may run in " + strings.Join(beyond, ", ")
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
