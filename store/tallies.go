package store

import (
	"context"
	"maps"

	"snapshotter/catalog"
)

// Tally is what a run came to.
type Tally struct {
	Outcomes map[catalog.Outcome]int // scopes, by what the run learned about them
	Changes  int                     // items added, removed or with other content
}

// Tallies are the tallies of the recorded runs from the one with an id on, by
// run id; from 0, of all.
func (s *Store) Tallies(ctx context.Context, from int64) (map[int64]Tally, error) {
	tallies, err := s.tallies(ctx, from)
	return tallies, explained("read", s.path, err)
}

func (s *Store) tallies(ctx context.Context, from int64) (map[int64]Tally, error) {
	standing, turns, err := s.turns(ctx, from)
	if err != nil {
		return nil, err
	}
	rows, err := s.query(ctx, `
		SELECT r.id, (SELECT count(*) FROM item_changes c WHERE c.run_id = r.id)
		FROM runs r WHERE r.ordinal NOT NULL AND r.id >= ? ORDER BY r.id`, from)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tallies := map[int64]Tally{}
	for rows.Next() {
		var run int64
		tally := Tally{Outcomes: map[catalog.Outcome]int{}}
		if err := rows.Scan(&run, &tally.Changes); err != nil {
			return nil, err
		}
		maps.Copy(standing, turns[run])
		for _, outcome := range standing {
			tally.Outcomes[outcome]++
		}
		tallies[run] = tally
	}
	return tallies, rows.Err()
}

// turns are the outcomes that differ from the run before, by run and scope, of
// the runs from one on; and how scopes stood before it.
func (s *Store) turns(ctx context.Context, from int64) (standing map[int64]catalog.Outcome, turns map[int64]map[int64]catalog.Outcome, err error) {
	rows, err := s.query(ctx, `SELECT run_id, scope_id, outcome FROM coverage ORDER BY scope_id, run_id`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	standing, turns = map[int64]catalog.Outcome{}, map[int64]map[int64]catalog.Outcome{}
	for rows.Next() {
		var run, scope int64
		var outcome catalog.Outcome
		if err := rows.Scan(&run, &scope, &outcome); err != nil {
			return nil, nil, err
		}
		if run < from {
			standing[scope] = outcome
			continue
		}
		if turns[run] == nil {
			turns[run] = map[int64]catalog.Outcome{}
		}
		turns[run][scope] = outcome
	}
	return standing, turns, rows.Err()
}
