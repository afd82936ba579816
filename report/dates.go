package report

import (
	"time"

	"snapshotter/catalog"
)

// parse parses a time of a [diff.FieldChange]; "" is the zero time.
func parse(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}

// dateText returns the date of t in UTC, "" for the zero time.
func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return catalog.Day(t)
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// days returns the days between two dates in UTC.
func days(from, to time.Time) int { return int(day(to).Sub(day(from)) / (24 * time.Hour)) }
