package ask

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"snapshotter/catalog"
)

// Replacement is a model to use in place of another. It is a candidate by rule or
// the user's own choice, never advice of AWS.
type Replacement struct {
	Model string `json:"model"`
	Name  string `json:"name,omitempty"`
	// Ways are the IDs to pass, each with the regions to pass it from; Without are
	// the regions asked for from which the model cannot be called. Both are sorted.
	Ways    []ReplacementWay `json:"ways"`
	Without []string         `json:"without"`
	// Chosen is set if the user named it.
	Chosen bool `json:"chosen,omitempty"`
}

// ReplacementWay is an ID to pass from some regions.
type ReplacementWay struct {
	ID      string   `json:"model_id"`
	Regions []string `json:"regions"`
}

// Replacements returns what can be called in place of old from any of regions, the
// best first; empty if nothing can. By rule, a candidate has the same provider and
// output, takes at least the same input, streams if old does (a reranker gives text
// as well, and is no chat model), is ACTIVE, and has a later start of life;
// where that of old is not said, any is later. Its calls stay within places, if
// there are any. The same family comes first, then what most of the regions can call, then what has
// no end of life, the nearest name, and the latest start of life.
//
// Chosen are the models that the user named, by the model that they replace. They
// come first and need only be callable.
func (d *Directory) Replacements(old *catalog.FoundationModel, regions, places []string, chosen map[string]string) []Replacement {
	found := []Replacement{}
	for _, id := range d.candidateIDs() {
		named := chosen[old.ID] == id
		if id == old.ID || !named && !replaces(d.anyListed(id), old) || d.families.IsVariant(id) {
			continue
		}
		r := Replacement{Model: id, Name: d.names[id], Ways: []ReplacementWay{}, Without: []string{}, Chosen: named}
		d.addWays(&r, regions, places)
		if len(r.Ways) > 0 || named {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b Replacement) int { return d.compareReplacements(old, a, b) })
	return found
}

// Replacement returns the best of [Directory.Replacements], whatever places its calls
// run in; nil if there is none.
func (d *Directory) Replacement(old *catalog.FoundationModel, regions []string, chosen map[string]string) *Replacement {
	found := d.Replacements(old, regions, nil, chosen)
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}

// IDs are the IDs to pass, sorted; nil for none.
func (r *Replacement) IDs() []string {
	if r == nil {
		return nil
	}
	var ids []string
	for _, way := range r.Ways {
		ids = append(ids, way.ID)
	}
	return ids
}

// anyListed returns a model as the first region that has it as ACTIVE lists it,
// else as the first region lists it, nil if none does.
func (d *Directory) anyListed(id string) *catalog.FoundationModel {
	d.index.Do(func() {
		d.listed = map[string]*catalog.FoundationModel{}
		for _, code := range d.regions {
			for id, m := range d.ground[code].Models {
				if known := d.listed[id]; known == nil || known.Lifecycle.Status != catalog.StatusActive && m.Lifecycle.Status == catalog.StatusActive {
					d.listed[id] = m
				}
			}
		}
		d.ids = slices.Sorted(maps.Keys(d.names))
	})
	return d.listed[id]
}

// candidateIDs are the IDs of all models, sorted.
func (d *Directory) candidateIDs() []string {
	d.anyListed("")
	return d.ids
}

// replaces reports whether candidate may replace old by rule.
func replaces(candidate, old *catalog.FoundationModel) bool {
	return candidate != nil && candidate.Lifecycle.Status == catalog.StatusActive &&
		candidate.Provider == old.Provider &&
		slices.Equal(candidate.OutputModalities, old.OutputModalities) &&
		(!streams(old) || streams(candidate)) &&
		!slices.ContainsFunc(old.InputModalities, func(m string) bool { return !slices.Contains(candidate.InputModalities, m) }) &&
		candidate.Lifecycle.StartOfLife.After(old.Lifecycle.StartOfLife)
}

// region returns what a region lists, never nil.
func (d *Directory) region(code string) *catalog.Region {
	if region := d.ground[code]; region != nil {
		return region
	}
	return catalog.NewRegion()
}

func (d *Directory) addWays(r *Replacement, regions, places []string) {
	ways := map[string][]string{}
	for _, region := range regions {
		if path, ok := d.bestPath(region, r.Model, places); ok {
			ways[path.ModelID] = append(ways[path.ModelID], region)
		} else {
			r.Without = append(r.Without, region)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ways)) {
		slices.Sort(ways[id])
		r.Ways = append(r.Ways, ReplacementWay{id, slices.Compact(ways[id])})
	}
	slices.Sort(r.Without)
	r.Without = slices.Compact(r.Without)
}

// bestPath returns the first way to call an ACTIVE model of a region within places:
// on demand, else by a profile of a geography, else by a global one.
func (d *Directory) bestPath(region, model string, places []string) (catalog.Path, bool) {
	if m := d.region(region).Models[model]; m != nil && m.Lifecycle.Status != catalog.StatusActive {
		return catalog.Path{}, false
	}
	paths := slices.DeleteFunc(d.callablePaths(region, model), func(p catalog.Path) bool { return !p.Within(region, places) })
	if len(paths) == 0 {
		return catalog.Path{}, false
	}
	return slices.MinFunc(paths, func(a, b catalog.Path) int {
		return cmp.Or(compareBool(a.Geography == GlobalGeography, b.Geography == GlobalGeography), compareBool(a.Access != catalog.OnDemand, b.Access != catalog.OnDemand))
	}), true
}

// compareBool orders false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// callablePaths returns the ways to call a model from a region, without those that
// lead nowhere.
func (d *Directory) callablePaths(region, model string) []catalog.Path {
	return slices.DeleteFunc(d.region(region).Paths(model), func(p catalog.Path) bool {
		return !p.Callable() || d.presence.Doubtful(model, p.Destinations)
	})
}

func (d *Directory) compareReplacements(old *catalog.FoundationModel, a, b Replacement) int {
	one, two := d.anyListed(a.Model), d.anyListed(b.Model)
	family := line(old.Name)
	return cmp.Or(
		compareBool(!a.Chosen, !b.Chosen),
		compareBool(!slices.Equal(line(a.Name), family), !slices.Equal(line(b.Name), family)),
		cmp.Compare(len(a.Without), len(b.Without)),
		compareBool(ends(one), ends(two)),
		-cmp.Compare(shared(line(a.Name), family), shared(line(b.Name), family)),
		startOf(two).Compare(startOf(one)),
		strings.Compare(a.Model, b.Model),
	)
}

func streams(m *catalog.FoundationModel) bool { return m.Streaming != nil && *m.Streaming }

func ends(m *catalog.FoundationModel) bool { return m != nil && !m.Lifecycle.EndOfLife.IsZero() }

func startOf(m *catalog.FoundationModel) (at time.Time) {
	if m != nil {
		at = m.Lifecycle.StartOfLife
	}
	return at
}

// line returns the words of a model's name without versions and sizes: "Claude
// Sonnet" of "Claude 3.5 Sonnet v2".
func line(name string) []string {
	return slices.DeleteFunc(strings.Fields(strings.ToLower(name)), func(word string) bool {
		return strings.ContainsFunc(word, unicode.IsDigit)
	})
}

func shared(a, b []string) int {
	n := 0
	for _, word := range a {
		if slices.Contains(b, word) {
			n++
		}
	}
	return n
}
