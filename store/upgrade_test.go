package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/store"
)

const oldRuns = 3

// oldDatabase is a history that a program recorded which knew the first version
// of the schema, and nothing later.
func oldDatabase(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	for n := 1; n <= oldRuns; n++ {
		record(t, s, run(n), crashListings(n)...)
	}
	if _, err := s.RecordFailure(ctx, run(oldRuns+1)); err != nil {
		t.Fatal(err)
	}
	close(t, s)
	// What later migrations added is taken away again.
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`
		DROP VIEW impact; DROP VIEW resources;
		DROP TABLE deliveries; DROP TABLE notify_state; DROP TABLE suspicions; DROP TABLE binding;
		DELETE FROM goose_db_version WHERE version_id > 1;
		PRAGMA wal_checkpoint(TRUNCATE)`)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func wantVersion(t *testing.T, path string, want ...int64) int64 {
	t.Helper()
	s, err := store.OpenAsItIs(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	version, err := s.Version(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if version == w {
			return version
		}
	}
	t.Fatalf("the schema has version %d, want one of %v", version, want)
	return 0
}

// checkOldRuns checks that all that the old program recorded is there, whole.
func checkOldRuns(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := context.Background()
	runs, err := s.Runs(ctx)
	if err != nil || len(runs) != oldRuns+1 || runs[oldRuns].Status != catalog.RunFailed {
		t.Fatalf("Runs() = %v, %v; want %d and a failed one", runs, err, oldRuns)
	}
	for n := 1; n <= oldRuns; n++ {
		snapshot, err := s.Snapshot(ctx, int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(crashListings(n)[0].Items, snapshot.Scopes[0].Items); d != "" {
			t.Errorf("as of run %d (-want +got):\n%s", n, d)
		}
		if err := s.Verify(ctx, int64(n)); err != nil {
			t.Error(err)
		}
	}
}

func TestUpgradeLosesNothing(t *testing.T) {
	ctx := context.Background()
	path := oldDatabase(t)
	before := read(t, path)
	_, err := store.OpenReader(ctx, path)
	wantError(t, err, new(*store.OlderError), path)
	if !bytes.Equal(read(t, path), before) {
		t.Error("a reader changed the file")
	}

	s := open(t, path)
	checkOldRuns(t, s)
	if claimed, err := claim(s, "c1", oldRuns); err != nil || !claimed {
		t.Errorf("Claim of an old run: %v, %v", claimed, err)
	}
	record(t, s, run(oldRuns+2), crashListings(oldRuns+1)...)
	close(t, s)
	wantVersion(t, path, 4)
	checkIntegrity(t, path)
	if err := openReader(t, path).Verify(ctx, oldRuns+2); err != nil {
		t.Error(err)
	}
}

// TestKillUpgrade kills a process that brings the schema up to date, at several
// moments, and each time finds the old schema or the new one, with all runs.
func TestKillUpgrade(t *testing.T) {
	old := oldDatabase(t)
	for written := range int64(8) {
		path := copyOf(t, old)
		upgrader := child(t, "TestUpgradeUntilKilled", path)
		output := start(t, upgrader)
		await(t, output, "begin")
		ended := make(chan struct{}, 1)
		go func() {
			defer func() { ended <- struct{}{} }()
			output.ReadString('\n') // it is done, or was killed
		}()
		waitForLog(path, written*4096, ended)
		upgrader.Process.Kill()
		upgrader.Wait()

		version := wantVersion(t, path, 1, 2, 3, 4)
		if version < 4 {
			if _, err := store.OpenReader(context.Background(), path); !errors.As(err, new(*store.OlderError)) {
				t.Errorf("OpenReader: %v, want that it is older", err)
			}
		}
		s := open(t, path)
		checkOldRuns(t, s)
		close(t, s)
		wantVersion(t, path, 4)
		checkIntegrity(t, path)
	}
}

// waitForLog waits until the write-ahead log holds size bytes, or until ended.
func waitForLog(path string, size int64, ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		default:
		}
		if info, err := os.Stat(path + "-wal"); size == 0 || err == nil && info.Size() >= size {
			return
		}
	}
}

func TestUpgradeUntilKilled(t *testing.T) {
	path := childPath(t)
	fmt.Println("begin")
	if _, err := store.Open(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	fmt.Println("done")
	select {} // until it is killed
}
