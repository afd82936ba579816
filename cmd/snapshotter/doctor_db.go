package main

import (
	"context"
	"errors"
	"fmt"

	"snapshotter/store"
)

// examineDatabase checks that the history can be read, is what was recorded,
// and can be written to: in S3 only saving it would tell. A database that is not
// there yet is well.
func examineDatabase(ctx context.Context, p *program, found *examination) {
	err := p.reading(ctx, func(db *store.Store) error {
		examineHistory(ctx, db, found)
		return nil
	})
	missing, older := (*store.NotFoundError)(nil), (*store.OlderError)(nil)
	switch {
	case errors.As(err, &missing):
		found.add("database", healthOK, "there is none yet; the first run makes it", "")
		return
	case errors.As(err, &older):
		found.add("database", healthWarning, err.Error(), "the next run brings it up to date")
	case err != nil:
		found.fail("database", err, "")
		return
	}
	if !isURL(p.DB) { // nothing is locked in S3
		examineLock(p.DB, found)
	}
}

// examineHistory checks the newest recorded run against its digest.
func examineHistory(ctx context.Context, db *store.Store, found *examination) {
	const restore = "restore the database from a copy"
	runs, err := recordedRuns(ctx, db)
	if err != nil {
		found.fail("database", err, restore)
		return
	}
	if len(runs) == 0 {
		found.add("database", healthOK, "no run is recorded yet", "")
		return
	}
	newest := runs[len(runs)-1]
	if err := db.Verify(ctx, newest.ID); err != nil {
		found.fail("database", err, restore)
		return
	}
	found.add("database", healthOK, fmt.Sprintf("%d runs recorded; what run %d recorded is intact", len(runs), newest.ID), "")
}

// examineLock takes the lock for a moment, as only that tells whether a run
// could.
func examineLock(path string, found *examination) {
	lock, err := store.Acquire(path)
	held := (*store.LockedError)(nil)
	switch {
	case errors.As(err, &held):
		found.add("lock", healthWarning, err.Error(), "wait for that run to end; the system frees the lock when the process ends")
	case err != nil:
		found.fail("lock", err, "make the directory of the database writable")
	default:
		if err := lock.Release(); err != nil {
			found.fail("lock", err, "see whether the disk is well")
			return
		}
		found.add("lock", healthOK, "free", "")
	}
}
