package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/schedule"
	"snapshotter/serve"
	"snapshotter/state"
	"snapshotter/store"
)

// service is a running service, whose settings may change.
type service struct {
	keeper *schedule.Keeper
	pages  *serve.Pages
	mirror state.Mirror // that pages are read from

	mu      sync.Mutex
	program *program
	command *serveCommand
	shown   *serve.Settings
}

func newService(p *program, c *serveCommand) *service {
	s := &service{}
	s.set(p, c)
	s.pages = &serve.Pages{
		Version: version(), Now: p.now,
		Next: func(after time.Time) time.Time { return s.keeper.Next(after) },
		Settings: func() *serve.Settings {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.shown
		},
		Failed: func(page string, err error) {
			p, _ := s.settings()
			p.log.Error("page not shown", append([]any{"page", page}, problem(err)...)...)
		},
	}
	return s
}

// set replaces the settings.
func (s *service) set(p *program, c *serveCommand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.program, s.command = p, c
	s.shown = &serve.Settings{
		Rules: p.readers(), RunLimit: c.RunLimit,
		Read: func(ctx context.Context, use func(*store.Store) error) error {
			history, err := p.history(ctx)
			if err != nil {
				return err
			}
			return s.mirror.Read(ctx, history, use)
		},
	}
}

// connections is how many clients are served at once. More wait: without a limit,
// connections that stay half open would take the file descriptors that a run needs.
const connections = 256

// listen answers HTTP requests until the function that it returns is called, and
// calls fail if it can't.
func (s *service) listen(listener net.Listener, fail context.CancelCauseFunc) (stop func()) {
	listener = netutil.LimitListener(listener, connections)
	server := &http.Server{
		Handler:           s.pages.Handler(),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	p, _ := s.settings()
	p.log.Info("listening for HTTP", "address", listener.Addr().String())
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fail(fmt.Errorf("serve HTTP on %s: %w", listener.Addr(), err))
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
		if err := s.mirror.Close(); err != nil {
			p.log.Warn("the copy of the history that pages are read from was not removed", "problem", err)
		}
	}
}

// settings returns the current settings.
func (s *service) settings() (*program, *serveCommand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.program, s.command
}

// last returns when the newest run began, even if it failed. Imports do not count.
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

// runs returns all runs in the history.
func (p *program) runs(ctx context.Context) (runs []catalog.Run, err error) {
	err = p.reading(ctx, func(db *store.Store) error {
		runs, err = db.Runs(ctx)
		return err
	})
	return runs, err
}

// run takes the snapshot that is due and logs the result. It reports false if another
// process is using the database.
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

// problem returns the log attributes of an error.
func problem(err error) []any {
	err = plainly(err)
	attributes := []any{"problem", terminal.OneLine(err.Error())}
	if advice, ok := errors.AsType[adviser](err); ok {
		attributes = append(attributes, "advice", advice.Advice())
	}
	return attributes
}

// take takes a snapshot with the current AWS settings: roles and profiles change while
// a service runs for months.
func (c *serveCommand) take(ctx context.Context, p *program) (*job.Result, error) {
	job, err := c.job(ctx, p, catalog.Schedule, nil)
	if err != nil {
		return nil, unstarted{err}
	}
	return job.Run(ctx)
}

// unstarted is the error of a run that failed before it could record its failure.
type unstarted struct{ error }

func (e unstarted) Unwrap() error { return e.error }

// guarded calls take, and records a failed run if it crashes or returns an error that
// it could not record itself.
func guarded(ctx context.Context, p *program, take func() (*job.Result, error)) (result *job.Result, err error) {
	began := p.now()
	defer func() {
		if crash := recover(); crash != nil {
			p.log.Error("a run crashed; this is a bug in snapshotter, please report it", "panic", catalog.Redact(fmt.Sprint(crash)), "stack", string(debug.Stack()))
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

// reloads reads the configuration again at each SIGHUP, until the function that it
// returns is called.
func (s *service) reloads(ctx context.Context) (stop func()) {
	signals, ignore := reloadSignals()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range signals {
			s.reload(ctx)
		}
	}()
	return func() {
		ignore()
		<-ended
	}
}

// errEmptied refuses to forget channels, rules and schedule because a file was
// truncated.
var errEmptied = advised{"the configuration file is empty", "write it again, and send SIGHUP; to do without, restart the service"}

// reload applies the current configuration. If it is wrong, it logs that and changes
// nothing.
func (s *service) reload(ctx context.Context) {
	old, was := s.settings()
	p, commands, err := old.reread(ctx)
	var times *schedule.Schedule
	switch {
	case err != nil:
	case old.configured && !p.configured:
		err = errEmptied
	default:
		times, err = commands.Serve.times(old.DB)
	}
	if err != nil {
		old.log.Error("configuration not reloaded, the old one stays", problem(err)...)
		was.warn(ctx, old, "Bedrock: configuration not reloaded, the old one stays", plainly(err).Error())
		return
	}
	c := &commands.Serve
	if p.DB != old.DB || c.Listen != was.Listen {
		old.log.Warn("a change of db or listen needs a restart")
	}
	p.DB, c.Listen = old.DB, was.Listen
	s.set(p, c)
	s.keeper.Follow(times)
	p.log.Info("configuration reloaded", "schedule", c.Schedule, "tz", c.TZ, "next", times.Next(p.now()).Format(time.RFC3339))
}

// cronLog logs the messages of cron, which logs each time that it wakes.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(message string, details ...any) { l.log.Debug("schedule: "+message, details...) }

func (l cronLog) Error(err error, message string, details ...any) {
	l.log.Error("schedule: "+message, append(details, "problem", catalog.Redact(err.Error()))...)
}
