package main

import (
	"context"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestEveryCommandIsExplained checks that each command has what a manual page has:
// a line, a text and examples.
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
		t.Errorf("%s: its help has no examples", command.Path())
	}
	for _, flag := range command.Flags {
		if flag.Help == "" {
			t.Errorf("%s --%s has no help", command.Path(), flag.Name)
		}
	}
}
