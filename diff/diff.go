// Package diff compares two snapshots of the catalogue: what was added, removed
// and changed, and how that affects the ways to call each model.
//
// It guarantees that the result depends only on the content of the snapshots:
// comparing a snapshot with itself yields nothing, swapping base and head mirrors
// the result, and the order of input does not matter. It refuses to conclude
// anything from an unread list: a scope that either side never read completely is
// a gap and yields no change.
package diff

import (
	"cmp"
	"time"

	"snapshotter/catalog"
)

// Result is the difference between two snapshots.
type Result struct {
	Base catalog.Run `json:"base"`
	Head catalog.Run `json:"head"`
	// Changes are sorted by region, resource, ID, then kind.
	Changes []Change `json:"changes"`
	// NewRegions are regions that no run up to base named and that head read.
	NewRegions []NewRegion `json:"new_regions"`
	// Baselines are scopes that a run up to base named and that were first read
	// completely after it. Their items are now observed, not added.
	Baselines []Baseline `json:"baselines"`
	// Gaps are scopes that could not be compared or that head's run did not read
	// itself, sorted by scope.
	Gaps []Gap `json:"gaps"`
	// Compared counts the scopes that both sides have read completely.
	Compared int `json:"compared"`
}

// Schema names its form in JSON, which docs/diff.schema.json describes.
func (*Result) Schema() string { return "snapshotter.diff/2" }

// Kind is what happened.
type Kind string

const (
	Added            Kind = "added"
	Removed          Kind = "removed"
	Reappeared       Kind = "reappeared" // absent for a while from lists that were read completely
	Changed          Kind = "changed"
	BecameCallable   Kind = "became-callable"
	NoLongerCallable Kind = "no-longer-callable"
	PathGained       Kind = "path-gained"
	PathLost         Kind = "path-lost"
)

// Change is one thing that happened to one item in one region.
type Change struct {
	Kind     Kind         `json:"kind"`
	Resource catalog.Kind `json:"resource"`
	Region   string       `json:"region"`
	ID       string       `json:"id"`
	// Effect is what the change does to a caller. Significance follows from it.
	Effect       Effect       `json:"effect"`
	Significance Significance `json:"significance"`
	// After and By are the runs whose complete listings are compared, the last ones
	// up to base and up to head: the change happened between them. For a callable
	// event they are the last runs that read all lists of the region.
	After catalog.RunRef `json:"after"`
	By    catalog.RunRef `json:"by"`
	// Fields are the fields that changed, if Kind is [Changed], sorted by field.
	Fields []FieldChange `json:"fields,omitempty"`
	// Path is the access path gained or lost.
	Path *catalog.Path `json:"path,omitempty"`
	// Absent is the run that found a [Reappeared] item gone.
	Absent *catalog.RunRef `json:"absent,omitempty"`
}

// Field names a compared field, the same in documents, SQL and JSON.
type Field string

const (
	FieldName             Field = "name"
	FieldProvider         Field = "provider"
	FieldDescription      Field = "description"
	FieldStatus           Field = "status" // of a profile
	FieldLifecycle        Field = "lifecycle.status"
	FieldStartOfLife      Field = "lifecycle.start_of_life"
	FieldLegacy           Field = "lifecycle.legacy"
	FieldExtendedAccess   Field = "lifecycle.extended_access"
	FieldEndOfLife        Field = "lifecycle.end_of_life"
	FieldInputModalities  Field = "input_modalities"
	FieldOutputModalities Field = "output_modalities"
	FieldInferenceTypes   Field = "inference_types"
	FieldCustomizations   Field = "customizations"
	FieldStreaming        Field = "streaming"    // "yes", "no" or not said
	FieldDestinations     Field = "destinations" // "region/model"; a region of "" is any commercial region
)

// FieldChange is one field's change.
type FieldChange struct {
	Field        Field        `json:"field"`
	Effect       Effect       `json:"effect"`
	Significance Significance `json:"significance"`
	// Said distinguishes a change of value from a field that is newly, or no
	// longer, published.
	Said Said `json:"said"`
	// Old and New are the values of a single-valued field: text as sent, a time as
	// RFC 3339 in UTC. They are empty if not said, and for sets.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// OldSet and NewSet are the values of a field that is a set, sorted.
	OldSet []string `json:"old_set,omitempty"`
	NewSet []string `json:"new_set,omitempty"`
	// Edits turn Old into New word by word, for names and descriptions.
	Edits []Edit `json:"edits,omitempty"`
}

// Said records which side published a field.
type Said string

const (
	BothSaid  Said = "changed"   // from one value to another
	Published Said = "published" // base did not say
	Withdrawn Said = "withdrawn" // head does not say
)

// NewRegion is a region that discovery did not name before.
type NewRegion struct {
	Region   string         `json:"region"`
	By       catalog.RunRef `json:"by"`
	Models   int            `json:"models"`
	Profiles int            `json:"profiles"`
	Callable int            `json:"callable"` // models that can be called from it
}

// Baseline is a scope that was read completely for the first time.
type Baseline struct {
	catalog.Scope
	By    catalog.RunRef `json:"by"`
	Items int            `json:"items"`
}

// Gap is a scope that head's run did not read, or that one side never read.
type Gap struct {
	catalog.Scope
	Outcome   catalog.Outcome `json:"outcome"` // of head's run
	ErrorCode string          `json:"error_code,omitempty"`
	Message   string          `json:"message,omitempty"`
	Since     catalog.RunRef  `json:"since"` // first of the consecutive runs with that outcome
	Streak    int             `json:"streak"`
	// Confirmed is the last run up to head that read the scope completely, nil if
	// none; Items counts the items carried forward from it.
	Confirmed *catalog.RunRef `json:"confirmed,omitempty"`
	Items     int             `json:"items"`
	// Compared is set if both sides have a listing, so that changes up to Confirmed
	// are known.
	Compared bool `json:"compared"`
}

// Significance is how much a change matters to a user of the item.
type Significance string

const (
	Breaking Significance = "breaking" // calls fail, or will from a date
	Notice   Significance = "notice"   // off the list, legacy, a price or a route that changes
	Good     Significance = "good"     // callable, a new way to call, back, more time
	Minor    Significance = "minor"    // everything else, among it all that happens to variants
)

// Significances returns all significances, the most significant first.
func Significances() []Significance { return []Significance{Breaking, Notice, Good, Minor} }

// rank orders significances, the most significant first.
func (s Significance) rank() int {
	for i, t := range Significances() {
		if s == t {
			return i
		}
	}
	return len(Significances())
}

// CompareSignificance orders the more significant first.
func CompareSignificance(a, b Significance) int { return cmp.Compare(a.rank(), b.rank()) }

// Any reports whether there are changes, new regions or scopes read for the first
// time.
func (r *Result) Any() bool {
	return len(r.Changes)+len(r.NewRegions)+len(r.Baselines) > 0
}

// Comparable reports whether any scope could be compared. If none could, saying
// "nothing changed" would be false.
func (r *Result) Comparable() bool { return r.Compared > 0 }

// Read counts the compared scopes that head's run read itself. An earlier run
// confirmed the others.
func (r *Result) Read() int {
	read := r.Compared
	for _, gap := range r.Gaps {
		if gap.Compared {
			read--
		}
	}
	return read
}

// timeText formats a time for a [FieldChange]; a zero time is "".
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
