package job

import (
	"context"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/report"
	"snapshotter/site"
	"snapshotter/store"
)

// NewSite prepares the site of the newest recorded run. It reads the whole history, and
// db again for each report that is asked for. Watch rules are their owner's: the site
// has none.
func NewSite(ctx context.Context, db *store.Store, replacements map[string]string, options site.Options) (*site.Site, error) {
	source := site.Source{Replacements: replacements}
	source.Report = func(ctx context.Context, head catalog.Run) (*report.Report, error) {
		return ReportOf(ctx, db, head, Rules{Replacements: replacements})
	}
	if err := gather(ctx, db, &source); err != nil {
		return nil, err
	}
	return site.New(ctx, source, options)
}

// gather reads the whole history.
func gather(ctx context.Context, db *store.Store, source *site.Source) error {
	head, err := db.Latest(ctx, 0)
	if err != nil {
		return err
	}
	if source.Head, err = db.Snapshot(ctx, head.ID); err != nil {
		return err
	}
	runs, err := db.Runs(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Status != catalog.RunFailed && run.ID <= head.ID {
			source.Runs = append(source.Runs, run)
		}
	}
	events := map[catalog.Kind]map[string][]catalog.Event{}
	for _, kind := range catalog.Kinds() {
		if events[kind], err = db.Histories(ctx, kind); err != nil {
			return err
		}
	}
	covered, err := db.Coverage(ctx, nil)
	if err != nil {
		return err
	}
	source.Log = ask.NewLog(source.Head, source.Runs, events, covered)
	return nil
}

// ReportOf builds the report of a run against the one before.
func ReportOf(ctx context.Context, db *store.Store, head catalog.Run, rules Rules) (*report.Report, error) {
	base, err := Before(ctx, db, head)
	if err != nil {
		return nil, err
	}
	compared, err := Compare(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	return compared.Report(ctx, db, rules, nil)
}
