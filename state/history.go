package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/internal/grace"
	"snapshotter/store"
)

// History is where the history is kept: a SQLite file or, in S3, an object. An
// object is fetched into a temporary directory each time it is opened.
type History struct {
	// StartNew allows a new history to start where there seems to have been one.
	StartNew bool
	// Evidence says what shows that there was a history, "" if nothing does. It
	// is called if there is no history; nil shows nothing.
	Evidence func(context.Context) (string, error)

	path string   // of the file
	at   Location // of the object, if there is no path
	aws  aws.Config

	// Temp is the directory for temporary copies of an object; "" is the system's.
	Temp string
}

// NewHistory returns the history at name, a path or a URL such as
// s3://bucket/snapshotter.db. A path needs no settings of AWS.
func NewHistory(name string, cfg aws.Config) (*History, error) {
	if !Remote(name) {
		return &History{path: name}, nil
	}
	at, err := Parse(name)
	if err != nil {
		return nil, err
	}
	return &History{at: at, aws: cfg}, nil
}

// String returns the path or URL of the history.
func (h *History) String() string {
	if h.path != "" {
		return h.path
	}
	return h.at.String()
}

// Read opens the history for reading and calls use with it. The error is or
// wraps a [*store.NotFoundError] if there is no history yet.
func (h *History) Read(ctx context.Context, use func(*store.Store) error) error {
	if h.path != "" {
		return readFile(ctx, h.path, use)
	}
	fetched, err := h.fetch(ctx)
	if err != nil {
		return err
	}
	defer fetched.discard()
	return fetched.read(ctx, use)
}

// Write opens the history for writing, calls use with the session, and saves it
// unless use fails. After the context ends, the save has [grace.Period] to
// finish. Errors are those of [History.Open], [Session.Save] and use.
func (h *History) Write(ctx context.Context, use func(*Session) error) (err error) {
	session, err := h.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if err := use(session); err != nil {
		return err
	}
	ctx, cancel := grace.Extend(ctx)
	defer cancel()
	return session.Save(ctx)
}

// Prepare checks that the history can be used, and migrates an older schema. It
// creates a missing file; it leaves a missing object in S3 to the first run.
func (h *History) Prepare(ctx context.Context) error {
	if h.path == "" {
		err := h.Read(ctx, func(*store.Store) error { return nil })
		if _, missing := errors.AsType[*store.NotFoundError](err); missing {
			return nil
		}
		if _, older := errors.AsType[*store.OlderError](err); !older {
			return err
		}
	}
	return h.Write(ctx, func(*Session) error { return nil })
}

func readFile(ctx context.Context, path string, use func(*store.Store) error) error {
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	return use(db)
}

// fetched is an object and its local copy.
type fetched struct {
	*State
	copied Copy
}

// fetch copies the object into a new directory.
func (h *History) fetch(ctx context.Context) (*fetched, error) {
	dir, err := os.MkdirTemp(h.Temp, "snapshotter-*")
	if err != nil {
		return nil, err
	}
	object := New(h.aws, h.at)
	object.Anew = h.StartNew
	copied, err := object.Fetch(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &fetched{object, copied}, nil
}

// read is [readFile] of the copy. If there is no object, its error names the
// URL.
func (f *fetched) read(ctx context.Context, use func(*store.Store) error) error {
	if f.copied.First {
		return fmt.Errorf("read database %s: %w", f.At(), &store.NotFoundError{})
	}
	return readFile(ctx, f.copied.Path, use)
}

func (f *fetched) discard() error { return os.RemoveAll(filepath.Dir(f.copied.Path)) }
