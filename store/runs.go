package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"snapshotter/catalog"
)

const selectRun = `
	SELECT id, started_at, finished_at, status, trigger, collector_version, partition, digest, message
	FROM runs `

// Runs are all runs, failed ones too, by id.
func (s *Store) Runs(ctx context.Context) ([]catalog.Run, error) {
	runs, err := s.runs(ctx)
	return runs, explained("read", s.path, err)
}

func (s *Store) runs(ctx context.Context) ([]catalog.Run, error) {
	rows, err := s.query(ctx, selectRun+`ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var runs []catalog.Run
	for rows.Next() {
		run, err := scanRun(rows.Scan)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, rows.Err()
}

// Latest is the recorded run that n others follow: 0 is the last, 1 the one
// before it. Failed runs are passed over. The error is a [*NoRunError] if there
// are not so many.
func (s *Store) Latest(ctx context.Context, n int) (catalog.Run, error) {
	run, err := s.run(ctx, selectRun+`WHERE ordinal = (SELECT max(ordinal) FROM runs) - ?`, n)
	if errors.Is(err, sql.ErrNoRows) {
		err = &NoRunError{fmt.Sprintf("fewer than %d runs are recorded", n+1)}
		if n == 0 {
			err = &NoRunError{"no run is recorded yet"}
		}
	}
	return run, explained("read", s.path, err)
}

// RunAt is the last recorded run that started at or before t. Failed runs are
// passed over. The error is a [*NoRunError] if there is none.
func (s *Store) RunAt(ctx context.Context, t time.Time) (catalog.Run, error) {
	run, err := s.run(ctx, selectRun+`WHERE ordinal NOT NULL AND started_at <= ? ORDER BY id DESC LIMIT 1`, timeText(t))
	if errors.Is(err, sql.ErrNoRows) {
		err = &NoRunError{fmt.Sprintf("no run is recorded at or before %s", t.UTC().Format("2006-01-02 15:04 MST"))}
	}
	return run, explained("read", s.path, err)
}

// Before is the last recorded run before the one with an id. Failed runs are
// passed over. The error is a [*NoRunError] if there is none.
func (s *Store) Before(ctx context.Context, id int64) (catalog.Run, error) {
	run, err := s.run(ctx, selectRun+`WHERE ordinal NOT NULL AND id < ? ORDER BY id DESC LIMIT 1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = &NoRunError{fmt.Sprintf("no run is recorded before run %d", id)}
	}
	return run, explained("read", s.path, err)
}

// First is the recorded run that all others follow. The error is a
// [*NoRunError] if there is none.
func (s *Store) First(ctx context.Context) (catalog.Run, error) {
	run, err := s.run(ctx, selectRun+`WHERE ordinal = 1`)
	if errors.Is(err, sql.ErrNoRows) {
		err = &NoRunError{"no run is recorded yet"}
	}
	return run, explained("read", s.path, err)
}

// Run is the recorded run with an id. The error is a [*NoRunError] if there is
// none, or if it failed.
func (s *Store) Run(ctx context.Context, id int64) (catalog.Run, error) {
	run, err := s.recordedRun(ctx, id)
	return run, explained("read", s.path, err)
}

// recordedRun is the run with an id, a [*NoRunError] if it recorded nothing.
func (s *Store) recordedRun(ctx context.Context, id int64) (catalog.Run, error) {
	run, err := s.run(ctx, selectRun+`WHERE id = ?`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = &NoRunError{fmt.Sprintf("there is no run %d", id)}
	case err == nil && run.Status == catalog.RunFailed:
		err = &NoRunError{fmt.Sprintf("run %d failed and recorded nothing", id)}
	}
	return run, err
}

func (s *Store) run(ctx context.Context, query string, arguments ...any) (catalog.Run, error) {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return catalog.Run{}, err
	}
	return scanRun(statement.QueryRowContext(ctx, arguments...).Scan)
}

func scanRun(scan func(...any) error) (catalog.Run, error) {
	var run catalog.Run
	var started, finished string
	err := scan(&run.ID, &started, &finished, &run.Status, &run.Trigger,
		&run.CollectorVersion, &run.Partition, &run.Digest, &run.Message)
	if err != nil {
		return run, err
	}
	if run.StartedAt, err = parseTime(started); err != nil {
		return run, err
	}
	run.FinishedAt, err = parseTime(finished)
	return run, err
}

// refs are the runs pointed at so far; like documents they never change.
type refs struct {
	mu   sync.Mutex
	read map[int64]catalog.RunRef
}

// get returns the refs of runs, in their order.
func (r *refs) get(ctx context.Context, s *Store, ids []int64) ([]catalog.RunRef, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.fetch(ctx, s, ids); err != nil {
		return nil, err
	}
	var refs []catalog.RunRef
	for _, id := range ids {
		refs = append(refs, r.read[id])
	}
	return refs, nil
}

// fetch reads those of ids that were not read before.
func (r *refs) fetch(ctx context.Context, s *Store, ids []int64) error {
	var missing []int64
	for _, id := range ids {
		if _, read := r.read[id]; !read {
			missing = append(missing, id)
		}
	}
	if missing == nil {
		return nil
	}
	if r.read == nil {
		r.read = map[int64]catalog.RunRef{}
	}
	rows, err := s.query(ctx, `SELECT id, started_at FROM runs WHERE id IN (SELECT value FROM json_each(?))`, list(missing))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var ref catalog.RunRef
		if err := scanRef(rows, &ref); err != nil {
			return err
		}
		r.read[ref.ID] = ref
	}
	return rows.Err()
}

// timeLayout is the form of times in the database: of fixed width, so that
// they sort as text, and one that SQLite's date functions read.
const timeLayout = "2006-01-02T15:04:05.000Z"

func timeText(t time.Time) string { return t.UTC().Format(timeLayout) }

func parseTime(text string) (time.Time, error) {
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		return t, fmt.Errorf("read a time of the history: %w", err)
	}
	return t, nil
}

// inStoredPrecision cuts a run's times to what is kept of them.
func inStoredPrecision(run catalog.Run) catalog.Run {
	run.StartedAt = run.StartedAt.UTC().Truncate(time.Millisecond)
	run.FinishedAt = run.FinishedAt.UTC().Truncate(time.Millisecond)
	return run
}
