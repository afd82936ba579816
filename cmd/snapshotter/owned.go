package main

import (
	"context"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/store"
)

// owned answers for the account's resources that the word means, if it means any.
func (c *whereCommand) owned(ctx context.Context, p *program, db *store.Store, run catalog.Run, public *catalog.Snapshot) (done bool, err error) {
	impacts, resources, err := job.Impacts(ctx, db, public, ask.Impacted{Today: p.now(), Replacements: p.replacements})
	if err != nil {
		return false, err
	}
	answer := &ask.WhereAnswer{Run: c.answered(p, run), Asked: c.word(), Within: append([]string{}, c.Within...), Models: []ask.Whereabouts{}}
	for _, o := range ask.FindOwned(resources, c.word()) {
		if c.chosen().IncludesRegion(o.Region) && (c.In == "" || c.In == o.Region) {
			answer.Resources = append(answer.Resources, o)
		}
	}
	if answer.Resources == nil {
		return false, nil
	}
	ask.SetImpacts(answer.Resources, impacts)
	return true, c.write(p, answer)
}

func (c *whereCommand) writeOwned(pr *terminal.Text, answer *ask.WhereAnswer) {
	for _, o := range answer.Resources {
		pr.Title("%s, as of run %d (%s)", o.Title(), answer.Run.ID, catalog.Moment(answer.Run.At))
		for _, line := range o.Lines() {
			pr.Line("%s", line)
		}
		pr.Space()
	}
}
