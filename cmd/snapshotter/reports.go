package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/internal/atomicfile"
	"snapshotter/report"
	"snapshotter/state"
	"snapshotter/store"
)

// shelf is where reports are kept: a directory, or a folder in S3.
type shelf interface {
	// has reports whether there is a report of a name.
	has(ctx context.Context, name string) (bool, error)
	// put writes a report, whole or not at all.
	put(ctx context.Context, name string, markdown []byte) error
	// locate is where a report is, for people.
	locate(name string) string
}

// shelfAt is the shelf of a path or of a URL of S3.
func shelfAt(name string, config aws.Config) (shelf, error) {
	if !state.Remote(name) {
		return directory(name), nil
	}
	at, err := state.ParseFolder(name)
	if err != nil {
		return nil, err
	}
	return folder{state.NewFolder(config, at)}, nil
}

type directory string

func (d directory) locate(name string) string { return filepath.Join(string(d), name) }

func (d directory) has(_ context.Context, name string) (bool, error) {
	return atomicfile.Exists(d.locate(name)), nil
}

func (d directory) put(_ context.Context, name string, markdown []byte) error {
	err := atomicfile.MakeDirectory(string(d))
	if err == nil {
		err = atomicfile.RemoveParts(d.locate(name))
	}
	if err == nil {
		err = atomicfile.Write(d.locate(name), func(w io.Writer) error {
			_, err := w.Write(markdown)
			return err
		})
	}
	if err != nil {
		return advised{err.Error(), "make the directory writable"}
	}
	return nil
}

type folder struct{ s3 *state.Folder }

func (f folder) locate(name string) string { return f.s3.Locate(name).String() }

func (f folder) has(ctx context.Context, name string) (bool, error) { return f.s3.Has(ctx, name) }

func (f folder) put(ctx context.Context, name string, markdown []byte) error {
	return f.s3.PutReport(ctx, name, markdown)
}

// nameOf is the name of a run's report.
func nameOf(run catalog.Run) string { return fileTime(run.StartedAt) + ".md" }

// latestName is the name of the newest report, beside its own.
const latestName = "latest.md"

// repairs is how many runs back a missing report is still written.
const repairs = 7

// newestReport is the report of the newest run that recorded a catalogue.
func (j *job) newestReport(ctx context.Context, db *store.Store) (*report.Report, error) {
	runs, err := db.LastRecorded(ctx, 2)
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, errNoRuns
	}
	newest := len(runs) - 1
	return buildReport(ctx, db, before(runs, newest), runs[newest], filter{}, j.rules)
}

// writeReports writes the report of the newest run, and before it those that
// the runs just before could not write. It returns where the newest is.
func (j *job) writeReports(ctx context.Context, db *store.Store, latest *report.Report) (string, error) {
	shelf, err := shelfAt(j.reports, j.aws)
	if err != nil {
		return "", err
	}
	runs, err := db.LastRecorded(ctx, repairs+2) // the newest, those, and what the first of them is compared with
	if err != nil {
		return "", err
	}
	newest := len(runs) - 1
	first, err := firstMissing(ctx, shelf, runs)
	if err != nil {
		return "", unwritable{err}
	}
	for i := first; i < newest; i++ {
		missing, err := buildReport(ctx, db, before(runs, i), runs[i], filter{}, j.rules)
		if err != nil {
			return "", err
		}
		if err := put(ctx, shelf, missing, nameOf(runs[i])); err != nil {
			return "", err
		}
	}
	if err := put(ctx, shelf, latest, nameOf(runs[newest]), latestName); err != nil {
		return "", err
	}
	return shelf.locate(nameOf(runs[newest])), nil
}

// firstMissing is the place in runs of the first one whose report is to be
// written: the newest one, or an earlier one from which on they are missing.
func firstMissing(ctx context.Context, shelf shelf, runs []catalog.Run) (int, error) {
	newest := len(runs) - 1
	first := newest
	for first > 0 && first > newest-repairs && runs[first-1].Trigger != catalog.Import {
		if has, err := shelf.has(ctx, nameOf(runs[first-1])); has || err != nil {
			return first, err
		}
		first--
	}
	return first, nil
}

// put writes a report under each name.
func put(ctx context.Context, shelf shelf, r *report.Report, names ...string) error {
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		return err
	}
	for _, name := range names {
		if err := shelf.put(ctx, name, text.Bytes()); err != nil {
			return unwritable{err}
		}
	}
	return nil
}

// unwritable is a report that could not be written.
type unwritable struct{ error }

func (e unwritable) Error() string { return "the report was not written: " + e.error.Error() }
func (e unwritable) Unwrap() error { return e.error }
func (e unwritable) Advice() string {
	first := ""
	if inner := adviser(nil); errors.As(e.error, &inner) {
		first = inner.Advice() + "; then "
	}
	return "the run is recorded; " + first + "the next run, or snapshotter report -o FILE, writes it"
}
