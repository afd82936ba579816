package main

import (
	"context"
	"fmt"
	"path/filepath"

	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/store"
)

// importCommand records captures as runs.
type importCommand struct {
	Dir []string `arg:"" help:"Folders named after a time (2026-02-08T07-06-08Z), or folders that contain such folders."`
}

func (c *importCommand) Help() string {
	return `A dated folder holds one folder per region, with the output of the AWS CLI:

  aws bedrock list-foundation-models --region R > T/R/foundation-models.json
  aws bedrock list-inference-profiles --region R --type-equals SYSTEM_DEFINED > T/R/inference-profiles.json

Each dated folder becomes one run at its time, the oldest first. Files may be in
UTF-8 or UTF-16, compressed by gzip (also as foundation-models.json.gz), hold all
pages of a list one after the other, or the list alone, as --query prints it. A
missing region or file counts as not observed, never as removed. A file that can't
be parsed, or whose ARNs name another region, makes its list invalid. A folder of
which nothing can be read is refused.

A folder that was imported before is skipped. If the newest one can be read better
now, it is imported again, as another run of the same time. A folder that holds
something else than was recorded of its time is refused. "snapshotter export" writes
such folders.

Examples:
  snapshotter import captures/2026-02-08T07-06-08Z
  snapshotter import --db history.db captures`
}

func (c *importCommand) Run(ctx context.Context, p *program) error {
	folders, err := capture.Find(c.Dir...)
	if err != nil {
		return err
	}
	status := catalog.RunComplete
	if err := p.writing(ctx, func(db *store.Store) (err error) {
		status, err = job.Import(ctx, db, folders, version(), p.sayImported)
		return err
	}); err != nil {
		return err
	}
	return statusError(status)
}

// sayImported prints what became of a capture.
func (p *program) sayImported(event job.Event) {
	switch e := event.(type) {
	case job.Skipped:
		p.println("skipped  %s: already imported as run %d", filepath.Base(e.Capture.Path), e.Run.ID)
		for _, scope := range e.Better {
			p.println("  %s/%s can be read now, and could not be then: to have it, import all folders into a new database (--db FILE)",
				scope.Region, capture.FileName(scope.Kind))
		}
	case job.Imported:
		items, unread := 0, 0
		for _, l := range e.Capture.Listings {
			items += len(l.Items)
			if l.Outcome != catalog.Complete {
				unread++
			}
			if l.Outcome == catalog.Invalid {
				fmt.Fprintln(p.said(), "not read "+filepath.Base(e.Capture.Path)+": "+terminal.OneLine(l.Message))
			}
		}
		p.println("run %-4d %s  %-8s  %d lists read, %d not, %d items", e.Run.ID, catalog.Moment(e.Run.StartedAt), e.Run.Status,
			len(e.Capture.Listings)-unread, unread, items)
	}
}
