package main

import (
	"iter"
	"path"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/report"
)

// regionFilter chooses regions by globs. Without any, it lets all through.
type regionFilter struct {
	Region        []string `placeholder:"GLOB" help:"Only regions that match, such as eu-*."`
	ExcludeRegion []string `placeholder:"GLOB" help:"No regions that match."`
}

// Validate implements kong's hook.
func (f *regionFilter) Validate() error { return validGlobs(f.Region, f.ExcludeRegion) }

func (f regionFilter) includes(region string) bool {
	return (len(f.Region) == 0 || catalog.MatchesAny(f.Region, region)) && !catalog.MatchesAny(f.ExcludeRegion, region)
}

// filter chooses regions, and models by id or by provider. A profile goes with
// the models that it routes to.
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

func validGlobs(lists ...[]string) error {
	for _, glob := range slices.Concat(lists...) {
		if _, err := path.Match(glob, ""); err != nil {
			return usageError("%q is not a valid glob: use * for any text, ? for one character, [a-z] for a range", terminal.OneLine(glob))
		}
	}
	return nil
}

// apply returns what of the snapshots passes; a nil one stays nil. An item that
// passes on one side passes on all: one whose provider or routing changed, or
// whose model is listed on one side only, must not look added or removed.
func (f filter) apply(snapshots ...*catalog.Snapshot) []*catalog.Snapshot {
	if f.isAll() {
		return snapshots
	}
	passes := f.passing(snapshots)
	kept := make([]*catalog.Snapshot, len(snapshots))
	for i, s := range snapshots {
		if s != nil {
			kept[i] = f.thin(s, passes)
		}
	}
	return kept
}

// thin is what of s is in the chosen regions and passes. It shares items with s.
func (f filter) thin(s *catalog.Snapshot, passes map[string]bool) *catalog.Snapshot {
	kept := &catalog.Snapshot{Run: s.Run, Together: map[string]*catalog.Joint{}}
	for _, scope := range s.Scopes {
		if f.includes(scope.Region) {
			scope.Items = only(scope.Items, passes)
			kept.Scopes = append(kept.Scopes, scope)
		}
	}
	for region, joint := range s.Together {
		if joint != nil {
			joint = &catalog.Joint{Run: joint.Run, Items: only(joint.Items, passes)}
		}
		kept.Together[region] = joint
	}
	return kept
}

func only(items []catalog.Item, passes map[string]bool) []catalog.Item {
	return slices.DeleteFunc(slices.Clone(items), func(item catalog.Item) bool { return !passes[item.Key()] })
}

// passing are the ids of the items that pass in any of the snapshots, and of the
// models that are routed to and pass.
func (f filter) passing(snapshots []*catalog.Snapshot) map[string]bool {
	byProvider := map[string]bool{} // models
	for item := range items(snapshots) {
		if m, ok := item.(*catalog.FoundationModel); ok && catalog.MatchesAny(f.Provider, m.Provider) {
			byProvider[m.ID] = true
		}
	}
	passes := map[string]bool{}
	for item := range items(snapshots) {
		models := []string{item.Key()}
		if p, ok := item.(*catalog.InferenceProfile); ok {
			models = p.Models()
		}
		for _, id := range models {
			if (len(f.Model) == 0 || catalog.MatchesAny(f.Model, id)) && (len(f.Provider) == 0 || byProvider[id]) {
				passes[id], passes[item.Key()] = true, true
			}
		}
	}
	return passes
}

// isAll reports whether everything passes.
func (f filter) isAll() bool {
	return len(f.Region)+len(f.ExcludeRegion)+len(f.Model)+len(f.Provider) == 0
}

// words are the flags that make up the filter.
func (f filter) words() string {
	var words []string
	for _, one := range []struct {
		flag  string
		globs []string
	}{{"--region", f.Region}, {"--exclude-region", f.ExcludeRegion}, {"--model", f.Model}, {"--provider", f.Provider}} {
		for _, glob := range one.globs {
			words = append(words, one.flag+" "+glob)
		}
	}
	return strings.Join(words, " ")
}

// judge tells the ids that pass in any of the snapshots, of models that are only
// routed to as well. A filter that lets nothing through is a mistake: what it
// told, "nothing changed", would be taken for an answer.
func (f filter) judge(snapshots ...*catalog.Snapshot) (map[string]bool, error) {
	var regions []string
	for _, s := range snapshots {
		if s != nil {
			regions = append(regions, s.Regions()...)
		}
	}
	slices.Sort(regions)
	regions = slices.Compact(regions)
	if len(regions) > 0 && !slices.ContainsFunc(regions, f.includes) {
		return nil, usageError("no region on record passes --region and --exclude-region; there are %s", strings.Join(regions, ", "))
	}
	passes := f.passing(snapshots)
	if len(f.Model)+len(f.Provider) > 0 && len(passes) == 0 {
		return nil, usageError("no model on record passes --model and --provider: upper and lower case count, and * stands for any text")
	}
	return passes, nil
}

// only chooses of a report what passes in any of the snapshots; nil is all.
func (f filter) only(snapshots ...*catalog.Snapshot) (*report.Only, error) {
	if f.isAll() {
		return nil, nil
	}
	passes, err := f.judge(snapshots...)
	if err != nil {
		return nil, err
	}
	return &report.Only{Words: f.words(), Region: f.includes, Item: func(id string) bool { return passes[id] }}, nil
}

// items are all items that the snapshots hold.
func items(snapshots []*catalog.Snapshot) iter.Seq[catalog.Item] {
	return func(yield func(catalog.Item) bool) {
		for _, s := range snapshots {
			if s == nil {
				continue
			}
			for _, list := range lists(s) {
				for _, item := range list {
					if !yield(item) {
						return
					}
				}
			}
		}
	}
}

func lists(s *catalog.Snapshot) [][]catalog.Item {
	var lists [][]catalog.Item
	for _, scope := range s.Scopes {
		lists = append(lists, scope.Items)
	}
	for _, joint := range s.Together {
		if joint != nil {
			lists = append(lists, joint.Items)
		}
	}
	return lists
}
