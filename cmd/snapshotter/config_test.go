package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var knownKeys = []string{"db", "exclude-region", "log-format", "region", "reports"}

func TestParseConfig(t *testing.T) {
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
		{"no mapping", "- db\n", nil, "line 1: expected keys and values"},
		{"nested", "db:\n  path: x\n", nil, "line 2: db: expected a value"},
		{"list of lists", "region:\n- [a]\n", nil, "region: expected a list of plain values"},
		{"no YAML", "db: [\n", nil, "line "},
		{"control characters", "\"a\\e[31m\\n\": 1\n", nil, `unknown key "a [31m"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseConfig([]byte(test.text), knownKeys)
			if err != nil {
				if test.err == "" || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				return
			}
			if d := cmp.Diff(test.want, got); test.err != "" || d != "" {
				t.Errorf("want error %q; %s", test.err, d)
			}
		})
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("db: x\nregion: [a, b]\n")
	f.Add("a: &a [*a]\n")
	f.Add("? {}\n: x\n")
	f.Fuzz(func(t *testing.T, text string) {
		values, err := parseConfig([]byte(text), knownKeys)
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\r") {
			t.Errorf("the error carries control characters: %q", err)
		}
		for key := range values {
			if !strings.Contains(strings.Join(knownKeys, " "), key) {
				t.Errorf("unknown key %q was let through", key)
			}
		}
	})
}
