package store

import (
	"context"
	"database/sql"

	"snapshotter/catalog"
)

// History is everything that ever happened to the items of one kind that have
// one key, in every region, by run, then region. It is nil for a key that was
// never listed.
func (s *Store) History(ctx context.Context, kind catalog.Kind, key string) ([]catalog.Event, error) {
	events, err := s.history(ctx, kind, key)
	return events, explained("read", s.path, err)
}

func (s *Store) history(ctx context.Context, kind catalog.Kind, key string) ([]catalog.Event, error) {
	rows, err := s.query(ctx, `
		SELECT r.id, r.started_at, s.region, coalesce(c.document_id, 0), after.id, after.started_at
		FROM scopes s
		CROSS JOIN items i ON i.scope_id = s.id AND i.key = ?2
		CROSS JOIN item_changes c ON c.item_id = i.id
		CROSS JOIN runs r ON r.id = c.run_id
		CROSS JOIN coverage v ON v.scope_id = s.id
			AND v.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id AND run_id <= r.id)
		LEFT JOIN runs after ON after.id = iif(v.run_id = r.id, v.confirmed_run_id,
			(SELECT id FROM runs WHERE ordinal = r.ordinal - 1))
		WHERE s.kind = ?1
		ORDER BY c.run_id, s.region`, kind, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []catalog.Event
	var held []holding
	for rows.Next() {
		var e catalog.Event
		var h holding
		var after sql.NullInt64
		var afterAt sql.NullString
		if err := scanRef(rows, &e.Run, &e.Region, &h.document, &after, &afterAt); err != nil {
			return nil, err
		}
		if e.After, err = optionalRef(after, afterAt); err != nil {
			return nil, err
		}
		events, held = append(events, e), append(held, h)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	items, err := s.items(ctx, kind, held)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if held[i].document != 0 {
			events[i].Item, items = items[0], items[1:]
		}
	}
	return events, nil
}

// Coverage is how each scope of the regions was covered, from the first run that
// named it to the last recorded one, without gaps, by run. A scope that no run
// named is not in it.
func (s *Store) Coverage(ctx context.Context, regions []string) (map[catalog.Scope][]catalog.Interval, error) {
	covered, err := s.coverage(ctx, regions)
	return covered, explained("read", s.path, err)
}

func (s *Store) coverage(ctx context.Context, regions []string) (map[catalog.Scope][]catalog.Interval, error) {
	rows, err := s.query(ctx, `
		WITH spans AS (
			SELECT s.region, s.kind, c.outcome, c.error_code, c.message, f.id, f.started_at, f.ordinal AS first,
				lead(f.ordinal, 1, (SELECT max(ordinal) + 1 FROM runs)) OVER (PARTITION BY s.id ORDER BY f.ordinal) - 1 AS last
			FROM scopes s
			JOIN coverage c ON c.scope_id = s.id
			JOIN runs f ON f.id = c.run_id
			WHERE s.region IN (SELECT value FROM json_each(?)))
		SELECT spans.id, spans.started_at, region, kind, outcome, error_code, spans.message, last - first + 1, t.id, t.started_at
		FROM spans
		JOIN runs t ON t.ordinal = last
		ORDER BY first`, list(regions))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	covered := map[catalog.Scope][]catalog.Interval{}
	for rows.Next() {
		var scope catalog.Scope
		var i catalog.Interval
		var to string
		err := scanRef(rows, &i.From, &scope.Region, &scope.Kind, &i.Outcome, &i.ErrorCode, &i.Message, &i.Runs, &i.To.ID, &to)
		if err != nil {
			return nil, err
		}
		if i.To.At, err = parseTime(to); err != nil {
			return nil, err
		}
		covered[scope] = append(covered[scope], i)
	}
	return covered, rows.Err()
}

// scanRef scans a row that begins with the id and the time of a run.
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
