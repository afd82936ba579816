package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/diff"
	"snapshotter/report"
	"snapshotter/store"
	"snapshotter/watch"
)

// job is the main job: collect, record, report. It takes one snapshot each time
// it is run.
type job struct {
	db      string
	reports string // directory
	trigger catalog.Trigger
	note    string // kept with the run, beside what discovery did without
	rules   []watch.Rule
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

// take takes a snapshot, holding the database's lock all the while. An error
// means that nothing was recorded but, where credentials failed, the failure.
func (j *job) take(ctx context.Context) (taken *snapshot, err error) {
	lock, err := store.Acquire(j.db)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	end := j.announcer.begin(ctx)
	defer func() { end(taken, err) }()
	db, err := store.Open(ctx, j.db)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	run, err := j.record(ctx, db)
	if err != nil {
		j.announcer.tell(ctx, db, &snapshot{run: run})
		return nil, err
	}
	// The run is recorded: a signal that comes now must not cost its report.
	done := &snapshot{run: run}
	done.report, done.path, done.unwritten = j.writeReports(context.WithoutCancel(ctx), db)
	j.announcer.tell(ctx, db, done)
	return done, nil
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
	run.Partition, run.Message = result.Partition, j.message(result.Notes)
	// Everything was read: a signal that comes now must not cost the run.
	recorded, err := db.Record(context.WithoutCancel(ctx), run, result.Listings)
	if err != nil {
		return catalog.Run{}, err
	}
	j.logRun(recorded, result.Listings)
	return recorded, nil
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
	for _, l := range listings {
		if !l.Outcome.Expected() {
			j.log.Warn("list not read", "region", l.Region, "kind", l.Kind, "outcome", l.Outcome, "code", l.ErrorCode, "message", l.Message)
		}
	}
	j.log.Info("run recorded", "run", run.ID, "status", run.Status, "lists", len(listings),
		"seconds", run.FinishedAt.Sub(run.StartedAt).Round(time.Millisecond).Seconds())
}

// repairs is how many runs back a missing report is still written.
const repairs = 7

// writeReports writes the report of the newest run, and before it those that
// the runs just before could not write. It returns the newest.
func (j *job) writeReports(ctx context.Context, db *store.Store) (*report.Report, string, error) {
	runs, err := recordedRuns(ctx, db)
	if err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(j.reports, 0o755); err != nil {
		return nil, "", unwritable{err}
	}
	newest := len(runs) - 1
	first := newest
	for first > 0 && first > newest-repairs && runs[first-1].Trigger != catalog.Import && !exists(j.reportPath(runs[first-1])) {
		first--
	}
	var latest *report.Report
	for i := first; i <= newest; i++ {
		if latest, err = buildReport(ctx, db, before(runs, i), runs[i], filter{}, j.rules); err != nil {
			return nil, "", err
		}
		if err := writeAtomically(j.reportPath(runs[i]), latest.Markdown); err != nil {
			return latest, "", unwritable{err}
		}
	}
	if err := writeAtomically(filepath.Join(j.reports, "latest.md"), latest.Markdown); err != nil {
		return latest, "", unwritable{err}
	}
	return latest, j.reportPath(runs[newest]), nil
}

func (j *job) reportPath(run catalog.Run) string {
	return filepath.Join(j.reports, fileTime(run.StartedAt)+".md")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unwritable is a report that could not be written.
type unwritable struct{ error }

func (e unwritable) Error() string { return "the report was not written: " + e.error.Error() }
func (e unwritable) Unwrap() error { return e.error }
func (e unwritable) Advice() string {
	return "the run is recorded; make the directory writable, then the next run, or snapshotter report -o FILE, writes it"
}

// writing opens the history at path for writing, calls use while holding its
// lock, and closes it. It returns the first error of these.
func writing(ctx context.Context, path string, use func(*store.Store) error) (err error) {
	lock, err := store.Acquire(path)
	if err != nil {
		return err
	}
	defer lock.Release()
	db, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := db.Close(); err == nil {
			err = closed
		}
	}()
	return use(db)
}

// recordedRuns are the runs that recorded a catalogue, sorted by id.
func recordedRuns(ctx context.Context, db *store.Store) ([]catalog.Run, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var recorded []catalog.Run
	for _, run := range runs {
		if run.Status != catalog.RunFailed {
			recorded = append(recorded, run)
		}
	}
	return recorded, nil
}

// before is the run before the place i among runs, nil for the first.
func before(runs []catalog.Run, i int) *catalog.Run {
	if i == 0 {
		return nil
	}
	return &runs[i-1]
}

// buildReport compares two runs within what keep lets through, and tells how
// rules stand, which keep does not touch. A nil base is a first run.
func buildReport(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run, keep filter, rules []watch.Rule) (*report.Report, error) {
	then, now, err := sides(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	states, err := watched(ctx, db, rules, then, now)
	if err != nil {
		return nil, err
	}
	kept := keep.apply(then, now)
	then, now = kept[0], kept[1]
	return report.Build(diff.Compare(then, now), then, now, report.Options{Watch: states}), nil
}

// thinned are the snapshots of two runs as far as they differ; of no base there
// is none, and head's is whole.
func thinned(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (then, now *catalog.Snapshot, err error) {
	if base == nil {
		return sides(ctx, db, nil, head)
	}
	return db.Between(ctx, base.ID, head.ID)
}

// sides are the snapshots of two runs, whole; of no base there is none.
func sides(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (then, now *catalog.Snapshot, err error) {
	if base != nil {
		if then, err = db.Snapshot(ctx, base.ID); err != nil {
			return nil, nil, err
		}
	}
	now, err = db.Snapshot(ctx, head.ID)
	return then, now, err
}
