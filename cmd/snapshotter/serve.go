package main

import (
	"context"
	"errors"
	"net"
	"time"

	"snapshotter/schedule"
	"snapshotter/store"
)

// serveCommand takes snapshots on a schedule until it is stopped.
type serveCommand struct {
	snapshots `embed:""`
	timing    `embed:""`
	Listen    string `placeholder:"ADDRESS" help:"Address for the site, health and metrics over HTTP, such as :8080. None by default."`
}

func (c *serveCommand) Help() string {
	return `Takes a snapshot whenever the schedule says, one at a time. If it was down or busy
when a run was due, one run follows as soon as possible; an empty history gets its
first run at once. A run that fails or crashes is recorded as failed, and the
schedule goes on.

SIGTERM and SIGINT stop it within 25 seconds: a run that is still reading is given
up and repeated at the next start; one that has read everything completes. SIGHUP
reads the configuration file again; if it is wrong, that is logged and the old
configuration stays. Changes of --db and --listen need a restart.

With --listen: the site ("snapshotter help site") at /, /healthz, /readyz, /metrics
(Prometheus), /reports/latest (Markdown, or JSON: /reports/latest.json). Everyone who can reach the address can read them; they
show no credentials and no account IDs. See docs/serve.md.

Examples:
  snapshotter serve
  snapshotter serve --schedule "0 2 * * *" --tz Europe/Berlin --jitter 5m --listen :8080
  snapshotter serve --schedule "30 6 * * 1-5" --config snapshotter.yaml`
}

// Validate is called by kong.
func (c *serveCommand) Validate() error {
	return errors.Join(c.timing.Validate(), c.snapshots.Validate())
}

// When the service is stopped, a run has patience to end and requests have farewell.
// Together they are less than the 25 seconds that the help promises.
const (
	patience = 22 * time.Second
	farewell = 2 * time.Second
)

func (c *serveCommand) Run(ctx context.Context, p *program) error {
	times, err := c.times(p.DB)
	if err != nil {
		return err
	}
	if err := prepare(ctx, p); err != nil {
		return err
	}
	s := newService(p, c)
	s.keeper = schedule.NewKeeper(times, schedule.Job{Last: s.last, Run: s.run}, p.now)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if c.Listen != "" {
		listener, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return advised{"listen for HTTP: " + err.Error(), "name another address with --listen, such as 127.0.0.1:8080"}
		}
		defer s.listen(listener, fail)()
	}
	defer s.reloads(ctx)()
	p.log.Info("waiting for the schedule", "schedule", c.Schedule, "tz", c.TZ, "next", times.Next(p.now()).Format(time.RFC3339))
	err = s.keeper.Run(ctx, patience, cronLog{p.log})
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	if err == nil {
		p.log.Info("stopped")
	}
	return err
}

// prepare checks that the database can be used before a run is due, and updates the
// schema of an older one.
func prepare(ctx context.Context, p *program) error {
	history, err := p.history(ctx)
	if err != nil {
		return err
	}
	err = history.Prepare(ctx)
	if locked, ok := errors.AsType[*store.LockedError](err); ok {
		p.log.Warn("another process is writing to the database; a run that is due waits for it", "database", locked.Path, "pid", locked.PID)
		return nil
	}
	return err
}
