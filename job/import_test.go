package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/state"
)

// captures writes a capture of one model for each name and returns the folders.
func captures(t *testing.T, names ...string) []string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		dir := filepath.Join(root, name, "eu-west-1")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for file, text := range map[string]string{
			"foundation-models.json":  `{"modelSummaries": [{"modelId": "maker.one"}]}`,
			"inference-profiles.json": `{"inferenceProfileSummaries": []}`,
		} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	folders, err := capture.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

// imports imports folders and returns what was observed.
func (w *world) imports(folders []string) (seen []string, err error) {
	w.Helper()
	err = w.history.Write(w.Context(), func(s *state.Session) error {
		status, err := Import(w.Context(), s.DB, folders, "test", func(e Event) {
			switch e := e.(type) {
			case Imported:
				seen = append(seen, fmt.Sprintf("imported %s as run %d", filepath.Base(e.Capture.Path), e.Run.ID))
			case Skipped:
				seen = append(seen, fmt.Sprintf("skipped %s, run %d", filepath.Base(e.Capture.Path), e.Run.ID))
			}
		})
		if status != catalog.RunComplete {
			w.Errorf("status %s", status)
		}
		return err
	})
	return seen, err
}

func TestImport(t *testing.T) {
	w := onDisk(t)
	folders := captures(t, "2026-02-18", "2026-02-08")
	for _, want := range [][]string{
		{"imported 2026-02-08 as run 1", "imported 2026-02-18 as run 2"},
		{"skipped 2026-02-08, run 1", "skipped 2026-02-18, run 2"},
	} {
		if got, err := w.imports(folders); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, want %q: %v", got, want, err)
		}
	}
	got, err := w.imports(captures(t, "2026-02-01", "2026-03-01"))
	if old, ok := errors.AsType[*TooOldError](err); !ok || old.Newest.ID != 2 || len(got) > 0 {
		t.Errorf("an old capture: %q, %v", got, err)
	}
	w.wantDays(8, 18)

	// Imported runs are not announced, and have no report of their own.
	w.run(1)
	w.wantSent(1)
	w.wantReports(1)
}
