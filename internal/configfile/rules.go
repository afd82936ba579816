package configfile

import (
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"snapshotter/internal/terminal"
	"snapshotter/watch"
)

// ruleKeys are the keys of a watch rule.
var ruleKeys = []string{"name", "model", "region", "access", "within", "guard", "note"}

// RuleKeys returns the keys that a watch rule may have.
func RuleKeys() []string { return slices.Clone(ruleKeys) }

// watchRules reads the list of watch rules, whose names must differ, and the names of
// those that leave open if they guard.
func watchRules(list *yaml.Node) (rules []watch.Rule, open []string, err error) {
	list = followed(list)
	if list.Kind != yaml.SequenceNode {
		return nil, nil, at(list, watchKey, errors.New(`expected a list of rules, such as "- model: anthropic.claude-*"`))
	}
	lines := map[string]int{}
	for _, node := range list.Content {
		rule, unclear, err := watchRule(followed(node))
		if err != nil {
			return nil, nil, err
		}
		if unclear {
			open = append(open, rule.Name)
		}
		if line, taken := lines[rule.Name]; taken {
			return nil, nil, at(node, watchKey, fmt.Errorf("a rule is named %q like the one in line %d; give it another name", terminal.OneLine(rule.Name), line))
		}
		lines[rule.Name] = node.Line
		rules = append(rules, rule)
	}
	return rules, open, nil
}

// watchRule reads a rule, and whether it leaves open if it guards: before the key
// guard was, a rule with places and no access did.
func watchRule(node *yaml.Node) (rule watch.Rule, open bool, err error) {
	guard := false
	if node.Kind != yaml.MappingNode {
		return rule, false, at(node, watchKey, errors.New(`expected keys and values, such as "model: anthropic.claude-*"`))
	}
	err = eachKey(node, ruleKeys, func(key string, value *yaml.Node) (err error) {
		switch key {
		case "name":
			rule.Name, err = wordOf(value)
		case "model":
			rule.Model, err = wordOf(value)
		case "region":
			rule.Regions, err = wordsOf(value)
		case "access":
			var access string
			access, err = wordOf(value)
			rule.Access = watch.Access(access)
		case "within":
			rule.Within, err = wordsOf(value)
		case "guard":
			guard = true
			rule.Guard, err = truthOf(value)
		case "note":
			rule.Note, err = wordOf(value)
		}
		return at(value, key, err)
	})
	if err != nil {
		return rule, false, err
	}
	rule, err = rule.Named()
	return rule, len(rule.Within) > 0 && rule.Access == "" && !guard, at(node, watchKey, err)
}

func truthOf(node *yaml.Node) (truth bool, err error) {
	if followed(node).Decode(&truth) != nil {
		return false, errors.New("expected true or false")
	}
	return truth, nil
}

func followed(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// wordOf returns a value that must not be empty: an empty one would look like
// none.
func wordOf(node *yaml.Node) (string, error) {
	node = followed(node)
	if node.Kind != yaml.ScalarNode || node.Value == "" || node.Tag == "!!null" {
		return "", errors.New("expected one value")
	}
	return node.Value, nil
}

// wordsOf returns one value, or a list of at least one.
func wordsOf(node *yaml.Node) ([]string, error) {
	node = followed(node)
	if node.Kind != yaml.SequenceNode {
		word, err := wordOf(node)
		return []string{word}, err
	}
	if len(node.Content) == 0 {
		return nil, errors.New("expected at least one value")
	}
	var words []string
	for _, element := range node.Content {
		word, err := wordOf(element)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	return words, nil
}

// replacementsOf reads a mapping from the ID of a model to that of its replacement.
func replacementsOf(node *yaml.Node) (map[string]string, error) {
	if node.Kind != yaml.MappingNode {
		return nil, at(node, replacementsKey, errors.New(`expected the ID of a model and of its replacement, such as "amazon.titan-text-lite-v1: amazon.nova-micro-v1:0"`))
	}
	replacements := map[string]string{}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if _, twice := replacements[key.Value]; twice {
			return nil, fmt.Errorf("line %d: %s: %q is set twice", key.Line, replacementsKey, terminal.OneLine(key.Value))
		}
		to, err := wordOf(value)
		if err != nil {
			return nil, at(value, replacementsKey, err)
		}
		replacements[key.Value] = to
	}
	return replacements, nil
}
