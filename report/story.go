package report

import (
	"snapshotter/catalog"
	"snapshotter/diff"
)

// Story is one event, told once: what happened to one model or profile, in
// however many regions. Exactly one of Gain, Loss, Lifecycle, Routing and
// Fields is set.
type Story struct {
	Event        Event             `json:"what"`
	Significance diff.Significance `json:"significance"` // the weightiest of its changes
	Subject      Subject           `json:"subject"`
	Regions      []string          `json:"regions"` // where any of it happened
	// ListedIn are the regions that list the subject as head knows it, and
	// Unread those of them whose list head's run did not read: what holds
	// there now is not known.
	ListedIn []string    `json:"listed_in"`
	Unread   []Confirmed `json:"unread,omitempty"`
	// Found says between which runs it happened.
	Found []Interval `json:"found"`
	// Breaks names the watch rules that it broke, sorted.
	Breaks []string `json:"breaks,omitempty"`

	Gain      *Gain        `json:"gain,omitempty"`
	Loss      *Loss        `json:"loss,omitempty"`
	Lifecycle *Lifecycle   `json:"lifecycle,omitempty"`
	Routing   *Routing     `json:"routing,omitempty"`
	Fields    []FieldGroup `json:"fields,omitempty"`
}

// Subject is the model or the profile that a story is about.
type Subject struct {
	Resource catalog.Kind `json:"resource"`
	ID       string       `json:"id"`
	Name     string       `json:"name,omitempty"`
	Provider string       `json:"provider,omitempty"`
	Input    []string     `json:"input_modalities,omitempty"`
	Output   []string     `json:"output_modalities,omitempty"`
}

// Interval is a pair of runs between which something happened in regions. It is
// late where they are not the two runs compared: a list was not read for a
// while, and the change is told by the first run that read it again.
type Interval struct {
	After   catalog.RunRef `json:"after"`
	By      catalog.RunRef `json:"by"`
	Regions []string       `json:"regions"`
	Late    bool           `json:"late"`
}

// Confirmed is when a region's list was last read whole.
type Confirmed struct {
	Region string         `json:"region"`
	Run    catalog.RunRef `json:"run"`
}

// Route is a way to call a model: what to type, from where, and where the call
// may run.
type Route struct {
	From   []string       `json:"from"`
	Access catalog.Access `json:"access"`
	ID     string         `json:"id"` // the exact modelId to pass
	// RunsIn are the destinations of a profile. Where Anywhere is set AWS picks
	// any commercial region, and RunsIn is empty. Both are unset without a
	// profile: the call runs where it is made.
	RunsIn   []string `json:"runs_in,omitempty"`
	Anywhere bool     `json:"anywhere,omitempty"`
}

// Gain is what can be listed or called that could not.
type Gain struct {
	Listed   []string `json:"listed,omitempty"`   // regions that newly list the model
	Returned []Return `json:"returned,omitempty"` // what came back
	Callable []string `json:"callable,omitempty"` // regions from which it became callable
	// OnDemand are the regions that had a profile for it and gained on demand.
	OnDemand []string `json:"on_demand,omitempty"`
	Routes   []Route  `json:"routes,omitempty"` // all that was gained
	Before   []string `json:"before,omitempty"` // other regions, from which it could be called already
	// Uncallable are regions that newly list it and where nothing can call it;
	// Unknown those where that can't be told, as their profiles were not read.
	Uncallable []string `json:"uncallable,omitempty"`
	Unknown    []string `json:"unknown,omitempty"`
	// Inactive are new profiles that can't be called yet.
	Inactive []Inactive `json:"inactive,omitempty"`
}

// Return is an item that came back, Absent being the run that found it gone.
type Return struct {
	Region string         `json:"region"`
	ID     string         `json:"id"`
	Absent catalog.RunRef `json:"absent"`
	Back   catalog.RunRef `json:"back"`
	Days   int            `json:"days"` // between the dates of the two
}

// Inactive is a profile whose status forbids to call it.
type Inactive struct {
	ID      string   `json:"id"`
	Status  string   `json:"status"`
	Regions []string `json:"regions"`
}

// Loss is what can no longer be listed or called.
type Loss struct {
	Unlisted []string    `json:"unlisted,omitempty"` // regions that no longer list the model
	Lost     []LostRoute `json:"lost,omitempty"`
	// Uncallable are the regions from which nothing can call it any more, and
	// Unknown those where that can't be told, as one of their lists was not
	// read. Remaining is how it still can be called from the others that lost
	// something, and Elsewhere the other regions from which it can be called;
	// ElsewhereUnread those from which it could when they were last read.
	Uncallable      []string    `json:"uncallable,omitempty"`
	Unknown         []string    `json:"unknown,omitempty"`
	Remaining       []Route     `json:"remaining,omitempty"`
	Elsewhere       []string    `json:"elsewhere,omitempty"`
	ElsewhereUnread []Confirmed `json:"elsewhere_unread,omitempty"`
	// EndOfLife is the date that the lists last gave for it, "" for none.
	EndOfLife string `json:"end_of_life,omitempty"`
}

// LostRoute is an id that can no longer be passed.
type LostRoute struct {
	From   []string       `json:"from"`
	Access catalog.Access `json:"access"`
	ID     string         `json:"id"`
	Why    Why            `json:"why"`
	Status string         `json:"status,omitempty"` // of a profile that is not active
}

// Why is what became of a route.
type Why string

const (
	Unlisted     Why = "removed"           // its model or profile is no longer listed
	NotActive    Why = "not-active"        // its profile is listed and not active
	NotSupported Why = "no-longer-offered" // its model or profile is listed and no longer offers it
)

// Lifecycle is what happened to a model's state of life.
type Lifecycle struct {
	Changes []LifecycleChange `json:"changes"`
	// Unchanged is what Leads still is in the other regions that list the
	// model; it is the field that the story is named for.
	Leads     diff.Field       `json:"leads"`
	Unchanged []LifecycleState `json:"unchanged,omitempty"`
	Profiles  []string         `json:"profiles,omitempty"` // ids that route to the model
}

// LifecycleChange is a change of one field, alike in regions. Dates are ISO
// dates in UTC, or times where only the time of day differs.
type LifecycleChange struct {
	Field        diff.Field        `json:"field"`
	Significance diff.Significance `json:"significance"`
	Said         diff.Said         `json:"said"`
	Old          string            `json:"old,omitempty"`
	New          string            `json:"new,omitempty"`
	// Shift is by how many days a date moved, negative for earlier. DaysLeft is
	// from head's date to the new one, negative once it has passed.
	Shift    int      `json:"shift,omitempty"`
	DaysLeft *int     `json:"days_left,omitempty"`
	Regions  []string `json:"regions"`
}

// LifecycleState is a value that holds in regions, "" for not said.
type LifecycleState struct {
	Value   string   `json:"value"`
	Regions []string `json:"regions"`
}

// Routing is what happened to where a profile may run a call.
type Routing struct {
	Changes   []RouteChange `json:"changes"`
	Unchanged []string      `json:"unchanged,omitempty"` // regions from which it runs as before
}

// RouteChange is a change of destinations, alike when called from regions. A
// destination's region of "" is any commercial region.
type RouteChange struct {
	From    []string              `json:"from"`
	Added   []catalog.Destination `json:"added,omitempty"`
	Removed []catalog.Destination `json:"removed,omitempty"`
	Now     []catalog.Destination `json:"now"`
}

// FieldGroup is a change of one field, alike in regions.
type FieldGroup struct {
	diff.FieldChange
	Regions []string `json:"regions"`
}
