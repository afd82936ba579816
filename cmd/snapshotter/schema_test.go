package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/internal/schematest"
)

// watchedRules are rules of every status.
const watchedRules = `watch:
  - model: "amazon.nova-lite-*"
    region: [eu-*]
    within: [EU]
    guard: true
    note: a note
  - name: to-come
    model: "anthropic.claude-99-*"
    region: mars-*
    access: any
  - model: "anthropic.claude-3-7-*"
    region: eu-west-1
    access: any
`

// TestSchemas checks what every command prints with --json against the published
// schema of its answer.
func TestSchemas(t *testing.T) {
	t.Parallel()
	withAccount := accountFile(t)
	database, config := demoFile(t), filepath.Join(t.TempDir(), "snapshotter.yaml")
	if err := os.WriteFile(config, []byte(watchedRules), 0o600); err != nil {
		t.Fatal(err)
	}
	webhook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(webhook.Close)
	channel := "generic+" + webhook.URL
	n := newOperator(t)
	used := map[string]bool{}
	for _, line := range []struct {
		schema, args string
		code         int
	}{
		{"where", "where anthropic.*", 0},
		{"where", "where nova-2-lite --within EU", 0},
		{"where", "where eu.anthropic.claude-haiku-4-5-20251001-v1:0 --in frankfurt", 0},
		{"where", "where claude 3.7 sonnet --as-of 3", 0},
		{"models", "models", 0},
		{"models", "models --model no-such-model", 0},
		{"matrix", "models --matrix", 0},
		{"matrix", "models --matrix --model no-such-model", 0},
		{"profiles", "profiles", 0},
		{"profiles", "profiles --model no-such-model", 0},
		{"regions", "regions", 0},
		{"regions", "regions --as-of 3", 0},
		{"lifecycle", "lifecycle", 0},
		{"lifecycle", "lifecycle --model no-such-model", 0},
		{"impact", "impact --inside EU --db " + withAccount, 0},
		{"impact", "impact", 0},
		{"kinds", "kinds --db " + withAccount, 0},
		{"kinds", "kinds", 0},
		{"report", "report --db " + withAccount, 0},
		{"history", "history anthropic.claude-3-haiku-20240307-v1:0", 0},
		{"history", "history claude-3-sonnet-20240229-v1:0", 0},
		{"history", "history nova-lite --since 4", 0},
		{"where", "where chat-team --db " + withAccount, 0},
		{"history", "history chat-team --db " + withAccount, 0},
		{"runs", "runs", 0},
		{"diff", "diff", 0},
		{"diff", "diff 1 4", 0},
		{"diff", "diff 1 1", 0},
		{"diff", "diff 1 3 --region us-west-2", 0},
		{"watch", "watch --config " + config, 0},
		{"report", "report", 0},
		{"report", "report 1 4 --config " + config, 0},
		{"doctor", "doctor", 0},
		{"deliveries", "notify test --notify " + channel, 0},
	} {
		used[line.schema] = true
		var out, problems bytes.Buffer
		on := n.machine
		on.stdout, on.stderr = &out, &problems
		on.now = func() time.Time { return moments()[len(moments())-1].At }
		args := append(on.of(line.args, database), "--json")
		if code := run(context.Background(), args, on); code != line.code {
			t.Errorf("%s: exit code %d: %s", line.args, code, &problems)
			continue
		}
		checkAnswer(t, line.args, line.schema, out.Bytes())
	}
	published, err := filepath.Glob("../../docs/*.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range published {
		if name := strings.TrimSuffix(filepath.Base(file), ".schema.json"); !used[name] {
			t.Errorf("no command is known to answer as %s says", file)
		}
	}
}

// checkAnswer checks an answer, which names its schema, against it.
func checkAnswer(t *testing.T, what, name string, document []byte) {
	t.Helper()
	path := "../../docs/" + name + ".schema.json"
	schematest.Check(t, path, document)
	var answer map[string]any
	if err := json.Unmarshal(document, &answer); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Title string }
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if answer["schema"] != schema.Title {
		t.Errorf("%s answers as %v, and %s describes %s", what, answer["schema"], path, schema.Title)
	}
	guides := slices.Concat(read(t, "../../docs/json.md"), read(t, "../../docs/report-json.md"))
	if !bytes.Contains(guides, []byte("`"+schema.Title+"`")) {
		t.Errorf("no guide names %s", schema.Title)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
