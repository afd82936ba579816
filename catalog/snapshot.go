package catalog

import (
	"slices"
)

// Snapshot is the state of the catalogue as of a run: for every scope that any
// run up to it named, the last complete listing and how it was last observed.
type Snapshot struct {
	Run    Run
	Scopes []ScopeState // sorted by region, then kind
	// Together has, for each region whose scopes were last read by different
	// runs, what the last run that read all of them found. If no run did, the
	// region is present with a nil value. Whether a model is callable rests on
	// all of a region's lists, so only lists of one run can show that it
	// changed. Other regions may be there too.
	Together map[string]*Joint
}

// Joint is what one run listed in all scopes of a region.
type Joint struct {
	Run   RunRef
	Items []Item // of every kind, sorted by kind, then key
	// Said is Items, but those that leave unsaid which paths they give are as they
	// were last said; nil if there are none. Only what is read to be compared has it.
	Said []Item
}

// ScopeState is one scope as of a run.
type ScopeState struct {
	Scope
	// Outcome is what the run itself learned; ErrorCode and Message belong to
	// it and are free of ARNs and account ids.
	Outcome   Outcome
	ErrorCode string
	Message   string
	// Since is the first of the consecutive runs, ending with this one, that
	// had Outcome; Streak is how many they are.
	Since  RunRef
	Streak int
	// Confirmed is the last run, at or before this one, that read the scope;
	// nil if none did.
	Confirmed *RunRef
	// Items are what that run listed, sorted by key.
	Items []Item
	// LastSaid has those of Items that leave something unsaid that an earlier run's
	// listing said, filled in with what was said last; by key. Only what is read
	// to be compared has it.
	LastSaid map[string]Item
	// Gone has the keys that an earlier run listed and Confirmed did not, with
	// the run that found each gone.
	Gone map[string]RunRef
}

// Observed reports whether any run ever read the scope.
func (s *ScopeState) Observed() bool { return s.Confirmed != nil }

// Fresh reports whether the run itself read the scope, so that nothing in it is
// carried forward.
func (s *ScopeState) Fresh() bool { return s.Outcome == Complete }

// Scope returns the state of one scope, nil if no run named it.
func (s *Snapshot) Scope(scope Scope) *ScopeState {
	i, found := slices.BinarySearchFunc(s.Scopes, scope, func(a ScopeState, b Scope) int { return a.Scope.Compare(b) })
	if !found {
		return nil
	}
	return &s.Scopes[i]
}

// Regions are the codes of the regions that any scope names, sorted.
func (s *Snapshot) Regions() []string {
	var regions []string
	for _, scope := range s.Scopes {
		regions = append(regions, scope.Region)
	}
	return set(regions)
}

// Joint returns what the last run that read all lists of a region, or the lists of
// the given kinds, found there; nil if no run read them all. Lists that different
// runs read must not be combined: an access path that moved from one to the other
// would look lost. For several kinds, a run counts only if it read all lists.
func (s *Snapshot) Joint(region string, kinds ...Kind) *Joint {
	if len(kinds) == 0 {
		kinds = Kinds()
	}
	if joint, apart := s.Together[region]; apart && len(kinds) > 1 {
		return joint
	}
	joint := &Joint{}
	for _, kind := range kinds {
		state := s.Scope(Scope{region, kind})
		if state == nil || !state.Observed() {
			return nil
		}
		joint.Run = *state.Confirmed
		joint.Items = append(joint.Items, state.Items...)
	}
	return joint
}

// Said returns items of the scope with what they leave unsaid as it was last said.
func (s *ScopeState) Said(items []Item) []Item {
	if len(s.LastSaid) == 0 {
		return items
	}
	said := slices.Clone(items)
	for i, item := range said {
		if last := s.LastSaid[item.Key()]; last != nil && last.Kind() == item.Kind() {
			said[i] = LastSaid(item, last)
		}
	}
	return said
}

// Region indexes what one region lists, as last confirmed.
func (s *Snapshot) Region(region string) *Region {
	var items [][]Item
	for _, kind := range Kinds() {
		if state := s.Scope(Scope{region, kind}); state != nil {
			items = append(items, state.Items)
		}
	}
	return NewRegion(items...)
}
