package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/job"
	"snapshotter/store"
)

// impactCommand shows what happens to the account's resources.
type impactCommand struct {
	Model        []string `arg:"" optional:"" help:"Only what rests on these models: IDs, globs, or parts of an ID or name."`
	Kind         []string `enum:"${kinds}" placeholder:"KIND" help:"Only resources of these kinds: ${kinds}."`
	Inside       []string `placeholder:"PLACE" help:"Show too what may run outside these places: a boundary such as EU, a geography, a region or a glob."`
	ExitCode     bool     `help:"Exit with 10 if any harm is shown."`
	ahead        `embed:""`
	regionFilter `embed:""`
	asOf         `embed:""`
	format       `embed:""`
}

// Validate implements kong's hook.
func (c *impactCommand) Validate() error {
	return errors.Join(c.ahead.Validate(), c.regionFilter.Validate(), validGlobs(c.Model, c.Inside))
}

func (c *impactCommand) Help() string {
	return `Follows each recorded resource of the account, through profiles, custom models and other
resources, to the foundation models that it rests on, in each region that calls may run
in. Shows what harms it, the worst first: a model that is gone or can't be called by
that ID, an end of life, a commitment that is paid beyond it, a destination outside
--inside or a watch rule that guards, prices that may rise, and legacy models. Days are
counted from today. Resources are recorded where run is told to with --kinds.

"move to" is the first candidate by rule, never advice of AWS. ARNs have $ACCOUNT in
place of the account's ID, which is not recorded.

Examples:
  snapshotter impact
  snapshotter impact --within 90d --exit-code || echo "look at it"
  snapshotter impact claude-sonnet-4 --region eu-west-1 --json`
}

func (c *impactCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		answer, err := c.answer(ctx, p, db, run)
		if err != nil {
			return err
		}
		if err := c.write(p, run, answer); err != nil {
			return err
		}
		if c.ExitCode && len(answer.Impacts) > 0 {
			return &codedError{code: exitChanged}
		}
		return nil
	})
}

func (c *impactCommand) answer(ctx context.Context, p *program, db *store.Store, run catalog.Run) (ask.ImpactAnswer, error) {
	answer := ask.ImpactAnswer{Run: c.answered(p, run), Today: catalog.Day(p.now())}
	snapshot, err := db.Listed(ctx, run.ID)
	if err != nil {
		return answer, err
	}
	impacts, resources, err := job.Impacts(ctx, db, snapshot, ask.Impacted{Today: p.now(), Fences: c.fences(p), Replacements: p.replacements})
	if err != nil {
		return answer, err
	}
	answer.Resources, answer.All = job.Resources(resources), len(impacts)
	answer.Impacts = slices.DeleteFunc(impacts, c.leavesOut)
	answer.NeverRead = append(ask.UnreadLists(resources, catalog.AccountKinds()...), ask.UnreadLists(snapshot, catalog.Kinds()...)...)
	return answer, errors.Join(c.regionFilter.check(snapshot, resources), checkPlaces("--inside", c.Inside, snapshot))
}

// fences are the places that were asked for, and those of rules that guard.
func (c *impactCommand) fences(p *program) []ask.Fence {
	var fences []ask.Fence
	if len(c.Inside) > 0 {
		fences = append(fences, ask.Fence{Name: strings.Join(c.Inside, ", "), Within: c.Inside, Covers: func(string, string) bool { return true }})
	}
	for _, rule := range p.rules {
		if rule.Guards() {
			fences = append(fences, ask.Fence{Name: "rule " + rule.Name, Within: rule.Within, Covers: rule.Covers})
		}
	}
	return fences
}

// leavesOut reports whether the flags leave an impact out.
func (c *impactCommand) leavesOut(i ask.Impact) bool {
	filter := c.regionFilter.chosen()
	filter.Models = c.Model
	return !filter.IncludesRegion(i.Region) || !filter.Names(i.Model, i.ModelName) ||
		len(c.Kind) > 0 && !slices.Contains(c.Kind, string(i.Kind)) || i.Days != nil && c.beyond(*i.Days)
}

func (c *impactCommand) write(p *program, run catalog.Run, answer ask.ImpactAnswer) error {
	if !c.forPeople() {
		return c.print(p, sheet.AsOf(sheet.ImpactRows(answer.Impacts), run.Ref()), answer)
	}
	defer sayNeverRead(p, answer.NeverRead)
	switch {
	case answer.Resources == 0:
		p.printWrapped("No resources of the account are recorded as of run %d (%s). Record them with: snapshotter run --kinds all", run.ID, catalog.Moment(run.StartedAt))
		return nil
	case len(answer.Impacts) == 0 && answer.All > 0:
		p.println("No impacts match the filters as of run %d (%s), of %d.", run.ID, catalog.Moment(run.StartedAt), answer.All)
		return nil
	case len(answer.Impacts) == 0:
		p.printWrapped("Nothing affects the %s recorded as of run %d (%s).", catalog.Counted(answer.Resources, "resource"), run.ID, catalog.Moment(run.StartedAt))
		return nil
	}
	p.printWrapped("%d of %s affected as of run %d (%s); days are from today.", sheet.Affected(answer.Impacts), catalog.Counted(answer.Resources, "resource"), run.ID, catalog.Moment(run.StartedAt))
	for _, group := range sheet.ImpactGroups(answer.Impacts) {
		p.println("")
		p.println("%s", group.Title)
		if err := c.print(p, group.Table, answer); err != nil {
			return err
		}
	}
	return nil
}
