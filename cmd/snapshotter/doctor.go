package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"snapshotter/doctor"
	"snapshotter/internal/terminal"
)

// doctorCommand checks everything that a run depends on.
type doctorCommand struct {
	timing        `embed:""`
	TimeLimit     time.Duration `placeholder:"TIME" default:"1m" help:"Longest time for all requests to AWS (${default})."`
	Deep          bool          `help:"Check the whole database: indexes, constraints, references, and every recorded run."`
	notifications `embed:""`
	format        `embed:""`
}

func (c *doctorCommand) Help() string {
	return `Checks the credentials, the clock, the permissions, every region, the database,
the schedule and the channels. Each is ok, a warning or a problem, with advice. The
command reads what a run reads from AWS, records and sends nothing, and shows no
account. It exits with 1 if a run would fail or lack what it needs.

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
	return errors.Join(c.timing.Validate(), c.notifications.Validate())
}

// findings returns the rows of an examination.
func findings(e *doctor.Examination) *terminal.Table {
	t := &terminal.Table{Head: []string{"check", "health", "found", "advice"}}
	for _, f := range e.Findings {
		t.Add(f.Check, string(f.Health), f.Found, f.Advice)
	}
	return t
}

func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	found := &doctor.Examination{}
	account := doctor.AWS{Load: p.aws, APIKey: p.getenv("AWS_BEARER_TOKEN_BEDROCK") != "", Now: p.now, Limit: c.TimeLimit}
	account.Examine(ctx, found)
	database := doctor.Database{Name: p.DB, Read: p.reading, Deep: c.Deep}
	database.Examine(ctx, found)
	if err := c.examineSchedule(p, found); err != nil {
		return err
	}
	if err := c.examineChannels(found); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := c.print(p, findings(found), found); err != nil {
		return err
	}
	if n := found.Problems(); n > 0 {
		return fmt.Errorf("problems found: %d", n)
	}
	return nil
}

// upcoming is how many of the next runs are listed.
const upcoming = 5

// examineSchedule adds when serve would run, in its own time zone.
func (c *doctorCommand) examineSchedule(p *program, found *doctor.Examination) error {
	times, err := c.times(p.DB)
	if err != nil {
		return err
	}
	form := "Mon 2006-01-02 15:04 MST"
	if c.Jitter > 0 {
		form = "Mon 2006-01-02 15:04:05 MST"
	}
	var next []string
	at := p.now()
	for range upcoming {
		at = times.Next(at)
		found.NextRuns = append(found.NextRuns, at.UTC())
		next = append(next, at.Format(form))
	}
	found.Add("schedule", doctor.OK, fmt.Sprintf("serve runs at %q in %s, next: %s", c.Schedule, c.TZ, strings.Join(next, ", ")), "")
	return nil
}

// examineChannels sends nothing: notify test does that.
func (c *doctorCommand) examineChannels(found *doctor.Examination) error {
	channels, err := c.channels()
	if err != nil {
		return err
	}
	text := "none is configured"
	if len(channels) > 0 {
		text = fmt.Sprintf("%d well formed, nothing sent; snapshotter notify test sends a sample", len(channels))
	}
	found.Add("channels", doctor.OK, text, "")
	return nil
}
