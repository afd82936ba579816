package job

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"snapshotter/catalog"
	"snapshotter/notify"
	"snapshotter/store"
)

// Announcements say who is notified of runs, and when.
type Announcements struct {
	Channels []notify.Channel // hear of everything, by Policy
	Policy   notify.Policy
	Apart    []Audience // hear of a part; no channel may be in two of them
	Link     string     // address of a report, see [Announcements.LinkTo]; may be ""
	Sender   notify.Sender
	// ExitCode is how the program will end after an error, for checks; 0 is not
	// known. It may be nil.
	ExitCode func(error) int
}

// reportName stands for the name of a report in a link.
const reportName = "{report}"

// LinkTo returns the address of the report of a name.
func (a *Announcements) LinkTo(report string) string {
	return strings.ReplaceAll(a.Link, reportName, report)
}

// announcer announces one run. Whatever happens to a channel goes to the observer
// and into the history, and never fails the run. A nil announcer does nothing.
type announcer struct {
	*Announcements
	rules   Rules
	now     func() time.Time
	observe func(Event)
}

func (j *Job) announcer() *announcer {
	if j.Announce == nil {
		return nil
	}
	return &announcer{j.Announce, j.Rules, j.Now, j.observe}
}

const (
	// startLimit is for pings before a run: a check that hangs must not delay it.
	startLimit = 10 * time.Second
	// endLimit is for pings after the grace period: a check that hears only of a
	// start takes the run for one that hangs.
	endLimit = 3 * time.Second
)

// begin pings checks that a run starts, and returns what pings them how it ended:
// with a result, with an error or, if it crashed, with neither.
func (a *announcer) begin(ctx context.Context) (end func(context.Context, *Result, error)) {
	if a == nil {
		return func(context.Context, *Result, error) {}
	}
	sender := a.Sender
	sender.Deadline = startLimit
	a.observe(Delivered{sender.Ping(ctx, a.All(), notify.Ping{Event: notify.Started})})
	return func(ctx context.Context, result *Result, err error) {
		sender := a.Sender
		if ctx.Err() != nil {
			ctx, sender.Deadline = context.WithoutCancel(ctx), endLimit
		}
		a.observe(Delivered{sender.Ping(ctx, a.All(), a.ping(result, err))})
	}
}

// ping returns what checks hear of the end of a run. A recorded run is a success
// even if a list was not read: a check that is down for weeks would not raise an
// alarm when runs stop, and lost coverage has a message of its own.
func (a *announcer) ping(result *Result, err error) notify.Ping {
	switch {
	case Overtaken(err):
		return notify.Ping{Event: notify.Succeeded, Text: catalog.Redact(err.Error())}
	case Stopped(err):
		return notify.Ping{Event: notify.Failed, Exit: a.exitCode(err), Text: "stopped by a signal"}
	case err != nil:
		return notify.Ping{Event: notify.Failed, Exit: a.exitCode(err), Text: catalog.Redact(err.Error())}
	case result == nil:
		return notify.Ping{Event: notify.Failed, Text: "the run crashed"}
	case result.Unwritten != nil:
		return notify.Ping{Event: notify.Failed, Exit: a.exitCode(result.Unwritten), Text: catalog.Redact(result.Unwritten.Error())}
	}
	return notify.Ping{Event: notify.Succeeded, Text: fmt.Sprintf("run %d, %s: %s", result.Run.ID, result.Run.Status, result.Report.Title)}
}

func (a *announcer) exitCode(err error) int {
	if a.ExitCode == nil {
		return 0
	}
	return a.ExitCode(err)
}

// announcement is a message for the channels that it was claimed for.
type announcement struct {
	run     int64
	to      []notify.Channel
	message notify.Message
	claimed map[string]bool // by channel id
}

// prepare decides on messages and claims them, and sends nothing: when it
// returns, the history holds all that keeps a message from being sent twice, and
// can be saved. It returns the messages in the order of the runs, those of earlier
// runs included that nobody decided about because they were interrupted.
func (a *announcer) prepare(ctx context.Context, db *store.Store, newest *update) (due []*announcement) {
	if a == nil || !slices.ContainsFunc(a.All(), takesMessages) {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	undecided, err := undecided(ctx, db, newest.run)
	if err != nil {
		a.observe(NotAnnounced{newest.run.ID, err})
		return nil
	}
	for _, update := range append(undecided, newest) {
		messages, err := a.decide(ctx, db, update)
		if err != nil {
			a.observe(NotAnnounced{update.run.ID, err})
			return due
		}
		due = append(due, messages...)
	}
	return due
}

func takesMessages(c notify.Channel) bool { return !c.Pings() }

// undecidedLimit is how many recorded runs may be undecided. More of them mean a
// time without channels, and nobody wants its messages.
const undecidedLimit = 14

// undecided returns the runs between the last one that was decided about, if any,
// and run, sorted by id.
func undecided(ctx context.Context, db *store.Store, run catalog.Run) (all []*update, err error) {
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
		all = append(all, &update{run: r})
		if r.Status != catalog.RunFailed {
			recorded++
		}
	}
	if recorded > undecidedLimit {
		return nil, nil
	}
	return all, nil
}

// decide makes and claims the messages of a run, of which there may be none. What
// later runs need to know of the decision is in the history when it returns;
// after an error, none of it is.
func (a *announcer) decide(ctx context.Context, db *store.Store, update *update) (due []*announcement, err error) {
	if err := update.read(ctx, db, a.rules); err != nil {
		return nil, err
	}
	before, err := notifyState(ctx, db)
	if err != nil {
		return nil, err
	}
	var after notify.State
	var claims []string
	for i, audience := range append([]Audience{a.everyone()}, a.Apart...) {
		told := before
		if i > 0 {
			told = before.Apart[audience.key()]
		}
		sees, err := audience.view(ctx, db, update, a.rules)
		if err != nil {
			return nil, err
		}
		decision := audience.decide(sees, told)
		if i == 0 {
			after = decision.Next
		} else {
			after.Keep(audience.key(), decision.Next)
		}
		if ids := audience.recipients(); decision.Notify() && len(ids) > 0 {
			claims = append(claims, ids...)
			due = append(due, &announcement{run: update.run.ID, to: audience.Channels, message: a.compose(sees, decision)})
		}
	}
	state, err := json.Marshal(after)
	if err != nil {
		return nil, err
	}
	claimed, err := db.KeepDecision(ctx, string(state), update.run.ID, claims, a.now())
	if err != nil {
		return nil, err
	}
	for _, announcement := range due {
		announcement.claimed = claimed
	}
	return due, nil
}

// notifyState reads what earlier decisions left for later ones.
func notifyState(ctx context.Context, db *store.Store) (notify.State, error) {
	var state notify.State
	text, err := db.NotifyState(ctx)
	if err != nil || text == "" {
		return state, err
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return state, fmt.Errorf("read the state of notifications: %w", err)
	}
	return state, nil
}

// leading is how many headlines of the report precede the lines on coverage,
// which are sent only once and must not be cut off.
const leading = 5

// compose writes the message of a run.
func (a *announcer) compose(sees view, decision notify.Decision) notify.Message {
	run := sees.run
	var message notify.Message
	if run.Status == catalog.RunFailed {
		title := fmt.Sprintf("Bedrock not recorded %s: %d runs in a row failed", catalog.Day(run.StartedAt), decision.Next.Failed)
		message = notify.Compose(title, append(decision.Lines(), run.Message), "")
	} else {
		headlines, due := sees.report.Headlines(), reminders(sees.report, decision.Due)
		title := sees.report.Title
		if slices.Equal(decision.Reasons, []notify.Reason{notify.Deadline}) {
			title = reminderTitle(sees.report.Date, due)
		}
		lines := slices.Insert(headlines, min(leading, len(headlines)), append(decision.Lines(), due...)...)
		message = notify.Compose(title, lines, a.LinkTo(ReportName(run)))
	}
	message.Significance, message.At = decision.Significance, run.StartedAt
	return message
}

// deliver sends messages, all at once as there may be little time, and records
// how each channel took them before it reports that: nobody else sends what is
// claimed.
func (a *announcer) deliver(ctx context.Context, db *store.Store, due []*announcement) {
	sent := make([][]notify.Delivery, len(due))
	var all sync.WaitGroup
	for i, announcement := range due {
		all.Go(func() {
			sent[i] = a.Sender.Send(ctx, announcement.to, announcement.message, func(channel string) (bool, error) {
				return announcement.claimed[channel], nil
			})
		})
	}
	all.Wait()
	for i, announcement := range due {
		a.recordDeliveries(context.WithoutCancel(ctx), db, announcement.run, sent[i])
	}
	for _, deliveries := range sent {
		a.observe(Delivered{deliveries})
	}
}

// recordDeliveries records how channels took the messages that were claimed.
func (a *announcer) recordDeliveries(ctx context.Context, db *store.Store, run int64, deliveries []notify.Delivery) {
	for _, d := range deliveries {
		if d.Outcome == notify.Before || d.Outcome == notify.Unclaimed {
			continue
		}
		err := db.Delivered(ctx, d.ChannelID, run, store.Delivery{Outcome: string(d.Outcome), Tries: d.Tries, Reason: d.Reason})
		if err != nil {
			a.observe(DeliveryNotRecorded{d.Channel, err})
		}
	}
}
