package catalog

import (
	"cmp"
	"slices"
)

// Access is a manner of calling a foundation model.
type Access string

const (
	OnDemand    Access = "on-demand"   // pass the model id
	ViaProfile  Access = "profile"     // pass the profile id
	Provisioned Access = "provisioned" // needs a purchase first, so not callable by itself
)

// Path is one way to call a foundation model from a region.
type Path struct {
	Access Access `json:"access"`
	// ModelID is the exact string to pass as modelId; for [Provisioned] it is
	// the model to buy throughput for.
	ModelID string `json:"model_id"`
	// Geography is the profile id's prefix, "" without a profile.
	Geography string `json:"geography,omitempty"`
	// Destinations are the regions a profile may run the call in, sorted; ""
	// is any commercial region. Nil without a profile: it runs where it is
	// called.
	Destinations []string `json:"destinations,omitempty"`
}

// Callable reports whether the path can be used as it is.
func (p Path) Callable() bool { return p.Access != Provisioned }

// Callable reports whether any of paths can be used as it is.
func Callable(paths []Path) bool { return slices.ContainsFunc(paths, Path.Callable) }

// Within reports whether every region that a call from region from may run in
// is in one of places: see [InPlace]. A path without destinations runs
// where it is called. Any commercial region is in no place, "*" included,
// because nobody can say which it will be. Without places there is nothing to
// keep within, and every path is.
func (p Path) Within(from string, places []string) bool {
	if len(places) == 0 {
		return true
	}
	regions := p.Destinations
	if len(regions) == 0 {
		regions = []string{from}
	}
	for _, region := range regions {
		if !slices.ContainsFunc(places, func(place string) bool { return InPlace(region, place) }) {
			return false
		}
	}
	return true
}

// InPlace reports whether a region is in a place: a geography, as [Geography]
// has it ("eu"; "us" is not "us-gov"), a region code, a glob of region codes as
// [path.Match] reads it ("eu-*"), or a [Boundary] by its name in capitals
// ("EU"). A malformed glob holds no region, and no place holds the empty one.
func InPlace(region, place string) bool {
	if region == "" {
		return false
	}
	return place == Geography(region) || inBoundary(region, place) || MatchesAny([]string{place}, region)
}

// Region is what one region lists: the ground on which access stands.
type Region struct {
	Models   map[string]*FoundationModel
	Profiles map[string]*InferenceProfile
	byModel  map[string][]*InferenceProfile
}

// NewRegion indexes the items that one region lists.
func NewRegion(items ...[]Item) *Region {
	r := &Region{
		Models:   map[string]*FoundationModel{},
		Profiles: map[string]*InferenceProfile{},
		byModel:  map[string][]*InferenceProfile{},
	}
	for _, list := range items {
		for _, item := range list {
			r.add(item)
		}
	}
	return r
}

func (r *Region) add(item Item) {
	switch item := item.(type) {
	case *FoundationModel:
		r.Models[item.ID] = item
	case *InferenceProfile:
		r.Profiles[item.ID] = item
		for _, model := range item.Models() {
			r.byModel[model] = append(r.byModel[model], item)
		}
	}
}

// ModelIDs are the models that the region lists or that a profile listed there
// routes to, sorted: a profile may name a model that its region does not list,
// and it is callable still.
func (r *Region) ModelIDs() []string {
	var ids []string
	for id := range r.Models {
		ids = append(ids, id)
	}
	for id := range r.byModel {
		ids = append(ids, id)
	}
	return set(ids)
}

// Paths are the ways to call model from the region: on demand first, then by
// profile id, then provisioned. Nil when there is none. A profile that is not
// ACTIVE is not a path.
func (r *Region) Paths(model string) []Path {
	var paths []Path
	listed := r.Models[model]
	if listed != nil && slices.Contains(listed.InferenceTypes, InferenceOnDemand) {
		paths = append(paths, Path{Access: OnDemand, ModelID: model})
	}
	first := len(paths)
	for _, p := range r.byModel[model] {
		if p.Active() {
			paths = append(paths, Path{
				Access: ViaProfile, ModelID: p.ID,
				Geography: p.Geography(), Destinations: p.Regions(model),
			})
		}
	}
	slices.SortFunc(paths[first:], func(a, b Path) int { return cmp.Compare(a.ModelID, b.ModelID) })
	if listed != nil && slices.Contains(listed.InferenceTypes, InferenceProvisioned) {
		paths = append(paths, Path{Access: Provisioned, ModelID: model})
	}
	return paths
}

// ProfilesFor are the profiles, of any status, that route to model, in no
// particular order.
func (r *Region) ProfilesFor(model string) []*InferenceProfile { return r.byModel[model] }
