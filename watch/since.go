package watch

import (
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// Models are the models that satisfy the rule, sorted.
func (s *State) Models() []string {
	var models []string
	for _, way := range s.Ways {
		models = append(models, way.Model)
	}
	slices.Sort(models)
	return slices.Compact(models)
}

// Date sets since when a satisfied rule has been so: as long as the region has
// been callable from without a break that has been so the longest of those that
// satisfy it now. Spans gives those of each of [State.Models]. A rule that
// guards is not dated: no one way tells since when all stay inside.
func (s *State) Date(spans map[string][]ask.Span) {
	if s.Status != Satisfied || s.Guards() {
		return
	}
	s.Since = nil
	for _, way := range s.Ways {
		for _, region := range way.From {
			held, ok := ask.Since(spans[way.Model], region, func(p catalog.Path) bool { return s.Passes(region, way.Model, p) })
			if ok && (s.Since == nil || held.From.ID < s.Since.From.ID || held.From.ID == s.Since.From.ID && held.After == nil) {
				s.Since = &held
			}
		}
	}
}
