package doctor

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/state"
)

// Writing is what a run writes.
type Writing struct {
	History string // a path, or a URL of S3
	Reports string // a directory, or a URL of S3
	Lake    string // likewise; "" is none
	Load    func(context.Context) (aws.Config, error)
	Deep    bool // whether to try S3
}

// Examine tries to write, and leaves nothing behind. A history in a file is for
// [Database].
func (w *Writing) Examine(ctx context.Context, found *Examination) {
	remote := state.Remote(w.History) || state.Remote(w.Reports) || state.Remote(w.Lake)
	config := aws.Config{}
	switch {
	case remote && !w.Deep:
		found.Add("writing", OK, "not tried in S3; --deep begins an upload and takes it back", "")
	case remote:
		var err error
		if config, err = w.Load(ctx); err != nil {
			return // [AWS.Examine] says so
		}
	}
	history, err := state.NewHistory(w.History, config)
	reports, unnamed := state.NewReports(w.Reports, config)
	files, misnamed := state.NewFiles(w.Lake, config)
	if err := errors.Join(err, unnamed, misnamed); err != nil {
		found.Fail("writing", err, "correct --db, --reports or --lake")
		return
	}
	if w.Deep && state.Remote(w.History) {
		found.try(ctx, "saving", history.TryWrite)
	}
	if w.Deep || !state.Remote(w.Reports) {
		found.try(ctx, "reports", reports.TryWrite)
	}
	if w.Lake != "" && (w.Deep || !state.Remote(w.Lake)) {
		found.try(ctx, "lake", files.TryWrite)
	}
}

func (e *Examination) try(ctx context.Context, check string, write func(context.Context) error) {
	if err := write(ctx); err != nil {
		e.Fail(check, err, "see whether the directory can be written to")
		return
	}
	e.Add(check, OK, "can be written", "")
}
