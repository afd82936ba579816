package main

import (
	"context"
	"slices"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/store"
)

// profilesCommand shows the system-defined inference profiles.
type profilesCommand struct {
	asOf   `embed:""`
	filter `embed:""`
	format `embed:""`
}

func (c *profilesCommand) Help() string {
	return referenceHelp + `

A profile can route to other regions when it is called from elsewhere: regions
that agree are one line. CSV has one row for each profile and region it is called
from; JSON is explained in docs/json.md.

Examples:
  snapshotter profiles --region eu-west-1
  snapshotter profiles --model 'anthropic.claude-haiku-*' --format md
  snapshotter profiles --as-of 30d --format csv`
}

func (c *profilesCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		kinds := []catalog.Kind{catalog.KindInferenceProfile}
		if len(c.Provider)+len(c.Model) > 0 {
			kinds = catalog.Kinds() // models say who provides them, and what they are called
		}
		snapshot, err := db.Listed(ctx, run.ID, kinds...)
		if err != nil {
			return err
		}
		shown, err := c.filter.apply(snapshot)
		if err != nil {
			return err
		}
		answer := ask.ProfilesAnswer{Run: c.answered(p, run), Profiles: append([]ask.Routing{}, ask.Routings(shown)...), NeverRead: ask.UnreadLists(shown, catalog.KindInferenceProfile)}
		if !c.forPeople() {
			return c.print(p, sheet.AsOf(sheet.ProfileRows(answer.Profiles), run.Ref()), answer)
		}
		defer sayNeverRead(p, answer.NeverRead)
		if len(answer.Profiles) == 0 {
			p.println("No inference profiles match the filters as of run %d (%s), of %d.", run.ID, catalog.Moment(run.StartedAt), profilesIn(ask.Routings(snapshot)))
			return nil
		}
		p.println("%s as of run %d (%s).", catalog.Counted(profilesIn(answer.Profiles), "inference profile"), run.ID, catalog.Moment(run.StartedAt))
		p.println("")
		return c.print(p, sheet.Profiles(answer.Profiles), answer)
	})
}

// profilesIn counts the IDs of routings, which are sorted by ID.
func profilesIn(routings []ask.Routing) int {
	return len(slices.CompactFunc(slices.Clone(routings), func(a, b ask.Routing) bool { return a.ID == b.ID }))
}
