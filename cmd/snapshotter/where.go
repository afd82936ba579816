package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// whereCommand shows where a model can be called, and with which ID.
type whereCommand struct {
	Model        []string `arg:"" help:"ID, words of an ID or name, or glob of models; or the ID of an inference profile."`
	In           string   `placeholder:"REGION" help:"Answer for this region in words, with a command to try: a code or a city."`
	Within       []string `placeholder:"PLACE" help:"Only calls that stay inside: a geography (eu), a boundary (EU, UK, CH, US, JP, …), a region, or a glob of regions."`
	IDs          bool     `name:"ids" help:"Print the IDs to pass alone, one a line."`
	ExitCode     bool     `help:"Exit with 10 if it cannot be called."`
	regionFilter `embed:""`
	asOf         `embed:""`
	format       `embed:""`
}

// word is what was asked for.
func (c *whereCommand) word() string { return strings.Join(c.Model, " ") }

// Validate implements kong's hook.
func (c *whereCommand) Validate() error {
	if err := validGlobs(c.Within); err != nil {
		return err
	}
	return c.regionFilter.Validate()
}

func (c *whereCommand) Help() string {
	return referenceHelp + `

A call through a profile may run in any of its destinations. --within shows only IDs
whose destinations are all inside; those of a global. profile never are, because it
may run in any commercial region.

docs/json.md explains the JSON. CSV has one row for each region and ID.

Examples:
  snapshotter where claude haiku 4.5                    from every region
  snapshotter where claude-haiku-4-5 --in tokyo
  snapshotter where claude-haiku-4-5 --in eu-west-1 --within EU --ids
  snapshotter where 'anthropic.*' --within eu --format csv
  snapshotter where amazon.nova-2-lite-v1:0 --as-of 2026-04-01`
}

func (c *whereCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, directory, err := c.ground(ctx, db, run)
		if err != nil {
			return err
		}
		if err := c.checkRegions(snapshot); err != nil {
			return err
		}
		found := directory.Find(c.word())
		if len(found.Models) == 0 {
			if done, err := c.owned(ctx, p, db, run, snapshot); done || err != nil {
				return err
			}
		}
		if err := c.decide(p, found, run); err != nil {
			return err
		}
		answer, err := c.answer(ctx, p, db, run, directory, found)
		if err != nil {
			return err
		}
		if err := c.write(p, answer); err != nil {
			return err
		}
		if c.ExitCode && len(ask.IDsOf(answer.Models)) == 0 {
			return &codedError{code: exitChanged}
		}
		return nil
	})
}

// ground reads what the answer needs: for the ID of a model, what the history holds
// about it; for any other word, everything, because the word may mean any model. A
// place that is not a listed region needs everything too: it may be a destination.
func (c *whereCommand) ground(ctx context.Context, db *store.Store, run catalog.Run) (*catalog.Snapshot, *ask.Directory, error) {
	about, err := db.About(ctx, run.ID, c.word())
	if err != nil {
		return nil, nil, err
	}
	foreign := func(place string) bool { return !holds(about.Regions(), place) }
	if directory := ask.NewDirectory(about); directory.Knows(c.word()) && !slices.ContainsFunc(c.Within, foreign) {
		return about, directory, nil
	}
	all, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, nil, err
	}
	return all, ask.NewDirectory(all), nil
}

func holds(regions []string, place string) bool {
	return slices.ContainsFunc(regions, func(region string) bool { return catalog.InPlace(region, place) })
}

// checkRegions refuses a region or place that the history does not know: the answer
// "nowhere" to a misspelling would look true.
func (c *whereCommand) checkRegions(s *catalog.Snapshot) error {
	if c.In != "" {
		regions := slices.DeleteFunc(s.Regions(), func(region string) bool { return !ask.ChoosesRegion([]string{c.In}, region) })
		switch len(regions) {
		case 0:
			return unknownRegion("--in", c.In, s.Regions())
		case 1:
			c.In = regions[0]
		default:
			return usageError("--in %q means several regions: %s; give one of them", terminal.OneLine(c.In), strings.Join(regions, ", "))
		}
	}
	if err := c.check(s); err != nil {
		return err
	}
	return checkPlaces("--within", c.Within, s)
}

// checkPlaces refuses a place that holds no region on record.
func checkPlaces(flag string, places []string, s *catalog.Snapshot) error {
	known := ask.KnownRegions(s)
	for _, place := range places {
		if !holds(known, place) {
			return usageError("no region on record is in %s %q; give a region, a glob of regions, a boundary (EU, UK, CH, JP, …), or one of the geographies %s",
				flag, terminal.OneLine(place), strings.Join(geographies(known), ", "))
		}
	}
	return nil
}

func geographies(regions []string) []string {
	var all []string
	for _, region := range regions {
		all = append(all, catalog.Geography(region))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// decide refuses a word that means no model, or any of several.
func (c *whereCommand) decide(p *program, found ask.Found, run catalog.Run) error {
	switch {
	case len(found.Models) == 0:
		return &codedError{exitUsage, advised{
			fmt.Sprintf("no model or inference profile matches %q as of run %d", terminal.OneLine(c.word()), run.ID),
			"give an ID, words of an ID or name, or a glob such as 'anthropic.*'",
		}}
	case len(found.Models) == 1 || found.Several:
		return nil
	}
	return ambiguous(p, c.word(), found.Models, "give one of the IDs, or a glob to ask for several, such as '*"+globbed(c.word())+"*'")
}

// ambiguous prints the models that a word may mean, for the user to choose from.
func ambiguous(p *program, word string, models []ask.Candidate, advice string) error {
	t := &terminal.Table{Head: []string{"id", "name", "callable from"}}
	for _, model := range models {
		t.Add(model.ID, model.Name, cmp.Or(strings.Join(model.Callable, ", "), "nowhere"))
	}
	if err := t.Text(p.said(), p.width()); err != nil {
		return err
	}
	return &codedError{exitUsage, advised{
		fmt.Sprintf("%q may mean any of these %d models", terminal.OneLine(word), len(models)),
		advice,
	}}
}

// globbed is a word without the characters that mean something to a shell.
func globbed(word string) string {
	return strings.Map(func(r rune) rune {
		if !ask.ShellSafe("x" + string(r)) {
			return '?'
		}
		return r
	}, word)
}
