package configfile

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"snapshotter/watch"
)

var knownKeys = []string{"db", "exclude-region", "log-format", "region", "reports"}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       map[string]any
		err        string
	}{
		{"empty", "# nothing yet\n", map[string]any{}, ""},
		{"values and lists", "db: /var/lib/snapshotter.db\nregion: [eu-*, us-east-1]\nreports: &r out\nlog-format: *r\n",
			map[string]any{"db": "/var/lib/snapshotter.db", "region": []any{"eu-*", "us-east-1"}, "reports": "out", "log-format": "out"}, ""},
		{"unknown key", "db: x\nreprots: y\n", nil, `line 2: unknown key "reprots"; did you mean "reports"?`},
		{"unknown and far from all", "schedule: y\n", nil, `line 1: unknown key "schedule"`},
		{"set twice", "db: x\ndb: y\n", nil, "line 2"},
		{"not a mapping", "- db\n", nil, "line 1: expected keys and values"},
		{"nested", "db:\n  path: x\n", nil, "line 2: db: expected a value"},
		{"list of lists", "region:\n- [a]\n", nil, "region: expected a list of plain values"},
		{"not YAML", "db: [\n", nil, "line "},
		{"control characters", "\"a\\e[31m\\n\": 1\n", nil, `unknown key "a [31m"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text), knownKeys)
			if err != nil {
				if test.err == "" || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				return
			}
			if d := cmp.Diff(test.want, got.Flags); test.err != "" || d != "" {
				t.Errorf("want error %q; %s", test.err, d)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("db: x\nregion: [a, b]\n")
	f.Add("a: &a [*a]\n")
	f.Add("watch: [{model: a, region: [eu-*], within: eu, access: any}]\n")
	f.Add("? {}\n: x\n")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := Parse([]byte(text), knownKeys)
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\r") {
			t.Errorf("the error carries control characters: %q", err)
		}
		if err != nil {
			return
		}
		for key := range config.Flags {
			if !strings.Contains(strings.Join(knownKeys, " "), key) {
				t.Errorf("unknown key %q was accepted", key)
			}
		}
	})
}

func TestParseWatchRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       []watch.Rule
		err        string
	}{
		{"all keys", "watch:\n- {name: n, model: a.*, region: [eu-*, us-east-1], access: profile, within: eu, note: why}\n- model: b\n",
			[]watch.Rule{
				{Name: "n", Model: "a.*", Regions: []string{"eu-*", "us-east-1"}, Access: watch.Profile, Within: []string{"eu"}, Note: "why"},
				{Name: "b", Model: "b"},
			}, ""},
		{"shared values", "watch:\n- {model: &m a, region: &r [eu-*]}\n- {model: *m, region: *r, access: any, name: two}\n",
			[]watch.Rule{
				{Name: "a in eu-*", Model: "a", Regions: []string{"eu-*"}},
				{Name: "two", Model: "a", Regions: []string{"eu-*"}, Access: watch.Any},
			}, ""},
		{"none", "watch: []\n", nil, ""},
		{"unknown key", "watch:\n- model: a\n  regoin: x\n", nil, `line 3: unknown key "regoin"; did you mean "region"?`},
		{"misspelt list", "wacth: []\n", nil, `line 1: unknown key "wacth"; did you mean "watch"?`},
		{"key twice", "watch:\n- model: a\n  model: b\n", nil, `line 3: key "model" is set twice`},
		{"no model", "watch:\n- model: a\n- region: x\n", nil, `line 3: watch: a rule needs a model`},
		{"no such access", "watch:\n- model: a\n  access: ondemand\n", nil, `line 2: watch: access "ondemand" is not one of on-demand, profile, any`},
		{"same names", "watch:\n- model: a\n- {model: b, name: a}\n", nil, `line 3: watch: a rule is named "a" like the one in line 2`},
		{"no list", "watch: {model: a}\n", nil, `line 1: watch: expected a list of rules`},
		{"no mapping", "watch:\n- a\n", nil, `line 2: watch: expected keys and values`},
		{"empty value", "watch:\n- model: a\n  within:\n", nil, `line 3: within: expected one value`},
		{"empty list", "watch:\n- model: a\n  region: []\n", nil, `line 3: region: expected at least one value`},
		{"no glob", "watch:\n- model: 'a['\n", nil, `line 2: watch: "a[" is not a valid glob`},
		{"itself", "watch: &a [*a]\n", nil, `line 1: watch: expected keys and values`},
		{"control characters", "watch:\n- {model: a, name: \"\\e[31m\"}\n", nil, `is not one line`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text), knownKeys)
			if err != nil {
				if test.err == "" || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				return
			}
			if d := cmp.Diff(test.want, got.Watch); test.err != "" || d != "" {
				t.Errorf("want error %q; %s", test.err, d)
			}
		})
	}
}

// FuzzWatchRules writes a rule with any values as YAML, and checks that it is read
// as it was written or refused in one line that names a line of the file.
func FuzzWatchRules(f *testing.F) {
	f.Add("n", "anthropic.*", "eu-*", "profile", "eu", "why")
	f.Add("", "a", "", "", "", "")
	f.Add("two\nlines", "a[", "us-east-1", "always", "[", "\x1b[31m")
	f.Add(strings.Repeat("n", 101), "\xff", "*", "any", "\u202e", "null")
	f.Add("~", "!!int 1", "- a", "on-demand", "{a: b}", "&a *a")
	f.Fuzz(func(t *testing.T, name, model, region, access, within, note string) {
		if !utf8.ValidString(name + "\x00" + model + "\x00" + region + "\x00" + access + "\x00" + within + "\x00" + note) {
			return // YAML cannot represent it
		}
		written := map[string]any{"model": model}
		for key, value := range map[string]string{"name": name, "access": access, "note": note} {
			if value != "" {
				written[key] = value
			}
		}
		for key, value := range map[string]string{"region": region, "within": within} {
			if value != "" {
				written[key] = []string{value}
			}
		}
		text, err := yaml.Marshal(map[string]any{"watch": []any{written}})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := rewritten(text); err != nil || !bytes.Equal(text, again) {
			return // the library does not read what it writes: lines that begin with spaces
		}
		config, err := Parse(text, knownKeys)
		if err != nil {
			if message := err.Error(); !strings.HasPrefix(message, "line ") || strings.ContainsFunc(message, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%s is refused with %q", text, message)
			}
			return
		}
		got := config.Watch[0]
		checkRule(t, got)
		want := watch.Rule{Name: name, Model: model, Access: watch.Access(access), Note: note}
		if name == "" {
			want.Name = got.Name
		}
		if region != "" {
			want.Regions = []string{region}
		}
		if within != "" {
			want.Within = []string{within}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s is read differently: %s", text, d)
		}
	})
}

// rewritten returns YAML that the library alone has read and written again.
func rewritten(text []byte) ([]byte, error) {
	var read any
	if err := yaml.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	return yaml.Marshal(read)
}

func checkRule(t *testing.T, rule watch.Rule) {
	t.Helper()
	if rule.Name == "" || strings.ContainsFunc(rule.Name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("the name is %q", rule.Name)
	}
	for _, glob := range append(append([]string{rule.Model}, rule.Regions...), rule.Within...) {
		if _, err := path.Match(glob, "x"); err != nil || glob == "" {
			t.Errorf("%q is not a valid glob", glob)
		}
	}
	if !strings.Contains(" on-demand profile any ", fmt.Sprintf(" %s ", rule.Access)) && rule.Access != "" {
		t.Errorf("the access is %q", rule.Access)
	}
}
