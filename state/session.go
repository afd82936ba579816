package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"snapshotter/store"
)

// Session is a history that is open for writing. No other process writes to a
// file meanwhile; an object is saved only if it is still what was fetched.
type Session struct {
	// DB is the open history, nil after Save has failed.
	DB *store.Store

	lock    *store.Lock
	fetched *fetched // nil if the history is a file
	tried   bool     // to save
	unsaved bool     // the copy alone holds what was recorded
}

// Open opens the history for writing. The error is or wraps a
// [*store.LockedError] if another process is writing to it, a
// [*store.LostError] if the history seems to be lost, and one of [State.Fetch]
// if it cannot be fetched. The caller closes the session.
func (h *History) Open(ctx context.Context) (*Session, error) {
	s, path := &Session{}, h.path
	if path == "" {
		var err error
		if s.fetched, err = h.fetch(ctx); err != nil {
			return nil, err
		}
		path = s.fetched.copied.Path
	}
	var err error
	if s.lock, err = store.Acquire(path); err == nil {
		s.DB, err = h.openFile(ctx, path, s.lock)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openFile opens the database at path. It refuses to start a new history where
// something shows that there was one, unless that is allowed.
func (h *History) openFile(ctx context.Context, path string, lock *store.Lock) (*store.Store, error) {
	if h.StartNew || lock.Interrupted() {
		return store.OpenNew(ctx, path)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		evidence, err := h.evidence(ctx, lock)
		if err != nil {
			return nil, err
		}
		if evidence != "" {
			return nil, fmt.Errorf("open database %s: %w", h, &store.LostError{Evidence: evidence})
		}
	}
	return store.Open(ctx, path)
}

func (h *History) evidence(ctx context.Context, lock *store.Lock) (string, error) {
	switch {
	case lock.Known():
		return "its lock file is there", nil
	case h.Evidence == nil:
		return "", nil
	}
	return h.Evidence(ctx)
}

// NewAt returns the URL of an object that does not exist yet, "" if the history
// is a file or the object exists. The URL may be misspelled.
func (s *Session) NewAt() string {
	if s.fetched == nil || !s.fetched.copied.First {
		return ""
	}
	return s.fetched.At().String()
}

// Save makes what was recorded the history. For a file there is nothing to do;
// an object is uploaded the first time Save is called. Errors are those of
// [State.Save]; after one, the local copy stays and nothing is open.
func (s *Session) Save(ctx context.Context) error {
	if s.fetched == nil || s.tried {
		return nil
	}
	s.tried, s.unsaved = true, true
	err := s.DB.Close() // so that one file holds everything
	s.DB = nil
	if err != nil {
		return fmt.Errorf("%w; what was recorded is in %s", err, s.fetched.copied.Path)
	}
	if err := s.fetched.Save(ctx); err != nil {
		return err
	}
	s.unsaved = false
	s.DB, err = store.Open(ctx, s.fetched.copied.Path)
	return err
}

// Close ends the session and removes the local copy, unless only that holds
// what was recorded. Closing a nil session does nothing.
func (s *Session) Close() error {
	if s == nil {
		return nil
	}
	var problems []error
	if s.DB != nil {
		problems = append(problems, s.DB.Close())
	}
	if s.lock != nil {
		problems = append(problems, s.lock.Release())
	}
	if s.fetched != nil && !s.unsaved {
		problems = append(problems, s.fetched.discard())
	}
	return errors.Join(problems...)
}
