package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
				for _, scope := range e.Better {
					seen = append(seen, fmt.Sprintf("now readable: %s %s", scope.Region, scope.Kind))
				}
			}
		})
		w.imported = status
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

// A time is not an identity: what a folder holds is compared with what was recorded
// of its time.
func TestImportAgain(t *testing.T) {
	const (
		models   = "foundation-models.json"
		profiles = "inference-profiles.json"
		broken   = `{"modelSummaries": [{`
		one      = `{"modelSummaries": [{"modelId": "maker.one"}]}`
		two      = `{"modelSummaries": [{"modelId": "maker.one"}, {"modelId": "maker.two"}]}`
		more     = `{"modelSummaries": [{"modelId": "maker.one", "modelName": "One"}]}`
	)
	place := func(folders []string, n int, file, text string) {
		if err := os.WriteFile(filepath.Join(folders[n], "eu-west-1", file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := func(w *world, folders []string, status catalog.Status, want ...string) {
		t.Helper()
		got, err := w.imports(folders)
		if err != nil || !slices.Equal(got, want) || w.imported != status {
			t.Errorf("%q, %s, %v; want %q, %s", got, w.imported, err, want, status)
		}
	}
	refused := func(w *world, folders []string, target any, part string) {
		t.Helper()
		got, err := w.imports(folders)
		if !errors.As(err, target) || !strings.Contains(err.Error(), part) || strings.Contains(strings.Join(got, " "), "imported") {
			t.Errorf("%q, %v; want an error with %q, and nothing recorded", got, err, part)
		}
	}

	t.Run("the newest, mended", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08", "2026-02-18")
		place(folders, 1, models, broken)
		want(w, folders, catalog.RunPartial, "imported 2026-02-08 as run 1", "imported 2026-02-18 as run 2")
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1", "skipped 2026-02-18, run 2")
		place(folders, 1, models, two)
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1", "imported 2026-02-18 as run 3")
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1", "skipped 2026-02-18, run 3")
	})
	t.Run("an older one, mended", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08", "2026-02-18")
		place(folders, 0, models, broken)
		want(w, folders, catalog.RunPartial, "imported 2026-02-08 as run 1", "imported 2026-02-18 as run 2")
		place(folders, 0, models, one)
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1", "now readable: eu-west-1 foundation-model", "skipped 2026-02-18, run 2")
	})
	t.Run("with other content", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08", "2026-02-18")
		want(w, folders, catalog.RunComplete, "imported 2026-02-08 as run 1", "imported 2026-02-18 as run 2")
		for n := range folders {
			place(folders, n, models, two)
			refused(w, folders, new(*OtherContentError), "these differ: eu-west-1/foundation-models.json; nothing was imported")
			place(folders, n, models, one)
		}
	})
	t.Run("with a field that was not recorded", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08")
		want(w, folders, catalog.RunComplete, "imported 2026-02-08 as run 1")
		place(folders, 0, models, more)
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1")
	})
	t.Run("with less", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08")
		want(w, folders, catalog.RunComplete, "imported 2026-02-08 as run 1")
		place(folders, 0, models, broken)
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1")
	})
	t.Run("a loss that is not believed yet", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08", "2026-02-18")
		place(folders, 1, models, `{"modelSummaries": []}`)
		want(w, folders, catalog.RunPartial, "imported 2026-02-08 as run 1", "imported 2026-02-18 as run 2")
		want(w, folders, catalog.RunComplete, "skipped 2026-02-08, run 1", "skipped 2026-02-18, run 2")
	})
	t.Run("nothing readable", func(t *testing.T) {
		w, folders := onDisk(t), captures(t, "2026-02-08", "2026-02-18")
		place(folders, 1, models, broken)
		place(folders, 1, profiles, "Unable to locate credentials")
		refused(w, folders, new(*NothingReadError), "inference-profiles.json: line 1, column 1")
	})
	t.Run("two folders of one time", func(t *testing.T) {
		refused(onDisk(t), captures(t, "2026-02-08", "20260208"), new(*OtherContentError), "of the same time")
	})
}
