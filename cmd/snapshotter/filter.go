package main

import (
	"path"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/report"
)

// regionFilter are the flags that choose regions.
type regionFilter struct {
	Region        []string `placeholder:"GLOB" help:"Only regions that match, such as eu-*."`
	ExcludeRegion []string `placeholder:"GLOB" help:"No regions that match."`
}

// Validate implements kong's hook.
func (f *regionFilter) Validate() error { return validGlobs(f.Region, f.ExcludeRegion) }

func (f regionFilter) chosen() ask.Filter {
	return ask.Filter{Regions: f.Region, ExcludeRegions: f.ExcludeRegion}
}

// filter are the flags that choose regions and models.
type filter struct {
	regionFilter `embed:""`
	Model        []string `placeholder:"GLOB" help:"Only models that match, such as anthropic.*, and their profiles."`
	Provider     []string `placeholder:"GLOB" help:"Only models of providers that match, such as Anthropic, and their profiles."`
}

// Validate implements kong's hook.
func (f *filter) Validate() error {
	if err := f.regionFilter.Validate(); err != nil {
		return err
	}
	return validGlobs(f.Model, f.Provider)
}

func (f filter) chosen() ask.Filter {
	return ask.Filter{Regions: f.Region, ExcludeRegions: f.ExcludeRegion, Models: f.Model, Providers: f.Provider}
}

func validGlobs(lists ...[]string) error {
	for _, glob := range slices.Concat(lists...) {
		if _, err := path.Match(glob, ""); err != nil {
			return usageError("%q is not a valid glob: use * for any text, ? for one character, [a-z] for a range", terminal.OneLine(glob))
		}
	}
	return nil
}

// matching returns the IDs that match in any of the snapshots. A filter that
// matches nothing is a mistake: "nothing changed" would look like an answer.
func (f filter) matching(snapshots ...*catalog.Snapshot) (map[string]bool, error) {
	var regions []string
	for _, s := range snapshots {
		if s != nil {
			regions = append(regions, s.Regions()...)
		}
	}
	slices.Sort(regions)
	regions = slices.Compact(regions)
	if len(regions) > 0 && !slices.ContainsFunc(regions, f.chosen().IncludesRegion) {
		return nil, usageError("no region on record matches --region and --exclude-region; there are %s", strings.Join(regions, ", "))
	}
	matching := f.chosen().Matching(snapshots...)
	if len(f.Model)+len(f.Provider) > 0 && len(matching) == 0 {
		return nil, usageError("no model on record matches --model and --provider: case counts, and * matches any text")
	}
	return matching, nil
}

// only chooses what a report covers; nil is everything.
func (f filter) only(snapshots ...*catalog.Snapshot) (*report.Only, error) {
	if f.chosen().All() {
		return nil, nil
	}
	matching, err := f.matching(snapshots...)
	if err != nil {
		return nil, err
	}
	return &report.Only{Words: f.chosen().Words(), Region: f.chosen().IncludesRegion, Item: func(id string) bool { return matching[id] }}, nil
}
