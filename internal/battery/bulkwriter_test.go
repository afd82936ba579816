//go:build battery

package battery

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/store"
)

// decades is a history that grows faster than runs can be recorded: 30 years of
// hours are 262,800 of them, and each lists everything anew. Its bulkWriter writes
// the rows that [store.Store.Record] would have written, and nothing else, as
// TestBulkWriter proves; only digests are made up, but for those of the runs that
// Record itself adds.
type decades struct {
	world   *world
	weather weather
	path    string
	perDay  int // runs
	run     int // the last one recorded
}

// weather is which regions can't be read. Each has an outage every hundred days
// or so, of one to six hours; a nightly run meets it once.
type weather struct {
	random *rand.Rand
	left   map[string]int // runs, that begin or go on unread
}

func (w *weather) next(regions []string, perDay int) {
	for _, region := range regions {
		switch {
		case w.left[region] > 1:
			w.left[region]--
		case w.left[region] == 1:
			delete(w.left, region)
		case w.random.IntN(100*perDay) == 0:
			hours := 1 + w.random.IntN(6)
			w.left[region] = (hours*perDay + 23) / 24
		}
	}
}

const noAnswer = "no answer from the endpoint in 10 s"

func newDecades(ctx context.Context, path string, regions, perDay int) (*decades, error) {
	d := &decades{
		world:   newWorld(regions, time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC)),
		weather: weather{rand.New(rand.NewPCG(3, 4)), map[string]int{}},
		path:    path, perDay: perDay,
	}
	db, err := store.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return d, d.record(ctx, db)
}

// advance lets the time to the next run go by.
func (d *decades) advance() catalog.Run {
	run := catalog.Run{
		StartedAt: d.world.start.Add(time.Duration(d.run) * 24 * time.Hour / time.Duration(d.perDay)),
		Trigger:   catalog.Schedule, CollectorVersion: "v1.0.0", Partition: "aws",
	}
	run.FinishedAt = run.StartedAt.Add(3 * time.Second)
	if d.run > 0 {
		d.world.step(run.StartedAt, 1/float64(d.perDay))
		d.weather.next(d.world.regions, d.perDay)
	}
	d.run++
	return run
}

// record adds the next run as the program does.
func (d *decades) record(ctx context.Context, db *store.Store) error {
	run := d.advance()
	var listings []catalog.Listing
	for _, scope := range d.world.sorted() {
		if d.weather.left[scope.Region] > 0 {
			listings = append(listings, catalog.Listing{Scope: scope, Outcome: catalog.Unreachable, Message: noAnswer})
			continue
		}
		d.world.take(scope)
		listings = append(listings, d.world.listing(scope))
	}
	if _, err := db.Known(ctx); err != nil {
		return err
	}
	_, err := db.Record(ctx, run, listings)
	return err
}

// write adds runs, until there are so many, by the bulkWriter.
func (d *decades) write(ctx context.Context, until int) error {
	s, err := newBulkWriter(ctx, d.path)
	if err != nil {
		return err
	}
	defer s.db.Close()
	for d.run < until {
		if err := s.runs(ctx, d, min(d.run+1000, until)); err != nil {
			return err
		}
	}
	return s.db.Close()
}

// bulkWriter writes to a history.
type bulkWriter struct {
	db         *sql.DB
	tx         *sql.Tx
	statements map[string]*sql.Stmt
	scopes     map[catalog.Scope]*page
	documents  map[[sha256.Size]byte]int64
	items      int64 // how many there are
	err        error // the first one; nothing is done after it
}

// page is what the bulkWriter knows of a scope.
type page struct {
	id        int64
	unread    bool
	confirmed int64
	items     map[string]*record
}

// record is an item and the document that holds for it, 0 if none.
type record struct{ id, document int64 }

// newBulkWriter reads how the history stands. It waits for no disk.
func newBulkWriter(ctx context.Context, path string) (*bulkWriter, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(OFF)&_pragma=cache_size(-200000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &bulkWriter{db: db, scopes: map[catalog.Scope]*page{}, documents: map[[sha256.Size]byte]int64{}}
	var scope catalog.Scope
	var id, item, document, confirmed int64
	var key, outcome string
	var hash []byte
	s.each(ctx, `SELECT s.id, s.region, s.kind, c.outcome, coalesce(c.confirmed_run_id, 0)
		FROM scopes s JOIN coverage c ON c.scope_id = s.id
			AND c.run_id = (SELECT max(run_id) FROM coverage WHERE scope_id = s.id)`,
		func() {
			s.scopes[scope] = &page{id: id, unread: outcome != string(catalog.Complete), confirmed: confirmed, items: map[string]*record{}}
		},
		&id, &scope.Region, &scope.Kind, &outcome, &confirmed)
	s.each(ctx, `SELECT id, sha256 FROM documents`, func() { s.documents[[sha256.Size]byte(hash)] = id }, &id, &hash)
	s.each(ctx, `SELECT s.region, s.kind, i.key, i.id, coalesce((
			SELECT coalesce(document_id, 0) FROM item_changes WHERE item_id = i.id ORDER BY run_id DESC LIMIT 1), 0)
		FROM items i JOIN scopes s ON s.id = i.scope_id`,
		func() {
			s.scopes[scope].items[key] = &record{item, document}
			s.items = max(s.items, item)
		},
		&scope.Region, &scope.Kind, &key, &item, &document)
	return s, s.err
}

func (s *bulkWriter) each(ctx context.Context, query string, visit func(), into ...any) {
	if s.err != nil {
		return
	}
	var rows *sql.Rows
	if rows, s.err = s.db.QueryContext(ctx, query); s.err != nil {
		return
	}
	defer rows.Close()
	for rows.Next() {
		if s.err = rows.Scan(into...); s.err != nil {
			return
		}
		visit()
	}
	s.err = rows.Err()
}

// runs writes some runs in one transaction.
func (s *bulkWriter) runs(ctx context.Context, d *decades, until int) error {
	s.statements = map[string]*sql.Stmt{}
	if s.tx, s.err = s.db.BeginTx(ctx, nil); s.err != nil {
		return s.err
	}
	defer s.tx.Rollback()
	for d.run < until && s.err == nil {
		s.take(d)
	}
	if s.err != nil {
		return s.err
	}
	return s.tx.Commit()
}

// take writes the next run.
func (s *bulkWriter) take(d *decades) {
	run := d.advance()
	run.Status = catalog.RunComplete
	if len(d.weather.left) > 0 {
		run.Status = catalog.RunPartial
	}
	const layout = "2006-01-02T15:04:05.000Z"
	s.exec(`INSERT INTO runs (id, ordinal, started_at, finished_at, status, trigger, collector_version, partition, digest, message)
		VALUES (?1, ?1, ?, ?, ?, ?, ?, ?, ?, '')`,
		d.run, run.StartedAt.Format(layout), run.FinishedAt.Format(layout), run.Status, run.Trigger, run.CollectorVersion, run.Partition,
		strings.Repeat("0", 2*sha256.Size))
	written := map[catalog.Item]int64{}
	for _, scope := range s.touched(d) {
		p := s.scopes[scope]
		unread := d.weather.left[scope.Region] > 0
		s.cover(p, unread, int64(d.run))
		if unread {
			continue
		}
		for _, key := range d.world.take(scope) {
			s.change(p, key, d.world.scopes[scope][key], int64(d.run), written)
		}
	}
}

// touched are the scopes to which something is to be added, sorted.
func (s *bulkWriter) touched(d *decades) []catalog.Scope {
	touched := maps.Clone(d.world.altered)
	for scope, p := range s.scopes {
		if p.unread || d.weather.left[scope.Region] > 0 {
			touched[scope] = nil
		}
	}
	return slices.SortedFunc(maps.Keys(touched), catalog.Scope.Compare)
}

// cover notes where a scope can no longer be read, or can be again.
func (s *bulkWriter) cover(p *page, unread bool, run int64) {
	if unread == p.unread {
		return
	}
	outcome, message := catalog.Complete, ""
	if p.unread = unread; unread {
		outcome, message, p.confirmed = catalog.Unreachable, noAnswer, run-1
	}
	s.exec(`INSERT INTO coverage (scope_id, run_id, outcome, error_code, message, since_run_id, confirmed_run_id)
		VALUES (?1, ?2, ?, '', ?, ?2, ?)`, p.id, run, outcome, message, p.confirmed)
}

// change notes what an item has become, nil for none.
func (s *bulkWriter) change(p *page, key string, item catalog.Item, run int64, written map[catalog.Item]int64) {
	r := p.items[key]
	if item == nil && (r == nil || r.document == 0) {
		return
	}
	var document int64
	if item != nil {
		if document = written[item]; document == 0 {
			document = s.document(item)
			written[item] = document
		}
	}
	if r == nil {
		s.items++
		r = &record{id: s.items}
		p.items[key] = r
		s.exec(`INSERT INTO items (id, scope_id, key) VALUES (?, ?, ?)`, r.id, p.id, key)
	}
	if r.document == document {
		return
	}
	r.document = document
	s.exec(`INSERT INTO item_changes (item_id, run_id, document_id) VALUES (?, ?, nullif(?, 0))`, r.id, run, document)
	if profile, ok := item.(*catalog.InferenceProfile); ok {
		for _, model := range profile.Models() {
			s.exec(`INSERT INTO routes (model, scope_id, item_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, model, p.id, r.id)
		}
	}
}

func (s *bulkWriter) document(item catalog.Item) int64 {
	body := catalog.Encode(item)
	hash := sha256.Sum256(body)
	if s.documents[hash] == 0 {
		s.documents[hash] = int64(len(s.documents) + 1)
		s.exec(`INSERT INTO documents (id, sha256, body) VALUES (?, ?, ?)`, s.documents[hash], hash[:], string(body))
	}
	return s.documents[hash]
}

func (s *bulkWriter) exec(query string, arguments ...any) {
	if s.err == nil && s.statements[query] == nil {
		s.statements[query], s.err = s.tx.Prepare(query)
	}
	if s.err == nil {
		_, s.err = s.statements[query].Exec(arguments...)
	}
}

// TestBulkWriter holds the bulkWriter to what Record writes: the same history by both
// is the same in every row of every table, but for the digests.
func TestBulkWriter(t *testing.T) {
	for _, perDay := range []int{1, 24} {
		const runs = 300
		recorded := newHistory(t, 12, perDay)
		db, err := store.Open(t.Context(), recorded.path)
		if err != nil {
			t.Fatal(err)
		}
		for recorded.run < runs {
			if err := recorded.record(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		written := newHistory(t, 12, perDay)
		for _, until := range []int{100, runs} { // it takes up where it left off
			if err := written.write(t.Context(), until); err != nil {
				t.Fatal(err)
			}
		}
		for _, table := range []string{"scopes", "coverage", "items", "documents", "item_changes", "routes", "runs"} {
			if want, got := dump(t, recorded.path, table), dump(t, written.path, table); want != got {
				t.Errorf("%d runs a day: the rows of %s differ:\n%s", perDay, table, firstDifference(want, got))
			}
		}
	}
}

func newHistory(t *testing.T, regions, perDay int) *decades {
	t.Helper()
	d, err := newDecades(t.Context(), filepath.Join(t.TempDir(), "history.db"), regions, perDay)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// dump is every row of a table but for what is made up.
func dump(t *testing.T, path, table string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT * FROM " + table + " ORDER BY 1, 2, 3")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, column := range columns {
			if column != "digest" {
				fmt.Fprintf(&out, "%s=%v ", column, values[i])
			}
		}
		out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("row %d\n  want %s\n  got  %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d rows, want %d", len(b)-1, len(a)-1)
}
