package report

import "slices"

// What names the event of a story.
type What string

// The events, weightiest first within a significance.
const (
	Removed          What = "removed"
	RemovedInPart    What = "removed-in-part"
	NoLongerCallable What = "no-longer-callable"
	OnDemandLost     What = "on-demand-lost"
	ProfileRemoved   What = "profile-removed"
	ProfileInactive  What = "profile-not-active"
	PathLost         What = "path-lost"
	EOLEarlier       What = "eol-earlier"
	EOLMoved         What = "eol-moved" // not alike in all regions
	EOLSet           What = "eol-set"
	NowLegacy        What = "now-legacy"
	LifecycleStatus  What = "lifecycle-status"
	LegacyDate       What = "legacy-date"
	PriceDate        What = "extended-access-date"
	RoutesAdded      What = "routes-added"
	RoutesRemoved    What = "routes-removed"
	RoutesChanged    What = "routes-changed"
	NewModel         What = "new-model"
	NewlyCallable    What = "newly-callable"
	Back             What = "back"
	MoreRegions      What = "more-regions"
	OnDemandGained   What = "on-demand-gained"
	NewProfile       What = "new-profile"
	PathGained       What = "path-gained"
	ProfileActive    What = "profile-active"
	EOLLater         What = "eol-later"
	EOLWithdrawn     What = "eol-withdrawn"
	ActiveAgain      What = "active-again"
	ProvisionedOnly  What = "provisioned-throughput"
	FieldsChanged    What = "fields"
)

// wording is how an event is spoken of: as a heading before the id, and counted
// in a summary.
type wording struct {
	what      What
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

// rank orders events, weightiest first.
func (w What) rank() int {
	return slices.IndexFunc(wordings, func(x wording) bool { return x.what == w })
}

func (w What) wording() wording { return wordings[w.rank()] }
