package main

import (
	"context"
	"errors"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/store"
)

// kindsCommand shows what one can pass as modelId.
type kindsCommand struct {
	format `embed:""`
}

func (c *kindsCommand) Help() string {
	return `Foundation models and system-defined inference profiles are always recorded. The other
kinds belong to the account: they are recorded where run is told to with --kinds, and
nothing of them gets into reports, feeds or the site but how many are harmed.
snapshotter impact says which of them rest on a model that ends.

Examples:
  snapshotter kinds
  snapshotter run --kinds all
  snapshotter kinds --json`
}

func (c *kindsCommand) Run(ctx context.Context, p *program) error {
	var answer ask.KindsAnswer
	err := p.reading(ctx, func(db *store.Store) error {
		last, err := db.Latest(ctx, 0)
		if err != nil {
			return err
		}
		public, err := db.Listed(ctx, last.ID)
		if err != nil {
			return err
		}
		resources, err := db.Resources(ctx, last.ID)
		if err != nil {
			return err
		}
		run := asOf{AsOf: "latest"}.answered(p, last)
		answer = ask.KindsAnswer{Run: &run, Kinds: ask.KindRows(public, resources)}
		return nil
	})
	_, noRun := errors.AsType[*store.NoRunError](err)
	_, noFile := errors.AsType[*store.NotFoundError](err)
	if noRun || noFile {
		answer, err = ask.KindsAnswer{Kinds: ask.KindRows(nil, nil)}, nil
	}
	if err != nil {
		return err
	}
	if !c.forPeople() {
		return c.print(p, sheet.KindRows(answer.Kinds), answer)
	}
	if answer.Run != nil {
		p.println("As of run %d (%s)", answer.Run.ID, catalog.Moment(answer.Run.At))
		p.println("")
	}
	return c.print(p, sheet.Kinds(answer.Kinds), answer)
}

// accountKinds are the kinds that a flag names.
func accountKinds(named []string) []catalog.Kind {
	return slices.DeleteFunc(catalog.AccountKinds(), func(kind catalog.Kind) bool {
		return !slices.Contains(named, "all") && !slices.Contains(named, string(kind))
	})
}

func allAccountKinds() []string {
	var names []string
	for _, kind := range catalog.AccountKinds() {
		names = append(names, string(kind))
	}
	return names
}
