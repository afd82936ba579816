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
	if err := db.CheckOwner(ctx, store.Owner{Partition: run.Partition}); err != nil {
		return catalog.Run{}, err
	}
	options, err := j.options(ctx, db, known)
	if err != nil {
		return catalog.Run{}, err
	}
	collecting, stop := context.WithCancel(ctx)
	defer stop()
	checked := make(chan ownership, 1)
	go func() { checked <- j.checkOwner(ctx, db, known.Bound, stop) }()
	result, err := collect.Collect(collecting, j.AWS, known.Scopes, options)
	of := <-checked
	if of.refused != nil {
		return catalog.Run{}, of.refused
	}
	j.observe(Collected{})
	run.FinishedAt = j.Now().UTC()
	if err != nil {
		return recordFailure(ctx, db, run, err)
	}
	run.Partition, run.Message = result.Partition, strings.Join(append(of.notes, j.notes(result)...), "; ")
	// Everything was read. A request to stop must not cost the run.
	recorded, err := db.Record(context.WithoutCancel(ctx), run, result.Listings,
		store.On(known.Base), store.ConfirmApart(cmp.Or(j.ConfirmApart, store.DefaultApart)), store.By(of.owner))
	if err != nil {
		return catalog.Run{}, err
	}
	j.observe(Recorded{recorded, result.Listings})
	return recorded, nil
}

// options are those of the job, with what the history knows of resources, so that only
// those that changed are described again.
func (j *Job) options(ctx context.Context, db *store.Store, known store.Known) (collect.Options, error) {
	options := j.Options
	if len(options.Kinds) == 0 || known.Base.Run == 0 {
		return options, nil
	}
	resources, err := db.Resources(ctx, known.Base.Run)
	if err != nil {
		return options, err
	}
	options.Described = map[catalog.Scope][]catalog.Item{}
	for _, state := range resources.Scopes {
		options.Described[state.Scope] = state.Items
	}
	return options, nil
}

// ownership is whose lists are read, with what to note about it, or why they must not
// be recorded.
type ownership struct {
	owner   store.Owner
	notes   []string
	refused error
}

// checkOwner asks whose lists are being read, and stops the reading if the history is
// bound to another account. It does not hold up the lists: from a distant region the
// request takes as long as they do.
func (j *Job) checkOwner(ctx context.Context, db *store.Store, bound bool, stop func()) (of ownership) {
	of.owner.Partition = catalog.Partition(j.AWS.Region)
	account, err := j.account(ctx)
	if err != nil && bound {
		of.notes = append(of.notes, "could not check which account the credentials belong to: "+err.Error())
	}
	of.owner.Account = account
	err = db.CheckOwner(ctx, of.owner)
	if other, ok := errors.AsType[*store.OwnerError](err); ok && other.Partition == "" && j.AcceptAccount {
		of.notes = append(of.notes, "the history now belongs to the account of these credentials (--accept-account)")
		return of
	}
	if err != nil {
		of.refused = err
		stop()
	}
	return of
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
