package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// modelsCommand shows the foundation models.
type modelsCommand struct {
	Matrix    bool     `help:"Show a matrix of models and regions."`
	Modality  string   `placeholder:"NAME" help:"Only models with this input or output modality, such as IMAGE."`
	Lifecycle string   `placeholder:"STATUS" help:"Only where a model has this status, such as LEGACY."`
	Access    string   `placeholder:"WAY" enum:",on-demand,profile,provisioned,none" default:"" help:"Only where a model can be called this way: on-demand, profile, provisioned; or none, where it cannot be called."`
	Within    []string `placeholder:"PLACE" help:"Only models that can be called inside: a geography (eu), a boundary (EU, UK, CH, …), a region, or a glob of regions."`
	IDs       bool     `name:"ids" help:"Print the IDs to pass alone, one a line."`
	Brief     bool     `help:"Show one line a provider, with the names of its models."`
	Variants  bool     `help:"Show variants for purchased throughput too."`
	asOf      `embed:""`
	filter    `embed:""`
	format    `embed:""`
}

// Validate implements kong's hook.
func (c *modelsCommand) Validate() error {
	if err := validGlobs(c.Within); err != nil {
		return err
	}
	return c.filter.Validate()
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
  X  doubtful: a profile remains, but no region that it routes to lists the model

Examples:
  snapshotter models --within EU --brief                what stays in the EU
  snapshotter models --within EU --ids                  and the IDs to pass for that
  snapshotter models --provider anthropic --region tokyo
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
		if err := checkPlaces("--within", c.Within, snapshot); err != nil {
			return err
		}
		all := ask.Models(shown)
		entries := c.choice().Of(all)
		if c.IDs {
			for _, remark := range ask.PlaceRemarks(c.Within, ask.RegionsOf(entries)) {
				p.log.Warn(remark) // stdout is for programs
			}
			return c.printIDs(p, entries)
		}
		if c.Matrix {
			return c.matrix(p, run, shown, ask.EveryRegion(all, c.drawn(entries)))
		}
		if len(entries) == 0 && c.forPeople() {
			c.noMatch(p, run, ask.Models(snapshot))
			return nil
		}
		return c.list(p, run, ask.ModelsAnswer{Run: c.answered(p, run), Models: entries, NeverRead: ask.UnreadLists(shown, catalog.Kinds()...)})
	})
}

// choice is what the flags choose of the entries.
func (c *modelsCommand) choice() ask.Choice {
	return ask.Choice{Filter: c.filter.chosen(), Modality: c.Modality, Lifecycle: c.Lifecycle, Access: c.Access, Within: c.Within}
}

func (c *modelsCommand) list(p *program, run catalog.Run, answer ask.ModelsAnswer) error {
	entries := answer.Models
	if !c.forPeople() {
		return c.print(p, sheet.AsOf(sheet.ModelRows(entries), run.Ref()), answer)
	}
	defer sayNeverRead(p, answer.NeverRead)
	shown := c.people(entries)
	p.println("%s as of run %d (%s).", c.counted(shown), run.ID, catalog.Moment(run.StartedAt))
	p.println("")
	if err := c.rows(p, shown, answer); err != nil {
		return err
	}
	if n := len(entries) - len(shown); n > 0 {
		p.println("")
		p.println("Left out: %d variants for purchased throughput only. See --variants.", n)
	}
	for _, remark := range ask.PlaceRemarks(c.Within, ask.RegionsOf(entries)) {
		p.printWrapped("%s", remark)
	}
	return carriedNote(p, run, entries)
}

// noMatch says that nothing matches, and what there is.
func (c *modelsCommand) noMatch(p *program, run catalog.Run, all []ask.Entry) {
	p.println("No models match the filters as of run %d (%s).", run.ID, catalog.Moment(run.StartedAt))
	var providers []string
	for _, names := range ask.ByProvider(all) {
		providers = append(providers, fmt.Sprintf("%s %d", names.Provider, names.Models))
	}
	if providers != nil {
		p.printWrapped("There are models of %s.", strings.Join(providers, ", "))
	}
}

// counted is the answer in one sentence.
func (c *modelsCommand) counted(entries []ask.Entry) string {
	switch {
	case len(c.Within) > 0:
		return fmt.Sprintf("%s can be called inside %s", catalog.Counted(len(entries), "model"), terminal.OneLine(strings.Join(c.Within, ", ")))
	case len(ask.RegionsOf(entries)) == 1:
		return fmt.Sprintf("%s in %s", catalog.Counted(len(entries), "model"), ask.RegionsOf(entries)[0])
	}
	return fmt.Sprintf("%s in %s", catalog.Counted(len(entries), "model"), catalog.Counted(len(ask.RegionsOf(entries)), "region"))
}

func (c *modelsCommand) rows(p *program, shown []ask.Entry, answer ask.ModelsAnswer) error {
	switch {
	case c.Brief && c.Format == "table":
		for _, line := range sheet.ModelLines(shown, p.width()) {
			p.println("%s", line)
		}
		return nil
	case c.Brief:
		return c.print(p, sheet.ModelNames(shown), answer)
	}
	return c.print(p, sheet.Models(shown, p.now()), answer)
}

// people returns the entries that people see: variants on request only.
func (c *modelsCommand) people(entries []ask.Entry) []ask.Entry {
	if c.Variants {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e ask.Entry) bool { return e.VariantOf != "" })
}

// drawn returns the entries of the matrix: programs read all.
func (c *modelsCommand) drawn(entries []ask.Entry) []ask.Entry {
	if !c.forPeople() {
		return entries
	}
	return c.people(entries)
}

// printIDs prints every ID that can be passed, each once, sorted.
func (c *modelsCommand) printIDs(p *program, entries []ask.Entry) error {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.IDs()...)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		p.println("%s", id)
	}
	return nil
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
