package job

import (
	"context"
	"errors"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/report"
	"snapshotter/store"
	"snapshotter/watch"
)

// Watch evaluates the watch rules in now, against base, nil on a first run.
type Watch func(ctx context.Context, db *store.Store, base *catalog.Run, now *catalog.Snapshot) ([]watch.State, error)

// Comparison is what changed between two runs. It is made once, for the report
// and for the announcement.
type Comparison struct {
	Result   *diff.Result
	old, new *catalog.Snapshot
}

// Compare compares head with base, nil for a first run. It reads only what
// differs between them.
func Compare(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (*Comparison, error) {
	old, new, err := Differing(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	return NewComparison(old, new), nil
}

// NewComparison compares two snapshots; old is nil on a first run. Both may be
// cut down to what differs, as [Differing] returns them.
func NewComparison(old, new *catalog.Snapshot) *Comparison {
	return &Comparison{Result: diff.Compare(old, new), old: old, new: new}
}

// Differing returns the snapshots of two runs, cut down to what differs. Without
// a base, old is nil and new is complete.
func Differing(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (old, new *catalog.Snapshot, err error) {
	if base == nil {
		new, err = db.Snapshot(ctx, head.ID)
		return nil, new, err
	}
	return db.Between(ctx, base.ID, head.ID)
}

// Before returns the last run before head that recorded a catalogue, nil if there
// is none.
func Before(ctx context.Context, db *store.Store, head catalog.Run) (*catalog.Run, error) {
	run, err := db.Before(ctx, head.ID)
	if _, none := errors.AsType[*store.NoRunError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &run, nil
}

// Rules are what the readers of reports set.
type Rules struct {
	Watch Watch // nil without watch rules
	// Replacements are the readers' own, by the ID of the model that they replace.
	Replacements map[string]string
	// Account lets reports count the account's resources that rest on a model that ends
	// or is gone.
	Account bool
}

// Choice chooses what a report shows, given the old snapshot, which may be cut
// down and is nil on a first run, and the complete new one.
type Choice func(old, now *catalog.Snapshot) (*report.Only, error)

// Report builds the report of the comparison, with the state of the watch rules.
// Without a choice it shows everything.
func (c *Comparison) Report(ctx context.Context, db *store.Store, rules Rules, choose Choice) (*report.Report, error) {
	now, base := c.new, (*catalog.Run)(nil)
	if c.old != nil { // new may be cut down, and a report needs everything
		base = &c.old.Run
		var err error
		if now, err = db.Snapshot(ctx, c.new.Run.ID); err != nil {
			return nil, err
		}
	}
	options := report.Options{Replacements: rules.Replacements}
	var err error
	if rules.Watch != nil {
		if options.Watch, err = rules.Watch(ctx, db, base, now); err != nil {
			return nil, err
		}
	}
	if rules.Account {
		impacts, resources, err := Impacts(ctx, db, now, ask.Impacted{Today: now.Run.StartedAt, Replacements: rules.Replacements})
		if err != nil {
			return nil, err
		}
		options.Impacts, options.Unread = impacts, lostLists(resources)
	}
	if choose != nil {
		if options.Only, err = choose(c.old, now); err != nil {
			return nil, err
		}
	}
	return report.Build(c.Result, c.old, now, options), nil
}

// update is a run with what it changed, as far as that was read. Of a failed run
// there is nothing to read.
type update struct {
	run        catalog.Run
	comparison *Comparison
	report     *report.Report
}

// read compares the run with the one before and builds the report, unless that
// has been done.
func (u *update) read(ctx context.Context, db *store.Store, rules Rules) error {
	if u.run.Status == catalog.RunFailed || u.report != nil {
		return nil
	}
	if u.comparison == nil {
		base, err := Before(ctx, db, u.run)
		if err != nil {
			return err
		}
		if u.comparison, err = Compare(ctx, db, base, u.run); err != nil {
			return err
		}
	}
	var err error
	u.report, err = u.comparison.Report(ctx, db, rules, nil)
	return err
}

// result returns what changed, nil for a failed run.
func (u *update) result() *diff.Result {
	if u.comparison == nil {
		return nil
	}
	return u.comparison.Result
}
