package job

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/store"
)

// Imported is a capture that was recorded as a run.
type Imported struct {
	Capture *capture.Capture
	Run     catalog.Run
}

// Skipped is a capture that an earlier run was imported from.
type Skipped struct {
	Capture *capture.Capture
	Run     catalog.Run
	// Better are the lists that can be read now and that the run could not read.
	// They are not recorded, because the history has later runs.
	Better []catalog.Scope
}

func (Imported) event() {}
func (Skipped) event()  {}

// Import records each capture that was not imported before as a run at its time,
// in the order of folders, which must be that of their times, as
// [capture.Find] returns them. The newest run is imported again if lists can be
// read now that could not be read then. Either each is recorded, or an error says
// why not: if a capture can't be read or is refused, nothing was recorded. The
// status is the worst of the runs'.
//
// It refuses a capture of which nothing could be read ([*NothingReadError]), one
// that holds other lists than were recorded of its time ([*OtherContentError]), and
// one that is older than the newest run ([*TooOldError]).
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

// unimported reads the folders and returns the captures to record.
func unimported(ctx context.Context, db *store.Store, folders []string, observe func(Event)) ([]*capture.Capture, error) {
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
	var captures []*capture.Capture
	for _, folder := range folders {
		c, err := capture.Read(folder)
		if err != nil {
			return nil, err
		}
		run, recorded := earlier[c.At.UnixNano()]
		switch {
		case recorded:
			better, err := reread(ctx, db, c, run)
			if err != nil {
				return nil, err
			}
			if len(better) == 0 || run.ID != runs[len(runs)-1].ID {
				observe(Skipped{c, run, better})
				continue
			}
		case !slices.ContainsFunc(c.Listings, isComplete):
			return nil, &NothingReadError{c}
		case len(captures) > 0 && c.At.Equal(captures[len(captures)-1].At):
			return nil, &OtherContentError{Path: c.Path, Beside: captures[len(captures)-1].Path}
		case len(runs) > 0 && !c.At.After(runs[len(runs)-1].StartedAt):
			return nil, &TooOldError{c.Path, runs[len(runs)-1]}
		}
		captures = append(captures, c)
	}
	return captures, nil
}

func isComplete(l catalog.Listing) bool { return l.Outcome == catalog.Complete }

// reread compares a capture with what was recorded of its time, up to run. It
// returns the lists that can be read now and were not read then, and refuses lists
// that say something else.
func reread(ctx context.Context, db *store.Store, c *capture.Capture, run catalog.Run) (better []catalog.Scope, err error) {
	recorded, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	var other []catalog.Scope
	for _, l := range c.Listings {
		state := recorded.Scope(l.Scope)
		switch {
		case !isComplete(l), state != nil && state.Outcome == catalog.Suspect:
		case state == nil || !state.Observed() || !state.Confirmed.At.Equal(c.At):
			better = append(better, l.Scope)
		case !sameItems(state.Items, l):
			other = append(other, l.Scope)
		}
	}
	if len(other) > 0 {
		return nil, &OtherContentError{Path: c.Path, Run: run, Scopes: other}
	}
	return better, nil
}

// sameItems reports whether a list says what was recorded. A field that only one of
// them has may be due to another version of the program.
func sameItems(recorded []catalog.Item, l catalog.Listing) bool {
	at := catalog.RunRef{ID: 1}
	snapshot := func(items []catalog.Item) *catalog.Snapshot {
		return &catalog.Snapshot{Scopes: []catalog.ScopeState{{Scope: l.Scope, Outcome: catalog.Complete, Confirmed: &at, Items: items}}}
	}
	changes := diff.Compare(snapshot(recorded), snapshot(l.Items)).Changes
	return !slices.ContainsFunc(changes, func(c diff.Change) bool {
		return c.Kind == diff.Added || c.Kind == diff.Removed ||
			slices.ContainsFunc(c.Fields, func(f diff.FieldChange) bool { return f.Said == diff.BothSaid })
	})
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

// NothingReadError says that not one list of a capture could be read.
type NothingReadError struct{ Capture *capture.Capture }

func (e *NothingReadError) Error() string {
	var why []string
	for _, l := range e.Capture.Listings {
		if l.Message != "" {
			why = append(why, l.Message)
		}
	}
	const shown = 3
	more := ""
	if len(why) > shown {
		why, more = why[:shown], fmt.Sprintf("; and %d more", len(why)-shown)
	}
	return fmt.Sprintf("no list in %s could be read, so nothing was imported: %s%s", e.Capture.Path, strings.Join(why, "; "), more)
}

// Advice says what to do about it.
func (e *NothingReadError) Advice() string {
	return "record the folder again, or mend its files; snapshotter import --help shows the commands"
}

// OtherContentError says that a capture has the time of another and says something
// else.
type OtherContentError struct {
	Path string
	// Run was imported from the other, and Scopes are the lists that differ.
	Run    catalog.Run
	Scopes []catalog.Scope
	// Beside is the other where both are to be imported.
	Beside string
}

func (e *OtherContentError) Error() string {
	if e.Beside != "" {
		return fmt.Sprintf("%s and %s are of the same time; nothing was imported", e.Beside, e.Path)
	}
	var names []string
	for _, scope := range e.Scopes {
		names = append(names, scope.Region+"/"+capture.FileName(scope.Kind))
	}
	return fmt.Sprintf("%s does not hold what run %d recorded of the same time; these differ: %s; nothing was imported",
		e.Path, e.Run.ID, strings.Join(names, ", "))
}

// Advice says what to do about it.
func (e *OtherContentError) Advice() string {
	if e.Beside != "" {
		return "put the regions of one time into one folder, or name each folder after its own time"
	}
	return "if it was recorded at another time, name the folder after that; if it is right and the run is not, import all folders into a new database (--db FILE)"
}
