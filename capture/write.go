package capture

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"snapshotter/catalog"
)

// Folder is a dated folder that [Write] wrote.
type Folder struct {
	Name   string
	Run    catalog.RunRef // that read what it holds
	Scopes []catalog.Scope
	Items  int
}

// Write writes the catalogue as of a run so that [Read] reads the same back.
// Each scope goes into the folder of the run that last read it: a scope that
// the run itself could not read is in an older folder, so that it never looks
// freshly read. A scope that was never read is not written.
//
// It creates dir, which must be empty or missing, in one step: until then
// everything is in a hidden folder beside it, whose name is not that of a
// capture. It returns the folders, oldest first; if no scope was ever read it
// writes nothing and does not create dir.
func Write(dir string, s *catalog.Snapshot) ([]Folder, error) {
	folders := foldersOf(s)
	if len(folders) == 0 {
		return nil, nil
	}
	if err := free(dir); err != nil {
		return nil, err
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return nil, err
	}
	unfinished := filepath.Join(filepath.Dir(dir), ".unfinished-export."+strconv.FormatUint(rand.Uint64(), 10))
	if err := os.Mkdir(unfinished, 0o777); err != nil { // less what the umask takes
		return nil, err
	}
	defer os.RemoveAll(unfinished) // gone by then, if all went well
	root, err := os.OpenRoot(unfinished)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for _, folder := range folders {
		if err := folder.write(root, s); err != nil {
			return nil, err
		}
	}
	if err := syncFolder(unfinished); err != nil {
		return nil, err
	}
	return folders, put(unfinished, dir)
}

// free refuses a folder that is not empty: the export would be mixed with what
// it holds.
func free(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: %w", dir, fs.ErrExist)
	}
	return err
}

func put(unfinished, dir string) error {
	// Some systems do not rename onto an empty folder, and none removes a full
	// one.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(unfinished, dir); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

// foldersOf groups the scopes by the time when they were last read.
func foldersOf(s *catalog.Snapshot) []Folder {
	byName := map[string]*Folder{}
	for _, state := range s.Scopes {
		if !state.Observed() {
			continue
		}
		name := nameOf(state.Confirmed.At)
		if byName[name] == nil {
			byName[name] = &Folder{Name: name, Run: *state.Confirmed}
		}
		byName[name].Scopes = append(byName[name].Scopes, state.Scope)
		byName[name].Items += len(state.Items)
	}
	var folders []Folder
	for _, folder := range byName {
		folders = append(folders, *folder)
	}
	slices.SortFunc(folders, func(a, b Folder) int { return a.Run.At.Compare(b.Run.At) })
	return folders
}

// nameOf returns a folder name that folderTime reads as t, to the millisecond.
func nameOf(t time.Time) string {
	return strings.ReplaceAll(t.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.999Z"), ":", "-")
}

// write writes below root, which no name leads out of.
func (f Folder) write(root *os.Root, s *catalog.Snapshot) error {
	for _, scope := range f.Scopes {
		region := filepath.Join(f.Name, scope.Region)
		if err := root.MkdirAll(region, 0o777); err != nil {
			return err
		}
		page := catalog.FormatPage(scope.Kind, scope.Region, s.Scope(scope).Items)
		if err := writeFile(root, filepath.Join(region, FileName(scope.Kind)), page); err != nil {
			return err
		}
		if err := syncBelow(root, region); err != nil {
			return err
		}
	}
	return syncBelow(root, f.Name)
}

func writeFile(root *os.Root, path string, data []byte) error {
	file, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

func syncBelow(root *os.Root, path string) error {
	dir, err := root.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
