package report

import (
	"cmp"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
)

// passedDays is how long a passed end of life is still shown if the model is
// still listed: its calls may fail any day.
const passedDays = 30

// Deadlines are the coming lifecycle dates and the recently passed ends of life
// of all models in head.
type Deadlines struct {
	Days    int        `json:"days"`    // how far ahead
	Entries []Deadline `json:"entries"` // soonest first
	// Next are the deadlines of the next date from today on, however far ahead,
	// without those of variants.
	Next []Deadline `json:"next"`
}

// Deadline is a date of a model, in the regions that agree on it.
type Deadline struct {
	Date     string    `json:"date"`
	DaysLeft int       `json:"days_left"` // negative once it has passed
	Event    ask.Event `json:"event"`
	ID       string    `json:"id"`
	Name     string    `json:"name,omitempty"`
	// VariantOf is the model that ID is a variant of, "" if it is none.
	VariantOf string `json:"variant_of,omitempty"`
	// Replacement is the first candidate to move to, nil if there is none.
	Replacement *ask.Replacement `json:"replacement,omitempty"`
	Regions     []string         `json:"regions"` // that head's run read
	// Unread are the regions that gave the date when they were last read.
	Unread []Confirmed `json:"unread,omitempty"`
	Moved  Moved       `json:"moved,omitempty"` // in this comparison, and alike in all of the regions
}

// Moved is how a date changed in the comparison, "" if it did not.
type Moved string

const (
	MovedNew     Moved = "new"
	MovedEarlier Moved = "earlier"
	MovedLater   Moved = "later"
)

// occasion is an event and the field that holds its date.
type occasion struct {
	event ask.Event
	field diff.Field
}

// events are all events, the most significant first.
var events = []occasion{
	{ask.EndOfLife, diff.FieldEndOfLife},
	{ask.ExtendedAccess, diff.FieldExtendedAccess},
	{ask.Legacy, diff.FieldLegacy},
}

func (v *view) deadlines(window int) Deadlines {
	all := v.dates()
	d := Deadlines{Days: window, Entries: []Deadline{}, Next: []Deadline{}}
	for _, deadline := range all {
		passed := deadline.DaysLeft < 0
		if passed && (deadline.Event != ask.EndOfLife || deadline.DaysLeft < -passedDays) {
			continue
		}
		if deadline.DaysLeft <= window {
			d.Entries = append(d.Entries, deadline)
		}
		if !passed && deadline.VariantOf == "" && (len(d.Next) == 0 || d.Next[0].Date == deadline.Date) {
			d.Next = append(d.Next, deadline)
		}
	}
	return d
}

// dates returns the dates of all models, soonest first.
func (v *view) dates() []Deadline {
	moved := v.movedDates()
	var all []Deadline
	for _, d := range ask.Dates(v.head, v.head.Run.StartedAt) {
		d.Regions = filter(d.Regions, v.only.region)
		if len(d.Regions) > 0 && v.only.item(d.ID) {
			all = append(all, v.deadline(d, moved))
		}
	}
	slices.SortFunc(all, func(a, b Deadline) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(eventRank(a.Event), eventRank(b.Event)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (v *view) deadline(d ask.Date, moved map[itemIn]map[diff.Field]Moved) Deadline {
	deadline := Deadline{Date: d.Date, DaysLeft: d.Days, Event: d.Event, ID: d.ID, Name: d.Name, Regions: []string{}}
	if v.families.IsVariant(d.ID) {
		deadline.VariantOf = v.families.Base(d.ID)
	} else {
		deadline.Replacement = v.replacement(d.ID, d.Regions)
	}
	for i, region := range d.Regions {
		state := v.head.Scope(catalog.Scope{Region: region, Kind: catalog.KindFoundationModel})
		if state.Fresh() {
			deadline.Regions = append(deadline.Regions, region)
		} else {
			deadline.Unread = append(deadline.Unread, Confirmed{region, *state.Confirmed})
		}
		switch how := moved[itemIn{region, d.ID}][events[eventRank(d.Event)].field]; {
		case i == 0:
			deadline.Moved = how
		case deadline.Moved != how:
			deadline.Moved = "" // it was this date in one of them before
		}
	}
	return deadline
}

func eventRank(event ask.Event) int {
	return slices.IndexFunc(events, func(e occasion) bool { return e.event == event })
}

// movedDates returns how each date changed in the comparison.
func (v *view) movedDates() map[itemIn]map[diff.Field]Moved {
	moved := map[itemIn]map[diff.Field]Moved{}
	for _, c := range v.result.Changes {
		for _, f := range c.Fields {
			if f.New == "" || eventOf(f.Field) == "" {
				continue
			}
			at := itemIn{c.Region, c.ID}
			if moved[at] == nil {
				moved[at] = map[diff.Field]Moved{}
			}
			moved[at][f.Field] = howMoved(f)
		}
	}
	return moved
}

func eventOf(field diff.Field) ask.Event {
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
