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

// Tallies are the tallies of all recorded runs, by run id.
func (s *Store) Tallies(ctx context.Context) (map[int64]Tally, error) {
	tallies, err := s.tallies(ctx)
	return tallies, explained("read", s.path, err)
}

func (s *Store) tallies(ctx context.Context) (map[int64]Tally, error) {
	turns, err := s.turns(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.query(ctx, `
		SELECT r.id, (SELECT count(*) FROM item_changes c WHERE c.run_id = r.id)
		FROM runs r WHERE r.ordinal NOT NULL ORDER BY r.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tallies := map[int64]Tally{}
	standing := map[int64]catalog.Outcome{} // by scope
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

// turns are the outcomes that differ from the run before, by run and scope.
func (s *Store) turns(ctx context.Context) (map[int64]map[int64]catalog.Outcome, error) {
	rows, err := s.query(ctx, `SELECT run_id, scope_id, outcome FROM coverage`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	turns := map[int64]map[int64]catalog.Outcome{}
	for rows.Next() {
		var run, scope int64
		var outcome catalog.Outcome
		if err := rows.Scan(&run, &scope, &outcome); err != nil {
			return nil, err
		}
		if turns[run] == nil {
			turns[run] = map[int64]catalog.Outcome{}
		}
		turns[run][scope] = outcome
	}
	return turns, rows.Err()
}
