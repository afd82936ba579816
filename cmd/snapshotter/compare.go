package main

import (
	"context"

	"snapshotter/catalog"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/store"
	"snapshotter/watch"
)

// buildReport compares two runs and reports what keep chooses, and the state of
// the watch rules. A nil base is a first run.
func (p *program) buildReport(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run, keep filter) (*report.Report, error) {
	old, new, err := keep.sides(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	return job.NewComparison(old, new).Report(ctx, db, p.readers(), keep.choose)
}

// choose is only for package job.
func (f filter) choose(old, now *catalog.Snapshot) (*report.Only, error) { return f.only(old, now) }

// readers is what the configuration file says about reports.
func (p *program) readers() job.Rules {
	p.warnOpen()
	return job.Rules{Watch: watching(p.rules), Replacements: p.replacements, Account: true}
}

// watching evaluates rules for package job, nil if there are none.
func watching(rules []watch.Rule) job.Watch {
	if len(rules) == 0 {
		return nil
	}
	return func(ctx context.Context, db *store.Store, base *catalog.Run, now *catalog.Snapshot) ([]watch.State, error) {
		return watched(ctx, db, rules, base, now)
	}
}

// sides returns the snapshots of two runs, nil for a nil base. They are cut down to
// what differs unless f asks for what only everything can say: which models there
// are, who provides them, and what routes to them.
func (f filter) sides(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (old, new *catalog.Snapshot, err error) {
	if len(f.Model)+len(f.Provider) == 0 {
		return job.Differing(ctx, db, base, head)
	}
	if old, err = snapshotOf(ctx, db, base); err == nil {
		new, err = db.Snapshot(ctx, head.ID)
	}
	return old, new, err
}

// snapshotOf returns what was listed as of a run, nil for a nil run.
func snapshotOf(ctx context.Context, db *store.Store, run *catalog.Run) (*catalog.Snapshot, error) {
	if run == nil {
		return nil, nil
	}
	return db.Snapshot(ctx, run.ID)
}
