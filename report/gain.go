package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Route is a way to call a model: the ID to pass, the regions to call from, and
// the regions that a call may run in.
type Route struct {
	From   []string       `json:"from"`
	Access catalog.Access `json:"access"`
	ID     string         `json:"model_id"` // the exact string to pass
	// RunsIn are the destinations of a profile, "" alone if AWS picks any commercial
	// region. Without a profile there are none: the call runs in the calling region.
	RunsIn []string `json:"runs_in,omitempty"`
}

// anywhere reports whether a call may run in any commercial region.
func (r Route) anywhere() bool { return slices.Contains(r.RunsIn, "") }

// Gain is what is newly listed or callable.
type Gain struct {
	Listed   []string `json:"listed,omitempty"`   // regions that newly list the model
	Returned []Return `json:"returned,omitempty"` // what came back
	Callable []string `json:"callable,omitempty"` // regions from which it became callable
	// OnDemand are the regions that had a profile for the model and gained
	// on-demand access.
	OnDemand []string `json:"on_demand,omitempty"`
	Routes   []Route  `json:"routes,omitempty"` // all that was gained
	Before   []string `json:"before,omitempty"` // other regions, from which it could be called already
	// Uncallable are regions that newly list the model and where nothing can call
	// it. Unknown are those where that is not known, because their profiles were
	// not read.
	Uncallable []string `json:"uncallable,omitempty"`
	Unknown    []string `json:"unknown,omitempty"`
	// Inactive are new profiles that cannot be called yet.
	Inactive []Inactive `json:"inactive,omitempty"`
	// Start is when what is new began according to AWS, YYYY-MM-DD: the start of life of
	// a model, the creation of a profile; "" if no list says.
	Start string `json:"start,omitempty"`
}

// Return is an item that came back. Absent is the run that found it gone.
type Return struct {
	Region string         `json:"region"`
	ID     string         `json:"id"`
	Absent catalog.RunRef `json:"absent"`
	Back   catalog.RunRef `json:"back"`
	Days   int            `json:"days"` // between the dates of the two
}

// Inactive is a profile whose status does not allow calls.
type Inactive struct {
	ID      string   `json:"id"`
	Status  string   `json:"status"`
	Regions []string `json:"regions"`
}

// buildGain sets what is newly listed or callable: a launch with all its
// profiles, a new access path, or a return.
func (v *view) buildGain(s *Story, group []piece) {
	s.Gain = &Gain{
		Listed:   regionsOf(group, kind(diff.Added), ofModel),
		Callable: regionsOf(group, kind(diff.BecameCallable)),
		Returned: returns(group),
		Inactive: v.inactive(group),
	}
	launch := v.launched(s, group)
	if s.Subject.Resource == catalog.KindFoundationModel {
		v.addRoutes(s, group, launch)
	}
	s.Event = v.gainEvent(s, group, launch)
	if s.Event == NewModel || s.Event == NewProfile {
		s.Gain.Start = v.start(s.Gain.Listed, group)
	}
}

// start is when new items began according to AWS: the models, or else the profiles.
func (v *view) start(listed []string, group []piece) string {
	var first time.Time
	for _, p := range filterPieces(group, kind(diff.Added)) {
		region := v.region(p.Region)
		if model := region.Models[p.ID]; p.Resource == catalog.KindFoundationModel && model != nil {
			first = catalog.Earlier(first, catalog.Began(model))
		} else if profile := region.Profiles[p.ID]; len(listed) == 0 && profile != nil {
			first = catalog.Earlier(first, catalog.Began(profile))
		}
	}
	return catalog.Day(first)
}

// launched reports whether no region is known to have listed the model before:
// every region that lists it now added it in this comparison or was itself read
// for the first time.
func (v *view) launched(s *Story, group []piece) bool {
	if len(s.Gain.Listed) == 0 || len(regionsOf(group, kind(diff.Reappeared), ofModel)) > 0 {
		return false
	}
	before := v.known(v.listed[catalog.KindFoundationModel][s.Subject.ID], catalog.KindFoundationModel, s.Subject.ID)
	return len(before) == 0 && !v.removed[s.Subject.ID]
}

func (v *view) addRoutes(s *Story, group []piece, launch bool) {
	g, model := s.Gain, s.Subject.ID
	news := union(g.Listed, regionsOf(group, kind(diff.Reappeared), ofModel))
	whole := union(news, g.Callable) // here every path is news
	callable, _ := v.callableFrom(model)
	callable = filter(callable, v.only.region)
	if launch {
		whole = union(whole, callable)
	}
	g.Routes = v.routesGained(model, whole, group)
	g.Before = without(v.known(callable, catalog.KindFoundationModel, model), union(whole, s.Regions))
	for _, p := range filterPieces(group, kind(diff.PathGained)) {
		if p.Path.Access == catalog.OnDemand && !slices.Contains(whole, p.Region) && v.hadProfile(p, group) {
			g.OnDemand = append(g.OnDemand, p.Region)
		}
	}
	found := by(group)
	for _, region := range news {
		switch {
		case len(v.paths(region, model, found[region])) > 0:
		case v.wholeSince(region, found[region]):
			g.Uncallable = append(g.Uncallable, region)
		default:
			g.Unknown = append(g.Unknown, region)
		}
	}
}

// routesGained returns the paths that a group gained, and every path in the
// regions where all are new.
func (v *view) routesGained(model string, whole []string, group []piece) []Route {
	gained, found := routes{}, by(group)
	for _, region := range whole {
		since, changed := found[region]
		if !changed {
			since = v.head.Run.ID
		}
		for _, path := range v.paths(region, model, since) {
			gained.add(region, path)
		}
	}
	for _, p := range filterPieces(group, kind(diff.PathGained)) {
		gained.add(p.Region, *p.Path)
	}
	return gained.list()
}

// hadProfile reports whether a profile could already call the model in p's
// region.
func (v *view) hadProfile(p piece, group []piece) bool {
	return slices.ContainsFunc(v.paths(p.Region, p.ID, p.By.ID), func(path catalog.Path) bool {
		return path.Access == catalog.ViaProfile && !slices.ContainsFunc(group, func(q piece) bool {
			return q.Region == p.Region && q.Path != nil && q.Path.ModelID == path.ModelID
		})
	})
}

func returns(group []piece) []Return {
	var returned []Return
	for _, p := range group {
		if p.Kind == diff.Reappeared && p.Absent != nil {
			returned = append(returned, Return{
				Region: p.Region, ID: p.ID, Absent: *p.Absent, Back: p.By,
				Days: days(p.Absent.At, p.By.At),
			})
		}
	}
	slices.SortFunc(returned, func(a, b Return) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Region, b.Region))
	})
	return returned
}

// inactive returns the new profiles of a group whose status does not allow calls.
func (v *view) inactive(group []piece) []Inactive {
	listed := func(p piece) *catalog.InferenceProfile { return v.region(p.Region).Profiles[p.ID] }
	idle := filterPieces(group, kind(diff.Added, diff.Reappeared), ofProfile, func(p piece) bool {
		return listed(p) != nil && !listed(p).Active()
	})
	var list []Inactive
	for _, same := range alike(idle, func(p piece) string { return p.ID + "\x00" + listed(p).Status }) {
		list = append(list, Inactive{same[0].ID, listed(same[0]).Status, regionsOf(same)})
	}
	return list
}

func (v *view) gainEvent(s *Story, group []piece, launch bool) Event {
	g := s.Gain
	switch {
	case s.Significance == diff.Minor:
		return ProvisionedOnly
	case launch:
		return NewModel
	case len(g.Returned) > 0:
		return Back
	case len(g.Callable) > 0 && len(s.ListedIn) > 0 && len(g.Before) == 0:
		return NewlyCallable
	case len(g.Listed) > 0, len(g.Callable) > 0 && len(g.Before) > 0:
		return MoreRegions
	case slices.ContainsFunc(g.Routes, func(r Route) bool { return r.Access == catalog.OnDemand }):
		return OnDemandGained
	case len(filterPieces(group, kind(diff.Added), ofProfile)) > 0:
		return NewProfile
	case len(filterPieces(group, kind(diff.Changed))) > 0:
		return ProfileActive
	}
	return PathGained
}

// routes joins paths with the same ID and destinations into one route from
// several regions.
type routes map[string]*Route

func (r routes) add(from string, path catalog.Path) {
	destinations := path.Destinations
	if slices.Contains(destinations, "") {
		destinations = []string{""} // a global profile names the calling region besides: it says no more
	}
	k := strings.Join(append([]string{string(path.Access), path.ModelID}, destinations...), "\x00")
	if r[k] == nil {
		r[k] = &Route{Access: path.Access, ID: path.ModelID, RunsIn: destinations}
	}
	r[k].From = append(r[k].From, from)
}

// list returns on-demand routes first, then profiles by ID with those that run
// anywhere last, then provisioned throughput.
func (r routes) list() []Route {
	var list []Route
	for _, route := range r {
		route.From = union(route.From)
		list = append(list, *route)
	}
	slices.SortFunc(list, func(a, b Route) int {
		return cmp.Or(
			cmp.Compare(accessRank(a), accessRank(b)),
			cmp.Compare(a.ID, b.ID),
			slices.Compare(a.From, b.From),
			slices.Compare(a.RunsIn, b.RunsIn),
		)
	})
	return list
}

func accessRank(r Route) int {
	switch {
	case r.Access == catalog.OnDemand:
		return 0
	case r.Access == catalog.Provisioned:
		return 3
	case r.anywhere():
		return 2
	}
	return 1
}
