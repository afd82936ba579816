package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"snapshotter/migrations"
)

// migrator applies the migrations silently, each in one transaction.
func (s *Store) migrator() (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, s.db, migrations.Files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// upgrade migrates the schema to the newest version, refuses a newer one, and
// checks that the database can be written: better now than after the network work
// of a run.
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
			return fmt.Errorf("migrate the schema from version %d to %d: %w", version, known, err)
		}
	}
	return s.tryWriting(ctx)
}

// tryWriting checks that the database can be written. Beginning a transaction is
// not enough: on a read-only file it begins as a reading one.
func (s *Store) tryWriting(ctx context.Context) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE runs SET message = message WHERE id < 0`)
	return errors.Join(err, tx.Rollback())
}

// requireCurrent refuses any schema but the newest one.
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

// readable returns why a schema cannot be read as it is, nil if it can.
func readable(version, known int64) error {
	switch {
	case version == 0:
		return &NotFoundError{} // its creation was interrupted or is going on
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

// version is the version of the schema, 0 before the first migration. It does not
// ask Goose, which would create its table.
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
