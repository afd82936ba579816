package ask

import (
	"slices"

	"snapshotter/catalog"
)

// Standing says how a model can be called from a region.
type Standing string

const (
	StandsOnDemand    Standing = "on-demand"        // its own id can be called, and perhaps profiles too
	StandsByProfile   Standing = "profile-only"     // only the ids of inference profiles can be called
	StandsOutside     Standing = "outside"          // callable, but every call may leave the places asked for
	StandsDoubtful    Standing = "doubtful"         // profiles remain, but no region that they route to lists the model
	StandsProvisioned Standing = "provisioned-only" // listed; a purchase comes first
	StandsListed      Standing = "listed-only"      // listed, but nothing can call it
	StandsAbsent      Standing = "absent"           // both lists were read, and neither has it
	StandsUnknown     Standing = "not-observed"     // a list that could say was never read
	StandsUnsaid      Standing = "not-said"         // the lists do not say whether it can be called
)

// Whereabouts is where a model can be called.
type Whereabouts struct {
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`     // "" where no region lists it
	Provider string   `json:"provider,omitempty"` // likewise
	Input    []string `json:"input_modalities"`
	Output   []string `json:"output_modalities"`
	// Streaming is whether it streams its answers; nil if no region says so.
	Streaming *bool `json:"streaming,omitempty"`
	// Lives are how the regions list it, that of most regions first.
	Lives []Life `json:"lifecycle"`
	// Replacements are what to call in place of a model that is not ACTIVE
	// everywhere, will end, or is gone; the best first.
	Replacements []Replacement `json:"replacements"`
	sought       bool          // replacements were looked for
	// Regions are all regions that a run up to the snapshot's named, by code.
	Regions []Stand `json:"regions"`
}

// Stand is a model in one region.
type Stand struct {
	Region   string   `json:"region"`
	Standing Standing `json:"standing"`
	// Listed is whether the region's list of foundation models has it, as last
	// confirmed; nil if that list was never read. A profile may route to a
	// model that its region does not list.
	Listed *bool `json:"listed"`
	// Since is since when the region has had a callable path within the places;
	// nil if it has none.
	Since *Held `json:"since"`
	Paths []Way `json:"paths"`
	// Outside are the callable paths left out because a call may leave the
	// places.
	Outside []catalog.Path `json:"outside"`
	// Inactive are the IDs of the profiles that route to the model but are not
	// ACTIVE, sorted.
	Inactive []string `json:"inactive"`
	// Doubtful are the IDs of the profiles among Paths that route to no region that
	// lists the model: it has probably been retired.
	Doubtful []string `json:"doubtful,omitempty"`
	// Gone is the run that found the model gone from the list, nil if it is
	// listed or never was.
	Gone     *catalog.RunRef `json:"gone"`
	Models   Reading         `json:"foundation_models"`
	Profiles Reading         `json:"inference_profiles"`
}

// Way is a path, with since when it has held, whatever else of it has changed.
type Way struct {
	catalog.Path
	Since Held `json:"since"`
}

// Reading is how well a list is known.
type Reading struct {
	// Outcome is what the run learned about the list.
	Outcome catalog.Outcome `json:"outcome"`
	// Confirmed is the last run that read it, nil if none did.
	Confirmed *catalog.RunRef `json:"confirmed"`
}

// Callable reports whether the model can be called there within the places.
func (s Stand) Callable() bool { return s.Standing == StandsOnDemand || s.Standing == StandsByProfile }

// Where returns how model can be called from every region. With places, only
// paths that stay within them count: see [catalog.Path.Within]. Spans are those
// of the model as of the same run.
func (d *Directory) Where(model string, spans []Span, places []string) Whereabouts {
	w := Whereabouts{ID: model, Input: []string{}, Output: []string{}, Regions: []Stand{}, Lives: []Life{}, Replacements: []Replacement{}}
	for _, code := range d.regions {
		region := d.ground[code]
		if m := region.Models[model]; m != nil && w.Name == "" {
			w.Name, w.Provider = m.Name, m.Provider
			w.Input, w.Output = append(w.Input, m.InputModalities...), append(w.Output, m.OutputModalities...)
			w.Streaming = m.Streaming
		}
		w.Regions = append(w.Regions, d.stand(code, model, spans, places))
	}
	return w
}

// Describe adds to an answer how the chosen regions list the model and, if it is
// not ACTIVE there, will end or is gone, what to call in its place: see
// [Directory.Replacements]. Gone is the model as a list last had it, nil if it is
// listed or not known.
func (d *Directory) Describe(w *Whereabouts, gone *catalog.FoundationModel, places []string, chosen map[string]string) {
	asked := map[string]bool{}
	for _, at := range w.Regions {
		asked[at.Region] = true
	}
	w.Lives = d.lives(w.ID, func(region string) bool { return asked[region] })
	old := d.anyListed(w.ID)
	if len(w.Lives) == 0 {
		old = gone
	}
	if old == nil || len(w.Lives) > 0 && !w.Ending() && chosen[w.ID] == "" {
		return
	}
	var regions []string
	for _, at := range w.Regions {
		if at.Standing != StandsAbsent && !at.Unobserved() || at.Gone != nil {
			regions = append(regions, at.Region)
		}
	}
	w.sought = true
	w.Replacements = d.Replacements(old, regions, places, chosen)
}

func (d *Directory) stand(code, model string, spans []Span, places []string) Stand {
	region := d.ground[code]
	models := d.snapshot.Scope(catalog.Scope{Region: code, Kind: catalog.KindFoundationModel})
	profiles := d.snapshot.Scope(catalog.Scope{Region: code, Kind: catalog.KindInferenceProfile})
	at := Stand{
		Region: code, Models: reading(models), Profiles: reading(profiles),
		Paths: []Way{}, Outside: []catalog.Path{}, Inactive: []string{},
	}
	if at.Models.Confirmed != nil {
		listed := region.Models[model] != nil
		at.Listed = &listed
		if gone, ok := models.Gone[model]; ok && !listed {
			at.Gone = &gone
		}
	}
	for _, p := range region.ProfilesFor(model) {
		if !p.Active() && p.Status != "" {
			at.Inactive = append(at.Inactive, p.ID)
		}
	}
	slices.Sort(at.Inactive)
	for _, path := range region.Paths(model) {
		if !path.Within(code, places) {
			if path.Callable() {
				at.Outside = append(at.Outside, path)
			}
			continue
		}
		held, _ := Since(spans, code, func(p catalog.Path) bool {
			return p.Access == path.Access && p.ModelID == path.ModelID && p.Within(code, places)
		})
		at.Paths = append(at.Paths, Way{path, held})
		if path.Access == catalog.ViaProfile && d.presence.Doubtful(model, path.Destinations) {
			at.Doubtful = append(at.Doubtful, path.ModelID)
		}
	}
	at.Standing = at.standing(region.AccessUnsaid(model) || region.DestinationsUnsaid(model))
	if held, ok := Since(spans, code, func(p catalog.Path) bool { return p.Callable() && p.Within(code, places) }); ok && at.Callable() {
		at.Since = &held
	}
	return at
}

func reading(scope *catalog.ScopeState) Reading {
	if scope == nil {
		return Reading{Outcome: catalog.NotListed}
	}
	return Reading{scope.Outcome, scope.Confirmed}
}

// standing is how the model can be called; unsaid is whether a list leaves that
// open.
func (s Stand) standing(unsaid bool) Standing {
	has := func(access catalog.Access) bool {
		return slices.ContainsFunc(s.Paths, func(w Way) bool { return w.Access == access && !slices.Contains(s.Doubtful, w.ModelID) })
	}
	switch {
	case has(catalog.OnDemand):
		return StandsOnDemand
	case has(catalog.ViaProfile):
		return StandsByProfile
	case len(s.Doubtful) > 0:
		return StandsDoubtful
	case len(s.Outside) > 0:
		return StandsOutside
	case s.Models.Confirmed == nil || s.Profiles.Confirmed == nil:
		return StandsUnknown
	case unsaid:
		return StandsUnsaid
	case has(catalog.Provisioned):
		return StandsProvisioned
	case *s.Listed:
		return StandsListed
	}
	return StandsAbsent
}
