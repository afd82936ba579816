package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/report"
	"snapshotter/store"
)

// format is the flag for the format of an answer.
type format struct {
	Format string `enum:"table,md,json,csv" default:"table" help:"Output format: ${enum}."`
	JSON   bool   `name:"json" help:"Short for --format json."`
}

// AfterApply implements kong's hook.
func (f *format) AfterApply() error {
	if f.JSON {
		f.Format = "json"
	}
	return nil
}

// print writes one answer: rows for people and spreadsheets, value for programs.
func (f format) print(p *program, rows *terminal.Table, value any) error {
	switch f.Format {
	case "json":
		return report.WriteJSON(p.stdout, value)
	case "csv":
		return rows.CSV(p.stdout)
	case "md":
		return rows.Markdown(p.stdout)
	}
	rows.Colour = p.colours()
	return rows.Text(p.stdout, p.width())
}

// forPeople reports whether the output is read by people, so that words may
// stand beside the rows.
func (f format) forPeople() bool { return f.Format == "table" || f.Format == "md" }

// asOf is the flag for the run whose catalogue a command shows.
type asOf struct {
	AsOf string `placeholder:"RUN" default:"latest" help:"The catalogue as of this run: an ID, latest~2, a date, a time or an age (${default})."`
}

// read opens the history for reading and calls use with the run.
func (a asOf) read(ctx context.Context, p *program, use func(db *store.Store, run catalog.Run) error) error {
	ref, err := reference(a.AsOf, p.now())
	if err != nil {
		return err
	}
	return p.reading(ctx, func(db *store.Store) error {
		run, err := ref.Find(ctx, db)
		if err != nil {
			return err
		}
		a.warnStale(p, run)
		return use(db, run)
	})
}

// staleAfter is how old the newest run may be without a warning if no schedule is set.
const staleAfter = 48 * time.Hour

// lateBy is how much later than scheduled a run may be recorded without a warning.
const lateBy = time.Hour

// answered returns the run for an answer.
func (a asOf) answered(p *program, run catalog.Run) ask.AsOf {
	return ask.AsOf{RunRef: run.Ref(), Stale: a.stale(p, run)}
}

// stale reports whether the newest run is older than two days or, where a schedule is
// set, than two of its times.
func (a asOf) stale(p *program, run catalog.Run) bool {
	until := run.StartedAt.Add(staleAfter)
	if due := p.due(); due != nil {
		until = due.Next(due.Next(run.StartedAt)).Add(lateBy)
	}
	return a.AsOf == "latest" && p.now().After(until)
}

// warnStale says that the newest run is old: what is shown may have changed since.
func (a asOf) warnStale(p *program, run catalog.Run) {
	if a.stale(p, run) {
		p.log.Warn("the last run is old: what it found may have changed since", "run", run.ID, "days", int(p.now().Sub(run.StartedAt)/(24*time.Hour)))
	}
}

// reference reads what a user wrote for a run.
func reference(text string, now time.Time) (store.Reference, error) {
	ref, err := store.ParseReference(text, now)
	if err != nil {
		return ref, usageError("%w", err)
	}
	return ref, nil
}

// sayNeverRead warns a person that an answer lacks lists.
func sayNeverRead(p *program, lists []ask.UnreadList) {
	var named []string
	for _, l := range lists {
		named = append(named, fmt.Sprintf("%s of %s (%s)", l.Kind.Plural(), l.Region, l.Outcome.Words()))
	}
	if len(named) > 0 {
		p.println("Never read, so nothing is known about: %s", strings.Join(named, ", "))
	}
}
