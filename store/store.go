// Package store keeps the history: every run, what it learned about each
// scope, and every change of an item, in one SQLite file.
//
// It guarantees that a run is recorded whole or not at all, durably, in one
// transaction; that nothing recorded is ever altered, so the state as of any
// run can be read and checked against its digest; and that a reader sees whole
// runs only, also while one is being written. It refuses to touch a file that
// is not its own or that a newer version wrote, and to take anything but a
// complete listing as a statement about presence.
package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// Store is an open history. It may be used by several goroutines at once.
//
// Items it returns are decoded once and shared between all that it returns:
// they must not be modified.
type Store struct {
	db       *sql.DB
	path     string
	contents contents
	refs     refs

	mu         sync.Mutex
	statements map[string]*sql.Stmt // prepared once
}

// Open opens the history at path for writing, creates it where there is none,
// and brings an older schema up to date. The caller holds the lock of
// [Acquire]. Errors are or wrap [*NotADatabaseError], [*ForeignError],
// [*NewerError], [*FaultError], or what the system said.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := openForWriting(ctx, path)
	return s, explained("open database", path, err)
}

func openForWriting(ctx context.Context, path string) (*Store, error) {
	if err := identify(path); err != nil && !errors.As(err, new(*NotFoundError)) {
		return nil, err
	}
	if err := claim(ctx, path); err != nil {
		return nil, err
	}
	return open(path, writing, func(s *Store) error { return s.upgrade(ctx) })
}

// OpenReader opens an existing history and never writes to it; meanwhile runs
// may be recorded. In a directory that cannot be written it can be read as long
// as the last writer ended properly and no other one comes, because SQLite
// otherwise needs its files beside the database
// (https://www.sqlite.org/wal.html#read_only_databases). Errors are or wrap
// [*NotFoundError], [*NotADatabaseError], [*ForeignError], [*OlderError],
// [*NewerError], [*FaultError], or what the system said.
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
			"a writer was cut off, and its log can be read only where its directory can be written",
			"record a run, or copy the file and the one that ends in -wal to a directory of your own", err,
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
	return s, nil
}

// Close closes the history. Unless another process has it open, the file is
// whole by itself after a writer closed it and can be copied.
func (s *Store) Close() error {
	return explained("close database", s.path, s.db.Close())
}

// query runs a statement that is prepared once for the life of the store.
func (s *Store) query(ctx context.Context, query string, arguments ...any) (*sql.Rows, error) {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, arguments...)
}

func (s *Store) queryRow(ctx context.Context, query string, arguments []any, into ...any) error {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, arguments...).Scan(into...)
}

func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement, known := s.statements[query]; known {
		return statement, nil
	}
	statement, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.statements[query] = statement
	return statement, nil
}
