package ask

import (
	"iter"
	"slices"
	"strings"

	"snapshotter/catalog"
)

// Filter chooses regions, and models by ID, name or provider; a profile goes with
// the models that it routes to. Case does not matter. A model or provider is
// chosen by a glob ("anthropic.*") or by a part of it ("opus"); a region by a glob
// of codes ("eu-*"), its city ("tokyo") or a [catalog.Boundary] ("EU"). No choice of
// a kind means all.
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
	return (len(f.Regions) == 0 || ChoosesRegion(f.Regions, region)) && !ChoosesRegion(f.ExcludeRegions, region)
}

// Names reports whether the filter chooses a model of these names, its ID among them.
func (f Filter) Names(names ...string) bool {
	return len(f.Models) == 0 || slices.ContainsFunc(names, func(name string) bool { return choosesText(f.Models, name) })
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
			joint = &catalog.Joint{Run: joint.Run, Items: only(joint.Items, matching), Said: only(joint.Said, matching)}
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
	byProvider, byName := map[string]bool{}, map[string]bool{} // models
	for item := range items(snapshots) {
		if m, ok := item.(*catalog.FoundationModel); ok {
			byProvider[m.ID] = byProvider[m.ID] || choosesText(f.Providers, m.Provider)
			byName[m.ID] = byName[m.ID] || choosesText(f.Models, m.Name)
		}
	}
	matching := map[string]bool{}
	for item := range items(snapshots) {
		models := []string{item.Key()}
		if p, ok := item.(*catalog.InferenceProfile); ok {
			models = p.Models()
		}
		for _, id := range models {
			if (len(f.Models) == 0 || choosesText(f.Models, id) || byName[id]) && (len(f.Providers) == 0 || byProvider[id]) {
				matching[id], matching[item.Key()] = true, true
			}
		}
	}
	return matching
}

// ChoosesRegion reports whether any of choices means a region: a glob of codes, a
// city, or a boundary.
func ChoosesRegion(choices []string, region string) bool {
	return slices.ContainsFunc(choices, func(choice string) bool {
		folded := strings.ToLower(choice)
		if catalog.MatchesAny([]string{folded}, region) || slices.Contains(catalog.RegionsIn(folded), region) {
			return true
		}
		boundary, named := catalog.BoundaryNamed(choice)
		return named && slices.Contains(boundary.Regions, region)
	})
}

// choosesText reports whether any of choices, globs or parts, means one of texts.
func choosesText(choices []string, text string) bool {
	text = strings.ToLower(text)
	return text != "" && slices.ContainsFunc(choices, func(choice string) bool {
		choice = strings.ToLower(choice)
		if strings.ContainsAny(choice, `*?[\`) {
			return catalog.MatchesAny([]string{choice}, text)
		}
		return strings.Contains(text, choice)
	})
}

// Words spells the filter for a title: "eu-*, Anthropic".
func (f Filter) Words() string {
	words := slices.Concat(f.Regions, f.Models, f.Providers)
	for _, glob := range f.ExcludeRegions {
		words = append(words, "not "+glob)
	}
	return strings.Join(words, ", ")
}

// Providers are the providers of the models that any of snapshots lists, sorted;
// nil snapshots are skipped.
func Providers(snapshots ...*catalog.Snapshot) []string {
	var providers []string
	for item := range items(snapshots) {
		if m, ok := item.(*catalog.FoundationModel); ok && m.Provider != "" {
			providers = append(providers, m.Provider)
		}
	}
	slices.Sort(providers)
	return slices.Compact(providers)
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
