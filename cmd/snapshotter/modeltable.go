package main

import (
	"fmt"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// modelSummary has one row a model: how it can be called from the only region, or
// from how many.
func modelSummary(entries []ask.Entry, today time.Time) *terminal.Table {
	if len(ask.RegionsOf(entries)) == 1 {
		return modelsThere(entries, today)
	}
	t := &terminal.Table{
		Head:  []string{"id", "lifecycle", "ends", "callable from", "on demand", "modalities", "provider", "name"},
		Spare: []string{"provider", "modalities", "name", "on demand"},
	}
	for _, e := range entries {
		callable, onDemand := e.CallableFrom(), e.OnDemandIn()
		t.Add(e.ID, e.Statuses(), e.Ends(today), fmt.Sprint(callable), fmt.Sprint(onDemand), e.Modalities(), e.Provider, e.Name)
	}
	return t
}

// modelNames has one row a provider.
func modelNames(entries []ask.Entry) *terminal.Table {
	t := &terminal.Table{Head: []string{"provider", "models", "names"}, Spare: []string{"models"}}
	for _, same := range ask.ByProvider(entries) {
		t.Add(same.Provider, fmt.Sprint(same.Models), strings.Join(same.Names, ", "))
	}
	return t
}

// modelsThere has one row a model of one region: the IDs to pass.
func modelsThere(entries []ask.Entry, today time.Time) *terminal.Table {
	t := &terminal.Table{
		Head:  []string{"model", "callable", "lifecycle", "ends", "modalities", "name", "ids to pass"},
		Spare: []string{"modalities", "name"},
		Below: true,
	}
	for _, e := range entries {
		ids := e.IDs()
		t.Add(e.ID, catalog.YesNo(len(ids) > 0), e.Statuses(), e.Ends(today), e.Modalities(), e.Name, strings.Join(ids, " "))
	}
	return t
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
				strings.Join(at.ProfileIDs(), " "), catalog.YesNo(at.Carried))
		}
	}
	return t
}
