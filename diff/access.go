package diff

import (
	"slices"

	"snapshotter/catalog"
)

// compareAccess tells which ways to call a model a region gained and lost, and
// which models became, or ceased to be, callable there. A path rests on the
// list that holds it; whether a model is callable rests on all of the region's
// lists, so it is compared only between runs that read all of them.
func (c *comparison) compareAccess(region string) {
	for _, kind := range catalog.Kinds() {
		scope := catalog.Scope{Region: region, Kind: kind}
		before, after := c.base.Scope(scope), c.head.Scope(scope)
		if observed(before) && observed(after) {
			c.comparePaths(before, after)
		}
	}
	before, after := c.base.Joint(region), c.head.Joint(region)
	if before != nil && after != nil && before.Run.ID != after.Run.ID {
		c.compareCallable(region, before, after)
	}
}

func (c *comparison) comparePaths(before, after *catalog.ScopeState) {
	template := Change{
		Resource: catalog.KindFoundationModel, Region: after.Region,
		After: *before.Confirmed, By: *after.Confirmed,
	}
	was, is := changedOnly(before.Items, after.Items)
	for _, model := range modelIDs(was, is) {
		gained, lost := pathsBetween(was, is, model), pathsBetween(is, was, model)
		template.ID = model
		c.pathEvents(template, PathGained, gained)
		c.pathEvents(template, PathLost, lost)
	}
}

// changedOnly indexes the items that differ: the others hold the same paths on
// both sides.
func changedOnly(before, after []catalog.Item) (was, is *catalog.Region) {
	var old, new []catalog.Item
	pair(before, after, func(a, b catalog.Item) {
		if a == b && a != nil {
			return // one document, read once
		}
		if a != nil {
			old = append(old, a)
		}
		if b != nil {
			new = append(new, b)
		}
	})
	return catalog.NewRegion(old), catalog.NewRegion(new)
}

func modelIDs(was, is *catalog.Region) []string {
	all := append(was.ModelIDs(), is.ModelIDs()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// pathsBetween are the paths to model that to has and from is known to lack.
func pathsBetween(from, to *catalog.Region, model string) []catalog.Path {
	had := from.Paths(model)
	var paths []catalog.Path
	for _, path := range to.Paths(model) {
		known := slices.ContainsFunc(had, func(p catalog.Path) bool {
			return p.Access == path.Access && p.ModelID == path.ModelID
		})
		if !known && !unsaid(from, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// unsaid reports whether a region lists what the path rests on without the
// field that would tell if the path exists: its model without inference types,
// or its profile without destinations.
func unsaid(region *catalog.Region, path catalog.Path) bool {
	if path.Access == catalog.ViaProfile {
		p := region.Profiles[path.ModelID]
		return p != nil && p.Destinations == nil
	}
	m := region.Models[path.ModelID]
	return m != nil && m.InferenceTypes == nil
}

func (c *comparison) pathEvents(change Change, kind Kind, paths []catalog.Path) {
	for _, path := range paths {
		change.Kind, change.Path = kind, &path
		change.Significance = pathSignificance(kind, path)
		c.result.Changes = append(c.result.Changes, change)
	}
}

// pathSignificance weighs a lost path as breaking even where another remains:
// whoever passes that id is refused.
func pathSignificance(kind Kind, path catalog.Path) Significance {
	switch {
	case !path.Callable():
		return Minor
	case kind == PathLost:
		return Breaking
	}
	return Good
}

func (c *comparison) compareCallable(region string, before, after *catalog.Joint) {
	was, is := catalog.NewRegion(before.Items), catalog.NewRegion(after.Items)
	change := Change{
		Resource: catalog.KindFoundationModel, Region: region,
		After: before.Run, By: after.Run,
	}
	for _, model := range modelIDs(was, is) {
		change.ID = model
		switch {
		case notCallable(was, is, model) && catalog.Callable(is.Paths(model)):
			change.Kind, change.Significance = BecameCallable, Good
		case catalog.Callable(was.Paths(model)) && notCallable(is, was, model):
			change.Kind, change.Significance = NoLongerCallable, Breaking
		default:
			continue
		}
		c.result.Changes = append(c.result.Changes, change)
	}
}

// notCallable reports whether region is known to have no way to call model. It
// is not known where the region left unsaid whether a path that the other side
// has exists.
func notCallable(region, other *catalog.Region, model string) bool {
	if catalog.Callable(region.Paths(model)) {
		return false
	}
	return !slices.ContainsFunc(other.Paths(model), func(path catalog.Path) bool {
		return path.Callable() && unsaid(region, path)
	})
}
