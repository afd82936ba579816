package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"snapshotter/catalog"
)

// contents caches decoded documents. A document never changes, so it is decoded
// once for the life of the store, and two items with one content are one pointer.
type contents struct {
	mu      sync.Mutex
	decoded map[content]catalog.Item
}

// content is a document read as an item of a kind.
type content struct {
	kind     catalog.Kind
	document int64
}

// get returns the items of documents, in their order.
func (c *contents) get(ctx context.Context, s *Store, kind catalog.Kind, documents []int64) ([]catalog.Item, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.decode(ctx, s, kind, documents); err != nil {
		return nil, err
	}
	var items []catalog.Item
	for _, id := range documents {
		items = append(items, c.decoded[content{kind, id}])
	}
	return items, nil
}

// decode reads those of documents that are not cached.
func (c *contents) decode(ctx context.Context, s *Store, kind catalog.Kind, documents []int64) error {
	missing := map[int64]bool{}
	for _, id := range documents {
		if c.decoded[content{kind, id}] == nil {
			missing[id] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if c.decoded == nil {
		c.decoded = map[content]catalog.Item{}
	}
	rows, err := s.query(ctx, `SELECT id, body FROM documents WHERE id IN (SELECT value FROM json_each(?))`,
		jsonList(slices.Sorted(maps.Keys(missing))))
	if err != nil {
		return err
	}
	defer rows.Close()
	read, err := decodeAll(kind, rows)
	for _, b := range read {
		c.decoded[content{kind, b.id}] = b.item
	}
	return err
}

// body is a document before and after it is decoded.
type body struct {
	id   int64
	text []byte
	item catalog.Item
	err  error
}

// batch is how many documents a worker decodes at a time: enough that handing
// them over costs nothing in comparison.
const batch = 64

// decodeAll decodes rows of documents as items of a kind. Other processors decode
// the rows read so far while this one reads the rest: decoding dominates a first
// snapshot.
func decodeAll(kind catalog.Kind, rows *sql.Rows) ([]body, error) {
	var parts [][]body
	var workers sync.WaitGroup
	for more := true; more; {
		var part []body
		for len(part) < batch {
			if more = rows.Next(); !more {
				break
			}
			var b body
			if err := rows.Scan(&b.id, &b.text); err != nil {
				return nil, err
			}
			part = append(part, b)
		}
		parts = append(parts, part)
		workers.Go(func() { decode(kind, part) })
	}
	workers.Wait()
	all := slices.Concat(parts...)
	for _, b := range all {
		if b.err != nil {
			return nil, fmt.Errorf("document %d: %w", b.id, b.err)
		}
	}
	return all, rows.Err()
}

func decode(kind catalog.Kind, bodies []body) {
	for i := range bodies {
		bodies[i].item, bodies[i].err = catalog.Decode(kind, bodies[i].text)
	}
}

// jsonList binds a list to one parameter, which json_each reads.
func jsonList[T any](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic("store: " + err.Error()) // the values are numbers and strings
	}
	return string(text)
}
