package job

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/notify"
	"snapshotter/report"
)

const ahead = "Ahead: "

// datesAhead returns the dates of which channels may be reminded, soonest first.
func datesAhead(r *report.Report) (dates []notify.Date) {
	for _, d := range r.Deadlines.Entries {
		if d.VariantOf == "" && d.DaysLeft >= 0 {
			dates = append(dates, dateOf(d))
		}
	}
	return dates
}

func dateOf(d report.Deadline) notify.Date {
	return notify.Date{Event: string(d.Event), Model: d.ID, Date: d.Date, Days: d.DaysLeft}
}

// reminders returns a line for each date that is due.
func reminders(r *report.Report, due []notify.Date) (lines []string) {
	for _, d := range r.Deadlines.Entries {
		if slices.Contains(due, dateOf(d)) {
			lines = append(lines, ahead+reminder(r, d))
		}
	}
	return lines
}

// reminder says what happens on a date, and how many resources of the account it
// concerns.
func reminder(r *report.Report, d report.Deadline) string {
	if yours := r.YoursOn(d.ID); yours != "" {
		return d.Words() + "; " + yours
	}
	return d.Words()
}

// Reminders returns what a message would say of each date within days that concerns
// resources of the account.
func Reminders(r *report.Report, days int) (lines []string) {
	for _, d := range r.Deadlines.Entries {
		if r.YoursOn(d.ID) != "" && 0 <= d.DaysLeft && d.DaysLeft <= days {
			lines = append(lines, reminder(r, d))
		}
	}
	return lines
}

// reminderTitle is the title of a message that only reminds: its first line.
func reminderTitle(date string, lines []string) string {
	title := fmt.Sprintf("Bedrock %s: %s", date, strings.TrimPrefix(lines[0], ahead))
	if more := len(lines) - 1; more > 0 {
		title += fmt.Sprintf("; %d more", more)
	}
	return title
}
