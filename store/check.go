package store

import (
	"context"
	"fmt"
	"strings"
)

// DamagedError means that SQLite found damage in the database.
type DamagedError struct {
	Found string // the first problem
	More  int    // how many other problems there are, up to a hundred
}

func (e *DamagedError) Error() string {
	text := "the database is damaged: " + e.Found
	if e.More > 0 {
		text += fmt.Sprintf(" (and %d more)", e.More)
	}
	return text
}

// Check reads the whole file and looks for damage: quickly, that every page and
// row is well formed; thoroughly, also that indexes, constraints and foreign keys
// hold. The error is a [*DamagedError], or a [*FaultError] if the file cannot be
// read. [Store.Verify] checks what the rows say.
// https://www.sqlite.org/pragma.html#pragma_quick_check
func (s *Store) Check(ctx context.Context, thoroughly bool) (err error) {
	defer s.explain("check database", &err)
	pragma := "quick_check"
	if thoroughly {
		pragma = "integrity_check"
	}
	found, err := s.lines(ctx, "SELECT * FROM pragma_"+pragma)
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	if thoroughly {
		loose, err := s.lines(ctx, `SELECT 'row ' || coalesce(rowid, '?') || ' of ' || "table" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check`)
		if err != nil {
			return err
		}
		found = append(found, loose...)
	}
	if len(found) > 0 {
		return &DamagedError{Found: strings.TrimSpace(found[0]), More: len(found) - 1}
	}
	return nil
}

func (s *Store) lines(ctx context.Context, query string) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, query)
	return scanAll(rows, err, scanText)
}

// Schema returns the version of the database's schema.
func (s *Store) Schema(ctx context.Context) (version int64, err error) {
	defer s.explain("read", &err)
	return s.version(ctx)
}
