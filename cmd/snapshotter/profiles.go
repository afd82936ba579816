package main

import (
	"context"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
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
			return c.print(p, routingRows(answer.Profiles), answer)
		}
		defer sayNeverRead(p, answer.NeverRead)
		if len(answer.Profiles) == 0 {
			p.println("No inference profiles match the filters as of run %d (%s).", run.ID, catalog.Moment(run.StartedAt))
			return nil
		}
		p.println("As of run %d (%s).", run.ID, catalog.Moment(run.StartedAt))
		p.println("")
		return c.print(p, routingSummary(answer.Profiles), answer)
	})
}

func routingSummary(routings []ask.Routing) *terminal.Table {
	t := &terminal.Table{Head: []string{"id", "status", "models", "called from and may run in"}, Spare: []string{"models", "status"}, Below: true}
	for _, r := range routings {
		t.Add(r.ID, r.Status, strings.Join(r.Models, " "), carriedMarked(r.From, r.Carried)+" -> "+strings.Join(shownRegions(r.Destinations), " "))
	}
	return t
}

// carriedMarked lists regions, with a ~ after those that the run did not read.
func carriedMarked(regions, carried []string) string {
	var marked []string
	for _, region := range regions {
		if slices.Contains(carried, region) {
			region += carriedSign
		}
		marked = append(marked, region)
	}
	return strings.Join(marked, " ")
}

func shownRegions(regions []string) []string {
	var shown []string
	for _, region := range regions {
		shown = append(shown, catalog.RegionWords(region))
	}
	return shown
}

func routingRows(routings []ask.Routing) *terminal.Table {
	t := &terminal.Table{Head: []string{"region", "id", "name", "geography", "status", "models", "destinations", "carried"}}
	for _, r := range routings {
		for _, region := range r.From {
			t.Add(region, r.ID, r.Name, r.Geography, r.Status, strings.Join(r.Models, " "), catalog.RegionCodes(r.Destinations), catalog.YesNo(slices.Contains(r.Carried, region)))
		}
	}
	return t
}
