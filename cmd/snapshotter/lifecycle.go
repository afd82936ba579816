package main

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// lifecycleCommand shows the dates ahead.
type lifecycleCommand struct {
	Event    []string `enum:"legacy,extended-access,end-of-life" placeholder:"EVENT" help:"Only these events: ${enum}."`
	Variants bool     `help:"Show variants for purchased throughput too."`
	ExitCode bool     `help:"Exit with 10 if any date is shown."`
	ahead    `embed:""`
	asOf     `embed:""`
	filter   `embed:""`
	format   `embed:""`
}

// Validate implements kong's hook.
func (c *lifecycleCommand) Validate() error {
	return errors.Join(c.ahead.Validate(), c.filter.Validate())
}

// ahead is the flag for how far ahead dates are shown.
type ahead struct {
	Within string `placeholder:"DAYS" help:"Only dates within this many days, or weeks, from today, such as 90, 90d or 12w; past dates are always shown."`
}

var withinPattern = regexp.MustCompile(`^([0-9]{1,5})([dw]?)$`)

// Validate implements kong's hook.
func (a *ahead) Validate() error {
	if a.Within != "" && !withinPattern.MatchString(a.Within) {
		return usageError("--within: %q is not a number of days or weeks such as 90d or 12w", terminal.OneLine(a.Within))
	}
	return nil
}

// beyond reports whether a date that is days away is farther ahead than asked for.
func (a *ahead) beyond(days int) bool {
	m := withinPattern.FindStringSubmatch(a.Within)
	if m == nil {
		return false
	}
	limit, _ := strconv.Atoi(m[1])
	if m[2] == "w" {
		limit *= 7
	}
	return days > limit
}

func (c *lifecycleCommand) Help() string {
	return referenceHelp + `

What hurts most first, then the soonest: end-of-life (calls fail from then),
extended-access (prices may rise from then) and legacy (no new users from then).
Days are counted from today. Regions that agree on a date are one line; where they
differ, each date has its own. A model whose end of life has passed and that is
listed still comes first, with negative days. A ~ marks a region that the run did
not read. Where IDs or regions do not fit, names stand for IDs and regions are left out.

"move to" is the first candidate by rule, never advice of AWS: an ACTIVE model of
the same provider and modalities with a later start of life that can be called from
those regions. The configuration key replacements: has yours.

Examples:
  snapshotter lifecycle --within 90d
  snapshotter lifecycle --region eu-west-1 --within 90 --event end-of-life
  snapshotter lifecycle --model anthropic --region 'eu-*' --format md
  snapshotter lifecycle --within 2w --exit-code || echo "look at it"`
}

func (c *lifecycleCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, err := db.Listed(ctx, run.ID)
		if err != nil {
			return err
		}
		shown, err := c.filter.apply(snapshot)
		if err != nil {
			return err
		}
		dates := slices.DeleteFunc(ask.Dates(shown, p.now()), c.leavesOut)
		ask.NewDirectory(snapshot).Replace(dates, p.replacements)
		answer := ask.LifecycleAnswer{
			Run: c.answered(p, run), Today: catalog.Day(p.now()), Dates: dates,
			NeverRead: ask.UnreadLists(shown, catalog.KindFoundationModel),
		}
		if err := c.write(p, run, answer, snapshot); err != nil {
			return err
		}
		if c.ExitCode && len(c.counted(answer.Dates)) > 0 {
			return &codedError{code: exitChanged}
		}
		return nil
	})
}

// leavesOut reports whether a date is farther ahead than asked for, or of another
// event.
func (c *lifecycleCommand) leavesOut(d ask.Date) bool {
	return len(c.Event) > 0 && !slices.Contains(c.Event, string(d.Event)) || c.beyond(d.Days)
}

// counted returns the dates that people see: those of variants on request only.
func (c *lifecycleCommand) counted(dates []ask.Date) []ask.Date {
	return slices.DeleteFunc(slices.Clone(dates), func(d ask.Date) bool { return d.VariantOf != "" && !c.Variants })
}

func (c *lifecycleCommand) write(p *program, run catalog.Run, answer ask.LifecycleAnswer, all *catalog.Snapshot) error {
	if !c.forPeople() {
		return c.print(p, sheet.AsOf(sheet.DateRows(answer.Dates), run.Ref()), answer)
	}
	defer sayNeverRead(p, answer.NeverRead)
	dates := c.counted(answer.Dates)
	if len(dates) == 0 {
		p.println("No dates match the filters as of run %d (%s), of %d.", run.ID, catalog.Moment(run.StartedAt), len(c.counted(ask.Dates(all, p.now()))))
	} else if err := c.writeDates(p, run, answer, dates); err != nil {
		return err
	}
	if n := len(answer.Dates) - len(dates); n > 0 {
		p.println("Left out: %s of variants for purchased throughput only. See --variants.", catalog.Counted(n, "date"))
	}
	return nil
}

// writeDates says how many dates there are, and lists them by what they do.
func (c *lifecycleCommand) writeDates(p *program, run catalog.Run, answer ask.LifecycleAnswer, dates []ask.Date) error {
	same := sheet.SameRegions(dates)
	there := ""
	if same != "" {
		there = " in " + same
	}
	p.printWrapped("%s%s as of run %d (%s); days are from today.", catalog.Counted(len(dates), "date"), there, run.ID, catalog.Moment(run.StartedAt))
	if c.Format == "md" {
		p.println("")
		return c.print(p, sheet.Dates(dates), answer)
	}
	whole := true
	for _, group := range sheet.DateGroups(dates) {
		p.println("")
		p.println("%s", group.Title)
		list := sheet.DateList(group.Dates, same == "", p.width())
		whole = whole && list.Whole(p.width())
		if err := c.print(p, list, answer); err != nil {
			return err
		}
	}
	if !whole {
		p.println("Some regions do not fit and are left out. See --format md, or --region R.")
	}
	return nil
}
