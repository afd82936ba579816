package diff

import (
	"slices"

	"snapshotter/catalog"
)

// compareAccess finds the access paths that a region gained and lost, and the
// models that became, or are no longer, callable there. A path depends on one
// list. Whether a model is callable depends on all lists of the region, so it is
// compared only between runs that read them all.
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
	was, is := changedOnly(before, after)
	for _, model := range modelIDs(was, is) {
		gained, lost := pathsBetween(was, is, model), pathsBetween(is, was, model)
		template.ID = model
		c.pathEvents(template, PathGained, gained)
		c.pathEvents(template, PathLost, lost)
	}
}

// changedOnly indexes the items that differ: the others have the same paths on both
// sides. What they leave unsaid is as it was last said.
func changedOnly(before, after *catalog.ScopeState) (was, is *catalog.Region) {
	var old, new []catalog.Item
	pair(before.Items, after.Items, func(a, b catalog.Item) {
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
	return catalog.NewRegion(before.Said(old)), catalog.NewRegion(after.Said(new))
}

func modelIDs(was, is *catalog.Region) []string {
	all := append(was.ModelIDs(), is.ModelIDs()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// pathsBetween returns the paths to model that to has and from is known to lack.
func pathsBetween(from, to *catalog.Region, model string) []catalog.Path {
	had := from.Paths(model)
	var paths []catalog.Path
	for _, path := range to.Paths(model) {
		known := slices.ContainsFunc(had, func(p catalog.Path) bool {
			return p.Access == path.Access && p.ModelID == path.ModelID
		})
		if !known && !from.PathUnsaid(path) {
			paths = append(paths, path)
		}
	}
	return paths
}

func (c *comparison) pathEvents(change Change, kind Kind, paths []catalog.Path) {
	for _, path := range paths {
		change.Kind, change.Path = kind, &path
		c.result.Changes = append(c.result.Changes, change)
	}
}

func (c *comparison) compareCallable(region string, before, after *catalog.Joint) {
	was, is := said(before), said(after)
	change := Change{
		Resource: catalog.KindFoundationModel, Region: region,
		After: before.Run, By: after.Run,
	}
	for _, model := range modelIDs(was, is) {
		change.ID = model
		switch {
		case notCallable(was, is, model) && catalog.Callable(is.Paths(model)):
			change.Kind = BecameCallable
		case catalog.Callable(was.Paths(model)) && notCallable(is, was, model):
			change.Kind = NoLongerCallable
		default:
			continue
		}
		c.result.Changes = append(c.result.Changes, change)
	}
}

// said indexes what a run listed in a region. What it left unsaid is as it was
// last said.
func said(joint *catalog.Joint) *catalog.Region {
	if joint.Said != nil {
		return catalog.NewRegion(joint.Said)
	}
	return catalog.NewRegion(joint.Items)
}

// notCallable reports whether region is known to have no way to call model. That is
// not known if the region leaves it unsaid, or if the other side has a path that
// the region neither confirms nor denies.
func notCallable(region, other *catalog.Region, model string) bool {
	if catalog.Callable(region.Paths(model)) || region.AccessUnsaid(model) {
		return false
	}
	return !slices.ContainsFunc(other.Paths(model), func(path catalog.Path) bool {
		return path.Callable() && region.PathUnsaid(path)
	})
}
