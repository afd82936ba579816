package store

import (
	"context"
	"strings"
)

// OpenUnsafe is Open without waiting for the disk, for histories that are
// thrown away.
func OpenUnsafe(ctx context.Context, path string) (*Store, error) {
	if err := claim(ctx, path); err != nil {
		return nil, err
	}
	fast := strings.Replace(writing, "synchronous(FULL)", "synchronous(OFF)", 1)
	return open(path, fast, func(s *Store) error { return s.upgrade(ctx) })
}
