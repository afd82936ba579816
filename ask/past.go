package ask

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// History is what this package reads of a history; a store implements it.
type History interface {
	Snapshot(ctx context.Context, run int64) (*catalog.Snapshot, error)
	// History returns the events of an item, by run, then region.
	History(ctx context.Context, kind catalog.Kind, key string) ([]catalog.Event, error)
	// Keys returns all keys that items of a kind ever had, sorted.
	Keys(ctx context.Context, kind catalog.Kind) ([]string, error)
	// ProfilesRoutingTo returns the profiles that ever routed to a model, sorted.
	ProfilesRoutingTo(ctx context.Context, model string) ([]string, error)
	// Coverage returns how each scope of regions, nil for all, was covered, by run.
	Coverage(ctx context.Context, regions []string) (map[catalog.Scope][]catalog.Interval, error)
	// Steps returns the recorded runs before runs, by the ID of the run.
	Steps(ctx context.Context, runs []int64) (map[int64]catalog.Step, error)
}

// Past is everything that was recorded about a model and the profiles that ever
// routed to it, or about a profile.
type Past struct {
	Kind     catalog.Kind
	ID       string
	Profiles []string // that ever routed to the model, sorted

	events map[catalog.Kind]map[string][]catalog.Event // by key, then in the order of runs
	about  map[string]bool                             // the IDs that it covers
	// covered is nil until [Past.Coverage] reads it.
	covered map[catalog.Scope][]catalog.Interval
}

// ReadPast reads the past of a model or profile by its exact ID.
func ReadPast(ctx context.Context, h History, kind catalog.Kind, id string) (*Past, error) {
	p := &Past{Kind: kind, ID: id, events: map[catalog.Kind]map[string][]catalog.Event{}, about: map[string]bool{id: true}}
	if err := p.read(ctx, h, kind, id); err != nil || kind != catalog.KindFoundationModel {
		return p, err
	}
	var err error
	if p.Profiles, err = h.ProfilesRoutingTo(ctx, id); err != nil {
		return nil, err
	}
	for _, profile := range p.Profiles {
		if err := p.read(ctx, h, catalog.KindInferenceProfile, profile); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Past) read(ctx context.Context, h History, kind catalog.Kind, id string) error {
	events, err := h.History(ctx, kind, id)
	p.about[id] = true
	if err != nil || len(events) == 0 {
		return err
	}
	if p.events[kind] == nil {
		p.events[kind] = map[string][]catalog.Event{}
	}
	p.events[kind][id] = events
	return nil
}

// Empty reports whether nothing was ever recorded under the ID.
func (p *Past) Empty() bool { return len(p.events) == 0 }

// Covers reports whether it covers an item of a kind that was ever listed.
func (p *Past) Covers(kind catalog.Kind, id string) bool { return p.events[kind] != nil && p.about[id] }

// FindPast reads the past of what word means: an exact ID of a model or profile, else
// the model that [Directory.Find] finds as of a run, else a resource of the account, by
// ID or name, else the only ID ever listed that contains word. Resources, those of the
// run, are read only for that. The error is an [*AmbiguousError] if word may mean
// several, and a [*NeverListedError] if it means nothing.
func FindPast(ctx context.Context, h History, run int64, resources func() (*catalog.Snapshot, error), word string) (*Past, error) {
	for _, kind := range catalog.Kinds() {
		if p, err := ReadPast(ctx, h, kind, word); err != nil || !p.Empty() {
			return p, err
		}
	}
	snapshot, err := h.Snapshot(ctx, run)
	if err != nil {
		return nil, err
	}
	switch found := NewDirectory(snapshot).Find(word); len(found.Models) {
	case 0:
		if p, err := findOwned(ctx, h, resources, word); err != nil || p != nil {
			return p, err
		}
		return findLost(ctx, h, word)
	case 1:
		return ReadPast(ctx, h, catalog.KindFoundationModel, found.Models[0].ID)
	default:
		return nil, &AmbiguousError{Word: word, Models: found.Models}
	}
}

// findLost looks among all that was ever listed.
func findLost(ctx context.Context, h History, word string) (*Past, error) {
	for _, kind := range catalog.Kinds() {
		keys, err := h.Keys(ctx, kind)
		if err != nil {
			return nil, err
		}
		keys = slices.DeleteFunc(keys, func(key string) bool {
			return word == "" || !strings.Contains(strings.ToLower(key), strings.ToLower(word))
		})
		switch len(keys) {
		case 0:
		case 1:
			return ReadPast(ctx, h, kind, keys[0])
		default:
			return nil, &AmbiguousError{Word: word, Lost: keys}
		}
	}
	return nil, &NeverListedError{Word: word}
}

// AmbiguousError means that a word may mean several models or profiles. The word
// and the names come from outside.
type AmbiguousError struct {
	Word   string
	Models []Candidate // that are listed or routed to, by ID
	Lost   []string    // or else the IDs that were listed once, sorted
}

func (e *AmbiguousError) Error() string { return "the word may mean several models or profiles" }

// NeverListedError means that nothing was ever listed under a word, which comes
// from outside.
type NeverListedError struct{ Word string }

func (e *NeverListedError) Error() string { return "nothing was ever listed under the word" }

// Spans returns the spans of a model's access paths, see [Spans], as of a run: of
// its own and of those through the profiles that ever routed to it.
func (p *Past) Spans(run int64) []Span {
	var histories [][]catalog.Event
	for _, byKey := range p.events {
		histories = slices.AppendSeq(histories, maps.Values(byKey))
	}
	return Spans(p.ID, run, histories...)
}

// LastListed returns the model as the last list up to a run had it, nil if none did.
func (p *Past) LastListed(run int64) *catalog.FoundationModel {
	var last *catalog.FoundationModel
	var at int64
	for _, e := range p.events[catalog.KindFoundationModel][p.ID] {
		if m, ok := e.Item.(*catalog.FoundationModel); ok && e.Run.ID <= run && e.Run.ID >= at {
			last, at = m, e.Run.ID
		}
	}
	return last
}

// Start returns when it began according to AWS, as lists up to a run had it: the start
// of life of a model, the creation of a profile. It is zero if none says.
func (p *Past) Start(run int64) (first time.Time) {
	for _, e := range p.events[p.Kind][p.ID] {
		if e.Run.ID <= run {
			first = catalog.Earlier(first, catalog.Began(e.Item))
		}
	}
	return first
}

// ReadSpans reads the spans of a model's access paths as of a run.
func ReadSpans(ctx context.Context, h History, model string, run int64) ([]Span, error) {
	p, err := ReadPast(ctx, h, catalog.KindFoundationModel, model)
	if err != nil {
		return nil, err
	}
	return p.Spans(run), nil
}

// all returns the events of every kind and key, in no order.
func (p *Past) all() []catalog.Event {
	var all []catalog.Event
	for _, events := range p.events {
		for _, of := range events {
			all = append(all, of...)
		}
	}
	return all
}

// Comparison is a run against the one before, cut down to what a past rests on.
type Comparison struct {
	Base, Head *catalog.Snapshot
	Result     *diff.Result
}

// Comparisons compares every run after since with the one before, as far as they may
// differ in what the past is about or rests on, in all regions.
func (p *Past) Comparisons(ctx context.Context, h History, since int64) ([]Comparison, error) {
	g := &grounds{events: map[catalog.Kind]map[string][]catalog.Event{}}
	if err := g.add(ctx, h, p.Kind, p.ID); err != nil {
		return nil, err
	}
	covered, err := p.Coverage(ctx, h)
	if err != nil {
		return nil, err
	}
	var regions []string
	for scope := range covered {
		regions = append(regions, scope.Region)
	}
	slices.Sort(regions)
	lines := timelines(slices.Compact(regions), covered, g.events)
	steps, err := h.Steps(ctx, turnsOf(lines))
	if err != nil {
		return nil, err
	}
	return compareTurns(lines, since, steps), nil
}

// Coverage returns how every scope on record was covered, by run. It is read once.
func (p *Past) Coverage(ctx context.Context, h History) (covered map[catalog.Scope][]catalog.Interval, err error) {
	if p.covered == nil {
		p.covered, err = h.Coverage(ctx, nil)
	}
	return p.covered, err
}

// SetCoverage sets what [Past.Coverage] returns, for the lists of a resource's kind.
func (p *Past) SetCoverage(covered map[catalog.Scope][]catalog.Interval) { p.covered = covered }

// timelines are those of the regions.
func timelines(regions []string, covered map[catalog.Scope][]catalog.Interval, events map[catalog.Kind]map[string][]catalog.Event) []*Timeline {
	var lines []*Timeline
	for _, region := range regions {
		lines = append(lines, NewTimeline(region, covered, events))
	}
	return lines
}

// turnsOf returns the turns of all timelines, sorted.
func turnsOf(lines []*Timeline) []int64 {
	var turns []int64
	for _, line := range lines {
		turns = append(turns, line.Turns()...)
	}
	slices.Sort(turns)
	return slices.Compact(turns)
}

// compareTurns compares the turns after since with the runs before them.
func compareTurns(lines []*Timeline, since int64, steps map[int64]catalog.Step) []Comparison {
	var all []Comparison
	for _, turn := range turnsOf(lines) {
		if step, found := steps[turn]; found && turn > since {
			base, head := together(lines, step.Before), together(lines, step.Run)
			all = append(all, Comparison{base, head, diff.Compare(base, head)})
		}
	}
	return all
}

// changesOf returns the changes that comparisons found.
func changesOf(comparisons []Comparison) []diff.Change {
	var all []diff.Change
	for _, c := range comparisons {
		all = append(all, c.Result.Changes...)
	}
	return all
}

// together returns the snapshot of all timelines as of a run.
func together(timelines []*Timeline, run catalog.RunRef) *catalog.Snapshot {
	s := &catalog.Snapshot{Run: catalog.Run{ID: run.ID, StartedAt: run.At}, Together: map[string]*catalog.Joint{}}
	for _, t := range timelines {
		at := t.At(run)
		s.Scopes = append(s.Scopes, at.Scopes...)
		maps.Copy(s.Together, at.Together)
	}
	return s
}

// grounds is what the effect of a change depends on: a model and what it may be a
// variant of, with the profiles that ever routed to it, with the models that
// these ever routed to.
type grounds struct {
	events map[catalog.Kind]map[string][]catalog.Event
}

func (g *grounds) add(ctx context.Context, h History, kind catalog.Kind, id string) error {
	if _, known := g.events[kind][id]; known {
		return nil
	}
	events, err := h.History(ctx, kind, id)
	if err != nil {
		return err
	}
	if g.events[kind] == nil {
		g.events[kind] = map[string][]catalog.Event{}
	}
	g.events[kind][id] = events
	if kind == catalog.KindInferenceProfile {
		for _, model := range routedTo(events) {
			if err := g.add(ctx, h, catalog.KindFoundationModel, model); err != nil {
				return err
			}
		}
		return nil
	}
	for _, base := range catalog.PossibleBases(id) {
		if err := g.add(ctx, h, kind, base); err != nil {
			return err
		}
	}
	profiles, err := h.ProfilesRoutingTo(ctx, id)
	if err != nil {
		return err
	}
	for _, profile := range profiles {
		if err := g.add(ctx, h, catalog.KindInferenceProfile, profile); err != nil {
			return err
		}
	}
	return nil
}

// routedTo returns the models that a profile ever routed to, sorted.
func routedTo(events []catalog.Event) []string {
	var models []string
	for _, e := range events {
		if p, ok := e.Item.(*catalog.InferenceProfile); ok {
			models = append(models, p.Models()...)
		}
	}
	slices.Sort(models)
	return slices.Compact(models)
}

// concerns reports whether a change is about the model or one of its profiles.
func (p *Past) concerns(change *diff.Change) bool {
	if change.Resource == catalog.KindFoundationModel {
		return p.Kind == catalog.KindFoundationModel && change.ID == p.ID
	}
	return p.about[change.ID] && (p.Kind == catalog.KindInferenceProfile || change.ID != p.ID)
}
