package state

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/internal/atomicfile"
	"snapshotter/internal/buckettest"
	"snapshotter/store"
)

// Both kinds of history behave alike, but for where the run is in between.
var kinds = map[string]func(t *testing.T) *History{
	"file": func(t *testing.T) *History {
		return newHistory(t, filepath.Join(t.TempDir(), "history.db"), aws.Config{})
	},
	"object": func(t *testing.T) *History {
		return newHistory(t, "s3://"+here.Bucket+"/"+here.Key, start(t).Config())
	},
}

func newHistory(t *testing.T, name string, cfg aws.Config) *History {
	t.Helper()
	h, err := NewHistory(name, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// inTemp makes a directory the temporary one and checks at the end that nothing
// is left in it.
func inTemp(t *testing.T) {
	t.Helper()
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Cleanup(func() {
		if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
}

// failure records a failed run, the smallest there is.
func failure(s *Session) error {
	_, err := s.DB.RecordFailure(context.Background(), catalog.Run{Trigger: catalog.Manual})
	return err
}

func count(ctx context.Context, read func(context.Context, func(*store.Store) error) error) (n int, err error) {
	err = read(ctx, func(db *store.Store) error {
		runs, err := db.Runs(ctx)
		n = len(runs)
		return err
	})
	return n, err
}

func TestHistory(t *testing.T) {
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			inTemp(t)
			h := open(t)
			if _, err := count(t.Context(), h.Read); !missingHistory(err) {
				t.Errorf("read before the first write: %v", err)
			}
			for want := 1; want <= 2; want++ {
				if err := h.Write(t.Context(), failure); err != nil {
					t.Fatal(err)
				}
				if n, err := count(t.Context(), h.Read); n != want || err != nil {
					t.Errorf("%d runs, want %d: %v", n, want, err)
				}
			}
			if err := h.Prepare(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func missingHistory(err error) bool {
	_, missing := errors.AsType[*store.NotFoundError](err)
	return missing
}

// What a failed use wrote to a copy is not saved, and an object that did not
// exist is named.
func TestWriteFails(t *testing.T) {
	inTemp(t)
	h, problem := kinds["object"](t), errors.New("a problem")
	err := h.Write(t.Context(), func(s *Session) error {
		if want := "s3://" + here.Bucket + "/" + here.Key; s.NewAt() != want {
			t.Errorf("new at %q, want %q", s.NewAt(), want)
		}
		return errors.Join(failure(s), problem)
	})
	if !errors.Is(err, problem) {
		t.Errorf("error %v", err)
	}
	if _, err := count(t.Context(), h.Read); !missingHistory(err) {
		t.Errorf("saved all the same: %v", err)
	}
}

// Prepare leaves a history in S3 to the first run.
func TestPrepare(t *testing.T) {
	inTemp(t)
	object := kinds["object"](t)
	if err := object.Prepare(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := count(t.Context(), object.Read); !missingHistory(err) {
		t.Errorf("began a history: %v", err)
	}
	file := kinds["file"](t)
	if err := file.Prepare(t.Context()); err != nil || !atomicfile.Exists(file.path) {
		t.Errorf("no file: %v", err)
	}
}

func TestOpenIsRefusedByTheLock(t *testing.T) {
	h := kinds["file"](t)
	session, err := h.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	second, err := h.Open(t.Context())
	if _, locked := errors.AsType[*store.LockedError](err); !locked || second != nil {
		t.Errorf("opened twice: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// An upload that is interrupted leaves the copy, and the error says where it is.
func TestSaveIsInterrupted(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	session, err := kinds["object"](t).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := failure(session); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err = session.Save(ctx)
	unsaved, ok := errors.AsType[*SaveError](err)
	if !ok || !errors.Is(err, context.Canceled) || session.DB != nil {
		t.Fatalf("error %v", err)
	}
	if err := session.Save(t.Context()); err != nil {
		t.Errorf("a second save: %v", err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if !atomicfile.Exists(unsaved.Path) || filepath.Dir(filepath.Dir(unsaved.Path)) != tmp {
		t.Errorf("the copy is not at %s", unsaved.Path)
	}
}

// A mirror follows the history, and shows nothing of one that was deleted.
func TestMirror(t *testing.T) {
	inTemp(t)
	s := start(t)
	h := newHistory(t, "s3://"+here.Bucket+"/"+here.Key, s.Config())
	var m Mirror
	runs := func() (int, error) {
		return count(t.Context(), func(ctx context.Context, use func(*store.Store) error) error { return m.Read(ctx, h, use) })
	}
	for range 2 {
		if _, err := runs(); !missingHistory(err) {
			t.Errorf("no history: %v", err)
		}
	}
	for want := 1; want <= 2; want++ {
		if err := h.Write(t.Context(), failure); err != nil {
			t.Fatal(err)
		}
		if n, err := runs(); n != want || err != nil {
			t.Errorf("%d runs, want %d: %v", n, want, err)
		}
	}
	s.At(buckettest.OnlyFor("GET", 0, buckettest.Refuse(403, "AccessDenied", "not again")))
	if n, err := runs(); n != 2 || err != nil {
		t.Errorf("fetched what had not changed: %d runs, %v", n, err)
	}
	s.At(buckettest.Refuse(403, "AccessDenied", "no"))
	if _, err := runs(); err == nil {
		t.Error("no error while S3 refuses")
	}
	s.At(nil)
	s.Remove(t, here.Key, "")
	if _, err := runs(); err == nil {
		t.Error("shows a history that was deleted")
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

func TestMirrorOfAFile(t *testing.T) {
	h := kinds["file"](t)
	if err := h.Write(t.Context(), failure); err != nil {
		t.Fatal(err)
	}
	var m Mirror
	n, err := count(t.Context(), func(ctx context.Context, use func(*store.Store) error) error { return m.Read(ctx, h, use) })
	if n != 1 || err != nil {
		t.Errorf("%d runs: %v", n, err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

func TestReportsAnywhere(t *testing.T) {
	for name, cfg := range map[string]aws.Config{
		filepath.Join(t.TempDir(), "reports", "of", "mine"): {},
		"s3://" + here.Bucket + "/reports":                  start(t).Config(),
	} {
		r, err := NewReports(name, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if want := name + "/latest.md"; r.Locate("latest.md") != want {
			t.Errorf("located at %s, want %s", r.Locate("latest.md"), want)
		}
		if has, err := r.Has(t.Context(), "latest.md"); has || err != nil {
			t.Errorf("%s: has a report before the first: %v", name, err)
		}
		for _, text := range []string{"one", "two"} {
			if err := r.Put(t.Context(), "latest.md", []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if has, err := r.Has(t.Context(), "latest.md"); !has || err != nil {
			t.Errorf("%s: has no report: %v", name, err)
		}
	}
	if _, err := NewReports("s3://B/", aws.Config{}); err == nil {
		t.Error("took an invalid bucket")
	}
	if _, err := NewHistory("s3://bucket/", aws.Config{}); err == nil {
		t.Error("took a URL without a key")
	}
}

// Put removes the temporary files of interrupted writes, and nothing else.
func TestPutRemovesParts(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".latest.md.123", ".latest.md.456", ".notes"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := NewReports(dir, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Put(t.Context(), "latest.md", []byte("new")); err != nil {
		t.Fatal(err)
	}
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if want := []string{".notes", "latest.md"}; !slices.Equal(names, want) {
		t.Errorf("the directory holds %q, want %q", names, want)
	}
}

func TestPutWhereAFileIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reports")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := NewReports(path, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	problem, ok := errors.AsType[*DirectoryError](r.Put(t.Context(), "latest.md", nil))
	if !ok || problem.Advice() == "" || problem.Error() == "" {
		t.Errorf("error %v", problem)
	}
}
