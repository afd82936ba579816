package job

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/store"
)

// record collects the catalogue and records it. With an error the run is the
// failed one, if that could be recorded.
func (j *Job) record(ctx context.Context, db *store.Store) (catalog.Run, error) {
	known, err := db.Known(ctx)
	if err != nil {
		return catalog.Run{}, err
	}
	run := catalog.Run{
		StartedAt: j.Now().UTC(), Trigger: j.Trigger, CollectorVersion: j.Version,
		Partition: catalog.Partition(j.AWS.Region),
	}
	result, err := collect.Collect(ctx, j.AWS, known.Scopes, j.Options)
	j.observe(Collected{})
	run.FinishedAt = j.Now().UTC()
	if err != nil {
		return recordFailure(ctx, db, run, err)
	}
	run.Partition, run.Message = result.Partition, strings.Join(j.notes(result), "; ")
	// Everything was read. A request to stop must not cost the run.
	recorded, err := db.Record(context.WithoutCancel(ctx), run, result.Listings,
		store.On(known.Base), store.ConfirmApart(cmp.Or(j.ConfirmApart, store.DefaultApart)))
	if err != nil {
		return catalog.Run{}, err
	}
	j.observe(Recorded{recorded, result.Listings})
	return recorded, nil
}

// notes returns what is recorded as the run's message.
func (j *Job) notes(result collect.Result) (notes []string) {
	if j.Note != "" {
		notes = append(notes, j.Note)
	}
	for _, note := range result.Notes {
		j.observe(DiscoveryNote{note})
		notes = append(notes, note)
	}
	if j.Unmatched != nil {
		notes = append(notes, j.Unmatched(result.Listings)...)
	}
	return notes
}

// recordFailure records a run that read nothing, so that the history shows the
// attempt, and returns it with its cause. A run that was told to stop is not a
// failure.
func recordFailure(ctx context.Context, db *store.Store, run catalog.Run, cause error) (catalog.Run, error) {
	if errors.Is(cause, context.Canceled) {
		return catalog.Run{}, cause
	}
	run.Message = catalog.Redact(cause.Error())
	failed, err := db.RecordFailure(ctx, run)
	if err != nil {
		return catalog.Run{}, errors.Join(cause, err)
	}
	return failed, cause
}
