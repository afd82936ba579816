package doctor

import (
	"fmt"
	"strings"
	"time"
)

// upcoming is how many of the next runs are listed.
const upcoming = 5

// AddSchedule adds when serve would run after now, in the time zone of next.
func (e *Examination) AddSchedule(schedule string, next func(time.Time) time.Time, now time.Time) {
	var times []string
	for at := next(now); len(times) < upcoming; at = next(at) {
		e.NextRuns = append(e.NextRuns, at.UTC())
		form := "Mon 2006-01-02 15:04 MST"
		if at.Second() != 0 { // a jitter
			form = "Mon 2006-01-02 15:04:05 MST"
		}
		times = append(times, at.Format(form))
	}
	e.Add("schedule", OK, fmt.Sprintf("serve runs at %s, next: %s", schedule, strings.Join(times, ", ")), "")
}

// AddChannels adds how many channels there are. It sends nothing: notify test does.
func (e *Examination) AddChannels(n int) {
	text := "none is configured"
	if n > 0 {
		text = fmt.Sprintf("%d well formed, nothing sent; snapshotter notify test sends a sample", n)
	}
	e.Add("channels", OK, text, "")
}
