package serve

import (
	"context"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/store"
)

// view is everything that is shown of one recorded run. It never changes.
type view struct {
	of       int64
	settings *Settings // with which the report was made
	report   *report.Report
	changes  map[diff.Significance]int // against the run before
	items    map[catalog.Kind]int
	scopes   map[catalog.Outcome]int
}

// view returns the view of the newest recorded run, which is made once. The error is
// a [*store.NoRunError] if no run is recorded.
func (p *Pages) view(ctx context.Context, settings *Settings, db *store.Store) (*view, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	head, err := db.Latest(ctx, 0)
	if err != nil {
		return nil, err
	}
	if p.newest == nil || p.newest.of != head.ID || p.newest.settings != settings {
		if p.newest, err = newView(ctx, settings, db, head); err != nil {
			return nil, err
		}
	}
	return p.newest, nil
}

func newView(ctx context.Context, settings *Settings, db *store.Store, head catalog.Run) (*view, error) {
	base, err := job.Before(ctx, db, head)
	if err != nil {
		return nil, err
	}
	compared, err := job.Compare(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	shown := &view{of: head.ID, settings: settings, changes: map[diff.Significance]int{}, items: map[catalog.Kind]int{}, scopes: map[catalog.Outcome]int{}}
	for _, change := range compared.Result.Changes {
		shown.changes[change.Significance]++
	}
	now, err := db.Snapshot(ctx, head.ID)
	if err != nil {
		return nil, err
	}
	for _, scope := range now.Scopes {
		shown.items[scope.Kind] += len(scope.Items)
		shown.scopes[scope.Outcome]++
	}
	shown.report, err = compared.Report(ctx, db, settings.Rules, nil)
	return shown, err
}
