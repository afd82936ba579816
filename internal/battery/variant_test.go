//go:build battery

package battery

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// edit changes the text of one source file, by its path in the module. Where
// there is no old text the file is a new one.
type edit struct{ file, old, new string }

// onOneThread keeps the command's own goroutine, which alone touches files, on
// the process's first thread. strace counts calls by thread, so it counts them
// all, and the nth of one execution is the nth of the next.
var onOneThread = edit{"cmd/snapshotter/thread.go", "", `package main

import "runtime"

func init() { runtime.LockOSThread() }
`}

// built builds the command from edited source; the source itself stays.
func built(t *testing.T, edits ...edit) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapshotter")
	build := exec.Command("go", "build", "-overlay", overlay(t, edits...), "-o", path, "snapshotter/cmd/snapshotter")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the command as edited: %v\n%s", err, out)
	}
	return path
}

// overlay is a file that makes the go command read edited source.
func overlay(t *testing.T, edits ...edit) string {
	t.Helper()
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir, replaced := t.TempDir(), map[string]string{}
	for _, e := range edits {
		original := filepath.Join(module, e.file)
		changed := filepath.Join(dir, strings.ReplaceAll(e.file, "/", "-"))
		text := e.new
		if e.old != "" {
			text = e.applied(t, cmp.Or(replaced[original], original))
		}
		write(t, changed, text)
		replaced[original] = changed
	}
	list, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	write(t, path, string(list))
	return path
}

// applied is the text of the file after the edit. Text that does not stand there
// exactly once fails the test: the source has moved on, and the edit must too.
func (e edit) applied(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), e.old); n != 1 {
		t.Fatalf("%s has %q %d times, so it cannot be edited", e.file, e.old, n)
	}
	return strings.Replace(string(text), e.old, e.new, 1)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
