package ask

import "snapshotter/catalog"

// AsOf is the run that an answer is as of.
type AsOf struct {
	catalog.RunRef
	// Stale is set if it is the newest one and more than two days old.
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

// HistoryAnswer is everything that happened to a model or a profile.
type HistoryAnswer struct {
	Kind     catalog.Kind `json:"kind"`
	ID       string       `json:"id"`
	Profiles []string     `json:"profiles"` // that ever routed to the model
	Chapters []Chapter    `json:"chapters"`
}
