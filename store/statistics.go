package store

import (
	"context"
	"database/sql"
	"maps"

	"snapshotter/catalog"
)

// Statistics counts what one run learned.
type Statistics struct {
	Outcomes map[catalog.Outcome]int // scopes, by outcome
	Changes  int                     // items added, removed or with other content
}

// RunStatistics returns the statistics of the recorded runs from the one with an
// ID on, by run ID; from 0, of all.
func (s *Store) RunStatistics(ctx context.Context, from int64) (statistics map[int64]Statistics, err error) {
	defer s.explain("read", &err)
	before, changed, err := s.outcomes(ctx, from)
	if err != nil {
		return nil, err
	}
	statistics = map[int64]Statistics{}
	rows, err := s.query(ctx, `
		SELECT r.id, (SELECT count(*) FROM item_changes c WHERE c.run_id = r.id)
		FROM runs r WHERE r.ordinal NOT NULL AND r.id >= ? ORDER BY r.id`, from)
	return statistics, each(rows, err, func(rows *sql.Rows) error {
		var run int64
		of := Statistics{Outcomes: map[catalog.Outcome]int{}}
		if err := rows.Scan(&run, &of.Changes); err != nil {
			return err
		}
		maps.Copy(before, changed[run])
		for _, outcome := range before {
			of.Outcomes[outcome]++
		}
		statistics[run] = of
		return nil
	})
}

// outcomes returns each scope's outcome before the run from, and the outcomes that
// changed in that run and later ones, by run and scope.
func (s *Store) outcomes(ctx context.Context, from int64) (before map[int64]catalog.Outcome, changed map[int64]map[int64]catalog.Outcome, err error) {
	before, changed = map[int64]catalog.Outcome{}, map[int64]map[int64]catalog.Outcome{}
	rows, err := s.query(ctx, `SELECT run_id, scope_id, outcome FROM coverage ORDER BY scope_id, run_id`)
	return before, changed, each(rows, err, func(rows *sql.Rows) error {
		var run, scope int64
		var outcome catalog.Outcome
		if err := rows.Scan(&run, &scope, &outcome); err != nil {
			return err
		}
		if run < from {
			before[scope] = outcome
			return nil
		}
		if changed[run] == nil {
			changed[run] = map[int64]catalog.Outcome{}
		}
		changed[run][scope] = outcome
		return nil
	})
}
