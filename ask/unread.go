package ask

import (
	"slices"

	"snapshotter/catalog"
)

// UnreadList is a list that should be readable and that no run ever read: what it
// holds is missing from an answer, and is not absent.
type UnreadList struct {
	catalog.Scope
	Outcome catalog.Outcome `json:"outcome"`
}

// UnreadLists returns the unread lists of some kinds, by scope; not nil.
func UnreadLists(s *catalog.Snapshot, kinds ...catalog.Kind) []UnreadList {
	never := []UnreadList{}
	for _, state := range s.Scopes {
		if slices.Contains(kinds, state.Kind) && !state.Observed() && !state.Outcome.Expected() {
			never = append(never, UnreadList{state.Scope, state.Outcome})
		}
	}
	return never
}

// UnreadRegions returns the regions of which no list was ever read, sorted.
func UnreadRegions(s *catalog.Snapshot) []string {
	return slices.DeleteFunc(s.Regions(), func(region string) bool {
		return slices.ContainsFunc(s.Scopes, func(scope catalog.ScopeState) bool { return scope.Region == region && scope.Observed() })
	})
}
