package ask

import (
	"slices"
	"strings"

	"snapshotter/catalog"
)

// AccessNone is a [Choice] of models that cannot be called.
const AccessNone = "none"

// Choice chooses models and the regions where they are as asked for. Empty fields
// choose everything.
type Choice struct {
	Filter
	Modality  string // that a model takes or gives, whatever the case
	Lifecycle string // status, whatever the case
	Access    string // a [catalog.Access], or [AccessNone]
	// Within are places that calls must stay in, see [catalog.Path.Within]: paths
	// that may leave them do not count, nor do models without others.
	Within []string
}

// Of returns the entries that the choice holds, each with the regions where it
// does; not nil.
func (c Choice) Of(entries []Entry) []Entry {
	chosen := []Entry{}
	for _, e := range entries {
		if len(c.Models) > 0 && !choosesText(c.Models, e.ID) && !choosesText(c.Models, e.Name) || len(c.Providers) > 0 && !choosesText(c.Providers, e.Provider) {
			continue // another model of a profile that matches
		}
		e.Regions = slices.DeleteFunc(c.inside(e.Regions), func(at InRegion) bool { return !c.holds(at) })
		if len(e.Regions) > 0 {
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// EveryRegion returns the chosen of all entries with all of their regions: in a
// matrix, a region that a choice leaves out would look absent.
func EveryRegion(all, chosen []Entry) []Entry {
	ids := map[string]bool{}
	for _, e := range chosen {
		ids[e.ID] = true
	}
	return slices.DeleteFunc(all, func(e Entry) bool { return !ids[e.ID] })
}

// inside returns the regions with the paths that stay within the places.
func (c Choice) inside(regions []InRegion) []InRegion {
	regions = slices.Clone(regions)
	if len(c.Within) == 0 {
		return regions
	}
	for i := range regions {
		at := &regions[i]
		at.Paths = slices.DeleteFunc(slices.Clone(at.Paths), func(p catalog.Path) bool { return !p.Within(at.Region, c.Within) })
	}
	return regions
}

func (c Choice) holds(at InRegion) bool {
	if len(c.Within) > 0 && len(at.Callable()) == 0 {
		return false
	}
	if at.Model == nil && (c.Modality != "" || c.Lifecycle != "") {
		return false
	}
	if c.Modality != "" && !slices.ContainsFunc(slices.Concat(at.Model.InputModalities, at.Model.OutputModalities),
		func(m string) bool { return strings.EqualFold(m, c.Modality) }) {
		return false
	}
	if c.Lifecycle != "" && !strings.EqualFold(at.Model.Lifecycle.Status, c.Lifecycle) {
		return false
	}
	switch c.Access {
	case "":
		return true
	case AccessNone:
		return len(at.Callable()) == 0
	}
	return at.Has(catalog.Access(c.Access))
}

// Has reports whether the model has a path of an access there.
func (at InRegion) Has(access catalog.Access) bool {
	return slices.ContainsFunc(at.Paths, func(p catalog.Path) bool { return p.Access == access })
}
