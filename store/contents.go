package store

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"snapshotter/catalog"
)

// contents are the documents decoded so far, each once. They never change, so
// what was read stands for the life of the store, and two items with one
// content are one pointer.
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

// decode reads those of documents that were not read before.
func (c *contents) decode(ctx context.Context, s *Store, kind catalog.Kind, documents []int64) error {
	var missing []int64
	for _, id := range documents {
		if c.decoded[content{kind, id}] == nil {
			missing = append(missing, id)
		}
	}
	if missing == nil {
		return nil
	}
	if c.decoded == nil {
		c.decoded = map[content]catalog.Item{}
	}
	rows, err := s.query(ctx, `SELECT id, body FROM documents WHERE id IN (SELECT value FROM json_each(?))`, list(missing))
	if err != nil {
		return err
	}
	defer rows.Close()
	var read []body
	for rows.Next() {
		var b body
		if err := rows.Scan(&b.id, &b.text); err != nil {
			return err
		}
		read = append(read, b)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := decodeAll(kind, read); err != nil {
		return err
	}
	for _, b := range read {
		c.decoded[content{kind, b.id}] = b.item
	}
	return nil
}

// body is a document before and after it is read as an item.
type body struct {
	id   int64
	text []byte
	item catalog.Item
	err  error
}

// decodeAll reads bodies as items of a kind, on all processors: it is most of
// what a first snapshot takes.
func decodeAll(kind catalog.Kind, bodies []body) error {
	var workers sync.WaitGroup
	for part := range slices.Chunk(bodies, max(1, (len(bodies)+1)/runtime.GOMAXPROCS(0))) {
		workers.Go(func() {
			for i := range part {
				part[i].item, part[i].err = catalog.Decode(kind, part[i].text)
			}
		})
	}
	workers.Wait()
	for _, b := range bodies {
		if b.err != nil {
			return fmt.Errorf("document %d: %w", b.id, b.err)
		}
	}
	return nil
}

// list is numbers as JSON, to bind a list to one parameter.
func list[T any](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic("store: " + err.Error()) // only plain data comes here
	}
	return string(text)
}
