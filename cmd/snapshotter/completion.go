package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"snapshotter/catalog"
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
	_, err := fmt.Fprint(p.stdout, completionScripts[c.Shell])
	return err
}

// completionScripts complete file names where the program has no candidates. Bash
// breaks words at colons, which IDs contain: the script splits the line itself, and
// removes the part of a candidate that bash keeps.
var completionScripts = map[string]string{
	"bash": `_snapshotter() {
    local line=${COMP_LINE:0:COMP_POINT} word kept candidate
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    word=${words[${#words[@]}-1]}
    kept=${word%"${word##*[:=]}"}
    COMPREPLY=()
    while IFS= read -r candidate; do
        COMPREPLY+=("${candidate#"$kept"}")
    done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _snapshotter snapshotter
`,
	"zsh": `#compdef snapshotter
_snapshotter() {
    local -a candidates
    candidates=(${(f)"$(${words[1]} complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( $#candidates )); then compadd -a candidates; else _files; fi
}
compdef _snapshotter snapshotter
`,
	"fish": `function __snapshotter_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l candidates (snapshotter complete -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path "$current"
    end
end
complete -c snapshotter -f -a '(__snapshotter_complete)'
`,
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
	if len(c.Words) == 0 {
		return nil
	}
	last := len(c.Words) - 1
	node, open, database := follow(parser.Model.Node, c.Words[:last])
	if database != "" {
		p.DB = database
	}
	word, prefix := c.Words[last], ""
	if name, value, with := strings.Cut(word, "="); with && strings.HasPrefix(word, "--") {
		open, word, prefix = flagNamed(node, name), value, name+"="
	}
	var candidates []string
	switch {
	case open != nil:
		candidates = valuesOf(ctx, p, open.Value)
	case strings.HasPrefix(word, "-"):
		for _, flag := range flagsOf(node) {
			candidates = append(candidates, "--"+flag.Name)
		}
	default:
		for _, child := range node.Children {
			if !child.Hidden {
				candidates = append(candidates, child.Name)
			}
		}
		if len(node.Positional) > 0 {
			candidates = append(candidates, valuesOf(ctx, p, node.Positional[0])...)
		}
	}
	slices.Sort(candidates)
	for _, candidate := range slices.Compact(candidates) {
		if strings.HasPrefix(candidate, word) {
			fmt.Fprintln(p.stdout, terminal.Plain(prefix+candidate))
		}
	}
	return nil
}

// follow returns the command that words lead to, the flag that still needs its
// value, if any, and the database that they name.
func follow(node *kong.Node, words []string) (_ *kong.Node, open *kong.Flag, database string) {
	for _, word := range words {
		name, value, with := strings.Cut(word, "=")
		switch {
		case open != nil:
			if open.Name == "db" {
				database = word
			}
			open = nil
		case strings.HasPrefix(word, "-"):
			flag := flagNamed(node, name)
			switch {
			case flag == nil || flag.IsBool():
			case !with:
				open = flag
			case flag.Name == "db":
				database = value
			}
		default:
			for _, child := range node.Children {
				if child.Name == word {
					node = child
					break
				}
			}
		}
	}
	return node, open, database
}

func flagsOf(node *kong.Node) []*kong.Flag {
	return slices.Concat(node.AllFlags(true)...)
}

func flagNamed(node *kong.Node, name string) *kong.Flag {
	for _, flag := range flagsOf(node) {
		if name == "--"+flag.Name || flag.Short != 0 && name == "-"+string(flag.Short) {
			return flag
		}
	}
	return nil
}

// valuesOf returns the known values of a flag or an argument: those of its enum, or
// what the database contains for its name.
func valuesOf(ctx context.Context, p *program, value *kong.Value) []string {
	if value.Enum != "" {
		return value.EnumSlice()
	}
	read, known := recorded[value.Name]
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
