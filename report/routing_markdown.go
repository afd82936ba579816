package report

import (
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// routing adds where calls through a profile may run now.
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

// withoutNow returns the changes without their result, so that changes with equal
// additions and removals can be joined.
func withoutNow(changes []RouteChange) []RouteChange {
	list := slices.Clone(changes)
	for i := range list {
		list[i].Now = nil
	}
	return list
}

// routedNow lists where calls may run now, new destinations in bold.
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

// destinationNamer names destinations by region, and also by model if the changes
// name several.
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
