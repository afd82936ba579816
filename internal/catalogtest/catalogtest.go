// Package catalogtest builds small snapshots for tests: run n is on day n, and a
// scope is the items that it lists.
//
// It guarantees that equal calls build equal values. It refuses to guess: what a
// call does not name is left zero, except where a test would have to name it each
// time.
package catalogtest

import (
	"time"

	"snapshotter/catalog"
)

// Day is run n, on the nth of January.
func Day(n int64) catalog.RunRef {
	return catalog.RunRef{ID: n, At: time.Date(2026, 1, int(n), 2, 0, 0, 0, time.UTC)}
}

// On is the snapshot of run n.
func On(n int64, states ...catalog.ScopeState) *catalog.Snapshot {
	return &catalog.Snapshot{Run: catalog.Run{ID: n, StartedAt: Day(n).At}, Scopes: states}
}

// Read is a scope that run n and all runs before it read.
func Read(n int64, region string, kind catalog.Kind, items ...catalog.Item) catalog.ScopeState {
	confirmed := Day(n)
	return catalog.ScopeState{
		Scope: catalog.Scope{Region: region, Kind: kind}, Outcome: catalog.Complete,
		Since: Day(1), Streak: int(n), Confirmed: &confirmed, Items: items,
	}
}

// Models is [Read] of foundation models.
func Models(n int64, region string, items ...catalog.Item) catalog.ScopeState {
	return Read(n, region, catalog.KindFoundationModel, items...)
}

// Profiles is [Read] of inference profiles.
func Profiles(n int64, region string, items ...catalog.Item) catalog.ScopeState {
	return Read(n, region, catalog.KindInferenceProfile, items...)
}

// Carried is a scope that run n could not read, as state had it.
func Carried(n int64, state catalog.ScopeState) catalog.ScopeState {
	state.Outcome, state.ErrorCode, state.Message = catalog.Denied, "AccessDeniedException", "not allowed"
	state.Since, state.Streak = Day(n), 1
	return state
}

// Unread is a scope that no run ever read.
func Unread(region string, kind catalog.Kind, outcome catalog.Outcome) catalog.ScopeState {
	return catalog.ScopeState{Scope: catalog.Scope{Region: region, Kind: kind}, Outcome: outcome, Since: Day(1), Streak: 1}
}

// Model is an active foundation model with these inference types; none are sent as
// an empty list.
func Model(id string, inference ...string) *catalog.FoundationModel {
	if inference == nil {
		inference = []string{}
	}
	return &catalog.FoundationModel{ID: id, Name: "Model " + id, InferenceTypes: inference, Lifecycle: catalog.Lifecycle{Status: catalog.StatusActive}}
}

// Profile is an active inference profile that routes a model to regions.
func Profile(id, model string, regions ...string) *catalog.InferenceProfile {
	p := &catalog.InferenceProfile{ID: id, Status: catalog.StatusActive, Type: catalog.TypeSystemDefined}
	for _, region := range regions {
		p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: model})
	}
	return p
}
