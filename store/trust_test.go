package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/store"
)

// A run that was read before another one was recorded must not be recorded: what
// the other found new would look removed.
func TestRecordOnAHistoryThatMoved(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	defer s.Close()
	before, err := s.Known(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, run(1), crashListings(1), store.On(before.Base)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Record(ctx, run(2), crashListings(2), store.On(before.Base))
	if moved, ok := errors.AsType[*store.MovedError](err); !ok || moved.Now.Run != 1 || moved.Advice() == "" {
		t.Errorf("recorded on a history that moved: %v", err)
	}
	if n, err := s.Recorded(ctx); n != 1 || err != nil {
		t.Errorf("%d runs are recorded, %v", n, err)
	}
	now, err := s.Known(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, run(2), crashListings(2), store.On(now.Base)); err != nil {
		t.Error(err)
	}
}

// Rows that something else deletes, changes or adds must not become changes of the
// catalogue, and must not crash the program.
func TestRecordOnAnAlteredHistory(t *testing.T) {
	for name, statement := range map[string]string{
		"an item is deleted":     `DELETE FROM item_changes WHERE item_id = (SELECT max(item_id) FROM item_changes)`,
		"a document is replaced": `UPDATE item_changes SET document_id = (SELECT min(id) FROM documents) WHERE item_id = (SELECT max(item_id) FROM item_changes)`,
		"an item is put in":      `INSERT INTO items (scope_id, key) SELECT min(id), 'forged' FROM scopes; INSERT INTO item_changes SELECT max(id), 3, 1 FROM items`,
		"the first run is gone":  `PRAGMA foreign_keys = 0; DELETE FROM runs WHERE id = 1`,
		"the last run is gone":   `PRAGMA foreign_keys = 0; DELETE FROM runs WHERE id = 3`,
		"all runs are gone":      `PRAGMA foreign_keys = 0; DELETE FROM runs`,
		"a scope is gone":        `PRAGMA foreign_keys = 0; DELETE FROM scopes WHERE id = 1`,
		"coverage is gone":       `DELETE FROM coverage`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			s := open(t, path)
			for n := 1; n <= 3; n++ {
				record(t, s, run(n), crashListings(n)...)
			}
			close(t, s)
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
			db.Close()

			s = open(t, path)
			defer s.Close()
			_, err = s.Known(t.Context())
			wantError(t, err, new(*store.AlteredError), path)
			_, err = s.Record(t.Context(), run(4), crashListings(4))
			wantError(t, err, new(*store.AlteredError), path)
		})
	}
}

// What is recorded in a file that no path leads to any more is not lost.
func TestRecordInAReplacedFile(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	defer s.Close()
	record(t, s, run(1), crashListings(1)...)
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Record(ctx, run(2), crashListings(2))
	wantError(t, err, new(*store.ReplacedError), path)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = s.Record(ctx, run(2), crashListings(2))
	wantError(t, err, new(*store.ReplacedError), path)
}

func TestOwner(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	defer s.Close()
	check := func(owner store.Owner, want string) {
		t.Helper()
		err := s.CheckOwner(ctx, owner)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("CheckOwner(%+v) = %v, want %q", owner, err, want)
		}
	}
	mine, other := store.Owner{Partition: "aws", Account: "111122223333"}, store.Owner{Partition: "aws", Account: "444455556666"}
	check(mine, "") // a new history belongs to nobody
	record(t, s, run(1), listed(models))
	check(store.Owner{Partition: "aws-us-gov"}, "partition aws, and the credentials are for aws-us-gov")
	check(mine, "")
	bind := func(night int, owner store.Owner) {
		t.Helper()
		if _, err := s.Record(ctx, run(night), []catalog.Listing{listed(models)}, store.By(owner)); err != nil {
			t.Fatal(err)
		}
	}
	bind(2, store.Owner{Partition: "aws"})
	check(other, "") // the account is still not known
	bind(3, mine)
	check(mine, "")
	check(other, "another account")
	check(store.Owner{Partition: "aws"}, "") // not known now
	bind(4, store.Owner{Partition: "aws"})
	check(other, "another account") // an unknown account leaves the one before
	bind(5, other)
	check(mine, "another account")
	close(t, s)
	if text := string(read(t, path)); strings.Contains(text, "111122223333") || strings.Contains(text, "444455556666") {
		t.Error("the database holds an account ID")
	}
}

// Re-runs within seconds, which exit code 3 invites, do not confirm a loss; three
// nights do, and then it is one removal of each item.
func TestSuspectLossInTheStore(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	defer s.Close()
	many := catalog.Listing{Scope: models, Outcome: catalog.Complete}
	for _, id := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		many.Items = append(many.Items, &catalog.FoundationModel{ID: id})
	}
	few := many
	few.Items = many.Items[:1]
	start := time.Date(2026, 9, 1, 2, 0, 0, 0, time.UTC)
	at := func(after time.Duration, l catalog.Listing, want catalog.Status) catalog.Run {
		t.Helper()
		r, err := s.Record(ctx, catalog.Run{StartedAt: start.Add(after), FinishedAt: start.Add(after), Trigger: catalog.Manual, Partition: "aws"}, []catalog.Listing{l})
		if err != nil || r.Status != want {
			t.Fatalf("after %s: %s, %v, want %s", after, r.Status, err, want)
		}
		return r
	}
	at(0, many, catalog.RunComplete)
	for i := range 4 {
		at(24*time.Hour+time.Duration(i)*time.Second, few, catalog.RunPartial)
	}
	at(48*time.Hour, few, catalog.RunPartial)
	believed := at(72*time.Hour, few, catalog.RunComplete)
	snapshot, err := s.Snapshot(ctx, believed.ID)
	if err != nil {
		t.Fatal(err)
	}
	if state := snapshot.Scope(models); len(state.Items) != 1 || len(state.Gone) != 25 {
		t.Errorf("%d items and %d gone", len(state.Items), len(state.Gone))
	}
	if err := s.Verify(ctx, believed.ID); err != nil {
		t.Error(err)
	}
}

// The first bad run is found, and the history can go back to the one before it.
func TestRepair(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	for n := 1; n <= 4; n++ {
		record(t, s, run(n), crashListings(n)...)
	}
	if bad, err := s.FirstBad(ctx); bad != 0 || err != nil {
		t.Fatalf("FirstBad = %d, %v", bad, err)
	}
	close(t, s)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`DELETE FROM item_changes WHERE run_id = 3 AND item_id = (SELECT min(item_id) FROM item_changes WHERE run_id = 3)`); err != nil {
		t.Fatal(err)
	}
	db.Close()

	s = open(t, path)
	defer s.Close()
	if bad, err := s.FirstBad(ctx); bad != 3 || err != nil {
		t.Fatalf("FirstBad = %d, %v; want 3", bad, err)
	}
	_, err = s.Rewind(ctx, 3)
	wantError(t, err, new(*store.DigestError), path)
	_, err = s.Rewind(ctx, 9)
	wantError(t, err, new(*store.NoRunError), path)
	kept, err := s.Rewind(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if bad, err := s.FirstBad(ctx); bad != 0 || err != nil {
		t.Errorf("FirstBad after the repair = %d, %v", bad, err)
	}
	if err := s.Check(ctx, true); err != nil {
		t.Error(err)
	}
	if got := record(t, s, run(5), crashListings(5)...); got.ID != 5 {
		t.Errorf("the next run has ID %d: IDs must not be used twice", got.ID)
	}
	if before, err := openReader(t, kept).Recorded(ctx); before != 4 || err != nil {
		t.Errorf("the copy holds %d runs, %v", before, err)
	}
}

// A lock file that a first run left never looks like that of a lost history, at
// whatever moment the run was killed: it is not empty from the start.
func TestLockFileOfAFirstRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	lock, err := store.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(read(t, path+".lock")); !strings.HasSuffix(text, " new\n") {
		t.Errorf("the lock file holds %q", text)
	}
	if left, err := filepath.Glob(path + ".lock.*"); err != nil || len(left) > 0 {
		t.Errorf("left beside it: %q, %v", left, err)
	}
	// The run is killed: its lock file stays.
	copied := filepath.Join(t.TempDir(), "history.db")
	if err := os.WriteFile(copied+".lock", read(t, path+".lock"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Acquire(copied)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Release()
	if again.Known() || !again.Interrupted() {
		t.Errorf("known %t, interrupted %t", again.Known(), again.Interrupted())
	}
}

// A first run that failed as it made the file leaves an empty one, which the next
// run takes for what it is.
func TestFailedFirstRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	lock, err := store.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if lock, err = store.Acquire(path); err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if lock.Known() || !lock.Interrupted() {
		t.Errorf("known %t, interrupted %t", lock.Known(), lock.Interrupted())
	}
}

// A history that was lost or truncated stays lost, however often a run is refused
// because of it: a refusal leaves no trace of a new one.
func TestRefusalLeavesTheLock(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"removed":              func(path string) error { return os.Remove(path) },
		"truncated":            func(path string) error { return os.Truncate(path, 0) },
		"truncated, lock gone": func(path string) error { return errors.Join(os.Truncate(path, 0), os.Remove(path+".lock")) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			lock, err := store.Acquire(path)
			if err != nil {
				t.Fatal(err)
			}
			close(t, open(t, path))
			if err := errors.Join(lock.Release(), harm(path)); err != nil {
				t.Fatal(err)
			}
			for try := range 3 {
				lock, err := store.Acquire(path)
				if err != nil {
					t.Fatal(err)
				}
				if lock.Interrupted() || name == "removed" && !lock.Known() {
					t.Errorf("try %d: known %t, interrupted %t", try, lock.Known(), lock.Interrupted())
				}
				if err := lock.Release(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
