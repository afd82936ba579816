package report

import (
	"cmp"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/ordered"
	"snapshotter/watch"
)

// Row is what happened to a model with its profiles and variants, or alike to
// several models: one line of the table that a report opens with.
type Row struct {
	Label  Label       `json:"label"`
	Effect diff.Effect `json:"effect"` // the gravest
	// Models are what it happened to, sorted by ID. A row about a profile that
	// routes to no known model names the profile, one about a watch rule that no
	// change explains names none.
	Models []Named `json:"models"`
	// What holds the events, the gravest first, and Regions where the first
	// happened.
	What    []Event  `json:"what"`
	Regions []string `json:"regions"`
	// Replacement is the first candidate to move to, for a model that is gone or
	// will be; nil if there is none. See [ask.Directory.Replacements].
	Replacement *ask.Replacement `json:"replacement,omitempty"`
	Breaks      []string         `json:"breaks,omitempty"`    // watch rules, sorted
	Satisfies   []string         `json:"satisfies,omitempty"` // watch rules, sorted
	// Rule is the watch rule that the row is about, "" if it is about models.
	Rule string `json:"rule,omitempty"`
	// Stories are those that the row joins, the gravest first.
	Stories []Reference `json:"stories"`

	stories []*Story // of Stories; set by [Report.link]
	rule    *watch.State
}

// Reference names a story of the report.
type Reference struct {
	What     Event        `json:"what"`
	Resource catalog.Kind `json:"resource"`
	ID       string       `json:"id"`
}

func (s *Story) reference() Reference { return Reference{s.Event, s.Subject.Resource, s.Subject.ID} }

// link gives every row the stories and the rule that it names, unless it has them: a
// report that is built may be written by several goroutines at the same time.
func (r *Report) link() {
	if slices.ContainsFunc(r.Rows, func(row Row) bool { return len(row.stories) < len(row.Stories) || row.Rule != "" && row.rule == nil }) {
		r.relink()
	}
}

// relink gives every row the stories and the rule that it names.
func (r *Report) relink() {
	stories := map[Reference]*Story{}
	for _, list := range [][]Story{r.ActOn, r.Good, r.Other} {
		for i := range list {
			stories[list[i].reference()] = &list[i]
		}
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.stories = nil
		for _, of := range row.Stories {
			row.stories = append(row.stories, stories[of])
		}
		row.rule = nil
		for j := range r.Watch {
			if r.Watch[j].Name == row.Rule {
				row.rule = &r.Watch[j]
			}
		}
	}
}

// Named is a model, or a profile without one, by ID and name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Label says what a row asks of its reader.
type Label string

const (
	Act   Label = "act"   // calls fail, or a watch rule is broken
	Plan  Label = "plan"  // a date is ahead
	Check Label = "check" // calls run elsewhere, or a model is off the list
	New   Label = "new"   // there is a new way to call
	Fine  Label = "good"  // something came back, or stays longer
)

func (r *Row) label() Label {
	switch {
	case len(r.Breaks) > 0, r.Effect == diff.Uncallable, r.Effect == diff.IDGone:
		return Act
	case r.Effect == diff.Ends, r.Effect == diff.MayCostMore, r.Effect == diff.TurnsLegacy:
		return Plan
	case r.Effect == diff.OffList, r.Effect == diff.RunsElsewhere:
		return Check
	case r.Effect == diff.Returned, r.Effect == diff.MoreTime:
		return Fine
	}
	return New
}

// rank orders rows: by what happens to a caller, a broken watch rule after an ID
// that is gone, and what is good by how new it is.
func (r *Row) rank() int {
	effects := diff.Effects()
	place := 2 * slices.Index(effects, r.Effect)
	gone := 2 * slices.Index(effects, diff.IDGone)
	if len(r.Breaks) > 0 {
		return min(place, gone+1)
	}
	if r.Effect.Significance() != diff.Good || len(r.What) == 0 {
		return place
	}
	good := 2 * len(effects)
	switch r.What[0] {
	case NewModel:
		return good
	case NewlyCallable:
		return good + 1
	case Back:
		return good + 2
	case EOLLater, EOLWithdrawn, ActiveAgain, LegacyDate, PriceDate:
		return good + 4
	}
	return good + 3
}

// rows joins the stories that matter by family, and families to which the same
// happened, the gravest first.
func (v *view) rows(stories []Story, states []watch.State) []Row {
	var weighty []*Story
	for i := range stories {
		if stories[i].Significance != diff.Minor {
			weighty = append(weighty, &stories[i])
		}
	}
	var rows []Row
	for _, same := range ordered.By(weighty, v.familyOf) {
		rows = append(rows, v.row(same.Key, same.Values, states))
	}
	rows = append(rows, ruleRows(rows, states)...)
	slices.SortStableFunc(rows, compareRows)
	joined := []Row{}
	for _, same := range ordered.By(rows, func(r Row) rowCells { return r.cells() }) {
		row := same.Values[0]
		for _, other := range same.Values[1:] {
			row.Models = append(row.Models, other.Models...)
			row.Stories = append(row.Stories, other.Stories...)
		}
		joined = append(joined, row)
	}
	return joined
}

func compareRows(a, b Row) int {
	return cmp.Or(
		cmp.Compare(a.rank(), b.rank()),
		-cmp.Compare(len(a.Regions), len(b.Regions)),
		cmp.Compare(a.date(), b.date()),
		slices.CompareFunc(a.Models, b.Models, func(a, b Named) int { return cmp.Compare(a.ID, b.ID) }),
	)
}

// familyOf returns the ID of the model that a story belongs to.
func (v *view) familyOf(s *Story) string {
	id := s.Subject.ID
	if s.Subject.Resource == catalog.KindInferenceProfile {
		for _, region := range slices.Concat(s.Regions, s.ListedIn) {
			if model := v.modelOf(id, region); model != "" {
				return v.families.Base(model)
			}
		}
	}
	return v.families.Base(id)
}

func (v *view) row(id string, stories []*Story, states []watch.State) Row {
	slices.SortStableFunc(stories, func(a, b *Story) int {
		return cmp.Or(diff.CompareEffects(a.Effect, b.Effect), cmp.Compare(a.Event.rank(), b.Event.rank()))
	})
	row := Row{Effect: stories[0].Effect, Models: []Named{v.family(id, stories)}, Regions: stories[0].affected(), stories: stories}
	for _, s := range stories {
		row.What = append(row.What, s.Event)
		row.Stories = append(row.Stories, s.reference())
		row.Breaks = union(row.Breaks, s.Breaks)
		row.Satisfies = union(row.Satisfies, s.satisfiedRules(states))
	}
	if row.Effect.Significance() != diff.Good {
		row.Replacement = v.replacement(id, row.Regions)
	}
	row.Label = row.label()
	return row
}

// family returns a family with the name of its model.
func (v *view) family(id string, stories []*Story) Named {
	for _, s := range stories {
		if s.Subject.ID == id {
			return Named{id, s.Subject.Name}
		}
	}
	if m := v.model(id, nil); m != nil {
		return Named{id, m.Name}
	}
	return Named{id, stories[0].Subject.Name}
}

// replacement returns the first candidate for a model from regions, nil if there
// is none.
func (v *view) replacement(id string, regions []string) *ask.Replacement {
	old := v.model(id, regions)
	if old == nil {
		return nil
	}
	return v.directory.Replacement(old, regions, v.replacements)
}

// model returns a model as head lists it in the first of regions or anywhere, else
// as base did, nil if none lists it.
func (v *view) model(id string, regions []string) *catalog.FoundationModel {
	for _, side := range []map[string]*catalog.Region{v.after, v.before} {
		for _, code := range slices.Concat(regions, sortedKeys(side)) {
			if m := regionIn(side, code).Models[id]; m != nil {
				return m
			}
		}
	}
	return nil
}

// affected returns the regions of the gravest part of a story.
func (s *Story) affected() []string {
	if s.Loss != nil && s.Effect == diff.Uncallable {
		if gone := union(s.Loss.Uncallable, s.Loss.Doubtful); len(gone) > 0 {
			return gone
		}
	}
	if s.Gain != nil && len(s.Gain.Routes) > 0 {
		var from []string
		for _, r := range s.Gain.Routes {
			if r.Access != catalog.Provisioned {
				from = append(from, r.From...)
			}
		}
		if len(from) > 0 {
			return union(from)
		}
	}
	return s.Regions
}

// date returns the date by which rows of equal weight are ordered, "" if none.
func (r *Row) date() string {
	for _, s := range r.stories {
		if s.Lifecycle == nil {
			continue
		}
		for _, c := range s.Lifecycle.Changes {
			if c.Field == diff.FieldEndOfLife && c.New != "" {
				return c.New
			}
		}
	}
	return ""
}

// satisfiedRules returns the rules that the story satisfied.
func (s *Story) satisfiedRules(states []watch.State) []string {
	var names []string
	for _, state := range states {
		if isNew(state) && slices.ContainsFunc(state.Ways, s.adds) {
			names = append(names, state.Name)
		}
	}
	return names
}

// ruleRows returns a row for each rule that was broken or satisfied in the
// comparison without a change that says so.
func ruleRows(rows []Row, states []watch.State) []Row {
	var more []Row
	for i := range states {
		state := &states[i]
		explained := slices.ContainsFunc(rows, func(r Row) bool {
			return slices.Contains(r.Breaks, state.Name) || slices.Contains(r.Satisfies, state.Name)
		})
		switch {
		case explained:
		case isBroken(*state):
			more = append(more, Row{Label: Act, Effect: diff.RunsElsewhere, Breaks: []string{state.Name}, Rule: state.Name, rule: state})
		case isNew(*state):
			more = append(more, Row{Label: New, Effect: diff.NewWay, Satisfies: []string{state.Name}, Rule: state.Name, rule: state})
		}
	}
	for i := range more {
		more[i].Models, more[i].What, more[i].Regions, more[i].Stories = []Named{}, []Event{}, []string{}, []Reference{}
	}
	return more
}
