package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// reference names a run in words: an id, "latest", "latest~2", a date or time
// (the last run at or before it; a date means the end of that day, UTC), or an
// age such as "7d" or "36h" (the last run at least that old).
type reference struct {
	id   int64     // if set, that run
	back int       // else how many recorded runs before the latest…
	at   time.Time // …unless set: the last run at or before it
}

var (
	latestPattern = regexp.MustCompile(`^latest(?:~([0-9]{1,9}))?$`)
	agePattern    = regexp.MustCompile(`^([0-9]{1,4})([mhdw])$`)
	datePattern   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

var ageUnits = map[string]time.Duration{
	"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

// parseReference reads what the user wrote; ages are counted from now.
func parseReference(text string, now time.Time) (reference, error) {
	ref := reference{}
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
		ref.id = id
		return ref, nil
	}
	if m := latestPattern.FindStringSubmatch(text); m != nil {
		ref.back, _ = strconv.Atoi("0" + m[1])
		return ref, nil
	}
	if m := agePattern.FindStringSubmatch(text); m != nil {
		count, _ := strconv.Atoi(m[1])
		ref.at = now.Add(-time.Duration(count) * ageUnits[m[2]])
		return ref, nil
	}
	at, ok := catalog.ParseTime(text)
	if !ok {
		return ref, usageError("%q is no run: give an id, latest, latest~2, a date (2026-11-20), a time (2026-11-20T02:00Z) or an age (7d)", terminal.OneLine(text))
	}
	if datePattern.MatchString(text) {
		at = at.Add(24*time.Hour - time.Nanosecond)
	}
	ref.at = at
	return ref, nil
}

// find reads the run that ref names. Failed runs recorded nothing to ask for and
// are passed over.
func (ref reference) find(ctx context.Context, db *store.Store) (catalog.Run, error) {
	run, err := ref.read(ctx, db)
	if none := (*store.NoRunError)(nil); errors.As(err, &none) {
		return run, ref.notFound(ctx, db, none)
	}
	return run, err
}

func (ref reference) read(ctx context.Context, db *store.Store) (catalog.Run, error) {
	switch {
	case ref.id > 0:
		return db.Run(ctx, ref.id)
	case !ref.at.IsZero():
		return db.RunAt(ctx, ref.at)
	}
	return db.Latest(ctx, ref.back)
}

// notFound says which runs there are instead.
func (ref reference) notFound(ctx context.Context, db *store.Store, none *store.NoRunError) error {
	first, err := db.First(ctx)
	if errors.As(err, &none) {
		return errNoRuns
	} else if err != nil {
		return err
	}
	last, err := db.Latest(ctx, 0)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: the recorded ones are %d (%s) to %d (%s)", none,
		first.ID, moment(first.StartedAt), last.ID, moment(last.StartedAt))
}

var errNoRuns = advised{"no run is recorded yet", "take a snapshot with: snapshotter run"}

// advised is an error with what to do next.
type advised struct{ problem, advice string }

func (e advised) Error() string  { return e.problem }
func (e advised) Advice() string { return e.advice }

// moment is the form of a time that people read.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
