package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// historyCommand tells everything that ever happened to a model or a profile.
type historyCommand struct {
	ID           string `arg:"" help:"Id of a model or an inference profile; or a part of an id or name that only one has."`
	Since        string `placeholder:"RUN" help:"Only what was found after this run: an id, latest~2, a date, a time or an age."`
	regionFilter `embed:""`
	format       `embed:""`
}

// Validate implements kong's hook.
func (c *historyCommand) Validate() error { return c.regionFilter.Validate() }

func (c *historyCommand) Help() string {
	return `Oldest first, what is alike in several regions on one line. For a model it tells
of its profiles too. "now observed" is the first reading of a list: nothing says
how long it had been there. A change found after runs that could not read a list
says the run before it that could. "not read" tells of runs that could not read a
list that had been read before: nothing is removed by them.

JSON and CSV have the parts of what the table says in words: see docs/json.md.

Examples:
  snapshotter history anthropic.claude-3-haiku-20240307-v1:0
  snapshotter history eu.anthropic.claude-haiku-4-5-20251001-v1:0 --region 'eu-*'
  snapshotter history nova-canvas --since 90d --format csv`
}

// What a [chapter] tells beside the kinds of changes.
const (
	nowObserved diff.Kind = "now-observed" // on the list when it was first read
	notRead     diff.Kind = "not-read"     // nobody looked
)

// chapter is something that happened in some regions.
type chapter struct {
	Run catalog.RunRef `json:"run"`
	// After is the last run before that told otherwise, nil where there was none.
	After        *catalog.RunRef   `json:"after"`
	Event        diff.Kind         `json:"event"`
	Significance diff.Significance `json:"significance,omitempty"`
	Resource     catalog.Kind      `json:"resource"`
	ID           string            `json:"id"`
	What         string            `json:"what"` // in words
	// Of these, one at most is set, as Event wants.
	Field   *diff.FieldChange `json:"field,omitempty"`
	Path    *catalog.Path     `json:"path,omitempty"` // without destinations: regions may differ in them
	Absent  *catalog.RunRef   `json:"absent,omitempty"`
	NotRead *blind            `json:"not_read,omitempty"`
	Regions []string          `json:"regions"`
}

// blind is an unbroken row of runs, from the chapter's on, that could not read a
// list.
type blind struct {
	Outcome catalog.Outcome `json:"outcome"`
	To      catalog.RunRef  `json:"to"`
	Runs    int             `json:"runs"`
}

// historyAnswer is the answer as programs read it: see docs/json.md.
type historyAnswer struct {
	Kind     catalog.Kind `json:"kind"`
	ID       string       `json:"id"`
	Profiles []string     `json:"profiles"` // that ever routed to it, of a model
	Chapters []chapter    `json:"chapters"`
}

func (c *historyCommand) Run(ctx context.Context, p *program) error {
	return asOf{AsOf: "latest"}.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		past, err := c.find(ctx, p, db, run)
		if err != nil {
			return err
		}
		since, err := c.since(ctx, p, db)
		if err != nil {
			return err
		}
		chapters, err := past.chapters(ctx, db, since, c.includes)
		if err != nil {
			return err
		}
		answer := historyAnswer{past.kind, past.id, append([]string{}, past.profiles...), chapters}
		if !c.forPeople() {
			return c.print(p, chapterRows(chapters), answer)
		}
		if len(chapters) == 0 {
			p.println("Nothing is recorded of %s that the filters let through.", past.id)
			return nil
		}
		return c.print(p, chapterSummary(chapters), answer)
	})
}

// since is the run that --since names, 0 for all of them. A time before the first
// run is no mistake here.
func (c *historyCommand) since(ctx context.Context, p *program, db *store.Store) (int64, error) {
	if c.Since == "" {
		return 0, nil
	}
	ref, err := reference(c.Since, p.now())
	if err != nil {
		return 0, err
	}
	run, err := ref.Find(ctx, db)
	if !ref.Time().IsZero() && errors.As(err, new(*store.NoRunError)) {
		return 0, nil
	}
	return run.ID, err
}

// past is all that was recorded of a model and the profiles that ever routed to
// it, or of a profile.
type past struct {
	kind     catalog.Kind
	id       string
	profiles []string
	events   map[catalog.Kind]map[string][]catalog.Event // by key and run
	told     map[string]bool                             // the ids that it is about
}

// find reads the past of what the user named: an exact id, else what where takes
// it for, else the one item with that part in its id that lists have lost.
func (c *historyCommand) find(ctx context.Context, p *program, db *store.Store, run catalog.Run) (*past, error) {
	for _, kind := range catalog.Kinds() {
		if found, err := readPast(ctx, db, kind, c.ID); err != nil || len(found.events) > 0 {
			return found, err
		}
	}
	snapshot, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	switch found := ask.NewDirectory(snapshot).Find(c.ID); len(found.Models) {
	case 0:
		return c.findLost(ctx, db)
	case 1:
		return readPast(ctx, db, catalog.KindFoundationModel, found.Models[0].ID)
	default:
		return nil, ambiguous(p, c.ID, found.Models, "give one of the ids")
	}
}

// findLost looks among all that was ever listed.
func (c *historyCommand) findLost(ctx context.Context, db *store.Store) (*past, error) {
	for _, kind := range catalog.Kinds() {
		keys, err := db.Keys(ctx, kind)
		if err != nil {
			return nil, err
		}
		keys = slices.DeleteFunc(keys, func(key string) bool {
			return c.ID == "" || !strings.Contains(strings.ToLower(key), strings.ToLower(c.ID))
		})
		switch len(keys) {
		case 0:
		case 1:
			return readPast(ctx, db, kind, keys[0])
		default:
			return nil, usageError("%q may mean any of %d ids that were listed once; give one of: %s", terminal.OneLine(c.ID), len(keys), someOf(keys))
		}
	}
	return nil, &codedError{exitUsage, advised{
		fmt.Sprintf("nothing was ever listed under %q", terminal.OneLine(c.ID)),
		"give an id of a model or an inference profile, or a part of one",
	}}
}

// someOf names as many as one message has room for.
func someOf(keys []string) string {
	const room = 50
	if len(keys) <= room {
		return strings.Join(keys, ", ")
	}
	return strings.Join(keys[:room], ", ") + ", …"
}

func readPast(ctx context.Context, db *store.Store, kind catalog.Kind, id string) (*past, error) {
	found := &past{kind: kind, id: id, events: map[catalog.Kind]map[string][]catalog.Event{}, told: map[string]bool{id: true}}
	keys := map[catalog.Kind][]string{kind: {id}}
	if kind == catalog.KindFoundationModel {
		profiles, err := db.ProfilesRoutingTo(ctx, id)
		if err != nil {
			return nil, err
		}
		found.profiles = profiles
		keys[catalog.KindInferenceProfile] = profiles
	}
	for kind, ids := range keys {
		for _, id := range ids {
			events, err := db.History(ctx, kind, id)
			if err != nil {
				return nil, err
			}
			found.told[id] = true
			if len(events) == 0 {
				continue
			}
			if found.events[kind] == nil {
				found.events[kind] = map[string][]catalog.Event{}
			}
			found.events[kind][id] = events
		}
	}
	return found, nil
}

// chapters tells what was found after the run since, in the order of runs, what
// weighs most first within one.
func (h *past) chapters(ctx context.Context, db *store.Store, since int64, includes func(string) bool) ([]chapter, error) {
	covered, err := h.coverage(ctx, db, includes)
	if err != nil {
		return nil, err
	}
	changes, err := h.changes(ctx, db, covered, since)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(h.firstSeen(includes), h.notRead(covered), h.changed(changes, includes))
	all = slices.DeleteFunc(all, func(c chapter) bool { return c.last() <= since })
	slices.SortStableFunc(all, func(a, b chapter) int {
		return cmp.Or(cmp.Compare(a.Run.ID, b.Run.ID), diff.CompareSignificance(a.Significance, b.Significance),
			cmp.Compare(a.ID, b.ID), cmp.Compare(a.What, b.What))
	})
	return all, nil
}

// last is the last run of which the chapter tells.
func (c *chapter) last() int64 {
	if c.NotRead != nil {
		return c.NotRead.To.ID
	}
	return c.Run.ID
}

// all are the events of every kind and key, in no order.
func (h *past) all() []catalog.Event {
	var all []catalog.Event
	for _, events := range h.events {
		for _, of := range events {
			all = append(all, of...)
		}
	}
	return all
}

// coverage is how the lists were read of every region that listed any of it.
func (h *past) coverage(ctx context.Context, db *store.Store, includes func(string) bool) (map[catalog.Scope][]catalog.Interval, error) {
	listed := map[string]bool{}
	for _, e := range h.all() {
		if includes(e.Region) {
			listed[e.Region] = true
		}
	}
	return db.Coverage(ctx, slices.Sorted(maps.Keys(listed)))
}

// firstSeen tells what was there when a list was first read.
func (h *past) firstSeen(includes func(string) bool) []chapter {
	var all rollUp
	for _, e := range h.all() {
		if e.After == nil && includes(e.Region) {
			all.add(chapter{Run: e.Run, Event: nowObserved, Resource: e.Item.Kind(), ID: e.Item.Key(), What: "now observed"}, e.Region)
		}
	}
	return all.chapters()
}

// notRead tells in which runs lists could not be read that had been read before
// and that held any of it.
func (h *past) notRead(covered map[catalog.Scope][]catalog.Interval) []chapter {
	var all rollUp
	for kind, events := range h.events {
		first := map[string]int64{}
		for _, e := range slices.Concat(slices.Collect(maps.Values(events))...) {
			if first[e.Region] == 0 || e.Run.ID < first[e.Region] {
				first[e.Region] = e.Run.ID
			}
		}
		for region, run := range first {
			for _, i := range covered[catalog.Scope{Region: region, Kind: kind}] {
				if i.Outcome == catalog.Complete || i.From.ID < run {
					continue
				}
				all.add(chapter{
					Run: i.From, Event: notRead, Resource: kind, ID: h.id,
					What:    notReadWords(kind, i),
					NotRead: &blind{i.Outcome, i.To, i.Runs},
				}, region)
			}
		}
	}
	return all.chapters()
}

func notReadWords(kind catalog.Kind, i catalog.Interval) string {
	return fmt.Sprintf("%ss not read (%s) in %s up to %s",
		strings.ReplaceAll(string(kind), "-", " "), i.Outcome.Words(), runsText(i.Runs), catalog.Moment(i.To.At))
}

func runsText(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// changes are those of every run after since, against the one before, that may
// be about it.
func (h *past) changes(ctx context.Context, db *store.Store, covered map[catalog.Scope][]catalog.Interval, since int64) ([]diff.Change, error) {
	timelines := map[string]*ask.Timeline{} // by region
	var turns []int64
	for scope := range covered {
		if timelines[scope.Region] == nil {
			timelines[scope.Region] = ask.NewTimeline(scope.Region, covered, h.events)
			turns = append(turns, timelines[scope.Region].Turns()...)
		}
	}
	steps, err := db.Steps(ctx, turns)
	if err != nil {
		return nil, err
	}
	var all []diff.Change
	for _, timeline := range timelines {
		for _, turn := range timeline.Turns() {
			if step, found := steps[turn]; found && turn > since {
				all = append(all, diff.Compare(timeline.At(step.Before), timeline.At(step.Run)).Changes...)
			}
		}
	}
	return all, nil
}

// changed tells those changes that are about it.
func (h *past) changed(changes []diff.Change, includes func(string) bool) []chapter {
	var all rollUp
	for i := range changes {
		change := &changes[i]
		if !h.concerns(change) || !includes(change.Region) {
			continue
		}
		c := chapter{
			Run: change.By, After: &change.After, Event: change.Kind,
			Resource: change.Resource, ID: change.ID, Absent: change.Absent,
		}
		for i := range change.Fields {
			c.Field = &change.Fields[i]
			c.Significance, c.What = c.Field.Significance, describeField(*c.Field)
			all.add(c, change.Region)
		}
		if change.Path != nil {
			c.Path = &catalog.Path{Access: change.Path.Access, ModelID: change.Path.ModelID, Geography: change.Path.Geography}
		}
		if change.Kind != diff.Changed {
			c.Significance, c.What = change.Significance, describePast(*change)
			all.add(c, change.Region)
		}
	}
	return all.chapters()
}

// describePast says of an item that is back since when it was away, too.
func describePast(change diff.Change) string {
	if change.Kind != diff.Reappeared {
		return describe(change)
	}
	return fmt.Sprintf("reappeared (found gone by run %d, %s)", change.Absent.ID, catalog.Moment(change.Absent.At))
}

// concerns reports whether a change is about the model or one of its profiles.
func (h *past) concerns(change *diff.Change) bool {
	if change.Resource == catalog.KindFoundationModel {
		return h.kind == catalog.KindFoundationModel && change.ID == h.id
	}
	return h.told[change.ID] && (h.kind == catalog.KindInferenceProfile || change.ID != h.id)
}

// rollUp joins what is alike in several regions. The zero value is empty.
type rollUp struct {
	regions map[string][]string
	first   map[string]chapter
}

func (r *rollUp) add(c chapter, region string) {
	if r.first == nil {
		r.regions, r.first = map[string][]string{}, map[string]chapter{}
	}
	alike, err := json.Marshal(c)
	if err != nil {
		panic(err) // a chapter holds text, numbers and times alone
	}
	key := string(alike)
	r.first[key] = c
	r.regions[key] = append(r.regions[key], region)
}

func (r *rollUp) chapters() []chapter {
	all := []chapter{}
	for _, key := range slices.Sorted(maps.Keys(r.first)) {
		c := r.first[key]
		c.Regions = sortedSet(r.regions[key])
		all = append(all, c)
	}
	return all
}

func sortedSet(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// chapterSummary has one row for what reads alike, though old values may differ.
func chapterSummary(chapters []chapter) *terminal.Table {
	type row struct{ run, found, after, id, what string }
	var order []row
	regions := map[row][]string{}
	for _, c := range chapters {
		r := row{fmt.Sprint(c.Run.ID), catalog.Moment(c.Run.At), afterText(c), c.ID, c.What}
		if regions[r] == nil {
			order = append(order, r)
		}
		regions[r] = append(regions[r], c.Regions...)
	}
	t := &terminal.Table{Head: []string{"run", "found", "after run", "id", "what", "regions"}}
	for _, r := range order {
		t.Add(r.run, r.found, r.after, r.id, r.what, strings.Join(sortedSet(regions[r]), " "))
	}
	return t
}

func afterText(c chapter) string {
	if c.After == nil {
		return "-"
	}
	return fmt.Sprintf("%d (%s)", c.After.ID, c.After.At.UTC().Format(time.DateOnly))
}

func chapterRows(chapters []chapter) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"run", "found_at", "after_run", "after_at", "event", "significance", "resource", "id", "region",
		"field", "old", "new", "access", "model_id", "outcome", "to_run", "what",
	}}
	for _, c := range chapters {
		after, field, old, new, access, modelID, outcome, to := "", "", "", "", "", "", "", ""
		if c.After != nil {
			after = fmt.Sprint(c.After.ID)
		}
		if f := c.Field; f != nil {
			field, old, new = string(f.Field), f.Old+strings.Join(f.OldSet, " "), f.New+strings.Join(f.NewSet, " ")
		}
		if c.Path != nil {
			access, modelID = string(c.Path.Access), c.Path.ModelID
		}
		if c.NotRead != nil {
			outcome, to = string(c.NotRead.Outcome), fmt.Sprint(c.NotRead.To.ID)
		}
		for _, region := range c.Regions {
			t.Add(fmt.Sprint(c.Run.ID), refTime(&c.Run), after, refTime(c.After), string(c.Event), string(c.Significance),
				string(c.Resource), c.ID, region, field, old, new, access, modelID, outcome, to, c.What)
		}
	}
	return t
}
