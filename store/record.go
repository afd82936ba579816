package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"snapshotter/catalog"
)

// Known is what the history says about each scope it has ever named, for the
// next run to list against.
func (s *Store) Known(ctx context.Context) (map[catalog.Scope]catalog.Known, error) {
	known, err := s.known(ctx)
	return known, explained("read", s.path, err)
}

func (s *Store) known(ctx context.Context) (map[catalog.Scope]catalog.Known, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	ledger, err := readLedger(ctx, tx)
	if err != nil {
		return nil, err
	}
	return ledger.known(), nil
}

// Record adds a run to the history, whole or not at all, and returns it with
// its ID, Status and Digest; of run itself only the other fields count. Times
// are kept to the millisecond.
//
// Each listing is judged once more by what the history knows, so an empty one
// may be recorded as suspect; a known scope that listings do not name is
// recorded as not listed. Only what differs from the run before is written. Of
// a row of runs with one outcome and error code the first's message is kept.
//
// After an error of the disk the run may have been recorded all the same: look
// at the last run before recording it again.
func (s *Store) Record(ctx context.Context, run catalog.Run, listings []catalog.Listing) (catalog.Run, error) {
	var recorded catalog.Run
	offers, err := newOffers(listings)
	if err == nil {
		err = patiently(func() (err error) {
			recorded, err = s.record(ctx, run, offers)
			return err
		})
	}
	if err != nil {
		return catalog.Run{}, explained("record a run in", s.path, err)
	}
	return recorded, nil
}

// patience is how often a run is tried to be recorded while another program,
// such as a shell on the database, keeps it locked. Each try waits for as long as
// a connection does, so that it comes to five minutes: what was read from AWS is
// worth waiting for.
const patience = 60

func patiently(try func() error) error {
	err := try()
	for tries := 1; tries < patience && failedWith(err, sqlite3.SQLITE_BUSY); tries++ {
		err = try()
	}
	return err
}

func (s *Store) record(ctx context.Context, run catalog.Run, offers []offer) (catalog.Run, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return run, err
	}
	defer tx.Rollback()
	ledger, err := readLedger(ctx, tx)
	if err != nil {
		return run, err
	}
	add := ledger.take(inStoredPrecision(run), offers)
	if err := add.write(ctx, tx); err != nil {
		return run, err
	}
	return add.run, tx.Commit()
}

// RecordFailure adds a run that learned nothing: nothing but the run itself is
// written, and nothing else counts it. It returns the run with its ID.
func (s *Store) RecordFailure(ctx context.Context, run catalog.Run) (catalog.Run, error) {
	run = inStoredPrecision(run)
	run.Status, run.Digest = catalog.RunFailed, ""
	result, err := insertRun(ctx, s.db, nil, nil, run)
	if err == nil {
		run.ID, err = result.LastInsertId()
	}
	if err != nil {
		return catalog.Run{}, explained("record a failed run in", s.path, err)
	}
	return run, nil
}

// offer is a listing with the entries it would leave.
type offer struct {
	catalog.Listing
	entries []entry
}

func compareOffers(a, b offer) int { return catalog.CompareListings(a.Listing, b.Listing) }

func judged(offers []offer) []catalog.Listing {
	var listings []catalog.Listing
	for _, o := range offers {
		listings = append(listings, o.Listing)
	}
	return listings
}

// newOffers hashes what is listed. A listing that is not what it should be
// could be taken for removals, so it is refused, not repaired.
func newOffers(listings []catalog.Listing) ([]offer, error) {
	offers := make([]offer, 0, len(listings))
	named := map[catalog.Scope]bool{}
	for _, listing := range listings {
		if named[listing.Scope] {
			return nil, fmt.Errorf("listing of %s in %s: there are two", listing.Kind, listing.Region)
		}
		named[listing.Scope] = true
		offer, err := newOffer(listing)
		if err != nil {
			return nil, fmt.Errorf("listing of %s in %s: %w", listing.Kind, listing.Region, err)
		}
		offers = append(offers, offer)
	}
	return offers, nil
}

func newOffer(listing catalog.Listing) (offer, error) {
	o := offer{Listing: listing}
	if listing.Outcome != catalog.Complete && len(listing.Items) > 0 {
		return o, fmt.Errorf("it is %s and has items", listing.Outcome)
	}
	for i, item := range listing.Items {
		switch {
		case item.Kind() != listing.Kind:
			return o, fmt.Errorf("%q is a %s", item.Key(), item.Kind())
		case i > 0 && listing.Items[i-1].Key() >= item.Key():
			return o, fmt.Errorf("%q is out of order or listed twice", item.Key())
		}
		o.entries = append(o.entries, entry{item.Key(), sha256.Sum256(catalog.Encode(item))})
	}
	return o, nil
}

// since are the items that differ from what was listed before.
func (o *offer) since(before []entry) []itemAddition {
	var added []itemAddition
	for i, e := range o.entries {
		for len(before) > 0 && before[0].key < e.key {
			added = append(added, itemAddition{key: before[0].key})
			before = before[1:]
		}
		same := false
		if len(before) > 0 && before[0].key == e.key {
			same = before[0].hash == e.hash
			before = before[1:]
		}
		if !same {
			added = append(added, itemAddition{e.key, o.Items[i]})
		}
	}
	for _, e := range before {
		added = append(added, itemAddition{key: e.key})
	}
	return added
}

// executor is a database or a transaction in it.
type executor interface {
	ExecContext(ctx context.Context, query string, arguments ...any) (sql.Result, error)
}

// insertRun adds the row of a run; a nil id is the next, and a nil ordinal that
// of a failed run.
func insertRun(ctx context.Context, db executor, id, ordinal any, run catalog.Run) (sql.Result, error) {
	return db.ExecContext(ctx, `
		INSERT INTO runs (id, ordinal, started_at, finished_at, status, trigger, collector_version, partition, digest, message)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, ordinal, timeText(run.StartedAt), timeText(run.FinishedAt),
		run.Status, run.Trigger, run.CollectorVersion, run.Partition, run.Digest, run.Message)
}

// write adds a to the history.
func (a *addition) write(ctx context.Context, tx *sql.Tx) error {
	if _, err := insertRun(ctx, tx, a.run.ID, a.ordinal, a.run); err != nil {
		return err
	}
	w := writer{ctx: ctx, tx: tx, run: a.run.ID, statements: map[string]*sql.Stmt{}}
	for _, scope := range a.scopes {
		w.scope(scope)
	}
	return w.err
}
