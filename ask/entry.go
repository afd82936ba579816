package ask

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"snapshotter/catalog"
)

// RegionsOf returns the regions of entries, sorted.
func RegionsOf(entries []Entry) []string {
	var regions []string
	for _, e := range entries {
		for _, at := range e.Regions {
			regions = append(regions, at.Region)
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

// IDs returns the IDs that can be passed in any of the regions, each once: on demand
// first, then profiles.
func (e Entry) IDs() []string {
	var ids []string
	for _, at := range e.Regions {
		for _, path := range at.Callable() {
			if !slices.Contains(ids, path.ModelID) {
				ids = append(ids, path.ModelID)
			}
		}
	}
	return ids
}

// CallableFrom counts the regions from which the model can be called.
func (e Entry) CallableFrom() int {
	return e.count(func(at InRegion) bool { return len(at.Callable()) > 0 })
}

// OnDemandIn counts the regions where the model is on demand.
func (e Entry) OnDemandIn() int {
	return e.count(func(at InRegion) bool { return at.Has(catalog.OnDemand) })
}

func (e Entry) count(is func(InRegion) bool) int {
	n := 0
	for _, at := range e.Regions {
		if is(at) {
			n++
		}
	}
	return n
}

// ProfileIDs returns the profiles that route to the model, in the order of its
// paths.
func (at InRegion) ProfileIDs() []string {
	var ids []string
	for _, path := range at.Paths {
		if path.Access == catalog.ViaProfile {
			ids = append(ids, path.ModelID)
		}
	}
	return ids
}

// End is the first end of life of a model in any region; zero if it has none.
func (e Entry) End() (first time.Time) {
	for _, at := range e.Regions {
		if at.Model != nil {
			first = catalog.Earlier(first, at.Model.Lifecycle.EndOfLife)
		}
	}
	return first
}

// Ends is the first end of life of a model, with the days from today; "" if it has
// none.
func (e Entry) Ends(today time.Time) string {
	if e.End().IsZero() {
		return ""
	}
	return DateWords(e.End(), today)
}

// Statuses is a model's lifecycle status, counted where regions differ.
func (e Entry) Statuses() string {
	counts := map[string]int{}
	for _, at := range e.Regions {
		if at.Model != nil {
			counts[at.Model.Lifecycle.Status]++
		}
	}
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		text := status
		if text == "" {
			text = "not said"
		}
		if len(counts) > 1 {
			text += fmt.Sprintf(" %d", counts[status])
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return "not listed"
	}
	return strings.Join(parts, ", ")
}

// Modalities are those of all regions together, as input > output; "" if none says.
func (e Entry) Modalities() string {
	var in, out []string
	for _, at := range e.Regions {
		if at.Model != nil {
			in, out = append(in, at.Model.InputModalities...), append(out, at.Model.OutputModalities...)
		}
	}
	if len(in)+len(out) == 0 {
		return ""
	}
	return joined(in) + " > " + joined(out)
}

func joined(values []string) string {
	return strings.ToLower(strings.Join(slices.Compact(slices.Sorted(slices.Values(values))), "+"))
}
