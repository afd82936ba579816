package ask

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/ordered"
)

// Entry is a foundation model with every region that lists it or has a profile
// for it.
type Entry struct {
	ID string `json:"id"`
	// Name and Provider are those of the first region, by code, that lists it;
	// "" if none does.
	Name     string     `json:"name,omitempty"`
	Provider string     `json:"provider,omitempty"`
	Regions  []InRegion `json:"regions"` // sorted by region
	// VariantOf is the model that ID is a variant of, "" if it is none.
	VariantOf string `json:"variant_of,omitempty"`
}

// InRegion is a model in one region, as last confirmed there.
type InRegion struct {
	Region string `json:"region"`
	// Model is what the region lists; nil if only a profile names the model.
	Model *catalog.FoundationModel `json:"foundation_model"`
	Paths []catalog.Path           `json:"paths"` // on demand first, provisioned last
	// Doubtful are the IDs of the profiles among Paths that route to no region that
	// lists the model: they call nothing.
	Doubtful []string `json:"doubtful,omitempty"`
	// Carried is set if the run itself did not read a list that this rests on,
	// so that it may have changed since.
	Carried bool `json:"carried"`
	// Unsaid is set if the lists leave open whether anything but Paths can call it.
	Unsaid bool `json:"unsaid,omitempty"`
}

// Models returns the models that any region of the snapshot lists, or that a
// profile there routes to, sorted by ID.
func Models(s *catalog.Snapshot) []Entry {
	entries := map[string]*Entry{}
	presence, families := catalog.NewPresence(s), catalog.NewFamilies(s)
	for _, code := range s.Regions() {
		region := s.Region(code)
		carried := !readWhole(s, code)
		for _, id := range region.ModelIDs() {
			e := entries[id]
			if e == nil {
				e = &Entry{ID: id}
				if families.IsVariant(id) {
					e.VariantOf = families.Base(id)
				}
				entries[id] = e
			}
			at := InRegion{Region: code, Model: region.Models[id], Paths: append([]catalog.Path{}, region.Paths(id)...), Carried: carried, Unsaid: region.AccessUnsaid(id)}
			if at.Model != nil && e.Name == "" {
				e.Name, e.Provider = at.Model.Name, at.Model.Provider
			}
			for _, path := range at.Paths {
				if presence.Doubtful(id, path.Destinations) {
					at.Doubtful = append(at.Doubtful, path.ModelID)
				}
			}
			e.Regions = append(e.Regions, at)
		}
	}
	var all []Entry
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		all = append(all, *entries[id])
	}
	return all
}

// readWhole reports whether the run itself read all of a region's lists.
func readWhole(s *catalog.Snapshot, region string) bool {
	for _, kind := range catalog.Kinds() {
		if scope := s.Scope(catalog.Scope{Region: region, Kind: kind}); scope == nil || !scope.Fresh() {
			return false
		}
	}
	return true
}

// Mark is how a model can be called from a region, in one word.
type Mark string

const (
	MarkOnDemand    Mark = "on-demand"
	MarkGeographic  Mark = "geographic-profile"
	MarkGlobal      Mark = "global-profile"
	MarkProvisioned Mark = "provisioned-only"
	MarkDoubtful    Mark = "doubtful"     // a profile remains, but no region it routes to lists the model
	MarkListed      Mark = "listed-only"  // and nothing can call it
	MarkAbsent      Mark = "absent"       // both lists were read, and it is in neither
	MarkUnobserved  Mark = "not-observed" // a list was not read or does not say, so nothing is known
)

// Marks returns all marks, in the order in which they are shown.
func Marks() []Mark {
	return []Mark{MarkOnDemand, MarkGeographic, MarkGlobal, MarkProvisioned, MarkDoubtful, MarkListed, MarkAbsent, MarkUnobserved}
}

// Cell is a model in one region of a matrix.
type Cell struct {
	Region string `json:"region"`
	Marks  []Mark `json:"marks"` // one, or several ways to call it
	// Carried is as in [InRegion].
	Carried bool `json:"carried"`
}

// Matrix returns for every entry a cell for every region of the snapshot, both in
// their order.
func Matrix(s *catalog.Snapshot, entries []Entry) [][]Cell {
	regions := s.Regions()
	carried := map[string]bool{}
	for _, region := range regions {
		carried[region] = !readWhole(s, region)
	}
	var rows [][]Cell
	for _, e := range entries {
		there := map[string]InRegion{}
		for _, at := range e.Regions {
			there[at.Region] = at
		}
		row := make([]Cell, len(regions))
		for i, region := range regions {
			row[i] = cell(region, there, carried[region])
		}
		rows = append(rows, row)
	}
	return rows
}

func cell(region string, there map[string]InRegion, carried bool) Cell {
	at, found := there[region]
	switch {
	case found:
		return Cell{region, at.Marks(), carried}
	case carried:
		return Cell{region, []Mark{MarkUnobserved}, true}
	}
	return Cell{region, []Mark{MarkAbsent}, false}
}

// Callable returns the paths that can be used as they are.
func (at InRegion) Callable() []catalog.Path {
	return slices.DeleteFunc(slices.Clone(at.Paths), func(p catalog.Path) bool {
		return !p.Callable() || slices.Contains(at.Doubtful, p.ModelID)
	})
}

// Marks returns the marks of a model in a region, in the order of [Marks].
func (at InRegion) Marks() []Mark {
	var found []Mark
	for _, path := range at.Callable() {
		switch {
		case path.Access == catalog.OnDemand:
			found = append(found, MarkOnDemand)
		case path.Access == catalog.ViaProfile && path.Geography == GlobalGeography:
			found = append(found, MarkGlobal)
		case path.Access == catalog.ViaProfile:
			found = append(found, MarkGeographic)
		}
	}
	switch {
	case len(found) > 0:
		slices.SortFunc(found, func(a, b Mark) int { return slices.Index(Marks(), a) - slices.Index(Marks(), b) })
		return slices.Compact(found)
	case at.Unsaid:
		return []Mark{MarkUnobserved}
	case at.Has(catalog.Provisioned):
		return []Mark{MarkProvisioned}
	case len(at.Doubtful) > 0:
		return []Mark{MarkDoubtful}
	}
	return []Mark{MarkListed}
}

// GlobalGeography is the prefix of profiles that may run in any commercial
// region.
const GlobalGeography = "global"

// ProviderNames is a provider with the names of its models.
type ProviderNames struct {
	Provider string
	Models   int
	// Names are sorted, each once; that of a model that some region lists as LEGACY
	// says so.
	Names []string
}

// ByProvider joins models by provider, in the order of the providers' names.
func ByProvider(entries []Entry) []ProviderNames {
	var all []ProviderNames
	for _, same := range ordered.By(entries, func(e Entry) string { return e.Provider }) {
		names := ProviderNames{Provider: cmp.Or(same.Key, "not said"), Models: len(same.Values)}
		for _, e := range same.Values {
			name := cmp.Or(e.Name, e.ID)
			if strings.Contains(e.Statuses(), catalog.StatusLegacy) {
				name += " (LEGACY)"
			}
			names.Names = append(names.Names, name)
		}
		slices.Sort(names.Names)
		names.Names = slices.Compact(names.Names)
		all = append(all, names)
	}
	slices.SortFunc(all, func(a, b ProviderNames) int { return cmp.Compare(a.Provider, b.Provider) })
	return all
}
