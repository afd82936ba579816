package schedule

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is what is due on a schedule.
type Job struct {
	// Last is when the last run began that anybody knows of, the zero time where
	// there was none or nobody can say.
	Last func(context.Context) time.Time
	// Run runs once, and reports false if it could not even begin, because
	// another process is at it: then it is asked again within a minute. It ends
	// soon once the context is done. That it failed is its own to tell; it is
	// not run again before its next time.
	Run func(context.Context) bool
}

// Keeper runs a job on a schedule.
type Keeper struct {
	job Job
	now func() time.Time

	mu       sync.Mutex
	schedule *Schedule

	// Of the checks alone, of which there is one at a time.
	since   time.Time // the times up to here are answered
	counted counted
}

// counted is the first moment of a schedule since another: kept, because it is
// asked for every minute and changes once a run.
type counted struct {
	schedule    *Schedule
	since, next time.Time
}

// NewKeeper returns a keeper that has yet to be started with [Keeper.Run].
func NewKeeper(s *Schedule, job Job, now func() time.Time) *Keeper {
	return &Keeper{schedule: s, job: job, now: now}
}

// Follow makes the keeper follow another schedule from now on.
func (k *Keeper) Follow(s *Schedule) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.schedule = s
}

// Schedule is the one that is followed.
func (k *Keeper) Schedule() *Schedule {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.schedule
}

// Next is the first moment after another of the schedule that is followed. It
// makes the keeper a [cron.Schedule].
func (k *Keeper) Next(after time.Time) time.Time { return k.Schedule().Next(after) }

// ErrStillRunning is a run that did not end when it was told to.
var ErrStillRunning = errors.New("a run did not end when it was told to")

// Run runs the job whenever it is due, at once if a time was missed, until the
// context is done. It then waits for a run that is going on, no longer than
// patience: the error is [ErrStillRunning] where that was not enough.
//
// Log is told of runs that were passed over and of panics, which end no more
// than the run that they happen in.
func (k *Keeper) Run(ctx context.Context, patience time.Duration, log cron.Logger) error {
	// The outer of the two must be the one that passes over: if it recovered
	// outside, a panic would leave it believing that the run still goes on.
	chain := cron.NewChain(cron.SkipIfStillRunning(log), cron.Recover(log))
	check := chain.Then(cron.FuncJob(func() { k.check(ctx) }))
	runner := cron.New(cron.WithLogger(log))
	runner.Schedule(k, check)
	// Timers know nothing of a machine that slept, of a clock that was set, of
	// another schedule, or of a database that was busy. To look costs nothing.
	runner.Schedule(cron.Every(time.Minute), check)
	var first sync.WaitGroup
	first.Go(check.Run)
	runner.Start()

	<-ctx.Done()
	ended := make(chan struct{})
	go func() {
		<-runner.Stop().Done()
		first.Wait()
		close(ended)
	}()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-ended:
		return nil
	case <-timeout.C:
		return ErrStillRunning
	}
}

// check runs the job if it is due. It is never called twice at once.
func (k *Keeper) check(ctx context.Context) {
	now := k.now()
	if ctx.Err() != nil || !k.due(now) {
		return
	}
	// Another process may have answered it since.
	if last := k.job.Last(ctx); last.After(k.since) && !misdated(last, now) {
		k.since = last
	}
	if !k.due(now) {
		return
	}
	before := k.since
	k.since = now // also if the run panics
	if !k.job.Run(ctx) {
		k.since = before
	}
}

// due reports whether a time has passed that is not answered. Nothing is
// answered where nothing was ever run.
func (k *Keeper) due(now time.Time) bool {
	if misdated(k.since, now) {
		k.since = now
	}
	if k.since.IsZero() {
		return true
	}
	if s := k.Schedule(); k.counted.schedule != s || !k.counted.since.Equal(k.since) {
		k.counted = counted{s, k.since, s.Next(k.since)}
	}
	return !k.counted.next.After(now)
}

// misdated reports whether a run was dated by a clock that was far ahead, so
// that its time says nothing. A clock that is put back a little is no reason to
// answer a time twice.
func misdated(began, now time.Time) bool { return began.Sub(now) > 24*time.Hour }
