package report

import (
	"cmp"
	"slices"

	"snapshotter/watch"
)

func isBroken(s watch.State) bool { return s.Status == watch.Broken }
func isNew(s watch.State) bool    { return s.New }

// standing is how rules may stand, weightiest first.
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

// stand is the place of a state in standing.
func stand(s watch.State) int {
	for i, one := range standing {
		if one.is(s) {
			return i
		}
	}
	return len(standing) - 1 // no state is none of them
}

// weighed are the states, weightiest first, then by the rule's name.
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

// watchNews heads the title: what a user asked to be told of comes first.
func (r *Report) watchNews() []string {
	var news []string
	if n := r.Counts.Broken; n > 0 {
		news = append(news, plural(n, "watch rule")+" broken")
	}
	if n := r.Counts.Satisfied; n > 0 {
		news = append(news, plural(n, "watch rule")+" satisfied")
	}
	return news
}
