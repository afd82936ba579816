package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// loss adds what is no longer listed or callable, and what remains.
func (t *entryText) loss(s *Story) {
	l := s.Loss
	switch {
	case len(l.Unlisted) == 0:
	case s.Event == Removed:
		where := t.folds.where("Removed", l.Unlisted, listed{regions: l.Unlisted})
		t.bullet("Removed from %s", strings.Replace(where, "that list it", "that listed it", 1))
	default:
		removed := "Removed from " + t.folds.regions("Removed", l.Unlisted)
		if still := s.listedBy().regions; len(still) > 0 {
			removed += "; listed in " + t.folds.regions("Listed", still)
		}
		t.bullet("%s", removed)
		t.notRead(s)
	}
	t.lost(l)
	t.left(l)
	if l.EndOfLife != "" {
		t.bullet("Its EOL was %s", l.EndOfLife)
	}
	for _, f := range s.Found {
		t.lastSeen(f, len(s.Found) > 1)
	}
}

// lost adds the lost IDs, one line for those lost from the same regions.
func (t *entryText) lost(l *Loss) {
	for _, same := range ordered.By(l.Lost, func(r LostRoute) string { return strings.Join(r.From, " ") }) {
		var ways []string
		for _, r := range same.Values {
			ways = append(ways, t.way(r.Access, r.ID)+lostBecause(r))
		}
		lost := "Lost"
		if from := same.Values[0].From; !slices.Equal(from, l.Unlisted) {
			lost += " from " + t.folds.regions("Lost from", from)
		}
		t.bullet("%s: %s", lost, strings.Join(ways, ", "))
	}
}

// lostBecause returns the reason for the loss of a profile. That of a model has
// its own line.
func lostBecause(r LostRoute) string {
	switch {
	case r.Access != catalog.ViaProfile:
		return ""
	case r.Why == Unlisted:
		return " (profile removed)"
	case r.Why == NotActive && r.Status == "":
		return " (profile without a status)"
	case r.Why == NotActive:
		return " (profile now " + markdown.Text(r.Status) + ")"
	}
	return " (profile no longer routes to it)"
}

// left adds what can still be called.
func (t *entryText) left(l *Loss) {
	for _, r := range l.Remaining {
		way := t.way(r.Access, r.ID)
		t.bullet("Callable there: %s from %s", way, t.folds.regions("Callable by "+way+" from", r.From))
	}
	if len(l.Doubtful) > 0 {
		t.bullet("A profile remains in %s, and no region that it routes to lists the model: probably retired", t.folds.regions("Profile remains", l.Doubtful))
	}
	if len(l.Unknown) > 0 {
		t.bullet("Not known whether anything can call it, because not all lists were read: %s", t.folds.regions("Not known", l.Unknown))
	}
	switch {
	case len(l.Uncallable) > 0 && l.nowhere():
		t.bullet("Nothing can call it any more in any region that was read")
	case len(l.Uncallable) > 0:
		t.bullet("Nothing can call it any more from %s", t.folds.regions("Nothing can call it from", l.Uncallable))
	}
	if len(l.Elsewhere) > 0 {
		t.bullet("Callable from %s", t.folds.regions("Callable", l.Elsewhere))
	}
	t.asLastRead("Callable when last read", l.ElsewhereUnread)
}

// lastSeen adds the runs between which a loss happened.
func (t *entryText) lastSeen(f Interval, several bool) {
	line := fmt.Sprintf("Last seen by %s, gone in run %d", moment(f.After), f.By.ID)
	if f.Late {
		line = fmt.Sprintf("Last seen by %s, gone by %s", moment(f.After), dated(f.By))
	}
	if several {
		line += ": " + t.folds.regions(fmt.Sprintf("Last seen by run %d", f.After.ID), f.Regions)
	}
	t.bullet("%s", line)
}
