package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"snapshotter/catalog"
)

// Coverage returns how each scope of the public catalogue was covered, of the regions or,
// if that is nil, of all: from the first run that named it to the last recorded one,
// without gaps, by run. A scope that no run named is missing.
func (s *Store) Coverage(ctx context.Context, regions []string) (covered map[catalog.Scope][]catalog.Interval, err error) {
	return s.coverage(ctx, regions, false)
}

// ResourceCoverage is [Store.Coverage] of the lists of the account's resources.
func (s *Store) ResourceCoverage(ctx context.Context) (covered map[catalog.Scope][]catalog.Interval, err error) {
	return s.coverage(ctx, nil, true)
}

func (s *Store) coverage(ctx context.Context, regions []string, account bool) (covered map[catalog.Scope][]catalog.Interval, err error) {
	defer s.explain("read", &err)
	begun, err := s.intervalsBegun(ctx, regions, account)
	if err != nil {
		return nil, err
	}
	last, err := s.lastOrdinal(ctx)
	if err != nil {
		return nil, err
	}
	ends := map[int64]catalog.RunRef{}
	for i := range begun {
		ends[begun[i].end(begun[i+1:], last)] = catalog.RunRef{}
	}
	if err := s.runsAt(ctx, ends); err != nil {
		return nil, err
	}
	covered = map[catalog.Scope][]catalog.Interval{}
	for i, b := range begun {
		end := b.end(begun[i+1:], last)
		b.To, b.Runs = ends[end], int(end-b.first+1)
		covered[b.scope] = append(covered[b.scope], b.Interval)
	}
	return covered, nil
}

// beginning is an interval whose end is not known yet.
type beginning struct {
	catalog.Interval
	scope catalog.Scope
	first int64 // the ordinal of the run that it begins with
}

// end is the ordinal of the last run of the interval: the one before the next
// interval of its scope begins, or the last of all.
func (b *beginning) end(later []beginning, last int64) int64 {
	if len(later) > 0 && later[0].scope == b.scope {
		return later[0].first - 1
	}
	return last
}

// intervalsBegun reads where intervals begin, by scope, then run, of the public
// catalogue's lists or of the account's. It reads plain rows: for SQLite to pair each with the next takes five times as long.
func (s *Store) intervalsBegun(ctx context.Context, regions []string, account bool) ([]beginning, error) {
	rows, err := s.query(ctx, `
		SELECT r.id, r.started_at, r.ordinal, s.region, s.kind, c.outcome, c.error_code, c.message
		FROM coverage c
		CROSS JOIN scopes s ON s.id = c.scope_id
		CROSS JOIN runs r ON r.id = c.run_id
		WHERE (?1 = 'null' OR s.region IN (SELECT value FROM json_each(?1)))
			AND (s.kind IN (SELECT value FROM json_each(?2))) = ?3
		ORDER BY c.scope_id, c.run_id`, jsonList(regions), jsonList(catalog.AccountKinds()), account)
	return scanAll(rows, err, func(rows *sql.Rows) (b beginning, err error) {
		err = scanRef(rows, &b.From, &b.first, &b.scope.Region, &b.scope.Kind, &b.Outcome, &b.ErrorCode, &b.Message)
		return b, err
	})
}

func (s *Store) lastOrdinal(ctx context.Context) (last int64, err error) {
	err = s.queryRow(ctx, `SELECT coalesce(max(ordinal), 0) FROM runs`, nil, &last)
	return last, err
}

// runsAt reads the runs of ordinals into their places.
func (s *Store) runsAt(ctx context.Context, places map[int64]catalog.RunRef) error {
	rows, err := s.query(ctx, `SELECT id, started_at, ordinal FROM runs WHERE ordinal IN (SELECT value FROM json_each(?))`,
		jsonList(slices.Collect(maps.Keys(places))))
	return each(rows, err, func(rows *sql.Rows) error {
		var run catalog.RunRef
		var ordinal int64
		err := scanRef(rows, &run, &ordinal)
		places[ordinal] = run
		return err
	})
}
