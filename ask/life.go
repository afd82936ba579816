package ask

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/ordered"
)

// Life is a model's lifecycle in the regions that agree on it.
type Life struct {
	catalog.Lifecycle
	Regions []string `json:"regions"` // sorted
}

// lives returns how the regions of the snapshot list a model, the one of most
// regions first.
func (d *Directory) lives(model string, includes func(string) bool) []Life {
	var regions []string
	for _, region := range d.presence.Regions(model) {
		if includes(region) {
			regions = append(regions, region)
		}
	}
	lives := []Life{}
	for _, same := range ordered.By(regions, func(region string) catalog.Lifecycle { return d.ground[region].Models[model].Lifecycle }) {
		lives = append(lives, Life{same.Key, same.Values})
	}
	slices.SortStableFunc(lives, func(a, b Life) int { return len(b.Regions) - len(a.Regions) })
	return lives
}

// Words says in a sentence how the regions list the model; days are counted from
// today.
func (l Life) Words(today time.Time) string {
	status := l.Status
	if status == "" {
		status = "Status not said"
	}
	text := status + " in " + regionWords(l.Regions)
	var dates []string
	if !l.EndOfLife.IsZero() {
		dates = append(dates, "end of life "+DateWords(l.EndOfLife, today))
	}
	if !l.ExtendedAccess.IsZero() {
		dates = append(dates, "prices may rise "+DateWords(l.ExtendedAccess, today))
	}
	if !l.Legacy.IsZero() {
		dates = append(dates, "legacy "+DateWords(l.Legacy, today))
	}
	if !l.StartOfLife.IsZero() {
		dates = append(dates, "AWS gives "+catalog.Day(l.StartOfLife)+" as its start")
	}
	if len(dates) > 0 {
		text += ": " + strings.Join(dates, ", ")
	}
	return text + "."
}

// DateWords names a date and how many days it is away.
func DateWords(at, today time.Time) string {
	days := DaysUntil(at, today)
	switch {
	case days == 0:
		return catalog.Day(at) + " (today)"
	case days > 0:
		return fmt.Sprintf("%s (in %s)", catalog.Day(at), catalog.Counted(days, "day"))
	}
	return fmt.Sprintf("%s (%s ago)", catalog.Day(at), catalog.Counted(-days, "day"))
}

// DaysUntil counts the days from a day to a date; negative once it has passed.
func DaysUntil(at, today time.Time) int { return daysFrom(today.UTC().Truncate(24*time.Hour), at) }

// regionsShown is how many regions a sentence names.
const regionsShown = 6

func regionWords(regions []string) string {
	if len(regions) <= regionsShown {
		return strings.Join(regions, ", ")
	}
	return catalog.Counted(len(regions), "region")
}

// Ending reports whether the model is not ACTIVE, or will end, in any region.
func (w Whereabouts) Ending() bool {
	return slices.ContainsFunc(w.Lives, func(l Life) bool { return l.Status != catalog.StatusActive || !l.EndOfLife.IsZero() })
}
