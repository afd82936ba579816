package report

import (
	"cmp"
	"slices"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// nowhere reports whether no region is known to be able to call the model.
func (l *Loss) nowhere() bool {
	return len(l.Remaining)+len(l.Unknown)+len(l.Elsewhere)+len(l.ElsewhereUnread) == 0
}

// Loss is what is no longer listed or callable.
type Loss struct {
	Unlisted []string    `json:"unlisted,omitempty"` // regions that no longer list the model
	Lost     []LostRoute `json:"lost,omitempty"`
	// Uncallable are the regions from which nothing can call the model any more.
	// Unknown are those where that is not known, because one of their lists was
	// not read. Remaining are the routes left in the regions that lost something.
	// Elsewhere are the other regions from which the model can be called, and
	// ElsewhereUnread those from which it could when they were last read.
	Uncallable      []string    `json:"uncallable,omitempty"`
	Unknown         []string    `json:"unknown,omitempty"`
	Remaining       []Route     `json:"remaining,omitempty"`
	Elsewhere       []string    `json:"elsewhere,omitempty"`
	ElsewhereUnread []Confirmed `json:"elsewhere_unread,omitempty"`
	// Doubtful are the regions where a profile remains although no region that it
	// routes to lists the model: it can probably not be called any more.
	Doubtful []string `json:"doubtful,omitempty"`
	// EndOfLife is the date that the lists last gave, "" if none.
	EndOfLife string `json:"end_of_life,omitempty"`
}

// LostRoute is an ID that can no longer be passed.
type LostRoute struct {
	From   []string       `json:"from"`
	Access catalog.Access `json:"access"`
	ID     string         `json:"id"`
	Why    Why            `json:"why"`
	Status string         `json:"status,omitempty"` // of a profile that is not active
}

// Why is the reason for a lost route.
type Why string

const (
	Unlisted     Why = "removed"           // its model or profile is no longer listed
	NotActive    Why = "not-active"        // its profile is listed and not active
	NotSupported Why = "no-longer-offered" // its model or profile is listed and no longer offers it
)

// buildLoss sets what is no longer listed or callable, and what remains.
func (v *view) buildLoss(s *Story, group []piece) {
	l := &Loss{
		Unlisted:   regionsOf(group, kind(diff.Removed), ofModel),
		Uncallable: regionsOf(group, kind(diff.NoLongerCallable)),
		Lost:       v.lostRoutes(group),
	}
	if s.Subject.Resource == catalog.KindFoundationModel {
		v.addRemaining(s, l, group)
		l.EndOfLife = v.endOfLife(s.Subject.ID, l.Unlisted)
	}
	s.Loss = l
	s.Event = lossEvent(s, group)
}

// addRemaining adds what can still call the model.
func (v *view) addRemaining(s *Story, l *Loss, group []piece) {
	model, remaining := s.Subject.ID, routes{}
	for region, since := range by(group) {
		all := slices.DeleteFunc(v.paths(region, model, since), func(p catalog.Path) bool { return !p.Callable() })
		paths := v.leading(model, slices.Clone(all))
		for _, path := range paths {
			remaining.add(region, path)
		}
		switch {
		case len(paths) > 0:
		case len(all) > 0:
			l.Doubtful = append(l.Doubtful, region)
		case !slices.Contains(l.Uncallable, region) && !v.wholeSince(region, since):
			l.Unknown = append(l.Unknown, region)
		}
	}
	slices.Sort(l.Unknown)
	l.Doubtful = union(l.Doubtful, v.doubtfulElsewhere(s, l))
	l.Remaining = remaining.list()
	callable, stale := v.callableFrom(model)
	l.Elsewhere = without(callable, s.Regions)
	l.ElsewhereUnread = slices.DeleteFunc(stale, func(c Confirmed) bool { return slices.Contains(s.Regions, c.Region) })
}

// doubtfulElsewhere returns the other regions where a profile remains after the
// regions that it routes to have dropped the model.
func (v *view) doubtfulElsewhere(s *Story, l *Loss) []string {
	if len(l.Unlisted) == 0 {
		return nil
	}
	return filter(filter(sortedKeys(v.after), v.only.region), func(region string) bool {
		paths := v.region(region).Paths(s.Subject.ID)
		return !slices.Contains(s.Regions, region) && catalog.Callable(paths) && !catalog.Callable(v.leading(s.Subject.ID, paths))
	})
}

// endOfLife returns the earliest end of life that the lists which dropped the
// model gave, "" if none.
func (v *view) endOfLife(model string, regions []string) string {
	earliest := ""
	for _, region := range regions {
		m := v.regionBefore(region).Models[model]
		if m == nil || m.Lifecycle.EndOfLife.IsZero() {
			continue
		}
		if d := catalog.Day(m.Lifecycle.EndOfLife); earliest == "" || d < earliest {
			earliest = d
		}
	}
	return earliest
}

// lostRoutes returns the IDs that can no longer be passed. A profile that is gone
// is lost even without a lost path, as its status may not have allowed calls.
func (v *view) lostRoutes(group []piece) []LostRoute {
	var lost []LostRoute
	for _, p := range filterPieces(group, kind(diff.PathLost)) {
		lost = append(lost, v.lostRoute(p.Region, *p.Path))
	}
	for _, p := range filterPieces(group, kind(diff.Removed, diff.Changed), ofProfile) {
		lost = append(lost, v.lostRoute(p.Region, catalog.Path{Access: catalog.ViaProfile, ModelID: p.ID}))
	}
	return rollUp(lost)
}

func (v *view) lostRoute(region string, path catalog.Path) LostRoute {
	route := LostRoute{From: []string{region}, Access: path.Access, ID: path.ModelID, Why: NotSupported}
	after := v.region(region)
	if path.Access == catalog.ViaProfile {
		switch profile := after.Profiles[path.ModelID]; {
		case profile == nil:
			route.Why = Unlisted
		case !profile.Active():
			route.Why, route.Status = NotActive, profile.Status
		}
	} else if after.Models[path.ModelID] == nil {
		route.Why = Unlisted
	}
	return route
}

// rollUp joins the regions of routes that are otherwise equal, and removes
// duplicates.
func rollUp(lost []LostRoute) []LostRoute {
	rank := func(r LostRoute) int { return accessRank(Route{Access: r.Access}) }
	same := func(a, b LostRoute) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Why, b.Why), cmp.Compare(a.Status, b.Status),
		)
	}
	slices.SortStableFunc(lost, same)
	var rolled []LostRoute
	for _, route := range lost {
		if last := len(rolled) - 1; last >= 0 && same(rolled[last], route) == 0 {
			rolled[last].From = union(rolled[last].From, route.From)
			continue
		}
		rolled = append(rolled, route)
	}
	return rolled
}

func lossEvent(s *Story, group []piece) Event {
	l := s.Loss
	every := func(why Why) bool {
		return len(l.Lost) > 0 && !slices.ContainsFunc(l.Lost, func(r LostRoute) bool { return r.Why != why })
	}
	onDemand := slices.ContainsFunc(l.Lost, func(r LostRoute) bool { return r.Access == catalog.OnDemand })
	switch {
	case s.Significance == diff.Minor:
		return ProvisionedOnly
	case len(l.Unlisted) > 0 && len(s.ListedIn) == 0:
		return Removed
	case len(l.Unlisted) > 0:
		return RemovedInPart
	case len(l.Uncallable) > 0:
		return NoLongerCallable
	case onDemand:
		return OnDemandLost
	case every(NotActive):
		return ProfileInactive
	case len(filterPieces(group, kind(diff.Removed), ofProfile)) > 0:
		return ProfileRemoved
	}
	return PathLost
}
