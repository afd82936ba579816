package ask

import (
	"slices"
	"snapshotter/catalog"
)

// Coverage is a region, how its lists were read, and how much they contain.
type Coverage struct {
	Region   string `json:"region"`
	Models   List   `json:"foundation_models"`
	Profiles List   `json:"inference_profiles"`
	// Callable is how many models can be called from there, as last confirmed.
	Callable int `json:"callable"`
}

// List is one list of a region as of a run.
type List struct {
	// Outcome is what the run itself learned: [catalog.NotListed] if it did not
	// name the list.
	Outcome   catalog.Outcome `json:"outcome"`
	ErrorCode string          `json:"error_code,omitempty"`
	Message   string          `json:"message,omitempty"`
	// Confirmed is the last run that read the list, nil if none did, and Items
	// is how many items it found.
	Confirmed *catalog.RunRef `json:"confirmed"`
	Items     int             `json:"items"`
}

// Regions returns all regions that the snapshot names, sorted.
func Regions(s *catalog.Snapshot) []Coverage {
	var all []Coverage
	for _, code := range s.Regions() {
		region := s.Region(code)
		c := Coverage{
			Region:   code,
			Models:   list(s, catalog.Scope{Region: code, Kind: catalog.KindFoundationModel}),
			Profiles: list(s, catalog.Scope{Region: code, Kind: catalog.KindInferenceProfile}),
		}
		for _, id := range region.ModelIDs() {
			if catalog.Callable(region.Paths(id)) {
				c.Callable++
			}
		}
		all = append(all, c)
	}
	return all
}

func list(s *catalog.Snapshot, scope catalog.Scope) List {
	state := s.Scope(scope)
	if state == nil {
		return List{Outcome: catalog.NotListed}
	}
	return List{state.Outcome, state.ErrorCode, state.Message, state.Confirmed, len(state.Items)}
}

// KnownRegions returns the regions that are on record or routed to, sorted.
func KnownRegions(s *catalog.Snapshot) []string {
	regions := s.Regions()
	for _, scope := range s.Scopes {
		for _, item := range scope.Items {
			profile, ok := item.(*catalog.InferenceProfile)
			if !ok {
				continue
			}
			for _, d := range profile.Destinations {
				if d.Region != "" {
					regions = append(regions, d.Region)
				}
			}
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

// Words says how both lists of the region were read, once if alike.
func (c Coverage) Words() string {
	models, profiles := c.Models.Words(), c.Profiles.Words()
	if models == profiles {
		return models
	}
	return "models " + models + "; profiles " + profiles
}

// Words says how the list was read.
func (l List) Words() string {
	switch {
	case l.Outcome == catalog.Complete:
		return "read"
	case l.Confirmed == nil:
		return l.Outcome.Words() + ", never read"
	}
	return l.Outcome.Words() + ", last confirmed " + catalog.Moment(l.Confirmed.At)
}
