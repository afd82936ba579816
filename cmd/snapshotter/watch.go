package main

import (
	"context"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/store"
	"snapshotter/watch"
)

// watchCommand is about the watch rules.
type watchCommand struct {
	List   watchListCommand   `cmd:"" default:"withargs" help:"Show the state of the watch rules; so does watch alone."`
	Add    watchAddCommand    `cmd:"" help:"Add a watch rule to the configuration file."`
	Remove watchRemoveCommand `cmd:"" help:"Remove a watch rule from the configuration file."`
}

// watchListCommand shows the state of the watch rules.
type watchListCommand struct {
	asOf     `embed:""`
	format   `embed:""`
	ExitCode bool `help:"Exit with 0 if all rules are satisfied, else with 10."`
}

func (c *watchListCommand) Help() string {
	return `Rules are in the configuration file, under the key watch, such as

  watch:
    - name: opus-in-europe
      model: "anthropic.claude-opus-*"
      region: [eu-*]
      access: profile
      within: [eu]

docs/configuration.md explains the rules, and docs/report-json.md the JSON. Only a list
that the run itself read satisfies a rule: if it was not read, the rule is not
observable, and the output says what the list last contained.

Examples:
  snapshotter watch --config snapshotter.yaml
  snapshotter watch list --config snapshotter.yaml --as-of 7d --format json
  until snapshotter watch --config snapshotter.yaml --exit-code; do sleep 1h; done`
}

// watchAnswer is the answer as programs read it.
type watchAnswer struct {
	Run   ask.AsOf      `json:"run"`
	Watch []watch.State `json:"watch"`
}

// Schema names its form, which docs/watch.schema.json describes.
func (watchAnswer) Schema() string { return "snapshotter.watch/2" }

func (c *watchListCommand) Run(ctx context.Context, p *program) error {
	if len(p.rules) == 0 {
		return &codedError{exitUsage, advised{"there are no watch rules", "give them in a configuration file, named with --config, under the key watch, or with snapshotter watch add: see docs/configuration.md"}}
	}
	p.warnOpen()
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		states, err := c.states(ctx, p, db, run)
		if err != nil {
			return err
		}
		if c.forPeople() {
			p.printWrapped("%s as of run %d (%s): %s", catalog.Counted(len(states), "rule"), run.ID, catalog.Moment(run.StartedAt), sheet.RuleCounts(states))
			p.println("")
		}
		if err := c.print(p, c.table(states, run), watchAnswer{c.answered(p, run), states}); err != nil {
			return err
		}
		for _, state := range states {
			if c.ExitCode && state.Status != watch.Satisfied {
				return &codedError{code: exitChanged}
			}
		}
		return nil
	})
}

func (c *watchListCommand) table(states []watch.State, run catalog.Run) *terminal.Table {
	if c.forPeople() {
		return sheet.Rules(states)
	}
	return sheet.AsOf(sheet.RuleRows(states), run.Ref())
}

// states returns the state of the rules as of a run, compared with the run
// before.
func (c *watchListCommand) states(ctx context.Context, p *program, db *store.Store, run catalog.Run) ([]watch.State, error) {
	base, err := job.Before(ctx, db, run)
	if err != nil {
		return nil, err
	}
	now, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	return watched(ctx, db, p.rules, base, now)
}

// watched returns the state of rules in now, compared with base, which may be
// nil, and since when.
func watched(ctx context.Context, db *store.Store, rules []watch.Rule, base *catalog.Run, now *catalog.Snapshot) ([]watch.State, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	then, err := snapshotOf(ctx, db, base)
	if err != nil {
		return nil, err
	}
	states := watch.Evaluate(rules, then, now)
	spans := map[string][]ask.Span{}
	for i := range states {
		for _, model := range states[i].Models() {
			if _, known := spans[model]; known {
				continue
			}
			if spans[model], err = ask.ReadSpans(ctx, db, model, now.Run.ID); err != nil {
				return nil, err
			}
		}
		states[i].Date(spans)
	}
	return states, nil
}
