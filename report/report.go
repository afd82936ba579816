// Package report turns a comparison of two runs into a document for people and
// programs.
//
// It guarantees that all formats say the same, because all are written from one
// [Report]; that one event is one entry, however many regions it affects; and
// that the same two snapshots give the same bytes, because every time in it is a
// run's. It refuses to conclude anything from an unread list: such lists appear
// under coverage, and older data is marked as old. Text from outside is escaped
// and kept on one line.
package report

import (
	"slices"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/watch"
)

// Schema names the version of the JSON document. It changes when a field is
// removed or changes its meaning, not when one is added.
const Schema = "snapshotter.report/4"

// Options are the reader's choices.
type Options struct {
	// Deadlines is how far ahead lifecycle dates are shown, in whole days. Zero
	// means 90 days.
	Deadlines time.Duration
	// Watch are the states of the user's watch rules, in any order.
	Watch []watch.State
	// Only selects what the report shows; nil shows everything.
	Only *Only
	// Replacements are the user's own, by the ID of the model that they replace.
	Replacements map[string]string
	// Impacts are what happens to the account's resources, the worst first, with days
	// counted from head; nil where none are recorded. Unread are the lists of the account
	// that head's run should have read and did not.
	Impacts []ask.Impact
	Unread  []ask.UnreadList
}

// Only selects regions and items of a comparison. What the report says about them
// still takes everything into account that the runs read.
type Only struct {
	Words  string // the choice in a few words, such as "eu-*, Anthropic"
	Region func(region string) bool
	Item   func(id string) bool // of a model or a profile
}

func (o *Only) region(region string) bool { return o == nil || o.Region(region) }
func (o *Only) item(id string) bool       { return o == nil || o.Item(id) }

const deadlineDays = 90

func (o Options) days() int {
	if o.Deadlines <= 0 {
		return deadlineDays
	}
	return int(o.Deadlines / (24 * time.Hour))
}

// Report is what changed between two runs, joined into stories. Lists are sorted,
// times are UTC, and days are counted from the date of Head.
type Report struct {
	Schema string `json:"schema"`
	// Title is one line of plain text with date, verdict and counts, for the
	// subject of a mail.
	Title string `json:"title"`
	Date  string `json:"date"` // of Head, UTC
	// Filter is the selection as the user wrote it, "" for everything.
	Filter  string       `json:"filter,omitempty"`
	Verdict Verdict      `json:"verdict"`
	Counts  Counts       `json:"counts"`
	Base    *catalog.Run `json:"base"` // nil on a first run
	Head    catalog.Run  `json:"head"`

	// Rows are the stories that matter, a model and what happened to it in each, the
	// gravest first.
	Rows  []Row   `json:"rows"`
	ActOn []Story `json:"act_on"`       // breaking and notice
	Good  []Story `json:"good_to_know"` // good
	Other []Story `json:"other_changes"`

	// LeftOut counts the stories that the filter leaves out.
	LeftOut int `json:"left_out,omitempty"`

	NewRegions []diff.NewRegion `json:"new_regions"`
	// Watch are the states of the user's watch rules, the most significant first.
	Watch     []watch.State `json:"watch"`
	Deadlines Deadlines     `json:"deadlines"`
	// Yours counts the account's resources that rest on a model that harms them, the
	// worst first; nil where none are recorded or harmed.
	Yours []Yours `json:"yours,omitempty"`
	// YoursUnread are the lists of the account that the run should have read and did not.
	YoursUnread []ask.UnreadList `json:"yours_unread,omitempty"`
	Coverage    Coverage         `json:"coverage"`
	// Inventory is set if there was nothing to compare.
	Inventory *Inventory `json:"inventory,omitempty"`
}

// Verdict is the result of the comparison. The last three differ, and only the
// first of them says that nothing changed.
type Verdict string

const (
	SomethingChanged Verdict = "changed"
	NothingChanged   Verdict = "nothing-changed"                  // every list that ever was readable was read
	NothingInRead    Verdict = "nothing-changed-in-what-was-read" // some list was not
	NoComparison     Verdict = "no-comparison"                    // a first run, nothing read, or nothing read before
)

// Counts are the numbers of entries, of new regions, and of watch rules that were
// broken or satisfied in the comparison.
type Counts struct {
	ActOn      int `json:"act_on"`
	Good       int `json:"good_to_know"`
	Other      int `json:"other_changes"`
	NewRegions int `json:"new_regions"`
	Broken     int `json:"watch_broken"`
	Satisfied  int `json:"watch_satisfied"`
}

// news counts the watch rules that were broken or satisfied.
func (c Counts) news() int { return c.Broken + c.Satisfied }

// Build makes the report of result, the comparison of base and head. Base is nil
// on a first run and may be reduced to what differs; head must be complete. Build
// changes neither, and does not compare them again.
func Build(result *diff.Result, base, head *catalog.Snapshot, opts Options) *Report {
	v := newView(result, base, head)
	v.only, v.replacements = opts.Only, opts.Replacements
	r := &Report{
		Schema:     Schema,
		Date:       catalog.Day(head.Run.StartedAt),
		Head:       head.Run,
		NewRegions: v.newRegions(),
		Watch:      weighed(opts.Watch),
		Coverage:   v.coverage(),
	}
	if base != nil {
		r.Base = &result.Base
	}
	stories := v.stories()
	for i := range stories {
		stories[i].Breaks = stories[i].brokenRules(r.Watch)
	}
	r.file(stories)
	r.Rows, r.LeftOut = v.rows(stories, r.Watch), v.leftOut
	r.relink()
	r.Deadlines, r.Yours = v.deadlines(opts.days()), yoursOf(v.chosen(opts.Impacts))
	r.YoursUnread = slices.DeleteFunc(slices.Clone(opts.Unread), func(l ask.UnreadList) bool { return !v.only.region(l.Region) })
	r.Counts = Counts{len(r.ActOn), len(r.Good), len(r.Other), len(r.NewRegions), r.countWatch(isBroken), r.countWatch(isNew)}
	changed := result.Any()
	if v.only != nil {
		r.Filter = v.only.Words
		changed = len(stories)+len(r.NewRegions) > 0
	}
	r.Verdict = r.verdict(result, changed)
	if r.Verdict == NoComparison {
		r.Inventory = v.inventory()
	}
	r.Title = r.title()
	return r
}

// file puts the sorted stories into their sections.
func (r *Report) file(stories []Story) {
	r.ActOn, r.Good, r.Other = []Story{}, []Story{}, []Story{}
	for _, s := range stories {
		switch s.Significance {
		case diff.Breaking, diff.Notice:
			r.ActOn = append(r.ActOn, s)
		case diff.Good:
			r.Good = append(r.Good, s)
		default:
			r.Other = append(r.Other, s)
		}
	}
}

func (r *Report) verdict(result *diff.Result, changed bool) Verdict {
	switch {
	case r.Base == nil, !result.Comparable():
		return NoComparison
	case changed:
		return SomethingChanged
	case !r.Coverage.anyRead():
		return NoComparison
	case r.Coverage.anyUnread():
		return NothingInRead
	}
	return NothingChanged
}
