package store

import (
	"errors"
	"fmt"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// NotFoundError is a database that is not there.
type NotFoundError struct{}

func (*NotFoundError) Error() string {
	return "there is none: record a first run, or give the path of an existing one"
}

// NotADatabaseError is a file that is not an SQLite database. It is left as it
// is.
type NotADatabaseError struct{}

func (*NotADatabaseError) Error() string {
	return "it is not an SQLite database: give another path"
}

// ForeignError is an SQLite database that another program made. It is left as
// it is.
type ForeignError struct{}

func (*ForeignError) Error() string {
	return "it belongs to another program: give another path"
}

// NewerError is a database with a schema that this version does not know. It
// is left as it is.
type NewerError struct {
	Version, Known int64 // of the schema: the database's, and the newest known
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("it was written by a newer version (schema %d, this one knows up to %d): update snapshotter", e.Version, e.Known)
}

// OlderError is a database whose schema must be brought up to date, which only
// a writer does.
type OlderError struct {
	Version, Known int64 // of the schema: the database's, and the newest known
}

func (e *OlderError) Error() string {
	return fmt.Sprintf("it was written by an older version (schema %d, this one needs %d): record a run to bring it up to date", e.Version, e.Known)
}

// LockedError is a database that another process is writing to.
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

// NoRunError is a run that is not recorded, or that recorded nothing.
type NoRunError struct{ Reason string }

func (e *NoRunError) Error() string { return e.Reason }

// DigestError is a state that is not the one its run recorded.
type DigestError struct {
	Run                int64
	Recorded, Computed string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("the state as of run %d is not what the run recorded (digest %s, not %s): the database was altered or is damaged, restore a copy", e.Run, e.Computed, e.Recorded)
}

// FaultError is a database that could not be used, in terms of what to do.
type FaultError struct {
	Problem, Advice string
	Err             error // what SQLite said
}

func (e *FaultError) Error() string {
	return fmt.Sprintf("%s: %s (%v)", e.Problem, e.Advice, e.Err)
}

func (e *FaultError) Unwrap() error { return e.Err }

// faults are SQLite's result codes that a user can do something about: primary
// ones, and an extended one that says more than its primary one.
// https://www.sqlite.org/rescode.html
var faults = map[int]struct{ problem, advice string }{
	sqlite3.SQLITE_FULL:     {"the disk is full", "free some space and try again"},
	sqlite3.SQLITE_READONLY: {"it cannot be written", "make the file and its directory writable"},
	sqlite3.SQLITE_CANTOPEN: {"it cannot be opened", "check that the directory exists and that the file and its directory may be read and written"},
	sqlite3.SQLITE_PERM:     {"it cannot be opened", "check the permissions of the file and its directory"},
	sqlite3.SQLITE_BUSY:     {"another program keeps it locked", "close that program or wait for it"},
	sqlite3.SQLITE_CORRUPT:  {"it is damaged", "restore a copy"},
	sqlite3.SQLITE_NOTADB:   {"it is damaged", "restore a copy"},
	// The file that ends in -shm could not be made, which takes room first.
	sqlite3.SQLITE_IOERR_SHMSIZE: {"the disk is full or could not be written", "free some space, or check the disk, and try again"},
	sqlite3.SQLITE_IOERR:         {"the disk could not be read or written", "check the disk, then look at the last run before trying again: what was being written may have been kept"},
}

// explain makes a fault of SQLite's speak of what to do. Other errors stay.
func explain(err error) error {
	var fault *FaultError
	if errors.As(err, &fault) {
		return err
	}
	var failure *sqlite.Error
	if errors.As(err, &failure) {
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
	var failure *sqlite.Error
	return errors.As(err, &failure) && slices.Contains(codes, failure.Code()&0xff)
}

// explained says of err what was being done to the database at path.
func explained(doing, path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, path, explain(err))
}
