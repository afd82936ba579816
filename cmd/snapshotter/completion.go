package main

import (
	"context"
	"fmt"

	"github.com/alecthomas/kong"

	"snapshotter/catalog"
	"snapshotter/internal/completion"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// completionCommand prints the script that makes a shell call completeCommand.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: ${enum}."`
}

func (c *completionCommand) Help() string {
	return `The script completes commands, flags and their values. Regions, models, inference
profiles and runs are completed from the database of --db or SNAPSHOTTER_DB.

Examples:
  source <(snapshotter completion bash)                  in ~/.bashrc
  source <(snapshotter completion zsh)                   in ~/.zshrc, after compinit
  snapshotter completion fish > ~/.config/fish/completions/snapshotter.fish`
}

func (c *completionCommand) Run(p *program) error {
	_, err := fmt.Fprint(p.stdout, completion.Script(c.Shell))
	return err
}

// completeCommand prints the completions of the last of some words, one per line.
// It prints no errors: shells call it while somebody types.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"The words of the command line, without the first."`
}

func (c *completeCommand) Help() string {
	return `Shells call this command: see "snapshotter help completion".

Examples:
  snapshotter complete -- where --in eu-`
}

func (c *completeCommand) Run(ctx context.Context, p *program, parser *kong.Kong) error {
	values := func(database string, of *kong.Value) []string {
		if database != "" {
			p.DB = database
		}
		return recordedValues(ctx, p, of.Name)
	}
	for _, candidate := range completion.Candidates(parser.Model.Node, c.Words, values) {
		fmt.Fprintln(p.stdout, terminal.Plain(candidate))
	}
	return nil
}

// recordedValues returns what the database contains for the name of a flag or an
// argument.
func recordedValues(ctx context.Context, p *program, name string) []string {
	read, known := recorded[name]
	if !known || isURL(p.DB) { // a download at each keystroke would be too slow
		return nil
	}
	var values []string
	if err := p.reading(ctx, func(db *store.Store) (err error) {
		values, err = read(ctx, db)
		return err
	}); err != nil {
		return nil
	}
	return values
}

// recorded maps the names of flags and arguments to how their values are read.
var recorded = map[string]func(context.Context, *store.Store) ([]string, error){
	"region": recordedRegions, "exclude-region": recordedRegions, "in": recordedRegions, "within": recordedRegions,
	"model": recordedIDs, "id": recordedIDs,
	"base": runNames, "head": runNames, "as-of": runNames, "since": runNames,
}

func recordedRegions(ctx context.Context, db *store.Store) ([]string, error) {
	last, err := db.Latest(ctx, 0)
	if err != nil {
		return nil, err
	}
	snapshot, err := db.Listed(ctx, last.ID, catalog.KindFoundationModel)
	if err != nil {
		return nil, err
	}
	return snapshot.Regions(), nil
}

func recordedIDs(ctx context.Context, db *store.Store) ([]string, error) {
	var ids []string
	for _, kind := range catalog.Kinds() {
		keys, err := db.Keys(ctx, kind)
		if err != nil {
			return nil, err
		}
		ids = append(ids, keys...)
	}
	return ids, nil
}

func runNames(ctx context.Context, db *store.Store) ([]string, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{"latest"}
	for _, run := range runs {
		if run.Status != catalog.RunFailed {
			names = append(names, fmt.Sprint(run.ID))
		}
	}
	return names, nil
}
