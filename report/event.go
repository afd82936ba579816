package report

import "slices"

// Event names what happened in a story.
type Event string

// The events, the most significant first within a significance.
const (
	Removed          Event = "removed"
	RemovedInPart    Event = "removed-in-part"
	NoLongerCallable Event = "no-longer-callable"
	OnDemandLost     Event = "on-demand-lost"
	ProfileRemoved   Event = "profile-removed"
	ProfileInactive  Event = "profile-not-active"
	PathLost         Event = "path-lost"
	EOLEarlier       Event = "eol-earlier"
	EOLMoved         Event = "eol-moved" // not alike in all regions
	EOLSet           Event = "eol-set"
	NowLegacy        Event = "now-legacy"
	LifecycleStatus  Event = "lifecycle-status"
	LegacyDate       Event = "legacy-date"
	PriceDate        Event = "extended-access-date"
	RoutesAdded      Event = "routes-added"
	RoutesRemoved    Event = "routes-removed"
	RoutesChanged    Event = "routes-changed"
	NewModel         Event = "new-model"
	NewlyCallable    Event = "newly-callable"
	Back             Event = "back"
	MoreRegions      Event = "more-regions"
	OnDemandGained   Event = "on-demand-gained"
	NewProfile       Event = "new-profile"
	PathGained       Event = "path-gained"
	ProfileActive    Event = "profile-active"
	EOLLater         Event = "eol-later"
	EOLWithdrawn     Event = "eol-withdrawn"
	ActiveAgain      Event = "active-again"
	ProvisionedOnly  Event = "provisioned-throughput"
	FieldsChanged    Event = "fields"
)

// wording is the text of an event: as a heading before the ID, and as counted in
// a summary.
type wording struct {
	event     Event
	heading   string
	one, many string
}

var wordings = []wording{
	{Removed, "Removed", "removed", "removed"},
	{RemovedInPart, "Removed in part", "removed in part", "removed in part"},
	{NoLongerCallable, "No longer callable", "no longer callable", "no longer callable"},
	{OnDemandLost, "On demand lost", "on demand lost", "on demand lost"},
	{ProfileRemoved, "Profile removed", "model with a profile removed", "models with profiles removed"},
	{ProfileInactive, "Profile not active", "profile not active", "profiles not active"},
	{PathLost, "Path lost", "model with a path lost", "models with paths lost"},
	{EOLEarlier, "EOL moved earlier", "EOL moved earlier", "EOLs moved earlier"},
	{EOLMoved, "EOL moved", "EOL moved", "EOLs moved"},
	{EOLSet, "EOL set", "EOL set", "EOLs set"},
	{NowLegacy, "Now LEGACY", "now LEGACY", "now LEGACY"},
	{LifecycleStatus, "Lifecycle status changed", "lifecycle status changed", "lifecycle statuses changed"},
	{LegacyDate, "Legacy date", "legacy date changed", "legacy dates changed"},
	{PriceDate, "Extended access", "extended access date changed", "extended access dates changed"},
	{RoutesAdded, "Routes to a new region", "profile routing to a new region", "profiles routing to new regions"},
	{RoutesRemoved, "Routes to fewer regions", "profile routing to fewer regions", "profiles routing to fewer regions"},
	{RoutesChanged, "Routes changed", "profile with changed routes", "profiles with changed routes"},
	{NewModel, "New model", "new model", "new models"},
	{NewlyCallable, "Newly callable", "newly callable", "newly callable"},
	{Back, "Back", "back", "back"},
	{MoreRegions, "In more regions", "in more regions", "in more regions"},
	{OnDemandGained, "On demand gained", "on demand gained", "on demand gained"},
	{NewProfile, "New profile", "model with a new profile", "models with new profiles"},
	{PathGained, "New path", "model with a new path", "models with new paths"},
	{ProfileActive, "Profile active", "profile active", "profiles active"},
	{EOLLater, "EOL moved later", "EOL moved later", "EOLs moved later"},
	{EOLWithdrawn, "EOL withdrawn", "EOL withdrawn", "EOLs withdrawn"},
	{ActiveAgain, "ACTIVE again", "ACTIVE again", "ACTIVE again"},
	{ProvisionedOnly, "Provisioned throughput", "change of provisioned throughput", "changes of provisioned throughput"},
	{FieldsChanged, "Changed", "other", "others"},
}

// rank orders events, the most significant first.
func (e Event) rank() int {
	return slices.IndexFunc(wordings, func(x wording) bool { return x.event == e })
}

func (e Event) wording() wording { return wordings[e.rank()] }
