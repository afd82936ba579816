package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"snapshotter/catalog"
)

// Snapshot is the state of the catalogue as of a recorded run. The error is a
// [*NoRunError] if there is no such run or if it failed.
func (s *Store) Snapshot(ctx context.Context, runID int64) (*catalog.Snapshot, error) {
	snapshot, err := s.snapshot(ctx, runID)
	return snapshot, explained("read", s.path, err)
}

func (s *Store) snapshot(ctx context.Context, runID int64) (*catalog.Snapshot, error) {
	outline, err := s.outline(ctx, runID)
	if err != nil {
		return nil, err
	}
	return s.fill(ctx, outline, nil)
}

// Listed is the state of the catalogue as of a recorded run, without Gone: for
// questions about what is there. Where kinds are named, the scopes of others
// have no items. The error is a [*NoRunError] if there is no such run or if it
// failed.
func (s *Store) Listed(ctx context.Context, runID int64, kinds ...catalog.Kind) (*catalog.Snapshot, error) {
	snapshot, err := s.listed(ctx, runID, kinds)
	return snapshot, explained("read", s.path, err)
}

func (s *Store) listed(ctx context.Context, runID int64, kinds []catalog.Kind) (*catalog.Snapshot, error) {
	outline, err := s.outline(ctx, runID)
	if err != nil {
		return nil, err
	}
	only := &selection{whole: map[int64]bool{}, listed: true}
	for _, scope := range outline.scopes {
		only.whole[scope.id] = kinds == nil || slices.Contains(kinds, scope.Kind)
	}
	return s.fill(ctx, outline, only)
}

// About is the state of the catalogue as of a recorded run, thinned to a
// foundation model and the inference profiles that ever routed to it. The error
// is a [*NoRunError] if there is no such run or if it failed.
func (s *Store) About(ctx context.Context, runID int64, model string) (*catalog.Snapshot, error) {
	snapshot, err := s.about(ctx, runID, model)
	return snapshot, explained("read", s.path, err)
}

func (s *Store) about(ctx context.Context, runID int64, model string) (*catalog.Snapshot, error) {
	outline, err := s.outline(ctx, runID)
	if err != nil {
		return nil, err
	}
	scopes, everywhere := map[int64]catalog.Scope{}, map[touch]bool{}
	for _, scope := range outline.scopes {
		scopes[scope.id] = scope.Scope
		everywhere[touch{scope.Region, model}] = true
	}
	only := &selection{items: map[int64][]int64{}}
	if err := s.selectTouched(ctx, only, scopes, everywhere); err != nil {
		return nil, err
	}
	return s.fill(ctx, outline, only)
}

// outline is a snapshot before its items are read. What it says is final when
// the run is recorded, so it needs no transaction.
type outline struct {
	run    catalog.Run
	scopes []scopeState // sorted by scope
	apart  []regionApart
}

// regionApart is a region whose scopes were last read whole by different runs.
type regionApart struct {
	region string
	scopes []scopeState
	joint  *catalog.RunRef // the last run that read all of them whole, nil if none
}

type scopeState struct {
	id int64
	catalog.ScopeState
}

func (s *Store) outline(ctx context.Context, runID int64) (*outline, error) {
	run, err := s.recordedRun(ctx, runID)
	if err != nil {
		return nil, err
	}
	o := &outline{run: run}
	if o.scopes, err = s.coverageAsOf(ctx, run); err != nil {
		return nil, err
	}
	o.apart, err = s.regionsApart(ctx, o)
	return o, err
}

func (s *Store) coverageAsOf(ctx context.Context, run catalog.Run) ([]scopeState, error) {
	rows, err := s.query(ctx, `
		SELECT s.id, s.region, s.kind, c.outcome, c.error_code, c.message,
			since.id, since.started_at, asked.ordinal - since.ordinal + 1,
			confirmed.id, confirmed.started_at
		FROM runs asked
		CROSS JOIN scopes s
		CROSS JOIN coverage c ON c.scope_id = s.id
			AND c.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id AND run_id <= asked.id)
		CROSS JOIN runs since ON since.id = c.since_run_id
		LEFT JOIN runs confirmed ON c.outcome <> 'complete' AND confirmed.id = c.confirmed_run_id
		WHERE asked.id = ?
		ORDER BY s.region, s.kind`, run.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var scopes []scopeState
	for rows.Next() {
		scope, err := scanScope(rows, run)
		if err != nil {
			return nil, err
		}
		scopes = append(scopes, scope)
	}
	return scopes, rows.Err()
}

// scanScope scans how a scope stood as of run, which confirms it itself if it
// read it whole.
func scanScope(rows *sql.Rows, run catalog.Run) (scope scopeState, err error) {
	var since string
	var confirmed sql.NullInt64
	var confirmedAt sql.NullString
	err = rows.Scan(&scope.id, &scope.Region, &scope.Kind,
		&scope.Outcome, &scope.ErrorCode, &scope.Message,
		&scope.Since.ID, &since, &scope.Streak, &confirmed, &confirmedAt)
	if err != nil {
		return scope, err
	}
	if scope.Since.At, err = parseTime(since); err != nil {
		return scope, err
	}
	if scope.Fresh() {
		scope.Confirmed = new(run.Ref())
		return scope, nil
	}
	scope.Confirmed, err = optionalRef(confirmed, confirmedAt)
	return scope, err
}

func (s *Store) regionsApart(ctx context.Context, o *outline) ([]regionApart, error) {
	var apart []regionApart
	for _, scopes := range byRegion(o.scopes) {
		if alike(scopes) {
			continue
		}
		joint, err := s.jointRun(ctx, o.run.ID, scopes)
		if err != nil {
			return nil, err
		}
		apart = append(apart, regionApart{scopes[0].Region, scopes, joint})
	}
	return apart, nil
}

// byRegion cuts a sorted list of scopes into one list a region.
func byRegion(scopes []scopeState) [][]scopeState {
	var regions [][]scopeState
	for first, i := 0, 1; i <= len(scopes); i++ {
		if i == len(scopes) || scopes[i].Region != scopes[first].Region {
			regions = append(regions, scopes[first:i])
			first = i
		}
	}
	return regions
}

// alike reports whether one run was the last to read all kinds of a region
// whole, or none ever read any.
func alike(scopes []scopeState) bool {
	for i := range scopes {
		a, b := scopes[0].Confirmed, scopes[i].Confirmed
		if (a == nil) != (b == nil) || a != nil && a.ID != b.ID {
			return false
		}
	}
	return scopes[0].Confirmed == nil || len(scopes) == len(catalog.Kinds())
}

// jointRun is the last run, at or before one, that read all kinds of a region
// whole; nil if none did. It goes back from the earliest that any of them was
// confirmed until all were confirmed by the same run.
func (s *Store) jointRun(ctx context.Context, run int64, scopes []scopeState) (*catalog.RunRef, error) {
	if len(scopes) < len(catalog.Kinds()) {
		return nil, nil
	}
	for {
		earliest := run
		for _, scope := range scopes {
			confirmed, err := s.confirmed(ctx, scope.id, run)
			if err != nil {
				return nil, err
			}
			earliest = min(earliest, confirmed)
		}
		switch earliest {
		case 0:
			return nil, nil
		case run:
			joint, err := s.recordedRun(ctx, run)
			return new(joint.Ref()), err
		}
		run = earliest
	}
}

// confirmed is the last run, at or before one, that read a scope whole; 0 if
// none did.
func (s *Store) confirmed(ctx context.Context, scope, run int64) (int64, error) {
	rows, err := s.query(ctx, `
		SELECT iif(outcome = 'complete', ?2, coalesce(confirmed_run_id, 0))
		FROM coverage
		WHERE scope_id = ?1 AND run_id <= ?2
		ORDER BY run_id DESC
		LIMIT 1`, scope, run)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var confirmed int64
	if rows.Next() {
		err = rows.Scan(&confirmed)
	}
	return confirmed, errors.Join(err, rows.Err())
}

// fill reads the items of an outline: those that are selected, or all.
func (s *Store) fill(ctx context.Context, o *outline, only *selection) (*catalog.Snapshot, error) {
	snapshot := &catalog.Snapshot{Run: o.run}
	held, err := s.heldIn(ctx, o.scopes, o.run.ID, only)
	if err != nil {
		return nil, err
	}
	if err := s.readAhead(ctx, o.scopes, held); err != nil {
		return nil, err
	}
	for _, scope := range o.scopes {
		state := scope.ScopeState
		if state.Gone, err = s.gone(ctx, held[scope.id]); err != nil {
			return nil, err
		}
		if state.Items, err = s.items(ctx, scope.Kind, held[scope.id]); err != nil {
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

// readAhead reads the documents and the runs that all scopes need at once, which
// takes less than queries for each.
func (s *Store) readAhead(ctx context.Context, scopes []scopeState, held map[int64][]holding) error {
	kinds, all := map[catalog.Kind][]holding{}, []holding{}
	for _, scope := range scopes {
		kinds[scope.Kind] = append(kinds[scope.Kind], held[scope.id]...)
		all = append(all, held[scope.id]...)
	}
	for kind, held := range kinds {
		if _, err := s.items(ctx, kind, held); err != nil {
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
	held, err := s.heldIn(ctx, region.scopes, region.joint.ID, only)
	if err != nil {
		return nil, err
	}
	joint := &catalog.Joint{Run: *region.joint}
	for _, scope := range region.scopes {
		items, err := s.items(ctx, scope.Kind, held[scope.id])
		if err != nil {
			return nil, err
		}
		joint.Items = append(joint.Items, items...)
	}
	return joint, nil
}
