package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// modelSummary has one row a model: how it can be called from the only region, or
// from how many.
func modelSummary(entries []ask.Entry, today time.Time) *terminal.Table {
	if len(regionsOf(entries)) == 1 {
		return modelsThere(entries, today)
	}
	t := &terminal.Table{
		Head:  []string{"id", "lifecycle", "ends", "callable from", "on demand", "modalities", "provider", "name"},
		Spare: []string{"provider", "modalities", "name", "on demand"},
	}
	for _, e := range entries {
		callable, onDemand := 0, 0
		for _, at := range e.Regions {
			if len(at.Callable()) > 0 {
				callable++
			}
			if at.Has(catalog.OnDemand) {
				onDemand++
			}
		}
		t.Add(e.ID, lifecycles(e), ends(e, today), fmt.Sprint(callable), fmt.Sprint(onDemand), modalities(e), e.Provider, e.Name)
	}
	return t
}

// modelsThere has one row a model of one region: the IDs to pass.
func modelsThere(entries []ask.Entry, today time.Time) *terminal.Table {
	t := &terminal.Table{
		Head:  []string{"model", "callable", "lifecycle", "ends", "modalities", "name", "ids to pass"},
		Spare: []string{"modalities", "name"},
	}
	for _, e := range entries {
		at := e.Regions[0]
		var ids []string
		for _, path := range at.Callable() {
			ids = append(ids, path.ModelID)
		}
		t.Add(e.ID, catalog.YesNo(len(ids) > 0), lifecycles(e), ends(e, today), modalities(e), e.Name, strings.Join(ids, " "))
	}
	return t
}

// ends is the first end of life of a model, with the days that are left.
func ends(e ask.Entry, today time.Time) string {
	var first time.Time
	for _, at := range e.Regions {
		if at.Model != nil && !at.Model.Lifecycle.EndOfLife.IsZero() && (first.IsZero() || at.Model.Lifecycle.EndOfLife.Before(first)) {
			first = at.Model.Lifecycle.EndOfLife
		}
	}
	if first.IsZero() {
		return ""
	}
	return ask.DateWords(first, today)
}

// lifecycles is a model's status, counted where regions differ.
func lifecycles(e ask.Entry) string {
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

// modalities are those of all regions together, as input > output.
func modalities(e ask.Entry) string {
	var in, out []string
	for _, at := range e.Regions {
		if at.Model != nil {
			in, out = append(in, at.Model.InputModalities...), append(out, at.Model.OutputModalities...)
		}
	}
	if len(in)+len(out) == 0 {
		return ""
	}
	return listed(in) + " > " + listed(out)
}

func listed(values []string) string {
	return strings.ToLower(strings.Join(slices.Compact(slices.Sorted(slices.Values(values))), "+"))
}

// modelRows has one row for each model and region.
func modelRows(entries []ask.Entry) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"region", "id", "name", "provider", "status", "legacy", "extended_access", "end_of_life", "input_modalities", "output_modalities",
		"inference_types", "callable", "on_demand", "provisioned", "profiles", "carried",
	}}
	for _, e := range entries {
		for _, at := range e.Regions {
			m := at.Model
			if m == nil {
				m = &catalog.FoundationModel{}
			}
			t.Add(at.Region, e.ID, e.Name, e.Provider, m.Lifecycle.Status, day(m.Lifecycle.Legacy), day(m.Lifecycle.ExtendedAccess), day(m.Lifecycle.EndOfLife),
				strings.Join(m.InputModalities, " "), strings.Join(m.OutputModalities, " "), strings.Join(m.InferenceTypes, " "),
				catalog.YesNo(len(at.Callable()) > 0), catalog.YesNo(at.Has(catalog.OnDemand)), catalog.YesNo(at.Has(catalog.Provisioned)),
				strings.Join(profileIDs(at), " "), catalog.YesNo(at.Carried))
		}
	}
	return t
}

func profileIDs(at ask.InRegion) []string {
	var ids []string
	for _, path := range at.Paths {
		if path.Access == catalog.ViaProfile {
			ids = append(ids, path.ModelID)
		}
	}
	return ids
}
