// Package configfile reads the configuration file: the values of flags, and what no
// flag can say: watch rules, replacements, and channels that hear of a part only.
//
// It guarantees that every error names a line of the file and repeats nothing secret,
// and that a key it does not know is one. It refuses to guess: what is set twice, or
// empty, is an error.
package configfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"snapshotter/internal/terminal"
	"snapshotter/watch"
)

// File is the content of a configuration file.
type File struct {
	Flags map[string]any // values by the flag's name: a string or a list of strings
	Watch []watch.Rule
	// Open are the names of the rules that name places, and neither access nor guard.
	// They wait for a way inside; before the key guard was, they guarded.
	Open []string
	// Replacements are the user's own, by the ID of the model that they replace.
	Replacements map[string]string
	Channels     []Channel
}

// Keys that are not names of flags.
const (
	watchKey        = "watch"
	replacementsKey = "replacements"
	// notifyKey is one, and may hold what the flag cannot say.
	notifyKey = "notify"
)

// Parse reads a file that may set the given flags. An error names the line. With an
// error, the File holds the flags that were read, or is nil.
func Parse(data []byte, flags []string) (*File, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	config := &File{Flags: map[string]any{}}
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
			config.Watch, config.Open, err = watchRules(value)
			return err
		case replacementsKey:
			config.Replacements, err = replacementsOf(followed(value))
			return err
		case notifyKey:
			var plain any
			if plain, config.Channels, err = channels(followed(value)); err == nil && plain != nil {
				config.Flags[key] = plain
			}
			return at(value, key, err)
		}
		config.Flags[key], err = flagValue(value)
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
	near := Nearest(key.Value, known)
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
