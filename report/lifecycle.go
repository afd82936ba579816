package report

import (
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/ordered"
)

// Lifecycle is a change of a model's status or dates.
type Lifecycle struct {
	Changes []LifecycleChange `json:"changes"`
	// Unchanged holds the values of Leads in the other regions that list the
	// model. Leads is the field that names the story.
	Leads     diff.Field       `json:"leads"`
	Unchanged []LifecycleState `json:"unchanged,omitempty"`
	Profiles  []string         `json:"profiles,omitempty"` // ids that route to the model
}

// LifecycleChange is a change of one field, the same in Regions. Dates are ISO
// dates in UTC, or times if only the time of day differs.
type LifecycleChange struct {
	Field        diff.Field        `json:"field"`
	Significance diff.Significance `json:"significance"`
	Said         diff.Said         `json:"said"`
	Old          string            `json:"old,omitempty"`
	New          string            `json:"new,omitempty"`
	// Shift is by how many days a date moved, negative if earlier. DaysLeft
	// counts from head's date to the new one, negative once it has passed.
	Shift    int      `json:"shift,omitempty"`
	DaysLeft *int     `json:"days_left,omitempty"`
	Regions  []string `json:"regions"`
}

// LifecycleState is a value in some regions, "" if not said.
type LifecycleState struct {
	Value   string   `json:"value"`
	Regions []string `json:"regions"`
}

// buildLifecycle sets what changed in a model's status and dates and, if regions
// differ, what did not.
func (v *view) buildLifecycle(s *Story, group []piece) {
	l := &Lifecycle{Changes: v.lifecycleChanges(group)}
	s.Event, l.Leads = lifecycleEvent(l.Changes)
	l.Unchanged = v.unchanged(s, l)
	for _, region := range s.Regions {
		for _, p := range v.region(region).ProfilesFor(s.Subject.ID) {
			l.Profiles = append(l.Profiles, p.ID)
		}
	}
	l.Profiles = union(l.Profiles)
	s.Lifecycle = l
}

func (v *view) lifecycleChanges(group []piece) []LifecycleChange {
	var changes []LifecycleChange
	for _, same := range alike(group, func(p piece) string {
		return strings.Join([]string{lifecycleOrder[p.field.Field], p.field.Old, p.field.New}, "\x00")
	}) {
		changes = append(changes, v.lifecycleChange(same))
	}
	return changes
}

// lifecycleOrder is the order of fields within a story.
var lifecycleOrder = map[diff.Field]string{
	diff.FieldLifecycle:      "1",
	diff.FieldLegacy:         "2",
	diff.FieldExtendedAccess: "3",
	diff.FieldEndOfLife:      "4",
}

func (v *view) lifecycleChange(same []piece) LifecycleChange {
	f := same[0].field
	c := LifecycleChange{
		Field: f.Field, Significance: f.Significance, Said: f.Said,
		Old: f.Old, New: f.New, Regions: regionsOf(same),
	}
	if f.Field == diff.FieldLifecycle {
		return c
	}
	old, new := parse(f.Old), parse(f.New)
	c.Old, c.New = dateText(old), dateText(new)
	if c.Old == c.New {
		c.Old, c.New = f.Old, f.New
	}
	if !old.IsZero() && !new.IsZero() {
		c.Shift = days(old, new)
	}
	if !new.IsZero() {
		left := days(v.today(), new)
		c.DaysLeft = &left
	}
	return c
}

// lifecycleEvent returns the event of a story and the field that names it, its
// most significant one.
func lifecycleEvent(changes []LifecycleChange) (Event, diff.Field) {
	of := func(field diff.Field) []LifecycleChange {
		return slices.DeleteFunc(slices.Clone(changes), func(c LifecycleChange) bool { return c.Field != field || c.unsaid() })
	}
	if status := of(diff.FieldLifecycle); len(status) > 0 && status[0].Significance != diff.Minor {
		return statusEvent(status), diff.FieldLifecycle
	}
	if eol := of(diff.FieldEndOfLife); len(eol) > 0 {
		return endOfLifeEvent(eol), diff.FieldEndOfLife
	}
	if len(of(diff.FieldExtendedAccess)) > 0 {
		return PriceDate, diff.FieldExtendedAccess
	}
	if len(of(diff.FieldLegacy)) > 0 {
		return LegacyDate, diff.FieldLegacy
	}
	return LifecycleStatus, diff.FieldLifecycle
}

// unsaid reports whether a value is no longer published, which is not to say that
// it no longer holds.
func (c LifecycleChange) unsaid() bool {
	return c.Said == diff.Withdrawn && c.Significance == diff.Minor
}

func statusEvent(changes []LifecycleChange) Event {
	what := LifecycleStatus
	for _, c := range changes {
		switch {
		case c.New == catalog.StatusLegacy:
			return NowLegacy
		case c.New == catalog.StatusActive:
			what = ActiveAgain
		}
	}
	return what
}

func endOfLifeEvent(changes []LifecycleChange) Event {
	return map[string]Event{
		"set": EOLSet, "withdrawn": EOLWithdrawn, "moved earlier": EOLEarlier, "moved later": EOLLater, "moved": EOLMoved,
	}[direction(changes)]
}

// direction returns how a date changed, "moved" if regions differ.
func direction(changes []LifecycleChange) string {
	one := func(c LifecycleChange) string {
		switch {
		case c.Said == diff.Published:
			return "set"
		case c.Said == diff.Withdrawn:
			return "withdrawn"
		case c.New < c.Old: // both are dates or both are times
			return "moved earlier"
		}
		return "moved later"
	}
	for _, c := range changes {
		if one(c) != one(changes[0]) {
			return "moved"
		}
	}
	return one(changes[0])
}

// unchanged returns the values of the leading field in the regions that list the
// model, were read by head's run and saw no change.
func (v *view) unchanged(s *Story, l *Lifecycle) []LifecycleState {
	var changed []string
	for _, c := range l.Changes {
		if c.Field == l.Leads {
			changed = union(changed, c.Regions)
		}
	}
	listed := v.known(s.ListedIn, catalog.KindFoundationModel, s.Subject.ID)
	var unchanged []LifecycleState
	for _, same := range ordered.By(without(v.read(listed, catalog.KindFoundationModel), changed), func(region string) string {
		return lifecycleValue(v.region(region).Models[s.Subject.ID].Lifecycle, l.Leads)
	}) {
		unchanged = append(unchanged, LifecycleState{same.Key, same.Values})
	}
	slices.SortFunc(unchanged, func(a, b LifecycleState) int { return strings.Compare(a.Value, b.Value) })
	return unchanged
}

func lifecycleValue(l catalog.Lifecycle, field diff.Field) string {
	switch field {
	case diff.FieldLegacy:
		return dateText(l.Legacy)
	case diff.FieldExtendedAccess:
		return dateText(l.ExtendedAccess)
	case diff.FieldEndOfLife:
		return dateText(l.EndOfLife)
	}
	return l.Status
}
