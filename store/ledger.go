package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"snapshotter/catalog"
)

// ledger is the newest state of the history, as the next run finds it.
type ledger struct {
	nextRun int64
	last    int64 // the last recorded run, 0 before the first
	ordinal int64 // of that run
	scopes  map[catalog.Scope]*account
}

// account is what the ledger holds about one scope.
type account struct {
	coverage
	entries []entry // present as last confirmed, sorted by key
}

// coverage is what runs learned about a scope, from the run that first learned
// it until one learns something else.
type coverage struct {
	outcome      catalog.Outcome
	errorCode    string
	message      string
	since        int64 // first of the unbroken row of runs with the outcome
	sinceOrdinal int64
	confirmed    int64 // last run before that read the scope whole, 0 if none
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
	items    []itemAddition
}

type itemAddition struct {
	key  string
	item catalog.Item // nil: no longer listed
}

// readLedger reads what the next run must know. tx keeps it from changing.
func readLedger(ctx context.Context, tx *sql.Tx) (*ledger, error) {
	l := &ledger{scopes: map[catalog.Scope]*account{}}
	// The next id that AUTOINCREMENT would give: ids are never used twice.
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'runs'), 0) + 1,
			coalesce(max(ordinal), 0),
			coalesce((SELECT id FROM runs WHERE ordinal NOT NULL ORDER BY ordinal DESC LIMIT 1), 0)
		FROM runs`).Scan(&l.nextRun, &l.ordinal, &l.last)
	if err != nil {
		return nil, err
	}
	accounts, err := l.readCoverage(ctx, tx)
	if err != nil {
		return nil, err
	}
	return l, readEntries(ctx, tx, accounts)
}

// readCoverage reads how each scope stands, and returns the accounts by the
// id of their scope.
func (l *ledger) readCoverage(ctx context.Context, tx *sql.Tx) (map[int64]*account, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT s.id, s.region, s.kind, c.outcome, c.error_code, c.message,
			c.since_run_id, since.ordinal, coalesce(c.confirmed_run_id, 0)
		FROM scopes s
		CROSS JOIN coverage c ON c.scope_id = s.id
			AND c.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id)
		CROSS JOIN runs since ON since.id = c.since_run_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	accounts := map[int64]*account{}
	for rows.Next() {
		var id int64
		var scope catalog.Scope
		a := &account{}
		err := rows.Scan(&id, &scope.Region, &scope.Kind, &a.outcome, &a.errorCode, &a.message,
			&a.since, &a.sinceOrdinal, &a.confirmed)
		if err != nil {
			return nil, err
		}
		l.scopes[scope], accounts[id] = a, a
	}
	return accounts, rows.Err()
}

func readEntries(ctx context.Context, tx *sql.Tx, accounts map[int64]*account) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT i.scope_id, i.key, d.sha256
		FROM items i
		CROSS JOIN documents d ON d.id = (
			SELECT document_id FROM item_changes WHERE item_id = i.id ORDER BY run_id DESC LIMIT 1)
		ORDER BY i.scope_id, i.key`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var scope int64
		var e entry
		var hash sql.RawBytes
		if err := rows.Scan(&scope, &e.key, &hash); err != nil {
			return err
		}
		copy(e.hash[:], hash)
		accounts[scope].entries = append(accounts[scope].entries, e)
	}
	return rows.Err()
}

// known is what a collector, and the judge of a listing, must know.
func (l *ledger) known() map[catalog.Scope]catalog.Known {
	known := make(map[catalog.Scope]catalog.Known, len(l.scopes))
	for scope, account := range l.scopes {
		k := catalog.Known{Observed: account.observed()}
		for i := range account.entries {
			k.Keys = append(k.Keys, account.entries[i].key)
		}
		if account.outcome == catalog.Suspect {
			k.Suspects = int(l.ordinal - account.sinceOrdinal + 1)
		}
		known[scope] = k
	}
	return known
}

// take brings the ledger up to date with a run and returns what the history
// lacks of it. Scopes that the listings do not name were not listed.
func (l *ledger) take(run catalog.Run, listings []offer) addition {
	known := l.known()
	for i := range listings {
		listings[i].Listing = known[listings[i].Scope].Judge(listings[i].Listing)
	}
	listings = append(listings, l.unnamed(listings)...)
	slices.SortFunc(listings, compareOffers)

	run.ID = l.nextRun
	run.Status = catalog.StatusOf(judged(listings), known)
	add := addition{run: run, ordinal: l.ordinal + 1}
	for _, listing := range listings {
		if scope := l.takeScope(run.ID, listing); scope.coverage != nil || scope.items != nil {
			add.scopes = append(add.scopes, scope)
		}
	}
	l.nextRun, l.last, l.ordinal = run.ID+1, run.ID, add.ordinal
	add.run.Digest = l.digest()
	return add
}

// unnamed are listings of the known scopes that a run did not name.
func (l *ledger) unnamed(listings []offer) []offer {
	named := map[catalog.Scope]bool{}
	for _, listing := range listings {
		named[listing.Scope] = true
	}
	var rest []offer
	for scope := range l.scopes {
		if !named[scope] {
			rest = append(rest, offer{Listing: catalog.Listing{Scope: scope, Outcome: catalog.NotListed}})
		}
	}
	return rest
}

func (l *ledger) takeScope(run int64, listing offer) scopeAddition {
	add := scopeAddition{Scope: listing.Scope}
	a := l.scopes[listing.Scope]
	if a == nil || a.differs(listing.Listing) {
		next := l.coverageFrom(run, a, listing.Listing)
		add.coverage = &next
	}
	if a == nil {
		a = &account{}
		l.scopes[listing.Scope] = a
	}
	if add.coverage != nil {
		a.coverage = *add.coverage
	}
	if listing.Outcome == catalog.Complete {
		add.items = listing.since(a.entries)
		a.entries = listing.entries
	}
	return add
}

// differs reports whether a listing must be told apart from the runs before: by
// its outcome or its error code. Messages hold ports and request ids that
// differ every night, so one alone does not count, and the first of a row of
// runs stands for all of it; but each suspect run counts itself in its message.
func (c *coverage) differs(listing catalog.Listing) bool {
	return c.outcome != listing.Outcome || c.errorCode != listing.ErrorCode ||
		listing.Outcome == catalog.Suspect && c.message != listing.Message
}

// coverageFrom is the coverage that holds from run on; a is how things stood
// before, nil if nothing was known of the scope.
func (l *ledger) coverageFrom(run int64, a *account, listing catalog.Listing) coverage {
	next := coverage{
		outcome: listing.Outcome, errorCode: listing.ErrorCode, message: listing.Message,
		since: run, sinceOrdinal: l.ordinal + 1,
	}
	if a == nil {
		return next
	}
	if a.outcome == next.outcome {
		next.since, next.sinceOrdinal = a.since, a.sinceOrdinal
	}
	next.confirmed = a.confirmed
	if a.outcome == catalog.Complete {
		next.confirmed = l.last
	}
	return next
}

func (l *ledger) digest() string {
	sum := newDigest()
	for _, scope := range slices.SortedFunc(maps.Keys(l.scopes), catalog.Scope.Compare) {
		if account := l.scopes[scope]; account.observed() {
			sum.scope(scope, account.entries)
		}
	}
	return sum.String()
}
