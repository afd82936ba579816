package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
)

// Title is a model's ID with its name and provider, as far as they are known.
func (w Whereabouts) Title() string {
	known := slices.DeleteFunc([]string{w.Name, w.Provider}, func(s string) bool { return s == "" })
	if len(known) == 0 {
		return w.ID
	}
	return w.ID + " (" + strings.Join(known, ", ") + ")"
}

// Summary counts the regions from which the model can be called by calls that stay
// within places, which may be empty.
func (w Whereabouts) Summary(within []string) string {
	onDemand := len(w.regionsWhere(standing(StandsOnDemand)))
	byProfile := len(w.regionsWhere(standing(StandsByProfile)))
	limit := ""
	if len(within) > 0 {
		limit = " by calls that stay within " + strings.Join(within, ", ")
	}
	if onDemand+byProfile == 0 {
		return "Not callable from any region on record" + limit + "."
	}
	read := len(w.regionsWhere(func(at Stand) bool { return at.Models.Confirmed != nil || at.Profiles.Confirmed != nil }))
	how := fmt.Sprintf("on demand in %d, only through a profile in %d", onDemand, byProfile)
	switch {
	case onDemand == 0:
		how = "only through profiles"
	case byProfile == 0:
		how = "on demand"
	}
	return fmt.Sprintf("Callable from %d of %s read%s: %s.", onDemand+byProfile, catalog.Counted(read, "region"), limit, how)
}

// Remarks say what a table of the regions cannot.
func (w Whereabouts) Remarks() []string {
	var remarks []string
	if doubtful := w.regionsWhere(standing(StandsDoubtful)); len(doubtful) > 0 {
		remarks = append(remarks, "Profiles remain in "+strings.Join(doubtful, ", ")+", but no region that they route to lists the model: it has probably been retired.")
	}
	if older := w.regionsWhere(Stand.carried); len(older) > 0 {
		remarks = append(remarks, "Not read by this run, so as last confirmed: "+strings.Join(older, ", ")+".")
	}
	if len(w.regionsWhere(standing(StandsListed))) > 0 {
		remarks = append(remarks, `Where it is "listed, not callable", nothing can call it: there is no on-demand access and no active profile.`)
	}
	if unsaid := w.regionsWhere(standing(StandsUnsaid)); len(unsaid) > 0 {
		remarks = append(remarks, fmt.Sprintf("Not known in %s: the lists do not say whether it can be called.", strings.Join(unsaid, ", ")))
	}
	if len(w.regionsWhere(Stand.bareFails)) > 0 {
		remarks = append(remarks, "Pass a profile's ID where it is not on demand: a call with the model's own ID fails there.")
	}
	if absent := w.regionsWhere(standing(StandsAbsent)); len(absent) > 0 {
		remarks = append(remarks, fmt.Sprintf("Not listed, and no profile routes to it: %s.", regionWords(absent)))
	}
	because := map[catalog.Outcome][]string{}
	for _, at := range w.Regions {
		if at.Unobserved() {
			outcome := at.unread()
			because[outcome] = append(because[outcome], at.Region)
		}
	}
	for _, outcome := range catalog.Outcomes() {
		if regions := because[outcome]; regions != nil {
			remarks = append(remarks, fmt.Sprintf("Never read, which does not mean absent: %s (%s).", regionWords(regions), outcome.Words()))
		}
	}
	return remarks
}

func (w Whereabouts) regionsWhere(is func(Stand) bool) []string {
	var regions []string
	for _, at := range w.Regions {
		if is(at) {
			regions = append(regions, at.Region)
		}
	}
	return regions
}

func standing(how Standing) func(Stand) bool {
	return func(at Stand) bool { return at.Standing == how }
}

// Unobserved reports whether nothing is known of the model in the region, because
// the lists that could say were never read.
func (s Stand) Unobserved() bool {
	return s.Standing == StandsUnknown && (s.Listed == nil || !*s.Listed) && len(s.Paths) == 0
}

// unread is the outcome of the list that was never read.
func (s Stand) unread() catalog.Outcome {
	if s.Models.Confirmed == nil {
		return s.Models.Outcome
	}
	return s.Profiles.Outcome
}

// bareFails reports whether the region lists the model but refuses its own ID.
func (s Stand) bareFails() bool {
	return s.Listed != nil && *s.Listed && (s.Standing == StandsByProfile || s.Standing == StandsListed)
}

// refusal is what Converse and InvokeModel answer, as a ValidationException, to the
// ID of a model that is not on demand. AWS does not document the wording; users
// report it: https://blog.danielcorin.com/til/bedrock/on-demand-throughput-error
func refusal(id string) string {
	return "Invocation of model ID " + id + " with on-demand throughput isn't supported. " +
		"Retry your request with the ID or ARN of an inference profile that contains this model."
}

// carried reports whether something is known of the model by lists that the run did
// not read.
func (s Stand) carried() bool {
	return s.Standing != StandsAbsent && !s.Unobserved() &&
		(s.Models.Confirmed != nil && s.Models.Outcome != catalog.Complete || s.Profiles.Confirmed != nil && s.Profiles.Outcome != catalog.Complete)
}

// Access says in a few words how the model can be called.
func (s Stand) Access() string {
	viaProfile := slices.ContainsFunc(s.Paths, func(w Way) bool { return w.Access == catalog.ViaProfile })
	switch s.Standing {
	case StandsOnDemand:
		if viaProfile {
			return "on demand, profile"
		}
		return "on demand"
	case StandsByProfile:
		if s.Listed != nil && !*s.Listed {
			return "profile only; not listed"
		}
		return "profile only"
	case StandsOutside:
		return "only outside"
	case StandsDoubtful:
		return "profile remains; probably retired"
	case StandsProvisioned:
		return "provisioned only"
	case StandsListed:
		return "listed, not callable"
	case StandsUnknown:
		return "listed; profiles never read"
	case StandsUnsaid:
		return "not said"
	}
	return string(s.Standing)
}

// IDs are the IDs to pass, each with where the call may run.
func (s Stand) IDs() string {
	var ids []string
	for _, w := range s.Paths {
		ids = append(ids, idWords(s.Region, w.Path))
	}
	for _, path := range s.Outside {
		ids = append(ids, "outside: "+idWords(s.Region, path))
	}
	return strings.Join(ids, "; ")
}

// IDsSince are the IDs to pass, one a text, each with where the call may run and
// since when.
func (s Stand) IDsSince() []string {
	var ids []string
	for _, w := range s.Paths {
		ids = append(ids, idWords(s.Region, w.Path)+"; since "+w.Since.Words())
	}
	for _, path := range s.Outside {
		ids = append(ids, "left out: "+idWords(s.Region, path))
	}
	return ids
}

func idWords(from string, p catalog.Path) string {
	switch {
	case p.Access == catalog.Provisioned:
		return p.ModelID + " after a purchase of throughput"
	case p.Access != catalog.ViaProfile:
		return p.ModelID + " → " + from
	case slices.Contains(p.Destinations, ""):
		return p.ModelID + " → " + catalog.AnyRegion
	}
	return p.ModelID + " → " + strings.Join(p.Destinations, ", ")
}

// Verdict answers for the region in one sentence; calls must stay within places,
// which may be empty.
func (s Stand) Verdict(within []string) string {
	switch s.Standing {
	case StandsOnDemand:
		return fmt.Sprintf("Callable from %s on demand, with the model's own ID. IDs to pass, and where a call may run:", s.Region)
	case StandsByProfile:
		return fmt.Sprintf("Callable from %s, but only through an inference profile. IDs to pass, and where a call may run:", s.Region)
	case StandsOutside:
		return fmt.Sprintf("Callable from %s, but not by a call that stays within %s:", s.Region, strings.Join(within, ", "))
	case StandsDoubtful:
		return fmt.Sprintf("Probably not callable from %s any more: a profile remains, but no region that it routes to lists the model.", s.Region)
	case StandsProvisioned:
		return fmt.Sprintf("Listed in %s for provisioned throughput only: you have to buy throughput before you can call it.", s.Region)
	case StandsListed:
		return fmt.Sprintf("Listed in %s, but not callable: there is no on-demand access and no active profile.", s.Region)
	case StandsUnsaid:
		return fmt.Sprintf("Not known in %s: the lists do not say whether it can be called.", s.Region)
	case StandsAbsent:
		text := fmt.Sprintf("Not in %s: the region does not list the model, and no profile there routes to it.", s.Region)
		if s.Gone != nil {
			text += fmt.Sprintf(" Run %d (%s) found it gone from the list.", s.Gone.ID, catalog.Moment(s.Gone.At))
		}
		return text
	}
	if s.Listed != nil && *s.Listed {
		return fmt.Sprintf("Listed in %s, and not callable by its own ID; whether a profile routes to it was not observed.", s.Region)
	}
	return fmt.Sprintf("Not observed in %s, which does not mean absent: a list that could say was never read.", s.Region)
}

// Remarks say what else a caller in the region must know about a model.
func (s Stand) Remarks(model string) []string {
	var remarks []string
	if s.bareFails() {
		remarks = append(remarks, fmt.Sprintf("A call with the model's own ID fails with %q", refusal(model)))
	}
	if s.Callable() && s.Listed != nil && !*s.Listed {
		remarks = append(remarks, s.Region+" does not list the model itself, but the profile routes to it.")
	}
	if len(s.Doubtful) > 0 && s.Standing != StandsDoubtful {
		remarks = append(remarks, "No region that "+strings.Join(s.Doubtful, ", ")+" routes to lists the model any more: it has probably been retired, and calls may fail.")
	}
	if len(s.Inactive) > 0 {
		remarks = append(remarks, "Not ACTIVE, and so not callable: "+strings.Join(s.Inactive, ", ")+".")
	}
	for _, list := range []struct {
		name string
		Reading
	}{{"foundation models", s.Models}, {"inference profiles", s.Profiles}} {
		switch {
		case list.Confirmed == nil:
			remarks = append(remarks, fmt.Sprintf("The %s of %s were never read (%s): there may be more.", list.name, s.Region, list.Outcome.Words()))
		case list.Outcome != catalog.Complete:
			remarks = append(remarks, fmt.Sprintf("The %s of %s were last confirmed %s (now: %s).", list.name, s.Region, catalog.Moment(list.Confirmed.At), list.Outcome.Words()))
		}
	}
	return remarks
}

// Confirmed says when the lists were last read that the answer rests on.
func (s Stand) Confirmed() string {
	models, profiles := s.Models.words(), s.Profiles.words()
	if models == profiles {
		return models
	}
	return "models " + models + "; profiles " + profiles
}

func (r Reading) words() string {
	text := "never"
	if r.Confirmed != nil {
		text = catalog.Moment(r.Confirmed.At)
	}
	if r.Outcome != catalog.Complete {
		text += " (" + r.Outcome.Words() + ")"
	}
	return text
}

// Words says since when something holds, as far as runs can tell; "" for nil.
func (h *Held) Words() string {
	switch {
	case h == nil:
		return ""
	case h.After == nil:
		return catalog.Day(h.From.At) + " or before"
	case catalog.Day(h.After.At) == catalog.Day(h.From.At):
		return catalog.Day(h.From.At)
	}
	return "between " + catalog.Day(h.After.At) + " and " + catalog.Day(h.From.At)
}

// nearestID is the ID that keeps a call nearest: on demand, else the profile with
// the fewest destinations, a global one last.
func (s Stand) nearestID() string {
	callable := slices.DeleteFunc(slices.Clone(s.Paths), func(w Way) bool { return !w.Callable() })
	return slices.MinFunc(callable, func(a, b Way) int { return cmp.Compare(reach(a.Path), reach(b.Path)) }).ModelID
}

func reach(p catalog.Path) int {
	if slices.Contains(p.Destinations, "") {
		return 1 << 20
	}
	return len(p.Destinations)
}

// ShellSafe reports whether text needs no quotes in a shell.
func ShellSafe(text string) bool {
	for _, r := range text {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_-", r) {
			return false
		}
	}
	return text != "" && text[0] != '-'
}
