package store

import (
	"errors"
	"fmt"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// NotFoundError means that there is no database.
type NotFoundError struct{}

func (*NotFoundError) Error() string {
	return "there is no database: record a first run, or give the path of an existing one"
}

// EmptyError means that the database file has no content. It was truncated, or is
// not a database yet.
type EmptyError struct{}

func (*EmptyError) Error() string { return "the database file is empty (0 bytes)" }

// Advice says how to go on.
func (*EmptyError) Advice() string {
	return "restore it from a copy; to start a new history in it, add --new"
}

// LostError means that a history is gone: there is none, although something
// shows that there was one.
type LostError struct{ Evidence string }

func (e *LostError) Error() string { return "the history that was here is gone: " + e.Evidence }

// Advice says how to go on.
func (e *LostError) Advice() string {
	return "restore it from a copy, or correct --db; to start a new history, add --new"
}

// ReplacedError means that the database was deleted or replaced while it was open.
type ReplacedError struct {
	Rescued string // the copy that holds what was recorded, "" if nothing was
}

func (e *ReplacedError) Error() string {
	text := "the database file was deleted or replaced while a run was being recorded"
	if e.Rescued == "" {
		return text + "; nothing was recorded"
	}
	return text + "; what was recorded is in " + e.Rescued
}

// Advice says how to go on.
func (e *ReplacedError) Advice() string {
	return "find out what replaces the file, put the right one in its place, and run again"
}

// NotADatabaseError means that the file is not an SQLite database. It stays as it
// is.
type NotADatabaseError struct{}

func (*NotADatabaseError) Error() string {
	return "not an SQLite database: give another path"
}

// ForeignError means that another program made the database. It stays as it is.
type ForeignError struct{}

func (*ForeignError) Error() string {
	return "the database belongs to another program: give another path"
}

// NewerError means that this version does not know the schema of the database. It
// stays as it is.
type NewerError struct {
	Version, Known int64 // schemas: the database's and the newest known one
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("a newer version wrote the database (schema %d; this version knows schemas up to %d): update snapshotter", e.Version, e.Known)
}

// OlderError means that the schema of the database needs a migration, which only
// a writer applies.
type OlderError struct {
	Version, Known int64 // schemas: the database's and the newest known one
}

func (e *OlderError) Error() string {
	return fmt.Sprintf("an older version wrote the database (schema %d; this version needs schema %d): record a run to migrate it", e.Version, e.Known)
}

// LockedError means that another process is writing to the database.
type LockedError struct {
	Path string
	PID  int // 0 if the holder did not say
}

func (e *LockedError) Error() string {
	holder := "another process"
	if e.PID != 0 {
		holder = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s is in use by %s: wait for it to end", e.Path, holder)
}

// NoRunError means that a run is not recorded, or recorded nothing.
type NoRunError struct{ Reason string }

func (e *NoRunError) Error() string { return e.Reason }

// DigestError means that the state as of a run is not the one that it recorded.
type DigestError struct {
	Run                int64
	Recorded, Computed string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("the state as of run %d is not what the run recorded (digest %s, not %s): the database was altered or is damaged; restore a copy", e.Run, e.Computed, e.Recorded)
}

// AlteredError means that the history is not what its last run recorded: rows were
// deleted, changed or added by something else.
type AlteredError struct{ Run int64 }

func (e *AlteredError) Error() string {
	return fmt.Sprintf("the history was altered after run %d was recorded", e.Run)
}

// Advice says how to go on.
func (e *AlteredError) Advice() string {
	return "restore a copy of the database; or find the first bad run with snapshotter doctor --deep, and go back to the run before it with snapshotter repair --from RUN"
}

// MovedError means that another run was recorded after the history was read.
type MovedError struct{ Base, Now Base }

func (e *MovedError) Error() string {
	return fmt.Sprintf("another run was recorded meanwhile: the history is at run %d, and this run was read against run %d", e.Now.Run, e.Base.Run)
}

// Advice says how to go on.
func (e *MovedError) Advice() string { return "nothing was recorded; run again" }

// FaultError means that the database cannot be used, and says what to do.
type FaultError struct {
	Problem, Advice string
	Err             error // what SQLite said
}

func (e *FaultError) Error() string {
	if e.Err == nil {
		return e.Problem + ": " + e.Advice
	}
	return fmt.Sprintf("%s: %s (%v)", e.Problem, e.Advice, e.Err)
}

func (e *FaultError) Unwrap() error { return e.Err }

// faults are the SQLite result codes that a user can do something about: primary
// codes, and one extended code that says more than its primary one.
// https://www.sqlite.org/rescode.html
var faults = map[int]struct{ problem, advice string }{
	sqlite3.SQLITE_FULL:     {"the disk is full", "free some space and try again"},
	sqlite3.SQLITE_READONLY: {"the database cannot be written", "make the file and its directory writable"},
	sqlite3.SQLITE_CANTOPEN: {"the database cannot be opened", "check that the directory exists, and that the file and its directory can be read and written"},
	sqlite3.SQLITE_PERM:     {"the database cannot be opened", "check the permissions of the file and its directory"},
	sqlite3.SQLITE_BUSY:     {"another program has locked the database", "close that program or wait for it"},
	sqlite3.SQLITE_CORRUPT:  {"the database is damaged", "restore a copy"},
	sqlite3.SQLITE_NOTADB:   {"the database is damaged", "restore a copy"},
	// The file that ends in -shm could not be created, which takes space first.
	sqlite3.SQLITE_IOERR_SHMSIZE: {"the disk is full or could not be written", "free some space, or check the disk, and try again"},
	sqlite3.SQLITE_IOERR:         {"the disk could not be read or written", "check the disk, then look at the last run before you try again: the write may have succeeded"},
}

// explain says what was being done when *err happened, and, for a fault of
// SQLite's, what to do. It is for deferring with a named result.
func (s *Store) explain(doing string, err *error) { *err = explained(doing, s.path, *err) }

func explained(doing, path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, path, advised(err))
}

// advised turns a fault of SQLite's into a [*FaultError]. It returns other errors
// as they are.
func advised(err error) error {
	if _, done := errors.AsType[*FaultError](err); done {
		return err
	}
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		for _, code := range []int{failure.Code(), failure.Code() & 0xff} {
			if f, known := faults[code]; known {
				return &FaultError{f.problem, f.advice, err}
			}
		}
	}
	return err
}

// failedWith reports whether SQLite failed with one of its primary codes.
func failedWith(err error, codes ...int) bool {
	failure, ok := errors.AsType[*sqlite.Error](err)
	return ok && slices.Contains(codes, failure.Code()&0xff)
}
