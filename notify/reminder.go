package notify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"snapshotter/diff"
)

// Date is a lifecycle date of a model that lies ahead.
type Date struct {
	Event string `json:"event"` // such as end-of-life
	Model string `json:"model"`
	Date  string `json:"date"` // YYYY-MM-DD
	Days  int    `json:"-"`    // from the date of the run
}

func (d Date) same(other Date) bool {
	return d.Event == other.Event && d.Model == other.Model && d.Date == other.Date
}

// Reminded is a date of which channels were reminded, at Threshold days or fewer.
type Reminded struct {
	Date
	Threshold int `json:"threshold"`
}

// furthest is how far ahead a reminder may come: reports look as far.
const furthest = 90

// ParseReminders reads days such as "90d,30d,7d,1d", the farthest first; "off" is
// none.
func ParseReminders(text string) ([]int, error) {
	if text == "off" {
		return nil, nil
	}
	var days []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(part), "d"))
		if err != nil || n < 0 || n > furthest {
			return nil, fmt.Errorf("%q is not a number of days up to %d, such as 30d", part, furthest)
		}
		days = append(days, n)
	}
	slices.Sort(days)
	slices.Reverse(days)
	return slices.Compact(days), nil
}

// Remind adds to a decision the dates that have come nearer than a threshold since
// channels were last reminded of them, each once for each threshold. A date that
// moved is a new one. It keeps in d.Next what channels were reminded of as long as
// the date lies ahead of today (YYYY-MM-DD), so that a model that is missing for a
// night is no news.
func (p Policy) Remind(d *Decision, today string, dates []Date, before State) {
	d.Next.Reminded = slices.DeleteFunc(slices.Clone(before.Reminded), func(r Reminded) bool {
		return r.Date.Date < today || slices.ContainsFunc(dates, r.same)
	})
	for _, date := range dates {
		threshold, reached := p.threshold(date.Days)
		if !reached {
			continue
		}
		if i := slices.IndexFunc(before.Reminded, func(r Reminded) bool { return r.same(date) }); i >= 0 && before.Reminded[i].Threshold <= threshold {
			threshold = before.Reminded[i].Threshold
		} else {
			d.Due = append(d.Due, date)
		}
		d.Next.Reminded = append(d.Next.Reminded, Reminded{date, threshold})
	}
	if len(d.Due) > 0 {
		d.add(Deadline, diff.Notice)
	}
}

// threshold returns the nearest threshold that a date has reached.
func (p Policy) threshold(days int) (threshold int, reached bool) {
	for _, t := range p.Reminders {
		if 0 <= days && days <= t && (!reached || t < threshold) {
			threshold, reached = t, true
		}
	}
	return threshold, reached
}
