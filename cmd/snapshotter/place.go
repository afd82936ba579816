package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/state"
	"snapshotter/store"
)

// place is where a history is kept: a file or, under a URL of S3, an object.
// SQLite works on files, so that of an object each use has a copy of its own.
type place struct {
	name string // a path or a URL
	aws  aws.Config
	log  *slog.Logger
}

// place is where the history of this program is kept.
func (p *program) place(ctx context.Context) (place, error) {
	at := place{name: p.DB, log: p.log}
	if !state.Remote(p.DB) {
		return at, nil
	}
	var err error
	at.aws, err = p.loadAWS(ctx)
	return at, err
}

// reading opens the history for reading and calls use with it.
func (p *program) reading(ctx context.Context, use func(*store.Store) error) error {
	at, err := p.place(ctx)
	if err != nil {
		return err
	}
	return at.read(ctx, use)
}

// writing opens the history for writing, which nobody else does meanwhile, and
// calls use with it. What is kept in S3 is saved unless use fails.
func (p *program) writing(ctx context.Context, use func(*store.Store) error) error {
	at, err := p.place(ctx)
	if err != nil {
		return err
	}
	return at.write(ctx, use)
}

func (at place) read(ctx context.Context, use func(*store.Store) error) error {
	if !state.Remote(at.name) {
		return readLocal(ctx, at.name, use)
	}
	remote, copied, err := at.fetch(ctx)
	if err != nil {
		return err
	}
	defer discard(copied)
	return readCopy(ctx, remote, copied, use)
}

func readLocal(ctx context.Context, path string, use func(*store.Store) error) error {
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	return use(db)
}

// readCopy is readLocal; its errors name the place where there is no history.
func readCopy(ctx context.Context, remote *state.State, copied state.Copy, use func(*store.Store) error) error {
	if copied.First {
		return fmt.Errorf("read database %s: %w", remote.At(), &store.NotFoundError{})
	}
	return readLocal(ctx, copied.Path, use)
}

func (at place) write(ctx context.Context, use func(*store.Store) error) (err error) {
	s, err := at.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closed := s.close(); err == nil {
			err = closed
		}
	}()
	if err := use(s.db); err != nil {
		return err
	}
	ctx, cancel := lasting(ctx)
	defer cancel()
	return s.save(ctx)
}

// fetch copies the object into a directory of its own.
func (at place) fetch(ctx context.Context) (*state.State, state.Copy, error) {
	location, err := state.Parse(at.name)
	if err != nil {
		return nil, state.Copy{}, err
	}
	dir, err := os.MkdirTemp("", "snapshotter-*")
	if err != nil {
		return nil, state.Copy{}, err
	}
	remote := state.New(at.aws, location)
	copied, err := remote.Fetch(ctx, dir)
	if err != nil {
		return nil, state.Copy{}, errors.Join(err, os.RemoveAll(dir))
	}
	return remote, copied, nil
}

func discard(copied state.Copy) error { return os.RemoveAll(filepath.Dir(copied.Path)) }

// session is a history that is open for writing.
type session struct {
	db     *store.Store
	lock   *store.Lock
	remote *state.State // nil where a file is all there is
	copied state.Copy
	tried  bool // to save it
	only   bool // the copy alone holds what was recorded
}

// open opens the history for writing. The error is a [*store.LockedError] where
// another process does.
func (at place) open(ctx context.Context) (*session, error) {
	s, path := &session{}, at.name
	if state.Remote(at.name) {
		var err error
		if s.remote, s.copied, err = at.fetch(ctx); err != nil {
			return nil, err
		}
		if s.copied.First {
			at.log.Warn("there is no history at this place yet: this one is the first", "database", s.remote.At())
		}
		path = s.copied.Path
	}
	var err error
	if s.lock, err = store.Acquire(path); err == nil {
		s.db, err = store.Open(ctx, path)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// save puts what was recorded in its place, the first time that it is called. A
// file is in its place already. An error leaves the session with nothing open.
func (s *session) save(ctx context.Context) error {
	if s.remote == nil || s.tried {
		return nil
	}
	s.tried = true
	err := s.db.Close() // so that the one file is the whole of it
	s.db, s.only = nil, true
	if err != nil {
		return fmt.Errorf("%w; what was recorded is in %s", err, s.copied.Path)
	}
	if err := s.remote.Save(ctx); err != nil {
		return err
	}
	s.only = false
	s.db, err = store.Open(ctx, s.copied.Path)
	return err
}

// close ends the session, and removes its copy unless that alone holds what was
// recorded.
func (s *session) close() error {
	if s == nil {
		return nil
	}
	var problems []error
	if s.db != nil {
		problems = append(problems, s.db.Close())
	}
	if s.lock != nil {
		problems = append(problems, s.lock.Release())
	}
	if s.remote != nil && !s.only {
		problems = append(problems, discard(s.copied))
	}
	return errors.Join(problems...)
}
