package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/store"
)

var day = time.Date(2026, 9, 22, 21, 3, 0, 0, time.UTC)

// run is the n-th of a row of nightly runs.
func run(n int) catalog.Run {
	at := day.AddDate(0, 0, n)
	return catalog.Run{
		StartedAt: at, FinishedAt: at.Add(3 * time.Second),
		Trigger: catalog.Schedule, CollectorVersion: "v1", Partition: "aws",
	}
}

var models = catalog.Scope{Region: "us-east-1", Kind: catalog.KindFoundationModel}

func listed(scope catalog.Scope, items ...catalog.Item) catalog.Listing {
	return catalog.Listing{Scope: scope, Outcome: catalog.Complete, Items: items}
}

func model(id, name string) *catalog.FoundationModel {
	return &catalog.FoundationModel{ID: id, Name: name}
}

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openReader(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.OpenReader(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func record(t *testing.T, s *store.Store, run catalog.Run, listings ...catalog.Listing) catalog.Run {
	t.Helper()
	recorded, err := s.Record(context.Background(), run, listings)
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

func close(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// recorded is a database with one run, closed.
func recorded(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	record(t, s, run(0), listed(models, model("m1", "One")))
	close(t, s)
	return path
}

// execute runs SQL on a database as another program would.
func execute(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func TestPathsOfAnyName(t *testing.T) {
	for _, name := range []string{"plain.db", "with space.db", "50%.db", "what?.db", "no#1.db", "a&b=c.db", "%20.db", "käse.db", "file:x.db", "q?mode=memory"} {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			path := filepath.Join(directory, name)
			s := open(t, path)
			record(t, s, run(0), listed(models, model("m1", "One")))
			close(t, s)
			if entries, err := os.ReadDir(directory); err != nil || len(entries) != 1 || entries[0].Name() != name {
				t.Errorf("the directory holds %v, %v; want %s alone", entries, err, name)
			}
			reader := openReader(t, path)
			if runs, err := reader.Runs(context.Background()); err != nil || len(runs) != 1 {
				t.Errorf("Runs() = %v, %v; want one", runs, err)
			}
		})
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	close(t, open(t, "history.db"))
	close(t, open(t, "./history.db"))
	if _, err := os.Stat("history.db"); err != nil {
		t.Error(err)
	}
}

func TestOpenEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.OpenReader(t.Context(), path)
	wantError(t, err, new(*store.EmptyError), path)
	_, err = store.Open(t.Context(), path)
	wantError(t, err, new(*store.EmptyError), path)
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("the file was touched: %v, %v", info, err)
	}
	s, err := store.OpenNew(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, run(0), listed(models))
	close(t, s)
}

// A file that is not ours is refused by writers and readers, and left as it is,
// with nothing beside it.
func TestRefusedFiles(t *testing.T) {
	foreign := func(t *testing.T, path string) {
		execute(t, path, "CREATE TABLE notes (text); INSERT INTO notes VALUES ('keep me')")
	}
	for name, test := range map[string]struct {
		create func(t *testing.T, path string)
		want   any
	}{
		"text": {func(t *testing.T, path string) { write(t, path, "dear diary") }, new(*store.NotADatabaseError)},
		"long text": {func(t *testing.T, path string) {
			write(t, path, strings.Repeat("all work and no play ", 1000))
		}, new(*store.NotADatabaseError)},
		"cut header":     {func(t *testing.T, path string) { write(t, path, "SQLite format 3\x00") }, new(*store.ForeignError)},
		"another's":      {foreign, new(*store.ForeignError)},
		"another's, WAL": {func(t *testing.T, path string) { execute(t, path, "PRAGMA journal_mode = WAL"); foreign(t, path) }, new(*store.ForeignError)},
		"another's, marked": {func(t *testing.T, path string) {
			foreign(t, path)
			execute(t, path, "PRAGMA application_id = 7")
		}, new(*store.ForeignError)},
		"another's, by goose": {func(t *testing.T, path string) {
			execute(t, path, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP)")
		}, new(*store.ForeignError)},
		"newer": {func(t *testing.T, path string) {
			close(t, open(t, path))
			execute(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
		}, new(*store.NewerError)},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file.db")
			test.create(t, path)
			before := read(t, path)
			_, err := store.Open(context.Background(), path)
			wantError(t, err, test.want, path)
			_, err = store.OpenReader(context.Background(), path)
			wantError(t, err, test.want, path)
			if !bytes.Equal(read(t, path), before) {
				t.Error("the file was changed")
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wantError checks that an error is of a type and tells the path.
func wantError(t *testing.T, err error, target any, path string) {
	t.Helper()
	switch {
	case err == nil || !errors.As(err, target):
		t.Errorf("error %v, want a %T", err, target)
	case !strings.Contains(err.Error(), path):
		t.Errorf("error %q does not tell the path", err)
	}
}

func TestOpenDirectory(t *testing.T) {
	path := t.TempDir()
	_, err := store.Open(context.Background(), path)
	wantError(t, err, new(*store.NotADatabaseError), path)
}

func TestOpenInMissingDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "history.db")
	_, err := store.Open(context.Background(), path)
	wantError(t, err, new(*store.FaultError), path)
	_, err = store.OpenReader(context.Background(), path)
	wantError(t, err, new(*store.NotFoundError), path)
}

// An older schema is for a writer to bring up to date, a newer one for nobody.
func TestSchemas(t *testing.T) {
	for version, want := range map[int64]any{0: new(*store.NotFoundError), 1: new(*store.OlderError), 3: new(*store.NewerError)} {
		if err := store.Readable(version, 2); !errors.As(err, want) {
			t.Errorf("schema %d of 2: %v, want a %T", version, err, want)
		}
	}
	if err := store.Readable(2, 2); err != nil {
		t.Error(err)
	}
}

// A creation that was interrupted right after the file was marked is taken up
// again.
func TestInterruptedCreation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	if err := store.Claim(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	if len(read(t, path)) == 0 {
		t.Fatal("the file is empty: the mark was not written")
	}
	if _, err := store.OpenReader(context.Background(), path); !errors.As(err, new(*store.NotFoundError)) {
		t.Errorf("OpenReader: %v, want that there is no database", err)
	}
	record(t, open(t, path), run(0), listed(models))
}

// What has not yet been brought from the write-ahead log into the file is read
// all the same, and the file is known as ours from the first.
func TestReadBesideWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	writer := open(t, path)
	reader := openReader(t, path)
	for n := range 3 {
		want := record(t, writer, run(n), listed(models, model("m1", strings.Repeat("x", n))))
		got, err := reader.Latest(context.Background(), 0)
		if err != nil || got != want {
			t.Errorf("the reader sees %v, %v; want %v", got, err, want)
		}
	}
}

// A reader that began before a run was recorded, and goes on, sees the state
// as of the run it asked for.
func TestReaderIsNotDisturbed(t *testing.T) {
	path := recorded(t)
	reader := openReader(t, path)
	before, err := reader.Snapshot(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	record(t, open(t, path), run(1), listed(models))
	after, err := reader.Snapshot(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Scopes[0].Items) != 1 || after.Scopes[0].Items[0] != before.Scopes[0].Items[0] {
		t.Errorf("as of run 1: %v, then %v", before.Scopes, after.Scopes)
	}
}

func TestReaderNeverWrites(t *testing.T) {
	path := recorded(t)
	before := read(t, path)
	reader := openReader(t, path)
	if _, err := reader.Record(context.Background(), run(1), nil); err == nil {
		t.Error("a reader recorded a run")
	}
	if _, err := reader.RecordFailure(context.Background(), run(1)); !errors.As(err, new(*store.FaultError)) {
		t.Errorf("RecordFailure by a reader: %v, want that the database cannot be written", err)
	}
	close(t, reader)
	if !bytes.Equal(read(t, path), before) {
		t.Error("the file was changed")
	}
}

// A database that another program keeps locked is said to be, not waited for
// without end. The lock is SQLite's own: of an exclusive connection.
func TestLockedByAnotherProgram(t *testing.T) {
	path := recorded(t)
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=locking_mode(exclusive)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("BEGIN EXCLUSIVE; DELETE FROM runs WHERE id < 0"); err != nil {
		t.Fatal(err)
	}
	_, err = store.OpenImpatient(context.Background(), path)
	wantError(t, err, new(*store.FaultError), path)
	if err == nil || !strings.Contains(err.Error(), "locked") {
		t.Errorf("error %v does not tell that it is locked", err)
	}
}

func TestDamagedFile(t *testing.T) {
	path := recorded(t)
	data := read(t, path)
	for i := 200; i < len(data); i++ {
		data[i] = 0xff
	}
	write(t, path, string(data))
	_, err := store.Open(context.Background(), path)
	wantError(t, err, new(*store.FaultError), path)
	if !bytes.Equal(read(t, path), data) {
		t.Error("the damaged file was changed")
	}
}

// A store may be used by several goroutines, and others may read meanwhile:
// each sees whole runs only.
func TestConcurrentUse(t *testing.T) {
	ctx := context.Background()
	path := recorded(t)
	writer, reader := open(t, path), openReader(t, path)
	var group sync.WaitGroup
	for _, s := range []*store.Store{writer, reader, reader, reader} {
		group.Go(func() {
			for range 20 {
				last, err := s.Latest(ctx, 0)
				if err != nil {
					t.Error(err)
					return
				}
				snapshot, err := s.Snapshot(ctx, last.ID)
				if err != nil {
					t.Error(err)
					return
				}
				if got, want := len(snapshot.Scopes[0].Items), int(last.ID); got != want {
					t.Errorf("as of run %d: %d items, want as many as runs", last.ID, got)
				}
				if err := s.Verify(ctx, last.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	items := []catalog.Item{model("m1", "One")}
	for n := range 10 {
		items = append(items, model(fmt.Sprintf("m2%d", n), "Two"))
		record(t, writer, run(n+1), listed(models, items...))
	}
	group.Wait()
}

// TestOpenAfterCutOffCreation opens what a loss of power leaves of a database that
// was being created: some sectors of its first page, and the journal by which
// SQLite takes them back. Proof on all such states: TestPowerLoss.
func TestOpenAfterCutOffCreation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	page := make([]byte, 4096)
	page[4000] = 1
	journal := make([]byte, 512)
	copy(journal, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
	binary.BigEndian.PutUint32(journal[20:], 512)
	binary.BigEndian.PutUint32(journal[24:], 4096)
	for name, data := range map[string][]byte{path: page, path + "-journal": journal} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := store.OpenReader(t.Context(), path)
	wantError(t, err, new(*store.NotFoundError), path)
	record(t, open(t, path), run(1), crashListings(1)...)
	checkIntegrity(t, path)
}

// A history is for its owner alone, whatever the umask; one that is there keeps its
// mode.
func TestMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	close(t, open(t, path))
	if mode := modeOf(t, path); mode != 0o600 {
		t.Errorf("a new database has mode %o", mode)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	close(t, open(t, path))
	if mode := modeOf(t, path); mode != 0o640 {
		t.Errorf("the database has mode %o now", mode)
	}
}

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// A region that leads out of a folder is refused when it is read, whoever put it
// into the file.
func TestForeignRegion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	last := record(t, s, run(1), listed(models)).ID
	close(t, s)
	execute(t, path, "UPDATE scopes SET region = '../../../evil'")
	s, err := store.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Snapshot(t.Context(), last); err == nil || !strings.Contains(err.Error(), `names the region "../../../evil"`) {
		t.Errorf("Snapshot: %v", err)
	}
}
