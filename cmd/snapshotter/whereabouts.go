package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

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
func (c *whereCommand) regions(p *program, pr *terminal.Text, answer *whereAnswer, model ask.Whereabouts) {
	pr.Line("%s", whereSummary(model, c.Within))
	t := &terminal.Table{Head: []string{"region", "access", "since", "last confirmed", "id to pass → where it may run"}}
	for _, at := range model.Regions {
		if at.Standing != ask.StandsAbsent && !unread(at) {
			t.Add(at.Region, accessWords(at), sinceWhen(at.Since), confirmedWhen(at), wayWords(at))
		}
	}
	if len(t.Rows) > 0 {
		pr.Table(func() error { return c.print(p, t, answer) })
	}
	whereFoot(pr, model)
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
	return fmt.Sprintf("Callable from %d of %d regions%s: on demand in %d, only through a profile in %d.",
		onDemand+byProfile, len(model.Regions), limit, onDemand, byProfile)
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
		text = catalog.Moment(list.Confirmed.At)
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
	if slices.Contains(p.Destinations, "") {
		return catalog.AnyRegion
	}
	return strings.Join(p.Destinations, ", ")
}

// whereFoot says what no row can.
func whereFoot(pr *terminal.Text, model ask.Whereabouts) {
	if len(regionsOf(model, stands(ask.StandsListed))) > 0 {
		pr.Line("Where it is listed, not callable, nothing can call it: there is neither on-demand access nor an active profile.")
	}
	if len(regionsOf(model, bareFails)) > 0 {
		pr.Line("Where it is listed and not on demand, passing the model's own id fails with %q", refusal(model.ID))
	}
	if absent := regionsOf(model, stands(ask.StandsAbsent)); len(absent) > 0 {
		pr.Line("Neither listed nor routed to in %s.", strings.Join(absent, ", "))
	}
	because := map[catalog.Outcome][]string{}
	for _, at := range model.Regions {
		if unread(at) {
			outcome := unreadBecause(at)
			because[outcome] = append(because[outcome], at.Region)
		}
	}
	for _, outcome := range slices.Sorted(maps.Keys(because)) {
		pr.Line("Not observed, which is not absent: never read (%s) in %s.", outcome, strings.Join(because[outcome], ", "))
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
	return at.Listed != nil && *at.Listed && (at.Standing == ask.StandsByProfile || at.Standing == ask.StandsListed)
}

// refusal is what Converse and InvokeModel answer, as a ValidationException, to a
// bare id that is not on demand. No reference of AWS has the wording; users see
// it: https://blog.danielcorin.com/til/bedrock/on-demand-throughput-error
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
func (a *whereAnswer) tell(pr *terminal.Text, model ask.Whereabouts, at ask.Stand) {
	pr.Line("%s", a.verdict(model, at))
	var ids []string
	for _, w := range at.Paths {
		ids = append(ids, wayIn(at.Region, w.Path)+"; since "+sinceWhen(&w.Since))
	}
	for _, path := range at.Outside {
		ids = append(ids, "left out: "+wayIn(at.Region, path))
	}
	pr.List(ids)
	if bareFails(at) {
		pr.Line("Passing the model's own id fails with %q", refusal(model.ID))
	}
	if at.Callable() && at.Listed != nil && !*at.Listed {
		pr.Line("%s does not list the model itself; the profile routes to it all the same.", at.Region)
	}
	if len(at.Inactive) > 0 {
		pr.Line("Not ACTIVE, and so not callable: %s.", strings.Join(at.Inactive, ", "))
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
			text += fmt.Sprintf(" Run %d (%s) found it gone from the list.", at.Gone.ID, catalog.Moment(at.Gone.At))
		}
		return text
	}
	if at.Listed != nil && *at.Listed {
		return fmt.Sprintf("Listed in %s, and not callable by its own id; whether a profile routes to it was not observed.", at.Region)
	}
	return fmt.Sprintf("Not observed in %s, which is not absent: a list that could tell was never read.", at.Region)
}

// lastKnown says of a list that the run did not read as of when it is known.
func lastKnown(pr *terminal.Text, region, list string, r ask.Reading) {
	switch {
	case r.Confirmed == nil:
		pr.Line("The %s of %s were never read (%s): there may be more than is told here.", list, region, r.Outcome)
	case r.Outcome != catalog.Complete:
		pr.Line("The %s of %s were last confirmed %s (%s now).", list, region, catalog.Moment(r.Confirmed.At), r.Outcome)
	}
}

// tryIt prints a command to copy. The Converse API serves models that answer in
// text. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
func tryIt(pr *terminal.Text, model ask.Whereabouts, at ask.Stand) {
	id := firstChoice(at)
	switch {
	case !shellSafe(id) || !shellSafe(at.Region):
		pr.Line("The id holds characters that are not safe in a shell, so no command is shown.")
	case len(model.Output) > 0 && !slices.Contains(model.Output, "TEXT"):
		pr.Line("The model answers with %s and not with text: pass the id to invoke-model, with the body that its provider documents.",
			strings.Join(model.Output, ", "))
	default:
		pr.Line("Try it:")
		pr.Command("aws bedrock-runtime converse --region " + at.Region + " --model-id " + id +
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
