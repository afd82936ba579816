package schedule

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is what runs on a schedule.
type Job struct {
	// Last returns when the last known run began, the zero time if there was
	// none or nobody knows.
	Last func(context.Context) time.Time
	// Run runs once. It returns false if it could not start because another
	// process is running: then the keeper tries again within a minute. It ends
	// soon after the context is done. It reports its own failures, and does not
	// run again before its next time.
	Run func(context.Context) bool
}

// Keeper runs a job on a schedule.
type Keeper struct {
	job Job
	now func() time.Time

	mu       sync.Mutex
	schedule *Schedule

	// Only for the checks, which never run concurrently.
	since   time.Time // the times up to here are answered
	counted counted
}

// counted caches the first moment of a schedule after another: it is needed
// every minute and changes once a run.
type counted struct {
	schedule    *Schedule
	since, next time.Time
}

// NewKeeper returns a keeper that [Keeper.Run] starts.
func NewKeeper(s *Schedule, job Job, now func() time.Time) *Keeper {
	return &Keeper{schedule: s, job: job, now: now}
}

// Follow makes the keeper follow another schedule from now on.
func (k *Keeper) Follow(s *Schedule) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.schedule = s
}

// Schedule returns the schedule that the keeper follows.
func (k *Keeper) Schedule() *Schedule {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.schedule
}

// Next returns the first moment of the schedule after another. It makes the
// keeper a [cron.Schedule].
func (k *Keeper) Next(after time.Time) time.Time { return k.Schedule().Next(after) }

// ErrStillRunning means that a run did not end when it was asked to.
var ErrStillRunning = errors.New("a run did not end when it was asked to")

// Run runs the job whenever it is due, at once if a time was missed, until the
// context is done. It then waits for a run in progress for at most patience;
// the error is [ErrStillRunning] if the run takes longer.
//
// Log receives the runs that were skipped, and panics, which end only their own
// run.
func (k *Keeper) Run(ctx context.Context, patience time.Duration, log cron.Logger) error {
	// The skipping wrapper must be the outer one: if recovery were outside, a
	// panic would leave the wrapper believing that the run still goes on.
	chain := cron.NewChain(cron.SkipIfStillRunning(log), cron.Recover(log))
	check := chain.Then(cron.FuncJob(func() { k.check(ctx) }))
	runner := cron.New(cron.WithLogger(log))
	runner.Schedule(k, check)
	// Timers do not notice that the machine slept, that the clock was set, that
	// the schedule changed, or that the database was busy. Checking costs
	// nothing.
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

// check runs the job if it is due. It is never called concurrently.
func (k *Keeper) check(ctx context.Context) {
	now := k.now()
	if ctx.Err() != nil || !k.due(now) {
		return
	}
	// Another process may have run it since.
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

// due reports whether a scheduled time has passed without a run. If there was
// never a run, every time counts.
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

// misdated reports whether a run was dated by a clock far ahead, so that its
// time means nothing. A clock that is set back a little is no reason to run
// twice for one time.
func misdated(began, now time.Time) bool { return began.Sub(now) > 24*time.Hour }
