// Package sheet lays out answers as tables: for people, and for spreadsheets. It
// escapes nothing and measures nothing: that is up to [terminal.Table]. It works out
// no fact that the answer does not hold.
package sheet

import (
	"fmt"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/ordered"
	"snapshotter/internal/terminal"
)

// Models has one row a model: how it can be called from the only region, or
// from how many.
func Models(entries []ask.Entry, today time.Time) *terminal.Table {
	if len(ask.RegionsOf(entries)) == 1 {
		return modelsThere(entries, today)
	}
	t := &terminal.Table{
		Head:  []string{"id", "lifecycle", "ends", "days left", "callable from", "on demand", "modalities", "provider", "name"},
		Spare: []string{"provider", "modalities", "name", "on demand", "days left"},
	}
	for _, e := range entries {
		callable, onDemand := e.CallableFrom(), e.OnDemandIn()
		ends, days := endOf(e, today)
		t.Add(e.ID, e.Statuses(), ends, days, fmt.Sprint(callable), fmt.Sprint(onDemand), e.Modalities(), e.Provider, e.Name)
	}
	return t
}

// ModelNames has one row a provider.
func ModelNames(entries []ask.Entry) *terminal.Table {
	t := &terminal.Table{Head: []string{"provider", "models", "names"}}
	for _, same := range ask.ByProvider(entries) {
		t.Add(same.Provider, fmt.Sprint(same.Models), strings.Join(same.Names, ", "))
	}
	return t
}

// ModelLines is one paragraph a provider, in as few lines as fit a width; 0 is any.
func ModelLines(entries []ask.Entry, width int) []string {
	var lines []string
	for _, same := range ask.ByProvider(entries) {
		text := terminal.OneLine(fmt.Sprintf("%s (%d): %s", same.Provider, same.Models, brief(same.Names)))
		const indent = "  "
		for i, line := range terminal.Wrap(text, max(0, width-len(indent))) {
			if i > 0 {
				line = indent + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// brief joins names, and of those that begin with the same word says it once: "Nova
// Lite, Pro; Rerank 1.0".
func brief(names []string) string {
	var groups []string
	for _, same := range ordered.By(names, func(name string) string { first, _, _ := strings.Cut(name, " "); return first }) {
		for i := range same.Values {
			if i > 0 {
				same.Values[i] = strings.TrimPrefix(same.Values[i], same.Key+" ")
			}
		}
		groups = append(groups, strings.Join(same.Values, ", "))
	}
	return strings.Join(groups, "; ")
}

// modelsThere has one row a model of one region: the IDs to pass.
func modelsThere(entries []ask.Entry, today time.Time) *terminal.Table {
	t := &terminal.Table{
		Head:  []string{"model", "callable", "lifecycle", "ends", "days left", "modalities", "name", "ids to pass"},
		Spare: []string{"modalities", "name", "days left"},
		Below: true,
	}
	for _, e := range entries {
		ids := e.IDs()
		ends, days := endOf(e, today)
		t.Add(e.ID, catalog.YesNo(len(ids) > 0), e.Statuses(), ends, days, e.Modalities(), e.Name, strings.Join(ids, " "))
	}
	return t
}

// endOf is the first end of life of a model and the days until then, "" if it has none.
func endOf(e ask.Entry, today time.Time) (date, days string) {
	if e.End().IsZero() {
		return "", ""
	}
	return catalog.Day(e.End()), fmt.Sprint(ask.DaysUntil(e.End(), today))
}

// ModelRows has one row for each model and region.
func ModelRows(entries []ask.Entry) *terminal.Table {
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
			t.Add(at.Region, e.ID, e.Name, e.Provider, m.Lifecycle.Status, catalog.Day(m.Lifecycle.Legacy), catalog.Day(m.Lifecycle.ExtendedAccess), catalog.Day(m.Lifecycle.EndOfLife),
				strings.Join(m.InputModalities, " "), strings.Join(m.OutputModalities, " "), strings.Join(m.InferenceTypes, " "),
				catalog.YesNo(len(at.Callable()) > 0), catalog.YesNo(at.Has(catalog.OnDemand)), catalog.YesNo(at.Has(catalog.Provisioned)),
				strings.Join(at.ProfileIDs(), " "), catalog.YesNo(at.Carried))
		}
	}
	return t
}

// AsOf adds to the rows for a spreadsheet the run that they are as of.
func AsOf(rows *terminal.Table, run catalog.RunRef) *terminal.Table {
	rows.Column("run", fmt.Sprint(run.ID))
	rows.Column("run_at", At(&run))
	return rows
}

// At is when a run started, "" for none.
func At(run *catalog.RunRef) string {
	if run == nil {
		return ""
	}
	return run.At.UTC().Format(time.RFC3339)
}
