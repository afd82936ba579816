package main

import (
	"context"
	"fmt"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// regionsCommand shows the regions, and how each was read.
type regionsCommand struct {
	asOf         `embed:""`
	regionFilter `embed:""`
	format       `embed:""`
}

// Validate implements kong's hook.
func (c *regionsCommand) Validate() error { return c.regionFilter.Validate() }

func (c *regionsCommand) Help() string {
	return referenceHelp + `

Counts are of what was last read whole: where a run could not read a list, they
stay, and the table says since when. "never read" is not the same as none.

Examples:
  snapshotter regions
  snapshotter regions --region 'ap-*' --as-of 2026-04-01
  snapshotter regions --format json`
}

func (c *regionsCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, err := db.Listed(ctx, run.ID)
		if err != nil {
			return err
		}
		if err := c.check(snapshot); err != nil {
			return err
		}
		answer := ask.RegionsAnswer{Run: c.answered(p, run), Regions: []ask.Coverage{}}
		for _, region := range ask.Regions(snapshot) {
			if c.chosen().IncludesRegion(region.Region) {
				answer.Regions = append(answer.Regions, region)
			}
		}
		if !c.forPeople() {
			return c.print(p, sheet.AsOf(coverageRows(answer.Regions), run.Ref()), answer)
		}
		p.println("%s read whole as of run %d (%s).", readOf(answer.Regions), run.ID, catalog.Moment(run.StartedAt))
		p.println("")
		return c.print(p, coverageSummary(answer.Regions), answer)
	})
}

// readOf says how many regions the run read.
func readOf(regions []ask.Coverage) string {
	read := 0
	for _, r := range regions {
		if r.Models.Outcome == catalog.Complete && r.Profiles.Outcome == catalog.Complete {
			read++
		}
	}
	if read == len(regions) {
		return catalog.Counted(read, "region")
	}
	return fmt.Sprintf("%d of %s", read, catalog.Counted(len(regions), "region"))
}

func coverageSummary(regions []ask.Coverage) *terminal.Table {
	t := &terminal.Table{Head: []string{"region", "models", "callable", "profiles", "lists"}}
	for _, r := range regions {
		callable := "-"
		if r.Models.Confirmed != nil || r.Profiles.Confirmed != nil {
			callable = fmt.Sprint(r.Callable)
		}
		t.Add(r.Region, counted(r.Models), callable, counted(r.Profiles), r.Words())
	}
	return t
}

// counted is how many items a list has, "-" if it was never read.
func counted(l ask.List) string {
	if l.Confirmed == nil {
		return "-"
	}
	return fmt.Sprint(l.Items)
}

func coverageRows(regions []ask.Coverage) *terminal.Table {
	t := &terminal.Table{Head: []string{"region", "kind", "outcome", "error_code", "confirmed_run", "confirmed_at", "items", "callable"}}
	for _, r := range regions {
		add := func(kind catalog.Kind, l ask.List, callable string) {
			run, at, items := "", "", ""
			if l.Confirmed != nil {
				run, at, items = fmt.Sprint(l.Confirmed.ID), sheet.At(l.Confirmed), fmt.Sprint(l.Items)
			}
			t.Add(r.Region, string(kind), string(l.Outcome), l.ErrorCode, run, at, items, callable)
		}
		add(catalog.KindFoundationModel, r.Models, fmt.Sprint(r.Callable))
		add(catalog.KindInferenceProfile, r.Profiles, "")
	}
	return t
}
