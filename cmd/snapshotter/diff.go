package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/sheet"
	"snapshotter/job"
	"snapshotter/store"
)

// between are the two runs that a command compares.
type between struct {
	Base string `arg:"" optional:"" help:"Run to compare from (the one before HEAD)."`
	Head string `arg:"" optional:"" help:"Run to compare to (latest)."`
}

const referenceHelp = `Give a run as its ID, as latest or latest~2, as a date (the last run up to the end
of that day, UTC), as yesterday, a month (2026-11) or a time, or as an age such as
7d, 36h, 2w, 1mo or 1y.`

// read opens the history for reading and calls use with the base, nil if head is
// the first run, and the head.
func (b between) read(ctx context.Context, p *program, use func(db *store.Store, base *catalog.Run, head catalog.Run) error) error {
	return p.reading(ctx, func(db *store.Store) error {
		base, head, err := b.find(ctx, p, db)
		if err != nil {
			return err
		}
		return use(db, base, head)
	})
}

// find returns the base, nil if head is the first run, and the head.
func (b between) find(ctx context.Context, p *program, db *store.Store) (*catalog.Run, catalog.Run, error) {
	var none catalog.Run
	now := p.now()
	headRef, err := reference(cmp.Or(b.Head, "latest"), now)
	if err != nil {
		return nil, none, err
	}
	baseRef, err := reference(cmp.Or(b.Base, "latest"), now)
	if err != nil {
		return nil, none, err
	}
	head, err := headRef.Find(ctx, db)
	if err != nil {
		return nil, none, err
	}
	if b.Base == "" {
		base, err := job.Before(ctx, db, head)
		return base, head, err
	}
	base, err := baseRef.Find(ctx, db)
	if err == nil && base.ID == head.ID && !baseRef.Time().IsZero() {
		// "Nothing changed" would hide that nobody looked.
		err = advised{
			fmt.Sprintf("no run was recorded after %s up to the one to compare to, run %d (%s)", catalog.Moment(baseRef.Time()), head.ID, catalog.Moment(head.StartedAt)),
			"give an earlier time, or see with snapshotter runs why there is none",
		}
	}
	return &base, head, err
}

// diffCommand lists the changes themselves, for terminals and for programs.
type diffCommand struct {
	between  `embed:""`
	filter   `embed:""`
	format   `embed:""`
	All      bool `help:"Show every single change, not one line an event."`
	ExitCode bool `help:"Exit with 10 if there are changes."`
}

func (c *diffCommand) Help() string {
	return referenceHelp + `

The table has one line an event, such as a launch in 18 regions. --all has a line for
each change that is alike in several regions; JSON and CSV have one entry for each
region, and docs/report-json.md explains their fields.

Examples:
  snapshotter diff                    the last run against the one before
  snapshotter diff 7d                 the last week
  snapshotter diff 2026-02-08 latest --model 'anthropic.*' --format csv`
}

func (c *diffCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, base *catalog.Run, head catalog.Run) error {
		result, err := c.compare(ctx, db, base, head)
		if err != nil {
			return err
		}
		if err := c.write(ctx, p, db, base, head, result); err != nil {
			return err
		}
		if c.ExitCode && result.Any() {
			return &codedError{code: exitChanged}
		}
		return nil
	})
}

func (c *diffCommand) compare(ctx context.Context, db *store.Store, base *catalog.Run, head catalog.Run) (*diff.Result, error) {
	old, new, err := c.sides(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	if c.filter.chosen().All() {
		return diff.Compare(old, new), nil
	}
	matching, err := c.matching(old, new)
	if err != nil {
		return nil, err
	}
	kept := c.filter.chosen().OnlyRegions().Apply(old, new)
	result := diff.Compare(kept[0], kept[1])
	result.Changes = slices.DeleteFunc(result.Changes, func(change diff.Change) bool { return !matching[change.ID] })
	return result, nil
}

func (c *diffCommand) write(ctx context.Context, p *program, db *store.Store, base *catalog.Run, head catalog.Run, result *diff.Result) error {
	if !c.forPeople() {
		return c.print(p, sheet.ChangeRows(result), result)
	}
	if result.Base.ID == 0 {
		p.println("Run %d (%s) is the first: there is nothing to compare it with.", result.Head.ID, catalog.Moment(result.Head.StartedAt))
		return nil
	}
	p.println("Run %d (%s) against run %d (%s)", result.Head.ID, catalog.Moment(result.Head.StartedAt), result.Base.ID, catalog.Moment(result.Base.StartedAt))
	switch {
	case !result.Comparable():
		p.println("Nothing could be compared: no list was read on both sides.")
	case result.Read() == 0:
		p.println("Nothing is known to have changed: run %d read none of the lists that were read before.", result.Head.ID)
	case len(result.Changes) == 0:
		p.println("Nothing changed in the %d lists that run %d read.", result.Read(), result.Head.ID)
	case c.All:
		p.println("")
		if err := c.print(p, sheet.Alike(result), result); err != nil {
			return err
		}
	default:
		if err := c.writeEvents(ctx, p, db, base, head); err != nil {
			return err
		}
	}
	sayRead(p, result)
	return nil
}

// writeEvents writes one row an event, as a report tells it.
func (c *diffCommand) writeEvents(ctx context.Context, p *program, db *store.Store, base *catalog.Run, head catalog.Run) error {
	old, new, err := c.sides(ctx, db, base, head)
	if err != nil {
		return err
	}
	built, err := job.NewComparison(old, new).Report(ctx, db, job.Rules{Replacements: p.replacements}, c.filter.choose)
	if err != nil {
		return err
	}
	t := sheet.Told(built)
	p.println("")
	if len(t.Rows) > 0 {
		if err := c.print(p, t, nil); err != nil {
			return err
		}
		p.println("")
	}
	if n := len(built.Other); n > 0 {
		p.println("Minor changes: %d. See them with --all, and the details with snapshotter report.", n)
	}
	return nil
}

// sayRead says which lists were first read, or not read.
func sayRead(p *program, result *diff.Result) {
	for _, region := range result.NewRegions {
		p.println("New region: %s with %d models, %d of them callable, and %d profiles", region.Region, region.Models, region.Callable, region.Profiles)
	}
	for _, baseline := range result.Baselines {
		p.println("Now observed: %d items of kind %s in %s", baseline.Items, baseline.Kind, baseline.Region)
	}
	sayGaps(p, result.Gaps)
}

// regionsNamed is how many regions are read at a glance.
const regionsNamed = 5

// sayGaps names the lists that were read before, and counts those that never were:
// most accounts have enabled only some regions.
func sayGaps(p *program, gaps []diff.Gap) {
	never := map[catalog.Outcome][]string{}
	for _, gap := range gaps {
		if gap.Confirmed == nil {
			never[gap.Outcome] = append(never[gap.Outcome], gap.Region)
			continue
		}
		p.printWrapped("Not read: %s in %s (%s), last confirmed %s", gap.Kind, gap.Region, gap.Outcome, catalog.Moment(gap.Confirmed.At))
	}
	for _, outcome := range slices.Sorted(maps.Keys(never)) {
		regions := slices.Compact(never[outcome]) // gaps come by region
		named := strings.Join(regions, ", ")
		if len(regions) > regionsNamed {
			named = fmt.Sprintf("%d regions, which snapshotter regions names", len(regions))
		}
		p.printWrapped("Never read (%s): lists of %s", outcome, named)
	}
}
