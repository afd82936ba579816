package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"
	_ "time/tzdata" // --tz, on machines without zone data

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/schedule"
	"snapshotter/state"
	"snapshotter/store"
)

// serveCommand takes snapshots on a schedule until it is stopped.
type serveCommand struct {
	snapshots `embed:""`
	timing    `embed:""`
	Listen    string `placeholder:"ADDRESS" help:"Address for health, metrics and the newest report over HTTP, such as :8080. None by default."`
}

// timing are the flags that say when a service runs.
type timing struct {
	Schedule string        `placeholder:"CRON" default:"0 2 * * *" help:"When to run: minute, hour, day of the month, month, day of the week; or such as @daily (${default})."`
	TZ       string        `name:"tz" placeholder:"ZONE" default:"UTC" help:"Time zone of the schedule, such as Europe/Berlin (${default})."`
	Jitter   time.Duration `placeholder:"TIME" default:"0s" help:"Start up to this much later; by how much differs by machine, database and time, and is the same each time it is asked (${default})."`
}

func (c *serveCommand) Help() string {
	return `Takes a snapshot at each time of the schedule, one at a time. A time that was missed
while it was down, or while a run went on, is made up by one run as soon as it can
be; an empty history gets its first run at once. A run that fails, or crashes, is
recorded as failed and the schedule goes on.

SIGTERM and SIGINT stop it within 25 seconds: a run that is still reading is given
up and made up for at the next start; one that has read everything ends. SIGHUP
reads the configuration file again; if it is wrong, that is logged and the old one
stays. --db and --listen need a restart.

With --listen: /healthz, /readyz, /metrics (Prometheus), /reports/latest (Markdown,
or JSON: /reports/latest.json). Whoever reaches the address can read them; it shows
no credentials and no account ids. See docs/serve.md.

Examples:
  snapshotter serve
  snapshotter serve --schedule "0 2 * * *" --tz Europe/Berlin --jitter 5m --listen :8080
  snapshotter serve --schedule "30 6 * * 1-5" --config snapshotter.yaml`
}

// Validate implements kong's hook.
func (c *serveCommand) Validate() error {
	return errors.Join(c.timing.Validate(), c.snapshots.Validate())
}

// Validate implements kong's hook.
func (c *timing) Validate() error {
	_, err := c.times("")
	return err
}

// times is the schedule of the service of one database on this machine.
func (c *timing) times(db string) (*schedule.Schedule, error) {
	place, err := time.LoadLocation(c.TZ)
	if err != nil || c.TZ == "Local" {
		return nil, usageError("--tz: %q is no time zone such as Europe/Berlin or UTC", terminal.OneLine(c.TZ))
	}
	if path, err := filepath.Abs(db); err == nil && !state.Remote(db) {
		db = path
	}
	host, _ := os.Hostname() // without one, machines start together: no harm but that
	times, err := schedule.Parse(c.Schedule, place, c.Jitter, host+"\n"+db)
	if err != nil {
		return nil, usageError("--schedule %q: %w", terminal.OneLine(c.Schedule), err)
	}
	return times, nil
}

// A run has patience to end in once the service is told to stop, and requests
// have farewell: together less than the 25 seconds that are promised.
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
	s := &service{program: p, command: c}
	s.keeper = schedule.NewKeeper(times, schedule.Job{Last: s.last, Run: s.run}, p.now)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if c.Listen != "" {
		listener, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return advised{"listen for HTTP: " + err.Error(), "name another address with --listen, such as 127.0.0.1:8080"}
		}
		defer s.pages().serve(listener, fail)()
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

// prepare finds out before any run is due whether the database can be used, and
// brings an older one up to date.
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

// service is what serves: the settings may be changed while it does.
type service struct {
	keeper *schedule.Keeper

	mu      sync.Mutex
	program *program
	command *serveCommand
}

// settings are those that hold now.
func (s *service) settings() (*program, *serveCommand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.program, s.command
}

// last is when the newest run began, failed ones too: they were tried. Imported
// ones are no runs of this program.
func (s *service) last(ctx context.Context) time.Time {
	p, _ := s.settings()
	runs, err := p.runs(ctx)
	if _, missing := errors.AsType[*store.NotFoundError](err); err != nil && !missing {
		p.log.Warn("the history does not say when the last run was", "problem", err)
		return time.Time{}
	}
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].Trigger != catalog.Import {
			return runs[i].StartedAt
		}
	}
	return time.Time{}
}

// runs are all that the history knows of.
func (p *program) runs(ctx context.Context) (runs []catalog.Run, err error) {
	err = p.reading(ctx, func(db *store.Store) error {
		runs, err = db.Runs(ctx)
		return err
	})
	return runs, err
}

// run takes the snapshot that is due, logs what came of it, and reports false if
// another process holds the database.
func (s *service) run(ctx context.Context) bool {
	p, c := s.settings()
	result, err := guarded(ctx, p, func() (*job.Result, error) { return c.take(ctx, p) })
	c.emit(p.stdout, p.now(), result, err)
	locked, isLocked := errors.AsType[*store.LockedError](err)
	switch {
	case isLocked:
		p.log.Warn("a run is due and waits for another process that is writing to the database", "database", locked.Path, "pid", locked.PID)
		return false
	case job.Overtaken(err):
		p.log.Warn("a run was not kept", problem(err)...)
	case job.Stopped(err):
		p.log.Info("a run was stopped before it had read everything; the next start makes it up")
	case err != nil:
		p.log.Error("run failed", problem(err)...)
	case result.Unwritten != nil:
		p.log.Error("run recorded, but not its report", problem(result.Unwritten)...)
	default:
		p.log.Info("report written", "title", result.Report.Title, "path", result.Path)
	}
	return true
}

// problem is what to log of an error.
func problem(err error) []any {
	attributes := []any{"problem", terminal.OneLine(err.Error())}
	if advice, ok := errors.AsType[adviser](err); ok {
		attributes = append(attributes, "advice", advice.Advice())
	}
	return attributes
}

// take is a run with the settings of AWS as they are now: roles and profiles
// change under a service that runs for months.
func (c *serveCommand) take(ctx context.Context, p *program) (*job.Result, error) {
	job, err := c.job(ctx, p, catalog.Schedule, nil)
	if err != nil {
		return nil, unstarted{err}
	}
	return job.Run(ctx)
}

// unstarted is a run that failed before it could record that it did.
type unstarted struct{ error }

func (e unstarted) Unwrap() error { return e.error }

// guarded takes a snapshot, and records as a failed run what the taking could not
// record itself: that it crashed, or that it did not come to begin.
func guarded(ctx context.Context, p *program, take func() (*job.Result, error)) (result *job.Result, err error) {
	began := p.now()
	defer func() {
		if crash := recover(); crash != nil {
			p.log.Error("a run crashed; this is a mistake in snapshotter, please report it", "panic", catalog.Redact(fmt.Sprint(crash)), "stack", string(debug.Stack()))
			result, err = nil, unstarted{fmt.Errorf("the run crashed: %v", crash)}
		}
		if _, ok := errors.AsType[unstarted](err); ok {
			err = errors.Join(err, recordUnstarted(context.WithoutCancel(ctx), p, began, err))
		}
	}()
	return take()
}

func recordUnstarted(ctx context.Context, p *program, began time.Time, cause error) error {
	return p.writing(ctx, func(db *store.Store) error {
		_, err := db.RecordFailure(ctx, catalog.Run{
			StartedAt: began.UTC(), FinishedAt: p.now().UTC(), Trigger: catalog.Schedule, CollectorVersion: version(),
			Message: catalog.Redact(cause.Error()),
		})
		return err
	})
}

// reloads reads the configuration again at each hangup, until the function that
// it returns is called.
func (s *service) reloads(ctx context.Context) (stop func()) {
	hangups, ignore := reloadSignals()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range hangups {
			s.reload(ctx)
		}
	}()
	return func() {
		ignore()
		<-ended
	}
}

// reload takes over the configuration as it is now. One that is wrong is logged,
// and changes nothing.
func (s *service) reload(ctx context.Context) {
	old, was := s.settings()
	p, commands, err := old.reread(ctx)
	var times *schedule.Schedule
	if err == nil {
		times, err = commands.Serve.times(old.DB)
	}
	if err != nil {
		old.log.Error("configuration not reloaded, the old one stays", problem(err)...)
		return
	}
	c := &commands.Serve
	if p.DB != old.DB || c.Listen != was.Listen {
		old.log.Warn("a change of db or listen needs a restart")
	}
	p.DB, c.Listen = old.DB, was.Listen
	s.mu.Lock()
	s.program, s.command = p, c
	s.mu.Unlock()
	s.keeper.Follow(times)
	p.log.Info("configuration reloaded", "schedule", c.Schedule, "tz", c.TZ, "next", times.Next(p.now()).Format(time.RFC3339))
}

// cronLog takes what cron says: it tells of each time that it wakes.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(message string, details ...any) { l.log.Debug("schedule: "+message, details...) }

func (l cronLog) Error(err error, message string, details ...any) {
	l.log.Error("schedule: "+message, append(details, "problem", catalog.Redact(err.Error()))...)
}
