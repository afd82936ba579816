package notify_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/notify"
)

func TestParseReminders(t *testing.T) {
	for text, want := range map[string]string{
		"90d,30d,7d,1d": "[90 30 7 1]",
		" 7, 30d ,7d":   "[30 7]",
		"0d":            "[0]",
		"off":           "[]",
	} {
		if got, err := notify.ParseReminders(text); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q is read as %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "91d", "-1", "7d,", "1w", "30dd"} {
		if got, err := notify.ParseReminders(text); err == nil || got != nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// calendar is a model's dates as nightly runs see them.
type calendar struct {
	*testing.T
	policy notify.Policy
	state  notify.State
	run    int64
}

// night runs on a day and returns which dates it reminds of.
func (c *calendar) night(today string, ends ...string) string {
	c.Helper()
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		c.Fatal(err)
	}
	var dates []notify.Date
	for _, end := range ends {
		at, err := time.Parse(time.DateOnly, end)
		if err != nil {
			c.Fatal(err)
		}
		dates = append(dates, notify.Date{Event: "end-of-life", Model: "m", Date: end, Days: int(at.Sub(day).Hours() / 24)})
	}
	c.run++
	d := c.policy.Decide(catalog.Run{ID: c.run}, changed(), false, c.state)
	c.policy.Remind(&d, today, dates, c.state)
	if d.Notify() != (len(d.Due) > 0) || d.Notify() && !slices.Equal(d.Reasons, []notify.Reason{notify.Deadline}) {
		c.Errorf("%s: due %v, reasons %v", today, d.Due, d.Reasons)
	}
	c.state = d.Next
	var due []string
	for _, date := range d.Due {
		due = append(due, date.Date)
	}
	return strings.Join(due, " ")
}

// Every night of a year reminds of a date at each threshold, once.
func TestReminds(t *testing.T) {
	c := &calendar{T: t, policy: notify.Policy{Reminders: []int{90, 30, 7, 1}}}
	end := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	var reminded []int
	for days := 365; days >= 0; days-- {
		if c.night(end.AddDate(0, 0, -days).Format(time.DateOnly), "2026-10-01") != "" {
			reminded = append(reminded, days)
		}
	}
	if !slices.Equal(reminded, []int{90, 30, 7, 1}) {
		t.Errorf("reminded %v days before", reminded)
	}
	c.night("2026-10-02")
	if len(c.state.Reminded) > 0 {
		t.Errorf("a date that has passed is kept: %v", c.state.Reminded)
	}
}

func TestRemindsOfWhatChanges(t *testing.T) {
	c := &calendar{T: t, policy: notify.Policy{Reminders: []int{30, 7}}}
	for _, n := range []struct{ today, ends, due string }{
		{"2026-05-01", "2026-06-30", ""},                      // 60 days
		{"2026-06-02", "2026-06-30", "2026-06-30"},            // 28 days: the night of 30 was missed
		{"2026-06-03", "", ""},                                // the model is missing for a night
		{"2026-06-04", "2026-06-30", ""},                      // and is back
		{"2026-06-05", "2026-06-09", "2026-06-09"},            // moved earlier: 4 days, one reminder for both thresholds
		{"2026-06-06", "2026-06-09", ""},                      //
		{"2026-06-07", "2026-06-30", ""},                      // moved back: channels were reminded of that date
		{"2026-06-08", "2026-06-30 2026-07-01", "2026-07-01"}, // another region has another date
		{"2026-06-30", "2026-06-30", "2026-06-30"},            // the day itself
	} {
		due := c.night(n.today, strings.Fields(n.ends)...)
		if due != n.due {
			t.Errorf("%s with %q reminds of %q, want %q", n.today, n.ends, due, n.due)
		}
	}
}

func TestRemindsNever(t *testing.T) {
	c := &calendar{T: t}
	if due := c.night("2026-06-29", "2026-06-30"); due != "" || len(c.state.Reminded) > 0 {
		t.Errorf("reminds of %q, keeps %v", due, c.state.Reminded)
	}
}

// Deciding twice about the same run reminds alike.
func TestRemindTwice(t *testing.T) {
	policy := notify.Policy{Reminders: []int{30}}
	dates := []notify.Date{{Event: "legacy", Model: "m", Date: "2026-06-30", Days: 3}}
	for range 2 {
		d := policy.Decide(catalog.Run{ID: 1}, changed(), false, notify.State{})
		policy.Remind(&d, "2026-06-27", dates, notify.State{})
		if len(d.Due) != 1 || len(d.Next.Reminded) != 1 {
			t.Errorf("due %v, next %v", d.Due, d.Next.Reminded)
		}
	}
}

// FuzzParseReminders: what is read is days in range, the farthest first, each once, and
// reads alike when it is written again.
func FuzzParseReminders(f *testing.F) {
	for _, text := range []string{"90d,30d,7d,1d", "off", "30", " 7d , 7d", "91d", "-1d", "", "d", "7dd"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		days, err := notify.ParseReminders(text)
		if err != nil || days == nil {
			return
		}
		var parts []string
		for i, n := range days {
			if n < 0 || n > 90 || i > 0 && days[i-1] <= n {
				t.Errorf("%q is read as %v", text, days)
			}
			parts = append(parts, strconv.Itoa(n)+"d")
		}
		if again, err := notify.ParseReminders(strings.Join(parts, ",")); err != nil || !slices.Equal(again, days) {
			t.Errorf("%v is read again as %v, %v", days, again, err)
		}
	})
}
