package catalog

import "time"

// Run is one execution. Runs are ordered by ID, never by the clock.
type Run struct {
	ID               int64     `json:"id"`
	StartedAt        time.Time `json:"started_at"`  // UTC
	FinishedAt       time.Time `json:"finished_at"` // UTC
	Status           Status    `json:"status"`
	Trigger          Trigger   `json:"trigger"`
	CollectorVersion string    `json:"collector_version"`
	Partition        string    `json:"partition"`
	// Digest is a hash of the effective state after the run, "" for a failed
	// run. Two runs with equal digests left the same catalogue.
	Digest string `json:"digest"`
	// Message says why a failed run failed, or what a recorded one did without
	// (a source of regions, for example), free of ARNs and account IDs.
	Message string `json:"message,omitempty"`
}

// Status is how a run ended.
type Status string

const (
	RunComplete Status = "complete" // every scope that should be readable was read whole
	RunPartial  Status = "partial"  // some were not
	RunFailed   Status = "failed"   // nothing was read; it records nothing but itself
)

// Trigger is what started a run.
type Trigger string

const (
	Manual   Trigger = "manual"
	Schedule Trigger = "schedule"
	Import   Trigger = "import"
)

// RunRef points at a run.
type RunRef struct {
	ID int64     `json:"id"`
	At time.Time `json:"at"` // its StartedAt
}

// Ref points at r.
func (r Run) Ref() RunRef { return RunRef{ID: r.ID, At: r.StartedAt} }
