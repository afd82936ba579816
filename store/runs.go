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
	runs, err := s.runsOf(ctx, selectRun+`ORDER BY id`)
	return runs, explained("read", s.path, err)
}

func (s *Store) runsOf(ctx context.Context, query string, arguments ...any) ([]catalog.Run, error) {
	rows, err := s.query(ctx, query, arguments...)
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

// LastRuns are the last n runs, failed ones too, by id; fewer if there are not
// so many. It reads no others, where a history may have hundreds of thousands.
func (s *Store) LastRuns(ctx context.Context, n int) ([]catalog.Run, error) {
	runs, err := s.runsOf(ctx, selectRun+`WHERE id IN (SELECT id FROM runs ORDER BY id DESC LIMIT max(?, 0)) ORDER BY id`, n)
	return runs, explained("read", s.path, err)
}

// LastRecorded are the last n recorded runs, by id; fewer if there are not so
// many. Failed runs are passed over.
func (s *Store) LastRecorded(ctx context.Context, n int) ([]catalog.Run, error) {
	runs, err := s.runsOf(ctx, selectRun+`WHERE ordinal > (SELECT max(ordinal) FROM runs) - max(?, 0) ORDER BY id`, n)
	return runs, explained("read", s.path, err)
}

// RunsAfter are the runs after the one with an id, failed ones too, by id.
func (s *Store) RunsAfter(ctx context.Context, id int64) ([]catalog.Run, error) {
	runs, err := s.runsOf(ctx, selectRun+`WHERE id > ? ORDER BY id`, id)
	return runs, explained("read", s.path, err)
}

// CountRuns is how many runs have ended in each way, imported ones too.
func (s *Store) CountRuns(ctx context.Context) (map[catalog.Status]int, error) {
	counts, err := s.countRuns(ctx)
	return counts, explained("read", s.path, err)
}

func (s *Store) countRuns(ctx context.Context) (map[catalog.Status]int, error) {
	rows, err := s.query(ctx, `SELECT status, count(*) FROM runs GROUP BY status`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[catalog.Status]int{}
	for rows.Next() {
		var status catalog.Status
		var n int
		if err := rows.Scan(&status, &n); err != nil {
			return nil, err
		}
		counts[status] = n
	}
	return counts, rows.Err()
}

// Recorded is how many runs are recorded. Failed ones are not.
func (s *Store) Recorded(ctx context.Context) (n int, err error) {
	err = s.queryRow(ctx, `SELECT coalesce(max(ordinal), 0) FROM runs`, nil, &n)
	return n, explained("read", s.path, err)
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

// Step is what leads from one recorded run to the next.
type Step struct{ Before, Run catalog.RunRef }

// Steps are the steps to runs, by the id of the run. A run to which none leads
// has none: the first, a failed one, and one that is not there.
func (s *Store) Steps(ctx context.Context, runs []int64) (map[int64]Step, error) {
	steps, err := s.steps(ctx, runs)
	return steps, explained("read", s.path, err)
}

func (s *Store) steps(ctx context.Context, runs []int64) (map[int64]Step, error) {
	rows, err := s.query(ctx, `
		SELECT r.id, r.started_at, b.id, b.started_at
		FROM runs r
		JOIN runs b ON b.ordinal = r.ordinal - 1
		WHERE r.id IN (SELECT value FROM json_each(?))`, list(runs))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	steps := map[int64]Step{}
	for rows.Next() {
		var step Step
		var before string
		if err := scanRef(rows, &step.Run, &step.Before.ID, &before); err != nil {
			return nil, err
		}
		if step.Before.At, err = parseTime(before); err != nil {
			return nil, err
		}
		steps[step.Run.ID] = step
	}
	return steps, rows.Err()
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
