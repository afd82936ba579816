package report

import (
	"slices"
	"strings"

	"snapshotter/catalog"
)

// newRegions returns the distinct regions that changes added.
func (r *Routing) newRegions() []string {
	var regions []string
	for _, c := range r.Changes {
		for _, d := range c.Added {
			regions = append(regions, d.Region)
		}
	}
	return union(regions)
}

// Routing is a change of where a profile may run calls.
type Routing struct {
	Changes   []RouteChange `json:"changes"`
	Unchanged []string      `json:"unchanged,omitempty"` // regions from which it runs as before
}

// RouteChange is a change of destinations, the same when called from any region
// of From. A destination's region of "" is any commercial region.
type RouteChange struct {
	From    []string              `json:"from"`
	Added   []catalog.Destination `json:"added,omitempty"`
	Removed []catalog.Destination `json:"removed,omitempty"`
	Now     []catalog.Destination `json:"now"`
}

// buildRouting sets where a profile may run calls from each region, and from
// which regions nothing changed.
func (v *view) buildRouting(s *Story, group []piece) {
	r := &Routing{}
	for _, same := range alike(group, func(p piece) string {
		return strings.Join(p.field.OldSet, " ") + "\x00" + strings.Join(p.field.NewSet, " ")
	}) {
		r.Changes = append(r.Changes, routeChange(same))
	}
	r.Changes = joinRoutes(r.Changes)
	listed := v.known(s.ListedIn, catalog.KindInferenceProfile, s.Subject.ID)
	r.Unchanged = without(v.read(listed, catalog.KindInferenceProfile), s.Regions)
	s.Routing = r
	s.Event = routingEvent(r.Changes)
}

func routeChange(same []piece) RouteChange {
	f := same[0].field
	return RouteChange{
		From:    regionsOf(same),
		Added:   destinations(without(f.NewSet, f.OldSet)),
		Removed: destinations(without(f.OldSet, f.NewSet)),
		Now:     withoutImplied(destinations(f.NewSet)),
	}
}

// withoutImplied drops regions that are listed in addition to "any commercial
// region".
func withoutImplied(list []catalog.Destination) []catalog.Destination {
	implied := func(d catalog.Destination) bool {
		return d.Region != "" && slices.Contains(list, catalog.Destination{Model: d.Model})
	}
	return append([]catalog.Destination{}, slices.DeleteFunc(slices.Clone(list), implied)...)
}

// joinRoutes joins changes that differ only in the calling region, sorted by
// region.
func joinRoutes(changes []RouteChange) []RouteChange {
	var joined []RouteChange
	for _, c := range changes {
		same := slices.IndexFunc(joined, func(j RouteChange) bool {
			return slices.Equal(j.Added, c.Added) && slices.Equal(j.Removed, c.Removed) && slices.Equal(j.Now, c.Now)
		})
		if same >= 0 {
			joined[same].From = union(joined[same].From, c.From)
			continue
		}
		joined = append(joined, c)
	}
	slices.SortFunc(joined, func(a, b RouteChange) int { return slices.Compare(a.From, b.From) })
	return joined
}

// destinations parses the values of [diff.FieldDestinations].
func destinations(values []string) []catalog.Destination {
	var list []catalog.Destination
	for _, value := range values {
		region, model, _ := strings.Cut(value, "/")
		list = append(list, catalog.Destination{Region: region, Model: model})
	}
	return list
}

func routingEvent(changes []RouteChange) Event {
	added, removed := false, false
	for _, c := range changes {
		added = added || len(c.Added) > 0
		removed = removed || len(c.Removed) > 0
	}
	switch {
	case added && !removed:
		return RoutesAdded
	case removed && !added:
		return RoutesRemoved
	}
	return RoutesChanged
}
