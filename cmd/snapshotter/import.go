package main

import (
	"context"
	"fmt"
	"path/filepath"

	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// importCommand records captures as runs.
type importCommand struct {
	Dir []string `arg:"" help:"Folders named by a time (2026-02-08T07-06-08Z), or folders of them."`
}

func (c *importCommand) Help() string {
	return `A dated folder holds one folder per region, with the output of the AWS CLI:

  aws bedrock list-foundation-models --region R > T/R/foundation-models.json
  aws bedrock list-inference-profiles --region R --type-equals SYSTEM_DEFINED > T/R/inference-profiles.json

Each dated folder becomes one run at its time, the oldest first. A missing region or file
counts as not observed, never as removed; a file that can't be parsed makes its
list invalid. A folder that was imported before is skipped. "snapshotter export"
writes such folders.

Examples:
  snapshotter import captures/2026-02-08T07-06-08Z
  snapshotter import --db history.db captures`
}

func (c *importCommand) Run(ctx context.Context, p *program) error {
	folders, err := capture.Find(c.Dir...)
	if err != nil {
		return err
	}
	status := catalog.RunComplete
	if err := p.writing(ctx, func(db *store.Store) (err error) {
		status, err = c.record(ctx, p, db, folders)
		return err
	}); err != nil {
		return err
	}
	return statusError(status)
}

// record records each folder that was not imported before as a run. The status is
// partial if any of them is.
func (c *importCommand) record(ctx context.Context, p *program, db *store.Store, folders []string) (catalog.Status, error) {
	status := catalog.RunComplete
	captures, err := c.pending(ctx, p, db, folders)
	if err != nil {
		return status, err
	}
	for _, recording := range captures {
		run, err := p.importCapture(ctx, db, recording)
		if err != nil {
			return status, err
		}
		if run.Status == catalog.RunPartial {
			status = run.Status
		}
	}
	return status, nil
}

// pending reads the folders that were not imported before. A folder that is older
// than the newest run is refused before anything is recorded, as runs are in the
// order of time.
func (c *importCommand) pending(ctx context.Context, p *program, db *store.Store, folders []string) ([]*capture.Capture, error) {
	runs, err := recordedRuns(ctx, db)
	if err != nil {
		return nil, err
	}
	var pending []*capture.Capture
	for _, folder := range folders {
		recording, err := capture.Read(folder)
		if err != nil {
			return nil, err
		}
		if run := imported(runs, recording); run != nil {
			p.say("skipped  %s: already imported as run %d", filepath.Base(folder), run.ID)
			continue
		}
		if newest := newestOf(runs); newest != nil && !recording.At.After(newest.StartedAt) {
			return nil, tooOld(recording, newest)
		}
		pending = append(pending, recording)
	}
	return pending, nil
}

// recordedRuns returns the runs that recorded a catalogue, sorted by id.
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

// newestOf returns the last run, nil if there is none.
func newestOf(runs []catalog.Run) *catalog.Run {
	if len(runs) == 0 {
		return nil
	}
	return &runs[len(runs)-1]
}

func imported(runs []catalog.Run, recording *capture.Capture) *catalog.Run {
	for i := range runs {
		if runs[i].Trigger == catalog.Import && runs[i].StartedAt.Equal(recording.At) {
			return &runs[i]
		}
	}
	return nil
}

func tooOld(recording *capture.Capture, newest *catalog.Run) error {
	return advised{
		fmt.Sprintf("%s is not newer than run %d (%s); nothing was imported", recording.Path, newest.ID, catalog.Moment(newest.StartedAt)),
		"runs are recorded in the order of time: import all folders at once into a new database (--db FILE)",
	}
}

func (p *program) importCapture(ctx context.Context, db *store.Store, recording *capture.Capture) (catalog.Run, error) {
	run, err := db.Record(ctx, catalog.Run{
		StartedAt: recording.At, FinishedAt: recording.At, Trigger: catalog.Import,
		CollectorVersion: version(), Partition: recording.Partition,
	}, recording.Listings)
	if err != nil {
		return run, fmt.Errorf("import %s: %w", recording.Path, err)
	}
	items, unread := 0, 0
	for _, l := range recording.Listings {
		items += len(l.Items)
		if l.Outcome != catalog.Complete {
			unread++
		}
		if l.Outcome == catalog.Invalid {
			fmt.Fprintln(p.stderr, "not read "+filepath.Base(recording.Path)+": "+terminal.OneLine(l.Message))
		}
	}
	p.say("run %-4d %s  %-8s  %d lists read, %d not, %d items", run.ID, catalog.Moment(run.StartedAt), run.Status,
		len(recording.Listings)-unread, unread, items)
	return run, nil
}
