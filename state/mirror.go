package state

import (
	"context"
	"sync"

	"snapshotter/store"
)

// Mirror reads one history often: it fetches an object again only after it has
// changed. The zero Mirror is ready for use, and may be used by several
// goroutines.
type Mirror struct {
	mu      sync.Mutex
	fetched *fetched // nil if the history is a file, or was not fetched yet
}

// Read is [History.Read]. The history must be the same each time; its AWS
// settings may differ.
func (m *Mirror) Read(ctx context.Context, h *History, use func(*store.Store) error) error {
	if h.path != "" {
		return h.Read(ctx, use)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.follow(ctx, h); err != nil {
		return err
	}
	return m.fetched.read(ctx, use)
}

// follow updates the copy.
func (m *Mirror) follow(ctx context.Context, h *History) error {
	if m.fetched != nil {
		if current, err := m.fetched.Current(ctx); current || err != nil {
			return err
		}
	}
	if err := m.discard(); err != nil {
		return err
	}
	fetched, err := h.fetch(ctx)
	m.fetched = fetched
	return err
}

// Close removes the copy.
func (m *Mirror) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.discard()
}

func (m *Mirror) discard() error {
	if m.fetched == nil {
		return nil
	}
	fetched := m.fetched
	m.fetched = nil
	return fetched.discard()
}
