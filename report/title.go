package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// titleLimit is how many characters a subject of a mail shows.
const titleLimit = 100

// title names the weightiest event in plain words and counts the rest.
func (r *Report) title() string {
	start := "Bedrock " + r.Date + r.inFilter() + ": "
	unread := r.unreadBriefly()
	rest := ""
	if n := len(r.Rows) + len(r.NewRegions) - 1; n > 0 {
		rest = fmt.Sprintf("; %d more", n)
	}
	room := titleLimit - len([]rune(start+rest+unread))
	return start + r.headline(max(room, titleLimit/3)) + rest + unread
}

// shorten cuts text to a number of characters.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimRight(string(runes[:limit-1]), " ,;:") + "…"
}

// inFilter returns the filter in words.
func (r *Report) inFilter() string {
	if r.Filter == "" {
		return ""
	}
	return " for " + shorten(markdown.Clean(r.Filter), titleLimit/3)
}

// unreadBriefly names the regions that should have been read and were not, where
// anything was.
func (r *Report) unreadBriefly() string {
	lost := r.Coverage.Lost
	switch {
	case len(lost) == 0, !r.Coverage.anyRead():
		return ""
	case len(lost) == 1 && catalog.ValidRegion(lost[0]):
		return "; " + lost[0] + " not read"
	}
	return fmt.Sprintf("; %s not read", catalog.Counted(len(lost), "region"))
}

// headline says in plain text what matters most, in about as many characters as
// there is room for.
func (r *Report) headline(room int) string {
	switch r.Verdict {
	case NothingChanged:
		return "no changes"
	case NothingInRead:
		return "no changes in what was read"
	case NoComparison:
		return r.incomparable()
	}
	switch {
	case len(r.Rows) > 0:
		return r.Rows[0].headline(room)
	case len(r.NewRegions) > 0:
		return "new region " + markdown.Clean(r.NewRegions[0].Region)
	case len(r.Other) > 0:
		return catalog.Counted(len(r.Other), "minor change")
	}
	return catalog.Counted(len(r.Coverage.FirstRead), "list") + " read for the first time"
}

func (r *Report) incomparable() string {
	switch {
	case r.Base == nil && r.Inventory != nil:
		return fmt.Sprintf("first run, %s in %s", catalog.Counted(r.Inventory.Total.Models, "model"), catalog.Counted(r.Inventory.Total.Regions, "region"))
	case r.Base == nil:
		return "first run"
	case !r.Coverage.anyRead():
		return "nothing was read"
	}
	return "no comparison, no list was read before"
}

// headline says in plain text what happened. Only names are cut to make room.
func (r *Row) headline(room int) string {
	if r.rule != nil {
		return shorten("watch rule "+r.rule.Name, room) + " " + standing[stand(*r.rule)].words
	}
	line := " " + r.predicate()
	switch {
	case len(r.Breaks) > 0:
		line += ", breaks rule " + strings.Join(r.Breaks, ", ")
	case len(r.Satisfies) > 0:
		line += ", satisfies rule " + strings.Join(r.Satisfies, ", ")
	}
	return shorten(r.subject(), max(room-len([]rune(line)), shortestName)) + line
}

// shortestName is how many characters of a name a title shows at least.
const shortestName = 15

// subject names the models in plain text.
func (r *Row) subject() string {
	first := r.Models[0].words()
	switch n := len(r.Models); n {
	case 1:
		return first
	case 2:
		return first + " and " + r.Models[1].words()
	default:
		return fmt.Sprintf("%s and %d others", first, n-1)
	}
}

func (n Named) words() string {
	if n.Name != "" {
		return markdown.Clean(n.Name)
	}
	return markdown.Clean(n.ID)
}

// verb returns one for a single model, many for several.
func (r *Row) verb(one, many string) string {
	if len(r.Models) > 1 {
		return many
	}
	return one
}

// predicate says in plain text what happened to the row's models, and where.
func (r *Row) predicate() string {
	s := r.stories[0]
	from := "from " + shortRegions(r.Regions)
	switch r.Effect {
	case diff.Uncallable:
		return "can't be called " + from
	case diff.IDGone:
		return "lost " + s.lostWay(r.Models[0].ID) + " in " + shortRegions(r.Regions)
	case diff.OffList:
		return r.verb("is", "are") + " off the list, still callable"
	case diff.Ends:
		return "will stop on " + s.newValue(diff.FieldEndOfLife)
	case diff.MayCostMore:
		return "may cost more from " + s.newValue(diff.FieldExtendedAccess)
	case diff.RunsElsewhere:
		if s.Event == RoutesAdded && len(s.Routing.newRegions()) <= 2 {
			return "may run in " + shortRegions(s.Routing.newRegions())
		}
		return "may run elsewhere when called " + from
	case diff.TurnsLegacy:
		if date := s.newValue(diff.FieldLegacy); date != "" {
			return r.verb("turns", "turn") + " LEGACY on " + date
		}
		if status := s.newValue(diff.FieldLifecycle); status != "" {
			return r.verb("is", "are") + " " + markdown.Clean(status) + " now"
		}
		return r.verb("is", "are") + " not ACTIVE any more"
	case diff.Returned:
		return r.verb("is", "are") + " back in " + shortRegions(r.Regions)
	case diff.MoreTime:
		return r.moreTime(s)
	}
	switch s.Event {
	case Back:
		return r.verb("is", "are") + " back in " + shortRegions(r.Regions)
	case NewModel, NewlyCallable:
		return r.verb("is", "are") + " callable " + from
	case MoreRegions:
		return r.verb("is", "are") + " callable " + from + " too"
	case OnDemandGained:
		return r.verb("is", "are") + " on demand in " + shortRegions(r.Regions) + " too"
	}
	return r.verb("has", "have") + " a new ID to call " + from
}

// moreTime says in plain text how models got more time.
func (r *Row) moreTime(s *Story) string {
	switch s.Event {
	case ActiveAgain:
		return r.verb("is", "are") + " ACTIVE again"
	case EOLLater:
		return "will stop later, on " + s.newValue(diff.FieldEndOfLife)
	case EOLWithdrawn:
		return r.verb("has", "have") + " no end of life any more"
	}
	return r.verb("has", "have") + " more time"
}

// lostWay names the only way that a story lost.
func (s *Story) lostWay(model string) string {
	if s.Loss == nil || len(s.Loss.Lost) != 1 {
		return "IDs to call it"
	}
	lost := s.Loss.Lost[0]
	prefix := prefixOf(lost.ID, model)
	switch {
	case lost.Access == catalog.OnDemand:
		return "on-demand access"
	case prefix != "":
		return "its " + markdown.Clean(prefix) + " profile"
	}
	return "a profile"
}

// newValue returns the first new value of a field in the story, "" if none.
func (s *Story) newValue(field diff.Field) string {
	if s.Lifecycle == nil {
		return ""
	}
	for _, c := range s.Lifecycle.Changes {
		if c.Field == field {
			return c.New
		}
	}
	return ""
}

// shortRegions names two regions and counts more.
func shortRegions(regions []string) string {
	valid := !slices.ContainsFunc(regions, func(r string) bool { return !catalog.ValidRegion(r) })
	if len(regions) <= 2 && valid {
		return strings.Join(regions, " and ")
	}
	return catalog.Counted(len(regions), "region")
}
