package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A write that fails leaves the old file and no temporary one.
func TestWriteKeepsTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "latest.md")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := fmt.Errorf("disk full")
	if err := Write(path, func(w io.Writer) error { fmt.Fprint(w, "half"); return broken }); err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if data, _ := os.ReadFile(path); string(data) != "old" || len(entries) != 1 {
		t.Errorf("left %q and %d files, want the old one alone", data, len(entries))
	}
}

// A link, a pipe or a device that a user names stays one.
func TestWriteTo(t *testing.T) {
	dir := t.TempDir()
	file, link, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "pipe")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink("file", link), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	write := func(path string) error {
		return WriteTo(path, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err })
	}
	if err := write(link); err != nil {
		t.Error(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	info, err = os.Stat(file)
	if text, _ := os.ReadFile(file); err != nil || string(text) != "new" || info.Mode().Perm() != 0o600 {
		t.Errorf("the link leads to %q with mode %v, %v", text, info.Mode(), err)
	}

	read := make(chan string)
	go func() {
		text, _ := os.ReadFile(pipe)
		read <- string(text)
	}()
	if err := write(pipe); err != nil {
		t.Error(err)
	}
	if text := <-read; text != "new" {
		t.Errorf("the pipe took %q", text)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v", info, err)
	}
	if err := write(dir); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory is written with %v", err)
	}
}

// A new file has the mode that the umask leaves, a replaced one its own.
func TestModeOfFile(t *testing.T) {
	before := syscall.Umask(0o027)
	defer syscall.Umask(before)
	path := filepath.Join(t.TempDir(), "report.md")
	write := func() os.FileMode {
		t.Helper()
		if err := Write(path, func(w io.Writer) error { _, err := io.WriteString(w, "text"); return err }); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if mode := write(); mode != 0o640 {
		t.Errorf("a new file has mode %o", mode)
	}
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	if mode := write(); mode != 0o604 {
		t.Errorf("the file has mode %o now", mode)
	}
}
