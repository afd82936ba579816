package capture

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

// carried is a catalogue in which one list could not be read by the last run,
// and one never was.
func carried() *catalog.Snapshot {
	before := catalog.RunRef{ID: 1, At: time.Date(2026, 2, 8, 7, 6, 8, 0, time.UTC)}
	last := catalog.RunRef{ID: 2, At: time.Date(2026, 2, 9, 7, 6, 8, 250e6, time.UTC)}
	one := []catalog.Item{&catalog.FoundationModel{ID: "maker.one"}}
	return &catalog.Snapshot{
		Run: catalog.Run{ID: 2, StartedAt: last.At},
		Scopes: []catalog.ScopeState{
			{Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindFoundationModel}, Outcome: catalog.Complete, Confirmed: &last, Items: one},
			{Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindInferenceProfile}, Outcome: catalog.Complete, Confirmed: &last},
			{Scope: catalog.Scope{Region: "us-east-1", Kind: catalog.KindFoundationModel}, Outcome: catalog.Throttled, Confirmed: &before, Items: one},
			{Scope: catalog.Scope{Region: "us-east-1", Kind: catalog.KindInferenceProfile}, Outcome: catalog.Denied},
		},
	}
}

// tree lists the files below dir, by their path in it.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path, err = filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWritePutsEachListAtTheTimeItWasRead(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	folders, err := Write(dir, carried())
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != 2 || folders[0].Run.ID != 1 || folders[0].Items != 1 || folders[1].Run.ID != 2 || len(folders[1].Scopes) != 2 {
		t.Errorf("folders %+v", folders)
	}
	want := []string{
		"2026-02-08T07-06-08Z/us-east-1/foundation-models.json",
		"2026-02-09T07-06-08.25Z/eu-west-1/foundation-models.json",
		"2026-02-09T07-06-08.25Z/eu-west-1/inference-profiles.json",
	}
	if got := tree(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %s", cmp.Diff(want, got))
	}
	for _, folder := range folders {
		read, err := Read(filepath.Join(dir, folder.Name))
		if err != nil {
			t.Fatal(err)
		}
		if !read.At.Equal(folder.Run.At) {
			t.Errorf("%s reads as %v, want %v", folder.Name, read.At, folder.Run.At)
		}
	}
	if entries, _ := os.ReadDir(parent); len(entries) != 1 {
		t.Errorf("left %v beside the export", entries)
	}
}

func TestWriteRefusesToMix(t *testing.T) {
	dir := write(t, map[string]string{"mine.txt": "mine"})
	if _, err := Write(dir, carried()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want that it exists", err)
	}
	if got := tree(t, dir); !slices.Equal(got, []string{"mine.txt"}) {
		t.Errorf("left %v", got)
	}
	if _, err := Write(t.TempDir(), carried()); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestWriteOfNothingMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := carried()
	s.Scopes = s.Scopes[3:]
	if folders, err := Write(dir, s); len(folders) != 0 || err != nil {
		t.Errorf("got %v, %v", folders, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it was made: %v", err)
	}
}

// A write that fails half way leaves nothing that could be imported.
func TestWriteThatFailsLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	s := carried()
	s.Scopes[0].Region = "x/\x00" // no file system takes it
	if _, err := Write(filepath.Join(parent, "out"), s); err == nil {
		t.Fatal("no error")
	}
	if entries, _ := os.ReadDir(parent); len(entries) != 0 {
		t.Errorf("left %v", entries)
	}
}
