package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// lifecycle says what happened to a model's status and dates.
func (t *entryText) lifecycle(s *Story) {
	l := s.Lifecycle
	var told []string // the regions that the line before spoke of
	for rest := l.Changes; len(rest) > 0; {
		together := alongside(rest)
		rest = rest[len(together):]
		line := lifecycleLine(together)
		if regions := together[0].Regions; !slices.Equal(regions, told) {
			line += ": " + t.folds.where("Changed", regions, s.listedBy())
			told = regions
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

// alongside are the first change and, where it is a date that was published,
// the dates after it that were published in the same regions: one line tells
// them.
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
	case c.Said == diff.Withdrawn:
		return fmt.Sprintf("%s %s → **withdrawn**", name, c.Old)
	case c.Said == diff.Published && c.Field == diff.FieldEndOfLife:
		return fmt.Sprintf("**%s %s** (%s)", name, c.New, daysLeft(*c.DaysLeft))
	case c.Said == diff.Published:
		return sinceOrFrom(c) + " " + c.New
	}
	return fmt.Sprintf("%s %s → **%s** (%s, %s)", name, c.Old, c.New, shifted(c.Shift), daysLeft(*c.DaysLeft))
}

// sinceOrFrom words a date that begins something by whether it has come.
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
		return plural(-n, "day") + " earlier"
	case n > 0:
		return plural(n, "day") + " later"
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

// prefixed shows profile ids; those that are the model's id behind a prefix are
// joined: `us.`, `eu.` + `model`.
func prefixed(profiles []string, model string) string {
	var prefixes, whole []string
	for _, id := range profiles {
		if prefix, found := strings.CutSuffix(id, model); found && prefix != "" && len(profiles) > 1 {
			prefixes = append(prefixes, markdown.Code(prefix))
		} else {
			whole = append(whole, markdown.Code(id))
		}
	}
	if len(prefixes) > 0 {
		whole = append([]string{strings.Join(prefixes, ", ") + " + " + markdown.Code(model)}, whole...)
	}
	return strings.Join(whole, ", ")
}

// routing says where calls through a profile may run now.
func (t *entryText) routing(s *Story) {
	r := s.Routing
	show := destinationNamer(r.Changes)
	for _, c := range joinRoutes(withoutNow(r.Changes)) {
		var parts []string
		for _, d := range c.Added {
			parts = append(parts, "**+ "+show(d)+"**")
		}
		for _, d := range c.Removed {
			parts = append(parts, "**− "+show(d)+"**")
		}
		t.bullet("%s when called from %s", strings.Join(parts, ", "), t.folds.where("Changed when called from", c.From, s.listedBy()))
	}
	for _, c := range r.Changes {
		now := "Now"
		if len(r.Changes) > 1 {
			now += " from " + t.folds.regions("Changed when called from", c.From)
		}
		t.bullet("%s: %s", now, routedNow(c, show))
	}
	if len(r.Unchanged) > 0 {
		t.bullet("Unchanged when called from %s", t.folds.regions("Unchanged when called from", r.Unchanged))
	}
	t.notRead(s)
	t.late(s.Found)
}

// withoutNow leaves what was added and removed, which may be alike where what
// it leads to is not.
func withoutNow(changes []RouteChange) []RouteChange {
	list := slices.Clone(changes)
	for i := range list {
		list[i].Now = nil
	}
	return list
}

// routedNow lists where calls may run now, what is new bold.
func routedNow(c RouteChange, show func(catalog.Destination) string) string {
	var now []string
	for _, d := range c.Now {
		if slices.Contains(c.Added, d) {
			now = append(now, "**"+show(d)+"**")
		} else {
			now = append(now, show(d))
		}
	}
	if len(now) == 0 {
		return "nowhere"
	}
	return strings.Join(now, ", ")
}

// destinationNamer names destinations by region, and by model too where the
// changes name more than one.
func destinationNamer(changes []RouteChange) func(catalog.Destination) string {
	var models []string
	for _, c := range changes {
		for _, d := range slices.Concat(c.Added, c.Removed, c.Now) {
			models = append(models, d.Model)
		}
	}
	if len(union(models)) <= 1 {
		return func(d catalog.Destination) string { return regionCode(d.Region) }
	}
	return func(d catalog.Destination) string { return markdown.Code(d.Model) + " in " + regionCode(d.Region) }
}

// newRegions are the distinct regions that changes added.
func (r *Routing) newRegions() []string {
	var regions []string
	for _, c := range r.Changes {
		for _, d := range c.Added {
			regions = append(regions, d.Region)
		}
	}
	return union(regions)
}
