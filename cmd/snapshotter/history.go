package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/store"
)

// historyCommand shows everything that ever happened to a model or a profile.
type historyCommand struct {
	ID           []string `arg:"" help:"ID of a model or an inference profile, or words of an ID or name that only one has."`
	Since        string   `placeholder:"RUN" help:"Only what was found after this run: an ID, latest~2, a date, a time or an age."`
	All          bool     `help:"Show every single change, not one line an event."`
	regionFilter `embed:""`
	format       `embed:""`
}

// word is what was asked for.
func (c *historyCommand) word() string { return strings.Join(c.ID, " ") }

// Validate implements kong's hook.
func (c *historyCommand) Validate() error { return c.regionFilter.Validate() }

func (c *historyCommand) Help() string {
	return `Oldest first, one line an event, such as a launch in 18 regions with its IDs. For a
model it includes its profiles. What was on a list when it was first read may have been
there for long: nothing says since when. "not read" means that runs could not read a list
that had been read before; nothing counts as removed because of them.

--all has a line for each change, as JSON and CSV do: see docs/json.md.

Examples:
  snapshotter history anthropic.claude-3-haiku-20240307-v1:0
  snapshotter history eu.anthropic.claude-haiku-4-5-20251001-v1:0 --region 'eu-*'
  snapshotter history claude opus 4.7 --region tokyo     when did it come to Tokyo
  snapshotter history nova-canvas --since 90d --format csv`
}

func (c *historyCommand) Run(ctx context.Context, p *program) error {
	return asOf{AsOf: "latest"}.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		past, err := job.FindPast(ctx, db, run.ID, c.word())
		if err != nil {
			return c.notFound(p, err)
		}
		if err := c.known(ctx, db, past); err != nil {
			return err
		}
		since, err := c.since(ctx, p, db)
		if err != nil {
			return err
		}
		comparisons, err := past.Comparisons(ctx, db, since)
		if err != nil {
			return err
		}
		chapters, err := past.Chapters(ctx, db, comparisons, since, c.chosen().IncludesRegion)
		if err != nil {
			return err
		}
		answer := ask.HistoryAnswer{Kind: past.Kind, ID: past.ID, Profiles: append([]string{}, past.Profiles...), Chapters: chapters}
		switch {
		case !c.forPeople():
			return c.print(p, sheet.ChapterRows(chapters), answer)
		case len(chapters) == 0:
			p.println("Nothing recorded about %s matches the filters.", past.ID)
			return nil
		}
		p.println("%s, up to run %d (%s)", past.ID, run.ID, catalog.Moment(run.StartedAt))
		p.println("")
		if c.All || past.Kind.OfAccount() {
			return c.print(p, sheet.Chapters(chapters), answer)
		}
		return c.print(p, sheet.Happenings(report.Happenings(past, chapters, comparisons, c.chosen().IncludesRegion)), answer)
	})
}

// since is the run that --since names, 0 for all. A time before the first run means
// all too.
func (c *historyCommand) since(ctx context.Context, p *program, db *store.Store) (int64, error) {
	if c.Since == "" {
		return 0, nil
	}
	ref, err := reference(c.Since, p.now())
	if err != nil {
		return 0, err
	}
	run, err := ref.Find(ctx, db)
	if _, none := errors.AsType[*store.NoRunError](err); none && !ref.Time().IsZero() {
		return 0, nil
	}
	return run.ID, err
}

// known refuses a region that is not on record.
func (c *historyCommand) known(ctx context.Context, db *store.Store, past *ask.Past) error {
	covered, err := past.Coverage(ctx, db)
	if err != nil {
		return err
	}
	on := &catalog.Snapshot{}
	for scope := range covered {
		on.Scopes = append(on.Scopes, catalog.ScopeState{Scope: scope})
	}
	return c.check(on)
}

// notFound turns the errors of [ask.FindPast] into usage errors.
func (c *historyCommand) notFound(p *program, err error) error {
	if several, ok := errors.AsType[*ask.AmbiguousError](err); ok {
		if several.Models != nil {
			return ambiguous(p, c.word(), several.Models, "give one of the IDs")
		}
		return usageError("%q may mean any of %d IDs that were listed once; give one of: %s", terminal.OneLine(c.word()), len(several.Lost), someOf(several.Lost))
	}
	if _, ok := errors.AsType[*ask.NeverListedError](err); ok {
		return &codedError{exitUsage, advised{
			fmt.Sprintf("nothing was ever listed under %q", terminal.OneLine(c.word())),
			"give the ID of a model or an inference profile, or a part of one",
		}}
	}
	return err
}

// someOf names as many keys as fit one message.
func someOf(keys []string) string {
	const most = 50
	if len(keys) <= most {
		return strings.Join(keys, ", ")
	}
	return strings.Join(keys[:most], ", ") + ", …"
}
