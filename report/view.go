package report

import (
	"maps"
	"slices"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
)

// view indexes the two snapshots and their changes for the builders of stories.
type view struct {
	result    *diff.Result
	only      *Only
	leftOut   int // stories that the reader did not choose
	families  *catalog.Families
	presence  *catalog.Presence
	directory *ask.Directory
	// replacements are the user's own, by the model that they replace.
	replacements map[string]string
	base, head   *catalog.Snapshot // base is empty on a first run
	before       map[string]*catalog.Region
	after        map[string]*catalog.Region
	listed       map[catalog.Kind]map[string][]string // regions that head lists an id in
	moved        map[itemIn][]catalog.Access          // access that a model gained or lost
	events       map[itemIn]diff.Kind                 // what happened to the path with this ID
	removed      map[string]bool                      // models that a region no longer lists
	arrived      map[itemIn]bool                      // items that a region came to list
	firstRead    map[catalog.Scope]bool               // lists that were first read in this comparison
}

// itemIn is an item in a region.
type itemIn struct{ region, id string }

func newView(result *diff.Result, base, head *catalog.Snapshot) *view {
	if base == nil {
		base = &catalog.Snapshot{}
	}
	v := &view{
		result: result, base: base, head: head, before: index(base), after: index(head),
		families: catalog.NewFamilies(base, head), presence: catalog.NewPresence(head), directory: ask.NewDirectory(head),
	}
	v.listed = map[catalog.Kind]map[string][]string{}
	for _, kind := range catalog.Kinds() {
		v.listed[kind] = map[string][]string{}
	}
	for _, state := range head.Scopes {
		for _, item := range state.Items {
			ids := v.listed[state.Kind]
			ids[item.Key()] = append(ids[item.Key()], state.Region)
		}
	}
	v.indexChanges()
	return v
}

func (v *view) indexChanges() {
	v.moved, v.events = map[itemIn][]catalog.Access{}, map[itemIn]diff.Kind{}
	v.removed, v.arrived = map[string]bool{}, map[itemIn]bool{}
	v.firstRead = map[catalog.Scope]bool{}
	for _, c := range v.result.Changes {
		switch {
		case c.Path != nil:
			at := itemIn{c.Region, c.ID}
			v.moved[at] = append(v.moved[at], c.Path.Access)
			v.events[itemIn{c.Region, c.Path.ModelID}] = c.Kind
		case c.Kind == diff.Removed && c.Resource == catalog.KindFoundationModel:
			v.removed[c.ID] = true
		case c.Kind == diff.Added || c.Kind == diff.Reappeared:
			v.arrived[itemIn{c.Region, c.ID}] = true
		}
	}
	for _, n := range v.result.NewRegions {
		for _, kind := range catalog.Kinds() {
			v.firstRead[catalog.Scope{Region: n.Region, Kind: kind}] = true
		}
	}
	for _, b := range v.result.Baselines {
		v.firstRead[b.Scope] = true
	}
}

func index(s *catalog.Snapshot) map[string]*catalog.Region {
	regions := map[string]*catalog.Region{}
	for _, region := range s.Regions() {
		regions[region] = s.Region(region)
	}
	return regions
}

// region returns head's index of a region, never nil.
func (v *view) region(code string) *catalog.Region { return regionIn(v.after, code) }

// regionBefore returns base's index of a region, never nil.
func (v *view) regionBefore(code string) *catalog.Region { return regionIn(v.before, code) }

func regionIn(regions map[string]*catalog.Region, code string) *catalog.Region {
	if r := regions[code]; r != nil {
		return r
	}
	return catalog.NewRegion()
}

// fresh reports whether head's run read a scope itself.
func (v *view) fresh(region string, kind catalog.Kind) bool {
	state := v.head.Scope(catalog.Scope{Region: region, Kind: kind})
	return state != nil && state.Fresh()
}

// read keeps the regions whose list of kind head's run read.
func (v *view) read(regions []string, kind catalog.Kind) []string {
	return filter(regions, func(region string) bool { return v.fresh(region, kind) })
}

// known returns the regions whose lists already had the item at base. Only there
// can something be unchanged.
func (v *view) known(regions []string, kind catalog.Kind, id string) []string {
	return filter(regions, func(region string) bool {
		return !v.arrived[itemIn{region, id}] && !v.firstRead[catalog.Scope{Region: region, Kind: kind}]
	})
}

// unread returns the regions whose list of kind head's run did not read, with the
// run that last read it.
func (v *view) unread(regions []string, kind catalog.Kind) []Confirmed {
	var unread []Confirmed
	for _, region := range regions {
		state := v.head.Scope(catalog.Scope{Region: region, Kind: kind})
		if state != nil && !state.Fresh() && state.Observed() {
			unread = append(unread, Confirmed{region, *state.Confirmed})
		}
	}
	return unread
}

// paths returns the ways to call model from a region by lists that run since, or
// a later one, read. Older lists may be out of date.
func (v *view) paths(region, model string, since int64) []catalog.Path {
	return slices.DeleteFunc(v.region(region).Paths(model), func(p catalog.Path) bool {
		kind := catalog.KindFoundationModel
		if p.Access == catalog.ViaProfile {
			kind = catalog.KindInferenceProfile
		}
		return !v.readSince(region, kind, since)
	})
}

func (v *view) readSince(region string, kind catalog.Kind, since int64) bool {
	state := v.head.Scope(catalog.Scope{Region: region, Kind: kind})
	return state != nil && state.Observed() && state.Confirmed.ID >= since
}

// wholeSince reports whether all lists of a region were read by run since or
// later.
func (v *view) wholeSince(region string, since int64) bool {
	return v.readSince(region, catalog.KindFoundationModel, since) && v.readSince(region, catalog.KindInferenceProfile, since)
}

// callableFrom returns the regions from which model can be called by lists that
// head's run read, and in stale those for which only older lists say so.
func (v *view) callableFrom(model string) (fresh []string, stale []Confirmed) {
	for _, region := range sortedKeys(v.after) {
		switch {
		case catalog.Callable(v.leading(model, v.paths(region, model, v.head.Run.ID))):
			fresh = append(fresh, region)
		case catalog.Callable(v.leading(model, v.region(region).Paths(model))):
			stale = append(stale, Confirmed{region, v.lastRead(region)})
		}
	}
	return fresh, stale
}

// leading returns the paths that may lead to the model: not those of a profile
// none of whose destinations lists it.
func (v *view) leading(model string, paths []catalog.Path) []catalog.Path {
	return slices.DeleteFunc(paths, func(p catalog.Path) bool { return v.presence.Doubtful(model, p.Destinations) })
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// lastRead returns the oldest of the runs that last read a list of region.
func (v *view) lastRead(region string) catalog.RunRef {
	var oldest catalog.RunRef
	for _, kind := range catalog.Kinds() {
		state := v.head.Scope(catalog.Scope{Region: region, Kind: kind})
		if state != nil && state.Observed() && (oldest.ID == 0 || state.Confirmed.ID < oldest.ID) {
			oldest = *state.Confirmed
		}
	}
	return oldest
}

// subject describes a model or profile from the first of regions that lists it in
// head or, if it is gone, in base.
func (v *view) subject(kind catalog.Kind, id string, regions []string) Subject {
	s := Subject{Resource: kind, ID: id}
	for _, side := range []map[string]*catalog.Region{v.after, v.before} {
		for _, region := range regions {
			if s.describe(regionIn(side, region)) {
				return s
			}
		}
	}
	return s
}

func (s *Subject) describe(region *catalog.Region) bool {
	if s.Resource == catalog.KindInferenceProfile {
		p := region.Profiles[s.ID]
		if p != nil {
			s.Name = p.Name
		}
		return p != nil
	}
	m := region.Models[s.ID]
	if m != nil {
		s.Name, s.Provider, s.Input, s.Output = m.Name, m.Provider, m.InputModalities, m.OutputModalities
	}
	return m != nil
}

// modelOf returns the model whose story a profile belongs to: of the models that
// it routes to, the first that some region lists, or else the first. It returns
// "" if there is none, and the profile has its own story.
func (v *view) modelOf(profile, region string) string {
	for _, side := range []*catalog.Region{v.region(region), v.regionBefore(region)} {
		p := side.Profiles[profile]
		if p == nil || len(p.Models()) == 0 {
			continue
		}
		models := p.Models()
		listed := filter(models, func(id string) bool { return len(v.listed[catalog.KindFoundationModel][id]) > 0 })
		return append(listed, models...)[0]
	}
	return ""
}

// today is the date from which days are counted.
func (v *view) today() time.Time { return day(v.head.Run.StartedAt) }
