package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// doctorCommand looks at everything that a run depends on.
type doctorCommand struct {
	timing        `embed:""`
	TimeLimit     time.Duration `placeholder:"TIME" default:"1m" help:"Longest time for all that AWS is asked (${default})."`
	Deep          bool          `help:"Check the database thoroughly: also indexes, constraints and references."`
	notifications `embed:""`
	format        `embed:""`
}

func (c *doctorCommand) Help() string {
	return `Checks the credentials, the clock, the permissions, every region, the database,
the schedule and the channels, and says of each whether it is ok, a warning or a
problem, and what to do. It reads from AWS what a run reads, records and sends
nothing, and names no account. It exits with 1 if a run would fail or lack what it
needs.

Examples:
  snapshotter doctor
  snapshotter doctor --db /var/lib/snapshotter/snapshotter.db --format json
  snapshotter doctor --config snapshotter.yaml --deep --time-limit 20s`
}

// Validate implements kong's hook.
func (c *doctorCommand) Validate() error {
	if c.TimeLimit <= 0 {
		return usageError("--time-limit must be more than 0, such as 20s")
	}
	return errors.Join(c.timing.Validate(), c.notifications.Validate())
}

// health is how well a thing is that a run depends on.
type health string

const (
	healthOK      health = "ok"
	healthWarning health = "warning" // a run does without
	healthProblem health = "problem" // a run fails, or lacks what it needs
)

// finding is what was found out about one thing.
type finding struct {
	Check  string `json:"check"`
	Health health `json:"health"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; "" where it is ok
}

// examination collects findings, in the order in which they are made. Nothing
// in them tells an account or a principal.
type examination struct {
	Findings []finding   `json:"findings"`
	Identity *identity   `json:"identity"`  // nil where AWS did not tell
	NextRuns []time.Time `json:"next_runs"` // of serve, with the flags as they are; UTC
}

func (e *examination) add(check string, health health, found, advice string) {
	e.Findings = append(e.Findings, finding{check, health, catalog.Redact(found), catalog.Redact(advice)})
}

// fail adds a problem with the advice that err has, or else the one given.
func (e *examination) fail(check string, err error, advice string) {
	if own, ok := errors.AsType[adviser](err); ok {
		advice = own.Advice()
	}
	e.add(check, healthProblem, err.Error(), advice)
}

func (e *examination) problems() int {
	n := 0
	for _, f := range e.Findings {
		if f.Health == healthProblem {
			n++
		}
	}
	return n
}

func (e *examination) table() *terminal.Table {
	t := &terminal.Table{Head: []string{"check", "health", "found", "advice"}}
	for _, f := range e.Findings {
		t.Add(f.Check, string(f.Health), f.Found, f.Advice)
	}
	return t
}

func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	found := &examination{}
	examineAWS(ctx, p, c.TimeLimit, found)
	examineDatabase(ctx, p, c.Deep, found)
	if err := c.examineSchedule(p, found); err != nil {
		return err
	}
	if err := c.examineChannels(found); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := c.print(p, found.table(), found); err != nil {
		return err
	}
	if n := found.problems(); n > 0 {
		return fmt.Errorf("problems found: %d", n)
	}
	return nil
}

// foreseen is how many runs ahead are told.
const foreseen = 5

// examineSchedule tells when serve would run, by the clock of its own zone.
func (c *doctorCommand) examineSchedule(p *program, found *examination) error {
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
	for range foreseen {
		at = times.Next(at)
		found.NextRuns = append(found.NextRuns, at.UTC())
		next = append(next, at.Format(form))
	}
	found.add("schedule", healthOK, fmt.Sprintf("serve runs at %q in %s, next: %s", c.Schedule, c.TZ, strings.Join(next, ", ")), "")
	return nil
}

// examineChannels sends nothing: that is what notify test is for.
func (c *doctorCommand) examineChannels(found *examination) error {
	channels, err := c.channels()
	if err != nil {
		return err
	}
	text := "none is configured"
	if len(channels) > 0 {
		text = fmt.Sprintf("%d well formed, nothing sent; snapshotter notify test sends a sample", len(channels))
	}
	found.add("channels", healthOK, text, "")
	return nil
}
