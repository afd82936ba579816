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

// Runs returns all runs, failed ones too, by ID.
func (s *Store) Runs(ctx context.Context) ([]catalog.Run, error) {
	return s.runs(ctx, `ORDER BY id`)
}

// LastRuns returns the last n runs, failed ones too, by ID; fewer if there are
// fewer. It reads no other run: a history may have hundreds of thousands.
func (s *Store) LastRuns(ctx context.Context, n int) ([]catalog.Run, error) {
	return s.runs(ctx, `WHERE id IN (SELECT id FROM runs ORDER BY id DESC LIMIT max(?, 0)) ORDER BY id`, n)
}

// LastRecorded returns the last n recorded runs, by ID; fewer if there are fewer.
// It skips failed runs.
func (s *Store) LastRecorded(ctx context.Context, n int) ([]catalog.Run, error) {
	return s.runs(ctx, `WHERE ordinal > (SELECT max(ordinal) FROM runs) - max(?, 0) ORDER BY id`, n)
}

// RunsAfter returns the runs after the one with an ID, failed ones too, by ID.
func (s *Store) RunsAfter(ctx context.Context, id int64) ([]catalog.Run, error) {
	return s.runs(ctx, `WHERE id > ? ORDER BY id`, id)
}

func (s *Store) runs(ctx context.Context, which string, arguments ...any) (runs []catalog.Run, err error) {
	defer s.explain("read", &err)
	rows, err := s.query(ctx, selectRun+which, arguments...)
	return scanAll(rows, err, func(rows *sql.Rows) (catalog.Run, error) { return scanRun(rows.Scan) })
}

// CountRuns counts the runs by status, imported ones too.
func (s *Store) CountRuns(ctx context.Context) (counts map[catalog.Status]int, err error) {
	defer s.explain("read", &err)
	counts = map[catalog.Status]int{}
	rows, err := s.query(ctx, `SELECT status, count(*) FROM runs GROUP BY status`)
	return counts, each(rows, err, func(rows *sql.Rows) error {
		var status catalog.Status
		var n int
		err := rows.Scan(&status, &n)
		counts[status] = n
		return err
	})
}

// Recorded counts the recorded runs; failed ones are not recorded.
func (s *Store) Recorded(ctx context.Context) (n int, err error) {
	defer s.explain("read", &err)
	err = s.queryRow(ctx, `SELECT coalesce(max(ordinal), 0) FROM runs`, nil, &n)
	return n, err
}

// Latest returns the recorded run that n others follow: 0 is the last, 1 the one
// before it. It skips failed runs. The error is a [*NoRunError] if fewer runs are
// recorded.
func (s *Store) Latest(ctx context.Context, n int) (catalog.Run, error) {
	missing := fmt.Sprintf("fewer than %d runs are recorded", n+1)
	if n == 0 {
		missing = noneYet
	}
	return s.oneRun(ctx, missing, `WHERE ordinal = (SELECT max(ordinal) FROM runs) - ?`, n)
}

// RunAt returns the last recorded run that started at or before t. It skips
// failed runs. The error is a [*NoRunError] if there is none.
func (s *Store) RunAt(ctx context.Context, t time.Time) (catalog.Run, error) {
	return s.oneRun(ctx, "no run is recorded at or before "+catalog.Moment(t),
		`WHERE ordinal NOT NULL AND started_at <= ? ORDER BY id DESC LIMIT 1`, timeText(t))
}

// Before returns the last recorded run before the one with an ID. It skips failed
// runs. The error is a [*NoRunError] if there is none.
func (s *Store) Before(ctx context.Context, id int64) (catalog.Run, error) {
	return s.oneRun(ctx, fmt.Sprintf("no run is recorded before run %d", id),
		`WHERE ordinal NOT NULL AND id < ? ORDER BY id DESC LIMIT 1`, id)
}

// First returns the first recorded run. The error is a [*NoRunError] if there is
// none.
func (s *Store) First(ctx context.Context) (catalog.Run, error) {
	return s.oneRun(ctx, noneYet, `WHERE ordinal = 1`)
}

const noneYet = "no run is recorded yet"

// oneRun reads the run that where selects; missing says that there is none.
func (s *Store) oneRun(ctx context.Context, missing, where string, arguments ...any) (run catalog.Run, err error) {
	defer s.explain("read", &err)
	run, err = s.run(ctx, where, arguments...)
	if errors.Is(err, sql.ErrNoRows) {
		err = &NoRunError{missing}
	}
	return run, err
}

// Run returns the recorded run with an ID. The error is a [*NoRunError] if there
// is none, or if it failed.
func (s *Store) Run(ctx context.Context, id int64) (run catalog.Run, err error) {
	defer s.explain("read", &err)
	return s.recordedRun(ctx, id)
}

func (s *Store) recordedRun(ctx context.Context, id int64) (catalog.Run, error) {
	run, err := s.run(ctx, `WHERE id = ?`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = &NoRunError{fmt.Sprintf("there is no run %d", id)}
	case err == nil && run.Status == catalog.RunFailed:
		err = &NoRunError{fmt.Sprintf("run %d failed and recorded nothing", id)}
	}
	return run, err
}

func (s *Store) run(ctx context.Context, where string, arguments ...any) (catalog.Run, error) {
	statement, err := s.prepared(ctx, selectRun+where)
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

// Steps returns the steps that lead to runs, by the ID of the run. It has none for
// the first run, a failed one, or one that does not exist.
func (s *Store) Steps(ctx context.Context, runs []int64) (steps map[int64]catalog.Step, err error) {
	defer s.explain("read", &err)
	steps = map[int64]catalog.Step{}
	rows, err := s.query(ctx, `
		SELECT r.id, r.started_at, b.id, b.started_at
		FROM runs r
		JOIN runs b ON b.ordinal = r.ordinal - 1
		WHERE r.id IN (SELECT value FROM json_each(?))`, jsonList(runs))
	return steps, each(rows, err, func(rows *sql.Rows) error {
		var step catalog.Step
		var before string
		err := scanRef(rows, &step.Run, &step.Before.ID, &before)
		if err != nil {
			return err
		}
		step.Before.At, err = parseTime(before)
		steps[step.Run.ID] = step
		return err
	})
}

// refs caches the runs referred to so far; like documents they never change.
type refs struct {
	mu   sync.Mutex
	read map[int64]catalog.RunRef
}

// get returns the refs of runs, in the order of ids.
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

// fetch reads those of ids that are not cached.
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
	rows, err := s.query(ctx, `SELECT id, started_at FROM runs WHERE id IN (SELECT value FROM json_each(?))`, jsonList(missing))
	return each(rows, err, func(rows *sql.Rows) error {
		var ref catalog.RunRef
		err := scanRef(rows, &ref)
		r.read[ref.ID] = ref
		return err
	})
}

// scanRef scans a row that starts with the ID and the time of a run.
func scanRef(rows *sql.Rows, ref *catalog.RunRef, rest ...any) (err error) {
	var at string
	if err := rows.Scan(append([]any{&ref.ID, &at}, rest...)...); err != nil {
		return err
	}
	ref.At, err = parseTime(at)
	return err
}

// optionalRef is the run that a left join found, nil if it found none.
func optionalRef(id sql.NullInt64, at sql.NullString) (*catalog.RunRef, error) {
	if !id.Valid {
		return nil, nil
	}
	started, err := parseTime(at.String)
	return &catalog.RunRef{ID: id.Int64, At: started}, err
}

// timeLayout is the form of times in the database: of fixed width, so that they
// sort as text, and readable by SQLite's date functions.
const timeLayout = "2006-01-02T15:04:05.000Z"

func timeText(t time.Time) string { return t.UTC().Format(timeLayout) }

func parseTime(text string) (time.Time, error) {
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		return t, fmt.Errorf("read a time of the history: %w", err)
	}
	return t, nil
}

// inStoredPrecision truncates a run's times to what the database keeps.
func inStoredPrecision(run catalog.Run) catalog.Run {
	run.StartedAt = run.StartedAt.UTC().Truncate(time.Millisecond)
	run.FinishedAt = run.FinishedAt.UTC().Truncate(time.Millisecond)
	return run
}
