package job

import (
	"context"
	"fmt"
	"slices"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/notify"
	"snapshotter/report"
	"snapshotter/store"
)

// Audience is channels that hear the same: of what, and how soon.
type Audience struct {
	Channels []notify.Channel
	Policy   notify.Policy
	// Choose limits what they hear of; nil is everything. It chooses regions that
	// are on record, and may choose none.
	Choose Choice
	// Words say what Choose does. With the days of reminders they are what the
	// history remembers the audience by.
	Words string
}

// key is what the history remembers an audience by. Another significance does not
// make it another one.
func (a Audience) key() string { return fmt.Sprint(a.Words, " ", a.Policy.Reminders) }

// everyone is the audience that hears of everything.
func (a *Announcements) everyone() Audience {
	return Audience{Channels: a.Channels, Policy: a.Policy}
}

// All returns the channels of all audiences.
func (a *Announcements) All() []notify.Channel {
	all := slices.Clone(a.Channels)
	for _, audience := range a.Apart {
		all = append(all, audience.Channels...)
	}
	return all
}

// recipients returns the ids of the channels that take messages.
func (a Audience) recipients() (ids []string) {
	for _, channel := range a.Channels {
		if takesMessages(channel) {
			ids = append(ids, channel.ID())
		}
	}
	return ids
}

// view is what an audience sees of a run: nothing of a failed one.
type view struct {
	run    catalog.Run
	result *diff.Result
	report *report.Report
}

func (a Audience) view(ctx context.Context, db *store.Store, u *update, rules Rules) (view, error) {
	if a.Choose == nil || u.comparison == nil {
		return view{u.run, u.result(), u.report}, nil
	}
	var only *report.Only
	told, err := u.comparison.Report(ctx, db, rules, func(old, now *catalog.Snapshot) (_ *report.Only, err error) {
		only, err = a.Choose(old, now)
		return only, err
	})
	if err != nil {
		return view{}, fmt.Errorf("report %s: %w", a.Words, err)
	}
	return view{u.run, only.Of(u.result()), told}, nil
}

// decide decides what to tell an audience of what it sees, given what it was told
// before.
func (a Audience) decide(v view, before notify.State) notify.Decision {
	satisfied := v.report != nil && v.report.Counts.Satisfied > 0
	decision := a.Policy.Decide(v.run, v.result, satisfied, before)
	if v.report != nil {
		a.Policy.Remind(&decision, v.report.Date, datesAhead(v.report), before)
	}
	return decision
}
