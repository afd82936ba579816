package main

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/report"
)

// TestReportFormats checks that the report command accepts exactly the formats
// of the report package, and writes each.
func TestReportFormats(t *testing.T) {
	t.Parallel()
	p := &program{machine: silent(nil)}
	parser, err := p.parser(context.Background(), &commands{}, &settings{getenv: p.getenv})
	if err != nil {
		t.Fatal(err)
	}
	context, err := parser.Parse([]string{"report"})
	if err != nil {
		t.Fatal(err)
	}
	var accepted, names []string
	for _, flag := range context.Flags() {
		if flag.Name == "format" {
			accepted = flag.EnumSlice()
		}
	}
	head := &catalog.Snapshot{Run: catalog.Run{ID: 1}}
	built := report.Build(diff.Compare(nil, head), nil, head, report.Options{})
	for _, format := range report.Formats() {
		names = append(names, format.Name)
		var got, want bytes.Buffer
		command := reportCommand{Format: format.Name}
		if err := command.write(built, &got); err != nil {
			t.Fatal(err)
		}
		if err := format.Write(built, &want); err != nil || got.String() != want.String() {
			t.Errorf("--format %s writes %q (%v), want %q", format.Name, got.String(), err, want.String())
		}
	}
	if !slices.Equal(accepted, names) {
		t.Errorf("--format accepts %q, want %q", accepted, names)
	}
}
