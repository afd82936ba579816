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

// entry is an item as it counts for the state: its key and the hash of its
// document.
type entry struct {
	key  string
	hash hash256
}

// digest hashes the whole state of the catalogue: every scope that was ever
// read whole, in order, with every key it holds, in order, and the hash of its
// document. Each text is preceded by its length and each list by its own, so
// that no two states have one form.
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
// recorded, and each document in it against its own hash. It reads everything
// from the file. The error is a [*DigestError] where they differ and a
// [*NoRunError] where no such run is recorded.
func (s *Store) Verify(ctx context.Context, runID int64) error {
	return explained("verify", s.path, s.verify(ctx, runID))
}

func (s *Store) verify(ctx context.Context, runID int64) error {
	outline, err := s.outline(ctx, runID)
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

// entriesOnDisk are the entries of a scope as of a run with the hashes of what
// the documents hold, not of what they are filed under.
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
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []entry
	for rows.Next() {
		var e entry
		var filed, body sql.RawBytes
		if err := rows.Scan(&e.key, &filed, &body); err != nil {
			return nil, err
		}
		e.hash = sha256.Sum256(body)
		if string(filed) != string(e.hash[:]) {
			return nil, fmt.Errorf("the document of %q has hash %x, not %x as it is filed under", e.key, e.hash, filed)
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}
