package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapshotter/doctor"
	"snapshotter/internal/terminal"
	"snapshotter/state"
)

// doctorCommand checks everything that a run depends on.
type doctorCommand struct {
	timing        `embed:""`
	regionFilter  `embed:""`
	Reports       string        `placeholder:"DIR" default:"reports" help:"Where reports go: a directory, or s3://bucket/folder/ (${default})."`
	Lake          string        `placeholder:"DIR" help:"Add each run to Parquet files too, in a directory or s3://bucket/folder/: see docs/lake.md."`
	TimeLimit     time.Duration `placeholder:"TIME" default:"1m" help:"Longest time for all requests to AWS (${default})."`
	Kinds         []string      `enum:"all,${kinds}" placeholder:"KIND" help:"Read these resources of the account too, as run does."`
	Deep          bool          `help:"Check the whole database, and begin an upload to S3 and take it back."`
	notifications `embed:""`
	format        `embed:""`
}

func (c *doctorCommand) Help() string {
	return `Checks the credentials, the clock, the permissions, every region, the database,
the reports, the lake, the schedule and the channels. Each is ok, a warning or a problem, with
advice. The command reads what a run reads from AWS, records and sends nothing, and
shows no account. It exits with 1 if a run would fail or lack what it needs.

Examples:
  snapshotter doctor
  snapshotter doctor --db /var/lib/snapshotter/snapshotter.db --format json
  snapshotter doctor --config snapshotter.yaml --deep --time-limit 20s`
}

// Validate is called by kong.
func (c *doctorCommand) Validate() error {
	if c.TimeLimit <= 0 {
		return usageError("--time-limit must be more than 0, such as 20s")
	}
	return errors.Join(c.timing.Validate(), c.regionFilter.Validate(), checkURL("--reports", "a directory", c.Reports, state.ParseFolder),
		checkURL("--lake", "a directory", c.Lake, state.ParseFolder), c.notifications.Validate())
}

// findings returns the rows of an examination: on a terminal, advice stands under what
// it is about.
func (c *doctorCommand) findings(e *doctor.Examination) *terminal.Table {
	if c.Format == "table" {
		t := &terminal.Table{Head: []string{"check", "health", "found"}, Prose: true}
		for _, f := range e.Findings {
			t.Add(f.Check, string(f.Health), f.Found)
			if f.Advice != "" {
				t.Add("", "", "-> "+f.Advice)
			}
		}
		return t
	}
	t := &terminal.Table{Head: []string{"check", "health", "found", "advice"}}
	for _, f := range e.Findings {
		t.Add(f.Check, string(f.Health), f.Found, f.Advice)
	}
	return t
}

func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	found, kept := &doctor.Examination{}, &doctor.Examination{}
	database := doctor.Database{Name: p.DB, Read: p.reading, Deep: c.Deep}
	database.Examine(ctx, kept) // first, as a list that it knows must be readable
	account := doctor.AWS{
		Load: p.aws, APIKey: p.getenv("AWS_BEARER_TOKEN_BEDROCK") != "", Now: p.now, Limit: c.TimeLimit,
		Known: database.Known, Include: c.chosen().IncludesRegion, Kinds: accountKinds(c.Kinds),
	}
	account.Examine(ctx, found)
	found.Append(kept)
	writing := doctor.Writing{History: p.DB, Reports: c.Reports, Lake: c.Lake, Load: p.aws, Deep: c.Deep}
	writing.Examine(ctx, found)
	times, err := c.times(p.DB)
	if err != nil {
		return err
	}
	channels, err := c.channels()
	if err != nil {
		return err
	}
	found.AddSchedule(fmt.Sprintf("%q in %s", c.Schedule, c.TZ), times.Next, p.now())
	found.AddChannels(len(channels) + len(p.channels))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := c.print(p, c.findings(found), found); err != nil {
		return err
	}
	if n := found.Problems(); n > 0 {
		return fmt.Errorf("problems found: %d", n)
	}
	return nil
}
