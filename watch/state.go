package watch

import (
	"cmp"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// Status is how a rule stands.
type Status string

const (
	Satisfied     Status = "satisfied"      // by a list that head's run read
	Waiting       Status = "waiting"        // all lists it rests on were read, and nothing satisfies it
	Outside       Status = "outside"        // of a rule that guards: some way may run outside its places
	NotObservable Status = "not-observable" // a list it rests on was not read, and none that was satisfies it
	Broken        Status = "broken"         // it was satisfied at base, and is seen not to be at head
)

// State is how a rule stands as of head. All lists are sorted.
type State struct {
	Rule
	Status Status `json:"status"`
	// New is set where it is satisfied and was not at base.
	New bool `json:"new,omitempty"`
	// Was is, where it is not observable, how it stands by what the lists held
	// when they were last read; "" where one of them never was.
	Was Status `json:"was,omitempty"`
	// Ways satisfy it, by lists that head's run read; Carried are those that did
	// when the lists were last read.
	Ways    []Way `json:"ways,omitempty"`
	Carried []Way `json:"carried,omitempty"`
	// Lost are the ways that satisfied a broken rule at base and are no more.
	Lost []Way `json:"lost,omitempty"`
	// Outside are the ways that may run outside the places of a rule that guards.
	Outside []Way `json:"outside,omitempty"`
	// Otherwise is, where it waits, how its models can be called from its regions
	// in another manner, or to run elsewhere, by lists that head's run read.
	Otherwise []Way `json:"otherwise,omitempty"`
	// Unread are the lists it rests on that head's run did not read.
	Unread []Unread `json:"unread,omitempty"`
	// Since is since when a satisfied rule has been so, and since when the models
	// of a waiting one could be called otherwise; nil where nobody asked history.
	Since *ask.Held `json:"since,omitempty"`
}

// Way is an id to call a model with, alike from several regions.
type Way struct {
	ID     string         `json:"id"` // the exact string to pass as modelId
	Model  string         `json:"model"`
	Access catalog.Access `json:"access"`
	From   []string       `json:"from"`
	// Beyond are the regions that it may run in outside the rule's places; "" is
	// any commercial region.
	Beyond []string `json:"beyond,omitempty"`
}

// Unread is a list that was not read, with the run that last did, nil for none.
type Unread struct {
	catalog.Scope
	Outcome   catalog.Outcome `json:"outcome"`
	Confirmed *catalog.RunRef `json:"confirmed"`
}

// Evaluate tells how each rule stands as of head, in the order of rules. Base is
// nil where there is nothing to compare with; both hold everything.
func Evaluate(rules []Rule, base, head *catalog.Snapshot) []State {
	states := make([]State, 0, len(rules))
	for _, rule := range rules {
		states = append(states, evaluate(rule, base, head))
	}
	return states
}

func evaluate(rule Rule, base, head *catalog.Snapshot) State {
	now := look(rule, head)
	s := State{
		Rule: rule, Status: now.status(rule), Unread: now.unread,
		Ways: now.read.inside.ways(rule), Carried: now.carried.inside.ways(rule),
		Outside: now.last().outside.ways(rule),
	}
	if s.Status == NotObservable {
		s.Was = now.was(rule)
	}
	if s.Status == Waiting {
		s.Otherwise = rule.otherwise(head)
	}
	if base != nil {
		s.compare(look(rule, base), now, base, head)
	}
	return s
}

// compare tells what became of the rule since base.
func (s *State) compare(before, now sight, base, head *catalog.Snapshot) {
	was := before.last().satisfy(s.Rule)
	switch s.Status {
	case Satisfied:
		s.New = !was && !(!s.Guards() && len(proven(s.Rule, base, nil)) > 0)
	case Outside:
		beyond := now.read.outside.keep(func(h hit) bool { return observed(base, h.scope()) })
		if was && len(beyond) > 0 {
			s.Status = Broken
		}
	case Waiting:
		had := proven(s.Rule, base, head)
		switch {
		case len(had) > 0 && (was || !s.Guards()):
			s.Status, s.Lost = Broken, had.ways(s.Rule)
		case was: // a list that was never read may hold another way
			s.Status, s.Was = NotObservable, Waiting
		}
	}
}

// hit is one path to a model from one region that a rule concerns.
type hit struct {
	region, model string
	path          catalog.Path
}

func (h hit) scope() catalog.Scope { return catalog.Scope{Region: h.region, Kind: kindOf(h.path)} }

type hits []hit

func (hs hits) keep(keep func(hit) bool) hits {
	return slices.DeleteFunc(slices.Clone(hs), func(h hit) bool { return !keep(h) })
}

// found are paths that a rule concerns, by whether they stay within its places.
type found struct{ inside, outside hits }

func (f *found) add(rule Rule, h hit) {
	switch {
	case h.path.Within(h.region, rule.Within):
		f.inside = append(f.inside, h)
	case rule.Guards():
		f.outside = append(f.outside, h)
	}
}

// satisfy reports whether the paths found satisfy the rule.
func (f found) satisfy(rule Rule) bool { return len(f.inside) > 0 && len(f.outside) == 0 }

// sight is what a snapshot shows of a rule.
type sight struct {
	read    found // in lists that its run read
	carried found // in lists that an earlier run read last
	lists   int   // that the rule rests on
	unread  []Unread
}

// look finds what a snapshot shows of a rule. A list that never could be read,
// for the region is not enabled or does not offer it, is none to rest on.
func look(rule Rule, s *catalog.Snapshot) sight {
	var seen sight
	for _, region := range s.Regions() {
		if !rule.covers(region) {
			continue
		}
		seen.lookIn(rule, s, region)
		for _, h := range concerned(rule, region, s.Region(region)) {
			if s.Scope(h.scope()).Fresh() {
				seen.read.add(rule, h)
			} else {
				seen.carried.add(rule, h)
			}
		}
	}
	return seen
}

func (seen *sight) lookIn(rule Rule, s *catalog.Snapshot, region string) {
	for _, kind := range rule.kinds() {
		list := s.Scope(catalog.Scope{Region: region, Kind: kind})
		if list == nil || !list.Observed() && list.Outcome.Expected() {
			continue
		}
		seen.lists++
		if !list.Fresh() {
			seen.unread = append(seen.unread, Unread{list.Scope, list.Outcome, list.Confirmed})
		}
	}
}

// concerned are the paths from a region that a rule concerns, by model, then as
// [catalog.Region.Paths] has them.
func concerned(rule Rule, code string, region *catalog.Region) hits {
	var hits hits
	for _, model := range region.ModelIDs() {
		for _, p := range region.Paths(model) {
			if rule.concerns(model, p) {
				hits = append(hits, hit{code, model, p})
			}
		}
	}
	return hits
}

// otherwise are the ways that a rule without its wishes would be satisfied by.
func (r Rule) otherwise(s *catalog.Snapshot) []Way {
	return look(r.wishless(), s).read.inside.ways(r)
}

// wishless is the rule for any manner of access and any place.
func (r Rule) wishless() Rule {
	r.Access, r.Within = Any, nil
	return r
}

// last is what the lists show as they were last read.
func (seen sight) last() found {
	return found{
		append(slices.Clone(seen.read.inside), seen.carried.inside...),
		append(slices.Clone(seen.read.outside), seen.carried.outside...),
	}
}

func (seen sight) status(rule Rule) Status {
	switch {
	case len(seen.read.outside) > 0:
		return Outside // whatever the other lists hold
	case seen.read.satisfy(rule) && (!rule.Guards() || len(seen.unread) == 0):
		return Satisfied
	case seen.lists == 0 || len(seen.unread) > 0:
		return NotObservable
	}
	return Waiting
}

// was is how the rule stands by what its lists held when they were last read.
func (seen sight) was(rule Rule) Status {
	last := seen.last()
	switch {
	case len(last.outside) > 0:
		return Outside
	case last.satisfy(rule) && !rule.Guards():
		return Satisfied
	case seen.lists == 0 || slices.ContainsFunc(seen.unread, func(u Unread) bool { return u.Confirmed == nil }):
		return ""
	case last.satisfy(rule):
		return Satisfied
	}
	return Waiting
}

// proven are the ways that satisfied the rule in base, of regions whose lists
// that it rests on were read by one run, and by one other run in head. Without
// head, base's alone count.
func proven(rule Rule, base, head *catalog.Snapshot) hits {
	var all hits
	for _, region := range base.Regions() {
		before, ok := evidence(rule, base, region)
		if !ok || !rule.covers(region) {
			continue
		}
		if head != nil {
			after, ok := evidence(rule, head, region)
			if !ok || after.Run.ID == before.Run.ID {
				continue
			}
		}
		var found found
		for _, h := range concerned(rule, region, catalog.NewRegion(before.Items)) {
			found.add(rule, h)
		}
		all = append(all, found.inside...)
	}
	return all
}

// evidence is what one run listed in all of a region's lists that the rule rests
// on. Of two lists read by different runs, an access that moved from one to the
// other would seem lost.
func evidence(rule Rule, s *catalog.Snapshot, region string) (catalog.Joint, bool) {
	kinds := rule.kinds()
	if len(kinds) > 1 {
		joint := s.Joint(region)
		if joint == nil {
			return catalog.Joint{}, false
		}
		return *joint, true
	}
	list := s.Scope(catalog.Scope{Region: region, Kind: kinds[0]})
	if list == nil || !list.Observed() {
		return catalog.Joint{}, false
	}
	return catalog.Joint{Run: *list.Confirmed, Items: list.Items}, true
}

func observed(s *catalog.Snapshot, scope catalog.Scope) bool {
	list := s.Scope(scope)
	return list != nil && list.Observed()
}

// ways groups hits that are called with one id into one way, by id, model and
// first region.
func (hs hits) ways(rule Rule) []Way {
	at := map[string]int{}
	var ways []Way
	for _, h := range hs {
		w := Way{ID: h.path.ModelID, Model: h.model, Access: h.path.Access, From: []string{h.region}, Beyond: h.beyond(rule)}
		key := strings.Join(append([]string{w.ID, w.Model, string(w.Access)}, w.Beyond...), "\x00")
		if i, found := at[key]; found {
			ways[i].From = append(ways[i].From, h.region)
			continue
		}
		at[key] = len(ways)
		ways = append(ways, w)
	}
	for _, w := range ways {
		slices.Sort(w.From)
	}
	slices.SortStableFunc(ways, func(a, b Way) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Access, b.Access), cmp.Compare(a.From[0], b.From[0]))
	})
	return ways
}

// beyond are the regions outside the rule's places that a call may run in.
func (h hit) beyond(rule Rule) []string {
	if len(rule.Within) == 0 || h.path.Within(h.region, rule.Within) {
		return nil
	}
	regions := h.path.Destinations
	if len(regions) == 0 {
		regions = []string{h.region}
	}
	return slices.DeleteFunc(slices.Clone(regions), func(region string) bool {
		return slices.ContainsFunc(rule.Within, func(place string) bool { return catalog.InPlace(region, place) })
	})
}
