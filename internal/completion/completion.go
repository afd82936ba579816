// Package completion completes command lines for shells: it prints the scripts that
// make bash, zsh and fish ask the program, and answers them from its grammar. It
// knows no values of its own: whoever calls it says what is recorded.
package completion

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Script returns what a shell reads to complete this program: bash, zsh or fish.
func Script(shell string) string { return scripts[shell] }

// scripts complete file names where the program has no candidates. Bash breaks words
// at colons, which IDs contain: the script splits the line itself, and removes the
// part of a candidate that bash keeps.
var scripts = map[string]string{
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

// Values returns the known values of a flag or an argument of a command line that
// names a database, or "" for the default one.
type Values func(database string, of *kong.Value) []string

// Candidates returns what can stand in place of the last of some words, which are
// those after the program's name: sorted, without duplicates. Without words there
// is none.
func Candidates(grammar *kong.Node, words []string, values Values) []string {
	if len(words) == 0 {
		return nil
	}
	last := len(words) - 1
	node, open, database := follow(grammar, words[:last])
	word, prefix := words[last], ""
	if name, value, with := strings.Cut(word, "="); with && strings.HasPrefix(word, "--") {
		open, word, prefix = flagNamed(node, name), value, name+"="
	}
	var candidates []string
	switch {
	case open != nil:
		candidates = known(database, open.Value, values)
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
			candidates = append(candidates, known(database, node.Positional[0], values)...)
		}
	}
	var fitting []string
	for _, candidate := range candidates {
		if strings.HasPrefix(candidate, word) {
			fitting = append(fitting, prefix+candidate)
		}
	}
	slices.Sort(fitting)
	return slices.Compact(fitting)
}

func known(database string, of *kong.Value, values Values) []string {
	if of.Enum != "" {
		return of.EnumSlice()
	}
	return values(database, of)
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
