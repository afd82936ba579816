package ask

import (
	"slices"

	"snapshotter/catalog"
	"snapshotter/internal/ordered"
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

// NeverRead are regions of which no run ever read a list of one kind, for one reason.
type NeverRead struct {
	Why     string // with the kind: "foundation models, not enabled"
	Regions []string
}

// NeverReadLists returns all lists of a snapshot that no run ever read, expected or
// not, in the order of scopes.
func NeverReadLists(s *catalog.Snapshot) []NeverRead {
	never := slices.DeleteFunc(slices.Clone(s.Scopes), func(scope catalog.ScopeState) bool { return scope.Observed() })
	var lists []NeverRead
	for _, same := range ordered.By(never, func(scope catalog.ScopeState) string { return scope.Kind.Plural() + ", " + scope.Outcome.Words() }) {
		list := NeverRead{Why: same.Key}
		for _, scope := range same.Values {
			list.Regions = append(list.Regions, scope.Region)
		}
		lists = append(lists, list)
	}
	return lists
}

// UnreadRegions returns the regions of which no list was ever read, sorted.
func UnreadRegions(s *catalog.Snapshot) []string {
	return slices.DeleteFunc(s.Regions(), func(region string) bool {
		return slices.ContainsFunc(s.Scopes, func(scope catalog.ScopeState) bool { return scope.Region == region && scope.Observed() })
	})
}
