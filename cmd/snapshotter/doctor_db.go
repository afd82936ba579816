package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"snapshotter/internal/atomicfile"
	"snapshotter/state"
	"snapshotter/store"
)

// restore is what is left to do about a damaged database. The next run would
// refuse it, or build on what is wrong.
const restore = "restore the database from a copy, and keep the damaged file: sqlite3 FILE .recover may get at what the copy lacks"

// examineDatabase checks that the history can be read, is whole, is what was
// recorded, and can be written to: in S3 only saving it would tell. A database
// that is not there yet is well.
func examineDatabase(ctx context.Context, p *program, thoroughly bool, found *examination) {
	err := p.reading(ctx, func(db *store.Store) error {
		examineHistory(ctx, db, thoroughly, found)
		return nil
	})
	_, missing := errors.AsType[*store.NotFoundError](err)
	_, older := errors.AsType[*store.OlderError](err)
	_, newer := errors.AsType[*store.NewerError](err)
	fault, damaged := errors.AsType[*store.FaultError](err)
	switch {
	case missing && !state.Remote(p.DB) && !atomicfile.Exists(filepath.Dir(p.DB)):
		found.add("database", healthProblem, "there is no directory "+filepath.Dir(p.DB), "make it, or give another path with --db")
		return
	case missing:
		found.add("database", healthOK, "there is none yet; the first run makes it", "")
		return
	case newer:
		found.add("database", healthProblem, err.Error(), "install the newest snapshotter; this one leaves the file as it is")
		return
	case older:
		found.add("database", healthWarning, err.Error(), "the next run brings it up to date")
	case damaged:
		found.add("database", healthProblem, err.Error(), fault.Advice)
		return
	case err != nil:
		found.fail("database", err, "see whether --db names the right file")
		return
	}
	if !state.Remote(p.DB) { // nothing is locked in S3
		examineLock(p.DB, found)
	}
}

// examineHistory says whether what was recorded is intact.
func examineHistory(ctx context.Context, db *store.Store, thoroughly bool, found *examination) {
	text, err := intact(ctx, db, thoroughly)
	if err != nil {
		found.fail("database", err, restore)
		return
	}
	found.add("database", healthOK, text, "")
}

// intact lets SQLite look for damage, checks the newest recorded run against its
// digest, and tells what was checked.
func intact(ctx context.Context, db *store.Store, thoroughly bool) (string, error) {
	check := "quick check"
	if thoroughly {
		check = "integrity check"
	}
	if err := db.Check(ctx, thoroughly); err != nil {
		return "", err
	}
	schema, err := db.Schema(ctx)
	if err != nil {
		return "", err
	}
	recorded, err := db.Recorded(ctx)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("schema %d, SQLite's %s finds nothing wrong, %d runs recorded", schema, check, recorded)
	if recorded == 0 {
		return text, nil
	}
	newest, err := db.Latest(ctx, 0)
	if err != nil {
		return "", err
	}
	if !thoroughly {
		return fmt.Sprintf("%s, and what run %d recorded is intact", text, newest.ID), db.Verify(ctx, newest.ID)
	}
	bad, err := db.FirstBad(ctx)
	if err == nil && bad != 0 {
		err = fmt.Errorf("the history was altered: run %d is the first that is not what was recorded", bad)
	}
	return text + ", and what every run recorded is intact", err
}

// examineLock takes the lock for a moment, as only that tells whether a run
// could.
func examineLock(path string, found *examination) {
	lock, err := store.Acquire(path)
	_, held := errors.AsType[*store.LockedError](err)
	switch {
	case held:
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
