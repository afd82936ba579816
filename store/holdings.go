package store

import (
	"context"
	"database/sql"

	"snapshotter/catalog"
)

// holding is an item as a scope held it as of a run, or no longer held it.
type holding struct {
	scope    int64
	key      string
	document int64 // 0: gone
	found    int64 // the run that found it gone
}

// selection is which items to read.
type selection struct {
	whole map[int64]bool    // scopes of which to read all
	items map[int64][]int64 // of the others, by scope, by their ids
	// listed leaves out those that are gone: after years they are as many as the
	// others, and most questions are about what is there.
	listed bool
}

// selectHoldings reads items as of the run ?1. What an item had become by then
// is one number, which takes one look into the index where two columns take
// two: the document, or the run that found it gone as a negative one; NULL for
// an item that was not there yet.
const selectHoldings = `
	SELECT i.scope_id, i.key, (
		SELECT coalesce(document_id, -run_id)
		FROM item_changes
		WHERE item_id = i.id AND run_id <= ?1
		ORDER BY run_id DESC
		LIMIT 1) AS state
	FROM items i `

// heldIn is what scopes held as of a run: the selected items, or all where only
// is nil. By the id of the scope, sorted by key.
func (s *Store) heldIn(ctx context.Context, scopes []scopeState, run int64, only *selection) (map[int64][]holding, error) {
	held := map[int64][]holding{}
	var whole, selected []int64
	for _, scope := range scopes {
		if only == nil || only.whole[scope.id] {
			whole = append(whole, scope.id)
		} else {
			selected = append(selected, only.items[scope.id]...)
		}
	}
	listed := only != nil && only.listed
	err := s.collect(ctx, held, holdings(`i.scope_id IN (SELECT value FROM json_each(?2))`, listed), run, list(whole))
	if err != nil || selected == nil {
		return held, err
	}
	return held, s.collect(ctx, held, holdings(`i.id IN (SELECT value FROM json_each(?2))`, listed), run, list(selected))
}

// holdings is the query for the items that where says, sorted.
func holdings(where string, listed bool) string {
	query := selectHoldings + `WHERE ` + where + ` ORDER BY i.scope_id, i.key`
	if listed {
		// The limit keeps SQLite from working out the state once more for the
		// condition: https://www.sqlite.org/optoverview.html#subquery_flattening
		query = `SELECT * FROM (` + query + ` LIMIT -1) WHERE state > 0`
	}
	return query
}

func (s *Store) collect(ctx context.Context, held map[int64][]holding, query string, arguments ...any) error {
	rows, err := s.query(ctx, query, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h holding
		var state sql.NullInt64
		if err := rows.Scan(&h.scope, &h.key, &state); err != nil {
			return err
		}
		if !state.Valid {
			continue
		}
		h.document, h.found = max(state.Int64, 0), max(-state.Int64, 0)
		held[h.scope] = append(held[h.scope], h)
	}
	return rows.Err()
}

// items are those that held says are there.
func (s *Store) items(ctx context.Context, kind catalog.Kind, held []holding) ([]catalog.Item, error) {
	var documents []int64
	for i := range held {
		if held[i].document != 0 {
			documents = append(documents, held[i].document)
		}
	}
	return s.contents.get(ctx, s, kind, documents)
}

// gone are those that held says are no longer there, nil if none.
func (s *Store) gone(ctx context.Context, held []holding) (map[string]catalog.RunRef, error) {
	var keys []string
	var found []int64
	for i := range held {
		if held[i].document == 0 {
			keys, found = append(keys, held[i].key), append(found, held[i].found)
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
