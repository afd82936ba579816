package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"snapshotter/catalog"
)

// reference names a run in words: an id, "latest", "latest~2", a date or time
// (the last run at or before it; a date means the end of that day, UTC), or an
// age such as "7d" or "36h" (the last run at least that old).
type reference struct {
	text string
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
	ref := reference{text: text}
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
		return ref, usageError("%q is no run: give an id, latest, latest~2, a date (2026-11-20), a time (2026-11-20T02:00Z) or an age (7d)", oneLine(text))
	}
	if datePattern.MatchString(text) {
		at = at.Add(24*time.Hour - time.Nanosecond)
	}
	ref.at = at
	return ref, nil
}

// find picks the run that ref names from all runs, sorted by id. Failed runs
// recorded nothing to compare and are passed over.
func (ref reference) find(runs []catalog.Run) (catalog.Run, error) {
	var recorded []catalog.Run
	for _, run := range runs {
		if run.ID == ref.id && run.Status == catalog.RunFailed {
			return catalog.Run{}, fmt.Errorf("run %d failed and recorded nothing", ref.id)
		}
		if run.Status != catalog.RunFailed {
			recorded = append(recorded, run)
		}
	}
	for back := 0; back < len(recorded); back++ {
		run := recorded[len(recorded)-1-back]
		if ref.matches(run, back) {
			return run, nil
		}
	}
	return catalog.Run{}, ref.notFound(recorded)
}

// matches is asked of each recorded run, the newest first.
func (ref reference) matches(run catalog.Run, back int) bool {
	switch {
	case ref.id > 0:
		return run.ID == ref.id
	case !ref.at.IsZero():
		return !run.StartedAt.After(ref.at)
	}
	return back == ref.back
}

func (ref reference) notFound(recorded []catalog.Run) error {
	if len(recorded) == 0 {
		return errNoRuns
	}
	first, last := recorded[0], recorded[len(recorded)-1]
	return fmt.Errorf("there is no run %s: the recorded ones are %d (%s) to %d (%s)", oneLine(ref.text),
		first.ID, moment(first.StartedAt), last.ID, moment(last.StartedAt))
}

var errNoRuns = advised{"no run is recorded yet", "take a snapshot with: snapshotter run"}

// advised is an error with what to do next.
type advised struct{ problem, advice string }

func (e advised) Error() string  { return e.problem }
func (e advised) Advice() string { return e.advice }

// moment is the form of a time that people read.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// fileTime is the form of a time in file names.
func fileTime(t time.Time) string {
	return strings.ReplaceAll(t.UTC().Format("2006-01-02T15:04:05Z"), ":", "-")
}
