package main

import (
	"context"
	"fmt"
	"io"

	"snapshotter/report"
	"snapshotter/store"
)

// reportCommand renders the report of any two runs.
type reportCommand struct {
	between `embed:""`
	filter  `embed:""`
	Format  string `enum:"md,json" default:"md" help:"Form of the report: ${enum}."`
	Output  string `short:"o" placeholder:"FILE" help:"Write to this file, whole or not at all, instead of to the screen."`
}

func (c *reportCommand) Help() string {
	return referenceHelp + `

The JSON form says all that the Markdown says; docs/report-json.md explains it.

Examples:
  snapshotter report                    the last run against the one before
  snapshotter report 7d -o week.md      the last week, into a file
  snapshotter report latest~1 --format json --region 'eu-*'`
}

func (c *reportCommand) Run(ctx context.Context, p *program) error {
	db, err := store.OpenReader(ctx, p.DB)
	if err != nil {
		return err
	}
	defer db.Close()
	base, head, err := c.find(ctx, p, db)
	if err != nil {
		return err
	}
	built, err := buildReport(ctx, db, base, head, c.filter)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return c.write(built, w) }
	if c.Output != "" {
		if err := writeAtomically(c.Output, write); err != nil {
			return fmt.Errorf("write %s: %w", c.Output, err)
		}
		return nil
	}
	return write(p.stdout)
}

func (c *reportCommand) write(built *report.Report, w io.Writer) error {
	if c.Format == "json" {
		return built.JSON(w)
	}
	return built.Markdown(w)
}
