package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Policy decides when a run is worth a message.
type Policy struct {
	// AtLeast is the smallest significance that is worth one; "" is
	// [diff.Good]. A new region counts as good.
	AtLeast diff.Significance
	// LostRuns is how many consecutive runs must not have read a list that
	// should be readable, or have recorded nothing at all, before that is worth
	// a message; zero is 3.
	LostRuns int
	// Reminders are the days before a lifecycle date at which channels are reminded
	// of it, see [Policy.Remind]; nil is never.
	Reminders []int
}

const defaultLostRuns = 3

// State is what a policy remembers from one run to the next. The caller keeps
// it, as JSON; the zero value is that of a new database.
type State struct {
	Run int64 `json:"run"` // the last run that was decided on
	// Away are the lists that could not be read recently, sorted by scope.
	Away []Away `json:"away"`
	// Failed is how many consecutive runs recorded nothing; FailedTold is
	// whether that was announced.
	Failed     int  `json:"failed"`
	FailedTold bool `json:"failed_told"`
	// Reminded are the dates ahead of which channels were reminded.
	Reminded []Reminded `json:"reminded,omitempty"`
	// Apart is what it remembers of those who hear of a part only.
	Apart map[string]State `json:"apart,omitempty"`
}

// Keep keeps what is remembered of one who hears of a part only.
func (s *State) Keep(key string, apart State) {
	if s.Apart == nil {
		s.Apart = map[string]State{}
	}
	s.Apart[key] = apart
}

// Away is a list that could not be read.
type Away struct {
	catalog.Scope
	Runs int  `json:"runs"` // in a row
	Told bool `json:"told"`
}

// Decision is whether to send a message, and why.
type Decision struct {
	Reasons []Reason // sorted as declared; none is silence
	// Significance is the greatest one to announce. Lost coverage, and runs
	// that record nothing, are notices; a watch rule is good.
	Significance diff.Significance
	// Lost and Back are the lists to announce as lost or as read again, sorted
	// by scope.
	Lost, Back []Away
	// Due are the dates to remind of, in the order given.
	Due []Date
	// Next is the state to keep, whether or not a message is sent.
	Next State
}

// Reason is why a message is sent.
type Reason string

const (
	FirstRun     Reason = "first-run"     // a history begins
	Changes      Reason = "changes"       // something changed that is weighty enough
	WatchRule    Reason = "watch-rule"    // a watch rule is satisfied
	Deadline     Reason = "deadline"      // a lifecycle date has come near
	CoverageLost Reason = "coverage-lost" // a list has not been read for long enough
	CoverageBack Reason = "coverage-back" // a list that was told to be lost was read
	RunsFail     Reason = "runs-fail"     // no run has recorded anything for long enough
	RunsSucceed  Reason = "runs-succeed"  // one has again
)

// Notify reports whether a message is due.
func (d Decision) Notify() bool { return len(d.Reasons) > 0 }

// Decide decides whether run is worth a message. Result is what it changed, nil
// if the run failed; watch is whether a watch rule was first satisfied by it.
// Deciding on the same run again, with the state kept after it, does not
// announce coverage again; the claims of its changes keep those from being
// announced twice.
func (p Policy) Decide(run catalog.Run, result *diff.Result, watch bool, before State) Decision {
	limit := cmp.Or(p.LostRuns, defaultLostRuns)
	step := 1
	if run.ID <= before.Run {
		step = 0
	}
	d := Decision{Next: State{Run: max(run.ID, before.Run), Away: slices.Clone(before.Away), Reminded: before.Reminded}}
	if result == nil {
		d.failed(before, step, limit)
		return d
	}
	if before.FailedTold {
		d.add(RunsSucceed, diff.Notice)
	}
	if result.Base.ID == 0 && step == 1 {
		d.add(FirstRun, diff.Good)
	}
	if weight, any := weightiest(result); any && diff.CompareSignificance(weight, cmp.Or(p.AtLeast, diff.Good)) <= 0 {
		d.add(Changes, weight)
	}
	if watch {
		d.add(WatchRule, diff.Good)
	}
	d.coverage(result, before, step, limit)
	return d
}

func (d *Decision) add(reason Reason, significance diff.Significance) {
	d.Reasons = append(d.Reasons, reason)
	slices.SortFunc(d.Reasons, func(a, b Reason) int { return cmp.Compare(a.rank(), b.rank()) })
	if len(d.Reasons) == 1 || diff.CompareSignificance(significance, d.Significance) < 0 {
		d.Significance = significance
	}
}

// failed counts a run that recorded nothing. It says nothing about any list, so
// they stay as they were.
func (d *Decision) failed(before State, step, limit int) {
	d.Next.Failed, d.Next.FailedTold = before.Failed+step, before.FailedTold
	if d.Next.Failed >= limit && !before.FailedTold {
		d.Next.FailedTold = true
		d.add(RunsFail, diff.Notice)
	}
}

// coverage counts the lists that could not be read. A list that the run did not
// ask for stays as it was: it is neither lost nor back.
func (d *Decision) coverage(result *diff.Result, before State, step, limit int) {
	d.Next.Away = nil
	known := map[catalog.Scope]Away{}
	for _, away := range before.Away {
		known[away.Scope] = away
	}
	for _, gap := range result.Gaps {
		away, was := known[gap.Scope]
		delete(known, gap.Scope)
		switch {
		case gap.Outcome == catalog.NotListed && was:
			d.Next.Away = append(d.Next.Away, away)
		case lost(gap):
			away.Scope = gap.Scope
			away.Runs = max(away.Runs+step, gap.Streak)
			if away.Runs >= limit && !away.Told {
				away.Told = true
				d.Lost = append(d.Lost, away)
			}
			d.Next.Away = append(d.Next.Away, away)
		case away.Told: // it need not be readable any more
			d.Back = append(d.Back, away)
		}
	}
	for _, away := range known { // read again
		if away.Told {
			d.Back = append(d.Back, away)
		}
	}
	for _, list := range [][]Away{d.Next.Away, d.Lost, d.Back} {
		slices.SortFunc(list, func(a, b Away) int { return a.Scope.Compare(b.Scope) })
	}
	if len(d.Lost) > 0 {
		d.add(CoverageLost, diff.Notice)
	}
	if len(d.Back) > 0 {
		d.add(CoverageBack, diff.Minor)
	}
}

// lost reports whether a list should be readable and was not: it was read
// before, or its region is enabled and offers it. It is the rule by which a run
// is partial.
func lost(gap diff.Gap) bool {
	return gap.Outcome.Lost(gap.Confirmed != nil)
}

// weightiest returns the greatest significance of what changed, if anything
// did. The first reading of a list is not a change.
func weightiest(result *diff.Result) (weight diff.Significance, any bool) {
	var all []diff.Significance
	if len(result.NewRegions) > 0 {
		all = append(all, diff.Good)
	}
	for _, change := range result.Changes {
		all = append(all, change.Significance)
	}
	if len(all) == 0 {
		return "", false
	}
	return slices.MinFunc(all, diff.CompareSignificance), true
}

func (r Reason) rank() int {
	return slices.Index([]Reason{FirstRun, Changes, WatchRule, Deadline, CoverageLost, CoverageBack, RunsFail, RunsSucceed}, r)
}

// Lines describe coverage, with regions rolled up, in plain text for a
// [Message]; nil if there is nothing to say. The report describes changes and
// watch rules.
func (d Decision) Lines() []string {
	var lines []string
	for _, reason := range d.Reasons {
		switch reason {
		case FirstRun:
			lines = append(lines, "A history begins with this run, and nothing is reported as new. If there was one before, this run did not find it")
		case RunsFail:
			lines = append(lines, fmt.Sprintf("Nothing could be recorded in %d runs in a row; the last one's message says why", d.Next.Failed))
		case RunsSucceed:
			lines = append(lines, "Runs are recorded again")
		case CoverageLost:
			lines = append(lines, "Not read for "+atLeast(d.Lost)+": "+regions(d.Lost))
		case CoverageBack:
			lines = append(lines, "No longer missing: "+regions(d.Back))
		}
	}
	return lines
}

func atLeast(lost []Away) string {
	fewest := slices.MinFunc(lost, func(a, b Away) int { return cmp.Compare(a.Runs, b.Runs) }).Runs
	most := slices.MaxFunc(lost, func(a, b Away) int { return cmp.Compare(a.Runs, b.Runs) }).Runs
	switch {
	case fewest < most:
		return fmt.Sprintf("%d to %d runs", fewest, most)
	case most == 1:
		return "1 run"
	}
	return fmt.Sprintf("%d runs", most)
}

// regions names the regions of lists, which are sorted by scope, and which of
// their lists unless it is all.
func regions(lists []Away) string {
	var parts []string
	for len(lists) > 0 {
		region := lists[0].Region
		n := 1
		for n < len(lists) && lists[n].Region == region {
			n++
		}
		part := region
		if n < len(catalog.Kinds()) {
			part += " (" + lists[0].Kind.Plural() + ")"
		}
		parts = append(parts, part)
		lists = lists[n:]
	}
	return strings.Join(parts, ", ")
}
