package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"snapshotter/catalog"
)

// Reference names a run: an ID, "latest", "latest~2", a time, a date, "yesterday"
// or a month (the last run at or before it; of a date or month, its end in UTC), or
// an age such as "7d", "36h", "1mo" or "1y" (the last run at least that old; months
// and years are the calendar's).
type Reference struct {
	id   int64     // if set, that run
	back int       // else how many recorded runs before the latest…
	at   time.Time // …unless set: the last run at or before it
}

var (
	latestPattern = regexp.MustCompile(`^latest(?:~([0-9]{1,9}))?$`)
	agePattern    = regexp.MustCompile(`^([0-9]{1,4})(m|h|d|w|mo|y)$`)
	datePattern   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

const day = 24 * time.Hour

var ageUnits = map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day}

// ago returns the time that many units before now. A month before the 31st is the
// last day of a shorter month.
func ago(now time.Time, count int, unit string) time.Time {
	months := map[string]int{"mo": 1, "y": 12}[unit] * count
	if months == 0 {
		return now.Add(-time.Duration(count) * ageUnits[unit])
	}
	then := now.UTC().AddDate(0, -months, 0)
	if then.Day() != now.UTC().Day() {
		then = then.AddDate(0, 0, -then.Day())
	}
	return then
}

// ReferenceError is text that does not name a run. The text comes from outside.
type ReferenceError struct{ Text string }

func (e *ReferenceError) Error() string { return fmt.Sprintf("%q is not a run", e.Text) }

// Advice lists the forms of a reference.
func (e *ReferenceError) Advice() string {
	return "give an ID, latest, latest~2, a date (2026-11-20, yesterday), a month (2026-11), a time (2026-11-20T02:00Z) or an age (7d, 1mo)"
}

// ParseReference reads what a user wrote; ages count back from now. The error is
// a [*ReferenceError].
func ParseReference(text string, now time.Time) (Reference, error) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
		return Reference{id: id}, nil
	}
	if m := latestPattern.FindStringSubmatch(text); m != nil {
		back, _ := strconv.Atoi("0" + m[1])
		return Reference{back: back}, nil
	}
	if m := agePattern.FindStringSubmatch(text); m != nil {
		count, _ := strconv.Atoi(m[1])
		return Reference{at: ago(now, count, m[2])}, nil
	}
	if text == "yesterday" {
		return Reference{at: now.UTC().Truncate(day).Add(-time.Nanosecond)}, nil
	}
	if month, err := time.Parse("2006-01", text); err == nil {
		return Reference{at: month.AddDate(0, 1, 0).Add(-time.Nanosecond)}, nil
	}
	at, ok := catalog.ParseTime(text)
	if !ok {
		return Reference{}, &ReferenceError{text}
	}
	if datePattern.MatchString(text) {
		at = at.Add(day - time.Nanosecond)
	}
	return Reference{at: at}, nil
}

// Time is the time at or before which a run is asked for; zero for a reference
// by ID or by position.
func (r Reference) Time() time.Time { return r.at }

// Find reads the run that r names. Failed runs recorded nothing and are passed
// over. The error is [ErrNoRuns] if the history is empty, and a [*NoRunError]
// that names the recorded runs if r names none of them.
func (r Reference) Find(ctx context.Context, db *Store) (catalog.Run, error) {
	run, err := r.read(ctx, db)
	if none, ok := errors.AsType[*NoRunError](err); ok {
		return run, r.notFound(ctx, db, none)
	}
	return run, err
}

func (r Reference) read(ctx context.Context, db *Store) (catalog.Run, error) {
	switch {
	case r.id > 0:
		return db.Run(ctx, r.id)
	case !r.at.IsZero():
		return db.RunAt(ctx, r.at)
	}
	return db.Latest(ctx, r.back)
}

// notFound adds which runs there are.
func (r Reference) notFound(ctx context.Context, db *Store, none *NoRunError) error {
	first, err := db.First(ctx)
	if _, empty := errors.AsType[*NoRunError](err); empty {
		return ErrNoRuns
	} else if err != nil {
		return err
	}
	last, err := db.Latest(ctx, 0)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: the recorded runs are %d (%s) to %d (%s)", none,
		first.ID, catalog.Moment(first.StartedAt), last.ID, catalog.Moment(last.StartedAt))
}

// ErrNoRuns is a history in which no run has recorded anything yet.
var ErrNoRuns error = emptyError{}

type emptyError struct{}

func (emptyError) Error() string { return "no run is recorded yet" }

// Advice says how to record one.
func (emptyError) Advice() string { return "take a snapshot with: snapshotter run" }
