package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/store"
)

// exported holds an export to its promise: imported into a new database, it is
// the same catalogue, with the same digest, and every list is known as of the
// time it was read.
func (h *history) exported(path string, run int64) {
	h.t.Helper()
	dir := h.t.TempDir()
	folders, again := filepath.Join(dir, "out"), filepath.Join(dir, "again.db")
	command(h.t, "export", "--db", path, "--out", folders)
	command(h.t, "import", "--db", again, folders)
	want, wantDigest := confirmedLists(h.t, path)
	got, gotDigest := confirmedLists(h.t, again)
	if d := cmp.Diff(want, got); d != "" {
		h.t.Errorf("run %d is imported otherwise than it was exported: %s", run, d)
	}
	if gotDigest != wantDigest {
		h.t.Errorf("run %d has digest %s, its import %s", run, wantDigest, gotDigest)
	}
}

// reading is what a list held when it was last read whole.
type reading struct {
	At    string
	Items []string
}

func confirmedLists(t *testing.T, path string) (map[string]reading, string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	last, err := db.Latest(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := db.Snapshot(ctx, last.ID)
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]reading{}
	for _, scope := range snapshot.Scopes {
		if !scope.Observed() {
			continue
		}
		read := reading{At: scope.Confirmed.At.Format(time.RFC3339Nano)}
		for _, item := range scope.Items {
			read.Items = append(read.Items, string(catalog.Encode(item)))
		}
		lists[scope.Region+" "+string(scope.Kind)] = read
	}
	return lists, last.Digest
}

// TestRecordingsAreExportedAsTheyWere imports recordings, exports the last
// run, and imports it again.
func TestRecordingsAreExportedAsTheyWere(t *testing.T) {
	t.Parallel()
	captures := os.Getenv("SNAPSHOTTER_CAPTURES")
	if captures == "" {
		t.Skip("SNAPSHOTTER_CAPTURES names no folder of recordings")
	}
	path := filepath.Join(t.TempDir(), "snapshotter.db")
	command(t, "import", "--db", path, captures)
	(&history{t: t}).exported(path, 0)
}
