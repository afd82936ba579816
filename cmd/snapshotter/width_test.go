package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapshotter/internal/terminal"
)

// TestWidths compares what every command prints on terminals of the usual widths with
// golden files; rewrite them with -update.
func TestWidths(t *testing.T) {
	t.Parallel()
	withAccount := accountFile(t)
	database, config := demoFile(t), filepath.Join(t.TempDir(), "snapshotter.yaml")
	if err := os.WriteFile(config, []byte(watchedRules), 0o600); err != nil {
		t.Fatal(err)
	}
	var report string
	for _, line := range []struct{ name, args string }{
		{"runs", "runs"},
		{"diff", "diff 2 4"},
		{"diff-all", "diff 2 3 --all --provider anthropic"},
		{"report", "report 2 4"},
		{"where", "where claude haiku 4.5"},
		{"where-in", "where claude haiku 4.5 --in tokyo"},
		{"history", "history claude-opus-4-7"},
		{"history-all", "history claude-opus-4-7 --all"},
		{"models", "models --provider anthropic"},
		{"models-region", "models --region tokyo --provider anthropic"},
		{"matrix", "models --matrix --provider anthropic"},
		{"profiles", "profiles --model claude-haiku-4-5"},
		{"regions", "regions"},
		{"lifecycle", "lifecycle --within 90"},
		{"watch", "watch --config " + config},
		{"impact", "impact --inside EU --db " + withAccount},
		{"impact-none", "impact"},
		{"kinds", "kinds --db " + withAccount},
		{"where-owned", "where chat-team --db " + withAccount},
		{"history-owned", "history chat-team --db " + withAccount},
	} {
		for _, width := range []int{80, 100, 120} {
			var out, problems bytes.Buffer
			on := silent(nil)
			on.stdout, on.stderr = &out, &problems
			on.getenv = environment{"COLUMNS": fmt.Sprint(width)}.get
			on.now = func() time.Time { return moments()[len(moments())-1].At }
			if code := run(context.Background(), on.of(line.args, database), on); code != exitOK {
				t.Fatalf("%s: exit code %d: %s", line.args, code, &problems)
			}
			printed := out.String()
			if line.name == "report" { // a pipe gets the Markdown
				report = printed
				printed = shown(t, report, terminal.Document{Width: width, Hint: "Unfold them."})
			}
			wantGolden(t, fmt.Sprintf("%s-%d.txt", line.name, width), printed)
			wantWidth(t, line.name, printed, width)
		}
	}
	wantGolden(t, "report-whole-80.txt", shown(t, report, terminal.Document{Width: 80, Whole: true}))
}

func shown(t *testing.T, markdown string, screen terminal.Document) string {
	t.Helper()
	var out strings.Builder
	if err := screen.Text(&out, markdown); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// wantWidth checks that no line is wider than the terminal, except a single word and
// a command to copy.
func wantWidth(t *testing.T, name, printed string, width int) {
	t.Helper()
	for line := range strings.Lines(printed) {
		if got := terminal.Columns(strings.TrimSuffix(line, "\n")); got > width && len(strings.Fields(line)) > 1 && !strings.HasPrefix(line, "  aws ") {
			t.Errorf("%s on %d columns has a line of %d: %s", name, width, got, line)
		}
	}
}

func wantGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "width", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs from its golden file; see the difference with: go test ./cmd/snapshotter -run TestWidths -update && git diff", name)
	}
}
