package store

import (
	"context"
	"database/sql"

	"snapshotter/catalog"
)

// Between returns the states as of two recorded runs, in either order, thinned to
// what a comparison of the two needs.
//
// Every scope is there, with its coverage. Its items are those that differ
// between base and head, or between the last runs that read its region
// completely; and for each model that such an item is or routes to, on either
// side, the model and every profile of the region that ever routed to it. A scope
// that head did not read itself has all its items, on both sides, so that they
// can be counted as carried forward. Gone and Together are thinned alike. LastSaid
// is filled in for the items that differ.
//
// The error is a [*NoRunError] if there is no such run or if it failed.
func (s *Store) Between(ctx context.Context, base, head int64) (b, h *catalog.Snapshot, err error) {
	defer s.explain("read", &err)
	before, err := s.outline(ctx, base)
	if err != nil {
		return nil, nil, err
	}
	after, err := s.outline(ctx, head)
	if err != nil {
		return nil, nil, err
	}
	only, err := s.selectBetween(ctx, before, after)
	if err != nil {
		return nil, nil, err
	}
	if b, err = s.fill(ctx, before, only); err != nil {
		return nil, nil, err
	}
	if h, err = s.fill(ctx, after, only); err != nil {
		return nil, nil, err
	}
	return b, h, s.fillLastSaid(ctx, b, h)
}

// selectBetween selects what differs between two outlines; nil is all.
func (s *Store) selectBetween(ctx context.Context, before, after *outline) (*selection, error) {
	only := &selection{scopes: carriedForward(after), items: map[int64][]int64{}}
	scopes := map[int64]catalog.Scope{}
	for _, o := range []*outline{before, after} {
		for _, scope := range o.scopes {
			scopes[scope.id] = scope.Scope
		}
	}
	touched := map[string]bool{}
	for span, regions := range spans(before, after) {
		if many, err := s.changedMuch(ctx, span); err != nil || many {
			return nil, err
		}
		differing, err := s.differing(ctx, span)
		if err != nil {
			return nil, err
		}
		for _, d := range differing {
			scope := scopes[d.scope]
			if regions != nil && !regions[scope.Region] {
				continue
			}
			only.items[d.scope] = append(only.items[d.scope], d.item)
			if err := s.touch(ctx, touched, scope.Kind, d); err != nil {
				return nil, err
			}
		}
	}
	return only, s.selectModels(ctx, only, scopes, touched)
}

// carriedForward returns the scopes that head did not read itself.
func carriedForward(head *outline) map[int64]bool {
	carried := map[int64]bool{}
	for i := range head.scopes {
		carried[head.scopes[i].id] = !head.scopes[i].Fresh()
	}
	return carried
}

// span is two runs, the earlier first.
type span struct{ from, to int64 }

func newSpan(a, b int64) span { return span{min(a, b), max(a, b)} }

// spans returns the pairs of runs to compare, each with its regions; nil is all.
// Access is compared between the last runs that read a region completely, which
// may be earlier than base and head.
func spans(before, after *outline) map[span]map[string]bool {
	spans := map[span]map[string]bool{}
	joint := after.joints()
	for region, a := range before.joints() {
		b := joint[region]
		if a == nil || b == nil || a.ID == b.ID {
			continue
		}
		s := newSpan(a.ID, b.ID)
		if spans[s] == nil {
			spans[s] = map[string]bool{}
		}
		spans[s][region] = true
	}
	spans[newSpan(before.run.ID, after.run.ID)] = nil
	return spans
}

// difference is an item that differs between two runs.
type difference struct {
	item, scope   int64
	key           string
	before, after int64 // documents, 0 where it is not listed
}

// changedMuch reports whether so much changed that reading everything is faster
// than selecting.
func (s *Store) changedMuch(ctx context.Context, span span) (bool, error) {
	const much = 2000
	var changes int
	err := s.queryRow(ctx, `
		SELECT count(*) FROM (SELECT 1 FROM item_changes WHERE run_id > ? AND run_id <= ? LIMIT ?)`,
		[]any{span.from, span.to, much}, &changes)
	return changes == much, err
}

func (s *Store) differing(ctx context.Context, span span) ([]difference, error) {
	rows, err := s.query(ctx, `
		SELECT i.id, i.scope_id, i.key, coalesce(a.document_id, 0), coalesce(b.document_id, 0)
		FROM (SELECT DISTINCT item_id FROM item_changes WHERE run_id > ?1 AND run_id <= ?2) changed
		CROSS JOIN items i ON i.id = changed.item_id
		LEFT JOIN item_changes a ON a.item_id = i.id
			AND a.run_id = (SELECT max(run_id) FROM item_changes WHERE item_id = i.id AND run_id <= ?1)
		LEFT JOIN item_changes b ON b.item_id = i.id
			AND b.run_id = (SELECT max(run_id) FROM item_changes WHERE item_id = i.id AND run_id <= ?2)
		WHERE a.document_id IS NOT b.document_id`, span.from, span.to)
	return scanAll(rows, err, func(rows *sql.Rows) (d difference, err error) {
		err = rows.Scan(&d.item, &d.scope, &d.key, &d.before, &d.after)
		return d, err
	})
}

// touch adds the models whose access a difference may change: the model itself, or
// those that a profile routes to on either side. What a change does to a caller
// depends on every region, and on the model that a variant belongs to.
func (s *Store) touch(ctx context.Context, touched map[string]bool, kind catalog.Kind, d difference) error {
	if kind == catalog.KindFoundationModel {
		touched[d.key] = true
		for _, base := range catalog.PossibleBases(d.key) {
			touched[base] = true
		}
		return nil
	}
	items, err := s.items(ctx, kind, []itemState{{document: d.before}, {document: d.after}})
	if err != nil {
		return err
	}
	for _, item := range items {
		for _, model := range modelsOf(item) {
			touched[model] = true
		}
	}
	return nil
}

// modelsOf returns the models that an item routes to, nil unless it is a profile.
func modelsOf(item catalog.Item) []string {
	if profile, ok := item.(*catalog.InferenceProfile); ok {
		return profile.Models()
	}
	return nil
}

// selectModels adds models, and every profile that ever routed to them, in every
// region, to a selection.
func (s *Store) selectModels(ctx context.Context, only *selection, scopes map[int64]catalog.Scope, models map[string]bool) error {
	var asked [][2]any
	for model := range models {
		for id, scope := range scopes {
			if scope.Kind == catalog.KindFoundationModel {
				asked = append(asked, [2]any{model, id})
			}
		}
	}
	rows, err := s.query(ctx, `
		SELECT i.scope_id, i.id
		FROM json_each(?1) t
		CROSS JOIN items i ON i.scope_id = t.value ->> 1 AND i.key = t.value ->> 0
		UNION
		SELECT r.scope_id, r.item_id
		FROM (SELECT DISTINCT t.value ->> 0 model FROM json_each(?1) t) t
		CROSS JOIN routes r ON r.model = t.model`, jsonList(asked))
	return each(rows, err, func(rows *sql.Rows) error {
		var scope, item int64
		err := rows.Scan(&scope, &item)
		only.items[scope] = append(only.items[scope], item)
		return err
	})
}
