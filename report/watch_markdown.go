package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/watch"
)

// waysShown is how many ways of a rule its line names. More are counted and
// folded below.
const waysShown = 3

// watch writes the state of each rule.
func (p *page) watch(states []watch.State, today time.Time) {
	if len(states) == 0 {
		return
	}
	p.paragraph(fmt.Sprintf("## Watch rules (%d)", len(states)))
	var f watchFolds
	var rows [][]string
	for _, s := range states {
		rows = append(rows, []string{markdown.Code(s.Name), standingOf(s, today), f.detail(s)})
	}
	p.table([]string{"Rule", "State", "Detail"}, rows)
	p.folded(f.folds)
	if len(f.ways) > 0 {
		p.details("IDs to call", func() { p.bullets(f.ways) })
	}
}

// watchInBrief returns the states of the rules on a day when none changed.
func (r *Report) watchInBrief() []string {
	if len(r.Watch) == 0 {
		return nil
	}
	var parts []string
	for _, one := range standing {
		var names []string
		for _, s := range r.Watch {
			if standing[stand(s)].words == one.words {
				names = append(names, markdown.Code(s.Name))
			}
		}
		switch {
		case len(names) == 0:
		case len(r.Watch) > rollUpOver:
			parts = append(parts, fmt.Sprintf("%d %s", len(names), one.words))
		default:
			parts = append(parts, one.words+": "+strings.Join(names, ", "))
		}
	}
	return []string{"Watch rules " + strings.Join(parts, "; ") + "."}
}

// standingOf returns the rule's state and since when it holds. For a waiting rule
// it is how many days its models could have been called otherwise.
func standingOf(s watch.State, today time.Time) string {
	state := standing[stand(s)]
	words := state.words
	switch {
	case s.Since == nil || s.New:
	case s.Status != watch.Waiting:
		words += sinceWords(s)
	case days(s.Since.From.At, today) > 0:
		words += ", " + catalog.Counted(days(s.Since.From.At, today), "day")
		if s.Since.After == nil {
			words += " or more"
		}
	}
	if state.loud {
		return "**" + words + "**"
	}
	return words
}

// watchFolds collects the lists that lines count instead of naming.
type watchFolds struct {
	folds
	ways []string
}

// detail returns the IDs to call and where to call from, or what prevents it.
func (f *watchFolds) detail(s watch.State) string {
	detail := f.fact(s)
	if s.Note != "" {
		detail += " (" + markdown.Text(s.Note) + ")"
	}
	return detail
}

func (f *watchFolds) fact(s watch.State) string {
	return watchFact(s, func(ways []watch.Way) string { return f.list(s, ways) }, func(lists []watch.Unread) string {
		return f.unread("Not read for "+markdown.Code(s.Name), lists)
	})
}

// unread names lists: "eu-west-1, eu-west-2 profiles not read".
func (f *watchFolds) unread(label string, lists []watch.Unread) string {
	regions := map[catalog.Kind][]string{}
	for _, u := range lists {
		regions[u.Kind] = append(regions[u.Kind], u.Region)
	}
	models, profiles := regions[catalog.KindFoundationModel], regions[catalog.KindInferenceProfile]
	if slices.Equal(models, profiles) {
		return f.regions(label, models) + " not read"
	}
	var parts []string
	for _, kind := range catalog.Kinds() {
		if list := regions[kind]; len(list) > 0 {
			parts = append(parts, f.regions(label+", "+kind.Words()+"s", list)+" "+kind.Words()+"s not read")
		}
	}
	return strings.Join(parts, ", ")
}

// list names each way, or counts them and folds the list.
func (f *watchFolds) list(s watch.State, ways []watch.Way) string {
	if len(ways) <= waysShown {
		var shown []string
		for _, w := range ways {
			shown = append(shown, way(w, f.regions(markdown.Code(w.ID)+" for "+markdown.Code(s.Name), w.From)))
		}
		return strings.Join(shown, "; ")
	}
	var from []string
	for _, w := range ways {
		f.ways = append(f.ways, markdown.Code(s.Name)+": "+way(w, named(w.From)))
		from = append(from, w.From...)
	}
	return catalog.Counted(len(ways), "id") + " from " + f.regions("Call from for "+markdown.Code(s.Name), union(from))
}

func way(w watch.Way, from string) string {
	text := from + ": " + markdown.Code(w.ID)
	if len(w.Beyond) > 0 {
		text += ", which may run in " + named(w.Beyond)
	}
	return text
}
