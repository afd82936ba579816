package report

import (
	"cmp"
	"slices"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// passedDays is how long an end of life that has passed is still shown, where
// the model is still listed: its calls may fail any day.
const passedDays = 30

// Deadlines are the lifecycle dates ahead, and the ends of life that have
// lately passed, of all models that head knows.
type Deadlines struct {
	Days    int        `json:"days"`    // how far ahead
	Entries []Deadline `json:"entries"` // soonest first
	// Next are those of the nearest date from today on, however far ahead.
	Next []Deadline `json:"next"`
}

// Deadline is one date of one model, in the regions that agree on it.
type Deadline struct {
	Date     string   `json:"date"`
	DaysLeft int      `json:"days_left"` // negative once it has passed
	Event    Event    `json:"event"`
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`
	Regions  []string `json:"regions"` // that head's run read
	// Unread are the regions that gave the date when they were last read.
	Unread []Confirmed `json:"unread,omitempty"`
	Moved  Moved       `json:"moved,omitempty"` // in this comparison
}

// Event is what happens at a deadline.
type Event string

const (
	EndOfLife Event = "end-of-life"     // hard: calls fail from then
	PriceRise Event = "extended-access" // prices may rise from then
	Legacy    Event = "legacy"          // no new users from then
)

// Moved is how a date changed in the comparison, "" where it did not.
type Moved string

const (
	MovedNew     Moved = "new"
	MovedEarlier Moved = "earlier"
	MovedLater   Moved = "later"
)

var events = []struct {
	event Event
	field diff.Field
	of    func(catalog.Lifecycle) time.Time
}{
	{EndOfLife, diff.FieldEndOfLife, func(l catalog.Lifecycle) time.Time { return l.EndOfLife }},
	{PriceRise, diff.FieldExtendedAccess, func(l catalog.Lifecycle) time.Time { return l.ExtendedAccess }},
	{Legacy, diff.FieldLegacy, func(l catalog.Lifecycle) time.Time { return l.Legacy }},
}

func (v *view) deadlines(window int) Deadlines {
	all := v.dates()
	d := Deadlines{Days: window, Entries: []Deadline{}, Next: []Deadline{}}
	for _, deadline := range all {
		passed := deadline.DaysLeft < 0
		if passed && (deadline.Event != EndOfLife || deadline.DaysLeft < -passedDays) {
			continue
		}
		if deadline.DaysLeft <= window {
			d.Entries = append(d.Entries, deadline)
		}
		if !passed && (len(d.Next) == 0 || d.Next[0].Date == deadline.Date) {
			d.Next = append(d.Next, deadline)
		}
	}
	return d
}

type appointment struct {
	date  string
	event Event
	id    string
}

// dates are the dates of all models, soonest first.
func (v *view) dates() []Deadline {
	moved := v.movedDates()
	byDate := map[appointment]*Deadline{}
	for i := range v.head.Scopes {
		state := &v.head.Scopes[i]
		for _, item := range state.Items {
			if m, isModel := item.(*catalog.FoundationModel); isModel {
				v.addDates(byDate, state, m, moved)
			}
		}
	}
	var all []Deadline
	for _, d := range byDate {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Deadline) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(eventRank(a.Event), eventRank(b.Event)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (v *view) addDates(byDate map[appointment]*Deadline, state *catalog.ScopeState, m *catalog.FoundationModel, moved map[place]map[diff.Field]Moved) {
	for _, e := range events {
		at := e.of(m.Lifecycle)
		if at.IsZero() || e.event == Legacy && m.Lifecycle.Status == catalog.StatusLegacy {
			continue
		}
		k := appointment{date(at), e.event, m.ID}
		d := byDate[k]
		if d == nil {
			d = &Deadline{
				Date: k.date, DaysLeft: days(v.today(), at), Event: e.event,
				ID: m.ID, Name: m.Name, Regions: []string{},
			}
			byDate[k] = d
		}
		if state.Fresh() {
			d.Regions = append(d.Regions, state.Region)
		} else {
			d.Unread = append(d.Unread, Confirmed{state.Region, *state.Confirmed})
		}
		if d.Moved == "" {
			d.Moved = moved[place{state.Region, m.ID}][e.field]
		}
	}
}

func eventRank(event Event) int {
	for i, e := range events {
		if e.event == event {
			return i
		}
	}
	return len(events)
}

// movedDates says of each date that changed in the comparison how it did.
func (v *view) movedDates() map[place]map[diff.Field]Moved {
	moved := map[place]map[diff.Field]Moved{}
	for _, c := range v.result.Changes {
		for _, f := range c.Fields {
			if f.New == "" || eventOf(f.Field) == "" {
				continue
			}
			at := place{c.Region, c.ID}
			if moved[at] == nil {
				moved[at] = map[diff.Field]Moved{}
			}
			moved[at][f.Field] = howMoved(f)
		}
	}
	return moved
}

func eventOf(field diff.Field) Event {
	for _, e := range events {
		if e.field == field {
			return e.event
		}
	}
	return ""
}

func howMoved(f diff.FieldChange) Moved {
	switch {
	case f.Said == diff.Published:
		return MovedNew
	case parse(f.New).Before(parse(f.Old)):
		return MovedEarlier
	}
	return MovedLater
}
