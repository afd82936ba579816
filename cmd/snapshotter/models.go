package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// modelsCommand shows the foundation models.
type modelsCommand struct {
	Matrix    bool   `help:"Show a matrix of models and regions."`
	Modality  string `placeholder:"NAME" help:"Only models with this input or output modality, such as IMAGE."`
	Lifecycle string `placeholder:"STATUS" help:"Only where a model has this status, such as LEGACY."`
	Access    string `placeholder:"WAY" enum:",on-demand,profile,provisioned,none" default:"" help:"Only where a model can be called this way: on-demand, profile, provisioned; or none, where it cannot be called."`
	asOf      `embed:""`
	filter    `embed:""`
	format    `embed:""`
}

func (c *modelsCommand) Help() string {
	return referenceHelp + `

The table has one line for each model. CSV has one row for each model and region;
docs/json.md explains the JSON.

The matrix shows how each model can be called from each region:
  D  on demand                          L  listed, but not callable
  G  by a geographic profile (us., eu.) .  absent: both lists were read
  W  by a global profile (global.)      ?  not observed: a list was not read
  P  provisioned throughput only        ~  not read by this run: as last confirmed

Examples:
  snapshotter models --provider Anthropic --region 'eu-*'
  snapshotter models --lifecycle legacy
  snapshotter models --matrix --model 'amazon.nova-*'
  snapshotter models --access none --format csv --as-of 7d`
}

func (c *modelsCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, err := db.Listed(ctx, run.ID)
		if err != nil {
			return err
		}
		shown, err := c.filter.apply(snapshot)
		if err != nil {
			return err
		}
		all := ask.Models(shown)
		entries := c.choice().Of(all)
		if c.Matrix {
			return c.matrix(p, run, shown, ask.EveryRegion(all, entries))
		}
		return c.list(p, run, modelsAnswer{c.answered(p, run), entries, ask.UnreadLists(shown, catalog.Kinds()...)})
	})
}

// choice is what the flags choose of the entries.
func (c *modelsCommand) choice() ask.Choice {
	return ask.Choice{Filter: c.filter.chosen(), Modality: c.Modality, Lifecycle: c.Lifecycle, Access: c.Access}
}

// modelsAnswer is the answer as programs read it: see docs/json.md.
type modelsAnswer struct {
	Run       answered         `json:"run"`
	Models    []ask.Entry      `json:"models"`
	NeverRead []ask.UnreadList `json:"never_read"`
}

func (c *modelsCommand) list(p *program, run catalog.Run, answer modelsAnswer) error {
	entries := answer.Models
	if !c.forPeople() {
		return c.print(p, modelRows(entries), answer)
	}
	defer sayNeverRead(p, answer.NeverRead)
	if len(entries) == 0 {
		p.println("No models match the filters as of run %d (%s).", run.ID, catalog.Moment(run.StartedAt))
		return nil
	}
	if err := c.print(p, modelSummary(entries), answer); err != nil {
		return err
	}
	return carriedNote(p, run, entries)
}

// carriedNote says that some of what was shown is older than the run.
func carriedNote(p *program, run catalog.Run, entries []ask.Entry) error {
	regions := map[string]bool{}
	for _, e := range entries {
		for _, at := range e.Regions {
			if at.Carried {
				regions[at.Region] = true
			}
		}
	}
	if len(regions) > 0 {
		p.println("")
		p.println("Not read by run %d, so shown as last confirmed: %s", run.ID, strings.Join(slices.Sorted(maps.Keys(regions)), ", "))
	}
	return nil
}

// modelSummary has one row a model.
func modelSummary(entries []ask.Entry) *terminal.Table {
	t := &terminal.Table{Head: []string{"id", "lifecycle", "listed", "on_demand", "profile", "modalities", "provider", "name"}}
	for _, e := range entries {
		listed, onDemand, viaProfile := 0, 0, 0
		for _, at := range e.Regions {
			if at.Model != nil {
				listed++
			}
			if at.Has(catalog.OnDemand) {
				onDemand++
			}
			if at.Has(catalog.ViaProfile) {
				viaProfile++
			}
		}
		t.Add(e.ID, lifecycles(e), fmt.Sprint(listed), fmt.Sprint(onDemand), fmt.Sprint(viaProfile), modalities(e), e.Provider, e.Name)
	}
	return t
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
				catalog.YesNo(catalog.Callable(at.Paths)), catalog.YesNo(at.Has(catalog.OnDemand)), catalog.YesNo(at.Has(catalog.Provisioned)),
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
