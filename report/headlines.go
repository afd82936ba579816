package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// Headlines returns one line of plain text for each row and each new region, the
// gravest first, and one that counts the minor changes. It is nil if nothing
// changed. A line names the IDs that stop working, what to pass instead, and when AWS
// says that something new began. Text from outside is on one line and not escaped: the caller escapes it for its format.
func (r *Report) Headlines() []string {
	r.link()
	var lines []string
	for i := range r.Rows {
		lines = append(lines, r.line(&r.Rows[i]))
	}
	for _, n := range r.NewRegions {
		lines = append(lines, fmt.Sprintf("New region: %s with %s, %d of them callable", n.Region, catalog.Counted(n.Models, "model"), n.Callable))
	}
	if n := len(r.Other); n > 0 {
		lines = append(lines, sentenceCase(catalog.Counted(n, "minor change")))
	}
	return lines
}

// lineLimit is how many characters of a row's names a line shows.
const lineLimit = 200

func (r *Report) line(row *Row) string {
	line := sentenceCase(row.headline(lineLimit))
	if row.rule != nil {
		line += ": " + WatchDetail(*row.rule)
	}
	for _, part := range []string{row.all(), row.affectedIDs(), row.nextStep(), row.start(), r.YoursOn(row.modelIDs()...), r.notes(row)} {
		if part != "" {
			line += "; " + part
		}
	}
	return line
}

func (r *Row) modelIDs() []string {
	var ids []string
	for _, m := range r.Models {
		ids = append(ids, m.ID)
	}
	return ids
}

// all names the models of a row about several.
func (r *Row) all() string {
	if len(r.Models) < 2 {
		return ""
	}
	return brief(r.modelIDs())
}

// briefly is how many IDs a headline names.
const briefly = 12

// brief names the first of ids and counts the rest.
func brief(ids []string) string {
	shown := make([]string, 0, len(ids))
	for _, id := range ids {
		shown = append(shown, markdown.Clean(id))
	}
	if more := len(shown) - briefly; more > 0 {
		shown = append(shown[:briefly:briefly], fmt.Sprintf("%d more", more))
	}
	return strings.Join(shown, ", ")
}

// affectedIDs names the IDs that stop working, now or on a date.
func (r *Row) affectedIDs() string {
	if len(r.Models) > 1 || r.Effect.Significance() == diff.Good || r.Effect == diff.OffList || r.Effect == diff.RunsElsewhere || len(r.stories) == 0 {
		return ""
	}
	var ids []string
	for _, s := range r.stories {
		switch {
		case s.Loss != nil:
			for _, lost := range s.Loss.Lost {
				if lost.Access != catalog.Provisioned {
					ids = append(ids, lost.ID)
				}
			}
		case s.Lifecycle != nil:
			ids = append(append(ids, s.Subject.ID), s.Lifecycle.Profiles...)
		}
	}
	if ids = union(ids); len(ids) == 0 {
		return ""
	}
	return noun(len(ids), "ID") + ": " + brief(ids)
}

// nextStep says what to pass instead, or now.
func (r *Row) nextStep() string {
	if len(r.stories) == 0 {
		return ""
	}
	switch s := r.stories[0]; {
	case s.Loss != nil && r.Effect != diff.Uncallable && len(s.Loss.Remaining) > 0:
		return "still works: " + brief(routeIDs(s.Loss.Remaining))
	case r.Effect == diff.RunsElsewhere:
		return ""
	case r.Effect.Significance() != diff.Good:
		return useInstead(r.Replacement)
	case s.Gain != nil && len(s.Gain.Routes) > 0 && len(r.Models) == 1:
		return "pass " + brief(routeIDs(s.Gain.Routes))
	}
	return ""
}

// start says when what is new began according to AWS.
func (r *Row) start() string {
	if len(r.Models) > 1 || len(r.stories) == 0 || r.stories[0].Gain == nil || r.stories[0].Gain.Start == "" {
		return ""
	}
	return "AWS gives " + r.stories[0].Gain.Start + " as its start"
}

func routeIDs(routes []Route) []string {
	var ids []string
	for _, route := range routes {
		if route.Access != catalog.Provisioned {
			ids = append(ids, route.ID)
		}
	}
	return union(ids)
}

func useInstead(r *ask.Replacement) string {
	if ids := r.IDs(); len(ids) > 0 {
		return "instead: " + brief(ids)
	}
	return noReplacement
}

// notes returns what the user wrote about the rules that the row broke or satisfied.
func (r *Report) notes(row *Row) string {
	var notes []string
	for _, state := range r.Watch {
		if state.Note != "" && slices.Contains(slices.Concat(row.Breaks, row.Satisfies), state.Name) {
			notes = append(notes, markdown.Clean(state.Note))
		}
	}
	return strings.Join(unique(notes), "; ")
}
