package state

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/internal/atomicfile"
)

// Reports is where reports are kept: a directory or, in S3, a folder.
type Reports struct {
	dir    string
	folder *Folder // nil for a directory
}

// NewReports returns the reports at name, a path or a URL such as
// s3://bucket/reports/. A path needs no settings of AWS.
func NewReports(name string, cfg aws.Config) (*Reports, error) {
	if !Remote(name) {
		return &Reports{dir: name}, nil
	}
	at, err := ParseFolder(name)
	if err != nil {
		return nil, err
	}
	return &Reports{folder: NewFolder(cfg, at)}, nil
}

// Locate returns the path or URL of a report, as people may see it.
func (r *Reports) Locate(name string) string {
	if r.folder != nil {
		return r.folder.Locate(name).String()
	}
	return filepath.Join(r.dir, name)
}

// Has reports whether there is a report with a name.
func (r *Reports) Has(ctx context.Context, name string) (bool, error) {
	if r.folder != nil {
		return r.folder.Has(ctx, name)
	}
	return atomicfile.Exists(r.Locate(name)), nil
}

// Tidy removes what interrupted writes of a report left beside it. The caller makes
// sure that nobody writes it.
func (r *Reports) Tidy(name string) error {
	if r.folder != nil || !atomicfile.Exists(r.dir) {
		return nil
	}
	if err := atomicfile.RemoveParts(r.Locate(name)); err != nil {
		return &DirectoryError{err}
	}
	return nil
}

// Newest returns the path or URL of a report that was written before, "" if there
// is none.
func (r *Reports) Newest(ctx context.Context) (string, error) {
	if r.folder == nil {
		dated, err := filepath.Glob(filepath.Join(escapeGlob(r.dir), "????-??-??T??-??-??Z.md"))
		if err != nil || len(dated) > 0 {
			return slices.Max(append(dated, "")), err
		}
	}
	const latest = "latest.md"
	if has, err := r.Has(ctx, latest); !has || err != nil {
		return "", err
	}
	return r.Locate(latest), nil
}

// escapeGlob quotes the special characters of a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// Put writes a report in Markdown under a name, completely or not at all, and
// replaces what was there. The caller makes sure that nobody else writes it.
// Errors know what to do next: they have an Advice method.
func (r *Reports) Put(ctx context.Context, name string, markdown []byte) error {
	if r.folder != nil {
		return r.folder.PutReport(ctx, name, markdown)
	}
	if err := r.write(name, markdown); err != nil {
		return &DirectoryError{err}
	}
	return nil
}

func (r *Reports) write(name string, markdown []byte) error {
	path := r.Locate(name)
	if err := atomicfile.MakeDirectory(r.dir); err != nil {
		return err
	}
	if err := atomicfile.RemoveParts(path); err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(markdown)
		return err
	})
}

// DirectoryError means that a report could not be written to its directory.
type DirectoryError struct{ Err error }

func (e *DirectoryError) Error() string { return e.Err.Error() }
func (e *DirectoryError) Unwrap() error { return e.Err }

// Advice says what to do.
func (e *DirectoryError) Advice() string { return "make the directory writable" }
