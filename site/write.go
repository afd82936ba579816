package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"snapshotter/catalog"
)

// NotASiteError means that a directory holds something else than a site.
type NotASiteError struct{ Dir string }

func (e *NotASiteError) Error() string {
	return e.Dir + " is not empty, and holds no site that was written before"
}

// Advice says how to go on.
func (e *NotASiteError) Advice() string { return "name another directory, or an empty one" }

// marker is a file that every site has.
const marker = "api/v1/index.json"

// Each makes every file that is chosen and calls use with it, in no order and so many
// at once.
func (s *Site) Each(ctx context.Context, atOnce int, chosen func(name string) bool, use func(name string, data []byte) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var working sync.WaitGroup
	for range atOnce {
		working.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(s.order) {
					return
				}
				if !chosen(s.order[i]) {
					continue
				}
				data, err := s.File(ctx, s.order[i])
				if err == nil {
					err = use(s.order[i], data)
				}
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	working.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// Write writes the site to a directory and replaces the one that was there: readers
// see the old site or the new one. Reports that the old one had, of runs that are still
// on record, stay.
func (s *Site) Write(ctx context.Context, dir string) (err error) {
	dir = filepath.Clean(dir)
	if err := usable(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }() // what it holds then: half a new site, or the old one
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	if err := s.makeFolders(fresh); err != nil {
		return err
	}
	all := func(string) bool { return true }
	if err := s.Each(ctx, runtime.GOMAXPROCS(0), all, func(name string, data []byte) error {
		return os.WriteFile(filepath.Join(fresh, filepath.FromSlash(name)), data, 0o644)
	}); err != nil {
		return err
	}
	if err := s.keep(dir, fresh); err != nil {
		return err
	}
	return swap(fresh, dir)
}

// usable refuses a directory of something else.
func usable(dir string) error {
	found, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(found) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(marker))); err != nil {
		return &NotASiteError{dir}
	}
	return nil
}

func (s *Site) makeFolders(root string) error {
	made := map[string]bool{}
	for _, name := range s.names {
		folder := filepath.Dir(filepath.Join(root, filepath.FromSlash(name)))
		if !made[folder] {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
			made[folder] = true
		}
	}
	return nil
}

// Permanent reports whether a file of an older site stays although this one does not
// make it: it belongs to the report of a run that is on record.
func (s *Site) Permanent(name string) bool {
	m := reportFile.FindStringSubmatch(name)
	return m != nil && slices.ContainsFunc(s.Runs, func(run catalog.Run) bool { return catalog.FileTime(run.StartedAt) == m[1] })
}

var reportFile = regexp.MustCompile(`^changes/(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)/(index\.html|report\.md|report\.json)$`)

// keep copies what stays of the old site.
func (s *Site) keep(old, fresh string) error {
	days, err := os.ReadDir(filepath.Join(old, "changes"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, day := range days {
		for _, file := range []string{"index.html", "report.md", "report.json"} {
			name := "changes/" + day.Name() + "/" + file
			if s.Has(name) || !s.Permanent(name) {
				continue
			}
			if err := copyFile(filepath.Join(old, filepath.FromSlash(name)), filepath.Join(fresh, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// swap puts a new directory in the place of an old one, which takes the place of the
// new one, if there is one.
func swap(fresh, dir string) error {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(fresh, dir)
	}
	if err := exchange(fresh, dir); err == nil || !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	old := fresh + ".old"
	if err := os.Rename(dir, old); err != nil {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.Rename(old, fresh)
}

// CacheControl is how long a file may be shown without asking whether it changed.
func CacheControl(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=3600"
	}
	return fmt.Sprintf("public, max-age=%d", 300)
}
