// Package serve shows what a service has recorded over HTTP: health, readiness,
// metrics, the newest report and the site.
//
// Every answer is of the newest recorded run when it is requested. Errors are not shown
// but passed to [Pages.Failed].
package serve

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"sync"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/store"
)

// Pages are the pages of one service. All fields must be set. The functions are
// called by several goroutines at once.
type Pages struct {
	Version  string
	Settings func() *Settings // the current ones; others are at another address
	Now      func() time.Time
	Next     func(after time.Time) time.Time // when the first run after a time is due
	Failed   func(page string, err error)    // receives why a page could not be read

	mu     sync.Mutex
	newest *view // of the newest recorded run that was requested
	siteMu sync.Mutex
	site   *published // likewise
}

// Settings are what the configuration of a service says about its pages.
type Settings struct {
	// Read opens the history for reading and calls use with it.
	Read     func(ctx context.Context, use func(*store.Store) error) error
	Rules    job.Rules
	RunLimit time.Duration // the longest time for reading all regions
}

// Handler returns the handler of all pages.
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", p.ready)
	mux.HandleFunc("GET /metrics", p.metrics)
	mux.HandleFunc("GET /reports/latest", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		if wanted := preferred(r.Header.Get("Accept")); len(wanted) > 0 && wanted[0] == "text/html" {
			relative(w, r, "../index.html")
			return
		}
		p.latest(w, r, accepted(r.Header.Get("Accept")))
	})
	for _, format := range report.Formats() {
		mux.HandleFunc("GET /reports/latest"+format.Extension, func(w http.ResponseWriter, r *http.Request) { p.latest(w, r, format) })
	}
	mux.HandleFunc("GET /", p.show)
	return mux
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

// unreadable answers that the history could not be read.
func (p *Pages) unreadable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client is gone
	}
	p.Failed(r.URL.Path, err)
	answer(w, http.StatusServiceUnavailable, "the database could not be read; the log says why")
}

// patience is how long a page waits for the history. A check gets an answer even if
// the place where it is kept does not give one.
const patience = 10 * time.Second

// ready answers 200 if the last recorded run is as recent as the schedule requires,
// or else 503 and why.
func (p *Pages) ready(w http.ResponseWriter, r *http.Request) {
	settings := p.Settings()
	var runs []catalog.Run
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if err := settings.Read(ctx, func(db *store.Store) (err error) {
		runs, err = db.LastRecorded(ctx, 1)
		return err
	}); err != nil {
		p.unreadable(w, r, err)
		return
	}
	if len(runs) == 0 {
		answer(w, http.StatusServiceUnavailable, "not ready: no run is recorded yet")
		return
	}
	last := runs[0]
	if p.ahead(last) {
		answer(w, http.StatusServiceUnavailable, "not ready: the last recorded run is dated %s, which this clock has not reached; set the clock, by NTP", catalog.Moment(last.StartedAt))
		return
	}
	if due := p.overdue(last, settings.RunLimit); !due.IsZero() {
		answer(w, http.StatusServiceUnavailable, "not ready: the last recorded run began %s, and one was due %s", catalog.Moment(last.StartedAt), catalog.Moment(due))
		return
	}
	answer(w, http.StatusOK, "ready: run %d began %s, the next is due %s", last.ID, catalog.Moment(last.StartedAt), catalog.Moment(p.Next(p.Now())))
}

// clockTolerance is how far two clocks that are kept in time may be apart.
const clockTolerance = 5 * time.Minute

// ahead reports whether a run is dated by a clock that was ahead of this one, or
// this one was set back: how old it is, nobody can say.
func (p *Pages) ahead(run catalog.Run) bool { return run.StartedAt.Sub(p.Now()) > clockTolerance }

// starting is how long after it is due a run may take to start and to be recorded,
// besides the time for reading all regions.
const starting = 2 * time.Minute

// overdue returns when the run after last was due, or the zero time if it is not due
// yet or may still be going on.
func (p *Pages) overdue(last catalog.Run, runLimit time.Duration) time.Time {
	due := p.Next(last.StartedAt)
	if p.Now().Before(due.Add(runLimit + starting)) {
		return time.Time{}
	}
	return due.UTC()
}

// latest shows the report of the newest recorded run.
func (p *Pages) latest(w http.ResponseWriter, r *http.Request, format report.Format) {
	settings := p.Settings()
	var shown *view
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	err := settings.Read(ctx, func(db *store.Store) (err error) {
		shown, err = p.view(ctx, settings, db)
		return err
	})
	if _, none := errors.AsType[*store.NoRunError](err); none {
		answer(w, http.StatusNotFound, "no run is recorded yet")
		return
	} else if err != nil {
		p.unreadable(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", format.MediaType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache")
	format.Write(shown.report, w) // an error means that the client is gone
}

// accepted returns the format of a report that an Accept header prefers, or the
// default format if it names none.
func accepted(accept string) report.Format {
	formats := report.Formats()
	for _, wanted := range preferred(accept) {
		for _, format := range formats {
			if offered, _, _ := mime.ParseMediaType(format.MediaType); offered == wanted {
				return format
			}
		}
	}
	return formats[0]
}
