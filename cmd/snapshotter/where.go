package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/report"
	"snapshotter/store"
)

// whereCommand tells from where a model can be called, and with which id.
type whereCommand struct {
	Model        string   `arg:"" help:"Id, part of an id or name, or glob of models; or the id of an inference profile."`
	In           string   `placeholder:"REGION" help:"Answer for this region in words, with a command to try."`
	Within       []string `placeholder:"PLACE" help:"Only calls that stay inside: a geography (eu), a region, or a glob of regions."`
	regionFilter `embed:""`
	asOf         `embed:""`
	format       `embed:""`
}

// Validate implements kong's hook.
func (c *whereCommand) Validate() error {
	if err := validGlobs(c.Within); err != nil {
		return err
	}
	return c.regionFilter.Validate()
}

func (c *whereCommand) Help() string {
	return referenceHelp + `

A call may run in every destination of the profile it names. With --within, only
ids are shown whose every destination is inside; a global. profile never is,
because it may run in any commercial region.

JSON is explained in docs/json.md. CSV has one row for each region and id.

Examples:
  snapshotter where claude-haiku-4-5                    from every region
  snapshotter where claude-haiku-4-5 --in ap-northeast-1
  snapshotter where 'anthropic.*' --within eu --format csv
  snapshotter where amazon.nova-2-lite-v1:0 --as-of 2026-04-01`
}

func (c *whereCommand) Run(ctx context.Context, p *program) error {
	return c.read(ctx, p, func(db *store.Store, run catalog.Run) error {
		snapshot, err := db.Snapshot(ctx, run.ID)
		if err != nil {
			return err
		}
		if err := c.check(snapshot); err != nil {
			return err
		}
		found := ask.Find(snapshot, c.Model)
		if err := c.decide(p, found, run); err != nil {
			return err
		}
		answer, err := c.answer(ctx, db, snapshot, found)
		if err != nil {
			return err
		}
		return c.write(p, answer)
	})
}

// check refuses a region or place that the history does not know: an answer of
// "nowhere" to a misspelt one would be taken for the truth.
func (c *whereCommand) check(s *catalog.Snapshot) error {
	if regions := s.Regions(); c.In != "" && !slices.Contains(regions, c.In) {
		return usageError("no run up to %d has named a region %q; it knows %s", s.Run.ID, oneLine(c.In), strings.Join(regions, ", "))
	}
	known := knownRegions(s)
	for _, place := range c.Within {
		if !slices.ContainsFunc(known, func(region string) bool { return catalog.InPlace(region, place) }) {
			return usageError("--within %q holds no region on record; give a region, a glob of regions, or one of the geographies %s",
				oneLine(place), strings.Join(geographies(known), ", "))
		}
	}
	return nil
}

// knownRegions are those that are listed or routed to, sorted.
func knownRegions(s *catalog.Snapshot) []string {
	regions := s.Regions()
	for _, scope := range s.Scopes {
		for _, item := range scope.Items {
			profile, ok := item.(*catalog.InferenceProfile)
			if !ok {
				continue
			}
			for _, d := range profile.Destinations {
				if d.Region != "" {
					regions = append(regions, d.Region)
				}
			}
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

func geographies(regions []string) []string {
	var all []string
	for _, region := range regions {
		all = append(all, catalog.Geography(region))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// decide refuses a word that means nothing, or one of several models.
func (c *whereCommand) decide(p *program, found ask.Found, run catalog.Run) error {
	switch {
	case len(found.Models) == 0:
		return &codedError{exitUsage, advised{
			fmt.Sprintf("no model or inference profile matches %q as of run %d", oneLine(c.Model), run.ID),
			"give an id, a part of an id or name, or a glob such as 'anthropic.*'",
		}}
	case len(found.Models) == 1 || found.Several:
		return nil
	}
	t := &table{head: []string{"id", "name", "callable from"}}
	for _, model := range found.Models {
		t.add(model.ID, model.Name, cmp.Or(strings.Join(model.Callable, ", "), "nowhere"))
	}
	if err := t.text(p.stderr, 0); err != nil {
		return err
	}
	return &codedError{exitUsage, advised{
		fmt.Sprintf("%q may mean any of these %d models", oneLine(c.Model), len(found.Models)),
		"give one of the ids, or a glob to ask for several, such as '*" + globbed(c.Model) + "*'",
	}}
}

// globbed is a word as a shell and a glob can both take it.
func globbed(word string) string {
	return strings.Map(func(r rune) rune {
		if !shellSafe(string(r)) {
			return '?'
		}
		return r
	}, word)
}

// whereAnswer is the answer as programs read it: see docs/json.md.
type whereAnswer struct {
	Run     catalog.RunRef    `json:"run"`
	Asked   string            `json:"asked"`
	Profile string            `json:"profile,omitempty"` // the profile that was asked for
	Within  []string          `json:"within"`
	Models  []ask.Whereabouts `json:"models"`
}

func (c *whereCommand) answer(ctx context.Context, db *store.Store, snapshot *catalog.Snapshot, found ask.Found) (*whereAnswer, error) {
	chosen := c.regionFilter
	if c.In != "" {
		chosen = regionFilter{Region: []string{c.In}}
	}
	shown := filter{regionFilter: chosen}.apply(snapshot)[0]
	answer := &whereAnswer{
		Run: snapshot.Run.Ref(), Asked: c.Model, Profile: found.Profile,
		Within: append([]string{}, c.Within...), Models: []ask.Whereabouts{},
	}
	for _, model := range found.Models {
		spans, err := spansOf(ctx, db, shown, model.ID)
		if err != nil {
			return nil, err
		}
		answer.Models = append(answer.Models, ask.Where(shown, model.ID, spans, c.Within))
	}
	return answer, nil
}

// spansOf reads since when each path to model has held, in the regions of s.
func spansOf(ctx context.Context, db *store.Store, s *catalog.Snapshot, model string) ([]ask.Span, error) {
	history, err := db.History(ctx, catalog.KindFoundationModel, model)
	if err != nil {
		return nil, err
	}
	histories := [][]catalog.Event{history}
	for _, id := range ask.RoutingTo(s, model) {
		history, err := db.History(ctx, catalog.KindInferenceProfile, id)
		if err != nil {
			return nil, err
		}
		histories = append(histories, history)
	}
	return ask.Spans(model, s.Run.ID, histories...), nil
}

func (c *whereCommand) write(p *program, answer *whereAnswer) error {
	if !c.forPeople() {
		return c.print(p, answer.paths(), answer)
	}
	pr := &prose{w: p.stdout, markdown: c.Format == "md"}
	for i, model := range answer.Models {
		if i > 0 {
			pr.gap()
		}
		pr.title("%s, as of run %d (%s)", titled(model), answer.Run.ID, moment(answer.Run.At))
		if answer.Profile != "" {
			pr.say("%s is an inference profile; this is a model that it routes to.", answer.Profile)
		}
		if c.In != "" {
			answer.tell(pr, model, model.Regions[0])
			continue
		}
		if err := c.regions(p, pr, answer, model); err != nil {
			return err
		}
	}
	return pr.err
}

// titled is a model's id with its name and provider, as far as they are known.
func titled(model ask.Whereabouts) string {
	known := slices.DeleteFunc([]string{model.Name, model.Provider}, func(s string) bool { return s == "" })
	if len(known) == 0 {
		return model.ID
	}
	return model.ID + " (" + strings.Join(known, ", ") + ")"
}

// regions tells how a model stands everywhere: a row for each region that has
// something to say of it, and the others by name.
func (c *whereCommand) regions(p *program, pr *prose, answer *whereAnswer, model ask.Whereabouts) error {
	pr.say("%s", whereSummary(model, c.Within))
	t := &table{head: []string{"region", "access", "since", "last confirmed", "id to pass → where it may run"}}
	for _, at := range model.Regions {
		if at.Standing != ask.StandsAbsent && !unread(at) {
			t.add(at.Region, accessWords(at), sinceWhen(at.Since), confirmedWhen(at), wayWords(at))
		}
	}
	if len(t.rows) > 0 {
		pr.gap()
		if pr.err != nil {
			return pr.err
		}
		if err := c.print(p, t, answer); err != nil {
			return err
		}
	}
	pr.gap()
	whereFoot(pr, model)
	return pr.err
}

// unread reports whether nothing is known of the model in a region, because
// lists that could tell were never read.
func unread(at ask.Stand) bool {
	return at.Standing == ask.StandsUnknown && (at.Listed == nil || !*at.Listed) && len(at.Paths) == 0
}

func whereSummary(model ask.Whereabouts, within []string) string {
	onDemand := len(regionsOf(model, stands(ask.StandsOnDemand)))
	byProfile := len(regionsOf(model, stands(ask.StandsByProfile)))
	limit := ""
	if len(within) > 0 {
		limit = " by calls that stay within " + strings.Join(within, ", ")
	}
	if onDemand+byProfile == 0 {
		return "Callable from no region on record" + limit + "."
	}
	return fmt.Sprintf("Regions it can be called from%s: %d on demand, %d only through a profile.", limit, onDemand, byProfile)
}

// accessWords says in a few words how a model stands in a region.
func accessWords(at ask.Stand) string {
	viaProfile := slices.ContainsFunc(at.Paths, func(w ask.Way) bool { return w.Access == catalog.ViaProfile })
	switch at.Standing {
	case ask.StandsOnDemand:
		if viaProfile {
			return "on demand, profile"
		}
		return "on demand"
	case ask.StandsByProfile:
		if at.Listed != nil && !*at.Listed {
			return "profile only; not listed"
		}
		return "profile only"
	case ask.StandsOutside:
		return "only outside"
	case ask.StandsProvisioned:
		return "provisioned only"
	case ask.StandsListed:
		return "listed, not callable"
	case ask.StandsUnknown:
		return "listed; profiles never read"
	}
	return string(at.Standing)
}

// sinceWhen is since when, as far as runs can tell.
func sinceWhen(held *ask.Held) string {
	switch {
	case held == nil:
		return ""
	case held.After == nil:
		return dayOf(held.From) + " or before"
	case dayOf(*held.After) == dayOf(held.From):
		return dayOf(held.From)
	}
	return "between " + dayOf(*held.After) + " and " + dayOf(held.From)
}

func dayOf(run catalog.RunRef) string { return run.At.UTC().Format("2006-01-02") }

// confirmedWhen is as of when the lists are known that an answer rests on.
func confirmedWhen(at ask.Stand) string {
	models, profiles := readingWords(at.Models), readingWords(at.Profiles)
	if models == profiles {
		return models
	}
	return "models " + models + "; profiles " + profiles
}

func readingWords(list ask.Reading) string {
	text := "never"
	if list.Confirmed != nil {
		text = moment(list.Confirmed.At)
	}
	if list.Outcome != catalog.Complete {
		text += " (" + string(list.Outcome) + ")"
	}
	return text
}

// wayWords are the ids to pass in a region, each with where it may run.
func wayWords(at ask.Stand) string {
	var ids []string
	for _, w := range at.Paths {
		ids = append(ids, wayIn(at.Region, w.Path))
	}
	for _, path := range at.Outside {
		ids = append(ids, "outside: "+wayIn(at.Region, path))
	}
	return strings.Join(ids, "; ")
}

func wayIn(from string, p catalog.Path) string {
	if p.Access == catalog.Provisioned {
		return p.ModelID + " after a purchase of throughput"
	}
	return p.ModelID + " → " + runsIn(from, p)
}

// runsIn names the regions that a call from one may run in.
func runsIn(from string, p catalog.Path) string {
	if p.Access != catalog.ViaProfile {
		return from
	}
	var regions []string
	for _, region := range p.Destinations {
		regions = append(regions, cmp.Or(region, "any commercial region"))
	}
	return strings.Join(regions, ", ")
}

// whereFoot says what no row can.
func whereFoot(pr *prose, model ask.Whereabouts) {
	if len(regionsOf(model, stands(ask.StandsListed))) > 0 {
		pr.say("Where it is listed, not callable, nothing can call it: there is neither on-demand access nor an active profile.")
	}
	if len(regionsOf(model, bareFails)) > 0 {
		pr.say("Where it is not on demand, passing the model's own id fails with %q", refusal(model.ID))
	}
	if absent := regionsOf(model, stands(ask.StandsAbsent)); len(absent) > 0 {
		pr.say("Neither listed nor routed to in %s.", strings.Join(absent, ", "))
	}
	because := map[catalog.Outcome][]string{}
	for _, at := range model.Regions {
		if unread(at) {
			outcome := unreadBecause(at)
			because[outcome] = append(because[outcome], at.Region)
		}
	}
	for _, outcome := range slices.Sorted(maps.Keys(because)) {
		pr.say("Not observed, which is not absent: never read (%s) in %s.", outcome, strings.Join(because[outcome], ", "))
	}
}

// unreadBecause is the outcome of the list that was never read.
func unreadBecause(at ask.Stand) catalog.Outcome {
	if at.Models.Confirmed == nil {
		return at.Models.Outcome
	}
	return at.Profiles.Outcome
}

// bareFails reports whether the region lists the model but does not let its own
// id be called.
func bareFails(at ask.Stand) bool {
	return at.Standing == ask.StandsByProfile || at.Standing == ask.StandsListed
}

// refusal is what Bedrock answers to a bare id that is not on demand.
// https://repost.aws/knowledge-center/bedrock-invocation-on-demand-error
func refusal(id string) string {
	return "Invocation of model ID " + id + " with on-demand throughput isn't supported. " +
		"Retry your request with the ID or ARN of an inference profile that contains this model."
}

// regionsOf are the regions of a model where something is so.
func regionsOf(model ask.Whereabouts, is func(ask.Stand) bool) []string {
	var regions []string
	for _, at := range model.Regions {
		if is(at) {
			regions = append(regions, at.Region)
		}
	}
	return regions
}

func stands(how ask.Standing) func(ask.Stand) bool {
	return func(at ask.Stand) bool { return at.Standing == how }
}

// tell answers for one region in words.
func (a *whereAnswer) tell(pr *prose, model ask.Whereabouts, at ask.Stand) {
	pr.gap()
	pr.say("%s", a.verdict(model, at))
	for _, w := range at.Paths {
		held := w.Since
		pr.item("%s; since %s", wayIn(at.Region, w.Path), sinceWhen(&held))
	}
	for _, path := range at.Outside {
		pr.item("left out: %s", wayIn(at.Region, path))
	}
	if bareFails(at) {
		pr.say("Passing the model's own id fails with %q", refusal(model.ID))
	}
	if at.Callable() && at.Listed != nil && !*at.Listed {
		pr.say("%s does not list the model itself; the profile routes to it all the same.", at.Region)
	}
	if len(at.Inactive) > 0 {
		pr.say("Not ACTIVE, and so not callable: %s.", strings.Join(at.Inactive, ", "))
	}
	lastKnown(pr, at.Region, "foundation models", at.Models)
	lastKnown(pr, at.Region, "inference profiles", at.Profiles)
	if at.Callable() {
		tryIt(pr, model, at)
	}
}

// verdict is the first sentence of an answer in words.
func (a *whereAnswer) verdict(model ask.Whereabouts, at ask.Stand) string {
	switch at.Standing {
	case ask.StandsOnDemand:
		return fmt.Sprintf("Callable from %s on demand, by the model's own id. Ids to pass, and where a call may run:", at.Region)
	case ask.StandsByProfile:
		return fmt.Sprintf("Callable from %s only through an inference profile. Ids to pass, and where a call may run:", at.Region)
	case ask.StandsOutside:
		return fmt.Sprintf("Callable from %s, but by no call that stays within %s:", at.Region, strings.Join(a.Within, ", "))
	case ask.StandsProvisioned:
		return fmt.Sprintf("Listed in %s for provisioned throughput only: nothing can call it before throughput is bought.", at.Region)
	case ask.StandsListed:
		return fmt.Sprintf("Listed in %s, but nothing can call it: there is neither on-demand access nor an active profile.", at.Region)
	case ask.StandsAbsent:
		text := fmt.Sprintf("Not in %s: the region neither lists the model nor has a profile that routes to it.", at.Region)
		if at.Gone != nil {
			text += fmt.Sprintf(" Run %d (%s) found it gone from the list.", at.Gone.ID, moment(at.Gone.At))
		}
		return text
	}
	if at.Listed != nil && *at.Listed {
		return fmt.Sprintf("Listed in %s, and not callable by its own id; whether a profile routes to it was not observed.", at.Region)
	}
	return fmt.Sprintf("Not observed in %s, which is not absent: a list that could tell was never read.", at.Region)
}

// lastKnown says of a list that the run did not read as of when it is known.
func lastKnown(pr *prose, region, list string, r ask.Reading) {
	switch {
	case r.Confirmed == nil:
		pr.say("The %s of %s were never read (%s): there may be more than is told here.", list, region, r.Outcome)
	case r.Outcome != catalog.Complete:
		pr.say("The %s of %s were last confirmed %s (%s now).", list, region, moment(r.Confirmed.At), r.Outcome)
	}
}

// tryIt prints a command to copy. The Converse API serves models that answer in
// text. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
func tryIt(pr *prose, model ask.Whereabouts, at ask.Stand) {
	id := firstChoice(at)
	switch {
	case !shellSafe(id) || !shellSafe(at.Region):
		pr.say("The id holds characters that are not safe in a shell, so no command is shown.")
	case len(model.Output) > 0 && !slices.Contains(model.Output, "TEXT"):
		pr.say("The model answers with %s and not with text: pass the id to invoke-model, with the body that its provider documents.",
			strings.Join(model.Output, ", "))
	default:
		pr.say("Try it:")
		pr.command("aws bedrock-runtime converse --region " + at.Region + " --model-id " + id +
			` --messages '[{"role":"user","content":[{"text":"Hello"}]}]'`)
	}
}

// firstChoice is the id that keeps a call nearest: on demand, else the profile
// with the fewest destinations, a global one last.
func firstChoice(at ask.Stand) string {
	callable := slices.DeleteFunc(slices.Clone(at.Paths), func(w ask.Way) bool { return !w.Callable() })
	nearest := slices.MinFunc(callable, func(a, b ask.Way) int { return cmp.Compare(reach(a.Path), reach(b.Path)) })
	return nearest.ModelID
}

func reach(p catalog.Path) int {
	if slices.Contains(p.Destinations, "") {
		return 1 << 20
	}
	return len(p.Destinations)
}

// shellSafe reports whether text means itself to a shell, without quotes.
func shellSafe(text string) bool {
	for _, r := range text {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_-", r) {
			return false
		}
	}
	return text != "" && text[0] != '-'
}

// paths has a row for each region and path, and one for a region without any.
func (a *whereAnswer) paths() *table {
	t := &table{head: []string{
		"model", "region", "standing", "access", "model_id", "geography", "destinations", "since", "not_at",
		"models_outcome", "models_confirmed", "profiles_outcome", "profiles_confirmed",
	}}
	for _, model := range a.Models {
		for _, at := range model.Regions {
			add := func(cells ...string) {
				row := append([]string{model.ID, at.Region, string(at.Standing)}, cells...)
				t.add(append(row, string(at.Models.Outcome), refTime(at.Models.Confirmed), string(at.Profiles.Outcome), refTime(at.Profiles.Confirmed))...)
			}
			for _, w := range at.Paths {
				add(string(w.Access), w.ModelID, w.Geography, strings.Join(mayRunIn(at.Region, w.Path), " "), refTime(&w.Since.From), refTime(w.Since.After))
			}
			if len(at.Paths) == 0 {
				add("", "", "", "", "", "")
			}
		}
	}
	return t
}

// mayRunIn are the regions that a call may run in; "any" is any commercial
// region.
func mayRunIn(from string, p catalog.Path) []string {
	if p.Access != catalog.ViaProfile {
		return []string{from}
	}
	var regions []string
	for _, region := range p.Destinations {
		regions = append(regions, cmp.Or(region, "any"))
	}
	return regions
}

func refTime(run *catalog.RunRef) string {
	if run == nil {
		return ""
	}
	return run.At.UTC().Format("2006-01-02T15:04:05Z")
}

// prose writes lines for people, as text or as Markdown. What came from outside
// may be in any of them. The first error stays.
type prose struct {
	w        io.Writer
	markdown bool
	err      error
}

func (pr *prose) title(format string, args ...any) { pr.line("## ", "\n", format, args...) }
func (pr *prose) say(format string, args ...any)   { pr.line("", "\n", format, args...) }

func (pr *prose) item(format string, args ...any) {
	text := oneLine(fmt.Sprintf(format, args...))
	if pr.markdown {
		pr.write("- " + report.Cell(text) + "\n")
		return
	}
	pr.write("  " + text + "\n")
}

// command writes a line to copy, of characters known to be safe.
func (pr *prose) command(text string) {
	if pr.markdown {
		pr.write("```sh\n" + text + "\n```\n")
		return
	}
	pr.write("  " + text + "\n")
}

func (pr *prose) gap() {
	pr.write("\n")
}

func (pr *prose) line(mark, after, format string, args ...any) {
	text := oneLine(fmt.Sprintf(format, args...))
	if pr.markdown {
		pr.write(mark + report.Cell(text) + "\n" + after)
		return
	}
	pr.write(text + "\n")
}

func (pr *prose) write(text string) {
	if pr.err == nil {
		_, pr.err = io.WriteString(pr.w, text)
	}
}
