// Package schedule decides when a job runs, and runs it then.
//
// It guarantees that two runs never overlap, that no scheduled time is answered
// by two runs, and that each is answered by one: at its moment, or, where the
// program was down, the machine asleep or a run still going on, within a minute
// of the end of that. Times that passed meanwhile are answered by one run
// together. It refuses a schedule whose times never come, or are not tied to the
// clock.
package schedule

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a row of moments at which something is due. It implements
// [cron.Schedule].
type Schedule struct {
	times  cron.Schedule // without jitter
	place  *time.Location
	jitter time.Duration
	seed   string
}

// Parse reads a cron expression of five fields, or one such as @daily, whose
// times are meant in a place. Each moment is put off by less than jitter, by how
// much is a hash of the seed and the time itself: the same for one installation
// whenever it is asked, after a restart too, and another for the next one.
func Parse(expression string, place *time.Location, jitter time.Duration, seed string) (*Schedule, error) {
	if strings.Contains(expression, "TZ=") {
		return nil, errors.New("the time zone is a setting of its own")
	}
	if jitter < 0 {
		return nil, fmt.Errorf("jitter %s is negative", jitter)
	}
	parsed, err := cron.ParseStandard(expression)
	if err != nil {
		return nil, err
	}
	fields, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("it would count from whenever the program starts; give times of the clock, such as */30 * * * *")
	}
	s := &Schedule{times: times(fields, place), place: place, jitter: jitter, seed: seed}
	if s.times.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("no such day ever comes")
	}
	return s, nil
}

// Next is the first moment after another, in the schedule's place.
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

// delay is by how much a time is put off: never past the one that follows, so
// that moments keep their order.
func (s *Schedule) delay(at time.Time, period time.Duration) time.Duration {
	span := min(s.jitter, period) / time.Second
	if span <= 0 {
		return 0
	}
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s\n%d", s.seed, at.Unix())
	return time.Duration(hash.Sum64()%uint64(span)) * time.Second
}

// everyHour is the bit by which cron marks a field that was given as "*".
const everyHour = 1 << 63

// times are those of the fields in a place. A schedule of every hour follows the
// time that passes. One of certain hours follows the clock on the wall: see
// [wall].
func times(fields *cron.SpecSchedule, place *time.Location) cron.Schedule {
	if fields.Hour&everyHour != 0 {
		fields.Location = place
		return fields
	}
	fields.Location = time.UTC
	return wall{fields, place}
}

// wall are the times that a clock on the wall of a place shows: each once, also
// where the clock is put back and shows it twice (the first counts), and where
// it is put forward past it (then at that moment). Cron by itself would run
// twice, and not at all: https://pkg.go.dev/github.com/robfig/cron/v3#hdr-Time_zones
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

// face is what a clock shows at t, as a time in UTC.
func face(t time.Time) time.Time {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return time.Date(year, month, day, hour, minute, second, t.Nanosecond(), time.UTC)
}

// showing is the first moment at which a clock in a place shows a face, or has
// been put forward past it.
func showing(shown time.Time, place *time.Location) time.Time {
	year, month, day := shown.Date()
	hour, minute, second := shown.Clock()
	// For a face that is shown twice or never, time.Date promises only that the
	// offset is that of one of the two sides.
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
