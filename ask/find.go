package ask

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"snapshotter/catalog"
)

// Candidate is a model that a word may mean.
type Candidate struct {
	ID   string
	Name string // "" where no region lists it
	// Callable are the regions where a path can call it, by code.
	Callable []string
}

// Found is what a word means.
type Found struct {
	// Profile is the inference profile that the word names; the models are then
	// those that it routes to. It is "" if the word names models.
	Profile string
	Models  []Candidate // by id
	// Several means that the word asks for all of them, as a glob does, and a
	// profile with several models. Otherwise more than one model is ambiguous.
	Several bool
}

// Directory is a snapshot indexed for finding models.
type Directory struct {
	snapshot *catalog.Snapshot
	regions  []string                   // sorted
	ground   map[string]*catalog.Region // by region
	names    map[string]string          // by model id; "" where no region lists it
	gone     map[string]bool            // models that lists have lost
	behind   map[string]map[string]bool // models by profile
	presence *catalog.Presence
	families *catalog.Families
	index    sync.Once
	listed   map[string]*catalog.FoundationModel // see anyListed
	ids      []string                            // of names, sorted
}

// NewDirectory indexes s.
func NewDirectory(s *catalog.Snapshot) *Directory {
	d := &Directory{
		snapshot: s, regions: s.Regions(), ground: map[string]*catalog.Region{},
		names: map[string]string{}, gone: map[string]bool{},
		behind: map[string]map[string]bool{}, presence: catalog.NewPresence(s), families: catalog.NewFamilies(s),
	}
	for _, code := range d.regions {
		d.add(code, s.Region(code))
	}
	for _, scope := range s.Scopes {
		for id := range scope.Gone {
			if scope.Kind == catalog.KindFoundationModel {
				d.gone[id] = true
			}
		}
	}
	return d
}

// Find reads word as the ID of a model or an inference profile, else as a glob
// over the IDs and names of models, else as a complete name or an ID without
// its provider, else as words of an ID and name, else as part of a profile's ID.
// Case counts only in exact IDs. An ID that is gone from every list, and a variant,
// is found only by its exact form or by a glob.
func (d *Directory) Find(word string) Found {
	folded := strings.ToLower(word)
	if d.Knows(word) {
		return Found{Models: []Candidate{d.candidate(word)}}
	}
	if models := d.behind[word]; models != nil {
		return Found{Profile: word, Models: d.candidates(func(id, _ string) bool { return models[id] }), Several: true}
	}
	if strings.ContainsAny(word, "*?[") {
		return Found{Several: true, Models: d.candidates(func(id, name string) bool {
			return matches(folded, id) || matches(folded, name)
		})}
	}
	for _, means := range []func(id, name string) bool{
		func(id, name string) bool {
			id = strings.ToLower(id)
			return id == folded || strings.HasSuffix(id, "."+folded) || strings.ToLower(name) == folded
		},
		func(id, name string) bool {
			text := strings.ToLower(id + " " + name)
			return !slices.ContainsFunc(strings.Fields(folded), func(part string) bool { return !strings.Contains(text, part) })
		},
		func(id, _ string) bool { return d.routed(id, folded) },
	} {
		models := d.candidates(func(id, name string) bool { return !d.families.IsVariant(id) && means(id, name) })
		if word != "" && len(models) > 0 {
			return Found{Models: models}
		}
	}
	return Found{}
}

func matches(glob, text string) bool {
	matched, err := path.Match(glob, strings.ToLower(text))
	return err == nil && matched
}

func (d *Directory) add(code string, region *catalog.Region) {
	d.ground[code] = region
	for _, id := range region.ModelIDs() {
		if m := region.Models[id]; m != nil && d.names[id] == "" {
			d.names[id] = m.Name
		} else if _, known := d.names[id]; !known {
			d.names[id] = ""
		}
	}
	for id, profile := range region.Profiles {
		if d.behind[id] == nil {
			d.behind[id] = map[string]bool{}
		}
		for _, model := range profile.Models() {
			d.behind[id][model] = true
		}
	}
}

// Knows reports whether id is the ID of a model that is listed, routed to, or
// gone.
func (d *Directory) Knows(id string) bool {
	_, known := d.names[id]
	return known || d.gone[id]
}

// routed reports whether a profile whose ID contains part routes to model.
func (d *Directory) routed(model, part string) bool {
	for id, models := range d.behind {
		if models[model] && strings.Contains(strings.ToLower(id), part) {
			return true
		}
	}
	return false
}

func (d *Directory) candidates(means func(id, name string) bool) []Candidate {
	var found []Candidate
	for _, id := range slices.Sorted(maps.Keys(d.names)) {
		if means(id, d.names[id]) {
			found = append(found, d.candidate(id))
		}
	}
	return found
}

func (d *Directory) candidate(id string) Candidate {
	return Candidate{ID: id, Name: d.names[id], Callable: d.callable(id)}
}

// Ending reports whether a model is not ACTIVE everywhere, will end, or is not
// listed.
func (d *Directory) Ending(model string) bool {
	lives := d.lives(model, func(string) bool { return true })
	return len(lives) == 0 || Whereabouts{Lives: lives}.Ending()
}

func (d *Directory) callable(model string) []string {
	var codes []string
	for _, code := range d.regions {
		if len(d.callablePaths(code, model)) > 0 {
			codes = append(codes, code)
		}
	}
	return codes
}
