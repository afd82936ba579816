package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"snapshotter/catalog"
)

// Base is the state of a history that a run is read against: the last recorded
// run. The zero Base is a history without runs.
type Base struct {
	Run    int64
	Digest string
}

// Known is what a history says about each scope that any run named, for the next
// run to compare its listings with.
type Known struct {
	Base   Base
	Scopes map[catalog.Scope]catalog.Known
	Bound  bool // the history knows its account, see [Store.Bind]
}

// Known reads what the next run needs. The error is an [*AlteredError] if the
// history is not what its last run recorded.
func (s *Store) Known(ctx context.Context) (known Known, err error) {
	defer s.explain("read", &err)
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return known, err
	}
	defer tx.Rollback()
	ledger, err := readLedger(ctx, tx)
	if err != nil {
		return known, err
	}
	bound, err := s.binding(ctx)
	return Known{ledger.base, ledger.known(), bound.account != nil}, err
}

// RecordOption changes how [Store.Record] records a run.
type RecordOption func(*recording)

// recording is how a run is recorded.
type recording struct {
	base  *Base
	apart time.Duration
	owner *Owner
	bind  *bind
}

// On refuses to record a run unless the history is still at base, the state that
// the run was read against. The error is then a [*MovedError].
func On(base Base) RecordOption { return func(r *recording) { r.base = &base } }

// ConfirmApart is how far apart the runs must start that together make a
// suspect loss believed; without it, [DefaultApart].
func ConfirmApart(apart time.Duration) RecordOption {
	return func(r *recording) { r.apart = apart }
}

// DefaultApart is the default of [ConfirmApart].
const DefaultApart = 6 * time.Hour

// Record adds a run to the history, completely or not at all, and returns it with
// its ID, Status and Digest; it ignores these fields of run. Times are kept to the
// millisecond.
//
// It judges each listing by what the history knows, so one that lost much may be
// recorded as suspect; a known scope without a listing is recorded as not listed.
// It writes only what differs from the run before. While outcome and error code
// stay the same, the first run's message stays.
//
// The error is an [*AlteredError] if the history is not what its last run
// recorded, and a [*ReplacedError] if the file at its path is not the one that was
// opened. After an I/O error the run may have been recorded all the same: read the last
// run before you record it again.
func (s *Store) Record(ctx context.Context, run catalog.Run, listings []catalog.Listing, options ...RecordOption) (recorded catalog.Run, err error) {
	defer s.explain("record a run in", &err)
	how := recording{apart: DefaultApart}
	for _, option := range options {
		option(&how)
	}
	hashed, err := hashListings(listings)
	if err != nil {
		return catalog.Run{}, err
	}
	if s.replaced() {
		return catalog.Run{}, &ReplacedError{}
	}
	if how.owner != nil {
		if how.bind, err = s.bindingFor(ctx, *how.owner); err != nil {
			return catalog.Run{}, err
		}
	}
	err = patiently(func() (err error) {
		recorded, err = s.record(ctx, run, hashed, how)
		return err
	})
	if err != nil {
		return catalog.Run{}, err
	}
	if s.replaced() {
		path, err := s.rescue(ctx, recorded.ID)
		if err != nil {
			return catalog.Run{}, errors.Join(&ReplacedError{}, err)
		}
		return catalog.Run{}, &ReplacedError{Rescued: path}
	}
	return recorded, nil
}

// patience is how often Record tries while another program, such as a shell, has
// locked the database. Each try waits as long as a connection does, so all of
// them take five minutes: what was read from AWS is worth waiting for.
const patience = 60

func patiently(try func() error) error {
	err := try()
	for tries := 1; tries < patience && failedWith(err, sqlite3.SQLITE_BUSY); tries++ {
		err = try()
	}
	return err
}

func (s *Store) record(ctx context.Context, run catalog.Run, listings []hashedListing, how recording) (catalog.Run, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return run, err
	}
	defer tx.Rollback()
	ledger, err := readLedger(ctx, tx)
	if err != nil {
		return run, err
	}
	if how.base != nil && *how.base != ledger.base {
		return run, &MovedError{Base: *how.base, Now: ledger.base}
	}
	add := ledger.add(inStoredPrecision(run), listings, how.apart)
	if err := add.write(ctx, tx); err != nil {
		return run, err
	}
	if err := how.bind.write(ctx, tx); err != nil {
		return run, err
	}
	return add.run, tx.Commit()
}

// RecordFailure adds a run that learned nothing: it writes the run itself and
// nothing else. It returns the run with its ID.
func (s *Store) RecordFailure(ctx context.Context, run catalog.Run) (_ catalog.Run, err error) {
	defer s.explain("record a failed run in", &err)
	run = inStoredPrecision(run)
	run.Status, run.Digest = catalog.RunFailed, ""
	result, err := insertRun(ctx, s.db, nil, nil, run)
	if err == nil {
		run.ID, err = result.LastInsertId()
	}
	if err != nil {
		return catalog.Run{}, err
	}
	return run, nil
}

// hashedListing is a listing with the entries that it would leave.
type hashedListing struct {
	catalog.Listing
	entries []entry
}

func compareHashed(a, b hashedListing) int { return catalog.CompareListings(a.Listing, b.Listing) }

func unhashed(hashed []hashedListing) []catalog.Listing {
	var listings []catalog.Listing
	for _, h := range hashed {
		listings = append(listings, h.Listing)
	}
	return listings
}

// hashListings hashes the items. It refuses a malformed listing instead of
// repairing it, because the repair could look like removals.
func hashListings(listings []catalog.Listing) ([]hashedListing, error) {
	named := map[catalog.Scope]bool{}
	for _, listing := range listings {
		if named[listing.Scope] {
			return nil, fmt.Errorf("two listings of %s in %s", listing.Kind, listing.Region)
		}
		named[listing.Scope] = true
	}
	all, errs := make([]hashedListing, len(listings)), make([]error, len(listings))
	var next atomic.Int64
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(listings); i = int(next.Add(1)) - 1 {
				all[i], errs[i] = hashListing(listings[i])
			}
		})
	}
	working.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("listing of %s in %s: %w", listings[i].Kind, listings[i].Region, err)
		}
	}
	return all, nil
}

func hashListing(listing catalog.Listing) (hashedListing, error) {
	h := hashedListing{Listing: listing}
	if listing.Outcome != catalog.Complete && len(listing.Items) > 0 {
		return h, fmt.Errorf("outcome %s with items", listing.Outcome)
	}
	for i, item := range listing.Items {
		switch {
		case item.Kind() != listing.Kind:
			return h, fmt.Errorf("%q is a %s", item.Key(), item.Kind())
		case i > 0 && listing.Items[i-1].Key() >= item.Key():
			return h, fmt.Errorf("%q is out of order or listed twice", item.Key())
		}
		h.entries = append(h.entries, entry{item.Key(), sha256.Sum256(catalog.Encode(item))})
	}
	return h, nil
}

// since returns the items that differ from those listed before.
func (h *hashedListing) since(before []entry) []itemAddition {
	var added []itemAddition
	for i, e := range h.entries {
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
			added = append(added, itemAddition{e.key, h.Items[i]})
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

// insertRun adds the row of a run. A nil id is the next one; a failed run has a
// nil ordinal.
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
	w := bulkWriter{ctx: ctx, tx: tx, run: a.run.ID, statements: map[string]*sql.Stmt{}}
	for _, scope := range a.scopes {
		w.scope(scope)
	}
	return w.err
}
