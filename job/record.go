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
	owner, notes, err := j.checkOwner(ctx, db, known.Bound)
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
	run.Partition, run.Message = result.Partition, strings.Join(append(notes, j.notes(result)...), "; ")
	if !known.Bound { // nobody had to wait for it
		owner.Account, _ = j.account(ctx)
	}
	// Everything was read. A request to stop must not cost the run.
	recorded, err := db.Record(context.WithoutCancel(ctx), run, result.Listings,
		store.On(known.Base), store.ConfirmApart(cmp.Or(j.ConfirmApart, store.DefaultApart)), store.By(owner))
	if err != nil {
		return catalog.Run{}, err
	}
	j.observe(Recorded{recorded, result.Listings})
	return recorded, nil
}

// checkOwner returns whose lists are about to be read, with what to note about it.
// It refuses a history that belongs to another partition or account. Who the
// account is takes a request, so it is only asked before the lists are read if the
// history is bound to one.
func (j *Job) checkOwner(ctx context.Context, db *store.Store, bound bool) (owner store.Owner, notes []string, err error) {
	owner.Partition = catalog.Partition(j.AWS.Region)
	if bound {
		if owner.Account, err = j.account(ctx); err != nil {
			notes = append(notes, "could not check which account the credentials belong to: "+err.Error())
		}
	}
	err = db.CheckOwner(ctx, owner)
	if other, ok := errors.AsType[*store.OwnerError](err); ok && other.Partition == "" && j.AcceptAccount {
		return owner, append(notes, "the history now belongs to the account of these credentials (--accept-account)"), nil
	}
	return owner, notes, err
}

// account returns the ID of the account, "" if it cannot be known.
func (j *Job) account(ctx context.Context) (string, error) {
	if j.Identify == nil {
		return "", nil
	}
	return j.Identify(ctx)
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
// attempt, and returns it with its cause. A run that was asked to stop is not a
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
