package store

import (
	"context"
	"slices"

	"snapshotter/catalog"
)

// Snapshot returns the state of the public catalogue as of a recorded run. The error is
// a [*NoRunError] if there is no such run or if it failed.
func (s *Store) Snapshot(ctx context.Context, runID int64) (*catalog.Snapshot, error) {
	return s.snapshot(ctx, runID, func(*outline) (*selection, error) { return nil, nil })
}

// Listed returns the state of the catalogue as of a recorded run without Gone, for
// questions about what is there. If kinds are named, the scopes of other kinds
// have no items. The error is a [*NoRunError] if there is no such run or if it
// failed.
func (s *Store) Listed(ctx context.Context, runID int64, kinds ...catalog.Kind) (*catalog.Snapshot, error) {
	return s.snapshot(ctx, runID, func(o *outline) (*selection, error) {
		only := &selection{scopes: map[int64]bool{}, listed: true}
		for _, scope := range o.scopes {
			only.scopes[scope.id] = kinds == nil || slices.Contains(kinds, scope.Kind)
		}
		return only, nil
	})
}

// About returns the state of the catalogue as of a recorded run, thinned to a
// foundation model and the inference profiles that ever routed to it. The error
// is a [*NoRunError] if there is no such run or if it failed.
func (s *Store) About(ctx context.Context, runID int64, model string) (*catalog.Snapshot, error) {
	return s.snapshot(ctx, runID, func(o *outline) (*selection, error) {
		scopes := map[int64]catalog.Scope{}
		for _, scope := range o.scopes {
			scopes[scope.id] = scope.Scope
		}
		only := &selection{items: map[int64][]int64{}}
		return only, s.selectModels(ctx, only, scopes, map[string]bool{model: true})
	})
}

// Resources returns the state of the account's resources as of a recorded run, of
// those kinds that any run listed. Nothing else reads them. The error is a [*NoRunError]
// if there is no such run or if it failed.
func (s *Store) Resources(ctx context.Context, runID int64) (snapshot *catalog.Snapshot, err error) {
	defer s.explain("read", &err)
	o, err := s.outlineOf(ctx, runID, catalog.Kind.OfAccount)
	if err != nil {
		return nil, err
	}
	return s.fill(ctx, o, nil)
}

// snapshot reads the items that only selects for a run, all where it is nil.
func (s *Store) snapshot(ctx context.Context, runID int64, only func(*outline) (*selection, error)) (snapshot *catalog.Snapshot, err error) {
	defer s.explain("read", &err)
	outline, err := s.outline(ctx, runID)
	if err != nil {
		return nil, err
	}
	selected, err := only(outline)
	if err != nil {
		return nil, err
	}
	return s.fill(ctx, outline, selected)
}

// fill reads the items of an outline: those that are selected, or all.
func (s *Store) fill(ctx context.Context, o *outline, only *selection) (*catalog.Snapshot, error) {
	snapshot := &catalog.Snapshot{Run: o.run}
	states, err := s.statesIn(ctx, o.scopes, o.run.ID, only)
	if err != nil {
		return nil, err
	}
	if err := s.readAhead(ctx, o.scopes, states); err != nil {
		return nil, err
	}
	for _, scope := range o.scopes {
		state := scope.ScopeState
		if state.Gone, err = s.gone(ctx, states[scope.id]); err != nil {
			return nil, err
		}
		if state.Items, err = s.items(ctx, scope.Kind, states[scope.id]); err != nil {
			return nil, err
		}
		snapshot.Scopes = append(snapshot.Scopes, state)
	}
	for _, region := range o.apart {
		if snapshot.Together == nil {
			snapshot.Together = map[string]*catalog.Joint{}
		}
		if snapshot.Together[region.region], err = s.fillJoint(ctx, region, only); err != nil {
			return nil, err
		}
	}
	return snapshot, nil
}

// readAhead reads the documents and runs of all scopes at once, which is faster
// than a query for each.
func (s *Store) readAhead(ctx context.Context, scopes []scopeState, states map[int64][]itemState) error {
	kinds, all := map[catalog.Kind][]itemState{}, []itemState{}
	for _, scope := range scopes {
		kinds[scope.Kind] = append(kinds[scope.Kind], states[scope.id]...)
		all = append(all, states[scope.id]...)
	}
	for kind, states := range kinds {
		if _, err := s.items(ctx, kind, states); err != nil {
			return err
		}
	}
	_, err := s.gone(ctx, all)
	return err
}

func (s *Store) fillJoint(ctx context.Context, region regionApart, only *selection) (*catalog.Joint, error) {
	if region.joint == nil {
		return nil, nil
	}
	states, err := s.statesIn(ctx, region.scopes, region.joint.ID, only)
	if err != nil {
		return nil, err
	}
	joint := &catalog.Joint{Run: *region.joint}
	for _, scope := range region.scopes {
		items, err := s.items(ctx, scope.Kind, states[scope.id])
		if err != nil {
			return nil, err
		}
		joint.Items = append(joint.Items, items...)
	}
	return joint, nil
}
