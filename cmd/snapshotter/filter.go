package main

import (
	"path"
	"slices"

	"snapshotter/catalog"
)

// regionFilter chooses regions by globs. Without any, it lets all through.
type regionFilter struct {
	Region        []string `placeholder:"GLOB" help:"Only regions that match, such as eu-*."`
	ExcludeRegion []string `placeholder:"GLOB" help:"No regions that match."`
}

// Validate implements kong's hook.
func (f *regionFilter) Validate() error { return validGlobs(f.Region, f.ExcludeRegion) }

func (f regionFilter) includes(region string) bool {
	return (len(f.Region) == 0 || matchesAny(f.Region, region)) && !matchesAny(f.ExcludeRegion, region)
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
			return usageError("%q is no glob: * stands for any text, ? for one character, [a-z] for a range", oneLine(glob))
		}
	}
	return nil
}

func matchesAny(globs []string, text string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		matched, _ := path.Match(glob, text) // Validate has read it
		return matched
	})
}

// apply returns what of s passes. It shares items with s.
func (f filter) apply(s *catalog.Snapshot) *catalog.Snapshot {
	if len(f.Region)+len(f.ExcludeRegion)+len(f.Model)+len(f.Provider) == 0 {
		return s
	}
	providers := providers(s)
	kept := &catalog.Snapshot{Run: s.Run, Together: map[string]*catalog.Joint{}}
	for _, scope := range s.Scopes {
		if !f.includes(scope.Region) {
			continue
		}
		scope.Items = f.items(scope.Items, providers)
		kept.Scopes = append(kept.Scopes, scope)
	}
	for region, joint := range s.Together {
		if joint != nil {
			joint = &catalog.Joint{Run: joint.Run, Items: f.items(joint.Items, providers)}
		}
		kept.Together[region] = joint
	}
	return kept
}

// providers tells each model's provider, also for the regions that only route
// to it.
func providers(s *catalog.Snapshot) map[string]string {
	providers := map[string]string{}
	for _, scope := range s.Scopes {
		for _, item := range scope.Items {
			if m, ok := item.(*catalog.FoundationModel); ok {
				providers[m.ID] = m.Provider
			}
		}
	}
	return providers
}

func (f filter) items(items []catalog.Item, providers map[string]string) []catalog.Item {
	return slices.DeleteFunc(slices.Clone(items), func(item catalog.Item) bool {
		models := []string{item.Key()}
		if p, ok := item.(*catalog.InferenceProfile); ok {
			models = p.Models()
		}
		return !slices.ContainsFunc(models, func(id string) bool {
			return (len(f.Model) == 0 || matchesAny(f.Model, id)) &&
				(len(f.Provider) == 0 || matchesAny(f.Provider, providers[id]))
		})
	})
}
