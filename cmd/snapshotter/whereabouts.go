package main

import (
	"context"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
	"snapshotter/job"
	"snapshotter/store"
)

func (c *whereCommand) answer(ctx context.Context, p *program, db *store.Store, run catalog.Run, directory *ask.Directory, found ask.Found) (*ask.WhereAnswer, error) {
	chosen := c.regionFilter.chosen()
	if c.In != "" {
		chosen = ask.Filter{Regions: []string{c.In}}
	}
	models, err := job.Whereabouts(ctx, db, run, directory, job.Wanted{Found: found, Chosen: chosen, Within: c.Within, Replacements: p.replacements})
	return &ask.WhereAnswer{
		Run: c.answered(p, run), Asked: c.word(), Profile: found.Profile, Within: append([]string{}, c.Within...), Models: models,
	}, err
}

func (c *whereCommand) write(p *program, answer *ask.WhereAnswer) error {
	if c.IDs {
		for _, id := range ask.IDsOf(answer.Models) {
			p.println("%s", id)
		}
		for _, o := range answer.Resources {
			if o.Kind.Passed() {
				p.println("%s", o.ARN)
			}
		}
		return nil
	}
	if !c.forPeople() {
		return c.print(p, sheet.AsOf(sheet.PathRows(answer), answer.Run.RunRef), answer)
	}
	pr := &terminal.Text{W: p.stdout, Markdown: c.Format == "md", Width: p.width()}
	c.writeOwned(pr, answer)
	for _, model := range answer.Models {
		pr.Title("%s, as of run %d (%s)", model.Title(), answer.Run.ID, catalog.Moment(answer.Run.At))
		if answer.Profile != "" {
			pr.Line("%s is an inference profile; this is a model that it routes to.", answer.Profile)
		}
		for _, life := range model.Lives {
			pr.Line("%s", life.Words(p.now()))
		}
		if candidate := model.MoveTo(); candidate != "" {
			pr.Line("%s", candidate)
		}
		if c.In != "" {
			c.writeRegion(pr, model, model.Regions[0])
		} else {
			c.writeRegions(p, pr, answer, model)
		}
		pr.Space()
	}
	return pr.Err
}

// writeRegions writes a row for each ID to pass, with the regions that agree on it,
// and names the regions where there is none.
func (c *whereCommand) writeRegions(p *program, pr *terminal.Text, answer *ask.WhereAnswer, model ask.Whereabouts) {
	pr.Line("%s", model.Summary(c.Within))
	var rows []ask.IDRow
	var outside []string
	for _, way := range model.Ways() {
		if way.Outside {
			outside = append(outside, way.ID)
		} else {
			rows = append(rows, way)
		}
	}
	c.writeIDs(p, pr, answer, rows)
	if len(outside) > 0 {
		pr.Line("Left out, because a call may run outside: %s.", strings.Join(slices.Compact(outside), ", "))
	}
	for _, remark := range slices.Concat(model.Remarks(), ask.PlaceRemarks(c.Within, ask.RegionsIn(answer.Models))) {
		pr.Line("%s", remark)
	}
}

// writeIDs writes the IDs to pass, as a table in Markdown and as lines that fit a
// terminal else.
func (c *whereCommand) writeIDs(p *program, pr *terminal.Text, answer *ask.WhereAnswer, rows []ask.IDRow) {
	if len(rows) == 0 {
		return
	}
	if c.Format == "md" {
		pr.Table(func() error { return c.print(p, sheet.IDs(rows), answer) })
		return
	}
	rows, since := ask.Together(rows)
	var lines []string
	for _, row := range rows {
		lines = append(lines, row.Words())
	}
	pr.List(lines)
	if since != "" {
		pr.Line("Since %s.", since)
	}
}

// writeRegion answers for one region in words.
func (c *whereCommand) writeRegion(pr *terminal.Text, model ask.Whereabouts, at ask.Stand) {
	pr.Line("%s", at.Verdict(c.Within))
	pr.List(at.IDsSince())
	for _, remark := range at.Remarks(model.ID) {
		pr.Line("%s", remark)
	}
	if !at.Callable() {
		return
	}
	command, reason := model.TryIt(at)
	if command == "" {
		pr.Line("%s", reason)
		return
	}
	pr.Line("Try it:")
	pr.Command(command)
}
