package store

import (
	"context"

	"snapshotter/catalog"
)

// Between is what tells two recorded runs apart, in either order: the state as
// of each, thinned to what a comparison of the two needs.
//
// Every scope is there, with how it was covered. Its items are those that
// differ between base and head, or between what the last runs that read the
// whole region listed; and for each model that such an item is or routes to,
// on either side, the model and every profile of the region that ever routed to
// it. A scope that head did not read itself has all its items, on both sides:
// how many are carried forward is told. Gone and Together are thinned alike.
//
// The error is a [*NoRunError] if there is no such run or if it failed.
func (s *Store) Between(ctx context.Context, base, head int64) (b, h *catalog.Snapshot, err error) {
	b, h, err = s.between(ctx, base, head)
	return b, h, explained("read", s.path, err)
}

func (s *Store) between(ctx context.Context, base, head int64) (*catalog.Snapshot, *catalog.Snapshot, error) {
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
	b, err := s.fill(ctx, before, only)
	if err != nil {
		return nil, nil, err
	}
	h, err := s.fill(ctx, after, only)
	return b, h, err
}

// selectBetween selects what tells two outlines apart; nil is all.
func (s *Store) selectBetween(ctx context.Context, before, after *outline) (*selection, error) {
	only := &selection{whole: carriedForward(after), items: map[int64][]int64{}}
	scopes := map[int64]catalog.Scope{}
	for _, o := range []*outline{before, after} {
		for _, scope := range o.scopes {
			scopes[scope.id] = scope.Scope
		}
	}
	touched := map[touch]bool{}
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
			if err := s.touch(ctx, touched, scope, d); err != nil {
				return nil, err
			}
		}
	}
	return only, s.selectTouched(ctx, only, scopes, touched)
}

// carriedForward are the scopes that head did not read itself.
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

// spans are the runs whose states are compared, with the regions for which they
// are; nil is all. What is callable is compared between the last runs that read
// a region as a whole, which may lie before base and head.
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

// joints are the last runs that read each region as a whole, nil where none
// did.
func (o *outline) joints() map[string]*catalog.RunRef {
	joints := map[string]*catalog.RunRef{}
	for i := range o.scopes {
		joints[o.scopes[i].Region] = o.scopes[i].Confirmed
	}
	for _, region := range o.apart {
		joints[region.region] = region.joint
	}
	return joints
}

// difference is an item that is not the same as of two runs.
type difference struct {
	item, scope   int64
	key           string
	before, after int64 // documents, 0 where it is not listed
}

// changedMuch reports whether so much changed that reading everything is faster
// than finding out what to read.
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
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var differing []difference
	for rows.Next() {
		var d difference
		if err := rows.Scan(&d.item, &d.scope, &d.key, &d.before, &d.after); err != nil {
			return nil, err
		}
		differing = append(differing, d)
	}
	return differing, rows.Err()
}

// touch is a model in a region whose access may differ.
type touch struct{ region, model string }

// touch adds the models that an item is or routes to, before or after.
func (s *Store) touch(ctx context.Context, touched map[touch]bool, scope catalog.Scope, d difference) error {
	if scope.Kind == catalog.KindFoundationModel {
		touched[touch{scope.Region, d.key}] = true
		return nil
	}
	items, err := s.items(ctx, scope.Kind, []holding{{document: d.before}, {document: d.after}})
	if err != nil {
		return err
	}
	for _, item := range items {
		for _, model := range item.(*catalog.InferenceProfile).Models() {
			touched[touch{scope.Region, model}] = true
		}
	}
	return nil
}

// selectTouched adds the items of the touched models.
func (s *Store) selectTouched(ctx context.Context, only *selection, scopes map[int64]catalog.Scope, touched map[touch]bool) error {
	ids := map[catalog.Scope]int64{}
	for id, scope := range scopes {
		ids[scope] = id
	}
	var asked [][3]any
	for t := range touched {
		asked = append(asked, [3]any{
			t.model,
			ids[catalog.Scope{Region: t.region, Kind: catalog.KindFoundationModel}],
			ids[catalog.Scope{Region: t.region, Kind: catalog.KindInferenceProfile}],
		})
	}
	rows, err := s.query(ctx, `
		SELECT i.scope_id, i.id
		FROM json_each(?1) t
		CROSS JOIN items i ON i.scope_id = t.value ->> 1 AND i.key = t.value ->> 0
		UNION
		SELECT r.scope_id, r.item_id
		FROM json_each(?1) t
		CROSS JOIN routes r ON r.model = t.value ->> 0 AND r.scope_id = t.value ->> 2`, list(asked))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var scope, item int64
		if err := rows.Scan(&scope, &item); err != nil {
			return err
		}
		only.items[scope] = append(only.items[scope], item)
	}
	return rows.Err()
}
