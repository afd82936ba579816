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

// Parameters of the connections, so that every one in a pool has them.
// https://pkg.go.dev/modernc.org/sqlite#Driver.Open
const (
	// One commit a run: waiting for the disk at each costs nothing, and a run
	// reported as recorded survives a power loss.
	writing = "_pragma=busy_timeout(5000)&" + cache + "&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	reading = "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)"
	// resting takes the file for one that nobody writes.
	resting = "immutable=1&mode=ro&_pragma=query_only(1)"
	// claiming leaves the journal mode as it is: see claim.
	claiming = "_pragma=busy_timeout(5000)"
	// cache is up to 16 MB of pages for a connection that writes. SQLite's own
	// 2 MB are less than the index that finds what holds for an item after ten
	// years, and a writer reads it again and again. A reader does so once: for it
	// memory that was never touched costs more than reading a page anew.
	cache = "_pragma=cache_size(-16000)"
)

// dsn names the database at path whatever characters the path has. It is made
// absolute so that a leading "//" is not read as a host.
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

// applicationID marks a database as ours in the header of its file. It spells
// "snap". https://www.sqlite.org/pragma.html#pragma_application_id
const applicationID = 0x736e6170

// Where the header of an SQLite file has what.
// https://www.sqlite.org/fileformat.html#the_database_header
const (
	headerSize    = 100
	magic         = "SQLite format 3\x00"
	applicationAt = 68
)

// identify tells by its header whether the file at path is ours to open, and
// touches nothing. An empty file counts as none: it is what mktemp, or a
// creation that was interrupted, leaves. So does one whose creation was cut off
// by a loss of power: of its first page any part may be there.
func identify(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		return &NotFoundError{}
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &NotADatabaseError{}
	case info.Size() == 0, unborn(path):
		return &NotFoundError{}
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

// readHeader is the header of the file, of zeros where the file is shorter.
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

// The header of a rollback journal: what it begins with once it is valid, and
// where it has the number of pages that the database had before.
// https://www.sqlite.org/fileformat.html#the_rollback_journal
const (
	journalMagic   = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
	journalPagesAt = 16
)

// unborn reports whether the database at path was empty when its writer was cut
// off: SQLite, when it opens it, makes it empty again.
func unborn(path string) bool {
	header, err := readHeader(path + "-journal")
	return err == nil && bytes.HasPrefix(header, []byte(journalMagic)) &&
		binary.BigEndian.Uint32(header[journalPagesAt:]) == 0
}

// claim marks a database that holds nothing yet as ours. It does so before the
// database goes over to write-ahead logging: from then on the header of the
// file may lag behind, and identify would take our own history for another
// program's.
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

// hasLog reports whether a write-ahead log holds what the file itself may not.
func hasLog(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}
