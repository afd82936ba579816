package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
	"snapshotter/store"
)

// whereCommand shows where a model can be called, and with which ID.
type whereCommand struct {
	Model        []string `arg:"" help:"ID, words of an ID or name, or glob of models; or the ID of an inference profile."`
	In           string   `placeholder:"REGION" help:"Answer for this region in words, with a command to try: a code or a city."`
	Within       []string `placeholder:"PLACE" help:"Only calls that stay inside: a geography (eu), a boundary (EU, UK, CH, US, JP, …), a region, or a glob of regions."`
	IDs          bool     `name:"ids" help:"Print the IDs to pass alone, one a line."`
	ExitCode     bool     `help:"Exit with 10 if it cannot be called."`
	regionFilter `embed:""`
	asOf         `embed:""`
	format       `embed:""`
}

// word is what was asked for.
func (c *whereCommand) word() string { return strings.Join(c.Model, " ") }

// Validate implements kong's hook.
func (c *whereCommand) Validate() error {
	if err := validGlobs(c.Within); err != nil {
		return err
	}
	return c.regionFilter.Validate()
}

func (c *whereCommand) Help() string {
	return referenceHelp + `

A call through a profile may run in any of its destinations. --within shows only IDs
whose destinations are all inside; those of a global. profile never are, because it
may run in any commercial region.

docs/json.md explains the JSON. CSV has one row for each region and ID.

Examples:
  snapshotter where claude haiku 4.5                    from every region
  snapshotter where claude-haiku-4-5 --in tokyo
  snapshotter where claude-haiku-4-5 --in eu-west-1 --within EU --ids
  snapshotter where 'anthropic.*' --within eu --format csv
  snapshotter where amazon.nova-2-lite-v1:0 --as-of 2026-04-01`
}

func (c *whereCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, directory, err := c.ground(ctx, db, run)
		if err != nil {
			return err
		}
		if err := c.checkPlaces(snapshot); err != nil {
			return err
		}
		found := directory.Find(c.word())
		if err := c.decide(p, found, run); err != nil {
			return err
		}
		answer, err := c.answer(ctx, p, db, run, directory, found)
		if err != nil {
			return err
		}
		if err := c.write(p, answer); err != nil {
			return err
		}
		if c.ExitCode && !answer.callable() {
			return &codedError{code: exitChanged}
		}
		return nil
	})
}

// ground reads what the answer needs: for the ID of a model, what the history holds
// about it; for any other word, everything, because the word may mean any model. A
// place that is not a listed region needs everything too: it may be a destination.
func (c *whereCommand) ground(ctx context.Context, db *store.Store, run catalog.Run) (*catalog.Snapshot, *ask.Directory, error) {
	about, err := db.About(ctx, run.ID, c.word())
	if err != nil {
		return nil, nil, err
	}
	foreign := func(place string) bool { return !holds(about.Regions(), place) }
	if directory := ask.NewDirectory(about); directory.Knows(c.word()) && !slices.ContainsFunc(c.Within, foreign) {
		return about, directory, nil
	}
	all, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, nil, err
	}
	return all, ask.NewDirectory(all), nil
}

func holds(regions []string, place string) bool {
	return slices.ContainsFunc(regions, func(region string) bool { return catalog.InPlace(region, place) })
}

// checkPlaces refuses a region or place that the history does not know: the answer
// "nowhere" to a misspelling would look true.
func (c *whereCommand) checkPlaces(s *catalog.Snapshot) error {
	if c.In != "" {
		regions := slices.DeleteFunc(s.Regions(), func(region string) bool { return !ask.ChoosesRegion([]string{c.In}, region) })
		switch len(regions) {
		case 0:
			return unknownRegion("--in", c.In, s.Regions())
		case 1:
			c.In = regions[0]
		default:
			return usageError("--in %q means several regions: %s; give one of them", terminal.OneLine(c.In), strings.Join(regions, ", "))
		}
	}
	if err := c.check(s); err != nil {
		return err
	}
	known := ask.KnownRegions(s)
	for _, place := range c.Within {
		if !holds(known, place) {
			return usageError("no region on record is in --within %q; give a region, a glob of regions, or one of the geographies %s",
				terminal.OneLine(place), strings.Join(geographies(known), ", "))
		}
	}
	return nil
}

func geographies(regions []string) []string {
	var all []string
	for _, region := range regions {
		all = append(all, catalog.Geography(region))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// decide refuses a word that means no model, or any of several.
func (c *whereCommand) decide(p *program, found ask.Found, run catalog.Run) error {
	switch {
	case len(found.Models) == 0:
		return &codedError{exitUsage, advised{
			fmt.Sprintf("no model or inference profile matches %q as of run %d", terminal.OneLine(c.word()), run.ID),
			"give an ID, words of an ID or name, or a glob such as 'anthropic.*'",
		}}
	case len(found.Models) == 1 || found.Several:
		return nil
	}
	return ambiguous(p, c.word(), found.Models, "give one of the IDs, or a glob to ask for several, such as '*"+globbed(c.word())+"*'")
}

// ambiguous prints the models that a word may mean, for the user to choose from.
func ambiguous(p *program, word string, models []ask.Candidate, advice string) error {
	t := &terminal.Table{Head: []string{"id", "name", "callable from"}}
	for _, model := range models {
		t.Add(model.ID, model.Name, cmp.Or(strings.Join(model.Callable, ", "), "nowhere"))
	}
	if err := t.Text(p.stderr, p.width()); err != nil {
		return err
	}
	return &codedError{exitUsage, advised{
		fmt.Sprintf("%q may mean any of these %d models", terminal.OneLine(word), len(models)),
		advice,
	}}
}

// globbed is a word without the characters that mean something to a shell.
func globbed(word string) string {
	return strings.Map(func(r rune) rune {
		if !ask.ShellSafe("x" + string(r)) {
			return '?'
		}
		return r
	}, word)
}

// whereAnswer is the answer as programs read it: see docs/json.md.
type whereAnswer struct {
	Run     answered          `json:"run"`
	Asked   string            `json:"asked"`
	Profile string            `json:"profile,omitempty"` // the profile that was asked for
	Within  []string          `json:"within"`
	Models  []ask.Whereabouts `json:"models"`
}

func (c *whereCommand) answer(ctx context.Context, p *program, db *store.Store, run catalog.Run, directory *ask.Directory, found ask.Found) (*whereAnswer, error) {
	chosen := c.regionFilter.chosen()
	if c.In != "" {
		chosen = ask.Filter{Regions: []string{c.In}}
	}
	answer := &whereAnswer{
		Run: c.answered(p, run), Asked: c.word(), Profile: found.Profile,
		Within: append([]string{}, c.Within...), Models: []ask.Whereabouts{},
	}
	for _, model := range found.Models {
		past, err := ask.ReadPast(ctx, db, catalog.KindFoundationModel, model.ID)
		if err != nil {
			return nil, err
		}
		all := directory.Where(model.ID, past.Spans(run.ID), c.Within)
		all.Regions = slices.DeleteFunc(all.Regions, func(at ask.Stand) bool { return !chosen.IncludesRegion(at.Region) })
		whole, err := c.whole(ctx, db, run, directory, model.ID)
		if err != nil {
			return nil, err
		}
		whole.Describe(&all, past.LastListed(run.ID), c.Within, p.replacements)
		answer.Models = append(answer.Models, all)
	}
	return answer, nil
}

// whole returns a directory that knows every model if a replacement is to be found
// for one: what an answer rests on may be about one model alone.
func (c *whereCommand) whole(ctx context.Context, db *store.Store, run catalog.Run, directory *ask.Directory, model string) (*ask.Directory, error) {
	if !directory.Ending(model) {
		return directory, nil
	}
	all, err := db.Snapshot(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	return ask.NewDirectory(all), nil
}

// callable reports whether any model can be called from any of the regions.
func (a *whereAnswer) callable() bool {
	return slices.ContainsFunc(a.Models, func(w ask.Whereabouts) bool { return slices.ContainsFunc(w.Regions, ask.Stand.Callable) })
}

// ids are the IDs to pass, each once.
func (a *whereAnswer) ids() []string {
	var ids []string
	for _, model := range a.Models {
		for _, row := range model.Ways() {
			if row.Access != catalog.Provisioned && !slices.Contains(ids, row.ID) {
				ids = append(ids, row.ID)
			}
		}
	}
	return ids
}

func (c *whereCommand) write(p *program, answer *whereAnswer) error {
	if c.IDs {
		for _, id := range answer.ids() {
			p.println("%s", id)
		}
		return nil
	}
	if !c.forPeople() {
		return c.print(p, answer.paths(), answer)
	}
	pr := &terminal.Text{W: p.stdout, Markdown: c.Format == "md", Width: p.width()}
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
func (c *whereCommand) writeRegions(p *program, pr *terminal.Text, answer *whereAnswer, model ask.Whereabouts) {
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
	for _, remark := range slices.Concat(model.Remarks(), ask.PlaceRemarks(c.Within, answer.regions())) {
		pr.Line("%s", remark)
	}
}

// writeIDs writes the IDs to pass, as a table in Markdown and as lines that fit a
// terminal else.
func (c *whereCommand) writeIDs(p *program, pr *terminal.Text, answer *whereAnswer, rows []ask.IDRow) {
	if len(rows) == 0 {
		return
	}
	if c.Format == "md" {
		t := &terminal.Table{Head: []string{"id to pass", "call from", "may run in", "since"}}
		for _, row := range rows {
			t.Add(row.ID+row.Note(), strings.Join(row.From, " "), row.RunsIn(), row.Since)
		}
		pr.Table(func() error { return c.print(p, t, answer) })
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

// regions are the codes of the regions in the answer.
func (a *whereAnswer) regions() []string {
	var regions []string
	for _, model := range a.Models {
		for _, at := range model.Regions {
			regions = append(regions, at.Region)
		}
	}
	return regions
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

// paths has a row for each region and path, and one for a region without any.
func (a *whereAnswer) paths() *terminal.Table {
	t := &terminal.Table{Head: []string{
		"model", "region", "standing", "access", "model_id", "geography", "destinations", "since", "not_at",
		"models_outcome", "models_confirmed", "profiles_outcome", "profiles_confirmed",
	}}
	for _, model := range a.Models {
		for _, at := range model.Regions {
			add := func(cells ...string) {
				row := append([]string{model.ID, at.Region, string(at.Standing)}, cells...)
				t.Add(append(row, string(at.Models.Outcome), refTime(at.Models.Confirmed), string(at.Profiles.Outcome), refTime(at.Profiles.Confirmed))...)
			}
			for _, w := range at.Paths {
				add(string(w.Access), w.ModelID, w.Geography, catalog.RegionCodes(mayRunIn(at.Region, w.Path)), refTime(&w.Since.From), refTime(w.Since.After))
			}
			if len(at.Paths) == 0 {
				add("", "", "", "", "", "")
			}
		}
	}
	return t
}

// mayRunIn are the regions that a call may run in.
func mayRunIn(from string, p catalog.Path) []string {
	if p.Access != catalog.ViaProfile {
		return []string{from}
	}
	return p.Destinations
}

func refTime(run *catalog.RunRef) string {
	if run == nil {
		return ""
	}
	return run.At.UTC().Format("2006-01-02T15:04:05Z")
}
