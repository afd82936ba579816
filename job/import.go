package job

import (
	"context"
	"fmt"
	"math"

	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/store"
)

// Imported is a capture that was recorded as a run.
type Imported struct {
	Capture *capture.Capture
	Run     catalog.Run
}

// Skipped is a capture that an earlier run was imported from.
type Skipped Imported

func (Imported) event() {}
func (Skipped) event()  {}

// Import records each capture that was not imported before as a run at its time,
// in the order of folders, which must be that of their times, as
// [capture.Find] returns them. Either each is recorded, or an error says why not:
// if it is a [*TooOldError], or a capture can't be read, nothing was recorded. The
// status is the worst of the runs'.
func Import(ctx context.Context, db *store.Store, folders []string, version string, observe func(Event)) (catalog.Status, error) {
	status := catalog.RunComplete
	captures, err := unimported(ctx, db, folders, observe)
	if err != nil {
		return status, err
	}
	for _, c := range captures {
		run, err := db.Record(ctx, catalog.Run{
			StartedAt: c.At, FinishedAt: c.At, Trigger: catalog.Import,
			CollectorVersion: version, Partition: c.Partition,
		}, c.Listings)
		if err != nil {
			return status, fmt.Errorf("import %s: %w", c.Path, err)
		}
		observe(Imported{c, run})
		if run.Status == catalog.RunPartial {
			status = run.Status
		}
	}
	return status, nil
}

// unimported reads the folders that were not imported before.
func unimported(ctx context.Context, db *store.Store, folders []string, observe func(Event)) (captures []*capture.Capture, err error) {
	runs, err := db.LastRecorded(ctx, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	earlier := map[int64]catalog.Run{} // imported runs by time
	for _, run := range runs {
		if run.Trigger == catalog.Import {
			earlier[run.StartedAt.UnixNano()] = run
		}
	}
	for _, folder := range folders {
		c, err := capture.Read(folder)
		if err != nil {
			return nil, err
		}
		if run, known := earlier[c.At.UnixNano()]; known {
			observe(Skipped{c, run})
			continue
		}
		if n := len(runs); n > 0 && !c.At.After(runs[n-1].StartedAt) {
			return nil, &TooOldError{c.Path, runs[n-1]}
		}
		captures = append(captures, c)
	}
	return captures, nil
}

// TooOldError says that a capture is not newer than the newest run. Runs are
// recorded in the order of time.
type TooOldError struct {
	Path   string
	Newest catalog.Run
}

func (e *TooOldError) Error() string {
	return fmt.Sprintf("%s is not newer than run %d (%s); nothing was imported", e.Path, e.Newest.ID, catalog.Moment(e.Newest.StartedAt))
}

// Advice says what to do about it.
func (e *TooOldError) Advice() string {
	return "runs are recorded in the order of time: import all folders at once into a new database (--db FILE)"
}
