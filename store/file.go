package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Parameters of the connections: as part of the name they hold for every
// connection of a pool.
// https://pkg.go.dev/modernc.org/sqlite#Driver.Open
const (
	// A run is one commit, so waiting for the disk costs nothing, and a run that is
	// reported as recorded survives a power loss.
	writing = "_pragma=busy_timeout(5000)&" + cache + "&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	reading = "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)"
	// resting assumes that nobody writes to the file.
	resting = "immutable=1&mode=ro&_pragma=query_only(1)"
	// claiming does not change the journal mode: see claim.
	claiming = "_pragma=busy_timeout(5000)"
	// cache is up to 16 MB of pages for a writer, which reads the index of item
	// changes again and again: after ten years the index is larger than SQLite's
	// default of 2 MB. A reader reads it once, and new memory would cost it more
	// than reading a page twice.
	cache = "_pragma=cache_size(-16000)"
)

// dsn names the database at path, whatever characters the path has. It makes the
// path absolute, so that a leading "//" is not read as a host.
// https://www.sqlite.org/uri.html
func dsn(path, parameters string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	name := filepath.ToSlash(absolute)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a Windows volume
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: name, RawQuery: parameters}).String(), nil
}

// applicationID marks a database as ours in the header of its file: "snap". https://www.sqlite.org/pragma.html#pragma_application_id
const applicationID = 0x736e6170

// Offsets in the header of an SQLite file.
// https://www.sqlite.org/fileformat.html#the_database_header
const (
	headerSize    = 100
	magic         = "SQLite format 3\x00"
	applicationAt = 68
)

// identify reads the header of the file at path and reports whether it is ours to
// open. A file whose creation a power loss interrupted counts as no database: any
// part of its first page may be missing. Any other empty file is an [*EmptyError].
func identify(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		return &NotFoundError{}
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &NotADatabaseError{}
	case unborn(path):
		return &NotFoundError{}
	case info.Size() == 0:
		return &EmptyError{}
	}
	header, err := readHeader(path)
	switch {
	case err != nil:
		return err
	case !bytes.HasPrefix(header, []byte(magic)):
		return &NotADatabaseError{}
	case binary.BigEndian.Uint32(header[applicationAt:]) != applicationID:
		return &ForeignError{}
	}
	return nil
}

// create makes the file of a new database, for its owner alone: what an account may
// use is nobody else's business. SQLite gives the files beside it the same mode.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil // it is there, or SQLite says why it cannot be
	}
	return file.Close()
}

// readHeader reads the header of the file, padded with zeros if the file is shorter.
func readHeader(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(file, header); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return header, nil
}

// The header of a rollback journal: the magic of a valid one, and the offset of
// the number of pages that the database had before.
// https://www.sqlite.org/fileformat.html#the_rollback_journal
const (
	journalMagic   = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
	journalPagesAt = 16
)

// unborn reports whether the database at path was empty when its writer was
// interrupted: SQLite makes it empty again when it opens it.
func unborn(path string) bool {
	header, err := readHeader(path + "-journal")
	return err == nil && bytes.HasPrefix(header, []byte(journalMagic)) &&
		binary.BigEndian.Uint32(header[journalPagesAt:]) == 0
}

// claim marks a new database as ours. It does so before the database switches to
// write-ahead logging: from then on the header of the file may lag behind, and
// identify would take our own history for another program's.
func claim(ctx context.Context, path string) (err error) {
	name, err := dsn(path, claiming)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var objects int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&objects); err != nil {
		return err
	}
	if objects == 0 {
		_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	}
	return err
}

// hasLog reports whether there is a write-ahead log that the file may lack.
func hasLog(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}
