package store

import (
	"context"
	"encoding/json"
	"fmt"
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
	for rows.Next() {
		var id int64
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		item, err := catalog.Decode(kind, body)
		if err != nil {
			return fmt.Errorf("document %d: %w", id, err)
		}
		c.decoded[content{kind, id}] = item
	}
	return rows.Err()
}

// list is numbers as JSON, to bind a list to one parameter.
func list[T any](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic("store: " + err.Error()) // only plain data comes here
	}
	return string(text)
}
