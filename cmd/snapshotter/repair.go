package main

import (
	"context"
	"fmt"

	"snapshotter/state"
	"snapshotter/store"
)

// repairCommand goes back to a good run of an altered history.
type repairCommand struct {
	From string `required:"" placeholder:"RUN" help:"The last good run: the history goes on from it."`
}

func (c *repairCommand) Help() string {
	return `Removes every run after RUN from the history, so that the next run is compared with
RUN. It first copies the whole history to a file beside it, and does nothing unless
RUN is intact. Use it when a run is refused because the history was altered;
snapshotter doctor --deep names the first bad run.

Examples:
  snapshotter doctor --deep
  snapshotter repair --from 411`
}

// Run goes back to the run.
func (c *repairCommand) Run(ctx context.Context, p *program) error {
	ref, err := reference(c.From, p.now())
	if err != nil {
		return err
	}
	history, err := p.history(ctx)
	if err != nil {
		return err
	}
	return history.Write(ctx, func(s *state.Session) error { return c.rewind(ctx, p, s.DB, ref) })
}

func (c *repairCommand) rewind(ctx context.Context, p *program, db *store.Store, ref store.Reference) error {
	run, err := ref.Find(ctx, db)
	if err != nil {
		return err
	}
	after, err := db.RunsAfter(ctx, run.ID)
	if err != nil {
		return err
	}
	kept, err := db.Rewind(ctx, run.ID)
	if err != nil {
		return err
	}
	removed := fmt.Sprintf("%d later runs were", len(after))
	if len(after) == 1 {
		removed = "1 later run was"
	}
	p.println("The history ends with run %d now; %s removed. The whole history as it was is in %s.", run.ID, removed, kept)
	p.println("The next run reports what changed since run %d.", run.ID)
	return nil
}
