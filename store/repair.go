package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"snapshotter/catalog"
)

// FirstBad returns the first recorded run after which the state of the catalogue is
// not what the run recorded, 0 if there is none. It reads every change and every
// document once.
func (s *Store) FirstBad(ctx context.Context) (run int64, err error) {
	defer s.explain("verify", &err)
	hashes, err := s.hashDocuments(ctx)
	if err != nil {
		return 0, err
	}
	changes, err := s.changesByRun(ctx, hashes)
	if err != nil {
		return 0, err
	}
	complete, err := s.firstComplete(ctx)
	if err != nil {
		return 0, err
	}
	replay := replay{scopes: map[catalog.Scope]map[string]hash256{}, digest: newDigest().String()}
	rows, err := s.query(ctx, `SELECT id, ordinal, digest FROM runs WHERE ordinal NOT NULL ORDER BY ordinal`)
	expected := int64(0)
	err = each(rows, err, func(rows *sql.Rows) error {
		var id, ordinal int64
		var digest string
		if err := rows.Scan(&id, &ordinal, &digest); err != nil || run != 0 {
			return err
		}
		expected++
		replay.apply(changes[id], complete[id])
		if ordinal != expected || replay.digest != digest {
			run = id
		}
		return nil
	})
	return run, err
}

// scopedChange is what a run changed in a scope.
type scopedChange struct {
	catalog.Scope
	key  string
	hash hash256
	gone bool
}

// replay is the state of the catalogue while runs are applied to it.
type replay struct {
	scopes map[catalog.Scope]map[string]hash256 // those read so far
	digest string
}

func (r *replay) apply(changes []scopedChange, read []catalog.Scope) {
	for _, scope := range read {
		r.scopes[scope] = map[string]hash256{}
	}
	for _, c := range changes {
		switch {
		case r.scopes[c.Scope] == nil:
			r.scopes[c.Scope] = map[string]hash256{c.key: c.hash} // not read: the digest will differ
		case c.gone:
			delete(r.scopes[c.Scope], c.key)
		default:
			r.scopes[c.Scope][c.key] = c.hash
		}
	}
	if len(changes)+len(read) > 0 {
		r.digest = r.compute()
	}
}

func (r *replay) compute() string {
	sum := newDigest()
	for _, scope := range slices.SortedFunc(maps.Keys(r.scopes), catalog.Scope.Compare) {
		var entries []entry
		for _, key := range slices.Sorted(maps.Keys(r.scopes[scope])) {
			entries = append(entries, entry{key, r.scopes[scope][key]})
		}
		sum.scope(scope, entries)
	}
	return sum.String()
}

// hashDocuments hashes the documents by ID. It does not trust their stored hashes.
func (s *Store) hashDocuments(ctx context.Context) (map[int64]hash256, error) {
	hashes := map[int64]hash256{}
	rows, err := s.query(ctx, `SELECT id, body FROM documents`)
	return hashes, each(rows, err, func(rows *sql.Rows) error {
		var id int64
		var body sql.RawBytes
		err := rows.Scan(&id, &body)
		hashes[id] = sha256.Sum256(body)
		return err
	})
}

func (s *Store) changesByRun(ctx context.Context, hashes map[int64]hash256) (map[int64][]scopedChange, error) {
	changes := map[int64][]scopedChange{}
	rows, err := s.query(ctx, `
		SELECT c.run_id, s.region, s.kind, i.key, c.document_id
		FROM item_changes c
		JOIN items i ON i.id = c.item_id
		JOIN scopes s ON s.id = i.scope_id`)
	return changes, each(rows, err, func(rows *sql.Rows) error {
		var run int64
		var c scopedChange
		var document sql.NullInt64
		err := rows.Scan(&run, &c.Region, &c.Kind, &c.key, &document)
		c.hash, c.gone = hashes[document.Int64], !document.Valid
		changes[run] = append(changes[run], c)
		return err
	})
}

// firstComplete returns the scopes that each run was the first to read.
func (s *Store) firstComplete(ctx context.Context) (map[int64][]catalog.Scope, error) {
	first := map[int64][]catalog.Scope{}
	rows, err := s.query(ctx, `
		SELECT min(c.run_id), s.region, s.kind
		FROM coverage c
		JOIN scopes s ON s.id = c.scope_id
		WHERE c.outcome = 'complete'
		GROUP BY s.id`)
	return first, each(rows, err, func(rows *sql.Rows) error {
		var run int64
		var scope catalog.Scope
		err := rows.Scan(&run, &scope.Region, &scope.Kind)
		first[run] = append(first[run], scope)
		return err
	})
}

// Rewind removes every run after a recorded one, so that the next run is compared
// with that. It first copies the whole history to a new file, which it returns, and
// changes nothing unless the state as of the run is what the run recorded. The
// error is a [*DigestError] if it is not, and a [*NoRunError] if there is no such
// run.
func (s *Store) Rewind(ctx context.Context, to int64) (kept string, err error) {
	defer s.explain("rewind", &err)
	if _, err := s.recordedRun(ctx, to); err != nil {
		return "", err
	}
	if err := s.verify(ctx, to); err != nil {
		return "", err
	}
	kept = fmt.Sprintf("%s.before-repair-to-run-%d", s.path, to)
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", kept); err != nil {
		return "", fmt.Errorf("copy it to %s: %w", kept, err)
	}
	return kept, s.removeAfter(ctx, to)
}

func (s *Store) removeAfter(ctx context.Context, run int64) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, statement := range []string{
		`DELETE FROM deliveries WHERE run_id > ?1`,
		`DELETE FROM suspicions WHERE run_id > ?1`,
		`DELETE FROM item_changes WHERE run_id > ?1`,
		`DELETE FROM coverage WHERE run_id > ?1`,
		`DELETE FROM routes WHERE item_id NOT IN (SELECT item_id FROM item_changes) AND ?1`,
		`DELETE FROM items WHERE id NOT IN (SELECT item_id FROM item_changes) AND ?1`,
		`DELETE FROM scopes WHERE id NOT IN (SELECT scope_id FROM coverage) AND id NOT IN (SELECT scope_id FROM items) AND ?1`,
		`DELETE FROM runs WHERE id > ?1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, run); err != nil {
			return err
		}
	}
	ledger, err := readLedger(ctx, tx)
	if err == nil && ledger.base.Run != run {
		err = errors.New("an earlier run is missing: only a new history can go on (--new)")
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}
