package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestCopyLicences(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"LICENSE", "license.go", "NOTICE.txt", "internal/x/LICENSE-MIT", "internal/x/x.go", "testdata/LICENSE", "COPYING", "licenses"} {
		path := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyLicences(from, to, false); err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := filepath.WalkDir(to, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			got = append(got, path[len(to)+1:])
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"COPYING", "LICENSE", "NOTICE.txt", "internal/x/LICENSE-MIT"}; !slices.Equal(got, want) {
		t.Errorf("copied %v, want %v", got, want)
	}
	if err := copyLicences(filepath.Join(from, "testdata", ".."), t.TempDir(), true); err != nil {
		t.Error(err)
	}
	if err := copyLicences(t.TempDir(), to, false); err == nil {
		t.Error("a module without a licence passes")
	}
}
