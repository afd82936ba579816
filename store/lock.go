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

// Lock is the right to write to one database. It ends with the process that
// holds it, however that ends.
type Lock struct{ file *flock.Flock }

// Acquire takes the lock of the database at path, or fails at once with a
// [*LockedError]. The lock is one of the system's on the file path + ".lock",
// which stays behind and is no obstacle; the holder's process id in it is for
// people.
func Acquire(path string) (*Lock, error) {
	file := flock.New(path+".lock", flock.SetPermissions(0o644))
	switch taken, err := file.TryLock(); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("lock database %s: there is no directory %s: make it, or give another path (%w)", path, filepath.Dir(path), err)
	case err != nil:
		return nil, fmt.Errorf("lock database %s: %w", path, err)
	case !taken:
		return nil, &LockedError{path, holder(file.Path())}
	}
	if err := os.WriteFile(file.Path(), fmt.Appendln(nil, os.Getpid()), 0o644); err != nil {
		return nil, errors.Join(fmt.Errorf("lock database %s: %w", path, err), file.Unlock())
	}
	return &Lock{file}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error {
	if err := errors.Join(os.Truncate(l.file.Path(), 0), l.file.Unlock()); err != nil {
		return fmt.Errorf("unlock %s: %w", l.file.Path(), err)
	}
	return nil
}

// holder is the process id in a lock file, 0 where there is none: a holder
// writes it a moment after it took the lock.
func holder(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
