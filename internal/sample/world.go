package sample

import (
	"fmt"
	"slices"

	"snapshotter/internal/bedrocktest"
)

// world is a catalogue while things happen to it. Its methods panic on what
// does not exist, which is a mistake in this package.
type world map[string]*bedrocktest.Region

// catalogue is the world as it is now.
func (w world) catalogue() bedrocktest.Catalogue {
	c := bedrocktest.Catalogue{}
	for code, region := range w {
		c[code] = *region
	}
	return c
}

// offer adds ways to call a model, and lists it where it was not.
func (w world) offer(id string, o offer) {
	for _, way := range []struct{ inference, regions string }{
		{"ON_DEMAND", o.onDemand},
		{"INFERENCE_PROFILE", o.profile},
		{"PROVISIONED", o.provisioned},
	} {
		for _, region := range list(way.regions) {
			m := w.listed(region, id)
			m.InferenceTypes = append(m.InferenceTypes, way.inference)
		}
	}
	for _, region := range list(o.listed) {
		w.listed(region, id)
	}
}

// listed is a model as a region lists it, from now on.
func (w world) listed(region, id string) *bedrocktest.Model {
	if m := w.model(region, id); m != nil {
		return m
	}
	w[region].Models = append(w[region].Models, summary(id))
	return w.model(region, id)
}

// model is a model as a region lists it, nil if it does not.
func (w world) model(region, id string) *bedrocktest.Model {
	return pick(w[region].Models, func(m bedrocktest.Model) bool { return m.ID == id })
}

// profile is a profile as a region lists it, nil if it does not.
func (w world) profile(region, id string) *bedrocktest.Profile {
	return pick(w[region].Profiles, func(p bedrocktest.Profile) bool { return p.ID == id })
}

func pick[T any](all []T, match func(T) bool) *T {
	if i := slices.IndexFunc(all, match); i >= 0 {
		return &all[i]
	}
	return nil
}

// summary is a model as the table has it, with no way to call it yet.
func summary(id string) bedrocktest.Model {
	for _, provider := range providers {
		for _, m := range provider.models {
			if m.id == id {
				return m.summary(provider.name)
			}
		}
	}
	panic(fmt.Sprintf("no model %s in the table", id))
}

// unlist removes a model from the lists of regions; the profiles that route to
// it stay.
func (w world) unlist(id, regions string) {
	for _, region := range list(regions) {
		w[region].Models = slices.DeleteFunc(w[region].Models, func(m bedrocktest.Model) bool { return m.ID == id })
	}
}

// withdraw removes a model and every profile that routes to it from the lists
// of regions.
func (w world) withdraw(id, regions string) {
	w.unlist(id, regions)
	for _, region := range list(regions) {
		w[region].Profiles = slices.DeleteFunc(w[region].Profiles, func(p bedrocktest.Profile) bool {
			return slices.Contains(p.Models, id)
		})
	}
}

// retire sets the dates of a model's retirement.
func (w world) retire(r retirement) {
	for region := range w {
		m := w.model(region, r.id)
		if m == nil || r.regions != "" && !slices.Contains(list(r.regions), region) {
			continue
		}
		m.Lifecycle.Status = "LEGACY"
		m.Lifecycle.Legacy = r.legacy
		m.Lifecycle.PublicExtendedAccess = r.extended
		m.Lifecycle.EndOfLife = r.end
	}
}

// route lists the profiles of the table wherever they should be and are not
// yet.
func (w world) route() {
	for code, region := range w {
		for _, p := range profiles {
			for _, r := range p.via {
				to, starts := r.from(code)
				if starts && w.model(code, p.model) != nil && w.profile(code, r.prefix+"."+p.model) == nil {
					region.Profiles = append(region.Profiles, p.summary(r, code, to))
				}
			}
		}
	}
}

// revise changes what a profile says and where it routes to, as regions list
// it.
func (w world) revise(id, regions, label, to, at string) {
	for _, region := range list(regions) {
		p := w.profile(region, id)
		p.Description = describe(label, to)
		p.Regions = destinations(region, to)
		p.UpdatedAt = at
	}
}
