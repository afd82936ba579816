// Package schedule decides when a job runs, and runs it then.
//
// It guarantees that two runs never overlap, and that each scheduled time gets
// exactly one run: at its moment or, if the program was down, the machine slept
// or a run was in progress, within a minute of the end of that. Times that
// passed meanwhile share one run. It refuses a schedule whose times never come
// or do not follow the clock.
package schedule

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a series of moments at which something is due. It implements
// [cron.Schedule].
type Schedule struct {
	times  cron.Schedule // without jitter
	place  *time.Location
	jitter time.Duration
	seed   string
}

// Parse reads a cron expression of five fields, or one such as @daily, for the
// clock of a place. Each moment is delayed by less than jitter; a hash of the
// seed and the time decides by how much, so that one installation always gets
// the same delay and others get different ones.
func Parse(expression string, place *time.Location, jitter time.Duration, seed string) (*Schedule, error) {
	if strings.Contains(expression, "TZ=") {
		return nil, errors.New("the time zone is a separate setting")
	}
	if jitter < 0 {
		return nil, fmt.Errorf("jitter %s is negative", jitter)
	}
	parsed, err := cron.ParseStandard(sundayAsZero(expression))
	if err != nil {
		return nil, err
	}
	fields, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("it would count from the start of the program; give clock times, such as */30 * * * *")
	}
	s := &Schedule{times: times(fields, place), place: place, jitter: jitter, seed: seed}
	if s.times.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("that day never comes")
	}
	return s, nil
}

// sundayAsZero writes Sunday as 0 in the last of five fields, where crontab files
// may have 7, which the cron library refuses.
func sundayAsZero(expression string) string {
	fields := strings.Fields(expression)
	if len(fields) != 5 {
		return expression
	}
	days := strings.Split(fields[4], ",")
	for i, day := range days {
		switch from, isRange := strings.CutSuffix(day, "-7"); {
		case day == "7":
			days[i] = "0"
		case isRange && from == "7":
			days[i] = "0"
		case isRange:
			days[i] = from + "-6,0"
		}
	}
	fields[4] = strings.Join(days, ",")
	return strings.Join(fields, " ")
}

// Next returns the first moment after another, in the schedule's place.
func (s *Schedule) Next(after time.Time) time.Time {
	at := s.times.Next(after.Add(-s.jitter).In(s.place))
	for {
		following := s.times.Next(at)
		if moment := at.Add(s.delay(at, following.Sub(at))); moment.After(after) {
			return moment
		}
		at = following
	}
}

// delay is how much a time is delayed: never past the following one, so that
// moments keep their order.
func (s *Schedule) delay(at time.Time, period time.Duration) time.Duration {
	span := min(s.jitter, period) / time.Second
	if span <= 0 {
		return 0
	}
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s\n%d", s.seed, at.Unix())
	return time.Duration(hash.Sum64()%uint64(span)) * time.Second
}

// everyHour is the bit with which cron marks a field given as "*".
const everyHour = 1 << 63

// times returns the times of the fields in a place. A schedule for every hour
// follows elapsed time; one for certain hours follows the wall clock, see
// [wall].
func times(fields *cron.SpecSchedule, place *time.Location) cron.Schedule {
	if fields.Hour&everyHour != 0 {
		fields.Location = place
		return fields
	}
	fields.Location = time.UTC
	return wall{fields, place}
}

// wall is the times that a wall clock shows in a place: each once, even if the
// clock is set back and shows it twice (the first counts) or is set forward
// past it (then at that moment). Cron alone would run twice, or not at all:
// https://pkg.go.dev/github.com/robfig/cron/v3#hdr-Time_zones
type wall struct {
	shown cron.Schedule // in terms of UTC, as if the place had no seasons
	place *time.Location
}

func (w wall) Next(after time.Time) time.Time {
	shown := face(after.In(w.place))
	for {
		if shown = w.shown.Next(shown); shown.IsZero() {
			return shown
		}
		if at := showing(shown, w.place); at.After(after) {
			return at
		}
	}
}

// face returns what a clock shows at t, as a time in UTC.
func face(t time.Time) time.Time {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return time.Date(year, month, day, hour, minute, second, t.Nanosecond(), time.UTC)
}

// showing returns the first moment at which a clock in a place shows a face, or
// has been set forward past it.
func showing(shown time.Time, place *time.Location) time.Time {
	year, month, day := shown.Date()
	hour, minute, second := shown.Clock()
	// For a face that is shown twice or never, time.Date only promises the
	// offset of one of the two sides.
	at := time.Date(year, month, day, hour, minute, second, 0, place)
	start, end := at.ZoneBounds()
	switch got := face(at); {
	case got.After(shown):
		return start
	case got.Before(shown):
		return end
	}
	if start.IsZero() {
		return at
	}
	_, offset := start.Add(-time.Nanosecond).Zone()
	if earlier := shown.Add(-time.Duration(offset) * time.Second); earlier.Before(start) {
		return earlier.In(place)
	}
	return at
}
