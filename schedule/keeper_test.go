package schedule_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"snapshotter/schedule"
)

const patience = 25 * time.Second

// span is a stretch of time in which something was going on.
type span struct{ from, to time.Time }

// world is what outlives a restart: the history and, for the test alone, when
// the program was up and the job at work.
type world struct {
	random  *rand.Rand
	runs    []span // each began to be recorded; one that was stopped is not in it
	stopped []span
	up      []span
	running bool
	panics  int
	busy    func(time.Time) bool // another process holds the database
	length  func(*rand.Rand) time.Duration
}

func (w *world) last(context.Context) time.Time {
	if len(w.runs) == 0 {
		return time.Time{}
	}
	return w.runs[len(w.runs)-1].from
}

func (w *world) run(t *testing.T) func(context.Context) bool {
	return func(ctx context.Context) bool {
		if w.running {
			t.Errorf("%s: two runs at once", time.Now())
		}
		began := time.Now()
		if w.busy != nil && w.busy(began) {
			return false
		}
		w.running = true
		defer func() { w.running = false }()
		select {
		case <-time.After(w.length(w.random)):
		case <-ctx.Done():
			time.Sleep(time.Duration(w.random.Int64N(int64(patience)))) // it lets a commit end
			if w.random.IntN(2) == 0 {
				w.stopped = append(w.stopped, span{began, time.Now()})
				return true // nothing was recorded
			}
		}
		w.runs = append(w.runs, span{began, time.Now()})
		if w.random.IntN(20) == 0 {
			w.panics++
			panic("a run that panics")
		}
		return true
	}
}

// live starts the program, lets it go on for a while, and stops it.
func (w *world) live(t *testing.T, s *schedule.Schedule, long time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	began := time.Now()
	keeper := schedule.NewKeeper(s, schedule.Job{Last: w.last, Run: w.run(t)}, time.Now)
	if err := keeper.Run(ctx, patience, cron.DiscardLogger); err != nil {
		t.Errorf("%s: %v", time.Now(), err)
	}
	if time.Since(began) > long+patience {
		t.Errorf("stopped after %s, told to after %s", time.Since(began), long)
	}
	w.up = append(w.up, span{began, began.Add(long)})
}

// TestYear lives through a year of restarts, of slow runs and hanging ones, of
// panics, and of both changes of the clock; or part of one, where more happens,
// unless SNAPSHOTTER_YEAR is set.
func TestYear(t *testing.T) {
	for _, c := range []struct {
		name, expression string
		months           int
		jitter           time.Duration
		length           func(*rand.Rand) time.Duration
		busy             func(time.Time) bool
	}{
		{"nightly, in the hour that is shown twice or never", "30 2 * * *", 12, 5 * time.Minute, upTo(5 * time.Minute), nil},
		{"hourly, and some runs hang for half a day", "0 * * * *", 4, time.Minute, mostly(time.Minute, 12*time.Hour), nil},
		{"every run takes longer than the period", "*/15 * * * *", 1, 0, between(16*time.Minute, 40*time.Minute), nil},
		{"another process is at it for two hours a day", "10 2 * * *", 6, 0, upTo(time.Minute), func(t time.Time) bool { return t.UTC().Hour()/2 == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{random: rand.New(rand.NewPCG(1, 2)), length: c.length, busy: c.busy}
				s := parse(t, c.expression, "Europe/Berlin", c.jitter)
				time.Sleep(time.Until(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)))
				months := c.months
				if os.Getenv("SNAPSHOTTER_YEAR") != "" {
					months = 12
				}
				for end := time.Now().AddDate(0, months, 0); time.Now().Before(end); {
					w.live(t, s, between(time.Second, 10*24*time.Hour)(w.random))
					if w.random.IntN(3) == 0 { // down, else restarted at once
						time.Sleep(upTo(4 * 24 * time.Hour)(w.random))
					}
				}
				w.check(t, s)
			})
		})
	}
}

func upTo(most time.Duration) func(*rand.Rand) time.Duration { return between(0, most) }

func between(least, most time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return least + time.Duration(r.Int64N(int64(most-least))) }
}

func mostly(short, long time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration {
		if r.IntN(50) == 0 {
			return long
		}
		return short
	}
}

// check holds what the package promises against what happened.
func (w *world) check(t *testing.T, s *schedule.Schedule) {
	for i := 1; i < len(w.runs); i++ {
		before, run := w.runs[i-1], w.runs[i]
		if run.from.Before(before.to) {
			t.Errorf("runs overlap: %v and %v", before, run)
		}
		if s.Next(before.from).After(run.from) {
			t.Errorf("one time is answered twice: at %s and %s", before.from, run.from)
		}
	}
	moments := 0
	for _, up := range w.up {
		for at := s.Next(up.from.Add(-1)); at.Before(up.to); at = s.Next(at) {
			moments++
			if free := w.free(at, up.to); up.to.Sub(free) > time.Minute && !w.answered(at, free.Add(time.Minute)) {
				t.Errorf("%s is not answered by %s", at, free.Add(time.Minute))
			}
		}
		// What was missed before is made up.
		if due, found := w.missed(s, up.from); found && up.to.Sub(w.free(up.from, up.to)) > time.Minute &&
			!w.answered(due, w.free(up.from, up.to).Add(time.Minute)) {
			t.Errorf("%s was missed and is not made up after %s", due, up.from)
		}
	}
	t.Logf("%d times while up, %d runs, %d stopped, %d panics, %d lives", moments, len(w.runs), len(w.stopped), w.panics, len(w.up))
	if moments == 0 || len(w.runs) < 100 || w.panics == 0 {
		t.Error("too little happened to prove anything")
	}
}

// missed is the first time after the last run before a moment, if it is past.
func (w *world) missed(s *schedule.Schedule, moment time.Time) (time.Time, bool) {
	i := firstFrom(w.runs, moment)
	if i == 0 {
		return time.Time{}, false
	}
	due := s.Next(w.runs[i-1].from)
	return due, due.Before(moment)
}

// free is the first moment from one on at which no run goes on and no other
// process holds the database.
func (w *world) free(at, end time.Time) time.Time {
	for at.Before(end) {
		moved := false
		for _, runs := range [][]span{w.runs, w.stopped} {
			if i := firstFrom(runs, at); i > 0 && runs[i-1].to.After(at) {
				at, moved = runs[i-1].to, true
			}
		}
		if w.busy != nil && w.busy(at) {
			at, moved = at.Truncate(time.Minute).Add(time.Minute), true
		}
		if !moved {
			break
		}
	}
	return at
}

// answered reports whether a run began from a moment on, and by another; one
// that was told to stop was an answer too, as long as the program was up.
func (w *world) answered(from, by time.Time) bool {
	for _, runs := range [][]span{w.runs, w.stopped} {
		if i := firstFrom(runs, from); i < len(runs) && !runs[i].from.After(by) {
			return true
		}
	}
	return false
}

// firstFrom is the place of the first run that began at a moment or later.
func firstFrom(runs []span, moment time.Time) int {
	i, _ := slices.BinarySearchFunc(runs, moment, func(run span, at time.Time) int { return run.from.Compare(at) })
	return i
}

// A first start has nothing to wait for.
func TestFirstStartRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{random: rand.New(rand.NewPCG(1, 2)), length: upTo(time.Second)}
		w.live(t, parse(t, "0 2 * * *", "UTC", 0), time.Minute)
		if len(w.runs) != 1 {
			t.Errorf("%d runs", len(w.runs))
		}
	})
}

// Each case is a history and a clock that was set between two runs.
func TestClockIsSet(t *testing.T) {
	for _, c := range []struct {
		name string
		step func(real time.Time) time.Time // what the clock shows
		want string
	}{
		{"back a minute, each night just after two", func(at time.Time) time.Time {
			nights := at.Sub(time.Date(2026, 1, 1, 2, 0, 30, 0, time.UTC)) / (24 * time.Hour)
			return at.Add(-nights * time.Minute)
		}, "3 runs"},
		{"forward by three days", func(at time.Time) time.Time {
			if at.Day() >= 3 {
				return at.AddDate(0, 0, 3)
			}
			return at
		}, "4 runs"},
		{"back from years ahead", func(at time.Time) time.Time {
			if at.Day() < 2 {
				return at.AddDate(4, 0, 0)
			}
			return at
		}, "3 runs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				epoch := time.Now()
				now := func() time.Time {
					return c.step(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(time.Since(epoch)))
				}
				ctx, cancel := context.WithTimeout(t.Context(), 63*time.Hour) // three nights, without the step
				defer cancel()
				began := []time.Time{now()}
				keeper := schedule.NewKeeper(parse(t, "0 2 * * *", "UTC", 0), schedule.Job{
					Last: func(context.Context) time.Time { return began[len(began)-1] },
					Run: func(context.Context) bool {
						began = append(began, now())
						return true
					},
				}, now)
				if err := keeper.Run(ctx, patience, cron.DiscardLogger); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprintf("%d runs", len(began)-1); got != c.want {
					t.Errorf("%s, want %s: %v", got, c.want, began[1:])
				}
			})
		})
	}
}

func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{random: rand.New(rand.NewPCG(1, 2)), length: upTo(time.Second), runs: []span{{from: time.Now()}}}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		keeper := schedule.NewKeeper(parse(t, "0 2 1 1 *", "UTC", 0), schedule.Job{Last: w.last, Run: w.run(t)}, time.Now)
		time.AfterFunc(90*time.Minute, func() { keeper.Follow(parse(t, "15 * * * *", "UTC", 0)) })
		if err := keeper.Run(ctx, patience, cron.DiscardLogger); err != nil {
			t.Fatal(err)
		}
		// Missed by the new schedule, which is made up; then 02:15.
		if len(w.runs) != 3 {
			t.Errorf("%v", w.runs)
		}
	})
}

func TestStillRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		deaf := schedule.Job{
			Last: func(context.Context) time.Time { return time.Time{} },
			Run:  func(context.Context) bool { time.Sleep(time.Hour); return true },
		}
		began := time.Now()
		err := schedule.NewKeeper(parse(t, "@daily", "UTC", 0), deaf, time.Now).Run(ctx, patience, cron.DiscardLogger)
		if err != schedule.ErrStillRunning || time.Since(began) != time.Minute+patience {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		time.Sleep(time.Hour) // it ends at last
	})
}
