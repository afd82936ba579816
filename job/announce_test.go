package job

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/grace"
	"snapshotter/notify"
	"snapshotter/state"
	"snapshotter/store"
	"snapshotter/watch"
)

func TestMessage(t *testing.T) {
	w := onDisk(t)
	w.run(1)
	w.wantSent() // there is nothing to compare the first run with
	w.serve(2)
	w.run(2)
	want := []message{{
		Title: "Bedrock 2026-05-02: Claude 3 Sonnet can't be called from eu-west-2; 1 more",
		Message: "Claude 3 Sonnet can't be called from eu-west-2; ID: anthropic.claude-3-sonnet-20240229-v1:0; instead: eu.anthropic.claude-sonnet-4-6\n" +
			"Claude Opus 4.7 is callable from 3 regions; pass eu.anthropic.claude-opus-4-7, global.anthropic.claude-opus-4-7, " +
			"us.anthropic.claude-opus-4-7; AWS gives 2026-04-16 as its start\n" +
			"1 minor change\n" +
			"https://reports.example.com/2026-05-02T02-00-00Z.md",
		Link:         "https://reports.example.com/2026-05-02T02-00-00Z.md",
		Significance: "breaking",
	}}
	got := w.heard()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
	w.run(3)
	w.wantSent() // a quiet night
}

// pending is the last run of a world, not announced yet, with an announcer and
// the open history.
func (w *world) pending(ctx context.Context) (*announcer, *state.Session, *update) {
	w.Helper()
	session, err := w.history.Open(ctx)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { session.Close() })
	head, err := session.DB.Latest(ctx, 0)
	if err != nil {
		w.Fatal(err)
	}
	return w.job(head.StartedAt.Day()).announcer(), session, &update{run: head}
}

// announce decides and delivers, as a job does.
func (a *announcer) announce(ctx context.Context, db *store.Store, u *update) {
	ctx, cancel := grace.Extend(ctx)
	defer cancel()
	a.deliver(ctx, db, a.prepare(ctx, db, u))
}

// The changes of a run are sent at most once, however many try.
func TestAtMostOnce(t *testing.T) {
	w := onDisk(t)
	w.quiet(1)
	w.serve(2)
	w.quiet(2)
	a, session, u := w.pending(t.Context())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { a.announce(context.Background(), session.DB, &update{run: u.run}) })
	}
	all.Wait()
	w.wantSent(2)
	a.announce(t.Context(), session.DB, u)
	w.wantSent()
}

// A message that was claimed by a program that ended before it sent it may have
// been sent. It is lost, not doubled.
func TestClaimedIsNotSentAgain(t *testing.T) {
	w := onDisk(t)
	w.quiet(1)
	w.serve(2)
	w.quiet(2)
	a, session, u := w.pending(t.Context())
	if due := a.prepare(t.Context(), session.DB, u); len(due) != 1 {
		t.Fatalf("%d messages are due, want 1", len(due))
	}
	a.announce(t.Context(), session.DB, u)
	w.wantSent()
}

// The runs that nobody decided about are announced by the next one, once. After a
// long time without channels they are not.
func TestUndecidedRuns(t *testing.T) {
	w := onDisk(t)
	w.run(1)
	w.serve(2)
	w.quiet(2) // as if interrupted
	w.run(3)
	w.wantSent(2)
	w.run(4)
	w.wantSent()
	w.serve(1)
	for day := 5; day <= 5+undecidedLimit; day++ {
		w.quiet(day)
	}
	w.serve(4)
	w.run(6 + undecidedLimit)
	w.wantSent(6 + undecidedLimit)
}

// A run whose program is told to stop is announced, and the outcome recorded.
func TestAnnouncesAfterAStop(t *testing.T) {
	w := onDisk(t)
	w.quiet(1)
	w.serve(2)
	w.quiet(2)
	a, session, u := w.pending(t.Context())
	ctx, stop := context.WithCancel(t.Context())
	stop()
	a.announce(ctx, session.DB, u)
	w.wantSent(2)
	if got, want := deliveries(t, w.file()), []string{"run 2: delivered, 1"}; !slices.Equal(got, want) {
		t.Errorf("deliveries %q, want %q", got, want)
	}
}

// Watch rules are evaluated for the report and the message alike, once a run.
func TestWatchRules(t *testing.T) {
	w := onDisk(t)
	rule, err := watch.Rule{Name: "opus", Model: "anthropic.claude-opus-4-7"}.Named()
	if err != nil {
		t.Fatal(err)
	}
	evaluated := 0
	run := func(day int) *Result {
		job := w.job(day)
		job.Rules.Watch = func(ctx context.Context, db *store.Store, base *catalog.Run, now *catalog.Snapshot) ([]watch.State, error) {
			evaluated++
			var then *catalog.Snapshot
			if base != nil {
				var err error
				if then, err = db.Snapshot(ctx, base.ID); err != nil {
					return nil, err
				}
			}
			return watch.Evaluate([]watch.Rule{rule}, then, now), nil
		}
		result, err := job.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	run(1)
	w.serve(2)
	evaluated = 0
	if result := run(2); result.Report.Counts.Satisfied != 1 {
		t.Errorf("counts %+v", result.Report.Counts)
	}
	messages := w.heard()
	if len(messages) != 1 || !strings.Contains(messages[0].Message, "Claude Opus 4.7 is callable from 3 regions, satisfies rule opus;") {
		t.Errorf("messages %+v", messages)
	}
	if evaluated != 1 {
		t.Errorf("the rules were evaluated %d times", evaluated)
	}
}

// Checks hear that a run ended even if a channel uses up the time that is left
// after a stop.
func TestStopPingsTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := bedrocktest.NewNetwork()
		var pings []string
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if end, ping := strings.CutPrefix(r.URL.Path, "/ping/x"); ping {
				pings = append(pings, end)
				return
			}
			w.WriteHeader(http.StatusServiceUnavailable) // is tried for more than the grace period
		})}
		go server.Serve(network.Listen("hooks.example.com:80"))
		defer server.Close()
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		w := &world{T: t}
		a := &announcer{
			Announcements: &Announcements{
				Channels: w.channels("generic+http://hooks.example.com/hook?template=json", "ping:http://hooks.example.com/ping/x"),
				Sender:   notify.Sender{HTTP: &http.Client{Transport: transport}},
				ExitCode: func(error) int { return 1 },
			},
			now: time.Now, observe: func(Event) {},
		}
		ctx, stop := context.WithCancel(t.Context())
		end := a.begin(ctx)
		extended, cancel := grace.Extend(ctx)
		defer cancel()
		stop()
		stopped := time.Now()
		a.Sender.Send(extended, a.Channels, notify.Compose("news", nil, ""), nil)
		if took := time.Since(stopped); took != grace.Period {
			t.Fatalf("the channel took %s, not all of %s", took, grace.Period)
		}
		end(extended, nil, errors.New("a problem"))
		if want := []string{"/start", "/1"}; !slices.Equal(pings, want) {
			t.Errorf("pings %q, want %q", pings, want)
		}
		if took := time.Since(stopped); took > grace.Period+endLimit {
			t.Errorf("it took %s", took)
		}
	})
}

// A job without channels keeps the state of notifications as it is: the next one
// with channels decides about its runs.
func TestStateOfNotifications(t *testing.T) {
	w := onDisk(t)
	w.run(1)
	w.quiet(2)
	if err := w.history.Read(t.Context(), func(db *store.Store) error {
		text, err := db.NotifyState(t.Context())
		if err != nil {
			return err
		}
		var state notify.State
		if err := json.Unmarshal([]byte(text), &state); err != nil {
			return err
		}
		if state.Run != 1 {
			t.Errorf("decided up to run %d, want 1", state.Run)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// The outcome of a message is recorded even if it is interrupted.
func TestInterruptedMessage(t *testing.T) {
	w := onDisk(t)
	w.quiet(1)
	w.serve(2)
	w.quiet(2)
	a, session, u := w.pending(t.Context())
	due := a.prepare(t.Context(), session.DB, u)
	ctx, stop := context.WithCancel(t.Context())
	w.arrived = func(r *http.Request) {
		stop()
		<-r.Context().Done() // the client has given up
	}
	a.deliver(ctx, session.DB, due)
	if got, want := deliveries(t, w.file()), []string{"run 2: unknown, 1"}; !slices.Equal(got, want) {
		t.Errorf("deliveries %q, want %q", got, want)
	}
}
