package main

import (
	"context"
	"sync"

	"snapshotter/state"
	"snapshotter/store"
)

// mirror reads a history often. What is in S3 it fetches only when that has
// changed since. The zero mirror is ready for use.
type mirror struct {
	mu     sync.Mutex
	remote *state.State // nil where nothing is fetched
	copied state.Copy
}

// read opens the history at a place, always the same, for reading and calls use
// with it.
func (m *mirror) read(ctx context.Context, at place, use func(*store.Store) error) error {
	if !state.Remote(at.name) {
		return at.read(ctx, use)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.follow(ctx, at); err != nil {
		return err
	}
	return readCopy(ctx, m.remote, m.copied, use)
}

// follow makes the copy that of the history as it is now.
func (m *mirror) follow(ctx context.Context, at place) error {
	if m.remote != nil {
		if current, err := m.remote.Current(ctx); current || err != nil {
			return err
		}
	}
	if err := m.discard(); err != nil {
		return err
	}
	remote, copied, err := at.fetch(ctx)
	if err == nil {
		m.remote, m.copied = remote, copied
	}
	return err
}

// close removes the copy.
func (m *mirror) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.discard()
}

func (m *mirror) discard() error {
	if m.remote == nil {
		return nil
	}
	m.remote = nil
	return discard(m.copied)
}
