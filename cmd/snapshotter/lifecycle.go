package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// lifecycleCommand shows the dates ahead.
type lifecycleCommand struct {
	Within   string `placeholder:"DAYS" help:"Only dates within this many days or weeks, such as 90d or 12w; past dates are always shown."`
	ExitCode bool   `help:"Exit with 10 if any date is shown."`
	asOf     `embed:""`
	filter   `embed:""`
	format   `embed:""`
}

var withinPattern = regexp.MustCompile(`^([0-9]{1,5})([dw])$`)

// Validate implements kong's hook.
func (c *lifecycleCommand) Validate() error {
	if c.Within != "" && !withinPattern.MatchString(c.Within) {
		return usageError("--within: %q is not a number of days or weeks such as 90d or 12w", terminal.OneLine(c.Within))
	}
	return c.filter.Validate()
}

func (c *lifecycleCommand) Help() string {
	return referenceHelp + `

Soonest first: legacy (no new users from then), extended-access (prices may rise
from then) and end-of-life (calls fail from then). Days are counted from the date
of the run. Regions that agree on a date are one line; where they differ, each
date has its own. A model whose end of life has passed and that is listed still
comes first, with negative days. A ~ marks a region that the run did not read.

Examples:
  snapshotter lifecycle --within 90d
  snapshotter lifecycle --model 'anthropic.*' --region 'eu-*' --format md
  snapshotter lifecycle --within 2w --exit-code || echo "look at it"`
}

// lifecycleAnswer is the answer as programs read it: see docs/json.md.
type lifecycleAnswer struct {
	Run       answered         `json:"run"`
	Dates     []ask.Date       `json:"dates"`
	NeverRead []ask.UnreadList `json:"never_read"`
}

func (c *lifecycleCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, err := db.Listed(ctx, run.ID, catalog.KindFoundationModel)
		if err != nil {
			return err
		}
		shown, err := c.filter.apply(snapshot)
		if err != nil {
			return err
		}
		answer := lifecycleAnswer{c.answered(p, run), slices.DeleteFunc(ask.Dates(shown), c.beyond), ask.UnreadLists(shown, catalog.KindFoundationModel)}
		if err := c.write(p, run, answer); err != nil {
			return err
		}
		if c.ExitCode && len(answer.Dates) > 0 {
			return &codedError{code: exitChanged}
		}
		return nil
	})
}

// beyond reports whether a date is farther ahead than requested.
func (c *lifecycleCommand) beyond(d ask.Date) bool {
	m := withinPattern.FindStringSubmatch(c.Within)
	if m == nil {
		return false
	}
	days, _ := strconv.Atoi(m[1])
	if m[2] == "w" {
		days *= 7
	}
	return d.Days > days
}

func (c *lifecycleCommand) write(p *program, run catalog.Run, answer lifecycleAnswer) error {
	if !c.forPeople() {
		return c.print(p, dateRows(answer.Dates), answer)
	}
	defer sayNeverRead(p, answer.NeverRead)
	if len(answer.Dates) == 0 {
		p.println("No dates match the filters as of run %d (%s).", run.ID, catalog.Moment(run.StartedAt))
		return nil
	}
	return c.print(p, dateSummary(answer.Dates), answer)
}

func dateSummary(dates []ask.Date) *terminal.Table {
	t := &terminal.Table{Head: []string{"date", "days", "event", "id", "regions"}}
	for _, d := range dates {
		event := string(d.Event)
		if d.Days < 0 {
			event += ", passed; still listed"
		}
		t.Add(d.Date, fmt.Sprint(d.Days), event, d.ID, carriedMarked(d.Regions, d.Carried))
	}
	return t
}

func dateRows(dates []ask.Date) *terminal.Table {
	t := &terminal.Table{Head: []string{"date", "days", "event", "id", "name", "region", "carried"}}
	for _, d := range dates {
		for _, region := range d.Regions {
			t.Add(d.Date, fmt.Sprint(d.Days), string(d.Event), d.ID, d.Name, region, catalog.YesNo(slices.Contains(d.Carried, region)))
		}
	}
	return t
}
