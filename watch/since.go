package watch

import (
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// Models returns the models whose history [State.Date] needs, sorted.
func (s *State) Models() []string {
	var models []string
	ways, _ := s.dated()
	for _, way := range ways {
		models = append(models, way.Model)
	}
	slices.Sort(models)
	return slices.Compact(models)
}

// dated returns the ways that date the rule's status, and the rule that they
// satisfy. A satisfied guarding rule has none: no single way says since when all
// stay inside.
func (s *State) dated() ([]Way, Rule) {
	switch {
	case s.Status == Waiting:
		return s.Otherwise, s.relaxed()
	case s.Status == Satisfied && !s.Guards():
		return s.Ways, s.Rule
	}
	return nil, s.Rule
}

// Date sets Since to the longest unbroken span among the ways and regions that
// satisfy the rule now. For a waiting rule it considers the ways to call its
// models otherwise. Spans must have an entry for each of [State.Models].
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
