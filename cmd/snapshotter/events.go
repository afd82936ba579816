package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/notify"
)

// logEvent logs what happens in a run.
func (p *program) logEvent(event job.Event) {
	switch e := event.(type) {
	case job.NewHistory:
		p.logNew(e.URL)
	case job.DiscoveryNote:
		p.log.Warn("regions were found without one of the sources", "note", e.Text)
	case job.Recorded:
		p.logRun(e.Run, e.Listings)
	case job.ReportedInstead:
		p.log.Warn("the run that was saved first is reported instead", "title", e.Title, "path", e.Path)
	case job.NotRescued:
		p.log.Error("a run crashed, and what it had recorded was not saved", problem(e.Err)...)
	case job.NotAnnounced:
		p.log.Warn("nobody was notified; the next run tries again", "run", e.Run, "problem", e.Err)
	case job.Delivered:
		p.logDeliveries(e.Deliveries)
	case job.LakeFilled:
		if e.Err != nil {
			p.log.Warn("the lake lacks runs; the next run adds them", problem(e.Err)...)
			return
		}
		p.log.Info("lake filled", "runs", e.Runs, "files", e.Files, "bytes", e.Bytes)
	case job.DeliveryNotRecorded:
		p.log.Warn("the outcome of a message was not recorded", "channel", e.Channel, "problem", e.Err)
	}
}

// logNew warns of a history in S3 that did not exist, which may mean that its
// URL is mistyped.
func (p *program) logNew(url string) {
	if url != "" {
		p.log.Warn("there is no history at this URL yet: this run starts one", "database", url)
	}
}

func (p *program) logRun(run catalog.Run, listings []catalog.Listing) {
	asked, warned := 0, false
	for _, l := range listings {
		if l.Outcome != catalog.NotListed {
			asked++
		}
		if !l.Outcome.Expected() {
			warned = true
			p.log.Warn("list not read", "region", l.Region, "kind", l.Kind, "outcome", l.Outcome, "code", l.ErrorCode, "message", l.Message)
		}
	}
	if run.Status == catalog.RunPartial && !warned {
		p.log.Warn("a list that was read before was not read, or was found empty: the report says which")
	}
	p.log.Info("run recorded", "run", run.ID, "status", run.Status, "lists", asked,
		"seconds", run.FinishedAt.Sub(run.StartedAt).Round(time.Millisecond).Seconds())
}

func (p *program) logDeliveries(deliveries []notify.Delivery) {
	for _, d := range deliveries {
		level, text := slog.LevelInfo, "channel notified"
		switch {
		case d.Lost():
			level, text = slog.LevelWarn, "channel not notified"
		case d.Outcome == notify.Before:
			level, text = slog.LevelDebug, "channel notified before"
		}
		p.log.Log(context.Background(), level, text, "channel", d.Channel, "id", d.ChannelID[:6], "outcome", d.Outcome, "tries", d.Tries, "reason", d.Reason)
	}
}

// unmatched returns and logs a note for each --region that matches no region: it
// may be mistyped, and a region that is not listed would not be missed.
func (p *program) unmatched(globs []string, listings []catalog.Listing) (notes []string) {
	for _, glob := range globs {
		if !slices.ContainsFunc(listings, func(l catalog.Listing) bool { return ask.ChoosesRegion([]string{glob}, l.Region) }) {
			note := fmt.Sprintf("no region matches --region %q", terminal.OneLine(glob))
			p.log.Warn(note)
			notes = append(notes, note)
		}
	}
	return notes
}

// logListing logs a listing that was read, if the step of the collection read one.
func (p *program) logListing(l *catalog.Listing) {
	if l != nil {
		p.log.Debug("listed", "region", l.Region, "kind", l.Kind, "outcome", l.Outcome, "items", len(l.Items))
	}
}
