package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// BenchmarkLists shows the catalogue of ten years of nightly runs, on the
// database described at BenchmarkWhere.
func BenchmarkLists(b *testing.B) {
	db := os.Getenv("SNAPSHOTTER_DECADE")
	if db == "" {
		b.Skip("SNAPSHOTTER_DECADE is not set")
	}
	for _, args := range []string{"models", "models --as-of 1825", "models --matrix", "profiles", "regions"} {
		b.Run(args, func(b *testing.B) {
			for b.Loop() {
				command(b, append(strings.Fields(args), "--db", db)...)
			}
		})
	}
}

// TestListsFitTheTerminal prints every list for terminals of the usual widths. No
// line may be wider, except a single word and a command to copy, and no ID may be
// broken.
func TestListsFitTheTerminal(t *testing.T) {
	t.Parallel()
	db := demoFile(t)
	ids := strings.Fields(string(command(t, "complete", "--db", db, "--", "where", "")))
	for _, args := range []string{"models", "models --matrix", "profiles", "regions", "runs", "lifecycle", "diff", "diff --all", "history claude-opus-4-7", "history claude-opus-4-7 --all", "where nova-2-lite-v1:0", "where nova-2-lite-v1:0 --in eu-west-1"} {
		whole := string(command(t, append(strings.Fields(args), "--db", db)...))
		for _, width := range []int{80, 120, 200} {
			fitted := string(commandOn(t, strconv.Itoa(width), append(strings.Fields(args), "--db", db)...))
			for line := range strings.Lines(fitted) {
				if got := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); got > width && len(strings.Fields(line)) > 1 && !strings.HasPrefix(line, "  aws ") {
					t.Errorf("%s on %d columns has a line of %d: %s", args, width, got, line)
				}
			}
			for _, id := range ids {
				if strings.Contains(whole, id) && !strings.Contains(fitted, id) && args != "diff" && args != "lifecycle" { // where names stand for some IDs
					t.Errorf("%s on %d columns breaks %s", args, width, id)
				}
			}
		}
	}
}
