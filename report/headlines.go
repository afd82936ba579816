package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Headlines returns one line of plain text for every broken watch rule, every
// story and every new region, the most significant first. It is nil if nothing
// changed. Text from outside is not escaped: the caller escapes it for its
// format.
func (r *Report) Headlines() []string {
	lines := r.watchLines(isBroken)
	for _, s := range slices.Concat(r.ActOn, r.Good) {
		lines = append(lines, s.headline())
	}
	for _, n := range r.NewRegions {
		lines = append(lines, fmt.Sprintf("New region: %s with %s, %d of them callable", n.Region, plural(n.Models, "model"), n.Callable))
	}
	for _, s := range r.Other {
		lines = append(lines, s.headline())
	}
	return lines
}

func (s *Story) headline() string {
	id := s.Subject.ID
	if profile := s.profile(); profile != "" {
		id = profile
	}
	line := s.event() + ": " + id
	if detail := s.detail(); detail != "" {
		line += ": " + detail
	}
	switch n := len(s.Regions); {
	case n == 0:
	case n <= briefly:
		line += " (" + strings.Join(s.Regions, ", ") + ")"
	default:
		line += fmt.Sprintf(" (%d regions)", n)
	}
	if n := len(s.Breaks); n > 0 {
		line += "; breaks watch " + noun(n, "rule") + " " + strings.Join(s.Breaks, ", ")
	}
	return line
}

// briefly is how many regions or IDs a headline names.
const briefly = 4

// detail returns what a reader acts on: the IDs to call, the dates, the
// destinations.
func (s *Story) detail() string {
	var parts []string
	switch {
	case s.Gain != nil:
		return s.Gain.detail()
	case s.Lifecycle != nil:
		for _, c := range s.Lifecycle.Changes {
			parts = append(parts, c.detail())
		}
	case s.Routing != nil:
		for _, c := range s.Routing.Changes {
			parts = append(parts, c.detail())
		}
	case s.Fields != nil:
		for _, f := range s.Fields {
			parts = append(parts, plainField(f.Field))
		}
	}
	return strings.Join(unique(parts), "; ")
}

func (g *Gain) detail() string {
	var ids []string
	for _, route := range g.Routes {
		ids = append(ids, route.ID)
	}
	ids = union(ids)
	switch {
	case len(ids) == 0:
		return ""
	case len(ids) > briefly:
		return fmt.Sprintf("call %s and %d more", strings.Join(ids[:briefly], ", "), len(ids)-briefly)
	}
	return "call " + strings.Join(ids, ", ")
}

func (c LifecycleChange) detail() string {
	name := plainField(c.Field)
	switch {
	case c.Field == diff.FieldLifecycle && c.Said == diff.BothSaid:
		return c.Old + " → " + c.New
	case c.Said == diff.Published:
		return name + " " + c.New
	case c.Said == diff.Withdrawn:
		return name + " " + c.Old + " withdrawn"
	}
	return name + " " + c.Old + " → " + c.New
}

func (c RouteChange) detail() string {
	var parts []string
	for _, d := range c.Added {
		parts = append(parts, "+"+catalog.RegionWords(d.Region))
	}
	for _, d := range c.Removed {
		parts = append(parts, "-"+catalog.RegionWords(d.Region))
	}
	return strings.Join(unique(parts), " ")
}
