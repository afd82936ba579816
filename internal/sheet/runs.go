package sheet

import (
	"fmt"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// Runs is a history for people.
func Runs(runs []ask.RunSummary) *terminal.Table {
	t := &terminal.Table{
		Head:  []string{"run", "started", "status", "items changed", "read", "not read", "skipped", "trigger", "seconds", "message"},
		Spare: []string{"seconds", "trigger", "skipped", "message", "read"},
	}
	for _, r := range runs {
		t.Add(fmt.Sprint(r.ID), catalog.Moment(r.StartedAt), string(r.Status), fmt.Sprint(r.Changed), fmt.Sprint(r.Read), fmt.Sprint(r.Unread),
			fmt.Sprint(r.Skipped), string(r.Trigger), seconds(r.Run), r.Message)
	}
	return t
}

// RunRows is a history for programs.
func RunRows(runs []ask.RunSummary) *terminal.Table {
	t := &terminal.Table{Head: []string{"id", "started_at", "finished_at", "status", "trigger", "seconds", "lists_read", "lists_not_read", "lists_skipped", "items_changed", "message"}}
	for _, r := range runs {
		t.Add(fmt.Sprint(r.ID), r.StartedAt.UTC().Format(time.RFC3339), r.FinishedAt.UTC().Format(time.RFC3339), string(r.Status), string(r.Trigger), seconds(r.Run),
			fmt.Sprint(r.Read), fmt.Sprint(r.Unread), fmt.Sprint(r.Skipped), fmt.Sprint(r.Changed), r.Message)
	}
	return t
}

func seconds(run catalog.Run) string {
	return fmt.Sprintf("%.1f", run.FinishedAt.Sub(run.StartedAt).Seconds())
}
