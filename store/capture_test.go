package store_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/store"
)

// TestRecordings records real listings, folder by folder, and reads every one
// of them back. It needs a directory of recorded AWS CLI output, one folder a
// moment and in it one a region, in SNAPSHOTTER_CAPTURES.
func TestRecordings(t *testing.T) {
	root := os.Getenv("SNAPSHOTTER_CAPTURES")
	if root == "" {
		t.Skip("SNAPSHOTTER_CAPTURES is not set")
	}
	folders, err := filepath.Glob(filepath.Join(root, "20*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no recordings in %s: %v", root, err)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	var listings [][]catalog.Listing
	for _, folder := range folders {
		at, err := time.Parse("2006-01-02T15-04-05Z", filepath.Base(folder))
		if err != nil {
			t.Fatal(err)
		}
		listings = append(listings, readFolder(t, folder))
		record(t, s, catalog.Run{StartedAt: at, FinishedAt: at, Trigger: catalog.Import, Partition: "aws"}, listings[len(listings)-1]...)
	}
	for i, want := range listings {
		checkRecording(t, s, int64(i+1), want)
	}
	close(t, s)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d recordings in %d kB, rows %v", len(folders), info.Size()/1000, rows(t, path))
}

func readFolder(t *testing.T, folder string) []catalog.Listing {
	t.Helper()
	var listings []catalog.Listing
	for kind, name := range map[catalog.Kind]string{
		catalog.KindFoundationModel:  "foundation-models.json",
		catalog.KindInferenceProfile: "inference-profiles.json",
	} {
		files, err := filepath.Glob(filepath.Join(folder, "*", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			scope := catalog.Scope{Region: filepath.Base(filepath.Dir(file)), Kind: kind}
			page, err := catalog.ParsePage(scope, read(t, file))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			items, err := catalog.Collect(page)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			listings = append(listings, listed(scope, items...))
		}
	}
	slices.SortFunc(listings, catalog.CompareListings)
	return listings
}

func checkRecording(t *testing.T, s *store.Store, id int64, want []catalog.Listing) {
	t.Helper()
	snapshot, err := s.Snapshot(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, listing := range want {
		state := snapshot.Scope(listing.Scope)
		if state == nil || !state.Fresh() {
			t.Errorf("as of run %d %v is %v, want it read whole", id, listing.Scope, state)
			continue
		}
		if d := cmp.Diff(listing.Items, state.Items); d != "" {
			t.Errorf("as of run %d, %v (-want +got):\n%s", id, listing.Scope, d)
		}
	}
	if err := s.Verify(context.Background(), id); err != nil {
		t.Error(err)
	}
}
