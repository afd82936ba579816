package job

import (
	"context"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/store"
)

// ReadLog reads the whole history at once, for answers about much of it, and the runs
// that recorded something, in order.
func ReadLog(ctx context.Context, db *store.Store) (log *ask.Log, runs []catalog.Run, err error) {
	last, err := db.Latest(ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	head, err := db.Snapshot(ctx, last.ID)
	if err != nil {
		return nil, nil, err
	}
	all, err := db.Runs(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, run := range all {
		if run.Status != catalog.RunFailed && run.ID <= head.Run.ID {
			runs = append(runs, run)
		}
	}
	events := map[catalog.Kind]map[string][]catalog.Event{}
	for _, kind := range catalog.Kinds() {
		if events[kind], err = db.Histories(ctx, kind); err != nil {
			return nil, nil, err
		}
	}
	covered, err := db.Coverage(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	return ask.NewLog(head, runs, events, covered), runs, nil
}
