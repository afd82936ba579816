package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// Happening is an event in the past of a model or profile, in plain words. All of
// them may come from outside: whoever shows them makes them harmless.
type Happening struct {
	Run catalog.RunRef
	// After is the last run that found it otherwise; nil if none is known.
	After *catalog.RunRef
	Label Label // "" of what only tells what was read, and of what is minor
	What  string
}

// Happenings tells the past of a model or profile, one entry an event, by run. The
// chapters say what was there when a list was first read, and what was not read; the
// comparisons what changed.
func Happenings(past *ask.Past, chapters []ask.Chapter, comparisons []ask.Comparison, includes func(region string) bool) []Happening {
	only := &Only{Region: includes, Item: func(id string) bool {
		return slices.ContainsFunc(catalog.Kinds(), func(kind catalog.Kind) bool { return past.Covers(kind, id) })
	}}
	all := readings(past, chapters)
	for _, c := range comparisons {
		all = append(all, happened(past, Build(c.Result, c.Base, c.Head, Options{Only: only}))...)
	}
	slices.SortStableFunc(all, func(a, b Happening) int { return cmp.Compare(a.Run.ID, b.Run.ID) })
	return all
}

// happened tells what a report has of the items that it was made for.
func happened(past *ask.Past, r *Report) []Happening {
	var all []Happening
	r.link()
	for i := range r.Rows {
		row := &r.Rows[i]
		what := []string{markdown.Plain(row.ownID(row.cells().what)) + ": " + markdown.Plain(row.where())}
		if ids := markdown.Plain(row.ownID(row.concerned())); ids != "" && ids != row.Models[0].ID {
			what = append(what, ids)
		}
		if event := row.What[0]; event == NewModel || event == NewProfile {
			what = append(what, given(past, r.Head.ID)...)
		}
		all = append(all, Happening{r.Head.Ref(), earliest(row.stories), row.Label, strings.Join(what, "; ")})
	}
	var minor []*Story
	for i := range r.Other {
		minor = append(minor, &r.Other[i])
	}
	if len(minor) > 0 {
		var words []string
		for _, s := range minor {
			words = append(words, markdown.Plain(s.minorWords()))
		}
		all = append(all, Happening{r.Head.Ref(), earliest(minor), "", "minor: " + strings.Join(unique(words), "; ")})
	}
	return all
}

// given says when AWS says that it began, beside what runs can tell.
func given(past *ask.Past, run int64) []string {
	if start := past.Start(run); !start.IsZero() {
		return []string{"AWS gives " + catalog.Day(start) + " as its start"}
	}
	return nil
}

// minorWords says what happened, and to what, where nothing changed for a caller.
func (s *Story) minorWords() string {
	where := ": " + briefRegions(s.Regions)
	var ids []string
	switch {
	case s.Loss != nil:
		for _, l := range s.Loss.Lost {
			ids = append(ids, markdown.Code(l.ID))
		}
		return strings.Join(append([]string{"no longer listed"}, union(ids)...), " ") + where
	case s.Gain != nil:
		for _, route := range s.Gain.Routes {
			ids = append(ids, markdown.Code(route.ID))
		}
		return strings.Join(append([]string{"listed"}, union(ids)...), " ") + where
	}
	return strings.Join(unique(s.fieldNames()), ", ") + " of " + markdown.Code(s.Subject.ID) + where
}

// earliest returns the first run after which any of stories may have happened.
func earliest(stories []*Story) *catalog.RunRef {
	var first *catalog.RunRef
	for _, s := range stories {
		for _, found := range s.Found {
			if first == nil || found.After.ID < first.ID {
				first = &found.After
			}
		}
	}
	return first
}

// readings tells of lists that were first read, and of those that were not.
func readings(past *ask.Past, chapters []ask.Chapter) []Happening {
	id := past.ID
	var all []Happening
	for _, same := range ordered.By(chapters, func(c ask.Chapter) int64 { return c.Run.ID }) {
		var ids, regions, away []string
		var unread *ask.Unread
		for _, c := range same.Values {
			switch {
			case c.Event == ask.NowObserved:
				ids, regions = append(ids, c.ID), append(regions, c.Regions...)
			case c.Event == ask.NotRead:
				away, unread = append(away, c.Regions...), c.NotRead
			}
		}
		run := same.Values[0].Run
		if len(ids) > 0 {
			what := "on the list when it was first read: " + briefRegions(union(regions)) + "; " + markdown.Plain(strings.ReplaceAll(namedIDs(union(ids), id), ownMark, markdown.Code(id)))
			what = strings.Join(append([]string{what}, given(past, run.ID)...), "; ")
			all = append(all, Happening{Run: run, What: what})
		}
		if len(away) > 0 {
			all = append(all, Happening{Run: run, What: fmt.Sprintf("not read in %s up to %s (%s): %s", catalog.Counted(unread.Runs, "run"), catalog.Day(unread.To.At), unread.Outcome.Words(), briefRegions(union(away)))})
		}
	}
	return all
}

// namedIDs names the ID of a model and those of its profiles.
func namedIDs(ids []string, model string) string {
	var routes []Route
	for _, id := range ids {
		access := catalog.ViaProfile
		if id == model {
			access = catalog.OnDemand
		}
		routes = append(routes, Route{Access: access, ID: id})
	}
	return gainedIDs(routes, model)
}
