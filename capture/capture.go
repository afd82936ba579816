// Package capture reads listings that were recorded as AWS CLI output, so that
// they can be imported as runs, and writes a catalogue in the same form.
//
// It guarantees that a recording is read like a live answer, whichever shell wrote
// it: one that is cut short or cannot be parsed is an invalid listing, a missing
// file is a listing that was not made, and neither says anything about presence. It refuses a
// folder whose name is not a time, and one that mixes partitions.
package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"snapshotter/catalog"
)

// Capture is one moment of recorded listings: a folder named by the time, with
// a folder for each region that holds foundation-models.json and
// inference-profiles.json, as the AWS CLI writes them: in UTF-8 or UTF-16, plain or
// compressed by gzip, as foundation-models.json.gz too.
type Capture struct {
	Path      string // of the dated folder
	At        time.Time
	Partition string
	// Listings are sorted by scope, one for each kind of each region that has a
	// folder. A missing file is not listed; one that cannot be read is invalid,
	// and its message names the file and the position.
	Listings []catalog.Listing
}

// FileName returns the name of the file that holds a kind's listing.
func FileName(kind catalog.Kind) string {
	if kind == catalog.KindInferenceProfile {
		return "inference-profiles.json"
	}
	return "foundation-models.json"
}

var folderName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T_ ]([0-9]{2})[-:]?([0-9]{2})(?:[-:]?([0-9]{2})(?:\.([0-9]{1,3}))?)?Z?)?$`)
})

// folderTime reads a folder's name as an ISO 8601 time in UTC, with or without
// the characters that file systems dislike: 2026-02-08T07-06-08Z,
// 2026-02-08T07:06:08.5Z, 20260208T070608Z, 2026-02-08.
func folderTime(name string) (time.Time, bool) {
	m := folderName().FindStringSubmatch(name)
	if m == nil {
		return time.Time{}, false
	}
	for i := range m {
		if m[i] == "" {
			m[i] = "00"
		}
	}
	return catalog.ParseTime(fmt.Sprintf("%s-%s-%sT%s:%s:%s.%sZ", m[1], m[2], m[3], m[4], m[5], m[6], m[7]))
}

// Find returns the dated folders among paths and directly in them, oldest
// first.
func Find(paths ...string) ([]string, error) {
	var found []string
	for _, path := range paths {
		captures, err := find(path)
		if err != nil {
			return nil, err
		}
		found = append(found, captures...)
	}
	slices.SortFunc(found, compareTimes)
	return slices.Compact(found), nil
}

func compareTimes(a, b string) int {
	at, _ := folderTime(filepath.Base(a))
	bt, _ := folderTime(filepath.Base(b))
	return at.Compare(bt)
}

func find(path string) ([]string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	if _, dated := folderTime(filepath.Base(path)); dated {
		return []string{path}, nil
	}
	var found []string
	for _, entry := range entries {
		if _, dated := folderTime(entry.Name()); dated && entry.IsDir() {
			found = append(found, filepath.Join(path, entry.Name()))
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no folder named after a time, such as 2026-02-08T07-06-08Z", path)
	}
	return found, nil
}

// Read reads one dated folder. What cannot be parsed is an invalid listing;
// what cannot be read from disk, or is not a capture, is an error.
func Read(path string) (*Capture, error) {
	at, dated := folderTime(filepath.Base(path))
	if !dated {
		return nil, fmt.Errorf("%s is not named after a time, such as 2026-02-08T07-06-08Z", path)
	}
	capture := &Capture{Path: path, At: at}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if err := capture.readRegion(entry.Name()); err != nil {
			return nil, err
		}
	}
	if len(capture.Listings) == 0 {
		return nil, fmt.Errorf("%s has no region folder with %s or %s", path,
			FileName(catalog.KindFoundationModel), FileName(catalog.KindInferenceProfile))
	}
	slices.SortFunc(capture.Listings, catalog.CompareListings)
	return capture, nil
}

// readRegion reads a folder if it holds a listing, and skips it if not.
func (c *Capture) readRegion(name string) error {
	var listings []catalog.Listing
	listed := false
	for _, kind := range catalog.Kinds() {
		listing, err := readListing(c.Path, catalog.Scope{Region: name, Kind: kind})
		if err != nil {
			return err
		}
		listed = listed || listing.Outcome != catalog.NotListed
		listings = append(listings, listing)
	}
	if !listed {
		return nil
	}
	if !catalog.ValidRegion(name) {
		return fmt.Errorf("%s is not named after a region, such as eu-west-1", filepath.Join(c.Path, name))
	}
	partition := catalog.Partition(name)
	if c.Partition != "" && c.Partition != partition {
		return fmt.Errorf("%s has regions of two partitions, %s and %s", c.Path, c.Partition, partition)
	}
	c.Partition = partition
	c.Listings = append(c.Listings, listings...)
	return nil
}

func readListing(dir string, scope catalog.Scope) (catalog.Listing, error) {
	listing := catalog.Listing{Scope: scope, Outcome: catalog.NotListed}
	file := filepath.Join(scope.Region, FileName(scope.Kind))
	data, found, err := readFile(filepath.Join(dir, file))
	if unreadable := (*fs.PathError)(nil); errors.As(err, &unreadable) {
		return listing, err
	}
	if !found {
		return listing, nil
	}
	var items []catalog.Item
	if err == nil {
		items, err = parse(scope, data)
	}
	if err != nil {
		listing.Outcome = catalog.Invalid
		listing.Message = catalog.Redact(file + ": " + err.Error() + probably(err, scope.Region))
		return listing, nil
	}
	listing.Outcome, listing.Items = catalog.Complete, items
	return listing, nil
}

// readFile returns the text of a file, or of the one that gzip makes of it, and
// whether there is any. An error other than a [*fs.PathError] is of the content.
func readFile(path string) (content []byte, found bool, err error) {
	for _, name := range []string{path, path + ".gz"} {
		info, err := os.Stat(name)
		if err == nil && !info.Mode().IsRegular() {
			return nil, true, fmt.Errorf("%s is not a regular file", filepath.Base(name)) // a pipe would wait for a writer
		}
		data, err := os.ReadFile(name)
		if absent(err) {
			continue
		} else if err != nil {
			return nil, false, err
		}
		if data, err = text(data); err != nil {
			return nil, true, err
		}
		if found && !bytes.Equal(data, content) {
			return nil, true, errors.New("the file beside it that ends in .gz holds something else")
		}
		content, found = data, true
	}
	return content, found, nil
}

// probably returns the likely cause of a recording that is not of what its place
// says.
func probably(err error, region string) string {
	mismatch, ok := errors.AsType[*catalog.MismatchError](err)
	switch {
	case !ok:
		return ""
	case mismatch.What == catalog.OfType:
		return "; probably recorded with --type-equals APPLICATION"
	case mismatch.What == catalog.OfKind:
		return "; probably the output of another command"
	}
	return "; probably recorded without --region " + region + ", or filed under another region"
}

// absent reports whether there is no such file, or whether part of its path is
// not a folder.
func absent(err error) bool {
	var path *fs.PathError
	return errors.Is(err, fs.ErrNotExist) || errors.As(err, &path) && path.Err.Error() == "not a directory"
}
