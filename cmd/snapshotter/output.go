package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// writeAtomically leaves at path either what was there or all that write
// writes, whatever happens in between: written beside it, synced, renamed, and
// the directory synced so that the rename stays.
func writeAtomically(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), partPrefix(path)+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := file.Chmod(0o644); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// partPrefix begins the name of what is written beside path until it is whole.
func partPrefix(path string) string { return "." + filepath.Base(path) + "." }

// removeParts removes what writers of path that were cut off left beside it. The
// caller makes sure that nobody else is writing it.
func removeParts(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), partPrefix(path)) {
			if err := os.Remove(filepath.Join(filepath.Dir(path), entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeDirectory makes a directory where there is none, and syncs the one that it
// is in, so that what is written there later stays.
func makeDirectory(path string) error {
	if exists(path) {
		return os.MkdirAll(path, 0o755) // refuses what is no directory
	}
	if err := makeDirectory(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
