package configfile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"snapshotter/internal/terminal"
	"snapshotter/watch"
)

// AddRule returns a file with a watch rule more. All that is there stays as it is,
// comments too. Flags are the keys that the file may set. It refuses what it cannot
// do so, such as a list in brackets.
func AddRule(data []byte, flags []string, rule watch.Rule) ([]byte, error) {
	before, rules, err := rulesIn(data, flags)
	if err != nil {
		return nil, err
	}
	if rule, err = rule.Named(); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(before.Watch, func(r watch.Rule) bool { return r.Name == rule.Name }) {
		return nil, fmt.Errorf("there is a rule named %q", terminal.OneLine(rule.Name))
	}
	lines, indent := splitLines(data), "  "
	at := len(lines)
	if rules == nil {
		lines = append(lines, "watch:")
		at++
	} else {
		last := rules.Content[len(rules.Content)-1]
		at = min(lastLine(last), len(lines)) // blank lines may end a text, or be none
		indent = strings.Repeat(" ", last.Column-len("- ")-1)
	}
	written := strings.Split(strings.TrimSuffix(written(rule), "\n"), "\n")
	for i := range written {
		written[i] = indent + written[i]
	}
	after := []byte(strings.Join(slices.Insert(lines, at, written...), "\n") + "\n")
	return after, checkEdit(after, flags, before, append(slices.Clone(before.Watch), rule))
}

// RemoveRule returns a file without a watch rule, and without the comments that stand
// above it. All else stays as it is.
func RemoveRule(data []byte, flags []string, name string) ([]byte, error) {
	before, rules, err := rulesIn(data, flags)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(before.Watch, func(r watch.Rule) bool { return r.Name == name })
	if i < 0 {
		var names []string
		for _, rule := range before.Watch {
			names = append(names, rule.Name)
		}
		return nil, &NoRuleError{name, names}
	}
	first, last := firstLine(rules.Content[i]), lastLine(rules.Content[i])
	lines := splitLines(data)
	last = min(last, len(lines))
	if len(before.Watch) == 1 { // an empty list, rather than a key without a value
		lines = slices.Replace(lines, rules.key-1, last, strings.Replace(lines[rules.key-1], ":", ": []", 1))
	} else {
		lines = slices.Delete(lines, first-1, last)
	}
	after := []byte(strings.Join(lines, "\n") + "\n")
	return after, checkEdit(after, flags, before, slices.Delete(slices.Clone(before.Watch), i, i+1))
}

// NoRuleError says that no watch rule has a name.
type NoRuleError struct {
	Name  string
	Names []string // that there are
}

func (e *NoRuleError) Error() string {
	return fmt.Sprintf("no watch rule is named %q", terminal.OneLine(e.Name))
}

// Advice says what there is.
func (e *NoRuleError) Advice() string {
	if len(e.Names) == 0 {
		return "there are none"
	}
	return "there are " + strings.Join(e.Names, "; ")
}

var errByHand = errors.New("the rules are not written as a list of lines that begin with a dash: edit the file by hand")

// ruleList is the list of rules, and the line of its key.
type ruleList struct {
	*yaml.Node
	key int
}

// rulesIn reads a file, and its list of rules, nil if it has none.
func rulesIn(data []byte, flags []string) (*File, *ruleList, error) {
	file, err := Parse(data, flags)
	if err != nil {
		return nil, nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil || len(document.Content) == 0 {
		return file, nil, err
	}
	root := document.Content[0]
	// YAML counts these as ends of lines, too.
	if strings.ContainsAny(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r\u0085\u2028\u2029") {
		return nil, nil, errByHand
	}
	if root.Style&yaml.FlowStyle != 0 || root.Column != 1 {
		return nil, nil, errByHand
	}
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value != watchKey {
			continue
		}
		rules := root.Content[i+1]
		if rules.Kind != yaml.SequenceNode || rules.Style&yaml.FlowStyle != 0 {
			return nil, nil, errByHand
		}
		return file, &ruleList{rules, root.Content[i].Line}, nil
	}
	return file, nil, nil
}

// checkEdit refuses an edit after which the file does not say what it should.
func checkEdit(after []byte, flags []string, before *File, rules []watch.Rule) error {
	now, err := Parse(after, flags)
	if err != nil {
		return errByHand
	}
	want := *before
	want.Watch, want.Open, now.Open = rules, nil, nil
	if len(want.Watch)+len(now.Watch) == 0 {
		want.Watch, now.Watch = nil, nil
	}
	if !reflect.DeepEqual(&want, now) {
		return errByHand
	}
	return nil
}

// written is a rule as an element of a list.
func written(rule watch.Rule) string {
	var text strings.Builder
	line := func(key string, value any) {
		var encoded bytes.Buffer
		encoder := yaml.NewEncoder(&encoded)
		encoder.Encode(value) // of text
		prefix := "  "
		if text.Len() == 0 {
			prefix = "- "
		}
		fmt.Fprintf(&text, "%s%s: %s\n", prefix, key, strings.TrimSpace(encoded.String()))
	}
	list := func(key string, values []string) {
		if len(values) == 0 {
			return
		}
		node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, value := range values {
			node.Content = append(node.Content, quoted(value))
		}
		line(key, node)
	}
	line("name", quoted(rule.Name))
	line("model", quoted(rule.Model))
	list("region", rule.Regions)
	if rule.Access != "" {
		line("access", string(rule.Access))
	}
	list("within", rule.Within)
	if rule.Guard {
		line("guard", true)
	}
	if rule.Note != "" {
		line("note", quoted(rule.Note))
	}
	return text.String()
}

// quoted is text in quotes, so that no text is taken for anything else.
func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
}

func splitLines(data []byte) []string {
	text := strings.TrimSuffix(string(data), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// firstLine is the line at which an element of a list begins, its comments included.
func firstLine(node *yaml.Node) int {
	head := node.HeadComment
	if node.Kind == yaml.MappingNode && head == "" && len(node.Content) > 0 {
		head = node.Content[0].HeadComment
	}
	if head == "" {
		return node.Line
	}
	return node.Line - 1 - strings.Count(head, "\n")
}

// lastLine is the line at which a node ends.
func lastLine(node *yaml.Node) int {
	last := node.Line
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 { // the text begins below
		last += 1 + strings.Count(strings.TrimSuffix(node.Value, "\n"), "\n")
	}
	for _, child := range node.Content {
		last = max(last, lastLine(child))
	}
	return last
}
