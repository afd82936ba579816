package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/diff"
	"snapshotter/internal/terminal"
	"snapshotter/report"
	"snapshotter/state"
	"snapshotter/store"
	"snapshotter/watch"
)

// job is the main job: collect, record, report. It takes one snapshot each time
// it is run.
type job struct {
	db      string // path, or URL of S3
	reports string // directory, or URL of S3
	trigger catalog.Trigger
	note    string // kept with the run, beside what discovery did without
	rules   []watch.Rule
	regions []string // globs of those to list, none for all
	now     func() time.Time
	log     *slog.Logger
	aws     aws.Config
	options collect.Options
	// collected is called when nothing more will be read, before anything is
	// logged of it; it may be nil.
	collected func()
	announcer *announcer // nil tells nothing
}

// snapshot is what one execution of the job left behind.
type snapshot struct {
	run    catalog.Run
	report *report.Report
	path   string // of the report
	// unwritten says why there is no report, or why one of an earlier run is
	// still missing. It never undoes the run.
	unwritten error
}

// take takes a snapshot: it records, saves, reports and tells, in this order, so
// that nobody is told of a run that is not kept. No other process writes to the
// history meanwhile or, in S3, what it saves is not overwritten. An error means
// that nothing was recorded but, where credentials failed, the failure.
func (j *job) take(ctx context.Context) (taken *snapshot, err error) {
	lasting, cancel := lasting(ctx)
	defer cancel()
	history, err := j.place().open(ctx)
	if errors.As(err, new(*store.LockedError)) {
		return nil, err
	}
	defer history.close()
	end := j.announcer.begin(ctx)
	defer func() {
		if taken == nil && err == nil { // it crashed
			j.rescue(lasting, history)
		}
		end(lasting, taken, err)
	}()
	if err != nil {
		return nil, err
	}
	run, cause := j.record(ctx, history.db)
	if run.ID == 0 {
		return nil, cause
	}
	// The run is recorded: a signal that comes now must not cost the rest.
	done, err := j.finish(lasting, history, run)
	if err := errors.Join(cause, err); err != nil {
		return nil, err
	}
	return done, nil
}

// finish saves, reports and tells what is recorded.
func (j *job) finish(ctx context.Context, history *session, run catalog.Run) (*snapshot, error) {
	done := &snapshot{run: run}
	if run.Status != catalog.RunFailed {
		done.report, done.unwritten = j.newestReport(ctx, history.db)
	}
	due := j.announcer.prepare(ctx, history.db, done)
	if err := history.save(ctx); err != nil {
		return nil, j.unsaved(ctx, err)
	}
	if done.report != nil {
		done.path, done.unwritten = j.writeReports(ctx, history.db, done.report)
	}
	j.announcer.deliver(ctx, history.db, due)
	return done, nil
}

// rescue saves what a run recorded before it crashed.
func (j *job) rescue(ctx context.Context, history *session) {
	if err := history.save(ctx); err != nil {
		j.log.Error("a run crashed, and what it had recorded was not saved", problem(err)...)
	}
}

// place is where the history is kept.
func (j *job) place() place { return place{j.db, j.aws, j.log} }

// unsaved is the error of a run that could not be saved. If another run was saved
// first, the report of that one is written, and nobody is told: whoever saved it
// does that.
func (j *job) unsaved(ctx context.Context, err error) error {
	lost := (*state.LostRaceError)(nil)
	if !errors.As(err, &lost) || lost.Deleted {
		return err
	}
	unreported := j.place().read(ctx, func(db *store.Store) error {
		saved, err := j.newestReport(ctx, db)
		if err != nil {
			return err
		}
		path, err := j.writeReports(ctx, db, saved)
		if err == nil {
			j.log.Warn("the run that was saved first is reported instead", "title", saved.Title, "path", path)
		}
		return err
	})
	return errors.Join(err, unreported)
}

// record reads and records; of an error the run is the failed one, if that was
// recorded.
func (j *job) record(ctx context.Context, db *store.Store) (catalog.Run, error) {
	known, err := db.Known(ctx)
	if err != nil {
		return catalog.Run{}, err
	}
	run := catalog.Run{
		StartedAt: j.now().UTC(), Trigger: j.trigger, CollectorVersion: version(),
		Partition: catalog.Partition(j.aws.Region),
	}
	result, err := collect.Collect(ctx, j.aws, known, j.options)
	if j.collected != nil {
		j.collected()
	}
	run.FinishedAt = j.now().UTC()
	if err != nil {
		return j.recordFailure(ctx, db, run, err)
	}
	for _, note := range result.Notes {
		j.log.Warn("discovery does without a source", "note", note)
	}
	unmatched := j.unmatched(result.Listings)
	for _, note := range unmatched {
		j.log.Warn(note)
	}
	run.Partition, run.Message = result.Partition, j.message(append(result.Notes, unmatched...))
	// Everything was read: a signal that comes now must not cost the run.
	recorded, err := db.Record(context.WithoutCancel(ctx), run, result.Listings)
	if err != nil {
		return catalog.Run{}, err
	}
	j.logRun(recorded, result.Listings)
	return recorded, nil
}

// unmatched says of each glob that lets no region through that it does: it may
// be misspelt, and a region that is not listed is missed by nobody.
func (j *job) unmatched(listings []catalog.Listing) (notes []string) {
	for _, glob := range j.regions {
		if !slices.ContainsFunc(listings, func(l catalog.Listing) bool { return matchesAny([]string{glob}, l.Region) }) {
			notes = append(notes, fmt.Sprintf("no region matches --region %q", terminal.OneLine(glob)))
		}
	}
	return notes
}

func (j *job) message(notes []string) string {
	if j.note != "" {
		notes = append([]string{j.note}, notes...)
	}
	return strings.Join(notes, "; ")
}

// recordFailure keeps a run that read nothing, so that `runs` shows that it was
// tried, and returns it with why it did. A run that was told to stop is no
// failure.
func (j *job) recordFailure(ctx context.Context, db *store.Store, run catalog.Run, cause error) (catalog.Run, error) {
	if errors.Is(cause, context.Canceled) {
		return catalog.Run{}, cause
	}
	run.Message = catalog.Redact(cause.Error())
	failed, err := db.RecordFailure(ctx, run)
	if err != nil {
		return catalog.Run{}, errors.Join(cause, err)
	}
	return failed, cause
}

func (j *job) logRun(run catalog.Run, listings []catalog.Listing) {
	asked, warned := 0, false
	for _, l := range listings {
		if l.Outcome != catalog.NotListed {
			asked++
		}
		if !l.Outcome.Expected() {
			warned = true
			j.log.Warn("list not read", "region", l.Region, "kind", l.Kind, "outcome", l.Outcome, "code", l.ErrorCode, "message", l.Message)
		}
	}
	if run.Status == catalog.RunPartial && !warned {
		j.log.Warn("a list that was read before was not read, or was found empty: the report says which")
	}
	j.log.Info("run recorded", "run", run.ID, "status", run.Status, "lists", asked,
		"seconds", run.FinishedAt.Sub(run.StartedAt).Round(time.Millisecond).Seconds())
}

// before is the run before the place i among runs, nil for the first.
func before(runs []catalog.Run, i int) *catalog.Run {
	if i == 0 {
		return nil
	}
	return &runs[i-1]
}

// buildReport compares two runs and tells of it what keep lets through, judged by
// everything, and how rules stand. A nil base is a first run.
func buildReport(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run, keep filter, rules []watch.Rule) (*report.Report, error) {
	old, new, err := keep.sides(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	now := new
	if base != nil { // what new was thinned to is not all that a report tells
		if now, err = db.Snapshot(ctx, head.ID); err != nil {
			return nil, err
		}
	}
	states, err := watched(ctx, db, rules, base, now)
	if err != nil {
		return nil, err
	}
	only, err := keep.only(old, now)
	if err != nil {
		return nil, err
	}
	return report.Build(diff.Compare(old, new), old, now, report.Options{Watch: states, Only: only}), nil
}

// sides are the snapshots of two runs, of no base nil, thinned to what differs
// unless f asks for what only the whole tells: which models there are, who
// provides them, and what routes to them.
func (f filter) sides(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (old, new *catalog.Snapshot, err error) {
	if len(f.Model)+len(f.Provider) == 0 {
		return thinned(ctx, db, base, head)
	}
	return sides(ctx, db, base, head)
}

// thinned are the snapshots of two runs as far as they differ; where there is no
// base, head's is whole.
func thinned(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (then, now *catalog.Snapshot, err error) {
	if base == nil {
		return sides(ctx, db, nil, head)
	}
	return db.Between(ctx, base.ID, head.ID)
}

// sides are the snapshots of two runs, whole.
func sides(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (then, now *catalog.Snapshot, err error) {
	if then, err = snapshotOf(ctx, db, base); err == nil {
		now, err = snapshotOf(ctx, db, &head)
	}
	return then, now, err
}

// snapshotOf is all that was listed as of a run, nil of none.
func snapshotOf(ctx context.Context, db *store.Store, run *catalog.Run) (*catalog.Snapshot, error) {
	if run == nil {
		return nil, nil
	}
	return db.Snapshot(ctx, run.ID)
}
