package main

import (
	"fmt"
	"strings"

	"snapshotter/catalog"
)

// unreadList is a list that should be readable and that no run ever read: what it
// holds is missing from an answer, and does not count as absent.
type unreadList struct {
	catalog.Scope
	Outcome catalog.Outcome `json:"outcome"`
}

// unreadLists are such lists of some kinds, by scope; not nil.
func unreadLists(s *catalog.Snapshot, kinds ...catalog.Kind) []unreadList {
	never := []unreadList{}
	for _, state := range s.Scopes {
		for _, kind := range kinds {
			if state.Kind == kind && !state.Observed() && !state.Outcome.Expected() {
				never = append(never, unreadList{state.Scope, state.Outcome})
			}
		}
	}
	return never
}

// sayNeverRead warns a person that an answer says nothing of lists.
func sayNeverRead(p *program, lists []unreadList) {
	var told []string
	for _, l := range lists {
		told = append(told, fmt.Sprintf("%ss of %s (%s)", strings.ReplaceAll(string(l.Kind), "-", " "), l.Region, l.Outcome))
	}
	if len(told) > 0 {
		p.println("Never read, so nothing is known of: %s", strings.Join(told, ", "))
	}
}
