package job

import (
	"context"

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
	var err error
	if source.Log, source.Runs, err = ReadLog(ctx, db); err != nil {
		return nil, err
	}
	source.Head = source.Log.Head()
	return site.New(ctx, source, options)
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
