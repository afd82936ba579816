package main

import (
	"context"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/store"
)

// runsCommand lists the runs, newest first.
type runsCommand struct {
	Limit  int `short:"n" default:"30" help:"How many to list, the newest first (${default}); 0 lists all."`
	format `embed:""`
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

func (c *runsCommand) Run(ctx context.Context, p *program) error {
	var answer ask.RunsAnswer
	if err := p.reading(ctx, func(db *store.Store) (err error) {
		answer, err = c.answer(ctx, p, db)
		return err
	}); err != nil {
		return err
	}
	if !c.forPeople() {
		return c.print(p, sheet.RunRows(answer.Runs), answer)
	}
	if answer.Run == nil {
		return store.ErrNoRuns
	}
	return c.print(p, sheet.Runs(answer.Runs), answer)
}

// asked returns the runs to list, by ID.
func (c *runsCommand) asked(ctx context.Context, db *store.Store) ([]catalog.Run, error) {
	if c.Limit == 0 {
		return db.Runs(ctx)
	}
	return db.LastRuns(ctx, c.Limit)
}

func (c *runsCommand) answer(ctx context.Context, p *program, db *store.Store) (ask.RunsAnswer, error) {
	answer := ask.RunsAnswer{Runs: []ask.RunSummary{}}
	runs, err := c.asked(ctx, db)
	if err != nil || len(runs) == 0 {
		return answer, err
	}
	tallies, err := db.RunStatistics(ctx, runs[0].ID)
	if err != nil {
		return answer, err
	}
	newest := asOf{AsOf: "latest"}
	newest.warnStale(p, runs[len(runs)-1])
	answer.Run = new(newest.answered(p, runs[len(runs)-1]))
	for _, run := range slices.Backward(runs) {
		answer.Runs = append(answer.Runs, ask.SummariseRun(run, tallies[run.ID].Outcomes, tallies[run.ID].Changes))
	}
	return answer, nil
}
