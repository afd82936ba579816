package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// foldOver is how many entries a section shows without folding their tables.
const foldOver = 8

// entry is the text of a story about one subject, or about several with equal
// text.
type entry struct {
	event    string
	noun     string // what the subjects are
	subjects []string
	entryText
}

// entryText is the text of an entry: lines, a table of IDs to call, and the lists
// of regions that the lines count.
type entryText struct {
	subject string // its id, which the heading names
	where   string // in which regions all lines hold, where they don't say
	lead    string
	bullets []string
	routes  []Route
	notes   []string
	folds   folds
}

func entriesOf(stories []Story) []entry {
	var entries []entry
	at := map[string]int{}
	for i := range stories {
		s := &stories[i]
		e := entry{s.event(), s.noun(), []string{s.named()}, s.text()}
		said := e.said()
		if same, found := at[said]; found && len(e.routes) == 0 {
			entries[same].subjects = append(entries[same].subjects, e.subjects...)
			continue
		}
		at[said] = len(entries)
		entries = append(entries, e)
	}
	return entries
}

// said returns a key that is equal for entries with equal text, apart from the
// table of IDs.
func (e entry) said() string {
	return strings.Join(slices.Concat([]string{e.event, e.noun, e.where, e.lead}, e.bullets, e.notes, e.folds.lines()), "\n")
}

func (p *page) entry(e entry, dense bool) {
	switch n := len(e.subjects); {
	case n > foldOver:
		p.paragraph("**" + e.event + "**: " + catalog.Counted(n, e.noun))
		p.details("The "+catalog.Counted(n, e.noun), func() { p.bullets(e.subjects) })
	default:
		p.paragraph("**" + e.event + "**: " + strings.Join(e.subjects, ", "))
	}
	if e.lead != "" {
		p.paragraph(e.lead)
	}
	if len(e.routes) == 0 {
		e.bullets, e.notes = slices.Concat(e.bullets, e.notes), nil
	}
	p.bullets(e.bullets)
	switch {
	case len(e.routes) > 0 && dense:
		p.details("IDs to call", func() {
			p.routes(&e.entryText)
			p.bullets(e.folds.lines())
		})
		e.folds = nil
	case len(e.routes) > 0:
		p.routes(&e.entryText)
	}
	for _, note := range e.notes {
		p.paragraph(note + ".")
	}
	p.folded(e.folds)
}

func (s *Story) text() entryText {
	t := entryText{subject: s.Subject.ID}
	if n := len(s.Breaks); n > 0 {
		var names []string
		for _, name := range s.Breaks {
			names = append(names, markdown.Code(name))
		}
		t.bullet("**Breaks watch %s** %s", noun(n, "rule"), strings.Join(names, ", "))
	}
	switch {
	case s.Gain != nil:
		t.gain(s)
	case s.Loss != nil:
		t.loss(s)
	case s.Lifecycle != nil:
		t.lifecycle(s)
	case s.Routing != nil:
		t.routing(s)
	default:
		t.fields(s)
	}
	return t
}

// event is the event as a heading names it before the ID.
func (s *Story) event() string {
	words := s.Event.wording().heading
	switch s.Event {
	case MoreRegions:
		more := len(union(s.Gain.Listed, s.Gain.Callable))
		return fmt.Sprintf("In %d more %s", more, noun(more, "region"))
	case RemovedInPart:
		return fmt.Sprintf("Removed from %d of %d regions", len(s.Loss.Unlisted), len(union(s.Loss.Unlisted, s.ListedIn)))
	case NoLongerCallable:
		if !s.Loss.nowhere() {
			return words + " from " + catalog.Counted(len(s.Loss.Uncallable), "region")
		}
	case NewProfile:
		if len(s.profiles()) > 1 {
			return "New profiles"
		}
	case LegacyDate, PriceDate:
		return words + " " + direction(slices.DeleteFunc(slices.Clone(s.Lifecycle.Changes), func(c LifecycleChange) bool {
			return c.Field != s.Lifecycle.Leads
		}))
	case RoutesAdded:
		if n := len(s.Routing.newRegions()); n > 1 {
			return fmt.Sprintf("Routes to %d new regions", n)
		}
	}
	return words
}

// named returns the subject as a heading shows it: `id` (Name; text, image →
// text).
func (s *Story) named() string {
	if id := s.profile(); id != "" {
		return markdown.Code(id)
	}
	return markdown.Code(s.Subject.ID) + s.Subject.described(s.Event == NewModel)
}

func (s *Story) noun() string {
	if s.Subject.Resource == catalog.KindInferenceProfile || s.profile() != "" {
		return "profile"
	}
	return "model"
}

// profile returns the only profile of a model that the story is about, "" if
// there are more or none.
func (s *Story) profile() string {
	switch s.Event {
	case NewProfile, ProfileActive, ProfileRemoved, ProfileInactive, Back:
		if profiles := s.profiles(); len(profiles) == 1 && profiles[0] != s.Subject.ID {
			return profiles[0]
		}
	}
	return ""
}

// profiles returns the IDs that came or went, if nothing else did.
func (s *Story) profiles() []string {
	var ids []string
	if s.Gain != nil {
		for _, r := range s.Gain.Returned {
			ids = append(ids, r.ID)
		}
		for _, i := range s.Gain.Inactive {
			ids = append(ids, i.ID)
		}
		for _, r := range s.Gain.Routes {
			if len(s.Gain.Returned) == 0 {
				ids = append(ids, r.ID)
			}
		}
	}
	if s.Loss != nil {
		for _, r := range s.Loss.Lost {
			ids = append(ids, r.ID)
		}
	}
	return union(ids)
}

// described returns what follows the ID: the name and the modalities.
func (s Subject) described(modalities bool) string {
	var parts []string
	if s.Name != "" && s.Name != s.ID {
		parts = append(parts, markdown.Name(s.Name))
	}
	if modalities && len(s.Input)+len(s.Output) > 0 {
		parts = append(parts, modalitiesText(s.Input)+" → "+modalitiesText(s.Output))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// modalitiesText lists modalities, text first.
func modalitiesText(modalities []string) string {
	if len(modalities) == 0 {
		return "not said"
	}
	var shown []string
	for _, m := range modalities {
		if m == "TEXT" {
			shown = append([]string{"text"}, shown...)
		} else {
			shown = append(shown, markdown.Text(strings.ToLower(m)))
		}
	}
	return strings.Join(shown, ", ")
}

func (t *entryText) bullet(format string, args ...any) {
	t.bullets = append(t.bullets, fmt.Sprintf(format, args...))
}

func (t *entryText) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// late dates what happened while a list was not read.
func (t *entryText) late(found []Interval) {
	for _, f := range found {
		if f.Late {
			t.bullet("Happened between %s and %s: %s",
				dated(f.After), dated(f.By), t.folds.regions("Happened by "+dated(f.By), f.Regions))
		}
	}
}

// listedBy returns the regions that list the subject and that head's run read or
// where something happened.
func (s *Story) listedBy() listed {
	var unknown []string
	for _, u := range s.Unread {
		if !slices.Contains(s.Regions, u.Region) {
			unknown = append(unknown, u.Region)
		}
	}
	return listed{without(s.ListedIn, unknown), len(unknown) > 0}
}

// notRead names the regions whose present state is not known.
func (t *entryText) notRead(s *Story) {
	t.asLastRead("Not read, so not known", slices.DeleteFunc(slices.Clone(s.Unread), func(u Confirmed) bool {
		return slices.Contains(s.Regions, u.Region) // what changed there has a date
	}))
}

// asLastRead names regions by the run that last read them.
func (t *entryText) asLastRead(what string, unread []Confirmed) {
	for _, same := range ordered.By(unread, func(u Confirmed) catalog.RunRef { return u.Run }) {
		var regions []string
		for _, u := range same.Values {
			regions = append(regions, u.Region)
		}
		t.bullet("%s: %s, last read by %s", what, t.folds.regions(what, regions), dated(same.Key))
	}
}

// way returns how to call the model: the ID to pass, or how to pass the ID in the
// heading.
func (t *entryText) way(access catalog.Access, id string) string {
	switch {
	case access == catalog.ViaProfile:
		return markdown.Code(id)
	case access == catalog.Provisioned:
		return "provisioned throughput"
	case id != t.subject:
		return markdown.Code(id) + " on demand"
	}
	return "on demand"
}
