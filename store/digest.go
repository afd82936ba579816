package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"snapshotter/catalog"
)

type hash256 = [sha256.Size]byte

// entry is an item as the digest sees it: its key and the hash of its document.
type entry struct {
	key  string
	hash hash256
}

// digest hashes the state of the catalogue: every scope that was ever read, in
// order, with its keys, in order, and the hashes of their documents. Lengths
// precede texts and lists, so that different states cannot have the same form.
type digest struct{ hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) scope(scope catalog.Scope, entries []entry) {
	d.text(scope.Region)
	d.text(string(scope.Kind))
	d.number(len(entries))
	for i := range entries {
		d.text(entries[i].key)
		d.Write(entries[i].hash[:])
	}
}

func (d digest) text(s string) {
	d.number(len(s))
	d.Write([]byte(s))
}

func (d digest) number(n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	d.Write(b[:])
}

func (d digest) String() string { return hex.EncodeToString(d.Sum(nil)) }

// Verify checks the state as of a recorded run against the digest that the run
// recorded, and each document against its own hash. It reads everything from the
// file. The error is a [*DigestError] if they differ, and a [*NoRunError] if there
// is no such run.
func (s *Store) Verify(ctx context.Context, runID int64) (err error) {
	defer s.explain("verify", &err)
	return s.verify(ctx, runID)
}

func (s *Store) verify(ctx context.Context, runID int64) error {
	outline, err := s.outlineOf(ctx, runID, func(catalog.Kind) bool { return true })
	if err != nil {
		return err
	}
	sum := newDigest()
	for _, scope := range outline.scopes {
		if !scope.Observed() {
			continue
		}
		entries, err := s.entriesOnDisk(ctx, scope.id, runID)
		if err != nil {
			return err
		}
		sum.scope(scope.Scope, entries)
	}
	if computed := sum.String(); computed != outline.run.Digest {
		return &DigestError{runID, outline.run.Digest, computed}
	}
	return nil
}

// entriesOnDisk returns the entries of a scope as of a run. It hashes the
// documents; it does not trust their stored hashes.
func (s *Store) entriesOnDisk(ctx context.Context, scope, runID int64) ([]entry, error) {
	rows, err := s.query(ctx, `
		SELECT i.key, d.sha256, d.body
		FROM items i
		CROSS JOIN documents d ON d.id = (
			SELECT document_id FROM item_changes
			WHERE item_id = i.id AND run_id <= ?1
			ORDER BY run_id DESC
			LIMIT 1)
		WHERE i.scope_id = ?2
		ORDER BY i.key`, runID, scope)
	return scanAll(rows, err, func(rows *sql.Rows) (e entry, err error) {
		var stored, body sql.RawBytes
		if err := rows.Scan(&e.key, &stored, &body); err != nil {
			return e, err
		}
		e.hash = sha256.Sum256(body)
		if string(stored) != string(e.hash[:]) {
			err = fmt.Errorf("the document of %q has hash %x, not %x as stored", e.key, e.hash, stored)
		}
		return e, err
	})
}
