package ask

import (
	"iter"
	"slices"
	"strings"

	"snapshotter/catalog"
)

// Filter chooses regions, and models by ID or provider, with globs; a profile goes
// with the models that it routes to. No glob of a kind means all.
type Filter struct {
	Regions, ExcludeRegions []string
	Models, Providers       []string
}

// All reports whether the filter chooses everything.
func (f Filter) All() bool {
	return len(f.Regions)+len(f.ExcludeRegions)+len(f.Models)+len(f.Providers) == 0
}

// IncludesRegion reports whether the filter chooses a region.
func (f Filter) IncludesRegion(region string) bool {
	return (len(f.Regions) == 0 || catalog.MatchesAny(f.Regions, region)) && !catalog.MatchesAny(f.ExcludeRegions, region)
}

// OnlyRegions is the filter without its choice of models.
func (f Filter) OnlyRegions() Filter {
	return Filter{Regions: f.Regions, ExcludeRegions: f.ExcludeRegions}
}

// Apply returns what the filter chooses of each snapshot; a nil one stays nil. What
// matches in one snapshot is kept in all: an item whose provider or routing
// changed, or whose model is listed on one side only, must not look added or
// removed. The results share items with the snapshots.
func (f Filter) Apply(snapshots ...*catalog.Snapshot) []*catalog.Snapshot {
	if f.All() {
		return snapshots
	}
	matching := f.Matching(snapshots...)
	kept := make([]*catalog.Snapshot, len(snapshots))
	for i, s := range snapshots {
		if s != nil {
			kept[i] = f.thin(s, matching)
		}
	}
	return kept
}

func (f Filter) thin(s *catalog.Snapshot, matching map[string]bool) *catalog.Snapshot {
	kept := &catalog.Snapshot{Run: s.Run, Together: map[string]*catalog.Joint{}}
	for _, scope := range s.Scopes {
		if f.IncludesRegion(scope.Region) {
			scope.Items = only(scope.Items, matching)
			kept.Scopes = append(kept.Scopes, scope)
		}
	}
	for region, joint := range s.Together {
		if joint != nil {
			joint = &catalog.Joint{Run: joint.Run, Items: only(joint.Items, matching)}
		}
		kept.Together[region] = joint
	}
	return kept
}

func only(items []catalog.Item, matching map[string]bool) []catalog.Item {
	return slices.DeleteFunc(slices.Clone(items), func(item catalog.Item) bool { return !matching[item.Key()] })
}

// Matching returns the IDs of the items that match in any of the snapshots, and of
// the models that are routed to and match; nil snapshots are skipped.
func (f Filter) Matching(snapshots ...*catalog.Snapshot) map[string]bool {
	byProvider := map[string]bool{} // models
	for item := range items(snapshots) {
		if m, ok := item.(*catalog.FoundationModel); ok && catalog.MatchesAny(f.Providers, m.Provider) {
			byProvider[m.ID] = true
		}
	}
	matching := map[string]bool{}
	for item := range items(snapshots) {
		models := []string{item.Key()}
		if p, ok := item.(*catalog.InferenceProfile); ok {
			models = p.Models()
		}
		for _, id := range models {
			if (len(f.Models) == 0 || catalog.MatchesAny(f.Models, id)) && (len(f.Providers) == 0 || byProvider[id]) {
				matching[id], matching[item.Key()] = true, true
			}
		}
	}
	return matching
}

// Words spells the filter for a title: "eu-*, Anthropic".
func (f Filter) Words() string {
	words := slices.Concat(f.Regions, f.Models, f.Providers)
	for _, glob := range f.ExcludeRegions {
		words = append(words, "not "+glob)
	}
	return strings.Join(words, ", ")
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
