package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"snapshotter/catalog"
	"snapshotter/internal/atomicfile"
	"snapshotter/internal/terminal"
	"snapshotter/report"
	"snapshotter/store"
)

// reportCommand renders the report of any two runs.
type reportCommand struct {
	between `embed:""`
	filter  `embed:""`
	Format  string `enum:"${reportFormats}" default:"${reportFormat}" help:"Report format: ${enum}."`
	JSON    bool   `name:"json" help:"Short for --format json."`
	All     bool   `help:"On a terminal, show all sections, not the opening alone."`
	Output  string `short:"o" placeholder:"FILE" help:"Write to this file, atomically, instead of standard output."`
}

func (c *reportCommand) Help() string {
	return referenceHelp + `

On a terminal the report is laid out for it, with its details folded; elsewhere it is
Markdown. The JSON report has all that the Markdown report has; docs/report-json.md explains it.

Examples:
  snapshotter report                    the last run against the one before
  snapshotter report 7d -o week.md      the last week, into a file
  snapshotter report latest~1 --format json --region 'eu-*'`
}

// AfterApply implements kong's hook.
func (c *reportCommand) AfterApply() error {
	if c.JSON {
		c.Format = "json"
	}
	return nil
}

func (c *reportCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, base *catalog.Run, head catalog.Run) error {
		built, err := p.buildReport(ctx, db, base, head, c.filter)
		if err != nil {
			return err
		}
		return c.deliver(p, built)
	})
}

// deliver writes to the file, if one is named, else to the screen.
func (c *reportCommand) deliver(p *program, built *report.Report) error {
	if c.Output == "" || c.Output == "-" {
		if c.Format == "md" && terminal.IsTerminal(p.stdout) {
			return c.show(p, built)
		}
		return c.write(built, p.stdout)
	}
	err := atomicfile.WriteTo(c.Output, func(w io.Writer) error { return c.write(built, w) })
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Output, err)
	}
	return nil
}

// show renders the Markdown report for a terminal.
func (c *reportCommand) show(p *program, built *report.Report) error {
	var text strings.Builder
	if err := built.Markdown(&text); err != nil {
		return err
	}
	screen := terminal.Document{Width: p.width(), Colour: p.colours(), Whole: c.All, Hint: "Show them with --all; a pipe or a file gets the Markdown."}
	return screen.Text(p.stdout, text.String())
}

func (c *reportCommand) write(built *report.Report, w io.Writer) error {
	formats := report.Formats()
	chosen := slices.IndexFunc(formats, func(f report.Format) bool { return f.Name == c.Format })
	return formats[chosen].Write(built, w) // the flag allows no other name
}

// reportFormats are the variables of the --format flag of reports.
func reportFormats() kong.Vars {
	var names []string
	for _, format := range report.Formats() {
		names = append(names, format.Name)
	}
	return kong.Vars{"reportFormats": strings.Join(names, ","), "reportFormat": names[0]}
}
