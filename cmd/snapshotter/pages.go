package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/state"
	"snapshotter/store"
)

// pages are what the service shows over HTTP, read from the database at each
// request. They show nothing that a report does not.
type pages struct {
	service *service
	mirror  state.Mirror

	mu     sync.Mutex
	newest *view // of the newest recorded run that was asked for
}

func (s *service) pages() *pages { return &pages{service: s} }

// reading opens the history for reading and calls use with it.
func (g *pages) reading(ctx context.Context, p *program, use func(*store.Store) error) error {
	history, err := p.history(ctx)
	if err != nil {
		return err
	}
	return g.mirror.Read(ctx, history, use)
}

// view is all that is shown of one recorded run. It never changes.
type view struct {
	of      int64
	report  *report.Report
	program *program                  // whose settings made the report
	changes map[diff.Significance]int // against the run before
	items   map[catalog.Kind]int
	scopes  map[catalog.Outcome]int
}

func (g *pages) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", g.ready)
	mux.HandleFunc("GET /metrics", g.metrics)
	mux.HandleFunc("GET /reports/latest", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		g.latest(w, r, accepted(r.Header.Get("Accept")))
	})
	for _, format := range report.Formats() {
		mux.HandleFunc("GET /reports/latest"+format.Extension, func(w http.ResponseWriter, r *http.Request) { g.latest(w, r, format) })
	}
	return mux
}

// serve answers on listener until the function that it returns is called, and
// calls fail if it can't.
func (g *pages) serve(listener net.Listener, fail context.CancelCauseFunc) (stop func()) {
	server := &http.Server{
		Handler:           g.handler(),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	p, _ := g.service.settings()
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
		if err := g.mirror.Close(); err != nil {
			p.log.Warn("the copy of the history that pages are read from was not removed", "problem", err)
		}
	}
}

// answer sends a line of text.
func answer(w http.ResponseWriter, status int, format string, args ...any) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, terminal.OneLine(fmt.Sprintf(format, args...)))
}

// unreadable answers that the database could not be read. What went wrong is for
// the log.
func (g *pages) unreadable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody listens any more
	}
	p, _ := g.service.settings()
	p.log.Error("page not shown", append([]any{"page", r.URL.Path}, problem(err)...)...)
	answer(w, http.StatusServiceUnavailable, "the database could not be read; the log says why")
}

// ready answers 200 if the last run that was recorded is as recent as the
// schedule wants, else 503 and why.
func (g *pages) ready(w http.ResponseWriter, r *http.Request) {
	p, _ := g.service.settings()
	var runs []catalog.Run
	if err := g.reading(r.Context(), p, func(db *store.Store) (err error) {
		runs, err = db.LastRecorded(r.Context(), 1)
		return err
	}); err != nil {
		g.unreadable(w, r, err)
		return
	}
	if len(runs) == 0 {
		answer(w, http.StatusServiceUnavailable, "not ready: no run is recorded yet")
		return
	}
	last := runs[0]
	if due := g.service.overdue(last); !due.IsZero() {
		answer(w, http.StatusServiceUnavailable, "not ready: the last recorded run began %s, and one was due %s", catalog.Moment(last.StartedAt), catalog.Moment(due))
		return
	}
	answer(w, http.StatusOK, "ready: run %d began %s, the next is due %s", last.ID, catalog.Moment(last.StartedAt), catalog.Moment(g.service.keeper.Next(p.now())))
}

// starting is how long after its time a run may have to wait for its start, and
// after it to be recorded, beside what it takes to read all regions.
const starting = 2 * time.Minute

// overdue is the time by which there should have been a run after last, the zero
// time if that is not past yet, or a run may still be at it.
func (s *service) overdue(last catalog.Run) time.Time {
	p, c := s.settings()
	due := s.keeper.Next(last.StartedAt)
	if p.now().Before(due.Add(c.RunLimit + starting)) {
		return time.Time{}
	}
	return due.UTC()
}

// latest shows the report of the newest recorded run.
func (g *pages) latest(w http.ResponseWriter, r *http.Request, format report.Format) {
	p, _ := g.service.settings()
	var shown *view
	err := g.reading(r.Context(), p, func(db *store.Store) (err error) {
		shown, err = g.view(r.Context(), p, db)
		return err
	})
	if _, none := errors.AsType[*store.NoRunError](err); none {
		answer(w, http.StatusNotFound, "no run is recorded yet")
		return
	} else if err != nil {
		g.unreadable(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", format.MediaType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache")
	if err := format.Write(shown.report, w); err != nil {
		p.log.Debug("report not sent", "problem", err)
	}
}

// view is that of the newest recorded run, made once. The error is a
// [*store.NoRunError] where there is none.
func (g *pages) view(ctx context.Context, p *program, db *store.Store) (*view, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	head, err := db.Latest(ctx, 0)
	if err != nil {
		return nil, err
	}
	if g.newest == nil || g.newest.of != head.ID || g.newest.program != p {
		if g.newest, err = newView(ctx, p, db, head); err != nil {
			return nil, err
		}
	}
	return g.newest, nil
}

func newView(ctx context.Context, p *program, db *store.Store, head catalog.Run) (*view, error) {
	base, err := job.Before(ctx, db, head)
	if err != nil {
		return nil, err
	}
	compared, err := job.Compare(ctx, db, base, head)
	if err != nil {
		return nil, err
	}
	shown := &view{of: head.ID, program: p, changes: map[diff.Significance]int{}, items: map[catalog.Kind]int{}, scopes: map[catalog.Outcome]int{}}
	for _, change := range compared.Result.Changes {
		shown.changes[change.Significance]++
	}
	now, err := db.Snapshot(ctx, head.ID)
	if err != nil {
		return nil, err
	}
	for _, scope := range now.Scopes {
		shown.items[scope.Kind] += len(scope.Items)
		shown.scopes[scope.Outcome]++
	}
	shown.report, err = compared.Report(ctx, db, watching(p.rules), nil)
	return shown, err
}

// accepted is the format of a report that an Accept header prefers, the default
// one where it does not say.
func accepted(accept string) report.Format {
	formats := report.Formats()
	best, weight := formats[0], 0.0
	for _, part := range strings.Split(accept, ",") {
		wanted, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q, err := strconv.ParseFloat(parameters["q"], 64)
		if err != nil {
			q = 1
		}
		for _, format := range formats {
			offered, _, _ := mime.ParseMediaType(format.MediaType)
			if offered == wanted && q > weight {
				best, weight = format, q
			}
		}
	}
	return best
}

// metrics shows the metrics of docs/serve.md.
func (g *pages) metrics(w http.ResponseWriter, r *http.Request) {
	p, _ := g.service.settings()
	var text exposition
	if err := g.reading(r.Context(), p, func(db *store.Store) error {
		return g.measure(r.Context(), p, db, &text)
	}); err != nil {
		g.unreadable(w, r, err)
		return
	}
	w.Header().Set("Content-Type", expositionType)
	io.WriteString(w, text.String())
}

func (g *pages) measure(ctx context.Context, p *program, db *store.Store, text *exposition) error {
	counts, err := db.CountRuns(ctx)
	if err != nil {
		return err
	}
	last, err := db.LastRuns(ctx, 1)
	if err != nil {
		return err
	}
	recorded, err := db.LastRecorded(ctx, 1)
	if err != nil {
		return err
	}
	text.family("snapshotter_build_info", "gauge", "The version that serves.")
	text.sample(1, "version", version())
	text.family("snapshotter_next_run_timestamp_seconds", "gauge", "When the next run is due.")
	text.sample(seconds(g.service.keeper.Next(p.now())))
	text.family("snapshotter_runs_total", "counter", "Runs in the database, imported ones too, by how they ended.")
	for _, status := range []catalog.Status{catalog.RunComplete, catalog.RunPartial, catalog.RunFailed} {
		text.sample(float64(counts[status]), "status", string(status))
	}
	if len(last) > 0 {
		text.family("snapshotter_last_run_timestamp_seconds", "gauge", "When the last run began, also if it failed.")
		text.sample(seconds(last[0].StartedAt))
		text.family("snapshotter_last_run_duration_seconds", "gauge", "How long the last run took, also if it failed.")
		text.sample(last[0].FinishedAt.Sub(last[0].StartedAt).Seconds())
	}
	if len(recorded) == 0 {
		return nil
	}
	success := recorded[0]
	text.family("snapshotter_last_success_timestamp_seconds", "gauge", "When the last run that was recorded began.")
	text.sample(seconds(success.StartedAt))
	text.family("snapshotter_last_success_age_seconds", "gauge", "How long ago the last run that was recorded began.")
	text.sample(p.now().Sub(success.StartedAt).Seconds())
	shown, err := g.view(ctx, p, db)
	if err != nil {
		return err
	}
	text.family("snapshotter_scopes", "gauge", "Lists (a region and a kind), by what the last recorded run learned about them.")
	for _, outcome := range catalog.Outcomes() {
		text.sample(float64(shown.scopes[outcome]), "outcome", string(outcome))
	}
	text.family("snapshotter_items", "gauge", "Items present as of the last recorded run, in all regions.")
	for _, kind := range catalog.Kinds() {
		text.sample(float64(shown.items[kind]), "kind", string(kind))
	}
	text.family("snapshotter_changes", "gauge", "Changes that the last recorded run found, by significance.")
	for _, significance := range diff.Significances() {
		text.sample(float64(shown.changes[significance]), "significance", string(significance))
	}
	return nil
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
