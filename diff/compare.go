package diff

import (
	"cmp"
	"slices"

	"snapshotter/catalog"
)

// Compare returns what changed from base to head. For each scope it compares the
// last complete listings up to each of them. A nil base means that head is the
// first run: nothing is new, only observed for the first time.
func Compare(base, head *catalog.Snapshot) *Result {
	if base == nil {
		base = &catalog.Snapshot{}
	}
	c := &comparison{
		base: base, head: head,
		result: &Result{
			Base: base.Run, Head: head.Run,
			Changes: []Change{}, NewRegions: []NewRegion{}, Baselines: []Baseline{}, Gaps: []Gap{}, // in JSON, none is a list
		},
	}
	for _, scope := range scopes(base, head) {
		c.compareScope(scope)
	}
	for _, region := range regions(base, head) {
		c.compareAccess(region)
	}
	slices.SortFunc(c.result.Changes, compareChanges)
	weigh(base, head, c.result.Changes)
	return c.result
}

type comparison struct {
	base, head *catalog.Snapshot
	result     *Result
}

func scopes(snapshots ...*catalog.Snapshot) []catalog.Scope {
	var all []catalog.Scope
	for _, s := range snapshots {
		for i := range s.Scopes {
			all = append(all, s.Scopes[i].Scope)
		}
	}
	slices.SortFunc(all, catalog.Scope.Compare)
	return slices.Compact(all)
}

func regions(snapshots ...*catalog.Snapshot) []string {
	var all []string
	for _, scope := range scopes(snapshots...) {
		all = append(all, scope.Region)
	}
	return slices.Compact(all) // scopes are sorted by region
}

func compareChanges(a, b Change) int {
	return cmp.Or(
		cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Resource, b.Resource),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Kind, b.Kind),
		comparePaths(a.Path, b.Path),
	)
}

func comparePaths(a, b *catalog.Path) int {
	if a == nil || b == nil {
		return 0 // either all changes of a kind have a path, or none
	}
	return cmp.Or(cmp.Compare(a.Access, b.Access), cmp.Compare(a.ModelID, b.ModelID))
}

func (c *comparison) compareScope(scope catalog.Scope) {
	before, after := c.base.Scope(scope), c.head.Scope(scope)
	compared := observed(before) && observed(after)
	if compared {
		c.result.Compared++
		c.compareItems(before, after)
	} else if observed(after) {
		c.firstObserved(after)
	}
	if !compared && !observed(after) || !after.Fresh() {
		c.result.Gaps = append(c.result.Gaps, gap(scope, after, compared))
	}
}

func observed(state *catalog.ScopeState) bool { return state != nil && state.Observed() }

// gap describes why head has no new listing of a scope. A scope that head does not
// name was not asked for.
func gap(scope catalog.Scope, state *catalog.ScopeState, compared bool) Gap {
	if state == nil {
		return Gap{Scope: scope, Outcome: catalog.NotListed}
	}
	return Gap{
		Scope: scope, Outcome: state.Outcome, ErrorCode: state.ErrorCode, Message: state.Message,
		Since: state.Since, Streak: state.Streak,
		Confirmed: state.Confirmed, Items: len(state.Items), Compared: compared,
	}
}

// firstObserved records a new region or, if discovery named the region before, a
// baseline of a scope that could not be read until now.
func (c *comparison) firstObserved(state *catalog.ScopeState) {
	if len(c.base.Scopes) == 0 || c.named(state.Region) {
		c.result.Baselines = append(c.result.Baselines, Baseline{
			Scope: state.Scope, By: *state.Confirmed, Items: len(state.Items),
		})
		return
	}
	last := len(c.result.NewRegions) - 1
	if last < 0 || c.result.NewRegions[last].Region != state.Region {
		c.result.NewRegions = append(c.result.NewRegions, c.newRegion(state.Region))
	}
}

func (c *comparison) named(region string) bool {
	return slices.ContainsFunc(catalog.Kinds(), func(kind catalog.Kind) bool {
		return c.base.Scope(catalog.Scope{Region: region, Kind: kind}) != nil
	})
}

func (c *comparison) newRegion(code string) NewRegion {
	region := c.head.Region(code)
	n := NewRegion{Region: code, Models: len(region.Models), Profiles: len(region.Profiles)}
	for _, kind := range catalog.Kinds() {
		if state := c.head.Scope(catalog.Scope{Region: code, Kind: kind}); observed(state) && state.Confirmed.ID > n.By.ID {
			n.By = *state.Confirmed
		}
	}
	for _, model := range region.ModelIDs() {
		if catalog.Callable(region.Paths(model)) {
			n.Callable++
		}
	}
	return n
}

// compareItems compares two sorted lists.
func (c *comparison) compareItems(before, after *catalog.ScopeState) {
	template := Change{Resource: after.Kind, Region: after.Region, After: *before.Confirmed, By: *after.Confirmed}
	pair(before.Items, after.Items, func(old, new catalog.Item) {
		if old == new {
			return // one document, read once
		}
		change := template
		switch {
		case old == nil:
			change.Kind, change.ID = Added, new.Key()
			if found, gone := before.Gone[new.Key()]; gone && before.Confirmed.ID < after.Confirmed.ID {
				change.Kind, change.Absent = Reappeared, &found
			}
		case new == nil:
			change.Kind, change.ID = Removed, old.Key()
		default:
			change.Kind, change.ID = Changed, new.Key()
			change.Fields = compareFields(old, new, before.LastSaid[old.Key()], after.LastSaid[new.Key()])
			if len(change.Fields) == 0 {
				return
			}
		}
		c.result.Changes = append(c.result.Changes, change)
	})
}

// pair visits the items of two sorted lists by key, with nil for an item that one
// side lacks.
func pair(before, after []catalog.Item, visit func(old, new catalog.Item)) {
	for len(before) > 0 || len(after) > 0 {
		order := 0
		switch {
		case len(before) == 0:
			order = 1
		case len(after) == 0:
			order = -1
		default:
			order = catalog.CompareItems(before[0], after[0])
		}
		var old, new catalog.Item
		if order <= 0 {
			old, before = before[0], before[1:]
		}
		if order >= 0 {
			new, after = after[0], after[1:]
		}
		visit(old, new)
	}
}
