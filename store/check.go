package store

import (
	"context"
	"fmt"
	"strings"
)

// DamagedError is a database in which SQLite found something that cannot be.
type DamagedError struct {
	Found string // the first of it
	More  int    // how much else there is, of the first hundred
}

func (e *DamagedError) Error() string {
	text := "it is damaged: " + e.Found
	if e.More > 0 {
		text += fmt.Sprintf(" (and %d more)", e.More)
	}
	return text
}

// Check reads the whole file and looks for damage: quickly, that every page and
// row is well formed; thoroughly, also that indexes, constraints and foreign
// keys hold. It returns a [*DamagedError], or a [*FaultError] where that is what
// keeps the file from being read. What the rows say is [Store.Verify]'s concern.
// https://www.sqlite.org/pragma.html#pragma_quick_check
func (s *Store) Check(ctx context.Context, thoroughly bool) error {
	return explained("check database", s.path, s.check(ctx, thoroughly))
}

func (s *Store) check(ctx context.Context, thoroughly bool) error {
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
		loose, err := s.lines(ctx, `SELECT 'row ' || coalesce(rowid, '?') || ' of ' || "table" || ' refers to no row of ' || parent FROM pragma_foreign_key_check`)
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

// lines are the rows of a query of one text column.
func (s *Store) lines(ctx context.Context, query string) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

// Schema is the version of the database's schema.
func (s *Store) Schema(ctx context.Context) (int64, error) {
	version, err := s.version(ctx)
	return version, explained("read", s.path, err)
}
