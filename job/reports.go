package job

import (
	"bytes"
	"context"
	"errors"

	"snapshotter/catalog"
	"snapshotter/report"
	"snapshotter/store"
)

// LatestReport is the name of a copy of the newest report.
const LatestReport = "latest.md"

// ReportName returns the name of a run's report, such as 2026-11-20T02-00-00Z.md.
func ReportName(run catalog.Run) string { return catalog.FileTime(run.StartedAt) + ".md" }

// Repairs is how many runs before the newest get a report that is missing.
const Repairs = 7

// writeReports writes the missing reports of earlier runs and then that of the
// newest, and returns where that is.
func (j *Job) writeReports(ctx context.Context, db *store.Store, latest *report.Report) (string, error) {
	runs, err := db.LastRecorded(ctx, Repairs+2) // the first of them is only compared with
	if err != nil {
		return "", err
	}
	newest := len(runs) - 1
	first, err := j.firstMissing(ctx, runs)
	if err != nil {
		return "", err
	}
	for _, run := range runs[max(0, newest-Repairs):newest] {
		if err := j.Reports.Tidy(ReportName(run)); err != nil {
			return "", err
		}
	}
	for i := first; i < newest; i++ {
		missing := &update{run: runs[i]}
		if err := missing.read(ctx, db, j.Rules); err != nil {
			return "", err
		}
		if err := j.write(ctx, missing.report, ReportName(runs[i])); err != nil {
			return "", err
		}
	}
	name := ReportName(runs[newest])
	if err := j.write(ctx, latest, name, LatestReport); err != nil {
		return "", err
	}
	return j.Reports.Locate(name), nil
}

// firstMissing returns the index of the first run whose report is to be written:
// the newest, or an earlier one after which all are missing. Imported runs need
// no report.
func (j *Job) firstMissing(ctx context.Context, runs []catalog.Run) (int, error) {
	newest := len(runs) - 1
	first := newest
	for first > 0 && first > newest-Repairs && runs[first-1].Trigger != catalog.Import {
		if has, err := j.Reports.Has(ctx, ReportName(runs[first-1])); has || err != nil {
			return first, err
		}
		first--
	}
	return first, nil
}

// write writes a report under each name.
func (j *Job) write(ctx context.Context, r *report.Report, names ...string) error {
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		return err
	}
	for _, name := range names {
		if err := j.Reports.Put(ctx, name, text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// ReportError says that a report was not written. The run is recorded all the
// same.
type ReportError struct{ Err error }

func (e *ReportError) Error() string { return "the report was not written: " + e.Err.Error() }
func (e *ReportError) Unwrap() error { return e.Err }

// Advice says what to do about it.
func (e *ReportError) Advice() string {
	first := ""
	if cause, ok := errors.AsType[interface {
		error
		Advice() string
	}](e.Err); ok {
		first = cause.Advice() + "; then "
	}
	return "the run is recorded; " + first + "the next run, or snapshotter report -o FILE, writes it"
}

// reported says which report shows that there was a history, "" if none does.
func (j *Job) reported(ctx context.Context) (string, error) {
	newest, err := j.Reports.Newest(ctx)
	if newest == "" || err != nil {
		return "", err
	}
	return "it wrote the report " + newest, nil
}
