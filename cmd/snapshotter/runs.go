package main

import (
	"context"
	"fmt"
	"slices"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/report"
	"snapshotter/store"
)

// runsCommand lists the runs, newest first.
type runsCommand struct {
	Limit  int    `short:"n" default:"30" help:"How many to list, the newest first (${default}); 0 lists all."`
	Format string `enum:"table,md,json,csv" default:"table" help:"Output format: ${enum}."`
}

func (c *runsCommand) Help() string {
	return `A list that a run did not read counts as skipped if that is expected (the region is
not enabled, has no such list, or was left out), and otherwise as not read.

Examples:
  snapshotter runs
  snapshotter runs -n 0 --format csv > runs.csv`
}

// Validate implements kong's hook.
func (c *runsCommand) Validate() error {
	if c.Limit < 0 {
		return usageError("--limit must not be negative")
	}
	return nil
}

// runSummary is a run with its coverage.
type runSummary struct {
	catalog.Run
	Read    int `json:"lists_read"`
	Unread  int `json:"lists_not_read"` // that should have been readable
	Skipped int `json:"lists_skipped"`  // not enabled, not offered, or not asked for
	Changed int `json:"items_changed"`  // added, removed or with other content
}

func (c *runsCommand) Run(ctx context.Context, p *program) error {
	var summaries []runSummary
	if err := p.reading(ctx, func(db *store.Store) (err error) {
		summaries, err = c.summarise(ctx, db)
		return err
	}); err != nil {
		return err
	}
	switch c.Format {
	case "json":
		return report.WriteJSON(p.stdout, summaries)
	case "csv":
		return runsTable(summaries).CSV(p.stdout)
	}
	if len(summaries) == 0 {
		return store.ErrNoRuns
	}
	if c.Format == "md" {
		return runsTable(summaries).Markdown(p.stdout)
	}
	return runsTable(summaries).Text(p.stdout, p.width())
}

// asked returns the runs to list, by ID.
func (c *runsCommand) asked(ctx context.Context, db *store.Store) ([]catalog.Run, error) {
	if c.Limit == 0 {
		return db.Runs(ctx)
	}
	return db.LastRuns(ctx, c.Limit)
}

// summarise returns the runs to list, newest first.
func (c *runsCommand) summarise(ctx context.Context, db *store.Store) ([]runSummary, error) {
	runs, err := c.asked(ctx, db)
	if err != nil || len(runs) == 0 {
		return []runSummary{}, err
	}
	tallies, err := db.RunStatistics(ctx, runs[0].ID)
	if err != nil {
		return nil, err
	}
	summaries := make([]runSummary, 0, len(runs))
	for _, run := range slices.Backward(runs) {
		summary := runSummary{Run: run, Changed: tallies[run.ID].Changes}
		for outcome, count := range tallies[run.ID].Outcomes {
			switch {
			case outcome == catalog.Complete:
				summary.Read += count
			case outcome.Expected():
				summary.Skipped += count
			default:
				summary.Unread += count
			}
		}
		summaries = append(summaries, summary)
	}
	return summaries, nil
}

func runsTable(summaries []runSummary) *terminal.Table {
	t := &terminal.Table{
		Head:  []string{"run", "started", "status", "trigger", "seconds", "lists_read", "not_read", "skipped", "items_changed", "message"},
		Spare: []string{"seconds", "trigger", "skipped"},
	}
	for _, s := range summaries {
		t.Add(fmt.Sprint(s.ID), catalog.Moment(s.StartedAt), string(s.Status), string(s.Trigger),
			fmt.Sprintf("%.1f", s.FinishedAt.Sub(s.StartedAt).Seconds()),
			fmt.Sprint(s.Read), fmt.Sprint(s.Unread), fmt.Sprint(s.Skipped), fmt.Sprint(s.Changed), s.Message)
	}
	return t
}
