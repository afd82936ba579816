package job

import (
	"context"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/store"
)

// Impacts returns what happens to the account's resources as of the run of the public
// snapshot, and the resources themselves. Of by it sets what comes from the history.
func Impacts(ctx context.Context, db *store.Store, public *catalog.Snapshot, by ask.Impacted) (impacts []ask.Impact, resources *catalog.Snapshot, err error) {
	if resources, err = db.Resources(ctx, public.Run.ID); err != nil || Resources(resources) == 0 {
		return []ask.Impact{}, resources, err
	}
	var unread error
	by.Resources = resources
	by.Was = func(id string) *catalog.FoundationModel {
		m, err := lastListed(ctx, db, id, public.Run.ID)
		if err != nil {
			unread = err
		}
		return m
	}
	impacts = ask.NewDirectory(public).Impacts(by)
	return impacts, resources, unread
}

// Resources counts the resources of a snapshot.
func Resources(s *catalog.Snapshot) (n int) {
	for _, state := range s.Scopes {
		n += len(state.Items)
	}
	return n
}

// lastListed returns a model as it was when it was last listed anywhere up to a run, nil
// if it never was.
func lastListed(ctx context.Context, db *store.Store, id string, run int64) (*catalog.FoundationModel, error) {
	events, err := db.History(ctx, catalog.KindFoundationModel, id)
	for _, e := range slices.Backward(events) {
		if e.Run.ID > run {
			continue
		}
		if m, listed := e.Item.(*catalog.FoundationModel); listed {
			return m, err
		}
	}
	return nil, err
}

// lostLists are the lists of the account that the run should have read and did not.
func lostLists(resources *catalog.Snapshot) (lost []ask.UnreadList) {
	for _, state := range resources.Scopes {
		if state.Outcome.Lost(state.Observed()) {
			lost = append(lost, ask.UnreadList{Scope: state.Scope, Outcome: state.Outcome})
		}
	}
	return lost
}
