package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"snapshotter/catalog"
)

// ledger is the state of the history as the next run finds it.
type ledger struct {
	nextRun int64
	base    Base
	ordinal int64 // of the last recorded run
	runs    int64 // how many are recorded
	scopes  map[catalog.Scope]*ledgerScope
}

type ledgerScope struct {
	coverage
	entries []entry // present as last confirmed, sorted by key
}

// coverage is what runs learned about a scope, from the run that first learned it
// until one learns something else.
type coverage struct {
	outcome    catalog.Outcome
	errorCode  string
	message    string
	since      int64 // first of the consecutive runs with the outcome
	confirmed  int64 // last run before that read the scope, 0 if none
	suspicions []catalog.Suspicion
}

func (c *coverage) observed() bool { return c.outcome == catalog.Complete || c.confirmed != 0 }

// addition is what one run adds to the history.
type addition struct {
	run     catalog.Run
	ordinal int64
	scopes  []scopeAddition // sorted by scope, only those to which anything is added
}

type scopeAddition struct {
	catalog.Scope
	coverage *coverage // nil: as in the run before
	missing  string    // of a suspect listing
	items    []itemAddition
}

type itemAddition struct {
	key  string
	item catalog.Item // nil: no longer listed
}

// readLedger reads what the next run needs to know, unchanging within tx.
func readLedger(ctx context.Context, tx *sql.Tx) (*ledger, error) {
	l := &ledger{scopes: map[catalog.Scope]*ledgerScope{}}
	// The next ID that AUTOINCREMENT would give: no ID is used twice.
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'runs'), 0) + 1,
			coalesce(max(ordinal), 0), count(ordinal),
			coalesce((SELECT id FROM runs WHERE ordinal NOT NULL ORDER BY ordinal DESC LIMIT 1), 0),
			coalesce((SELECT digest FROM runs WHERE ordinal NOT NULL ORDER BY ordinal DESC LIMIT 1), '')
		FROM runs`).Scan(&l.nextRun, &l.ordinal, &l.runs, &l.base.Run, &l.base.Digest)
	if err != nil {
		return nil, err
	}
	scopes, err := l.readCoverage(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := readSuspicions(ctx, tx, scopes); err != nil {
		return nil, err
	}
	if err := readEntries(ctx, tx, scopes); err != nil {
		return nil, err
	}
	return l, l.unaltered()
}

// unaltered returns an [*AlteredError] unless the ledger is what the last run
// recorded: a run that is compared with anything else reports the alteration as
// changes of the catalogue.
func (l *ledger) unaltered() error {
	if l.runs == l.ordinal && (l.base.Run == 0 && len(l.scopes) == 0 || l.digest() == l.base.Digest) {
		return nil
	}
	return &AlteredError{l.base.Run}
}

// readSuspicions reads what the runs since a scope became suspect found missing.
func readSuspicions(ctx context.Context, tx *sql.Tx, scopes map[int64]*ledgerScope) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT s.scope_id, s.run_id, s.missing, r.started_at
		FROM suspicions s
		JOIN runs r ON r.id = s.run_id
		ORDER BY s.scope_id, s.run_id`)
	return each(rows, err, func(rows *sql.Rows) error {
		var id, run int64
		var suspicion catalog.Suspicion
		var at string
		err := rows.Scan(&id, &run, &suspicion.Missing, &at)
		if err != nil {
			return err
		}
		suspicion.At, err = parseTime(at)
		if s := scopes[id]; s != nil && s.outcome == catalog.Suspect && run >= s.since {
			s.suspicions = append(s.suspicions, suspicion)
		}
		return err
	})
}

// readCoverage reads the coverage of each scope, and returns the scopes by ID.
func (l *ledger) readCoverage(ctx context.Context, tx *sql.Tx) (map[int64]*ledgerScope, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT s.id, s.region, s.kind, c.outcome, c.error_code, c.message,
			c.since_run_id, coalesce(c.confirmed_run_id, 0)
		FROM scopes s
		CROSS JOIN coverage c ON c.scope_id = s.id
			AND c.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id)`)
	scopes := map[int64]*ledgerScope{}
	return scopes, each(rows, err, func(rows *sql.Rows) error {
		var id int64
		var scope catalog.Scope
		s := &ledgerScope{}
		err := rows.Scan(&id, &scope.Region, &scope.Kind, &s.outcome, &s.errorCode, &s.message,
			&s.since, &s.confirmed)
		l.scopes[scope], scopes[id] = s, s
		return err
	})
}

func readEntries(ctx context.Context, tx *sql.Tx, scopes map[int64]*ledgerScope) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT i.scope_id, i.key, d.sha256
		FROM items i
		CROSS JOIN documents d ON d.id = (
			SELECT document_id FROM item_changes WHERE item_id = i.id ORDER BY run_id DESC LIMIT 1)
		ORDER BY i.scope_id, i.key`)
	return each(rows, err, func(rows *sql.Rows) error {
		var scope int64
		var e entry
		var hash sql.RawBytes
		err := rows.Scan(&scope, &e.key, &hash)
		copy(e.hash[:], hash)
		if s := scopes[scope]; s != nil { // else the history was altered, as the digest shows
			s.entries = append(s.entries, e)
		}
		return err
	})
}

// known returns what is needed to collect and to judge listings.
func (l *ledger) known() map[catalog.Scope]catalog.Known {
	known := make(map[catalog.Scope]catalog.Known, len(l.scopes))
	for scope, s := range l.scopes {
		k := catalog.Known{Observed: s.observed()}
		for i := range s.entries {
			k.Keys = append(k.Keys, s.entries[i].key)
		}
		if s.outcome == catalog.Suspect {
			k.Suspicions = s.suspicions
		}
		known[scope] = k
	}
	return known
}

// add updates the ledger with a run and returns what to add to the history.
// Scopes without a listing were not listed.
func (l *ledger) add(run catalog.Run, listings []hashedListing, apart time.Duration) addition {
	known := l.known()
	for i := range listings {
		listings[i].Listing = known[listings[i].Scope].Judge(listings[i].Listing, run.StartedAt, apart)
	}
	listings = append(listings, l.unnamed(listings)...)
	slices.SortFunc(listings, compareHashed)

	run.ID = l.nextRun
	run.Status = catalog.StatusOf(unhashed(listings), known)
	add := addition{run: run, ordinal: l.ordinal + 1}
	for _, listing := range listings {
		if scope := l.addScope(run.ID, listing); scope.coverage != nil || scope.items != nil || scope.missing != "" {
			add.scopes = append(add.scopes, scope)
		}
	}
	l.nextRun, l.ordinal, l.runs = run.ID+1, add.ordinal, l.runs+1
	add.run.Digest = l.digest()
	l.base = Base{add.run.ID, add.run.Digest}
	return add
}

// unnamed returns listings for the known scopes that a run did not name.
func (l *ledger) unnamed(listings []hashedListing) []hashedListing {
	named := map[catalog.Scope]bool{}
	for _, listing := range listings {
		named[listing.Scope] = true
	}
	var rest []hashedListing
	for scope := range l.scopes {
		if !named[scope] {
			rest = append(rest, hashedListing{Listing: catalog.Listing{Scope: scope, Outcome: catalog.NotListed}})
		}
	}
	return rest
}

func (l *ledger) addScope(run int64, listing hashedListing) scopeAddition {
	add := scopeAddition{Scope: listing.Scope}
	s := l.scopes[listing.Scope]
	if s == nil || s.differs(listing.Listing) {
		next := l.coverageFrom(run, s, listing.Listing)
		add.coverage = &next
	}
	if s == nil {
		s = &ledgerScope{}
		l.scopes[listing.Scope] = s
	}
	if add.coverage != nil {
		s.coverage = *add.coverage
	}
	add.missing = listing.Missing
	if listing.Outcome == catalog.Complete {
		add.items = listing.since(s.entries)
		s.entries = listing.entries
	}
	return add
}

// differs reports whether a listing starts new coverage: by its outcome or error
// code. Messages hold ports and request IDs that differ every night, so a new
// message alone does not count, and the first run's message stands for all that
// follow; but a suspect run counts itself in its message.
func (c *coverage) differs(listing catalog.Listing) bool {
	return c.outcome != listing.Outcome || c.errorCode != listing.ErrorCode ||
		listing.Outcome == catalog.Suspect && c.message != listing.Message
}

// coverageFrom returns the coverage that holds from run on; s is the scope before,
// nil if it was not known.
func (l *ledger) coverageFrom(run int64, s *ledgerScope, listing catalog.Listing) coverage {
	next := coverage{
		outcome: listing.Outcome, errorCode: listing.ErrorCode, message: listing.Message,
		since: run,
	}
	if s == nil {
		return next
	}
	if s.outcome == next.outcome {
		next.since = s.since
	}
	next.confirmed = s.confirmed
	if s.outcome == catalog.Complete {
		next.confirmed = l.base.Run
	}
	return next
}

func (l *ledger) digest() string {
	sum := newDigest()
	for _, scope := range slices.SortedFunc(maps.Keys(l.scopes), catalog.Scope.Compare) {
		if s := l.scopes[scope]; s.observed() {
			sum.scope(scope, s.entries)
		}
	}
	return sum.String()
}
