package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/notify"
	"snapshotter/report"
	"snapshotter/store"
	"snapshotter/watch"
)

// announcer tells what runs came to. Whatever happens to a channel is logged and
// kept with the run, and never fails it. A nil announcer tells nothing.
type announcer struct {
	channels []notify.Channel
	policy   notify.Policy
	rules    []watch.Rule
	link     string // of the report; "" is none
	sender   notify.Sender
	now      func() time.Time
	log      *slog.Logger
}

const (
	// startLimit is for what is told before a run: a check that hangs must not
	// keep it from starting.
	startLimit = 10 * time.Second
	// grace is how long saving, reporting and telling may go on after the program
	// was told to stop.
	grace = 18 * time.Second
	// lastWord is how long checks may then still be told that a run ended: one
	// that hears of a start alone takes it for a run that hangs.
	lastWord = 3 * time.Second
)

// begin tells checks that a run starts, and returns what tells them how it
// ended. That has a taken snapshot, or an error, or neither if the run crashed.
func (a *announcer) begin(ctx context.Context) (end func(context.Context, *snapshot, error)) {
	if a == nil {
		return func(context.Context, *snapshot, error) {}
	}
	sender := a.sender
	sender.Deadline = startLimit
	a.logDeliveries(sender.Ping(ctx, a.channels, notify.Ping{Event: notify.Started}))
	return func(ctx context.Context, taken *snapshot, err error) {
		sender := a.sender
		if ctx.Err() != nil {
			ctx, sender.Deadline = context.WithoutCancel(ctx), lastWord
		}
		a.logDeliveries(sender.Ping(ctx, a.channels, endOf(taken, err)))
	}
}

// endOf is what a check is told. A run that is recorded is a success also where
// a list was not read: a check that is down for weeks raises no alarm when runs
// stop, and lost coverage is told by a message.
func endOf(taken *snapshot, err error) notify.Ping {
	switch {
	case overtaken(err):
		return notify.Ping{Event: notify.Succeeded, Text: catalog.Redact(err.Error())}
	case stopped(err):
		return notify.Ping{Event: notify.Failed, Exit: exitFailed, Text: "stopped by a signal"}
	case err != nil:
		return notify.Ping{Event: notify.Failed, Exit: exitFailed, Text: catalog.Redact(err.Error())}
	case taken == nil:
		return notify.Ping{Event: notify.Failed, Text: "the run crashed"}
	case taken.unwritten != nil:
		return notify.Ping{Event: notify.Failed, Exit: exitPartial, Text: catalog.Redact(taken.unwritten.Error())}
	}
	return notify.Ping{Event: notify.Succeeded, Text: fmt.Sprintf("run %d, %s: %s", taken.run.ID, taken.run.Status, taken.report.Title)}
}

// lasting is ctx that ends a while after ctx does: what is recorded is still
// saved, reported and told, as far as that is quick.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// announcement is a message that is due on the channels that it was claimed for.
type announcement struct {
	run     int64
	message notify.Message
	claimed map[string]bool // by channel id
}

// prepare decides and claims, and sends nothing: all that keeps a message from
// being sent twice is in the database when it returns, which can be put in its
// place before anybody is told. It returns what is to be told, in the order of
// the runs: also of those before that nobody decided about, because they were cut
// off or had no channels.
func (a *announcer) prepare(ctx context.Context, db *store.Store, taken *snapshot) (due []*announcement) {
	if a == nil || taken.run.ID == 0 || !slices.ContainsFunc(a.channels, takesMessages) {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	overlooked, err := overlooked(ctx, db, taken.run)
	if err != nil {
		a.log.Warn("nobody was notified", "run", taken.run.ID, "problem", err)
		return nil
	}
	for _, snapshot := range append(overlooked, taken) {
		message, err := a.decide(ctx, db, snapshot)
		if err != nil {
			a.log.Warn("nobody was notified; the next run tries again", "run", snapshot.run.ID, "problem", err)
			return due
		}
		if message != nil {
			due = append(due, message)
		}
	}
	return due
}

// overlookedLimit is how many recorded runs may have been overlooked: more are a
// time without channels, of which nobody wants to be told.
const overlookedLimit = 14

// overlooked are the runs between the last one that was decided about, if ever
// one was, and run, sorted by id.
func overlooked(ctx context.Context, db *store.Store, run catalog.Run) (all []*snapshot, err error) {
	state, err := notifyState(ctx, db)
	if err != nil || state.Run == 0 {
		return nil, err
	}
	runs, err := db.RunsAfter(ctx, state.Run)
	if err != nil {
		return nil, err
	}
	recorded := 0
	for _, r := range runs {
		if r.ID >= run.ID || r.Trigger == catalog.Import {
			continue
		}
		all = append(all, &snapshot{run: r})
		if r.Status != catalog.RunFailed {
			recorded++
		}
	}
	if recorded > overlookedLimit {
		return nil, nil
	}
	return all, nil
}

// deliver sends what is due, side by side as it may have little time, and records
// what became of it, all of it before any is logged: what is claimed is not sent
// by anybody else.
func (a *announcer) deliver(ctx context.Context, db *store.Store, due []*announcement) {
	sent := make([][]notify.Delivery, len(due))
	var all sync.WaitGroup
	for i, announcement := range due {
		all.Go(func() {
			sent[i] = a.sender.Send(ctx, a.channels, announcement.message, func(channel string) (bool, error) {
				return announcement.claimed[channel], nil
			})
		})
	}
	all.Wait()
	for i, announcement := range due {
		a.keep(context.WithoutCancel(ctx), db, announcement.run, sent[i])
	}
	for _, deliveries := range sent {
		a.logDeliveries(deliveries)
	}
}

func takesMessages(c notify.Channel) bool { return !c.Pings() }

// decide makes and claims the message that the run is worth, nil if it is none.
// What must be remembered of it is in the database when it returns, whole or, of
// an error, not at all.
func (a *announcer) decide(ctx context.Context, db *store.Store, taken *snapshot) (*announcement, error) {
	base, result, err := changesOf(ctx, db, taken.run)
	if err != nil {
		return nil, err
	}
	told := taken.report
	if told == nil && result != nil { // it could not be built before
		if told, err = buildReport(ctx, db, base, taken.run, filter{}, a.rules); err != nil {
			return nil, err
		}
	}
	before, err := notifyState(ctx, db)
	if err != nil {
		return nil, err
	}
	decision := a.policy.Decide(taken.run, result, told != nil && told.Counts.Satisfied > 0, before)
	after, err := json.Marshal(decision.Next)
	if err != nil {
		return nil, err
	}
	if !decision.Notify() {
		_, err := db.KeepDecision(ctx, string(after), taken.run.ID, nil, a.now())
		return nil, err
	}
	claimed, err := db.KeepDecision(ctx, string(after), taken.run.ID, a.recipients(), a.now())
	return &announcement{taken.run.ID, a.compose(taken, told, decision), claimed}, err
}

// recipients are the ids of the channels that take messages.
func (a *announcer) recipients() (ids []string) {
	for _, channel := range a.channels {
		if takesMessages(channel) {
			ids = append(ids, channel.ID())
		}
	}
	return ids
}

// changesOf is what a run changed since base, nil if it failed; base is nil if
// it is the first.
func changesOf(ctx context.Context, db *store.Store, run catalog.Run) (base *catalog.Run, result *diff.Result, err error) {
	if run.Status == catalog.RunFailed {
		return nil, nil, nil
	}
	if base, err = runBefore(ctx, db, run); err != nil {
		return nil, nil, err
	}
	old, new, err := thinned(ctx, db, base, run)
	if err != nil {
		return nil, nil, err
	}
	return base, diff.Compare(old, new), nil
}

func notifyState(ctx context.Context, db *store.Store) (notify.State, error) {
	var state notify.State
	text, err := db.NotifyState(ctx)
	if err != nil || text == "" {
		return state, err
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return state, fmt.Errorf("read what was remembered of earlier runs: %w", err)
	}
	return state, nil
}

// leading is how many headlines of the report go before what is told of
// coverage, which is told but once and must not be cut off.
const leading = 5

func (a *announcer) compose(taken *snapshot, told *report.Report, decision notify.Decision) notify.Message {
	run := taken.run
	var message notify.Message
	if run.Status == catalog.RunFailed {
		title := fmt.Sprintf("Bedrock not recorded %s: %d runs in a row failed", run.StartedAt.Format(time.DateOnly), decision.Next.Failed)
		message = notify.Compose(title, append(decision.Lines(), run.Message), "")
	} else {
		headlines := told.Headlines()
		lines := slices.Insert(headlines, min(leading, len(headlines)), decision.Lines()...)
		message = notify.Compose(told.Title, slices.Concat(told.Satisfied(), lines), a.linkTo(nameOf(run)))
	}
	message.Significance, message.At = decision.Significance, run.StartedAt
	return message
}

// reportName stands for the name of a run's report in a link.
const reportName = "{report}"

func (a *announcer) linkTo(report string) string {
	return strings.ReplaceAll(a.link, reportName, report)
}

// keep records what became of the messages that were claimed.
func (a *announcer) keep(ctx context.Context, db *store.Store, run int64, deliveries []notify.Delivery) {
	for _, d := range deliveries {
		if d.Outcome == notify.Before || d.Outcome == notify.Unclaimed {
			continue
		}
		err := db.Delivered(ctx, d.ChannelID, run, store.Delivery{Outcome: string(d.Outcome), Tries: d.Tries, Reason: d.Reason})
		if err != nil {
			a.log.Warn("what became of a message was not recorded", "channel", d.Channel, "problem", err)
		}
	}
}

func (a *announcer) logDeliveries(deliveries []notify.Delivery) {
	for _, d := range deliveries {
		level, text := slog.LevelInfo, "channel notified"
		switch {
		case d.Lost():
			level, text = slog.LevelWarn, "channel not notified"
		case d.Outcome == notify.Before:
			level, text = slog.LevelDebug, "channel notified before"
		}
		a.log.Log(context.Background(), level, text, "channel", d.Channel, "id", d.ChannelID[:6], "outcome", d.Outcome, "tries", d.Tries, "reason", d.Reason)
	}
}
