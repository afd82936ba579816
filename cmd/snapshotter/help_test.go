package main

import (
	"context"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestEveryCommandIsExplained wants of each command what a manual page has: what
// it does in a line, then in prose, and examples.
func TestEveryCommandIsExplained(t *testing.T) {
	t.Parallel()
	p := &program{machine: silent(nil)}
	parser, err := p.parser(context.Background(), &commands{}, &settings{getenv: p.getenv})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		explained(t, leaf)
	}
}

func explained(t *testing.T, command *kong.Node) {
	t.Helper()
	_, examples, found := strings.Cut(command.Detail, "Examples:\n")
	if command.Help == "" || !found || !strings.Contains(examples, "  snapshotter "+strings.Fields(command.Path())[0]) {
		t.Errorf("%s has no help with examples", command.Path())
	}
	for _, flag := range command.Flags {
		if flag.Help == "" {
			t.Errorf("%s --%s is not explained", command.Path(), flag.Name)
		}
	}
}
