package main

import (
	"os"
	"path/filepath"
	"snapshotter/internal/terminal"
	"snapshotter/schedule"
	"snapshotter/state"
	"time"
	_ "time/tzdata" // --tz, on machines without zone data
)

// timing are the flags that say when a service runs.
type timing struct {
	Schedule string        `placeholder:"CRON" default:"0 2 * * *" help:"When to run: minute, hour, day of the month, month, day of the week; or such as @daily (${default})."`
	TZ       string        `name:"tz" placeholder:"ZONE" default:"UTC" help:"Time zone of the schedule, such as Europe/Berlin (${default})."`
	Jitter   time.Duration `placeholder:"TIME" default:"0s" help:"Start up to this much later. The delay differs between machines, databases and times, and is always the same for one of each (${default})."`
}

// Validate is called by kong.
func (c *timing) Validate() error {
	_, err := c.times("")
	return err
}

// times returns the schedule of a service with a database on this machine.
func (c *timing) times(db string) (*schedule.Schedule, error) {
	place, err := time.LoadLocation(c.TZ)
	if err != nil || c.TZ == "Local" {
		return nil, usageError("--tz: %q is not a time zone such as Europe/Berlin or UTC", terminal.OneLine(c.TZ))
	}
	if path, err := filepath.Abs(db); err == nil && !state.Remote(db) {
		db = path
	}
	host, _ := os.Hostname() // without it, machines start at the same time, which is harmless
	times, err := schedule.Parse(c.Schedule, place, c.Jitter, host+"\n"+db)
	if err != nil {
		return nil, usageError("--schedule %q: %w", terminal.OneLine(c.Schedule), err)
	}
	return times, nil
}
