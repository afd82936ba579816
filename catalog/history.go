package catalog

// Event is a change of an item as a run recorded it.
type Event struct {
	Run RunRef `json:"run"`
	// After is the last run before Run that read the scope whole, so that the
	// change happened between the two. It is nil where Run was the first to do
	// so: then the item is now observed, and nothing says since when it is there.
	After  *RunRef `json:"after"`
	Region string  `json:"region"`
	Item   Item    `json:"-"` // nil: a complete listing no longer held it
}

// Interval is an unbroken row of recorded runs that learned the same about a
// scope.
type Interval struct {
	Outcome   Outcome `json:"outcome"`
	ErrorCode string  `json:"error_code,omitempty"`
	Message   string  `json:"message,omitempty"` // the first run's
	From      RunRef  `json:"from"`
	To        RunRef  `json:"to"` // the last of them so far
	Runs      int     `json:"runs"`
}

// Step leads from one recorded run to the next.
type Step struct{ Before, Run RunRef }
