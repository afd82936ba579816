package watch

import (
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// Models are the models whose past tells since when the rule stands as it does,
// sorted.
func (s *State) Models() []string {
	var models []string
	ways, _ := s.dated()
	for _, way := range ways {
		models = append(models, way.Model)
	}
	slices.Sort(models)
	return slices.Compact(models)
}

// dated are the ways that tell since when the rule stands as it does, and the
// rule that they satisfy. A satisfied rule that guards has none: no one way tells
// since when all stay inside.
func (s *State) dated() ([]Way, Rule) {
	switch {
	case s.Status == Waiting:
		return s.Otherwise, s.wishless()
	case s.Status == Satisfied && !s.Guards():
		return s.Ways, s.Rule
	}
	return nil, s.Rule
}

// Date sets since when a satisfied rule has been so: as long as the region has
// been callable from without a break that has been so the longest of those that
// satisfy it now. Of a waiting rule it is the same for the ways to call its
// models otherwise. Spans gives those of each of [State.Models].
func (s *State) Date(spans map[string][]ask.Span) {
	s.Since = nil
	ways, rule := s.dated()
	for _, way := range ways {
		for _, region := range way.From {
			held, ok := ask.Since(spans[way.Model], region, func(p catalog.Path) bool { return rule.Passes(region, way.Model, p) })
			if ok && (s.Since == nil || held.From.ID < s.Since.From.ID || held.From.ID == s.Since.From.ID && held.After == nil) {
				s.Since = &held
			}
		}
	}
}
