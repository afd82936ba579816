package main

import (
	"path"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/configfile"
	"snapshotter/internal/terminal"
	"snapshotter/report"
)

// regionFilter are the flags that choose regions.
type regionFilter struct {
	Region        []string `placeholder:"REGION" help:"Only these regions: a code or glob (eu-*), a city (tokyo) or a boundary (EU, UK, …)."`
	ExcludeRegion []string `placeholder:"REGION" help:"Not these regions."`
}

// Validate implements kong's hook.
func (f *regionFilter) Validate() error { return validGlobs(f.Region, f.ExcludeRegion) }

func (f regionFilter) chosen() ask.Filter {
	return ask.Filter{Regions: f.Region, ExcludeRegions: f.ExcludeRegion}
}

// filter are the flags that choose regions and models.
type filter struct {
	regionFilter `embed:""`
	Model        []string `placeholder:"MODEL" help:"Only these models and their profiles: a part of the ID or name (opus), or a glob (anthropic.*)."`
	Provider     []string `placeholder:"NAME" help:"Only models of these providers, such as anthropic, and their profiles."`
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
			return usageError("%w", &catalog.GlobError{Glob: terminal.OneLine(glob)})
		}
	}
	return nil
}

// check refuses a region that is not on record: "nothing changed there" would look
// like an answer.
func (f regionFilter) check(snapshots ...*catalog.Snapshot) error {
	var regions []string
	for _, s := range snapshots {
		if s != nil {
			regions = append(regions, s.Regions()...)
		}
	}
	slices.Sort(regions)
	regions = slices.Compact(regions)
	for _, choice := range f.Region {
		if len(regions) > 0 && !slices.ContainsFunc(regions, func(region string) bool { return ask.ChoosesRegion([]string{choice}, region) }) {
			return unknownRegion("--region", choice, regions)
		}
	}
	if len(regions) > 0 && !slices.ContainsFunc(regions, f.chosen().IncludesRegion) {
		return usageError("no region on record matches --region and --exclude-region; there are %s", strings.Join(regions, ", "))
	}
	return nil
}

func unknownRegion(flag, choice string, regions []string) error {
	if near := configfile.Nearest(strings.ToLower(choice), regions); near != "" {
		return usageError("no region on record matches %s %q; did you mean %q?", flag, terminal.OneLine(choice), near)
	}
	return usageError("no region on record matches %s %q; there are %s", flag, terminal.OneLine(choice), strings.Join(regions, ", "))
}

// apply returns what the filter chooses of a snapshot.
func (f filter) apply(s *catalog.Snapshot) (*catalog.Snapshot, error) {
	if err := f.check(s); err != nil {
		return nil, err
	}
	return f.chosen().Apply(s)[0], nil
}

// matching returns the IDs that match in any of the snapshots. A filter that
// matches nothing is a mistake: "nothing changed" would look like an answer.
func (f filter) matching(snapshots ...*catalog.Snapshot) (map[string]bool, error) {
	if err := f.check(snapshots...); err != nil {
		return nil, err
	}
	matching := f.chosen().Matching(snapshots...)
	if len(f.Model)+len(f.Provider) > 0 && len(matching) == 0 {
		return nil, usageError("no model on record matches --model and --provider; the providers are %s", strings.Join(ask.Providers(snapshots...), ", "))
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
	return onlyOf(f.chosen(), matching), nil
}

func onlyOf(chosen ask.Filter, matching map[string]bool) *report.Only {
	return &report.Only{Words: chosen.Words(), Region: chosen.IncludesRegion, Item: func(id string) bool { return matching[id] }}
}
