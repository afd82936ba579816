package ask

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
)

// Harm is what happens to a resource of the account because of what it rests on.
type Harm string

// The worst come first.
const (
	HarmGone       Harm = "gone"            // what it rests on is not there any more
	HarmUncallable Harm = "uncallable"      // what it names is listed, and nothing can call it by that ID
	HarmEndOfLife  Harm = "end-of-life"     // calls fail from a date
	HarmCommitted  Harm = "commitment"      // it is paid for beyond the end of life of its model
	HarmOutside    Harm = "outside"         // it may run outside a boundary or the places of a rule
	HarmPrice      Harm = "extended-access" // prices may rise from a date
	HarmLegacy     Harm = "legacy"          // no new users from a date, or already
)

// Harms returns all, the worst first.
func Harms() []Harm {
	return []Harm{HarmGone, HarmUncallable, HarmEndOfLife, HarmCommitted, HarmOutside, HarmPrice, HarmLegacy}
}

// Title is the heading of a list of impacts with this harm.
func (h Harm) Title() string {
	switch h {
	case HarmGone:
		return "Gone: calls fail"
	case HarmUncallable:
		return "Not callable by the ID that it names"
	case HarmEndOfLife:
		return "End of life: calls fail from then"
	case HarmCommitted:
		return "Paid for beyond the end of life of its model"
	case HarmOutside:
		return "May run outside"
	case HarmPrice:
		return "Extended access: prices may rise from then"
	}
	return "Legacy: no new users"
}

// Impact is one harm to one resource.
type Impact struct {
	Harm Harm `json:"harm"`
	// Date is when, YYYY-MM-DD, and Days from today; both are left out where it has
	// happened already, and of what has no date.
	Date string       `json:"date,omitempty"`
	Days *int         `json:"days,omitempty"`
	Kind catalog.Kind `json:"kind"`
	ID   string       `json:"id"`
	Name string       `json:"name,omitempty"`
	// Region is where the resource is, ARN what to pass there, with
	// [catalog.Account] in place of the account's ID.
	Region string `json:"region"`
	ARN    string `json:"arn"`
	// Through is what lies between the resource and the model, from the resource on.
	Through []catalog.Base `json:"through"`
	// Model is the foundation model at the end, "" if the chain breaks before it; In
	// are the regions of it that the harm is in, sorted.
	Model     string   `json:"model,omitempty"`
	ModelName string   `json:"model_name,omitempty"`
	In        []string `json:"in"`
	// Missing is what the chain breaks at, where it is not the model.
	Missing *catalog.Base `json:"missing,omitempty"`
	// Until is when a commitment ends, YYYY-MM-DD.
	Until string `json:"until,omitempty"`
	// Outside are the places that it may leave: those of a rule, or that were asked for.
	Outside string `json:"outside,omitempty"`
	// Replacement is the first candidate to move to, callable from Region; nil if none
	// was found, or if none is needed.
	Replacement *Replacement `json:"replacement,omitempty"`
	// Carried is set if the run did not read the list that the resource is in.
	Carried bool `json:"carried,omitempty"`
}

// Fence is places that calls to some models must stay in.
type Fence struct {
	Name   string // of the rule, or the places themselves
	Within []string
	// Covers reports whether the fence is about calls from a region to a model.
	Covers func(region, model string) bool
}

// Impacted is what [Directory.Impacts] goes by.
type Impacted struct {
	Resources *catalog.Snapshot // of the account, as of the same run as the directory
	Today     time.Time         // from which days are counted
	Fences    []Fence
	// Replacements are the user's own, by the model that they replace.
	Replacements map[string]string
	// Was returns a model as it was last listed anywhere, nil if it is not known. It
	// may be nil.
	Was func(model string) *catalog.FoundationModel
}

// Impacts returns what happens to the account's resources because of the models that
// they rest on: worst first, then the soonest, then by region, kind and ID; not nil. A
// list that no run read harms nothing: see [UnreadLists].
func (d *Directory) Impacts(by Impacted) []Impact {
	t := &tracer{Directory: d, Impacted: by, owned: map[catalog.Scope]*catalog.ScopeState{}}
	resources := by.Resources
	for i := range resources.Scopes {
		t.owned[resources.Scopes[i].Scope] = &resources.Scopes[i]
	}
	found := []Impact{}
	for i := range resources.Scopes {
		state := &resources.Scopes[i]
		for _, item := range state.Items {
			if r, ok := item.(*catalog.Resource); ok {
				found = append(found, t.of(r, state)...)
			}
		}
	}
	slices.SortStableFunc(found, compareImpacts)
	return found
}

func compareImpacts(a, b Impact) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Harms(), a.Harm), slices.Index(Harms(), b.Harm)),
		cmp.Compare(a.Date, b.Date), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.ID, b.ID), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Outside, b.Outside),
	)
}

// tracer follows resources to the models that they rest on.
type tracer struct {
	*Directory
	Impacted
	owned map[catalog.Scope]*catalog.ScopeState
}

// end is a model that a resource rests on, with the regions that calls may run in.
type end struct {
	model   string // "" where the chain breaks
	regions []string
	through []catalog.Base
	missing *catalog.Base
	// bare is set if the resource names the model itself where it is, so that the
	// model must be callable on demand there.
	bare bool
}

// of returns the impacts on one resource.
func (t *tracer) of(r *catalog.Resource, state *catalog.ScopeState) []Impact {
	var found []Impact
	seen := map[string]bool{}
	for _, end := range t.ends(r, state.Region, nil, map[catalog.Base]bool{}) {
		k := end.model + " " + strings.Join(end.regions, " ")
		if end.model != "" && seen[k] {
			continue
		}
		seen[k] = true
		for _, impact := range t.harms(r, state.Region, end) {
			impact.Kind, impact.ID, impact.Name, impact.Region, impact.ARN = r.Kind(), r.ID, r.Name, state.Region, r.ARN(state.Region)
			impact.Carried = !state.Fresh()
			impact.Through = append([]catalog.Base{}, end.through...)
			found = append(found, impact)
		}
	}
	return found
}

// ends follows what a resource of a region rests on to the models at the end.
func (t *tracer) ends(r *catalog.Resource, region string, through []catalog.Base, passed map[catalog.Base]bool) []end {
	var ends []end
	for _, base := range r.Bases {
		at := cmp.Or(base.Region, region)
		key := catalog.Base{Kind: base.Kind, Region: at, ID: base.ID}
		if passed[key] {
			continue
		}
		passed[key] = true
		ends = append(ends, t.follow(base, at, through, passed)...)
		delete(passed, key)
	}
	return sameEnds(ends)
}

// sameEnds joins the ends that are the same model in several regions.
func sameEnds(ends []end) []end {
	var all []end
	for _, e := range ends {
		i := slices.IndexFunc(all, func(f end) bool {
			return e.missing == nil && f.missing == nil && f.model == e.model && f.bare == e.bare && slices.Equal(f.through, e.through)
		})
		if i < 0 {
			all = append(all, e)
			continue
		}
		all[i].regions = append(all[i].regions, e.regions...)
		slices.Sort(all[i].regions)
		all[i].regions = slices.Compact(all[i].regions)
	}
	return all
}

// follow follows one base, which is in region.
func (t *tracer) follow(base catalog.Base, region string, through []catalog.Base, passed map[catalog.Base]bool) []end {
	switch {
	case base.Kind == catalog.KindOther:
		return nil
	case base.Kind == catalog.KindFoundationModel:
		return []end{{model: base.ID, regions: []string{region}, through: through}}
	case base.Kind == "" && t.region(region).Profiles[base.ID] == nil:
		return []end{{model: base.ID, regions: []string{region}, through: through, bare: true}}
	case base.Kind == "" || base.Kind == catalog.KindInferenceProfile:
		return t.followProfile(base, region, through)
	}
	state := t.owned[catalog.Scope{Region: region, Kind: base.Kind}]
	if state == nil || !state.Observed() {
		return nil
	}
	r, ok := catalog.Find(state.Items, base.ID).(*catalog.Resource)
	if !ok {
		return []end{{missing: &base, through: through}}
	}
	return t.ends(r, region, append(slices.Clone(through), base), passed)
}

func (t *tracer) followProfile(base catalog.Base, region string, through []catalog.Base) []end {
	profile := t.region(region).Profiles[base.ID]
	if profile == nil {
		if state := t.snapshot.Scope(catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile}); state == nil || !state.Observed() {
			return nil
		}
		return []end{{missing: &base, through: through}}
	}
	base.Kind = catalog.KindInferenceProfile
	through = append(slices.Clone(through), base)
	var ends []end
	for _, model := range profile.Models() {
		e := end{model: model, through: through}
		for _, destination := range profile.Regions(model) {
			e.regions = append(e.regions, cmp.Or(destination, catalog.Anywhere))
		}
		slices.Sort(e.regions)
		ends = append(ends, e)
	}
	return ends
}

// harms returns what happens to a resource of a region because of one end.
func (t *tracer) harms(r *catalog.Resource, region string, e end) []Impact {
	if e.missing != nil {
		return []Impact{{Harm: HarmGone, Missing: e.missing, In: []string{}}}
	}
	if t.presence.Doubtful(e.model, asDestinations(e.regions)) {
		return []Impact{t.with(Impact{Harm: HarmGone, In: named(e.regions)}, e, region)}
	}
	var found []Impact
	if m := t.region(region).Models[e.model]; e.bare && m != nil && m.InferenceTypes != nil && !slices.Contains(m.InferenceTypes, catalog.InferenceOnDemand) {
		found = append(found, t.with(Impact{Harm: HarmUncallable, In: []string{region}}, e, region))
	}
	found = append(found, t.dated(r, region, e)...)
	for _, fence := range t.Fences {
		if outside := t.outside(fence, region, e); outside != nil {
			found = append(found, Impact{Harm: HarmOutside, Model: e.model, ModelName: t.names[e.model], In: outside, Outside: fence.Name})
		}
	}
	return found
}

// asDestinations are regions as a profile has them.
func asDestinations(regions []string) []string {
	list := slices.Clone(regions)
	for i := range list {
		if list[i] == catalog.Anywhere {
			list[i] = ""
		}
	}
	return list
}

// named are the regions that have a code.
func named(regions []string) []string {
	return slices.DeleteFunc(append([]string{}, regions...), func(region string) bool { return region == catalog.Anywhere })
}

func (t *tracer) with(impact Impact, e end, region string) Impact {
	impact.Model, impact.ModelName = e.model, t.names[e.model]
	old := t.anyListed(e.model)
	if old == nil && t.Was != nil {
		old = t.Was(e.model)
	}
	if old != nil {
		impact.ModelName = cmp.Or(impact.ModelName, old.Name)
		impact.Replacement = t.Replacement(old, []string{region}, t.Impacted.Replacements)
	}
	return impact
}

// dated returns what happens on the dates of the model, in the regions that have them.
func (t *tracer) dated(r *catalog.Resource, region string, e end) []Impact {
	type when struct {
		harm Harm
		date string
	}
	in := map[when][]string{}
	for _, code := range t.relevant(region, e) {
		m := t.region(code).Models[e.model]
		if m == nil {
			continue
		}
		l := m.Lifecycle
		add := func(harm Harm, at time.Time) {
			k := when{harm, catalog.Day(at)}
			in[k] = append(in[k], code)
		}
		if !l.EndOfLife.IsZero() {
			add(HarmEndOfLife, l.EndOfLife)
			if r.CommitmentEnd.After(l.EndOfLife) {
				add(HarmCommitted, l.EndOfLife)
			}
		}
		if t.ahead(l.ExtendedAccess) {
			add(HarmPrice, l.ExtendedAccess)
		}
		switch legacy := l.Status == catalog.StatusLegacy; {
		case legacy && l.EndOfLife.IsZero():
			add(HarmLegacy, time.Time{})
		case !legacy && t.ahead(l.Legacy):
			add(HarmLegacy, l.Legacy)
		}
	}
	var found []Impact
	for _, k := range slices.SortedFunc(maps.Keys(in), func(a, b when) int { return cmp.Or(cmp.Compare(a.harm, b.harm), cmp.Compare(a.date, b.date)) }) {
		impact := t.with(Impact{Harm: k.harm, Date: k.date, In: in[k]}, e, region)
		if k.date != "" {
			at, _ := time.Parse(time.DateOnly, k.date) // which Day wrote
			impact.Days = new(DaysUntil(at, t.Today))
		}
		if k.harm == HarmCommitted {
			impact.Until = catalog.Day(r.CommitmentEnd)
		}
		found = append(found, impact)
	}
	return found
}

// ahead reports whether a date is given and has not passed.
func (t *tracer) ahead(at time.Time) bool { return !at.IsZero() && DaysUntil(at, t.Today) >= 0 }

// relevant are the regions whose dates count for a call from region: those that it may
// run in. Where AWS picks any, it is the region itself if it lists the model, or else
// all that do.
func (t *tracer) relevant(region string, e end) []string {
	if !slices.Contains(e.regions, catalog.Anywhere) {
		return e.regions
	}
	if t.region(region).Models[e.model] != nil {
		return []string{region}
	}
	return t.presence.Regions(e.model)
}

// outside returns where a call may run outside a fence; nil if nowhere.
func (t *tracer) outside(fence Fence, region string, e end) []string {
	if !fence.Covers(region, e.model) {
		return nil
	}
	var outside []string
	for _, code := range e.regions {
		if code == catalog.Anywhere || !slices.ContainsFunc(fence.Within, func(place string) bool { return catalog.InPlace(code, place) }) {
			outside = append(outside, code)
		}
	}
	return outside
}
