package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// rowCells are the cells of a row, in Markdown. Rows with the same cells are one
// row: in them, ownMark stands for the ID of the row's model.
type rowCells struct{ what, where, now string }

// ownMark stands for the row's own model ID in a cell. No text from outside holds it:
// it is not printable.
const ownMark = "\x00"

// ownID returns the cell for the models of the row.
func (r *Row) ownID(cell string) string {
	id := "their own IDs"
	if len(r.Models) == 1 {
		id = markdown.Code(r.Models[0].ID)
	}
	return strings.ReplaceAll(cell, ownMark, id)
}

// phrasesShown is how many of its events a row names.
const phrasesShown = 3

func (r *Row) cells() rowCells {
	if r.rule != nil {
		var f watchFolds
		return rowCells{what: standing[stand(*r.rule)].words, now: f.fact(*r.rule)}
	}
	id := r.Models[0].ID
	var phrases []string
	for _, s := range r.stories {
		phrase := s.phrase(id)
		if regions := s.affected(); !slices.Equal(regions, r.Regions) && len(regions) > 0 {
			phrase += " (" + briefRegions(regions) + ")"
		}
		phrases = append(phrases, phrase)
	}
	phrases = unique(phrases)
	if more := len(phrases) - phrasesShown; more > 0 {
		phrases = append(phrases[:phrasesShown:phrasesShown], fmt.Sprintf("%d more", more))
	}
	return rowCells{what: strings.Join(phrases, "; "), where: r.where(), now: r.now()}
}

// briefRegions names regions, or counts them by geography where they are many.
func briefRegions(regions []string) string {
	if len(regions) <= rollUpOver {
		return named(regions)
	}
	return fmt.Sprintf("%d regions: %s", len(regions), countedByGeography(regions))
}

func (r *Row) where() string {
	s := r.stories[0]
	from := ""
	if s.Routing != nil {
		from = "from "
	}
	if all := s.listedBy().regions; s.Lifecycle != nil && len(r.Regions) > 2 && slices.Equal(all, r.Regions) {
		return "all " + briefAll(r.Regions)
	}
	return from + briefRegions(r.Regions)
}

func briefAll(regions []string) string {
	if len(regions) <= rollUpOver {
		return fmt.Sprintf("%d regions: %s", len(regions), named(regions))
	}
	return briefRegions(regions)
}

// phrase says in a few words what happened to the family of id.
func (s *Story) phrase(id string) string {
	switch {
	case s.Loss != nil:
		return s.lossPhrase(id)
	case s.Gain != nil:
		return s.gainPhrase(id)
	case s.Lifecycle != nil:
		return s.lifecyclePhrase()
	case s.Routing != nil:
		return s.routingPhrase(id)
	}
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, fieldText(f.Field)+" changed")
	}
	return strings.Join(unique(fields), ", ")
}

func (s *Story) lossPhrase(id string) string {
	l := s.Loss
	switch {
	case s.Effect == diff.Uncallable && len(l.Doubtful) > 0 && len(l.Uncallable) == 0:
		return "probably retired: profiles remain, but no region lists it"
	case s.Effect == diff.Uncallable:
		return "can't be called any more"
	case s.Effect == diff.OffList:
		return "off the list, still callable"
	}
	var ids []string
	for _, lost := range l.Lost {
		switch lost.Access {
		case catalog.OnDemand:
			ids = append(ids, "on demand")
		case catalog.ViaProfile:
			ids = append(ids, shortID(lost.ID, id)+" profile")
		}
	}
	ids = unique(ids)
	if len(ids) > 2 {
		return fmt.Sprintf("%d IDs gone", len(ids))
	}
	return strings.Join(ids, ", ") + " gone"
}

// shortID returns a profile's prefix where the rest of its ID is the model's.
func shortID(profile, model string) string {
	if prefix := prefixOf(profile, model); prefix != "" {
		return markdown.Code(prefix)
	}
	return markdown.Code(profile)
}

func (s *Story) gainPhrase(id string) string {
	switch s.Event {
	case NewModel, NewlyCallable:
		return "callable"
	case OnDemandGained:
		return "on demand too"
	case MoreRegions:
		return "callable from more regions"
	case Back:
		return "back after " + catalog.Counted(s.Gain.Returned[0].Days, "day")
	case NewProfile:
		if ids := s.profiles(); len(ids) == 1 {
			return shortID(ids[0], id) + " profile is new"
		}
		return "new profiles"
	case ProfileActive:
		return "profile is active"
	}
	return "new way to call it"
}

func (s *Story) lifecyclePhrase() string {
	var parts []string
	said := map[diff.Field]int{}
	for _, c := range s.withLegacyDate() {
		if said[c.Field]++; said[c.Field] == 1 && c.Significance != diff.Minor {
			parts = append(parts, c.phrase())
		}
	}
	for _, n := range said {
		if n > 1 {
			parts = append(parts, "regions differ")
			break
		}
	}
	return strings.Join(parts, "; ")
}

// withLegacyDate returns the changes of a story. A status of LEGACY takes in the
// date since when, if that is published with it.
func (s *Story) withLegacyDate() []LifecycleChange {
	changes := slices.Clone(s.Lifecycle.Changes)
	if len(changes) < 2 || changes[0].New != catalog.StatusLegacy {
		return changes
	}
	if date := changes[1]; date.Field == diff.FieldLegacy && date.Said == diff.Published && *date.DaysLeft <= 0 && slices.Equal(date.Regions, changes[0].Regions) {
		changes[0].New += " since " + date.New
		return slices.Delete(changes, 1, 2)
	}
	return changes
}

func (c LifecycleChange) phrase() string {
	switch {
	case c.Field != diff.FieldLifecycle:
	case c.New == "":
		return "lifecycle status no longer published"
	case c.New == catalog.StatusActive:
		return "ACTIVE again"
	default:
		return markdown.Text(c.New)
	}
	name, left := fieldText(c.Field), ""
	if c.DaysLeft != nil {
		left = " (" + inDays(*c.DaysLeft) + ")"
	}
	date := c.New
	if c.Field == diff.FieldEndOfLife {
		date = "**" + date + "**"
	}
	switch {
	case c.Said == diff.Withdrawn:
		return name + " " + c.Old + " withdrawn"
	case c.Said == diff.Published && c.Field == diff.FieldEndOfLife:
		return name + " " + date + left
	case c.Said == diff.Published:
		return sinceOrFrom(c) + " " + date
	}
	return name + " " + shifted(c.Shift) + ": " + date + left
}

func (s *Story) routingPhrase(id string) string {
	profile := shortID(s.Subject.ID, id) + " profile"
	var added, removed []string
	for _, c := range s.Routing.Changes {
		for _, d := range c.Added {
			added = append(added, d.Region)
		}
		for _, d := range c.Removed {
			removed = append(removed, d.Region)
		}
	}
	switch s.Event {
	case RoutesAdded:
		return profile + " may now also run in **" + briefRegions(union(added)) + "**"
	case RoutesRemoved:
		return profile + " no longer runs in " + briefRegions(union(removed))
	}
	return profile + " runs elsewhere: + " + briefRegions(union(added)) + " − " + briefRegions(union(removed))
}

// now answers what a reader does next.
func (r *Row) now() string {
	var parts []string
	switch s := r.stories[0]; {
	case s.Loss != nil && r.Effect != diff.Uncallable:
		parts = append(parts, r.stillCallable(s))
	case s.Event == RoutesRemoved:
		parts = append(parts, "nothing to do")
	case r.Effect == diff.RunsElsewhere && len(r.Breaks) == 0:
		parts = append(parts, "fine if calls may run there")
	case r.Effect == diff.RunsElsewhere:
	case r.Effect.Significance() != diff.Good:
		parts = append(parts, replacementText(r.Replacement))
	case s.Gain != nil:
		parts = append(parts, gainedIDs(s.Gain.Routes, r.Models[0].ID))
	}
	for _, rule := range r.Breaks {
		parts = append(parts, "breaks rule "+markdown.Code(rule))
	}
	for _, rule := range r.Satisfies {
		parts = append(parts, "satisfies rule "+markdown.Code(rule))
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "; ")
}

// stillCallable names the IDs that still work where one is gone.
func (r *Row) stillCallable(s *Story) string {
	if ids := gainedIDs(s.Loss.Remaining, r.Models[0].ID); ids != "" {
		return ids + " still works"
	}
	if len(s.Loss.Unknown) > 0 {
		return "not known: not all lists were read"
	}
	return replacementText(r.Replacement)
}

// gainedIDs names the IDs of routes: `us.`, `eu.` + the model's.
func gainedIDs(routes []Route, model string) string {
	var ids []string
	onDemand := ""
	for _, route := range routes {
		switch {
		case route.Access == catalog.Provisioned:
		case route.ID == model:
			onDemand = ownMark
		default:
			ids = append(ids, route.ID)
		}
	}
	ids = union(ids)
	// A global profile may run anywhere: it comes after those of a geography.
	slices.SortStableFunc(ids, func(a, b string) int { return anywhereLast(a, model) - anywhereLast(b, model) })
	whole := joinedIDs(ids, model, ownMark)
	if onDemand != "" {
		whole = append([]string{onDemand}, whole...)
	}
	return strings.Join(whole, ", ")
}

func anywhereLast(profile, model string) int {
	if profile == ask.GlobalGeography+"."+model {
		return 1
	}
	return 0
}

const noReplacement = "no replacement there"

// replacementText names the ID to pass instead, or says that there is none.
func replacementText(r *ask.Replacement) string {
	ids := r.IDs()
	if len(ids) == 0 {
		return noReplacement
	}
	text := prefixed(ids, r.Model)
	if len(r.Without) > 0 {
		text += "; none in " + briefRegions(r.Without)
	}
	return text
}
