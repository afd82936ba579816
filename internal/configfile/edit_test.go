package configfile

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"snapshotter/watch"
)

const edited = `# Ours.
db: history.db # beside the program

watch:
  # For the chat.
  - name: opus
    model: "anthropic.claude-opus-*" # any of them
    within: [EU]
    guard: true

  # Wanted in Tokyo.
  - model: amazon.nova-pro-v1:0
    note: |
      asked for
      by two teams
    region:
      - ap-northeast-1

# What follows stays.
region: [eu-*]
`

func TestAddRule(t *testing.T) {
	t.Parallel()
	rule := watch.Rule{Name: "new", Model: "cohere.*", Regions: []string{"us-*", "eu-west-1"}, Access: watch.Any, Note: `"quoted": yes`}
	got, err := AddRule([]byte(edited), knownKeys, rule)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(edited, "      - ap-northeast-1\n", "      - ap-northeast-1\n"+`  - name: "new"
    model: "cohere.*"
    region: ["us-*", "eu-west-1"]
    access: any
    note: "\"quoted\": yes"
`, 1)
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]string{
		"":                                "watch:\n  - name: \"a\"\n    model: \"a\"\n",
		"db: x":                           "db: x\nwatch:\n  - name: \"a\"\n    model: \"a\"\n",
		"watch:\n- model: b\nregion: r\n": "watch:\n- model: b\n- name: \"a\"\n  model: \"a\"\nregion: r\n",
	} {
		if got, err := AddRule([]byte(text), knownKeys, watch.Rule{Model: "a"}); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"watch: [{model: b}]\n":            "by hand",
		"watch:\n- model: a\n":             `there is a rule named "a"`,
		"wach: []\n":                       "unknown key",
		"base: &b [1]\nwatch: []\n":        "unknown key",
		"{db: x}\n":                        "by hand",
		"watch:\n- &r\n  model: b\n- *r\n": "a rule is named",
	} {
		if got, err := AddRule([]byte(text), knownKeys, watch.Rule{Model: "a"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	if _, err := AddRule(nil, knownKeys, watch.Rule{}); err == nil {
		t.Error("a rule without a model was added")
	}
}

func TestRemoveRule(t *testing.T) {
	t.Parallel()
	first, rest, _ := strings.Cut(edited, "  # For the chat.\n")
	_, second, _ := strings.Cut(rest, "\n\n")
	got, err := RemoveRule([]byte(edited), knownKeys, "opus")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first+"\n"+second, string(got)); d != "" {
		t.Error(d)
	}
	if got, err = RemoveRule(got, knownKeys, "amazon.nova-pro-v1:0 in ap-northeast-1"); err != nil {
		t.Fatal(err)
	}
	if text := string(got); !strings.Contains(text, "watch: []\n\n# What follows stays.\nregion: [eu-*]\n") {
		t.Errorf("the last one: %s", text)
	}
	none, ok := errors.AsType[*NoRuleError](second1(RemoveRule([]byte(edited), knownKeys, "haiku")))
	if !ok || !strings.Contains(none.Advice(), "opus; amazon.nova-pro") {
		t.Errorf("a rule that is not there: %v", none)
	}
}

func second1[T any](_ T, err error) error { return err }

// FuzzEdit adds a rule to a file and removes it: what else the file says stays, and so
// do its comments.
func FuzzEdit(f *testing.F) {
	f.Add(edited, "n", "cohere.*", "eu-*", "why")
	f.Add("watch:\n- model: a\n  # b\n\n# c\n", "- x", "#", "*", "\u2028")
	f.Add("# nothing\n", "", "a", "", ": ")
	f.Add("---\nwatch:\n- model: |\n    a\n...\n", "n", "m", "r", "x")
	f.Fuzz(func(t *testing.T, text, name, model, region, note string) {
		if !utf8.ValidString(name + model + region + note) {
			return
		}
		rule := watch.Rule{Name: name, Model: model, Note: note}
		if region != "" {
			rule.Regions = []string{region}
		}
		before, err := Parse([]byte(text), knownKeys)
		if err != nil {
			return
		}
		added, err := AddRule([]byte(text), knownKeys, rule)
		if err != nil {
			return
		}
		after, err := Parse(added, knownKeys)
		if err != nil || len(after.Watch) != len(before.Watch)+1 {
			t.Fatalf("%q became %q: %v", text, added, err)
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimSuffix(line, "\n"); !strings.Contains(string(added), line) {
				t.Errorf("the line %q is lost in %q", line, added)
			}
		}
		removed, err := RemoveRule(added, knownKeys, after.Watch[len(after.Watch)-1].Name)
		if err != nil {
			return
		}
		again, err := Parse(removed, knownKeys)
		if err != nil || len(again.Watch) != len(before.Watch) {
			t.Errorf("%q became %q: %v", added, removed, err)
		}
	})
}
