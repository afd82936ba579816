package serve

import (
	"context"
	"io"
	"math"
	"net/http"

	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/store"
)

// metrics shows the metrics of docs/serve.md.
func (p *Pages) metrics(w http.ResponseWriter, r *http.Request) {
	settings := p.Settings()
	var text exposition
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if err := settings.Read(ctx, func(db *store.Store) error {
		return p.measure(ctx, settings, db, &text)
	}); err != nil {
		p.unreadable(w, r, err)
		return
	}
	w.Header().Set("Content-Type", expositionType)
	io.WriteString(w, text.String())
}

func (p *Pages) measure(ctx context.Context, settings *Settings, db *store.Store, text *exposition) error {
	counts, err := db.CountRuns(ctx)
	if err != nil {
		return err
	}
	last, err := db.LastRuns(ctx, 1)
	if err != nil {
		return err
	}
	recorded, err := db.LastRecorded(ctx, 1)
	if err != nil {
		return err
	}
	text.family("snapshotter_build_info", "gauge", "The version that serves.")
	text.sample(1, "version", p.Version)
	text.family("snapshotter_next_run_timestamp_seconds", "gauge", "When the next run is due.")
	text.sample(seconds(p.Next(p.Now())))
	text.family("snapshotter_runs_total", "counter", "Runs in the database, imported ones too, by how they ended.")
	for _, status := range []catalog.Status{catalog.RunComplete, catalog.RunPartial, catalog.RunFailed} {
		text.sample(float64(counts[status]), "status", string(status))
	}
	if len(last) > 0 {
		text.family("snapshotter_last_run_timestamp_seconds", "gauge", "When the last run began, also if it failed.")
		text.sample(seconds(last[0].StartedAt))
		text.family("snapshotter_last_run_duration_seconds", "gauge", "How long the last run took, also if it failed.")
		text.sample(last[0].FinishedAt.Sub(last[0].StartedAt).Seconds())
	}
	if len(recorded) == 0 {
		return nil
	}
	success := recorded[0]
	text.family("snapshotter_last_success_timestamp_seconds", "gauge", "When the last run that was recorded began.")
	text.sample(seconds(success.StartedAt))
	text.family("snapshotter_last_success_age_seconds", "gauge", "How long ago the last run that was recorded began; +Inf if it is dated ahead of the clock.")
	text.sample(p.age(success))
	shown, err := p.view(ctx, settings, db)
	if err != nil {
		return err
	}
	text.family("snapshotter_scopes", "gauge", "Lists (a region and a kind), by what the last recorded run learned about them.")
	for _, outcome := range catalog.Outcomes() {
		text.sample(float64(shown.scopes[outcome]), "outcome", string(outcome))
	}
	text.family("snapshotter_items", "gauge", "Items present as of the last recorded run, in all regions.")
	for _, kind := range catalog.Kinds() {
		text.sample(float64(shown.items[kind]), "kind", string(kind))
	}
	text.family("snapshotter_changes", "gauge", "Changes that the last recorded run found, by significance.")
	for _, significance := range diff.Significances() {
		text.sample(float64(shown.changes[significance]), "significance", string(significance))
	}
	return nil
}

// age is how old a run is in seconds. One that is dated ahead of the clock is older
// than any limit: an alarm must not wait until the clock has caught up.
func (p *Pages) age(run catalog.Run) float64 {
	if p.ahead(run) {
		return math.Inf(1)
	}
	return max(0, p.Now().Sub(run.StartedAt).Seconds())
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
