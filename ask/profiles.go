package ask

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"snapshotter/catalog"
)

// Routing is how an inference profile routes calls from the regions where it
// routes alike: the same ID may route elsewhere from other regions.
type Routing struct {
	ID        string   `json:"id"`
	Name      string   `json:"name,omitempty"`
	Geography string   `json:"geography"`
	Status    string   `json:"status"`
	From      []string `json:"from"` // the regions that list it so, sorted
	// Carried are those of From whose lists the run itself did not read.
	Carried []string `json:"carried"`
	// Models are what it routes to, and Destinations where, sorted. "" is any
	// commercial region, which includes the calling one, so that is left out.
	Models       []string `json:"models"`
	Destinations []string `json:"destinations"`
	// Created is the day, YYYY-MM-DD in UTC, on which AWS says that it was first created
	// in any of From; "" if no list says.
	Created string `json:"created,omitempty"`
}

// Routings returns the profiles that any region of the snapshot lists, sorted
// by ID, then by where they are called from.
func Routings(s *catalog.Snapshot) []Routing {
	type way struct{ id, name, status, routes string }
	found := map[way]*Routing{}
	for _, scope := range s.Scopes {
		for _, item := range scope.Items {
			p, ok := item.(*catalog.InferenceProfile)
			if !ok {
				continue
			}
			routes := covered(p.Destinations, scope.Region)
			w := way{p.ID, p.Name, p.Status, fmt.Sprintf("%q", routes)}
			if found[w] == nil {
				found[w] = &Routing{
					ID: p.ID, Name: p.Name, Geography: p.Geography(), Status: p.Status,
					Carried: []string{}, Models: append([]string{}, p.Models()...), Destinations: destinations(routes),
				}
			}
			found[w].From = append(found[w].From, scope.Region)
			if day := catalog.Day(p.CreatedAt); day != "" && (found[w].Created == "" || day < found[w].Created) {
				found[w].Created = day
			}
			if !scope.Fresh() {
				found[w].Carried = append(found[w].Carried, scope.Region)
			}
		}
	}
	var all []Routing
	for r := range maps.Values(found) {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Routing) int { return cmp.Or(cmp.Compare(a.ID, b.ID), slices.Compare(a.From, b.From)) })
	return all
}

// covered leaves out the calling region if any region is a destination for the
// same model: global profiles name both.
func covered(routes []catalog.Destination, from string) []catalog.Destination {
	return slices.DeleteFunc(slices.Clone(routes), func(d catalog.Destination) bool {
		return d.Region == from && slices.Contains(routes, catalog.Destination{Model: d.Model})
	})
}

func destinations(routes []catalog.Destination) []string {
	regions := []string{}
	for _, d := range routes {
		regions = append(regions, d.Region)
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}
