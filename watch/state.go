package watch

import (
	"cmp"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/ordered"
)

// Status is the state of a rule as of head.
type Status string

const (
	Satisfied     Status = "satisfied"      // by a list that head's run read
	Waiting       Status = "waiting"        // every list it depends on was read, and none satisfies it
	Outside       Status = "outside"        // a guarding rule: some path may run outside its places
	NotObservable Status = "not-observable" // a list it depends on was not read, or does not say, and no other satisfies it
	Broken        Status = "broken"         // satisfied at base, and known not to be at head
)

// State is the state of a rule as of head. All lists are sorted.
type State struct {
	Rule
	Status Status `json:"status"`
	// New is set if the rule is satisfied and was not at base.
	New bool `json:"new,omitempty"`
	// Was is the status of a rule that is not observable, by what its lists held
	// when they were last read; "" if one of them was never read.
	Was Status `json:"was,omitempty"`
	// Ways satisfy the rule by lists that head's run read; Carried by older lists.
	Ways    []Way `json:"ways,omitempty"`
	Carried []Way `json:"carried,omitempty"`
	// Lost are the ways that satisfied a broken rule at base and are gone.
	Lost []Way `json:"lost,omitempty"`
	// Outside are the ways that may run outside the places of a guarding rule.
	Outside []Way `json:"outside,omitempty"`
	// Otherwise are, for a waiting rule, the ways to call its models from its
	// regions by another access or to run elsewhere, by lists that head's run read.
	Otherwise []Way `json:"otherwise,omitempty"`
	// Unsaid is set if head leaves out whether a way is there that satisfied the rule
	// at base.
	Unsaid bool `json:"unsaid,omitempty"`
	// Unread are the lists it depends on that head's run did not read.
	Unread []Unread `json:"unread,omitempty"`
	// Since is how long a satisfied rule has been satisfied, or how long the models
	// of a waiting one could be called otherwise; nil unless [State.Date] set it.
	Since *ask.Held `json:"since,omitempty"`
}

// Way is an ID to call a model with, the same from several regions.
type Way struct {
	ID     string         `json:"model_id"` // the exact string to pass as modelId
	Model  string         `json:"model"`
	Access catalog.Access `json:"access"`
	From   []string       `json:"from"`
	// Beyond are the regions outside the rule's places that a call may run in; "" is
	// any commercial region.
	Beyond []string `json:"beyond,omitempty"`
}

// Unread is a list that was not read. Confirmed is the run that last read it, nil
// if none did.
type Unread struct {
	catalog.Scope
	Outcome   catalog.Outcome `json:"outcome"`
	Confirmed *catalog.RunRef `json:"confirmed"`
}

// Evaluate returns the state of each rule as of head, in the order of rules. A nil
// base means that there is nothing to compare with. Both must be complete, not
// reduced to what differs.
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

// compare sets what changed since base.
func (s *State) compare(before, now evidence, base, head *catalog.Snapshot) {
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
		s.Unsaid = slices.ContainsFunc(had, func(h hit) bool { return h.unsaid(head) })
		switch {
		case s.Unsaid:
			s.Status, s.Was = NotObservable, Satisfied
		case len(had) > 0 && (was || !s.Guards()):
			s.Status, s.Lost = Broken, had.ways(s.Rule)
		case was: // a list that was never read may have another way
			s.Status, s.Was = NotObservable, Waiting
		}
	}
}

// hit is one path to a model from one region that a rule watches.
type hit struct {
	region, model string
	path          catalog.Path
}

func (h hit) scope() catalog.Scope { return catalog.Scope{Region: h.region, Kind: kindOf(h.path)} }

// unsaid reports whether a snapshot lists what the path rests on, and leaves out
// whether it is there.
func (h hit) unsaid(s *catalog.Snapshot) bool {
	return s.Region(h.region).PathUnsaid(h.path)
}

type hits []hit

func (hs hits) keep(keep func(hit) bool) hits {
	return slices.DeleteFunc(slices.Clone(hs), func(h hit) bool { return !keep(h) })
}

// found are paths that a rule watches, by whether they stay within its places.
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

// evidence is what a snapshot says about a rule.
type evidence struct {
	read    found // in lists that the snapshot's run read
	carried found // in lists that an earlier run read last
	lists   int   // how many lists the rule depends on
	unread  []Unread
}

// look collects the evidence of a snapshot. A list that could never be read,
// because the region is not enabled or does not offer it, does not count.
func look(rule Rule, s *catalog.Snapshot) evidence {
	var seen evidence
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

func (seen *evidence) lookIn(rule Rule, s *catalog.Snapshot, region string) {
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

// concerned returns the paths from a region that a rule watches, by model, then in
// the order of [catalog.Region.Paths].
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

// otherwise returns the ways that would satisfy the rule by any access in any place.
func (r Rule) otherwise(s *catalog.Snapshot) []Way {
	return look(r.relaxed(), s).read.inside.ways(r)
}

// relaxed is the rule for any access and any place.
func (r Rule) relaxed() Rule {
	r.Access, r.Within = Any, nil
	return r
}

// last is what the lists held when they were last read.
func (seen evidence) last() found {
	return found{
		append(slices.Clone(seen.read.inside), seen.carried.inside...),
		append(slices.Clone(seen.read.outside), seen.carried.outside...),
	}
}

func (seen evidence) status(rule Rule) Status {
	switch {
	case len(seen.read.outside) > 0:
		return Outside // whatever the other lists have
	case seen.read.satisfy(rule) && (!rule.Guards() || len(seen.unread) == 0):
		return Satisfied
	case seen.lists == 0 || len(seen.unread) > 0:
		return NotObservable
	}
	return Waiting
}

// was is the status of the rule by what its lists last held.
func (seen evidence) was(rule Rule) Status {
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

// proven returns the paths that satisfied the rule in base, from regions whose
// lists were read together in base and, unless head is nil, again by another run
// in head.
func proven(rule Rule, base, head *catalog.Snapshot) hits {
	var all hits
	for _, region := range base.Regions() {
		before := base.Joint(region, rule.kinds()...)
		if before == nil || !rule.covers(region) {
			continue
		}
		if head != nil {
			after := head.Joint(region, rule.kinds()...)
			if after == nil || after.Run.ID == before.Run.ID {
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

func observed(s *catalog.Snapshot, scope catalog.Scope) bool {
	list := s.Scope(scope)
	return list != nil && list.Observed()
}

// ways joins the regions of hits that are called with the same ID, sorted by ID,
// model, access and first region.
func (hs hits) ways(rule Rule) []Way {
	type key struct {
		id, model string
		access    catalog.Access
		beyond    string
	}
	var ways []Way
	for _, same := range ordered.By(hs, func(h hit) key {
		return key{h.path.ModelID, h.model, h.path.Access, strings.Join(h.beyond(rule), "\x00")}
	}) {
		w := Way{ID: same.Key.id, Model: same.Key.model, Access: same.Key.access, Beyond: same.Values[0].beyond(rule)}
		for _, h := range same.Values {
			w.From = append(w.From, h.region)
		}
		slices.Sort(w.From)
		ways = append(ways, w)
	}
	slices.SortStableFunc(ways, func(a, b Way) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Access, b.Access), cmp.Compare(a.From[0], b.From[0]))
	})
	return ways
}

// beyond returns the regions outside the rule's places that a call may run in.
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
