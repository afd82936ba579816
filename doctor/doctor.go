// Package doctor checks what a run depends on: the credentials, the clock, the
// permissions, every region and the database.
//
// It records and sends nothing. No finding contains an account ID, an ARN or the name
// of a session.
package doctor

import (
	"errors"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/awssettings"
)

// Health is how well something is that a run depends on.
type Health string

const (
	OK      Health = "ok"
	Warning Health = "warning" // a run succeeds without it
	Problem Health = "problem" // a run fails, or lacks something that it needs
)

// Finding is the result of one check.
type Finding struct {
	Check  string `json:"check"`
	Health Health `json:"health"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; "" if the health is OK
}

// Examination collects findings, in the order of the checks.
type Examination struct {
	Findings []Finding   `json:"findings"`
	Identity *Identity   `json:"identity"`  // nil if AWS did not say
	NextRuns []time.Time `json:"next_runs"` // of serve, with the current flags; UTC
}

// Schema names its form in JSON, which docs/doctor.schema.json describes.
func (*Examination) Schema() string { return "snapshotter.doctor/2" }

// Append adds the findings of another examination.
func (e *Examination) Append(other *Examination) {
	e.Findings = append(e.Findings, other.Findings...)
}

// Add adds a finding, redacted.
func (e *Examination) Add(check string, health Health, found, advice string) {
	e.Findings = append(e.Findings, Finding{check, health, catalog.Redact(found), catalog.Redact(advice)})
}

// adviser is an error that says what to do next.
type adviser interface {
	error
	Advice() string
}

// Fail adds a problem, with the advice of err if it has any, or else the given one.
func (e *Examination) Fail(check string, err error, advice string) {
	if fault := awssettings.FaultOf(err); fault != nil {
		err = fault
	}
	if own, ok := errors.AsType[adviser](err); ok {
		advice = own.Advice()
	}
	e.Add(check, Problem, err.Error(), advice)
}

// Problems returns the number of problems.
func (e *Examination) Problems() int {
	n := 0
	for _, f := range e.Findings {
		if f.Health == Problem {
			n++
		}
	}
	return n
}
