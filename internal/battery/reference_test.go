//go:build battery

package battery

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"snapshotter/internal/bedrocktest"
)

// This file is the reference model of TestHistories: what DESIGN's rules say of
// a history, in words of its own. It shares no code with the packages it judges.
// It knows what the Bedrock truly offered each night, what stood in the way, and
// what was told as JSON; not how any of it was found out.

// list is what is read at once: one kind in one region, in the words of the
// JSON documents.
type list struct{ region, kind string }

const (
	modelKind   = "foundation-model"
	profileKind = "inference-profile"
)

func lists(region string) []list { return []list{{region, modelKind}, {region, profileKind}} }

// thing is a model or a profile: what is said of it, by field. What is not said
// has no entry, and what was said last of it one under [last].
type thing map[string]string

// last is the entry of a field that is no longer said. A date is one only if nothing
// of the lifecycle is said: else it was withdrawn.
func last(field string) string { return "last " + field }

const lifecycle = "lifecycle."

// saysOfLife reports whether anything of the lifecycle is said.
func (t thing) saysOfLife() bool {
	for field := range t {
		if strings.HasPrefix(field, lifecycle) {
			return true
		}
	}
	return false
}

// again takes in what is said again as it was, which nobody tells, and forgets what
// was said last of a field that is said.
func (t thing) again(truth thing) {
	for field, value := range truth {
		if t[last(field)] == value {
			t[field] = value
		}
	}
	for field := range t {
		name, isLast := strings.CutPrefix(field, last(""))
		if isLast && (t[name] != "" || strings.HasPrefix(name, lifecycle) && truth.saysOfLife()) {
			delete(t, field)
		}
	}
}

// said is a thing without what was said last.
func (t thing) said() thing {
	said := maps.Clone(t)
	maps.DeleteFunc(said, func(field, _ string) bool { return strings.HasPrefix(field, last("")) })
	return said
}

// setFields are those whose values are sets; a set is written as "[a b]".
var setFields = []string{"input_modalities", "output_modalities", "inference_types", "customizations", "destinations"}

func setOf(values []string) string {
	values = slices.Clone(values)
	slices.Sort(values)
	return "[" + strings.Join(slices.Compact(values), " ") + "]"
}

func (t thing) say(field, value string) {
	if value != "" {
		t[field] = value
	}
}

func (t thing) saySet(field string, values []string) {
	if values != nil {
		t[field] = setOf(values)
	}
}

func modelThing(m bedrocktest.Model) thing {
	t := thing{}
	t.say("name", m.Name)
	t.say("provider", m.Provider)
	t.say("lifecycle.status", m.Lifecycle.Status)
	t.say("lifecycle.start_of_life", m.Lifecycle.StartOfLife)
	t.say("lifecycle.legacy", m.Lifecycle.Legacy)
	t.say("lifecycle.extended_access", m.Lifecycle.PublicExtendedAccess)
	t.say("lifecycle.end_of_life", m.Lifecycle.EndOfLife)
	t.saySet("input_modalities", m.Input)
	t.saySet("output_modalities", m.Output)
	t.saySet("inference_types", m.InferenceTypes)
	t.saySet("customizations", m.Customizations)
	if m.Streaming != nil {
		t["streaming"] = map[bool]string{true: "yes", false: "no"}[*m.Streaming]
	}
	return t
}

func profileThing(p bedrocktest.Profile) thing {
	t := thing{}
	t.say("name", p.Name)
	t.say("description", p.Description)
	t.say("status", p.Status)
	destinations := []string{}
	for _, model := range p.Models {
		for _, region := range p.Regions {
			destinations = append(destinations, region+"/"+model)
		}
	}
	t.saySet("destinations", destinations)
	return t
}

// truthOf is what a list truly holds.
func truthOf(c bedrocktest.Catalogue, l list) map[string]thing {
	things := map[string]thing{}
	if l.kind == modelKind {
		for _, m := range c[l.region].Models {
			things[m.ID] = modelThing(m)
		}
		return things
	}
	for _, p := range c[l.region].Profiles {
		things[p.ID] = profileThing(p)
	}
	return things
}

// way is a manner of calling a model, by the id to pass.
type way struct{ model, access, id string }

func (w way) callable() bool { return w.access != "provisioned" }

// waysIn are the ways that the things of a list give.
func waysIn(things map[string]thing, kind string) map[way]bool {
	ways := map[way]bool{}
	for id, t := range things {
		if kind == modelKind {
			for _, inference := range members(cmp.Or(t["inference_types"], t[last("inference_types")])) {
				switch inference {
				case "ON_DEMAND":
					ways[way{id, "on-demand", id}] = true
				case "PROVISIONED":
					ways[way{id, "provisioned", id}] = true
				}
			}
			continue
		}
		for _, destination := range members(t["destinations"]) {
			if _, model, _ := strings.Cut(destination, "/"); t["status"] == "ACTIVE" {
				ways[way{model, "profile", id}] = true
			}
		}
	}
	return ways
}

func members(set string) []string { return strings.Fields(strings.Trim(set, "[]")) }

// callableBy says of each model whether it can be called: yes, or unknown where
// nothing gives a way and its types were never said.
func callableBy(models map[string]thing, ways ...map[way]bool) map[string]string {
	calls := map[string]string{}
	for id, t := range models {
		if t["inference_types"] == "" && t[last("inference_types")] == "" {
			calls[id] = "unknown"
		}
	}
	for _, some := range ways {
		for w := range some {
			if w.callable() {
				calls[w.model] = "yes"
			}
		}
	}
	return calls
}

// toldDocument is the JSON that programs are given of a comparison: see
// docs/report-json.md.
type toldDocument struct {
	Base, Head struct {
		ID     int64
		Status string
	}
	Changes   []toldChange
	Regions   []toldRegion `json:"new_regions"`
	Baselines []struct {
		Region, Kind string
		By           toldRun
		Items        int
	}
	Gaps []toldGap
}

type toldRun struct{ ID int64 }

type toldRegion struct {
	Region           string
	By               toldRun
	Models, Profiles int
}

type toldChange struct {
	Kind, Resource, Region, ID string
	After, By                  toldRun
	Fields                     []toldField
	Path                       *struct {
		Access  string
		ModelID string `json:"model_id"`
	}
	Absent *toldRun
}

type toldField struct {
	Field, Said, Old, New string
	OldSet                []string `json:"old_set"`
	NewSet                []string `json:"new_set"`
}

// values are the field's before and after, "" where it was not said.
func (f toldField) values() (before, after string) {
	before, after = f.Old, f.New
	if slices.Contains(setFields, f.Field) {
		before, after = setOf(f.OldSet), setOf(f.NewSet)
	}
	switch f.Said {
	case "published":
		return "", after
	case "withdrawn":
		return before, ""
	}
	return before, after
}

type toldGap struct {
	Region, Kind, Outcome string
	Streak                int
	Confirmed             *toldRun
	Items                 int
}

// prospect is what may be expected of reading a list, from what stood in the
// way.
type prospect struct {
	readable bool // for certain
	lost     bool // for certain not
	// late is whether the first listing may lack something, so that what is new
	// may be told by a later night.
	late bool
	// outcomes are those that say why a list was lost; empty is any.
	outcomes []string
	// hidden are what a list lacks that is there.
	hidden []string
}

// reader knows only what was told, and the rules.
type reader struct {
	problems []string

	run   int64 // the last that was recorded
	named map[string]bool
	told  map[list]map[string]thing // nil before the list was first read
	ways  map[list]map[way]bool
	gone  map[list]map[string]int64 // which run told that it was removed
	calls map[string]map[string]string
	seen  map[list]int64 // the last run that read the list
	joint map[string]int64
	doubt map[list]doubt
	lost  map[list]streak

	tally map[string]int
}

// doubt is consecutive runs that found the same items missing and were not believed:
// how many, hours apart, up to the last of those, and when that was.
type doubt struct {
	missing string
	runs    int
	at      time.Time
}

// apart is how long after the last run that counted another one counts.
const apart = 6 * time.Hour

// missing are the items that were told and that a list lacks, with how many it
// shows.
func (r *reader) missing(l list, truth map[string]thing, hidden []string) (missing []string, shown int) {
	shown = len(truth)
	for id := range truth {
		if slices.Contains(hidden, id) {
			shown--
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.told[l])) {
		if _, there := truth[id]; !there || slices.Contains(hidden, id) {
			missing = append(missing, id)
		}
	}
	return missing, shown
}

// much is whether so much is missing that one run is not believed.
func much(told, missing, shown int) bool {
	return told > 0 && (shown == 0 || missing > 5 && 3*missing > told)
}

// runsMissing are the runs that found these items missing, with one that starts at at.
func (r *reader) runsMissing(l list, missing []string, at time.Time) int {
	before := r.doubt[l]
	switch {
	case before.missing != strings.Join(missing, " ") || before.runs == 0:
		return 1
	case at.Sub(before.at) >= apart:
		return before.runs + 1
	}
	return before.runs
}

// streak is a row of runs with one outcome.
type streak struct {
	outcome string
	runs    int
}

func newReader() *reader {
	return &reader{
		named: map[string]bool{}, told: map[list]map[string]thing{}, ways: map[list]map[way]bool{},
		gone: map[list]map[string]int64{}, calls: map[string]map[string]string{},
		seen: map[list]int64{}, joint: map[string]int64{}, doubt: map[list]doubt{}, lost: map[list]streak{},
		tally: map[string]int{},
	}
}

// clone is a reader who was told the same.
func (r *reader) clone() *reader {
	c := *r
	c.named, c.seen, c.joint = maps.Clone(r.named), maps.Clone(r.seen), maps.Clone(r.joint)
	c.doubt, c.lost = maps.Clone(r.doubt), maps.Clone(r.lost)
	c.ways, c.gone, c.calls = deeply(r.ways), deeply(r.gone), deeply(r.calls)
	c.told = map[list]map[string]thing{}
	for l, things := range r.told {
		if c.told[l] = deeply(things); things == nil {
			c.told[l] = nil
		}
	}
	return &c
}

// holds reports whether the history has any item.
func (r *reader) holds() bool {
	for _, things := range r.told {
		if len(things) > 0 {
			return true
		}
	}
	return false
}

// deeply is a clone of maps in a map.
func deeply[K, L comparable, V any, M ~map[L]V](from map[K]M) map[K]M {
	to := make(map[K]M, len(from))
	for key, value := range from {
		to[key] = maps.Clone(value)
	}
	return to
}

func (r *reader) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *reader) expect(holds bool, format string, args ...any) {
	if !holds {
		r.problem(format, args...)
	}
}

// night is what the reader is given of one recorded run.
type night struct {
	truth     bedrocktest.Catalogue
	prospects map[list]prospect
	// regions are those that the run must have named; it may have named those of
	// maybe, too.
	regions, maybe map[string]bool
	told           toldDocument
	// first is what the catalogue held after the run of a list that was read for
	// the first time. A reader has no older word of it to go by.
	first func(list) map[string]thing
	// markdown is the report that a person reads; removals are its entries that
	// say that something was removed.
	markdown string
	removals int
	run      int64
	at       time.Time // when it started
	status   string
}

// follow takes in what was told of a night, and holds it to the rules and to
// the truth.
func (r *reader) follow(n night) {
	r.expect(n.told.Head.ID == n.run && n.told.Base.ID == r.run, "compared %d with %d, want %d with %d", n.told.Base.ID, n.told.Head.ID, r.run, n.run)
	gaps := map[list]toldGap{}
	for _, g := range n.told.Gaps {
		l := list{g.Region, g.Kind}
		_, twice := gaps[l]
		r.expect(!twice, "%v is told twice as not read", l)
		gaps[l] = g
	}
	firsts := r.firsts(n)
	named := r.namedBy(n, gaps, firsts)
	read := map[list]bool{}
	for region := range named {
		for _, l := range lists(region) {
			_, gap := gaps[l]
			read[l] = !gap
			r.believable(l, n, gap, gaps[l])
		}
	}
	for l := range gaps {
		r.expect(named[l.region], "%v is told as not read, and its region was not named", l)
	}
	was := map[list]int64{}
	maps.Copy(was, r.seen)
	for l := range read {
		if read[l] {
			r.seen[l] = n.run
		}
	}
	r.baselines(n, read, firsts)
	removed := r.changes(n, read, was)
	r.expect(n.removals == 0 || removed > 0, "the report tells of %d removals, and nothing was removed", n.removals)
	for l := range read {
		r.exact(l, n, read[l])
	}
	for region := range named {
		r.callable(region, n, read, was)
	}
	r.gaps(n, read, gaps)
	r.run, r.named = n.run, named
	r.tally["runs"]++
	r.tally["runs "+n.status]++
}

// namedBy are the regions that the run is known to have named: each has a list
// that was read or a gap.
func (r *reader) namedBy(n night, gaps map[list]toldGap, firsts map[list]int) map[string]bool {
	named := maps.Clone(r.named)
	for region := range n.regions {
		named[region] = true
	}
	for l := range gaps {
		if n.maybe[l.region] {
			named[l.region] = true
		}
	}
	for l := range firsts {
		if n.maybe[l.region] {
			named[l.region] = true
		}
	}
	for _, new := range n.told.Regions { // perhaps of nothing at all
		if n.maybe[new.Region] {
			named[new.Region] = true
		}
	}
	return named
}

// believable holds what was claimed of a list to what stood in the way.
func (r *reader) believable(l list, n night, gap bool, told toldGap) {
	p, truth := n.prospects[l], truthOf(n.truth, l)
	all := slices.Sorted(maps.Keys(r.told[l]))
	missing, shown := r.missing(l, truth, p.hidden)
	much := much(len(all), len(missing), shown)
	lied := slices.Contains(p.outcomes, "suspect") // by an empty list, or a short one
	if lied && !much {
		missing = all
	}
	runs, before := r.runsMissing(l, missing, n.at), r.doubt[l]
	delete(r.doubt, l)
	doubtful := much && runs < 3 // such a loss is not believed yet
	if told.Outcome == "suspect" {
		now := doubt{strings.Join(missing, " "), runs, n.at}
		if before.missing == now.missing && before.runs == runs {
			now.at = before.at
		}
		r.doubt[l] = now
		r.expect(doubtful || len(all) > 0 && lied, "%v is told as suspect without a reason", l)
	}
	if doubtful {
		r.expect(gap, "%v lost much, by %d runs in a row, and that is believed", l, runs)
		r.expect(told.Outcome == "suspect" || !p.readable, "%v lost much, and is told as %s", l, told.Outcome)
	} else {
		r.expect(!p.readable || !gap, "%v could be read, and is told as %s", l, told.Outcome)
	}
	r.expect(!p.lost || gap, "%v could not be read, and is told as read", l)
	if p.lost && gap && len(p.outcomes) > 0 {
		r.expect(slices.Contains(p.outcomes, told.Outcome), "%v is told as %s, want one of %v", l, told.Outcome, p.outcomes)
	}
	r.tally[map[bool]string{true: "lists not read", false: "lists read"}[gap]]++
}

// firsts are the lists that are told as read for the first time, with how many
// items each was told to hold.
func (r *reader) firsts(n night) map[list]int {
	firsts := map[list]int{}
	for _, b := range n.told.Baselines {
		l := list{b.Region, b.Kind}
		_, twice := firsts[l]
		r.expect(!twice && r.told[l] == nil, "%v is told as read for the first time, and was before", l)
		r.expect(r.run == 0 || r.named[b.Region], "%v is told as first read, and its region is new", l)
		r.expect(b.By.ID == n.run, "%v was first read by run %d, told as %d", l, n.run, b.By.ID)
		firsts[l] = b.Items
	}
	for _, region := range n.told.Regions {
		r.expect(r.run != 0 && !r.named[region.Region], "%s is told as new, and was named before", region.Region)
		r.expect(region.By.ID == n.run, "%s is new by run %d, told as %d", region.Region, n.run, region.By.ID)
		for i, l := range lists(region.Region) {
			if count := []int{region.Models, region.Profiles}[i]; count > 0 {
				firsts[l] = count
			}
		}
		r.tally["new regions"]++
	}
	return firsts
}

// baselines takes the first reading of each list as it is: it must hold nothing
// but the truth, and all of it where nothing stood in the way.
func (r *reader) baselines(n night, read map[list]bool, firsts map[list]int) {
	for l, is := range read {
		if !is || r.told[l] != nil {
			_, told := firsts[l]
			r.expect(!told, "%v is told as first read, and was not", l)
			continue
		}
		r.told[l] = n.first(l)
		r.ways[l], r.gone[l] = waysIn(r.told[l], l.kind), map[string]int64{}
		r.expect(firsts[l] == len(r.told[l]), "%v was first read with %d items, told as %d", l, len(r.told[l]), firsts[l])
		if r.run == 0 || r.named[l.region] {
			_, told := firsts[l]
			r.expect(told, "%v was first read, and that is not told", l)
		} else {
			told := slices.ContainsFunc(n.told.Regions, func(new toldRegion) bool { return new.Region == l.region })
			r.expect(told, "%s is a new region, and that is not told", l.region)
		}
		r.tally["lists first read"]++
	}
}

// changes applies what was told. Each change must fit what was told before, and
// rest on a list that this run and an earlier one read.
func (r *reader) changes(n night, read map[list]bool, was map[list]int64) (removed int) {
	for _, c := range n.told.Changes {
		l := list{c.Region, c.Resource}
		if c.Path != nil && c.Path.Access == "profile" {
			l.kind = profileKind
		}
		r.tally["told "+c.Kind]++
		if c.Kind == "became-callable" || c.Kind == "no-longer-callable" {
			r.toggleCall(c)
			continue
		}
		r.expect(read[l] && was[l] != 0, "%s %s in %v rests on a list that was not read on both sides", c.Kind, c.ID, l)
		r.expect(c.After.ID == was[l] && c.By.ID == n.run, "%s %s in %v is told between runs %d and %d, want %d and %d", c.Kind, c.ID, l, c.After.ID, c.By.ID, was[l], n.run)
		if r.told[l] == nil {
			continue
		}
		if c.Kind == "removed" {
			removed++
			r.expect(strings.Contains(n.markdown, "`"+c.ID+"`"), "%s was removed from %v, and the report does not name it", c.ID, l)
		}
		r.change(l, c, n)
	}
	return removed
}

func (r *reader) change(l list, c toldChange, n night) {
	known, present := r.told[l][c.ID]
	truth, listed := truthOf(n.truth, l)[c.ID]
	switch c.Kind {
	case "added", "reappeared":
		gone, was := r.gone[l][c.ID]
		r.expect(!present, "%s is told as %s in %v, and was there", c.ID, c.Kind, l)
		r.expect(listed, "%s is told as %s in %v, and is not there", c.ID, c.Kind, l)
		r.expect(was == (c.Kind == "reappeared"), "%s is told as %s in %v; it was told as removed: %t", c.ID, c.Kind, l, was)
		r.expect(c.Absent == nil || c.Absent.ID == gone, "%s is back in %v, absent since run %v, want %d", c.ID, l, c.Absent, gone)
		delete(r.gone[l], c.ID)
		r.told[l][c.ID] = maps.Clone(truth)
	case "removed":
		r.expect(present, "%s is told as removed from %v, and was not there", c.ID, l)
		r.expect(!listed, "FALSE REMOVAL: %s is told as removed from %v, and is there", c.ID, l)
		delete(r.told[l], c.ID)
		r.gone[l][c.ID] = n.run
	case "changed":
		r.expect(present && len(c.Fields) > 0, "%s is told as changed in %v, and was not there or no field is told", c.ID, l)
		for _, f := range c.Fields {
			before, after := f.values()
			had := cmp.Or(known[f.Field], known[last(f.Field)])
			if f.Field == "inference_types" && had == "" {
				r.unsaid(l, c.ID, after)
			}
			r.expect(before != after && had == before, "%s %s in %v is told to change from %q to %q, and was %q", c.ID, f.Field, l, before, after, had)
			delete(known, f.Field)
			delete(known, last(f.Field))
			switch {
			case known == nil:
			case after != "":
				known[f.Field] = after
			case !strings.HasPrefix(f.Field, lifecycle) || !truth.saysOfLife():
				known[last(f.Field)] = before
			}
		}
	case "path-gained", "path-lost":
		w, gained := way{c.ID, c.Path.Access, c.Path.ModelID}, c.Kind == "path-gained"
		r.expect(r.ways[l][w] != gained, "%s %v in %v does not fit what was told before", c.Kind, w, l)
		if delete(r.ways[l], w); gained {
			r.ways[l][w] = true
		}
	default:
		r.problem("an unknown kind of change: %s", c.Kind)
	}
}

// unsaid takes over, without a word, the ways of a model whose types were never said
// before.
func (r *reader) unsaid(l list, model, types string) {
	for w := range waysIn(map[string]thing{model: {"inference_types": types}}, modelKind) {
		r.ways[l][w] = true
	}
}

// toggleCall takes in that a model became callable, or ceased to be.
func (r *reader) toggleCall(c toldChange) {
	before, after := "", "yes"
	if c.Kind == "no-longer-callable" {
		before, after = after, before
	}
	r.expect(r.calls[c.Region] != nil && r.calls[c.Region][c.ID] == before, "%s %s in %s does not fit what was told before", c.ID, c.Kind, c.Region)
	r.expect(c.After.ID == r.joint[c.Region], "%s %s in %s is told after run %d, and run %d was the last to read all of it", c.ID, c.Kind, c.Region, c.After.ID, r.joint[c.Region])
	if r.calls[c.Region] == nil {
		return
	}
	if delete(r.calls[c.Region], c.ID); after != "" {
		r.calls[c.Region][c.ID] = after
	}
}

// exact holds what was told of a list, up to now, to the truth.
func (r *reader) exact(l list, n night, read bool) {
	if r.told[l] == nil {
		return
	}
	ways := waysIn(r.told[l], l.kind)
	r.expect(maps.Equal(ways, r.ways[l]), "the ways to call in %v are told as %v, want %v", l, r.ways[l], ways)
	if !read {
		return
	}
	truth := truthOf(n.truth, l)
	for id, known := range r.told[l] {
		known.again(truth[id])
		r.expect(maps.Equal(known.said(), truth[id]), "%s in %v is known as %v, and is %v", id, l, known, truth[id])
	}
	if n.prospects[l].late {
		return
	}
	for id := range truth {
		r.expect(r.told[l][id] != nil, "%s is in %v, and was not told", id, l)
	}
}

// callable holds the models that can be called from a region to what is known,
// where one run read all of it.
func (r *reader) callable(region string, n night, read map[list]bool, was map[list]int64) {
	all := lists(region)
	for _, l := range all {
		if !read[l] {
			return
		}
	}
	want := callableBy(r.told[all[0]], r.ways[all[0]], r.ways[all[1]])
	if r.calls[region] == nil {
		r.calls[region] = maps.Clone(want)
	}
	r.unknown(region, want)
	r.expect(maps.Equal(want, r.calls[region]), "the callable models of %s are told as %v, want %v", region, r.calls[region], want)
	r.joint[region] = n.run
}

// unknown takes over, without a word, what came to be unknown of the models of a
// region, and what is no longer.
func (r *reader) unknown(region string, want map[string]string) {
	for id := range maps.Clone(r.calls[region]) {
		if r.calls[region][id] == "unknown" {
			delete(r.calls[region], id)
			if want[id] != "" {
				r.calls[region][id] = want[id]
			}
		}
	}
	for id := range want {
		if want[id] == "unknown" {
			r.calls[region][id] = "unknown"
		}
	}
}

// gaps holds what is told of the lists that were not read, and the run's status,
// to what is known of them.
func (r *reader) gaps(n night, read map[list]bool, gaps map[list]toldGap) {
	partial := false
	for l, is := range read {
		if is {
			delete(r.lost, l)
			continue
		}
		g, row := gaps[l], r.lost[l]
		if row.outcome != g.Outcome {
			row = streak{outcome: g.Outcome}
		}
		row.runs++
		r.lost[l] = row
		r.expect(g.Streak == row.runs, "%v is told as %s for %d runs, want %d", l, g.Outcome, g.Streak, row.runs)
		r.expect(g.Items == len(r.told[l]), "%v is told to carry %d items, want %d", l, g.Items, len(r.told[l]))
		confirmed := int64(0)
		if g.Confirmed != nil {
			confirmed = g.Confirmed.ID
		}
		r.expect(confirmed == r.seen[l], "%v was last read by run %d, told as %d", l, r.seen[l], confirmed)
		normal := g.Outcome == "not-enabled" || g.Outcome == "not-offered"
		partial = partial || !normal || r.told[l] != nil
	}
	want := map[bool]string{true: "partial", false: "complete"}[partial]
	r.expect(n.status == want, "the run is %s, want %s", n.status, want)
}

// decode reads a document of the product's.
func decode[T any](document []byte) (value T, err error) {
	err = json.Unmarshal(document, &value)
	return value, err
}
