package store

import (
	"context"

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
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
