package lake

import (
	"time"

	"snapshotter/catalog"
)

// Rows are the rows of every table that some runs of one month add.
type Rows struct {
	Runs           []Run
	Coverage       []Coverage
	Changes        []Change
	Models         []Model
	Profiles       []Profile
	AccessPaths    []AccessPath
	LifecycleDates []LifecycleDate

	// Those of the account are private.
	ResourceRuns     []ResourceRun
	ResourceCoverage []Coverage
	Resources        []Resource
	Impacts          []Impact
}

// append adds the rows of another to each table.
func (r *Rows) append(o *Rows) {
	r.Runs = append(r.Runs, o.Runs...)
	r.Coverage = append(r.Coverage, o.Coverage...)
	r.Changes = append(r.Changes, o.Changes...)
	r.Models = append(r.Models, o.Models...)
	r.Profiles = append(r.Profiles, o.Profiles...)
	r.AccessPaths = append(r.AccessPaths, o.AccessPaths...)
	r.LifecycleDates = append(r.LifecycleDates, o.LifecycleDates...)
	r.ResourceRuns = append(r.ResourceRuns, o.ResourceRuns...)
	r.ResourceCoverage = append(r.ResourceCoverage, o.ResourceCoverage...)
	r.Resources = append(r.Resources, o.Resources...)
	r.Impacts = append(r.Impacts, o.Impacts...)
}

func (r *Rows) addCoverage(c *covered, found catalog.RunRef) {
	if c.scope.Kind.OfAccount() {
		r.ResourceCoverage = append(r.ResourceCoverage, c.row(found))
	} else {
		r.Coverage = append(r.Coverage, c.row(found))
	}
}

// Run is an execution. Each table's rows have the partition columns history and month
// as well.
type Run struct {
	ID               int64     `parquet:"id" doc:"runs are ordered by it, never by the clock"`
	Ordinal          *int64    `parquet:"ordinal,optional" doc:"its place among the runs that recorded something, from 1; NULL if it failed"`
	StartedAt        time.Time `parquet:"started_at,timestamp(millisecond)" doc:"when it started"`
	FinishedAt       time.Time `parquet:"finished_at,timestamp(millisecond)" doc:"when it had read everything"`
	Status           string    `parquet:"status,dict" doc:"complete, partial, or failed (nothing was recorded)"`
	Trigger          string    `parquet:"trigger,dict" doc:"manual, schedule or import"`
	CollectorVersion string    `parquet:"collector_version,dict" doc:"of the program"`
	Partition        string    `parquet:"partition,dict" doc:"of AWS"`
	Digest           string    `parquet:"digest" doc:"a hash of the whole state after the run; empty if it failed"`
	Message          string    `parquet:"message,dict" doc:"why it failed, or what it did without"`
}

// Coverage is how a list was read.
type Coverage struct {
	RunID          int64      `parquet:"run_id" doc:"the run that read it so, or the first of its month"`
	RunAt          time.Time  `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Region         string     `parquet:"region,dict" doc:"of the list"`
	Kind           string     `parquet:"kind,dict" doc:"of the list"`
	Outcome        string     `parquet:"outcome,dict" doc:"complete, or why it was not read (denied, throttled, not-enabled, …)"`
	ErrorCode      string     `parquet:"error_code,dict" doc:"the AWS error code, empty where there is none"`
	Message        string     `parquet:"message,dict" doc:"what happened"`
	SinceRunID     int64      `parquet:"since_run_id" doc:"the first of the consecutive runs with this outcome"`
	SinceAt        time.Time  `parquet:"since_at,timestamp(millisecond)" doc:"when that run started"`
	ConfirmedRunID *int64     `parquet:"confirmed_run_id,optional" doc:"where it is not complete: the last run before that read the whole list, NULL if none did"`
	ConfirmedAt    *time.Time `parquet:"confirmed_at,optional,timestamp(millisecond)" doc:"when that run started"`
}

// Change is something that happened to an item.
type Change struct {
	RunID       int64     `parquet:"run_id" doc:"the run that found it"`
	RunAt       time.Time `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	AfterRunID  *int64    `parquet:"after_run_id,optional" doc:"the last run before that read the list; NULL if none did"`
	Region      string    `parquet:"region,dict" doc:"where"`
	Kind        string    `parquet:"kind,dict" doc:"foundation-model or inference-profile"`
	ID          string    `parquet:"id,dict" doc:"modelId or inferenceProfileId"`
	Change      string    `parquet:"change,dict" doc:"baseline (there when the list was first read, which is not added), added, removed, reappeared or changed"`
	OldDocument *string   `parquet:"old_document,optional,dict" doc:"JSON; NULL where it was not listed before"`
	NewDocument *string   `parquet:"new_document,optional,dict" doc:"JSON; NULL where it is removed"`
}

// Model is a foundation model in a region.
type Model struct {
	RunID            int64      `parquet:"run_id" doc:"the run that found this, or the first of its month"`
	RunAt            time.Time  `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Region           string     `parquet:"region,dict" doc:"where it is listed"`
	ID               string     `parquet:"id,dict" doc:"modelId"`
	Present          bool       `parquet:"present" doc:"false: it is no longer listed, and the columns that follow are NULL"`
	SinceRunID       int64      `parquet:"since_run_id" doc:"the run that first found this content, or that it is gone"`
	Name             *string    `parquet:"name,optional,dict" doc:"its name"`
	Provider         *string    `parquet:"provider,optional,dict" doc:"who makes it"`
	Status           *string    `parquet:"status,optional,dict" doc:"lifecycle status: ACTIVE, LEGACY, or another value of AWS"`
	StartOfLife      *time.Time `parquet:"start_of_life,optional,timestamp(millisecond)" doc:"when its life began"`
	Legacy           *time.Time `parquet:"legacy,optional,timestamp(millisecond)" doc:"time from which it is legacy"`
	ExtendedAccess   *time.Time `parquet:"extended_access,optional,timestamp(millisecond)" doc:"time from which extended access begins and prices may rise"`
	EndOfLife        *time.Time `parquet:"end_of_life,optional,timestamp(millisecond)" doc:"time from which calls fail"`
	InferenceTypes   []string   `parquet:"inference_types,optional,list" doc:"such as ON_DEMAND; NULL where not said, as for the lists below"`
	InputModalities  []string   `parquet:"input_modalities,optional,list" doc:"such as TEXT"`
	OutputModalities []string   `parquet:"output_modalities,optional,list" doc:"such as TEXT"`
	Customizations   []string   `parquet:"customizations,optional,list" doc:"such as FINE_TUNING"`
	Streaming        *bool      `parquet:"streaming,optional" doc:"NULL where not said"`
}

// Profile is a system-defined inference profile in a region.
type Profile struct {
	RunID        int64         `parquet:"run_id" doc:"the run that found this, or the first of its month"`
	RunAt        time.Time     `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Region       string        `parquet:"region,dict" doc:"where it is listed, and called from"`
	ID           string        `parquet:"id,dict" doc:"inferenceProfileId"`
	Present      bool          `parquet:"present" doc:"false: it is no longer listed, and the columns that follow are NULL"`
	SinceRunID   int64         `parquet:"since_run_id" doc:"the run that first found this content, or that it is gone"`
	Geography    *string       `parquet:"geography,optional,dict" doc:"the ID's prefix, empty without one"`
	Name         *string       `parquet:"name,optional,dict" doc:"its name"`
	Description  *string       `parquet:"description,optional,dict" doc:"in AWS's words"`
	Status       *string       `parquet:"status,optional,dict" doc:"ACTIVE if it can be called"`
	Type         *string       `parquet:"type,optional,dict" doc:"SYSTEM_DEFINED"`
	Destinations []Destination `parquet:"destinations,optional,list" doc:"where a call may run; the region '' is any commercial region"`
	CreatedAt    *time.Time    `parquet:"created_at,optional,timestamp(millisecond)" doc:"when it was made"`
	UpdatedAt    *time.Time    `parquet:"updated_at,optional,timestamp(millisecond)" doc:"when it last changed"`
}

// Destination is a model in a region that a profile routes to.
type Destination struct {
	Region string `parquet:"region,dict"`
	Model  string `parquet:"model,dict"`
}

// AccessPath is a way to call a model from a region.
type AccessPath struct {
	RunID        int64     `parquet:"run_id" doc:"the run that found this, or the first of its month"`
	RunAt        time.Time `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Region       string    `parquet:"region,dict" doc:"where the call is made"`
	Model        string    `parquet:"model,dict" doc:"the foundation model's ID"`
	Access       string    `parquet:"access,dict" doc:"on-demand, profile or provisioned"`
	ModelID      string    `parquet:"model_id,dict" doc:"the exact string to pass as modelId"`
	Present      bool      `parquet:"present" doc:"false: this way is gone, and the columns that follow are NULL"`
	Geography    *string   `parquet:"geography,optional,dict" doc:"the profile ID's prefix, such as eu or global; NULL without a profile"`
	Destinations []string  `parquet:"destinations,optional,list" doc:"the regions a profile may run the call in, '' being any commercial region; NULL without a profile"`
	Callable     *bool     `parquet:"callable,optional" doc:"false for provisioned, which needs a purchase first"`
	Doubtful     *bool     `parquet:"doubtful,optional" doc:"true: no destination lists the model any more, so that calls probably fail"`
}

// LifecycleDate is a date in the life of a listed model.
type LifecycleDate struct {
	RunID    int64      `parquet:"run_id" doc:"the run that found this, or the first of its month"`
	RunAt    time.Time  `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Region   string     `parquet:"region,dict" doc:"where the model is listed"`
	Model    string     `parquet:"model,dict" doc:"its ID"`
	Event    string     `parquet:"event,dict" doc:"start_of_life, legacy, extended_access or end_of_life"`
	Present  bool       `parquet:"present" doc:"false: the date was withdrawn or the model is no longer listed, and the columns that follow are NULL"`
	Name     *string    `parquet:"name,optional,dict" doc:"the model's name"`
	Provider *string    `parquet:"provider,optional,dict" doc:"who makes it"`
	Status   *string    `parquet:"status,optional,dict" doc:"lifecycle status"`
	Date     *int32     `parquet:"date,optional,date" doc:"in UTC"`
	Moment   *time.Time `parquet:"moment,optional,timestamp(millisecond)" doc:"the moment as AWS sent it"`
}

// run is the run that a row is of.
func (r Run) run() catalog.RunRef           { return catalog.RunRef{ID: r.ID, At: r.StartedAt} }
func (r Coverage) run() catalog.RunRef      { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }
func (r Change) run() catalog.RunRef        { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }
func (r Model) run() catalog.RunRef         { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }
func (r Profile) run() catalog.RunRef       { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }
func (r AccessPath) run() catalog.RunRef    { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }
func (r LifecycleDate) run() catalog.RunRef { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }

// given is a pointer to a value that was said, nil for the zero value.
func given[T comparable](value T) *T {
	if value == *new(T) {
		return nil
	}
	return &value
}

func modelRow(run catalog.RunRef, region string, since int64, m *catalog.FoundationModel) Model {
	return Model{
		RunID: run.ID, RunAt: run.At, Region: region, ID: m.ID, Present: true, SinceRunID: since,
		Name: given(m.Name), Provider: given(m.Provider), Status: given(m.Lifecycle.Status),
		StartOfLife: given(m.Lifecycle.StartOfLife), Legacy: given(m.Lifecycle.Legacy),
		ExtendedAccess: given(m.Lifecycle.ExtendedAccess), EndOfLife: given(m.Lifecycle.EndOfLife),
		InferenceTypes: m.InferenceTypes, InputModalities: m.InputModalities, OutputModalities: m.OutputModalities,
		Customizations: m.Customizations, Streaming: m.Streaming,
	}
}

func profileRow(run catalog.RunRef, region string, since int64, p *catalog.InferenceProfile) Profile {
	row := Profile{
		RunID: run.ID, RunAt: run.At, Region: region, ID: p.ID, Present: true, SinceRunID: since,
		Geography: new(p.Geography()), Name: given(p.Name), Description: given(p.Description), Status: given(p.Status),
		Type: given(p.Type), CreatedAt: given(p.CreatedAt), UpdatedAt: given(p.UpdatedAt),
	}
	if p.Destinations != nil {
		row.Destinations = make([]Destination, len(p.Destinations))
		for i, d := range p.Destinations {
			row.Destinations[i] = Destination{d.Region, d.Model}
		}
	}
	return row
}

// datesOf are the dates of a model, none if it is nil.
func datesOf(run catalog.RunRef, region string, m *catalog.FoundationModel) []LifecycleDate {
	if m == nil {
		return nil
	}
	var rows []LifecycleDate
	for _, date := range []struct {
		event string
		at    time.Time
	}{
		{"start_of_life", m.Lifecycle.StartOfLife},
		{"legacy", m.Lifecycle.Legacy},
		{"extended_access", m.Lifecycle.ExtendedAccess},
		{"end_of_life", m.Lifecycle.EndOfLife},
	} {
		if date.at.IsZero() {
			continue
		}
		rows = append(rows, LifecycleDate{
			RunID: run.ID, RunAt: run.At, Region: region, Model: m.ID, Event: date.event, Present: true,
			Name: given(m.Name), Provider: given(m.Provider), Status: given(m.Lifecycle.Status),
			Date: dateOf(date.at), Moment: new(date.at),
		})
	}
	return rows
}

// dateOf is the date of a time as Parquet has it: days since 1970, in UTC.
func dateOf(at time.Time) *int32 {
	const day = 24 * time.Hour
	return new(int32(at.Truncate(day).Unix() / int64(day/time.Second)))
}
