// Package diff compares two snapshots of the catalogue into what was added,
// removed and changed, and into what that does to the ways a model can be
// called.
//
// It guarantees that the result depends on the content of the snapshots alone:
// comparing a snapshot with itself yields nothing, swapping base and head
// mirrors the result, and no order of input matters. It refuses to conclude
// anything from what was not read: a scope that either side never read whole
// is a gap, and yields no change.
package diff

import (
	"cmp"
	"time"

	"snapshotter/catalog"
)

// Result is what differs between two snapshots.
type Result struct {
	Base catalog.Run `json:"base"`
	Head catalog.Run `json:"head"`
	// Changes are sorted by region, resource, id, then kind.
	Changes []Change `json:"changes"`
	// NewRegions are those that no run up to base named and that head read.
	NewRegions []NewRegion `json:"new_regions"`
	// Baselines are the scopes that a run up to base had named, and that were
	// first read whole after it. Their items are now observed, not added.
	Baselines []Baseline `json:"baselines"`
	// Gaps are the scopes that could not be compared or that head's run did not
	// read itself, sorted by scope.
	Gaps []Gap `json:"gaps"`
	// Compared is how many scopes both sides had read whole.
	Compared int `json:"compared"`
}

// Kind is what happened.
type Kind string

const (
	Added            Kind = "added"
	Removed          Kind = "removed"
	Reappeared       Kind = "reappeared" // absent for a while, in lists that were read whole
	Changed          Kind = "changed"
	BecameCallable   Kind = "became-callable"
	NoLongerCallable Kind = "no-longer-callable"
	PathGained       Kind = "path-gained"
	PathLost         Kind = "path-lost"
)

// Change is one thing that happened to one item in one region.
type Change struct {
	Kind         Kind         `json:"kind"`
	Resource     catalog.Kind `json:"resource"`
	Region       string       `json:"region"`
	ID           string       `json:"id"`
	Significance Significance `json:"significance"`
	// After and By are the runs whose complete listings are compared, the last
	// at or before base and at or before head: it happened between them. For a
	// callable event they are the last runs that read all of the region's lists.
	After catalog.RunRef `json:"after"`
	By    catalog.RunRef `json:"by"`
	// Fields are what changed, of a [Changed], sorted by field.
	Fields []FieldChange `json:"fields,omitempty"`
	// Path is the path gained or lost.
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
	Significance Significance `json:"significance"`
	// Said tells a change of value from a field that was first, or is no
	// longer, published.
	Said Said `json:"said"`
	// Old and New are the values of a single-valued field: text as sent, a time
	// as RFC 3339 in UTC. Empty where not said, and for set-like fields.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// OldSet and NewSet are the values of a set-like field, sorted.
	OldSet []string `json:"old_set,omitempty"`
	NewSet []string `json:"new_set,omitempty"`
	// Edits turn Old into New word by word, of a name or a description.
	Edits []Edit `json:"edits,omitempty"`
}

// Said is whether each side said anything of a field.
type Said string

const (
	BothSaid  Said = "changed"   // from one value to another
	Published Said = "published" // base did not say
	Withdrawn Said = "withdrawn" // head does not say
)

// NewRegion is a region that discovery had not named before.
type NewRegion struct {
	Region   string         `json:"region"`
	By       catalog.RunRef `json:"by"`
	Models   int            `json:"models"`
	Profiles int            `json:"profiles"`
	Callable int            `json:"callable"` // models that can be called from it
}

// Baseline is a scope read whole for the first time.
type Baseline struct {
	catalog.Scope
	By    catalog.RunRef `json:"by"`
	Items int            `json:"items"`
}

// Gap is a scope about which head's run says nothing new, or of which one side
// knows nothing at all.
type Gap struct {
	catalog.Scope
	Outcome   catalog.Outcome `json:"outcome"` // of head's run
	ErrorCode string          `json:"error_code,omitempty"`
	Message   string          `json:"message,omitempty"`
	Since     catalog.RunRef  `json:"since"` // first of the unbroken row of runs with that outcome
	Streak    int             `json:"streak"`
	// Confirmed is the last run at or before head that read it whole, nil if
	// none; Items is how many are carried forward from it.
	Confirmed *catalog.RunRef `json:"confirmed,omitempty"`
	Items     int             `json:"items"`
	// Compared is whether both sides have a listing, so that changes up to
	// Confirmed are told.
	Compared bool `json:"compared"`
}

// Significance is what a change means to someone who uses the item.
type Significance string

const (
	Breaking Significance = "breaking" // removed, no longer callable, end of life set or moved earlier
	Notice   Significance = "notice"   // became legacy, legacy date set, routing changed, profile not active
	Good     Significance = "good"     // added, callable, new path, end of life moved later
	Minor    Significance = "minor"    // the rest
)

// Significances returns all, weightiest first.
func Significances() []Significance { return []Significance{Breaking, Notice, Good, Minor} }

// rank orders significances, weightiest first.
func (s Significance) rank() int {
	for i, t := range Significances() {
		if s == t {
			return i
		}
	}
	return len(Significances())
}

// CompareSignificance orders the weightier before the lighter.
func CompareSignificance(a, b Significance) int { return cmp.Compare(a.rank(), b.rank()) }

// Any reports whether anything was added, removed or changed, or a region or a
// scope came into view.
func (r *Result) Any() bool {
	return len(r.Changes)+len(r.NewRegions)+len(r.Baselines) > 0
}

// Comparable reports whether any scope could be compared at all. Where none
// could, "nothing changed" would be a lie.
func (r *Result) Comparable() bool { return r.Compared > 0 }

// Read is how many of the scopes that were compared head's run read itself. What
// the others held was confirmed by an earlier run.
func (r *Result) Read() int {
	read := r.Compared
	for _, gap := range r.Gaps {
		if gap.Compared {
			read--
		}
	}
	return read
}

// timeText is the form of times in a [FieldChange], "" for a zero one.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
