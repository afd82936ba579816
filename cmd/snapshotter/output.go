package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// writeOutput writes to the file, device or pipe that a user named. A link stays,
// and what it leads to is written; a file is replaced whole, see
// [writeAtomically].
func writeOutput(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case err != nil || info.Mode().IsRegular():
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
		return writeAtomically(path, write)
	case info.IsDir():
		return errors.New("it is a directory: name a file in it")
	}
	// Nothing but the device itself can take what is written: to replace it by a
	// file would take it away from everybody.
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

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
	if err := file.Chmod(modeOf(path)); err != nil {
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

// modeOf is that of the file at path or, where there is none, what any reader
// may read.
func modeOf(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

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
