package main

import (
	"context"
	"fmt"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
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
			return c.print(p, sheet.AsOf(sheet.CoverageRows(answer.Regions), run.Ref()), answer)
		}
		p.println("%s read whole as of run %d (%s).", readOf(answer.Regions), run.ID, catalog.Moment(run.StartedAt))
		p.println("")
		return c.print(p, sheet.Coverage(answer.Regions), answer)
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
