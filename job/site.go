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
		return ReportOf(ctx, db, head, Rules{Replacements: replacements, Account: options.Private})
	}
	var err error
	if source.Log, source.Runs, err = ReadLog(ctx, db); err != nil {
		return nil, err
	}
	source.Head = source.Log.Head()
	if options.Private {
		if source.Account, err = accountOf(ctx, db, source.Head, replacements); err != nil {
			return nil, err
		}
	}
	return site.New(ctx, source, options)
}

// accountOf is what happens to the account's resources as of head's run.
func accountOf(ctx context.Context, db *store.Store, head *catalog.Snapshot, replacements map[string]string) (*ask.ImpactAnswer, error) {
	today := head.Run.StartedAt
	impacts, resources, err := Impacts(ctx, db, head, ask.Impacted{Today: today, Replacements: replacements})
	return &ask.ImpactAnswer{
		Run: ask.AsOf{RunRef: head.Run.Ref()}, Today: catalog.Day(today), Resources: Resources(resources), Impacts: impacts,
		NeverRead: append(ask.UnreadLists(resources, catalog.AccountKinds()...), ask.UnreadLists(head, catalog.Kinds()...)...),
	}, err
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
