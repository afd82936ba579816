package store

import (
	"context"
	"database/sql"

	"snapshotter/catalog"
)

// Routers are the ids of the inference profiles that ever routed to model in any
// region, sorted; nil if none did.
func (s *Store) Routers(ctx context.Context, model string) ([]string, error) {
	ids, err := s.routers(ctx, model)
	return ids, explained("read", s.path, err)
}

func (s *Store) routers(ctx context.Context, model string) ([]string, error) {
	rows, err := s.query(ctx, `
		SELECT DISTINCT i.key
		FROM routes r
		CROSS JOIN scopes s ON s.id = r.scope_id AND s.kind = ?2
		CROSS JOIN items i ON i.id = r.item_id
		WHERE r.model = ?1
		ORDER BY i.key`, model, catalog.KindInferenceProfile)
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

// Keys are the keys that items of one kind ever had in any region, sorted.
func (s *Store) Keys(ctx context.Context, kind catalog.Kind) ([]string, error) {
	keys, err := s.keys(ctx, kind)
	return keys, explained("read", s.path, err)
}

func (s *Store) keys(ctx context.Context, kind catalog.Kind) ([]string, error) {
	rows, err := s.query(ctx, `
		SELECT DISTINCT i.key
		FROM scopes s
		JOIN items i ON i.scope_id = s.id
		WHERE s.kind = ?
		ORDER BY i.key`, kind)
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

// texts are the values of rows of one text column, which it closes.
func texts(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}
