package job

import (
	"context"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/store"
)

// FindPast is [ask.FindPast] in a database. The account's resources are read only where
// the word means no model.
func FindPast(ctx context.Context, db *store.Store, run int64, word string) (*ask.Past, error) {
	past, err := ask.FindPast(ctx, db, run, func() (*catalog.Snapshot, error) { return db.Resources(ctx, run) }, word)
	if err != nil || !past.Kind.OfAccount() {
		return past, err
	}
	covered, err := db.ResourceCoverage(ctx)
	past.SetCoverage(covered)
	return past, err
}
