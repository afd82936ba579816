package store

import (
	"context"
	"database/sql"

	"snapshotter/catalog"
)

// History returns everything that ever happened to the items of one kind with one
// key, in every region, by run, then region. It is nil for a key that was never
// listed.
func (s *Store) History(ctx context.Context, kind catalog.Kind, key string) (events []catalog.Event, err error) {
	defer s.explain("read", &err)
	var states []itemState
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
	err = each(rows, err, func(rows *sql.Rows) error {
		var e catalog.Event
		var state itemState
		var after sql.NullInt64
		var afterAt sql.NullString
		if err := scanRef(rows, &e.Run, &e.Region, &state.document, &after, &afterAt); err != nil {
			return err
		}
		e.After, err = optionalRef(after, afterAt)
		events, states = append(events, e), append(states, state)
		return err
	})
	if err != nil {
		return nil, err
	}
	contents, err := s.items(ctx, kind, states)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if states[i].document != 0 {
			events[i].Item, contents = contents[0], contents[1:]
		}
	}
	return events, nil
}

// ProfilesRoutingTo returns the IDs of the inference profiles that ever routed to
// a model in any region, sorted; nil if none did.
func (s *Store) ProfilesRoutingTo(ctx context.Context, model string) (ids []string, err error) {
	defer s.explain("read", &err)
	rows, err := s.query(ctx, `
		SELECT DISTINCT i.key
		FROM routes r
		CROSS JOIN scopes s ON s.id = r.scope_id AND s.kind = ?2
		CROSS JOIN items i ON i.id = r.item_id
		WHERE r.model = ?1
		ORDER BY i.key`, model, catalog.KindInferenceProfile)
	return scanAll(rows, err, scanText)
}

// Keys returns the keys that items of one kind ever had in any region, sorted.
func (s *Store) Keys(ctx context.Context, kind catalog.Kind) (keys []string, err error) {
	defer s.explain("read", &err)
	rows, err := s.query(ctx, `
		SELECT DISTINCT i.key
		FROM scopes s
		JOIN items i ON i.scope_id = s.id
		WHERE s.kind = ?
		ORDER BY i.key`, kind)
	return scanAll(rows, err, scanText)
}
