// Package store keeps the history: every run, what it learned about each
// scope, and every change of an item, in one SQLite file.
//
// It guarantees that a run is recorded completely or not at all, durably, in one
// transaction; that nothing recorded is ever altered, so that the state as of any
// run can be read and checked against its digest; and that a reader only sees
// complete runs, even while one is being written. It refuses to touch a file that
// is not its own or that a newer version wrote, and to conclude anything about
// presence from a listing that is not complete. It does not know kinds: it keeps
// the documents of any.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// Store is an open history. It may be used by several goroutines at once.
//
// It decodes each item once and shares it between all results: callers must not
// modify items.
type Store struct {
	db       *sql.DB
	path     string
	file     os.FileInfo // as it was opened
	contents contents
	refs     refs

	mu         sync.Mutex
	statements map[string]*sql.Stmt // prepared once
}

// Open opens the history at path for writing, creates it if there is none, and
// migrates an older schema. The caller holds the lock of [Acquire]. Errors are or wrap [*EmptyError], [*NotADatabaseError], [*ForeignError],
// [*NewerError], [*FaultError], or an error of the system.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := openForWriting(ctx, path, false)
	return s, explained("open database", path, err)
}

// OpenNew is [Open] that takes an empty file for a new database.
func OpenNew(ctx context.Context, path string) (*Store, error) {
	s, err := openForWriting(ctx, path, true)
	return s, explained("open database", path, err)
}

func openForWriting(ctx context.Context, path string, empty bool) (*Store, error) {
	if err := identify(path); err != nil {
		_, none := errors.AsType[*NotFoundError](err)
		_, blank := errors.AsType[*EmptyError](err)
		if !none && !(blank && empty) {
			return nil, err
		}
	}
	if err := create(path); err != nil {
		return nil, err
	}
	if err := claim(ctx, path); err != nil {
		return nil, err
	}
	return open(path, writing, func(s *Store) error { return s.upgrade(ctx) })
}

// OpenReader opens an existing history and never writes to it. Runs may be
// recorded meanwhile. In a read-only directory it works as long as the last writer
// closed the database and no other one starts, because SQLite otherwise needs to
// create files beside it (https://www.sqlite.org/wal.html#read_only_databases).
// Errors are or wrap [*NotFoundError], [*NotADatabaseError], [*ForeignError],
// [*OlderError], [*NewerError], [*FaultError], or an error of the system.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	s, err := openForReading(ctx, path)
	return s, explained("read database", path, err)
}

func openForReading(ctx context.Context, path string) (*Store, error) {
	if err := identify(path); err != nil {
		return nil, err
	}
	check := func(s *Store) error { return s.requireCurrent(ctx) }
	s, err := open(path, reading, check)
	switch {
	case !failedWith(err, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
		return s, err
	case hasLog(path):
		return nil, &FaultError{
			"a write was interrupted, and its log can only be read in a writable directory",
			"record a run, or copy the file and the one that ends in -wal to a directory that you can write", err,
		}
	}
	return open(path, resting, check)
}

func open(path, parameters string, check func(*Store) error) (*Store, error) {
	name, err := dsn(path, parameters)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, path: path, statements: map[string]*sql.Stmt{}}
	if err := check(s); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.file, err = os.Stat(path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// replaced reports whether the file at the history's path is not the one that was
// opened.
func (s *Store) replaced() bool {
	now, err := os.Stat(s.path)
	return err != nil || !os.SameFile(s.file, now)
}

// rescue copies the history, which no path leads to any more, beside its path.
func (s *Store) rescue(ctx context.Context, run int64) (string, error) {
	path := fmt.Sprintf("%s.rescued-run-%d", s.path, run)
	_, err := s.db.ExecContext(ctx, "VACUUM INTO ?", path)
	return path, err
}

// Close closes the history. After a writer closed it, and unless another process
// has it open, the file is complete by itself and can be copied.
func (s *Store) Close() (err error) {
	defer s.explain("close database", &err)
	return s.db.Close()
}
