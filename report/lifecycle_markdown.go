package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

func inDays(n int) string {
	switch {
	case n == 0:
		return "today"
	case n < 0:
		return "passed " + catalog.Counted(-n, "day") + " ago"
	}
	return catalog.Counted(n, "day")
}

func daysLeft(n int) string {
	if n <= 0 {
		return inDays(n)
	}
	return catalog.Counted(n, "day") + " left"
}

// lifecycle adds what changed in a model's status and dates.
func (t *entryText) lifecycle(s *Story) {
	l := s.Lifecycle
	var last []string // the regions of the line before
	for rest := l.Changes; len(rest) > 0; {
		together := alongside(rest)
		rest = rest[len(together):]
		line := lifecycleLine(together)
		if regions := together[0].Regions; !slices.Equal(regions, last) {
			line += ": " + t.folds.where("Changed", regions, s.listedBy())
			last = regions
		}
		t.bullet("%s", line)
	}
	for _, state := range l.Unchanged {
		t.bullet("%s: %s", unchangedText(l.Leads, state.Value), t.folds.regions("Unchanged", state.Regions))
	}
	t.notRead(s)
	if len(l.Profiles) > 0 && s.Significance != diff.Minor {
		t.bullet("Profiles for it: %s", prefixed(l.Profiles, s.Subject.ID))
	}
	t.late(s.Found)
}

// alongside returns the first change and, if it is a newly published date, the
// dates after it that were published in the same regions. They share a line.
func alongside(changes []LifecycleChange) []LifecycleChange {
	published := func(c LifecycleChange) bool {
		return c.Field != diff.FieldLifecycle && c.Said == diff.Published && slices.Equal(c.Regions, changes[0].Regions)
	}
	n := 1
	for published(changes[0]) && n < len(changes) && published(changes[n]) {
		n++
	}
	return changes[:n]
}

func lifecycleLine(changes []LifecycleChange) string {
	var parts []string
	for _, c := range changes {
		parts = append(parts, lifecycleText(c))
	}
	line := strings.Join(parts, "; ")
	if first := changes[0]; first.Field == diff.FieldLifecycle && first.Said == diff.BothSaid {
		return line // begins with a status, as sent
	}
	return sentenceCase(line)
}

func lifecycleText(c LifecycleChange) string {
	if c.Field == diff.FieldLifecycle {
		return changeText(c.Said, markdown.Text(c.Old), markdown.Text(c.New))
	}
	name := fieldText(c.Field)
	switch {
	case c.unsaid():
		return name + " " + changeText(c.Said, c.Old, "")
	case c.Said == diff.Withdrawn:
		return fmt.Sprintf("%s %s → **withdrawn**", name, c.Old)
	case c.Said == diff.Published && c.Field == diff.FieldEndOfLife:
		return fmt.Sprintf("**%s %s** (%s)", name, c.New, daysLeft(*c.DaysLeft))
	case c.Said == diff.Published:
		return sinceOrFrom(c) + " " + c.New
	}
	return fmt.Sprintf("%s %s → **%s** (%s, %s)", name, c.Old, c.New, shifted(c.Shift), daysLeft(*c.DaysLeft))
}

// sinceOrFrom names a date that begins something, depending on whether it has
// passed.
func sinceOrFrom(c LifecycleChange) string {
	switch past := *c.DaysLeft <= 0; {
	case past && c.Field == diff.FieldLegacy:
		return "legacy since"
	case past && c.Field == diff.FieldExtendedAccess:
		return "price may have risen since"
	}
	return fieldText(c.Field)
}

func shifted(n int) string {
	switch {
	case n < 0:
		return catalog.Counted(-n, "day") + " earlier"
	case n > 0:
		return catalog.Counted(n, "day") + " later"
	}
	return "the same day"
}

func unchangedText(field diff.Field, value string) string {
	switch {
	case field == diff.FieldLifecycle && value == "":
		return "No status said"
	case field == diff.FieldLifecycle:
		return "Still " + markdown.Text(value)
	case value == "":
		return "No such date"
	}
	return "Unchanged at " + value
}

// prefixed lists profile IDs. Those that are a prefix and the model's ID are
// joined: `us.`, `eu.` + `model`.
func prefixed(profiles []string, model string) string {
	if len(profiles) == 1 {
		return markdown.Code(profiles[0])
	}
	return strings.Join(joinedIDs(profiles, model, markdown.Code(model)), ", ")
}

// joinedIDs lists IDs. Those that are a prefix and the model's ID come first, joined
// as one, with own for the model's.
func joinedIDs(ids []string, model, own string) []string {
	var prefixes, whole []string
	for _, id := range ids {
		if prefix := prefixOf(id, model); prefix != "" {
			prefixes = append(prefixes, markdown.Code(prefix))
		} else {
			whole = append(whole, markdown.Code(id))
		}
	}
	if len(prefixes) > 0 {
		whole = append([]string{strings.Join(prefixes, ", ") + " + " + own}, whole...)
	}
	return whole
}

// prefixOf returns what a profile's ID has before the model's, "" if it does not end
// in that.
func prefixOf(profile, model string) string {
	prefix, found := strings.CutSuffix(profile, model)
	if !found {
		return ""
	}
	return prefix
}
