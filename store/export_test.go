package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// Claim marks a new database as ours and stops there.
var Claim = claim

// Patiently tries again while the database is locked.
var Patiently = patiently

// Readable tells whether a schema can be read as it is.
var Readable = readable

// OpenUnsafe is Open without waiting for the disk, for histories that are
// thrown away.
func OpenUnsafe(ctx context.Context, path string) (*Store, error) {
	return openWith(ctx, path, "synchronous(FULL)", "synchronous(OFF)")
}

// OpenImpatient is Open without waiting for locks.
func OpenImpatient(ctx context.Context, path string) (*Store, error) {
	s, err := openWith(ctx, path, "busy_timeout(5000)", "busy_timeout(1)")
	return s, explained("open database", path, err)
}

func openWith(ctx context.Context, path, old, new string) (*Store, error) {
	if !strings.Contains(writing, old) {
		panic("writing is not set up with " + old)
	}
	return open(path, strings.Replace(writing, old, new, 1), func(s *Store) error { return s.upgrade(ctx) })
}

// Version is the version of the schema.
func (s *Store) Version(ctx context.Context) (int64, error) { return s.version(ctx) }

// OpenAsItIs opens a database without bringing it up to date.
func OpenAsItIs(path string) (*Store, error) {
	return open(path, reading, func(*Store) error { return nil })
}

// LimitPages keeps the database of a writer from growing past what it has plus
// a few pages, as a full disk would; 0 lifts the limit.
func (s *Store) LimitPages(t *testing.T, more int) {
	t.Helper()
	s.db.SetMaxOpenConns(1)
	var pages int
	if err := s.db.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if more == 0 {
		pages = 1 << 30
	}
	if _, err := s.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+more)); err != nil {
		t.Fatal(err)
	}
}
