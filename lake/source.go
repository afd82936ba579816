package lake

import (
	"cmp"
	"slices"

	"snapshotter/catalog"
)

// Source is what a history says from a run on.
type Source struct {
	// Runs are all, failed ones too, in order, to the last one to add.
	Runs []catalog.Run
	// Histories has the events of items by kind and key: all since the first run to
	// add, and the last of each item in each region before.
	Histories map[catalog.Kind]map[string][]catalog.Event
	// Coverage is how lists were read, whole.
	Coverage map[catalog.Scope][]catalog.Interval
	// Private adds what the account has. Histories then has its kinds too, and
	// Resources is how their lists were read.
	Private   bool
	Resources map[catalog.Scope][]catalog.Interval
	// Was returns a model as it was last listed anywhere up to a run, nil if it never
	// was. Only private tables need it.
	Was func(model string, run int64) *catalog.FoundationModel
	// Replacements are the user's own, by the model that they replace.
	Replacements map[string]string
}

// Batch is what consecutive runs of one month add.
type Batch struct {
	Month   string
	Last    catalog.Run
	Rows    Rows
	private bool
}

// Batches calls use for each batch of the runs after done, in order. It stops where use
// fails.
func (s *Source) Batches(done Done, use func(*Batch) error) error {
	replay := newReplay(s)
	var batch *Batch
	month := ""
	for _, run := range s.Runs {
		// A run whose clock was set back is in the month of the run before.
		began := max(run.StartedAt.UTC().Format("2006-01"), month)
		first := began != month
		month = began
		if run.ID <= done.After(s.Private) {
			replay.pass(run)
			continue
		}
		if batch != nil && first {
			if err := use(batch); err != nil {
				return err
			}
			batch = nil
		}
		if batch == nil {
			batch = &Batch{Month: month, private: s.Private}
		}
		replay.add(run, first, &batch.Rows)
		batch.Last = run
	}
	if batch == nil {
		return nil
	}
	return use(batch)
}

// event is a change of an item, with the item's key.
type event struct {
	catalog.Event
	kind catalog.Kind
	key  string
}

func (e *event) scope() catalog.Scope { return catalog.Scope{Region: e.Region, Kind: e.kind} }

// events are those of the histories by run, region, kind and key.
func (s *Source) events() []event {
	var all []event
	for kind, histories := range s.Histories {
		for key, events := range histories {
			for _, e := range events {
				all = append(all, event{e, kind, key})
			}
		}
	}
	slices.SortFunc(all, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.Run.ID, b.Run.ID), a.scope().Compare(b.scope()), cmp.Compare(a.key, b.key))
	})
	return all
}

// covered is how a list was read from a run on.
type covered struct {
	catalog.Interval
	scope     catalog.Scope
	since     catalog.RunRef  // the first of the consecutive runs with this outcome
	confirmed *catalog.RunRef // the last run before that read the list whole
}

func coveredBy(coverage map[catalog.Scope][]catalog.Interval) []covered {
	var all []covered
	for scope, intervals := range coverage {
		var confirmed *catalog.RunRef
		for i, interval := range intervals {
			c := covered{Interval: interval, scope: scope, since: interval.From}
			if i > 0 && intervals[i-1].Outcome == interval.Outcome {
				c.since = all[len(all)-1].since
			}
			if interval.Outcome == catalog.Complete {
				confirmed = &interval.To
			} else {
				c.confirmed = confirmed
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b covered) int {
		return cmp.Or(cmp.Compare(a.From.ID, b.From.ID), a.scope.Compare(b.scope))
	})
	return all
}

func (c *covered) row(run catalog.RunRef) Coverage {
	row := Coverage{
		RunID: run.ID, RunAt: run.At, Region: c.scope.Region, Kind: string(c.scope.Kind),
		Outcome: string(c.Outcome), ErrorCode: c.ErrorCode, Message: c.Message, SinceRunID: c.since.ID, SinceAt: c.since.At,
	}
	if c.confirmed != nil {
		row.ConfirmedRunID, row.ConfirmedAt = &c.confirmed.ID, &c.confirmed.At
	}
	return row
}
