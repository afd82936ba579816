package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"snapshotter/internal/terminal"
	"snapshotter/watch"
)

// settings gives flags that the command line leaves out their value from the
// environment, else from the configuration file, which holds the watch rules
// too. The file is strict: a key that is not known is an error that names its
// line.
type settings struct {
	getenv func(string) string
	file   *configuration
	err    error // why there is no file; kong would lay it to some flag
}

// configuration is what a file says: values of flags, and the watch rules, which
// are too much for a flag.
type configuration struct {
	flags map[string]any
	watch []watch.Rule
}

// notSettable are flags that only make sense on the command line: "within" asks
// one command for places and another for days.
var notSettable = []string{"help", "config", "within", "new", "accept-account"}

const environmentPrefix = "SNAPSHOTTER_"

func environmentName(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Validate implements [kong.Resolver]. Kong calls it after it has traced the
// command line and before it asks for any value.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve implements [kong.Resolver].
func (s *settings) Resolve(context *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name != "config" && slices.Contains(notSettable, flag.Name) {
		return nil, nil
	}
	if value := s.getenv(environmentName(flag.Name)); value != "" {
		return fitting(context, flag, environmentValue(flag, value)), nil
	}
	if flag.Name == "config" {
		return nil, nil
	}
	s.load(context)
	return fitting(context, flag, s.file.flags[flag.Name]), nil
}

// fitting is a value that a flag is set to for every command that has it, nil
// where only others know the word: "format: csv" is no mistake because a report
// has no such form.
func fitting(context *kong.Context, flag *kong.Flag, value any) any {
	word, ok := value.(string)
	if !ok || flag.Enum == "" || slices.Contains(flag.EnumSlice(), word) {
		return value
	}
	for _, other := range everyFlag(context.Model) {
		if other.Name == flag.Name && slices.Contains(other.EnumSlice(), word) {
			return nil
		}
	}
	return value
}

// environmentValue is what a flag is given. Values that may hold commas, which
// the command line repeats the flag for, are parted by spaces.
func environmentValue(flag *kong.Flag, value string) any {
	if flag.Tag.Sep != noSeparator {
		return value
	}
	var values []any
	for _, part := range strings.Fields(value) {
		values = append(values, part)
	}
	return values
}

// noSeparator is kong's for the tag sep:"none".
const noSeparator = -1

// load reads the configuration file once, if one is named.
func (s *settings) load(context *kong.Context) {
	if s.file != nil {
		return
	}
	s.file = &configuration{}
	if path := s.path(context); path != "" {
		s.err = s.file.read(path, flagNames(context.Model))
	}
}

// read reads the file at path, in which the given flags may be set.
func (c *configuration) read(path string, flags []string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("configuration file %s does not exist", path)
	} else if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	read, err := parseConfig(data, flags)
	if err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	*c = *read
	return nil
}

// path is the file named on the command line, else in the environment.
func (s *settings) path(context *kong.Context) string {
	for _, flag := range context.Flags() {
		if flag.Name == "config" {
			if path, _ := context.FlagValue(flag).(string); path != "" {
				return path
			}
		}
	}
	return s.getenv(environmentName("config"))
}

// flagNames are the keys that a configuration file may hold, sorted.
func flagNames(app *kong.Application) []string {
	var names []string
	for _, flag := range everyFlag(app) {
		if !slices.Contains(notSettable, flag.Name) {
			names = append(names, flag.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// everyFlag are those of all commands, one that several have as often.
func everyFlag(app *kong.Application) []*kong.Flag {
	flags := slices.Clone(app.Flags)
	for _, command := range app.Leaves(false) {
		flags = append(flags, command.Flags...)
	}
	return flags
}

// watchKey is the key that is no flag's name.
const watchKey = "watch"

// parseConfig reads a mapping of the known flags to scalars or lists of them,
// and the watch rules.
func parseConfig(data []byte, flags []string) (*configuration, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	config := &configuration{flags: map[string]any{}}
	if len(document.Content) == 0 {
		return config, nil // empty, or only comments
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: expected keys and values, such as \"db: snapshotter.db\"", root.Line)
	}
	err := eachKey(root, append([]string{watchKey}, flags...), func(key string, value *yaml.Node) (err error) {
		if key == watchKey {
			config.watch, err = watchRules(value)
			return err
		}
		config.flags[key], err = flagValue(value)
		return at(value, key, err)
	})
	return config, err
}

// eachKey calls read with each key of a mapping and its value. A key that is not
// known, or is set twice, is an error.
func eachKey(mapping *yaml.Node, known []string, read func(key string, value *yaml.Node) error) error {
	seen := map[string]bool{}
	for i := 0; i < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		if !slices.Contains(known, key.Value) {
			return unknownKey(key, known)
		}
		if seen[key.Value] {
			return fmt.Errorf("line %d: key %q is set twice", key.Line, key.Value)
		}
		seen[key.Value] = true
		if err := read(key.Value, value); err != nil {
			return err
		}
	}
	return nil
}

// at says where in the file an error is.
func at(node *yaml.Node, key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %s: %w", node.Line, key, err)
}

func unknownKey(key *yaml.Node, known []string) error {
	near := nearest(key.Value, known)
	if near == "" {
		return fmt.Errorf("line %d: unknown key %q", key.Line, terminal.OneLine(key.Value))
	}
	return fmt.Errorf("line %d: unknown key %q; did you mean %q?", key.Line, terminal.OneLine(key.Value), near)
}

// flagValue is a YAML value as kong takes it for a flag: text, or a list of it.
func flagValue(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.AliasNode:
		return flagValue(node.Alias)
	case yaml.ScalarNode:
		return node.Value, nil
	case yaml.SequenceNode:
		parts := []any{}
		for _, element := range node.Content {
			if element.Kind != yaml.ScalarNode {
				return nil, errors.New("expected a list of plain values")
			}
			parts = append(parts, element.Value)
		}
		return parts, nil
	}
	return nil, errors.New("expected a value or a list of values")
}

// nearest is the known word with the fewest edits to word, "" where none is
// close enough to be meant.
func nearest(word string, known []string) string {
	best, distance := "", len(word)/2+1
	for _, candidate := range known {
		if max(len(word)-len(candidate), len(candidate)-len(word)) >= distance {
			continue // no fewer edits than that; a word from outside may be of any length
		}
		if d := edits(word, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// edits is the Levenshtein distance of two words.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
