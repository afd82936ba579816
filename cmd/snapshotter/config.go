package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"snapshotter/internal/terminal"
	"snapshotter/watch"
)

// settings sets flags that are not on the command line from the environment, or
// else from the configuration file, which also holds the watch rules. An unknown
// key in the file is an error that names its line.
type settings struct {
	getenv func(string) string
	file   *configuration
	err    error // of reading the file; kong would blame it on a flag
}

// configuration is the content of a file: values of flags, and the watch rules and
// replacements, which have no flag.
type configuration struct {
	flags        map[string]any
	watch        []watch.Rule
	replacements map[string]string
}

// notSettable are flags that make sense only on the command line: "within" means
// places to one command and days to another.
var notSettable = []string{"help", "config", "within", "ids", "event", "new", "accept-account", "from", "json"}

const environmentPrefix = "SNAPSHOTTER_"

func environmentName(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Validate implements [kong.Resolver]. Kong calls it before Resolve.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve implements [kong.Resolver].
func (s *settings) Resolve(context *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name != "config" && slices.Contains(notSettable, flag.Name) {
		return nil, nil
	}
	if value := s.getenv(environmentName(flag.Name)); value != "" {
		return valueFor(context, flag, environmentValue(flag, value)), nil
	}
	if flag.Name == "config" {
		return nil, nil
	}
	s.load(context)
	return valueFor(context, flag, s.file.flags[flag.Name]), nil
}

// valueFor returns the value for a flag that several commands have, or nil if only
// the others accept it: "format: csv" is not an error because a report has no such
// format.
func valueFor(context *kong.Context, flag *kong.Flag, value any) any {
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

// environmentValue returns the value for a flag. Where values may contain commas,
// so that the flag is repeated on the command line, spaces separate them.
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

// noSeparator is how kong represents the tag sep:"none".
const noSeparator = -1

// load reads the configuration file, if there is one, the first time it is called.
func (s *settings) load(context *kong.Context) {
	if s.file != nil {
		return
	}
	s.file = &configuration{}
	if path := s.path(context); path != "" {
		s.err = s.file.read(path, flagNames(context.Model))
	}
}

// read reads the file at path, which may set the given flags.
func (c *configuration) read(path string, flags []string) error {
	// A named pipe would wait for a writer. Those in /dev have one: a shell's
	// <(command), and standard input.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !strings.HasPrefix(filepath.Clean(path), "/dev/") {
		return fmt.Errorf("configuration file %s is not a regular file", path)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("configuration file %s does not exist", path)
	} else if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	read, err := parseConfig(data, flags)
	if err != nil {
		if read != nil {
			c.flags = read.flags // for the form of the error
		}
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	*c = *read
	return nil
}

// path returns the file named on the command line, or else in the environment.
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

// flagNames returns the keys that a configuration file may contain, sorted.
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

// everyFlag returns the flags of all commands. A flag that several commands have
// appears several times.
func everyFlag(app *kong.Application) []*kong.Flag {
	flags := slices.Clone(app.Flags)
	for _, command := range app.Leaves(false) {
		flags = append(flags, command.Flags...)
	}
	return flags
}

// Keys that are not names of flags.
const (
	watchKey        = "watch"
	replacementsKey = "replacements"
)

// parseConfig reads a mapping from the known flags to scalars or lists of scalars,
// the watch rules and the replacements.
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
	err := eachKey(root, append([]string{watchKey, replacementsKey}, flags...), func(key string, value *yaml.Node) (err error) {
		switch key {
		case watchKey:
			config.watch, err = watchRules(value)
			return err
		case replacementsKey:
			config.replacements, err = replacementsOf(followed(value))
			return err
		}
		config.flags[key], err = flagValue(value)
		return at(value, key, err)
	})
	return config, err
}

// eachKey calls read with each key of a mapping and its value. A key that is
// unknown or set twice is an error.
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

// at adds to an error where in the file it is.
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

// flagValue returns a YAML value as kong expects it: a string or a list of strings.
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

// nearest returns the known word that is the fewest edits away from word, or "" if
// none is close.
func nearest(word string, known []string) string {
	best, distance := "", len(word)/2+1
	for _, candidate := range known {
		if max(len(word)-len(candidate), len(candidate)-len(word)) >= distance {
			continue // at least that many edits; a word from outside may be of any length
		}
		if d := edits(word, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// edits returns the Levenshtein distance between two words.
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
