package ask

import "snapshotter/catalog"

// AsOf is the run that an answer is as of.
type AsOf struct {
	catalog.RunRef
	// Stale is set if it is the newest one and more than two days old or, where a
	// schedule is set, older than two of its times.
	Stale bool `json:"stale"`
}

// The answers as programs read them, from commands and from the site: see
// docs/json.md.

// WhereAnswer is where models can be called.
type WhereAnswer struct {
	Run     AsOf          `json:"run"`
	Asked   string        `json:"asked"`
	Profile string        `json:"profile,omitempty"` // the profile that was asked for
	Within  []string      `json:"within"`
	Models  []Whereabouts `json:"models"`
	// Resources are those of the account that the word means, where it means no model.
	Resources []Owned `json:"resources,omitempty"`
}

// ModelsAnswer is the foundation models.
type ModelsAnswer struct {
	Run       AsOf         `json:"run"`
	Models    []Entry      `json:"models"`
	NeverRead []UnreadList `json:"never_read"`
}

// MatrixAnswer is models against regions.
type MatrixAnswer struct {
	Run     AsOf        `json:"run"`
	Regions []string    `json:"regions"`
	Models  []MatrixRow `json:"models"`
}

// MatrixRow is a model in every region of a matrix.
type MatrixRow struct {
	ID    string `json:"id"`
	Cells []Cell `json:"regions"`
}

// ProfilesAnswer is the inference profiles.
type ProfilesAnswer struct {
	Run       AsOf         `json:"run"`
	Profiles  []Routing    `json:"profiles"`
	NeverRead []UnreadList `json:"never_read"`
}

// RegionsAnswer is the regions, and how each was read.
type RegionsAnswer struct {
	Run     AsOf       `json:"run"`
	Regions []Coverage `json:"regions"`
}

// LifecycleAnswer is the dates ahead.
type LifecycleAnswer struct {
	Run       AsOf         `json:"run"`
	Today     string       `json:"today"` // from which days are counted
	Dates     []Date       `json:"dates"`
	NeverRead []UnreadList `json:"never_read"`
}

// ImpactAnswer is what happens to the account's resources.
type ImpactAnswer struct {
	Run   AsOf   `json:"run"`
	Today string `json:"today"` // from which days are counted
	// Resources is how many the account has, of the kinds that were ever listed.
	Resources int          `json:"resources"`
	All       int          `json:"-"` // impacts, before a filter
	Impacts   []Impact     `json:"impacts"`
	NeverRead []UnreadList `json:"never_read"`
}

// KindsAnswer is what one can pass as modelId.
type KindsAnswer struct {
	Run   *AsOf     `json:"run"` // nil if nothing was recorded yet
	Kinds []KindRow `json:"kinds"`
}

// KindRow is a kind of what one can pass.
type KindRow struct {
	catalog.Passing
	// Recorded is how many items of it are recorded, over Regions regions; both are nil
	// if no run listed the kind.
	Recorded *int `json:"recorded"`
	Regions  *int `json:"regions"`
	// Example is one of them as it is passed, "" if there is none.
	Example string `json:"example,omitempty"`
}

// HistoryAnswer is everything that happened to a model or a profile.
type HistoryAnswer struct {
	Kind     catalog.Kind `json:"kind"`
	ID       string       `json:"id"`
	Profiles []string     `json:"profiles"` // that ever routed to the model
	Chapters []Chapter    `json:"chapters"`
}

// RunsAnswer is the recorded runs.
type RunsAnswer struct {
	Run  *AsOf        `json:"run"`  // the newest one; nil if there is none
	Runs []RunSummary `json:"runs"` // newest first
}

// RunSummary is a run with its coverage.
type RunSummary struct {
	catalog.Run
	Read    int `json:"lists_read"`
	Unread  int `json:"lists_not_read"` // that should have been readable
	Skipped int `json:"lists_skipped"`  // not enabled, not offered, or not asked for
	Changed int `json:"items_changed"`  // added, removed or with other content
}

// SummariseRun counts what became of a run's lists, and what changed in them.
func SummariseRun(run catalog.Run, outcomes map[catalog.Outcome]int, changed int) RunSummary {
	summary := RunSummary{Run: run, Changed: changed}
	for outcome, count := range outcomes {
		switch {
		case outcome == catalog.Complete:
			summary.Read += count
		case outcome.Expected():
			summary.Skipped += count
		default:
			summary.Unread += count
		}
	}
	return summary
}

// Schema names the form of an answer, which docs/*.schema.json describe.
func (WhereAnswer) Schema() string     { return "snapshotter.where/2" }
func (ModelsAnswer) Schema() string    { return "snapshotter.models/2" }
func (MatrixAnswer) Schema() string    { return "snapshotter.matrix/2" }
func (ProfilesAnswer) Schema() string  { return "snapshotter.profiles/2" }
func (RegionsAnswer) Schema() string   { return "snapshotter.regions/2" }
func (LifecycleAnswer) Schema() string { return "snapshotter.lifecycle/2" }
func (ImpactAnswer) Schema() string    { return "snapshotter.impact/1" }
func (KindsAnswer) Schema() string     { return "snapshotter.kinds/1" }
func (HistoryAnswer) Schema() string   { return "snapshotter.history/2" }
func (RunsAnswer) Schema() string      { return "snapshotter.runs/2" }
