package ask

import (
	"cmp"
	"slices"
	"time"

	"snapshotter/catalog"
)

// Event is what happens to a model at a date of its lifecycle.
type Event string

const (
	Legacy         Event = "legacy"          // no new users from then
	ExtendedAccess Event = "extended-access" // prices may rise from then
	EndOfLife      Event = "end-of-life"     // hard: calls fail from then
)

// Date is one date of one model, in the regions that have the same one.
type Date struct {
	Date  string `json:"date"` // YYYY-MM-DD, UTC
	Days  int    `json:"days"` // from today; negative once it has passed
	Event Event  `json:"event"`
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	// Regions list the model with this date, sorted. Carried are those that the
	// run itself did not read.
	Regions []string `json:"regions"`
	Carried []string `json:"carried"`
	// VariantOf is the model that ID is a variant of, "" if it is none.
	VariantOf string `json:"variant_of,omitempty"`
	// Replacement is the first candidate to move to, nil if none was looked for or
	// found. See [Directory.Replace].
	Replacement *Replacement `json:"replacement,omitempty"`
}

// Dates returns the lifecycle dates of listed models from a day on, and the past
// ends of life of models that are still listed, soonest first. It leaves out the
// legacy date of a model that is already legacy.
func Dates(s *catalog.Snapshot, today time.Time) []Date {
	type key struct {
		date, id string
		event    Event
	}
	found := map[key]*Date{}
	today = today.UTC().Truncate(24 * time.Hour)
	for _, scope := range s.Scopes {
		for _, item := range scope.Items {
			m, ok := item.(*catalog.FoundationModel)
			if !ok {
				continue
			}
			for _, e := range eventsOf(m.Lifecycle) {
				days := daysFrom(today, e.at)
				if e.at.IsZero() || days < 0 && e.event != EndOfLife || e.event == Legacy && m.Lifecycle.Status == catalog.StatusLegacy {
					continue
				}
				k := key{e.at.UTC().Format(time.DateOnly), m.ID, e.event}
				if found[k] == nil {
					found[k] = &Date{Date: k.date, Days: days, Event: e.event, ID: m.ID, Name: m.Name, Carried: []string{}}
				}
				found[k].Regions = append(found[k].Regions, scope.Region)
				if !scope.Fresh() {
					found[k].Carried = append(found[k].Carried, scope.Region)
				}
			}
		}
	}
	dates := []Date{}
	for _, d := range found {
		dates = append(dates, *d)
	}
	slices.SortFunc(dates, func(a, b Date) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Event, b.Event))
	})
	return dates
}

// Replace sets for each date the first candidate to move to, callable from the
// date's regions, and marks variants.
func (d *Directory) Replace(dates []Date, chosen map[string]string) {
	for i := range dates {
		date := &dates[i]
		if d.families.IsVariant(date.ID) {
			date.VariantOf = d.families.Base(date.ID)
			continue
		}
		date.Replacement = d.Replacement(d.anyListed(date.ID), date.Regions, chosen)
	}
}

type eventAt struct {
	event Event
	at    time.Time
}

func eventsOf(l catalog.Lifecycle) []eventAt {
	return []eventAt{{Legacy, l.Legacy}, {ExtendedAccess, l.ExtendedAccess}, {EndOfLife, l.EndOfLife}}
}

// daysFrom counts calendar days, UTC, from today, which is a midnight.
func daysFrom(today, at time.Time) int {
	return int(at.UTC().Truncate(24*time.Hour).Sub(today) / (24 * time.Hour))
}
