package sheet

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/ordered"
	"snapshotter/internal/terminal"
	"snapshotter/report"
	"snapshotter/watch"
)

// Rules has a row for each ID that satisfies a rule, or one for a rule
// that is not satisfied.
func Rules(states []watch.State) *terminal.Table {
	t := &terminal.Table{Head: []string{"rule", "state", "since", "id", "call_from", "detail"}}
	for _, s := range states {
		state := statusWords(s.Status)
		if s.New {
			state += " now"
		}
		if len(s.Ways) == 0 || s.Status != watch.Satisfied {
			t.Add(s.Name, state, "", "", "", withNote(report.WatchDetail(s), s.Note))
			continue
		}
		for _, w := range s.Ways {
			t.Add(s.Name, state, s.Since.Words(), w.ID, strings.Join(w.From, " "), s.Note)
		}
	}
	return t
}

func withNote(detail, note string) string {
	if note == "" {
		return detail
	}
	return detail + " (" + note + ")"
}

// RuleRows has the same rows for spreadsheets. since is the run that first saw the way,
// not_at the one before, which did not.
func RuleRows(states []watch.State) *terminal.Table {
	t := &terminal.Table{Head: []string{"rule", "state", "since", "not_at", "id", "call_from", "detail", "new"}}
	for _, s := range states {
		state := statusWords(s.Status)
		if len(s.Ways) == 0 || s.Status != watch.Satisfied {
			t.Add(s.Name, state, "", "", "", "", withNote(report.WatchDetail(s), s.Note), catalog.YesNo(s.New))
			continue
		}
		since, before := held(s)
		for _, w := range s.Ways {
			t.Add(s.Name, state, since, before, w.ID, strings.Join(w.From, " "), s.Note, catalog.YesNo(s.New))
		}
	}
	return t
}

// held is when the run that first saw a rule satisfied started, and the one before.
func held(s watch.State) (since, before string) {
	if s.Since == nil {
		return "", ""
	}
	return At(&s.Since.From), At(s.Since.After)
}

// RuleCounts says how many rules are in each state.
func RuleCounts(states []watch.State) string {
	var counts []string
	for _, same := range ordered.By(states, func(s watch.State) watch.Status { return s.Status }) {
		counts = append(counts, fmt.Sprintf("%d %s", len(same.Values), statusWords(same.Key)))
	}
	slices.Sort(counts)
	return strings.Join(counts, ", ")
}

func statusWords(status watch.Status) string { return strings.ReplaceAll(string(status), "-", " ") }
