package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"snapshotter/catalog"
)

// itemState is what an item was as of a run.
type itemState struct {
	scope    int64
	key      string
	document int64 // 0: gone
	found    int64 // the run that found it gone
}

// selection selects the items to read.
type selection struct {
	scopes map[int64]bool    // scopes to read completely
	items  map[int64][]int64 // in the others, item IDs by scope
	// listed leaves out the items that are gone: after years they are as many as
	// the rest, and most questions are about what is listed.
	listed bool
}

// selectStates reads items as of the run ?1. What an item was then is one number,
// which takes one index lookup where two columns take two: the document, or the
// run that found it gone as a negative number; NULL for an item that was not
// there yet.
const selectStates = `
	SELECT i.scope_id, i.key, (
		SELECT coalesce(document_id, -run_id)
		FROM item_changes
		WHERE item_id = i.id AND run_id <= ?1
		ORDER BY run_id DESC
		LIMIT 1) AS state
	FROM items i `

// statesIn returns the states of the selected items of scopes as of a run, or of
// all items if only is nil; by scope ID, sorted by key.
func (s *Store) statesIn(ctx context.Context, scopes []scopeState, run int64, only *selection) (states map[int64][]itemState, err error) {
	var complete, selected []int64
	for _, scope := range scopes {
		if only == nil || only.scopes[scope.id] {
			complete = append(complete, scope.id)
		} else {
			selected = append(selected, only.items[scope.id]...)
		}
	}
	listed := only != nil && only.listed
	if len(complete) > few {
		states, err = s.statesBeside(ctx, complete, run, listed)
	} else {
		states, err = s.readStates(ctx, stateQuery(`i.scope_id IN (SELECT value FROM json_each(?2))`, listed), run, jsonList(complete))
	}
	if err == nil && selected != nil {
		var some map[int64][]itemState
		some, err = s.readStates(ctx, stateQuery(`i.id IN (SELECT value FROM json_each(?2))`, listed), run, jsonList(selected))
		maps.Copy(states, some)
	}
	for _, scope := range states {
		slices.SortFunc(scope, func(a, b itemState) int { return strings.Compare(a.key, b.key) })
	}
	return states, err
}

// few is up to how many scopes are read one by one. Of more, all items are read in
// the order of their IDs, in which their changes stand.
const few = 8

// readers is how many connections read the states of many scopes side by side.
const readers = 2

// statesBeside reads the states of complete scopes, by scope ID.
func (s *Store) statesBeside(ctx context.Context, complete []int64, run int64, listed bool) (map[int64][]itemState, error) {
	var last int64
	if err := s.queryRow(ctx, `SELECT coalesce(max(id), 0) FROM items`, nil, &last); err != nil {
		return nil, err
	}
	query := stateQuery(`i.id > ?2 AND i.id <= ?3`, listed)
	var parts [readers]map[int64][]itemState
	var errs [readers]error
	var working sync.WaitGroup
	for n := range int64(readers) {
		working.Go(func() {
			parts[n], errs[n] = s.readStates(ctx, query, run, last*n/readers, last*(n+1)/readers)
		})
	}
	working.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	states := map[int64][]itemState{}
	for _, scope := range complete {
		for _, part := range parts {
			states[scope] = append(states[scope], part[scope]...)
		}
	}
	return states, nil
}

// stateQuery selects the items that where names.
func stateQuery(where string, listed bool) string {
	query := selectStates + `WHERE ` + where
	if listed {
		// The limit keeps SQLite from computing the state a second time for the
		// condition: https://www.sqlite.org/optoverview.html#subquery_flattening
		query = `SELECT * FROM (` + query + ` LIMIT -1) WHERE state > 0`
	}
	return query
}

// readStates returns the states that a query selects, by scope ID.
func (s *Store) readStates(ctx context.Context, query string, arguments ...any) (map[int64][]itemState, error) {
	states := map[int64][]itemState{}
	rows, err := s.query(ctx, query, arguments...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var state itemState
		var number sql.NullInt64
		err := rows.Scan(&state.scope, &state.key, &number)
		if err != nil || !number.Valid {
			return err
		}
		state.document, state.found = max(number.Int64, 0), max(-number.Int64, 0)
		states[state.scope] = append(states[state.scope], state)
		return nil
	})
	return states, err
}

// items returns the items that are there.
func (s *Store) items(ctx context.Context, kind catalog.Kind, states []itemState) ([]catalog.Item, error) {
	var documents []int64
	for i := range states {
		if states[i].document != 0 {
			documents = append(documents, states[i].document)
		}
	}
	return s.contents.get(ctx, s, kind, documents)
}

// gone returns the items that are gone, nil if none.
func (s *Store) gone(ctx context.Context, states []itemState) (map[string]catalog.RunRef, error) {
	var keys []string
	var found []int64
	for i := range states {
		if states[i].document == 0 {
			keys, found = append(keys, states[i].key), append(found, states[i].found)
		}
	}
	if keys == nil {
		return nil, nil
	}
	refs, err := s.refs.get(ctx, s, found)
	if err != nil {
		return nil, err
	}
	gone := make(map[string]catalog.RunRef, len(keys))
	for i, key := range keys {
		gone[key] = refs[i]
	}
	return gone, nil
}
