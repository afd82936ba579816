package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Lock is the right to write to one database. It ends with the process that holds
// it, however that ends.
type Lock struct {
	file        *flock.Flock
	database    string
	known       bool
	interrupted bool
	// fresh means that there was no database when the lock was taken, and never had
	// been one.
	fresh bool
}

// lockNew follows the process ID in the lock file while the database does not
// exist yet, so that an interrupted first run is not taken for a lost history.
const lockNew = " new"

// Acquire takes the lock of the database at path, or fails at once with a
// [*LockedError]. It locks the file path + ".lock" beside the database that path
// leads to, whatever symbolic links are on the way, and refuses a lock file that is
// not a regular file. The lock file stays; the process ID in it is for people.
func Acquire(path string) (*Lock, error) {
	lock, err := acquire(path)
	if err != nil {
		if _, locked := errors.AsType[*LockedError](err); locked {
			return nil, err
		}
		return nil, fmt.Errorf("lock database %s: %w", path, err)
	}
	return lock, nil
}

func acquire(path string) (*Lock, error) {
	database := resolved(path)
	name := database + ".lock"
	before, exists, err := readLock(name)
	if err != nil {
		return nil, err
	}
	interrupted := strings.Contains(before, lockNew) // a loss of power may leave more
	fresh := interrupted || !exists && !present(database)
	if fresh && !exists {
		announceNew(name)
	}
	file := flock.New(name, flock.SetPermissions(0o644))
	switch taken, err := file.TryLock(); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no directory %s: create it, or give another path (%w)", filepath.Dir(path), err)
	case err != nil:
		return nil, err
	case !taken:
		now, _, _ := readLock(name) // the holder may have come since
		return nil, &LockedError{path, holder(now)}
	}
	lock := &Lock{file: file, database: database, known: exists && !interrupted, interrupted: interrupted, fresh: fresh}
	if err := lock.enter(); err != nil {
		return nil, err
	}
	return lock, nil
}

// enter writes who holds the lock, unless somebody replaced the lock file since it
// was opened.
func (l *Lock) enter() error {
	held, err := l.file.Stat()
	if err != nil {
		return errors.Join(err, l.file.Unlock())
	}
	named, err := os.Lstat(l.file.Path())
	if err == nil && !os.SameFile(held, named) {
		err = fmt.Errorf("%s was replaced while it was being locked", l.file.Path())
	}
	text := strconv.Itoa(os.Getpid())
	if l.fresh && !holdsDatabase(l.database) {
		text += lockNew
	}
	if err == nil {
		err = overwrite(l.file.Path(), text+"\n")
	}
	if err != nil {
		return errors.Join(err, l.file.Unlock())
	}
	return nil
}

// announceNew makes a lock file that says from its first moment on that there is no
// history yet, and lasts through a loss of power. Where it fails, the lock file is
// made empty: a first run that is killed then looks like a lost history, which is
// refused and never the other way round.
func announceNew(name string) {
	part := name + ".new"
	os.Remove(part) // of a process that was killed here
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return
	}
	defer os.Remove(part)
	_, err = file.WriteString("0" + lockNew + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return
	}
	if os.Link(part, name) != nil {
		return
	}
	if dir, err := os.Open(filepath.Dir(name)); err == nil {
		dir.Sync()
		dir.Close()
	}
}

// overwrite replaces the content of a file, which is never empty meanwhile.
func overwrite(name, text string) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Truncate(int64(len(text)))
	}
	return errors.Join(err, file.Close())
}

// Known reports whether the lock file shows that there was a history at this path
// before. If there is none now, it was lost.
func (l *Lock) Known() bool { return l.known }

// Interrupted reports whether a first run held the lock before and was killed, so
// that it may have left an empty file.
func (l *Lock) Interrupted() bool { return l.interrupted }

// Release gives the lock back.
func (l *Lock) Release() error {
	leave := func() error { return os.Truncate(l.file.Path(), 0) }
	switch {
	case l.fresh && !present(l.database): // there never was a history
		leave = func() error { return os.Remove(l.file.Path()) }
	case l.fresh && !holdsDatabase(l.database): // the lock file says why it is empty
		leave = func() error { return nil }
	}
	if err := errors.Join(leave(), l.file.Unlock()); err != nil {
		return fmt.Errorf("unlock %s: %w", l.file.Path(), err)
	}
	return nil
}

// resolved is the path of the database without symbolic links, as far as it
// exists.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

func present(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func holdsDatabase(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

// readLock reads a lock file, if there is one. Opening a pipe would wait for a
// writer, and a link may lead anywhere.
func readLock(name string) (text string, exists bool, err error) {
	switch info, err := os.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return "", false, nil
	case err != nil:
		return "", false, err
	case !info.Mode().IsRegular():
		return "", false, fmt.Errorf("%s is not a regular file: remove it", name)
	}
	bytes, err := os.ReadFile(name)
	if err != nil {
		return "", false, err
	}
	return strings.TrimSpace(string(bytes)), true, nil
}

// holder is the process ID in a lock file, 0 if there is none: the holder writes
// it a moment after it took the lock.
func holder(text string) int {
	pid, err := strconv.Atoi(strings.TrimSuffix(text, lockNew))
	if err != nil {
		return 0
	}
	return pid
}
