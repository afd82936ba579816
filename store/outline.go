package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"snapshotter/catalog"
)

// outline is a snapshot without its items. It is final once the run is recorded,
// so reading it needs no transaction.
type outline struct {
	run    catalog.Run
	scopes []scopeState // sorted by scope
	apart  []regionApart
}

// regionApart is a region whose scopes were last read by different runs.
type regionApart struct {
	region string
	scopes []scopeState
	joint  *catalog.RunRef // the last run that read all of them, nil if none
}

type scopeState struct {
	id int64
	catalog.ScopeState
}

// outline reads the outline of the public catalogue. What an account has is read only
// by [Store.Resources], so that nothing of it gets into what others read.
func (s *Store) outline(ctx context.Context, runID int64) (*outline, error) {
	o, err := s.outlineOf(ctx, runID, func(kind catalog.Kind) bool { return !kind.OfAccount() })
	if err != nil {
		return nil, err
	}
	o.apart, err = s.regionsApart(ctx, o)
	return o, err
}

func (s *Store) outlineOf(ctx context.Context, runID int64, is func(catalog.Kind) bool) (*outline, error) {
	run, err := s.recordedRun(ctx, runID)
	if err != nil {
		return nil, err
	}
	scopes, err := s.coverageAsOf(ctx, run)
	if err != nil {
		return nil, err
	}
	return &outline{run: run, scopes: slices.DeleteFunc(scopes, func(scope scopeState) bool { return !is(scope.Kind) })}, nil
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
	return scanAll(rows, err, func(rows *sql.Rows) (scopeState, error) { return scanScope(rows, run) })
}

// scanScope scans the state of a scope as of run, which confirms the scope itself
// if it read it.
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
	if !catalog.ValidRegion(scope.Region) {
		return scope, &FaultError{
			fmt.Sprintf("it names the region %q, which snapshotter never records", scope.Region),
			"do not trust the file: it was altered, or somebody else wrote it", nil,
		}
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

// regionsApart finds the regions where access cannot be judged from the scopes as
// last confirmed, because different runs confirmed them.
func (s *Store) regionsApart(ctx context.Context, o *outline) ([]regionApart, error) {
	var apart []regionApart
	for _, scopes := range byRegion(o.scopes) {
		if together(scopes) {
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

// byRegion returns one list a region of the scopes that access rests on.
func byRegion(scopes []scopeState) [][]scopeState {
	var regions [][]scopeState
	for _, scope := range scopes {
		if !slices.Contains(catalog.Kinds(), scope.Kind) {
			continue
		}
		last := len(regions) - 1
		if last < 0 || regions[last][0].Region != scope.Region {
			regions = append(regions, nil)
			last++
		}
		regions[last] = append(regions[last], scope)
	}
	return regions
}

// together reports whether one run was the last to read all kinds of a region, or
// no run ever read any.
func together(scopes []scopeState) bool {
	for i := range scopes {
		a, b := scopes[0].Confirmed, scopes[i].Confirmed
		if (a == nil) != (b == nil) || a != nil && a.ID != b.ID {
			return false
		}
	}
	return scopes[0].Confirmed == nil || len(scopes) == len(catalog.Kinds())
}

// jointRun finds the last run, at or before run, that read all kinds of a region;
// nil if none did. It steps back to the earliest confirmation of any kind until
// one run confirmed all.
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

// confirmed is the last run, at or before run, that read a scope; 0 if none did.
func (s *Store) confirmed(ctx context.Context, scope, run int64) (confirmed int64, err error) {
	err = s.queryRow(ctx, `
		SELECT iif(outcome = 'complete', ?2, coalesce(confirmed_run_id, 0))
		FROM coverage
		WHERE scope_id = ?1 AND run_id <= ?2
		ORDER BY run_id DESC
		LIMIT 1`, []any{scope, run}, &confirmed)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return confirmed, err
}

// joints returns the last runs that read each region completely, nil where none
// did.
func (o *outline) joints() map[string]*catalog.RunRef {
	joints := map[string]*catalog.RunRef{}
	for _, scopes := range byRegion(o.scopes) {
		joints[scopes[0].Region] = scopes[0].Confirmed
	}
	for _, region := range o.apart {
		joints[region.region] = region.joint
	}
	return joints
}
