// Package job does the main job: it collects what Bedrock lists in every region,
// records it as a run, saves the history, writes the report of what changed,
// announces it, and adds the run to a lake, in this order.
//
// It guarantees that nobody is notified of a run that is not kept, and of a run
// that is kept at most once; that a report or a lake that can't be written never undoes
// a run; and that a program that is asked to stop, or crashes, loses nothing that was
// recorded. It refuses to run while another process writes to the history. It
// neither logs nor ends the program: what happens on the way goes to an observer
// as an [Event], and how it ended is in the [Result] and the error.
package job

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/grace"
	"snapshotter/report"
	"snapshotter/state"
	"snapshotter/store"
)

// Job is one execution of the main job. History, Reports, Trigger, AWS and Now
// are required.
type Job struct {
	History *state.History
	Reports *state.Reports
	Lake    *Lake // nil for none
	Trigger catalog.Trigger
	Version string // of the program, recorded with the run
	Note    string // recorded with the run, before what the collection notes
	// Identify returns the ID of the account that the credentials belong to; nil
	// where it cannot be known.
	Identify func(context.Context) (string, error)
	// AcceptAccount binds a history of another account to this one.
	AcceptAccount bool
	// ConfirmApart is as [store.ConfirmApart]; zero is the default.
	ConfirmApart time.Duration
	AWS          aws.Config
	Options      collect.Options
	// Unmatched returns notes on the regions that were listed, such as a filter
	// that matches none of them. They are recorded with the run. It may be nil.
	Unmatched func(listings []catalog.Listing) []string
	Rules     Rules
	Announce  *Announcements // nil notifies nobody
	Now       func() time.Time
	// Observe receives what happens, as it happens and from one goroutine. It may
	// be nil.
	Observe func(Event)
}

// Result is what a run left behind.
type Result struct {
	Run    catalog.Run
	Report *report.Report // nil if it could not be built
	Path   string         // path or URL of the report, "" if it was not written
	// Unwritten is the [*ReportError] of a run whose report, or that of a run
	// shortly before, could not be written.
	Unwritten error
}

// Run takes a snapshot. An error means that no catalogue was recorded, or that it
// could not be saved; use [Overtaken] and [Stopped] to tell why. Without an error
// the run is kept, whatever became of its report and its messages.
func (j *Job) Run(ctx context.Context) (result *Result, err error) {
	j.History.Evidence = j.reported
	session, err := j.History.Open(ctx)
	if _, locked := errors.AsType[*store.LockedError](err); locked {
		return nil, err // the run that holds the lock pings the checks
	}
	defer session.Close()
	lasting, cancel := grace.Extend(ctx)
	defer cancel()
	announcer := j.announcer()
	end := announcer.begin(ctx)
	defer func() {
		if crashed := result == nil && err == nil; crashed {
			j.rescue(lasting, session)
		}
		end(lasting, result, err)
	}()
	if err != nil {
		return nil, err
	}
	if url := session.NewAt(); url != "" {
		j.observe(NewHistory{url})
	}
	run, failure := j.record(ctx, session.DB)
	if run.ID == 0 {
		return nil, failure
	}
	// Once the run is recorded, a request to stop must not cost the rest.
	kept, err := j.keep(lasting, session, announcer, run)
	if err := errors.Join(failure, err); err != nil {
		return nil, err
	}
	return kept, nil
}

// keep saves, reports and announces what is recorded. Messages are decided on
// before the save, so that the history that is saved says what was sent, and sent
// after it, so that nobody hears of a run that is not kept.
func (j *Job) keep(ctx context.Context, session *state.Session, announcer *announcer, run catalog.Run) (*Result, error) {
	update := &update{run: run}
	unbuilt := update.read(ctx, session.DB, j.Rules)
	messages := announcer.prepare(ctx, session.DB, update)
	if err := session.Save(ctx); err != nil {
		return nil, j.reportWinner(ctx, err)
	}
	result := &Result{Run: run, Report: update.report, Unwritten: unbuilt}
	if result.Report != nil {
		result.Path, result.Unwritten = j.writeReports(ctx, session.DB, result.Report)
	}
	if result.Unwritten != nil {
		result.Unwritten = &ReportError{result.Unwritten}
	}
	announcer.deliver(ctx, session.DB, messages)
	j.fill(ctx, session.DB, run)
	return result, nil
}

// fill adds to the lake what it lacks. If it fails, the next run tries again.
func (j *Job) fill(ctx context.Context, db *store.Store, run catalog.Run) {
	if j.Lake == nil {
		return
	}
	filled, err := j.Lake.Fill(ctx, db, run.ID)
	j.observe(LakeFilled{filled, err})
}

// rescue saves what a run recorded before it crashed.
func (j *Job) rescue(ctx context.Context, session *state.Session) {
	if err := session.Save(ctx); err != nil {
		j.observe(NotRescued{err})
	}
}

// reportWinner returns the error of a run that could not be saved. If another run
// was saved first, it writes the report of that one, and leaves announcing it to
// whoever saved it.
func (j *Job) reportWinner(ctx context.Context, unsaved error) error {
	lost, ok := errors.AsType[*state.LostRaceError](unsaved)
	if !ok || lost.Deleted {
		return unsaved
	}
	err := j.History.Read(ctx, func(db *store.Store) error {
		newest, err := db.Latest(ctx, 0)
		if err != nil {
			return err
		}
		winner := &update{run: newest}
		if err := winner.read(ctx, db, j.Rules); err != nil {
			return err
		}
		path, err := j.writeReports(ctx, db, winner.report)
		if err == nil {
			j.observe(ReportedInstead{winner.report.Title, path})
		}
		return err
	})
	if err != nil {
		err = &ReportError{err}
	}
	return errors.Join(unsaved, err)
}

func (j *Job) observe(e Event) {
	if j.Observe != nil {
		j.Observe(e)
	}
}
