package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"snapshotter/migrations"
)

// migrator applies the migrations, each in one transaction, and says nothing.
func (s *Store) migrator() (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, s.db, migrations.Files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// upgrade brings the schema up to the newest version, refuses a newer one, and
// makes sure that the database can be written: better now than after the
// network work of a run.
func (s *Store) upgrade(ctx context.Context) error {
	migrator, err := s.migrator()
	if err != nil {
		return err
	}
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	switch known := newest(migrator); {
	case version > known:
		return &NewerError{version, known}
	case version < known:
		if _, err := migrator.Up(ctx); err != nil {
			return fmt.Errorf("bring the schema from version %d to %d: %w", version, known, err)
		}
	}
	return s.tryWriting(ctx)
}

// tryWriting makes sure that the database can be written. To begin does not
// suffice: a transaction on a file that is read-only begins as one that reads.
func (s *Store) tryWriting(ctx context.Context) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE runs SET message = message WHERE id < 0`)
	return errors.Join(err, tx.Rollback())
}

// requireCurrent refuses any schema but the newest.
func (s *Store) requireCurrent(ctx context.Context) error {
	migrator, err := s.migrator()
	if err != nil {
		return err
	}
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	return readable(version, newest(migrator))
}

// readable tells whether a schema can be read as it is.
func readable(version, known int64) error {
	switch {
	case version == 0:
		return &NotFoundError{} // creating it was interrupted, or goes on
	case version > known:
		return &NewerError{version, known}
	case version < known:
		return &OlderError{version, known}
	}
	return nil
}

func newest(migrator *goose.Provider) int64 {
	sources := migrator.ListSources() // sorted by version
	return sources[len(sources)-1].Version
}

// version is the version of the schema, 0 before the first migration. Goose is
// not asked: it would create its table.
func (s *Store) version(ctx context.Context) (int64, error) {
	var version int64
	var tables int
	row := s.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", goose.DefaultTablename)
	if err := row.Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	row = s.db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename+" WHERE is_applied")
	err := row.Scan(&version)
	return version, err
}
