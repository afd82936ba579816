//go:build linux

package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"snapshotter/store"
)

// powerless runs a test on path in a process that may write nothing there, and
// returns what it printed.
func powerless(t *testing.T, test, path string) string {
	t.Helper()
	command := child(t, test, path)
	command.Path = "/proc/self/exe" // another user may not find the way to the binary
	if os.Geteuid() == 0 {
		nobody := syscall.Credential{Uid: 65534, Gid: 65534}
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &nobody}
	} else {
		chmod(t, filepath.Dir(path), 0o555)
		defer chmod(t, filepath.Dir(path), 0o755)
	}
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return string(output)
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// visible is a directory that another user can look into.
func visible(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	chmod(t, directory, 0o755)
	chmod(t, filepath.Dir(directory), 0o755)
	return directory
}

// copyTo copies a database, and its log if it has one, into a directory.
func copyTo(t *testing.T, directory, path string) string {
	t.Helper()
	target := filepath.Join(directory, "history.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, target+suffix, string(data))
	}
	return target
}

func TestReadOnlyDirectory(t *testing.T) {
	logged := recorded(t)
	record(t, open(t, logged), run(1), listed(models)) // left open: this run is in the log alone
	for name, test := range map[string]struct {
		path func(t *testing.T) string
		test string
		want string
	}{
		"read": {func(t *testing.T) string { return copyTo(t, visible(t), recorded(t)) }, "TestPrintRuns", "1 runs, <nil>"},
		"read beside a writer": {func(t *testing.T) string {
			path := copyTo(t, visible(t), recorded(t))
			record(t, open(t, path), run(1), listed(models))
			return path
		}, "TestPrintRuns", "2 runs, <nil>"},
		"read an empty log": {func(t *testing.T) string {
			path := copyTo(t, visible(t), recorded(t))
			write(t, path+"-wal", "")
			return path
		}, "TestPrintRuns", "1 runs, <nil>"},
		"read a log": {func(t *testing.T) string { return copyTo(t, visible(t), logged) }, "TestPrintRuns", "a write was interrupted"},
		"write":      {func(t *testing.T) string { return copyTo(t, visible(t), recorded(t)) }, "TestPrintOpen", "the database cannot be"},
		"create":     {func(t *testing.T) string { return filepath.Join(visible(t), "history.db") }, "TestPrintOpen", "the database cannot be"},
		"lock":       {func(t *testing.T) string { return filepath.Join(visible(t), "history.db") }, "TestPrintAcquire", "permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := powerless(t, test.test, test.path(t)); !strings.Contains(got, test.want) {
				t.Errorf("printed %q, want %q", got, test.want)
			}
		})
	}
}

func TestPrintRuns(t *testing.T) {
	s, err := store.OpenReader(context.Background(), childPath(t))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	runs, err := s.Runs(context.Background())
	fmt.Printf("%d runs, %v\n", len(runs), err)
}

func TestPrintOpen(t *testing.T) {
	_, err := store.Open(context.Background(), childPath(t))
	fmt.Println(err)
}

func TestPrintAcquire(t *testing.T) {
	_, err := store.Acquire(childPath(t))
	fmt.Println(err)
}
