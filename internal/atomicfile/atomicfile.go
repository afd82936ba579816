// Package atomicfile writes files that are complete or not there at all.
//
// It guarantees that a path holds either what it held before or everything that
// was written, whatever happens in between, power loss included. It refuses to
// replace a device or a pipe by a file.
package atomicfile

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// WriteTo writes to the file, device or pipe that a user named. It follows a
// symbolic link and replaces the file atomically, see [Write].
func WriteTo(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case err != nil || info.Mode().IsRegular():
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
		return Write(path, write)
	case info.IsDir():
		return errors.New("is a directory: name a file in it")
	}
	// Renaming a file over a device would take the device away from everybody.
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// Write replaces the file at path with what write writes, or leaves it as it
// was. It writes a temporary file in the same directory, syncs it, renames it,
// and syncs the directory so that the rename survives a power loss. A new file has
// the mode that the user's umask leaves; one that is replaced keeps its own.
func Write(path string, write func(io.Writer) error) error {
	return place(path, 0o666, write, os.Rename)
}

// Create is [Write] of a file that must not exist: the error is [fs.ErrExist] if it
// does, even if another program created it meanwhile. The user's umask limits its mode.
func Create(path string, mode fs.FileMode, write func(io.Writer) error) error {
	return place(path, mode, write, func(part, path string) error {
		if err := os.Link(part, path); err != nil {
			return err
		}
		return os.Remove(part)
	})
}

// place writes a temporary file and puts it in its place with move.
func place(path string, mode fs.FileMode, write func(io.Writer) error, move func(part, path string) error) (err error) {
	file, err := createPart(path, mode)
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
	if info, err := os.Stat(path); err == nil {
		if err := file.Chmod(info.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := move(file.Name(), path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// partPrefix starts the names of path's temporary files.
func partPrefix(path string) string { return "." + filepath.Base(path) + "." }

// createPart creates a temporary file of path, with what the user's umask leaves of a
// mode.
func createPart(path string, mode fs.FileMode) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(path), partPrefix(path)+strconv.FormatUint(uint64(rand.Uint32()), 10))
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
}

// RemoveParts removes temporary files left by interrupted writes of path. The
// caller makes sure that nobody is writing it.
func RemoveParts(path string) error {
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

// MakeDirectory creates a directory and its missing parents, and syncs the
// parent of each, so that the new directories survive a power loss.
func MakeDirectory(path string) error {
	if Exists(path) {
		return os.MkdirAll(path, 0o755) // fails if path is not a directory
	}
	if err := MakeDirectory(filepath.Dir(path)); err != nil {
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

// Exists reports whether there is something at path.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
