package doctor

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"snapshotter/catalog"
	"snapshotter/internal/atomicfile"
	"snapshotter/state"
	"snapshotter/store"
)

// restore is the advice for a damaged database. The next run would refuse it, or build
// on what is wrong.
const restore = "restore the database from a copy, and keep the damaged file: sqlite3 FILE .recover may get at what the copy lacks"

// Database is where the history is kept.
type Database struct {
	Name string // a path, or a URL of S3
	Read func(ctx context.Context, use func(*store.Store) error) error
	Deep bool // whether to check indexes, constraints, references and every run
	// Known is what the history knows of each list, once it was examined; nil if it
	// cannot be read.
	Known map[catalog.Scope]catalog.Known
}

// Examine checks that the history can be read, is intact and can be written. Whether
// one in S3 can be saved is for [Writing]. A missing database is OK.
func (d *Database) Examine(ctx context.Context, found *Examination) {
	err := d.Read(ctx, func(db *store.Store) error {
		examineHistory(ctx, db, d.Deep, found)
		if known, err := db.Known(ctx); err == nil {
			d.Known = known.Scopes
		}
		return nil
	})
	_, missing := errors.AsType[*store.NotFoundError](err)
	_, older := errors.AsType[*store.OlderError](err)
	_, newer := errors.AsType[*store.NewerError](err)
	fault, damaged := errors.AsType[*store.FaultError](err)
	switch {
	case missing && !state.Remote(d.Name) && !atomicfile.Exists(filepath.Dir(d.Name)):
		found.Add("database", Problem, "there is no directory "+filepath.Dir(d.Name), "make it, or give another path with --db")
		return
	case missing:
		found.Add("database", OK, "there is none yet; the first run makes it", "")
		return
	case newer:
		found.Add("database", Problem, err.Error(), "install the newest snapshotter; this one leaves the file as it is")
		return
	case older:
		found.Add("database", Warning, err.Error(), "the next run brings it up to date")
	case damaged:
		found.Add("database", Problem, err.Error(), fault.Advice)
		return
	case err != nil:
		found.Fail("database", err, "see whether --db names the right file")
		return
	}
	if !state.Remote(d.Name) { // nothing is locked in S3
		examineLock(d.Name, found)
	}
}

// examineHistory checks whether what was recorded is intact.
func examineHistory(ctx context.Context, db *store.Store, thoroughly bool, found *Examination) {
	text, err := intact(ctx, db, thoroughly)
	if err != nil {
		found.Fail("database", err, restore)
		return
	}
	found.Add("database", OK, text, "")
}

// intact lets SQLite look for damage, checks the newest run, or all runs, against
// their digests, and returns what was checked.
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
	text := fmt.Sprintf("schema %d, SQLite's %s finds nothing wrong, %s recorded", schema, check, catalog.Counted(recorded, "run"))
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

// examineLock takes the lock and releases it: there is no other way to see whether a
// run could take it.
func examineLock(path string, found *Examination) {
	lock, err := store.Acquire(path)
	_, held := errors.AsType[*store.LockedError](err)
	switch {
	case held:
		found.Add("lock", Warning, err.Error(), "wait for that run to end; the system frees the lock when the process ends")
	case err != nil:
		found.Fail("lock", err, "make the directory of the database writable")
	default:
		if err := lock.Release(); err != nil {
			found.Fail("lock", err, "see whether the disk is well")
			return
		}
		found.Add("lock", OK, "free", "")
	}
}
