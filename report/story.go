package report

import (
	"cmp"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/ordered"
)

// Story is one event of one model or profile, in all regions where it happened.
// Exactly one of Gain, Loss, Lifecycle, Routing and Fields is set.
type Story struct {
	Event        Event             `json:"what"`
	Effect       diff.Effect       `json:"effect"`       // the gravest of its changes
	Significance diff.Significance `json:"significance"` // follows from Effect
	Subject      Subject           `json:"subject"`
	Regions      []string          `json:"regions"` // where any of it happened
	// ListedIn are the regions that list the subject in head. Unread are those of
	// them whose list head's run did not read, so that its present state is not
	// known.
	ListedIn []string    `json:"listed_in"`
	Unread   []Confirmed `json:"unread,omitempty"`
	// Found holds the runs between which it happened.
	Found []Interval `json:"found"`
	// Elsewhere are the regions outside the reader's choice where the like happened.
	Elsewhere []string `json:"elsewhere,omitempty"`
	// Breaks are the names of the watch rules that it broke, sorted.
	Breaks []string `json:"breaks,omitempty"`

	Gain      *Gain        `json:"gain,omitempty"`
	Loss      *Loss        `json:"loss,omitempty"`
	Lifecycle *Lifecycle   `json:"lifecycle,omitempty"`
	Routing   *Routing     `json:"routing,omitempty"`
	Fields    []FieldGroup `json:"fields,omitempty"`
}

// Subject is the model or profile of a story.
type Subject struct {
	Resource catalog.Kind `json:"resource"`
	ID       string       `json:"id"`
	Name     string       `json:"name,omitempty"`
	Provider string       `json:"provider,omitempty"`
	Input    []string     `json:"input_modalities,omitempty"`
	Output   []string     `json:"output_modalities,omitempty"`
}

// Interval is a pair of runs between which something happened in Regions. Late is
// set if they are not the two runs compared: a list was not read for a while, and
// the first run that read it again found the change.
type Interval struct {
	After   catalog.RunRef `json:"after"`
	By      catalog.RunRef `json:"by"`
	Regions []string       `json:"regions"`
	Late    bool           `json:"late"`
}

// Confirmed is the run that last read a region's list completely.
type Confirmed struct {
	Region string         `json:"region"`
	Run    catalog.RunRef `json:"run"`
}

// theme is the subject matter of a story. Changes with the same theme and subject
// are one story.
type theme int

const (
	gain theme = iota
	loss
	lifecycle
	routing
	fields
)

type key struct {
	theme   theme
	subject catalog.Kind
	id      string
}

// piece is a change, or one field of a change.
type piece struct {
	*diff.Change
	field *diff.FieldChange
}

func (p piece) effect() diff.Effect {
	if p.field != nil {
		return p.field.Effect
	}
	return p.Effect
}

// ofCallable reports whether the piece concerns all paths of a model together.
func (p piece) ofCallable() bool {
	return p.Kind == diff.BecameCallable || p.Kind == diff.NoLongerCallable
}

// stories groups the changes into stories, the most significant first.
func (v *view) stories() []Story {
	type placed struct {
		key
		piece
	}
	var all []placed
	for i := range v.result.Changes {
		for _, p := range pieces(&v.result.Changes[i]) {
			if k, ok := v.storyOf(p); ok {
				all = append(all, placed{k, p})
			}
		}
	}
	var stories []Story
	for _, same := range ordered.By(all, func(p placed) key { return p.key }) {
		var group []piece
		var elsewhere []string
		for _, p := range same.Values {
			if v.only.region(p.Region) {
				group = append(group, p.piece)
			} else {
				elsewhere = append(elsewhere, p.Region)
			}
		}
		if len(group) == 0 || !v.only.item(same.Key.id) {
			v.leftOut++
			continue
		}
		story := v.story(same.Key, group)
		story.Elsewhere = union(elsewhere)
		stories = append(stories, story)
	}
	slices.SortStableFunc(stories, compareStories)
	return stories
}

func compareStories(a, b Story) int {
	return cmp.Or(
		diff.CompareSignificance(a.Significance, b.Significance),
		diff.CompareEffects(a.Effect, b.Effect),
		cmp.Compare(a.Event.rank(), b.Event.rank()),
		cmp.Compare(a.Subject.ID, b.Subject.ID),
		cmp.Compare(a.Subject.Resource, b.Subject.Resource),
	)
}

func pieces(c *diff.Change) []piece {
	if c.Kind != diff.Changed {
		return []piece{{Change: c}}
	}
	var all []piece
	for i := range c.Fields {
		all = append(all, piece{c, &c.Fields[i]})
	}
	return all
}

// storyOf returns the story that a piece belongs to, and false if another piece
// covers it.
func (v *view) storyOf(p piece) (key, bool) {
	if p.field != nil {
		return v.fieldStory(p)
	}
	t := gain
	switch p.Kind {
	case diff.Removed, diff.NoLongerCallable, diff.PathLost:
		t = loss
	}
	return v.accessStory(t, p), true
}

// accessStory assigns a change of a profile to its model's story.
func (v *view) accessStory(t theme, p piece) key {
	if p.Resource == catalog.KindInferenceProfile {
		if model := v.modelOf(p.ID, p.Region); model != "" {
			return key{t, catalog.KindFoundationModel, model}
		}
	}
	return key{t, p.Resource, p.ID}
}

func (v *view) fieldStory(p piece) (key, bool) {
	switch p.field.Field {
	case diff.FieldLifecycle, diff.FieldLegacy, diff.FieldExtendedAccess, diff.FieldEndOfLife:
		return key{lifecycle, p.Resource, p.ID}, true
	case diff.FieldDestinations:
		if p.field.Said == diff.BothSaid {
			return key{routing, p.Resource, p.ID}, true
		}
	case diff.FieldStatus:
		switch v.events[itemIn{p.Region, p.ID}] {
		case diff.PathLost:
			return v.accessStory(loss, p), true
		case diff.PathGained:
			return v.accessStory(gain, p), true
		}
	case diff.FieldInferenceTypes:
		return key{fields, p.Resource, p.ID}, !v.coveredByPaths(p)
	}
	return key{fields, p.Resource, p.ID}, true
}

// coveredByPaths reports whether the story of the model's paths covers everything
// in a change of inference types.
func (v *view) coveredByPaths(p piece) bool {
	if p.field.Said != diff.BothSaid {
		return false
	}
	old, new := p.field.OldSet, p.field.NewSet
	for _, inference := range slices.Concat(without(old, new), without(new, old)) {
		if !slices.Contains(v.moved[itemIn{p.Region, p.ID}], accessOf[inference]) {
			return false
		}
	}
	return true
}

// accessOf is the access that an inference type stands for. Other types stand for
// none.
var accessOf = map[string]catalog.Access{
	catalog.InferenceOnDemand:    catalog.OnDemand,
	catalog.InferenceProvisioned: catalog.Provisioned,
	"INFERENCE_PROFILE":          catalog.ViaProfile,
}

func (v *view) story(k key, group []piece) Story {
	s := Story{Regions: regionsOf(group), Found: v.found(group)}
	s.ListedIn = append([]string{}, filter(v.listed[k.subject][k.id], v.only.region)...)
	s.Subject = v.subject(k.subject, k.id, slices.Concat(s.Regions, s.ListedIn))
	s.Unread = v.unread(s.ListedIn, k.subject)
	s.Effect = slices.MinFunc(group, func(a, b piece) int { return diff.CompareEffects(a.effect(), b.effect()) }).effect()
	s.Significance = s.Effect.Significance()
	switch k.theme {
	case gain:
		v.buildGain(&s, group)
	case loss:
		v.buildLoss(&s, group)
	case lifecycle:
		v.buildLifecycle(&s, group)
	case routing:
		v.buildRouting(&s, group)
	case fields:
		s.Event, s.Fields = FieldsChanged, fieldGroups(group)
	}
	return s
}

// regionsOf returns the sorted regions of the pieces that every keep accepts.
func regionsOf(group []piece, keep ...func(piece) bool) []string {
	var regions []string
	for _, p := range filterPieces(group, keep...) {
		regions = append(regions, p.Region)
	}
	return union(regions)
}

// by returns the run that found the change in each region of a group.
func by(group []piece) map[string]int64 {
	runs := map[string]int64{}
	for _, p := range group {
		runs[p.Region] = max(runs[p.Region], p.By.ID)
	}
	return runs
}

func filterPieces(group []piece, keep ...func(piece) bool) []piece {
	return slices.DeleteFunc(slices.Clone(group), func(p piece) bool {
		return slices.ContainsFunc(keep, func(keep func(piece) bool) bool { return !keep(p) })
	})
}

func kind(kinds ...diff.Kind) func(piece) bool {
	return func(p piece) bool { return slices.Contains(kinds, p.Kind) }
}

func ofModel(p piece) bool   { return p.Resource == catalog.KindFoundationModel }
func ofProfile(p piece) bool { return p.Resource == catalog.KindInferenceProfile }

// found returns the runs between which the changes of a group happened.
func (v *view) found(group []piece) []Interval {
	type span struct{ after, by int64 }
	own := slices.DeleteFunc(slices.Clone(group), func(p piece) bool {
		// A callable event depends on two lists; the change of one of them says more.
		return p.ofCallable() && slices.ContainsFunc(group, func(q piece) bool { return q.Region == p.Region && !q.ofCallable() })
	})
	var found []Interval
	for _, same := range ordered.By(own, func(p piece) span { return span{p.After.ID, p.By.ID} }) {
		first := same.Values[0]
		late := first.After.ID != v.result.Base.ID || first.By.ID != v.result.Head.ID
		found = append(found, Interval{After: first.After, By: first.By, Late: late, Regions: regionsOf(same.Values)})
	}
	slices.SortFunc(found, func(a, b Interval) int {
		return cmp.Or(cmp.Compare(a.After.ID, b.After.ID), cmp.Compare(a.By.ID, b.By.ID))
	})
	return found
}

// alike groups pieces by key, in the order of the keys.
func alike(group []piece, key func(piece) string) [][]piece {
	groups := ordered.By(group, key)
	slices.SortFunc(groups, func(a, b ordered.Group[string, piece]) int { return strings.Compare(a.Key, b.Key) })
	var lists [][]piece
	for _, g := range groups {
		lists = append(lists, g.Values)
	}
	return lists
}
