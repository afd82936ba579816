package store

import (
	"context"
	"database/sql"
	"slices"

	"snapshotter/catalog"
)

// fillLastSaid fills in what was last said of two snapshots that are compared: a
// field that one of them leaves unsaid is compared as it was last said.
func (s *Store) fillLastSaid(ctx context.Context, base, head *catalog.Snapshot) error {
	for _, pair := range [][2]*catalog.Snapshot{{base, head}, {head, base}} {
		if err := s.fillScopesSaid(ctx, pair[0], pair[1]); err != nil {
			return err
		}
		if err := s.fillJointsSaid(ctx, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// fillScopesSaid fills in LastSaid for the items that differ from those of another
// snapshot.
func (s *Store) fillScopesSaid(ctx context.Context, of, against *catalog.Snapshot) error {
	for i := range of.Scopes {
		state, other := &of.Scopes[i], against.Scope(of.Scopes[i].Scope)
		if other == nil {
			continue
		}
		for _, item := range unsaidOnly(state.Items, other.Items) {
			last, err := s.lastSaid(ctx, state.Scope, item, of.Run.ID)
			if err != nil {
				return err
			}
			if state.LastSaid == nil {
				state.LastSaid = map[string]catalog.Item{}
			}
			state.LastSaid[item.Key()] = last
		}
	}
	return nil
}

// fillJointsSaid fills in Said for the regions that another run read since. Whether
// a model is callable also depends on items that are the same on both sides.
func (s *Store) fillJointsSaid(ctx context.Context, of, against *catalog.Snapshot) error {
	for _, region := range of.Regions() {
		joint, other := of.Joint(region), against.Joint(region)
		if joint == nil || other == nil || joint.Run.ID == other.Run.ID || !slices.ContainsFunc(joint.Items, catalog.PathsUnsaid) {
			continue
		}
		var err error
		if joint.Said, err = s.said(ctx, region, joint); err != nil {
			return err
		}
		if of.Together == nil {
			of.Together = map[string]*catalog.Joint{}
		}
		of.Together[region] = joint
	}
	return nil
}

// said returns the items of a joint. Those that leave unsaid which paths they give
// are as they were last said.
func (s *Store) said(ctx context.Context, region string, joint *catalog.Joint) ([]catalog.Item, error) {
	said := slices.Clone(joint.Items)
	for i, item := range said {
		if !catalog.PathsUnsaid(item) {
			continue
		}
		var err error
		if said[i], err = s.lastSaid(ctx, catalog.Scope{Region: region, Kind: item.Kind()}, item, joint.Run.ID); err != nil {
			return nil, err
		}
	}
	return said, nil
}

// unsaidOnly returns the items that leave something unsaid and that others lack or
// hold otherwise; both lists are sorted.
func unsaidOnly(items, others []catalog.Item) []catalog.Item {
	var unsaid []catalog.Item
	for _, item := range items {
		for len(others) > 0 && catalog.CompareItems(others[0], item) < 0 {
			others = others[1:]
		}
		if (len(others) == 0 || others[0] != item) && catalog.Unsaid(item) {
			unsaid = append(unsaid, item)
		}
	}
	return unsaid
}

// lastSaid returns an item of a run with what it leaves unsaid as the newest earlier
// version of it that says it, since the item was last added.
func (s *Store) lastSaid(ctx context.Context, scope catalog.Scope, item catalog.Item, run int64) (catalog.Item, error) {
	rows, err := s.query(ctx, `
		SELECT c.document_id
		FROM scopes s
		CROSS JOIN items i ON i.scope_id = s.id AND i.key = ?3
		CROSS JOIN item_changes c ON c.item_id = i.id
		WHERE s.region = ?1 AND s.kind = ?2 AND c.run_id <= ?4 AND c.run_id > coalesce((
			SELECT max(run_id) FROM item_changes WHERE item_id = i.id AND run_id <= ?4 AND document_id IS NULL), 0)
		ORDER BY c.run_id DESC`, scope.Region, scope.Kind, item.Key(), run)
	documents, err := scanAll(rows, err, func(rows *sql.Rows) (document int64, err error) {
		err = rows.Scan(&document)
		return document, err
	})
	if err != nil {
		return nil, err
	}
	for _, document := range documents {
		if !catalog.Unsaid(item) {
			break
		}
		earlier, err := s.contents.get(ctx, s, scope.Kind, []int64{document})
		if err != nil {
			return nil, err
		}
		item = catalog.LastSaid(item, earlier[0])
	}
	return item, nil
}
