package diff

import (
	"cmp"
	"slices"

	"snapshotter/catalog"
)

// Effect is what a change does to a caller.
type Effect string

// The effects, the most serious first.
const (
	Uncallable    Effect = "uncallable"     // the model cannot be called from the region any more
	IDGone        Effect = "id-gone"        // an ID no longer works; another still does, or may
	OffList       Effect = "off-list"       // no longer listed, and callable as before
	Ends          Effect = "ends"           // the end of life was set or moved earlier
	MayCostMore   Effect = "may-cost-more"  // extended access was set or moved earlier
	RunsElsewhere Effect = "runs-elsewhere" // a profile has other destinations
	TurnsLegacy   Effect = "turns-legacy"   // legacy, or no longer active; or the legacy date was set or moved earlier
	Callable      Effect = "callable"       // the model can be called from the region now
	NewWay        Effect = "new-way"        // another ID can be called
	Returned      Effect = "back"           // listed again
	MoreTime      Effect = "more-time"      // active again; or a date moved later or was withdrawn
	NoEffect      Effect = "none"           // nothing that a caller notices
)

// Effects returns all effects, the most serious first.
func Effects() []Effect {
	return []Effect{
		Uncallable, IDGone, OffList, Ends, MayCostMore, RunsElsewhere, TurnsLegacy,
		Callable, NewWay, Returned, MoreTime, NoEffect,
	}
}

// CompareEffects orders the more serious first.
func CompareEffects(a, b Effect) int {
	return cmp.Compare(slices.Index(Effects(), a), slices.Index(Effects(), b))
}

// Significance is how much an effect matters.
func (e Effect) Significance() Significance {
	switch e {
	case Uncallable, IDGone, Ends:
		return Breaking
	case OffList, MayCostMore, RunsElsewhere, TurnsLegacy:
		return Notice
	case Callable, NewWay, Returned, MoreTime:
		return Good
	}
	return Minor
}

// effects finds out what each change of a comparison does to a caller.
type effects struct {
	families     *catalog.Families
	before, now  *ground
	became, lost map[itemIn]bool // models that became, or are no longer, callable
	paths        map[itemIn]Effect
}

// ground is what access rests on in one snapshot.
type ground struct {
	*catalog.Presence
	snapshot *catalog.Snapshot
	regions  map[string]*catalog.Region // built when needed
}

func newGround(s *catalog.Snapshot) *ground {
	return &ground{catalog.NewPresence(s), s, map[string]*catalog.Region{}}
}

// callable returns the ways to call a model of a region.
func (g *ground) callable(model itemIn) []catalog.Path {
	if g.regions[model.region] == nil {
		g.regions[model.region] = g.snapshot.Region(model.region)
	}
	return slices.DeleteFunc(g.regions[model.region].Paths(model.id), func(p catalog.Path) bool { return !p.Callable() })
}

// onlyDoubtful reports whether there are ways to call a model, and none of them
// leads anywhere.
func (g *ground) onlyDoubtful(model itemIn) bool {
	paths := g.callable(model)
	return len(paths) > 0 && !slices.ContainsFunc(paths, func(p catalog.Path) bool { return !g.Doubtful(model.id, p.Destinations) })
}

// itemIn is an item in a region.
type itemIn struct{ region, id string }

// weigh sets the effect of every change, and its significance from that. What
// happens to a variant affects nobody: see [catalog.Families].
func weigh(base, head *catalog.Snapshot, changes []Change) {
	e := &effects{
		families: catalog.NewFamilies(base, head), before: newGround(base), now: newGround(head),
		became: map[itemIn]bool{}, lost: map[itemIn]bool{}, paths: map[itemIn]Effect{},
	}
	for i := range changes {
		e.note(&changes[i])
	}
	for i := range changes {
		if c := &changes[i]; c.Path != nil {
			c.Effect = e.ofPath(c)
			e.notePath(c)
		}
	}
	for i := range changes {
		c := &changes[i]
		if c.Path == nil {
			c.Effect = e.of(c)
		}
		c.Significance = c.Effect.Significance()
	}
}

func (e *effects) note(c *Change) {
	switch c.Kind {
	case BecameCallable:
		e.became[itemIn{c.Region, c.ID}] = true
	case NoLongerCallable:
		e.lost[itemIn{c.Region, c.ID}] = true
	}
}

// notePath remembers what came of a profile's paths: the profile's own coming or
// going means the same.
func (e *effects) notePath(c *Change) {
	at := itemIn{c.Region, c.Path.ModelID}
	if had, known := e.paths[at]; !known || CompareEffects(c.Effect, had) < 0 {
		e.paths[at] = c.Effect
	}
}

func (e *effects) ofPath(c *Change) Effect {
	model := itemIn{c.Region, c.ID}
	switch {
	case !c.Path.Callable(), e.families.IsVariant(c.ID):
		return NoEffect
	case c.Kind == PathLost && e.before.Doubtful(c.ID, c.Path.Destinations):
		return NoEffect // it led nowhere
	case c.Kind == PathLost && e.uncallable(model):
		return Uncallable
	case c.Kind == PathLost:
		return IDGone
	case e.now.Doubtful(c.ID, c.Path.Destinations):
		return NoEffect
	case e.became[model]:
		return Callable
	}
	return NewWay
}

// uncallable reports whether nothing is known to be able to call the model of a
// region any more.
func (e *effects) uncallable(model itemIn) bool {
	return e.lost[model] || e.now.onlyDoubtful(model)
}

func (e *effects) of(c *Change) Effect {
	at := itemIn{c.Region, c.ID}
	switch {
	case c.Resource == catalog.KindFoundationModel && e.families.IsVariant(c.ID):
		for i := range c.Fields {
			c.Fields[i].Effect, c.Fields[i].Significance = NoEffect, Minor
		}
		return NoEffect
	case c.Kind == Changed:
		return gravest(c.Fields)
	case c.Kind == NoLongerCallable && !e.before.onlyDoubtful(at):
		return Uncallable
	case c.Kind == BecameCallable && !e.now.onlyDoubtful(at):
		return Callable
	case c.Kind == NoLongerCallable, c.Kind == BecameCallable:
		return NoEffect
	case c.Resource == catalog.KindInferenceProfile:
		return e.ofProfile(c, at)
	case c.Kind == Removed && e.uncallable(at):
		return Uncallable
	case c.Kind == Removed && len(e.before.callable(at)) == 0:
		return NoEffect // nothing could call it
	case c.Kind == Removed:
		return OffList
	case len(e.now.callable(at)) == 0:
		return NoEffect // listed, and nothing can call it
	case c.Kind == Reappeared:
		return Returned
	case e.became[at]:
		return Callable
	}
	return NewWay
}

// ofProfile is the effect of a profile's coming or going.
func (e *effects) ofProfile(c *Change, at itemIn) Effect {
	effect, known := e.paths[at]
	switch {
	case !known:
		return NoEffect // it was not active, or routed nowhere
	case c.Kind == Reappeared && effect.Significance() == Good:
		return Returned
	}
	return effect
}

func gravest(fields []FieldChange) Effect {
	return slices.MinFunc(fields, func(a, b FieldChange) int { return CompareEffects(a.Effect, b.Effect) }).Effect
}
