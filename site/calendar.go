package site

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// appointment is an event of a calendar: a date of a model, in all regions that give
// it, or in one where regions disagree.
type appointment struct {
	model   *model
	event   ask.Event
	region  string // "" for all that agree
	regions []string
	course
}

// course is how a date went: what it is now, how often it changed, and when it last
// did.
type course struct {
	date      string
	cancelled bool // no list gives it any more, though one lists the model
	changes   int
	last      catalog.RunRef
}

// set notes what a run found; "" is no date.
func (c *course) set(run catalog.RunRef, date string) {
	switch {
	case date == "" && c.date == "", date == c.date && !c.cancelled, date == "" && c.cancelled:
		return
	case c.date != "":
		c.changes++
	}
	c.last = run
	if c.cancelled = date == ""; !c.cancelled {
		c.date = date
	}
}

var occasions = []ask.Event{ask.Legacy, ask.ExtendedAccess, ask.EndOfLife}

// appointments returns the events of a model, by date.
func (s *Site) appointments(m *model) []appointment {
	var all []appointment
	for _, event := range occasions {
		all = append(all, s.appointmentsOf(m, event)...)
	}
	slices.SortStableFunc(all, func(a, b appointment) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.uid(""), b.uid("")))
	})
	return all
}

func (s *Site) appointmentsOf(m *model, event ask.Event) []appointment {
	var joint course
	apart := map[string]*course{}
	var run catalog.RunRef
	settle := func() {
		if run.ID != 0 {
			joint.set(run, strings.Join(live(apart), " "))
		}
	}
	for _, e := range s.eventsOf(m.ID) {
		listed, ok := e.Item.(*catalog.FoundationModel)
		if !ok {
			continue // gone: what it said stays
		}
		if e.Run.ID != run.ID {
			settle()
			run = e.Run
		}
		if apart[e.Region] == nil {
			apart[e.Region] = &course{}
		}
		apart[e.Region].set(e.Run, catalog.Day(dateOf(listed.Lifecycle, event)))
	}
	settle()
	regions := slices.Sorted(maps.Keys(apart))
	if !strings.Contains(joint.date, " ") {
		if joint.date == "" {
			return nil
		}
		one := appointment{model: m, event: event, course: joint}
		for _, region := range regions {
			if apart[region].date == joint.date && apart[region].cancelled == joint.cancelled {
				one.regions = append(one.regions, region)
			}
		}
		return []appointment{one}
	}
	var all []appointment
	for _, region := range regions {
		if apart[region].date != "" {
			all = append(all, appointment{m, event, region, []string{region}, *apart[region]})
		}
	}
	return all
}

// live are the dates that regions give, each once, sorted.
func live(apart map[string]*course) []string {
	var dates []string
	for _, c := range apart {
		if c.date != "" && !c.cancelled {
			dates = append(dates, c.date)
		}
	}
	return unique(dates)
}

// uid identifies the event wherever and whenever it is: a date that moves moves the
// event.
func (a *appointment) uid(partition string) string {
	uid := cmp.Or(partition, "aws") + "/" + a.model.Slug + "/" + string(a.event)
	if a.region != "" {
		uid += "/" + slugOf(a.region)
	}
	return uid + "@snapshotter"
}

// calendar writes a calendar: https://www.rfc-editor.org/rfc/rfc5545. It has no
// METHOD: it is published, and asks nobody to answer.
func (s *Site) calendar(name, title string, all []appointment) ([]byte, error) {
	c := ics.NewCalendar()
	c.SetProductId("-//snapshotter//Bedrock model lifecycle//EN")
	c.SetCalscale("GREGORIAN")
	c.SetName(markdown.Clean(title))
	c.SetXWRCalName(markdown.Clean(title))
	c.SetRefreshInterval("P1D")
	c.SetXPublishedTTL("P1D")
	for i := range all {
		if err := s.addEvent(c, &all[i]); err != nil {
			return nil, fmt.Errorf("calendar %s: %w", name, err)
		}
	}
	var out bytes.Buffer
	err := c.SerializeTo(&out, ics.WithNewLine("\r\n"))
	return out.Bytes(), err
}

func (s *Site) addEvent(c *ics.Calendar, a *appointment) error {
	on, err := time.Parse(time.DateOnly, a.date)
	if err != nil {
		return err
	}
	e := c.AddEvent(a.uid(s.head.Partition))
	e.SetDtStampTime(a.last.At.UTC())
	e.SetModifiedAt(a.last.At.UTC())
	e.SetSequence(a.changes)
	e.SetAllDayStartAt(on)
	e.SetAllDayEndAt(on.AddDate(0, 0, 1)) // exclusive
	e.SetTimeTransparency(ics.TransparencyTransparent)
	e.SetStatus(map[bool]ics.ObjectStatus{false: ics.ObjectStatusConfirmed, true: ics.ObjectStatusCancelled}[a.cancelled])
	summary := markdown.Clean(orID(a.model)) + ": " + eventWords(a.event)
	if a.region != "" {
		summary += " in " + a.region
	}
	e.SetSummary(summary)
	text := markdown.Clean(a.model.ID) + "\n" + strings.Join(a.regions, ", ")
	if a.cancelled {
		text += "\nThe date was withdrawn."
	}
	e.SetDescription(text)
	e.AddProperty(ics.ComponentPropertyCategories, eventWords(a.event))
	if s.BaseURL != "" {
		e.SetURL(s.BaseURL + strings.TrimSuffix(modelPage(a.model), "index.html"))
	}
	for _, days := range s.Alarms {
		alarm := e.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetTrigger(fmt.Sprintf("-P%dD", days))
		alarm.SetDescription(summary)
	}
	return nil
}

// schedule are the events of models, by date, in the regions that are chosen.
func (s *Site) schedule(models []*model, region string) []appointment {
	var all []appointment
	for _, m := range models {
		for _, a := range s.appointments(m) {
			if region == "" || slices.Contains(a.regions, region) {
				all = append(all, a)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b appointment) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.uid(""), b.uid("")))
	})
	return all
}

func (s *Site) listCalendars(add adder) {
	file := func(name, title string, events func() []appointment) {
		add(name+".ics", makes(func() ([]byte, error) { return s.calendar(name, title, events()) }))
	}
	var bases []*model
	for _, m := range s.models {
		if m.Base == "" {
			bases = append(bases, m)
		}
		file("calendars/models/"+m.Slug, "Bedrock: "+orID(m), func() []appointment { return s.schedule([]*model{m}, "") })
	}
	file("calendars/all", "Bedrock model lifecycle", func() []appointment { return s.schedule(bases, "") })
	for _, p := range s.providers {
		file("calendars/providers/"+p.Slug, "Bedrock: "+orNotSaid(p.Name), func() []appointment { return s.schedule(p.Models, "") })
	}
	for _, r := range s.regions {
		file("calendars/regions/"+slugOf(r.Region), "Bedrock in "+r.Region, func() []appointment { return s.schedule(bases, r.Region) })
	}
}
