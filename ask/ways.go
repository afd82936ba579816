package ask

import (
	"cmp"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/ordered"
)

// IDRow is an ID to pass, with the regions that agree on where a call may run and
// since when.
type IDRow struct {
	ID     string
	Access catalog.Access
	From   []string // sorted
	Runs   []string // destinations; "" is any commercial region, nil is the calling region
	Since  string   // in words
	// Outside means that a call may leave the places asked for; Doubtful that no
	// region it routes to lists the model.
	Outside, Doubtful bool
}

// Ways returns the IDs to pass: on demand first, then profiles by ID, those that
// may run anywhere last, then what needs a purchase.
func (w Whereabouts) Ways() []IDRow {
	type same struct {
		id, runs, since   string
		outside, doubtful bool
	}
	var all []IDRow
	for _, at := range w.Regions {
		for _, way := range at.Paths {
			all = append(all, idRow(at.Region, way.Path, way.Since.Words(), false, slices.Contains(at.Doubtful, way.ModelID)))
		}
		for _, path := range at.Outside {
			all = append(all, idRow(at.Region, path, "", true, false))
		}
	}
	var rows []IDRow
	for _, g := range ordered.By(all, func(r IDRow) same {
		return same{string(r.Access) + r.ID, strings.Join(r.Runs, " "), r.Since, r.Outside, r.Doubtful}
	}) {
		row := g.Values[0]
		for _, other := range g.Values[1:] {
			row.From = append(row.From, other.From...)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b IDRow) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.ID, b.ID), slices.Compare(a.From, b.From))
	})
	return rows
}

func idRow(region string, path catalog.Path, since string, outside, doubtful bool) IDRow {
	runs := path.Destinations
	if slices.Contains(runs, "") {
		runs = []string{""} // a global profile names the calling region besides: it says no more
	}
	return IDRow{path.ModelID, path.Access, []string{region}, runs, since, outside, doubtful}
}

func (r IDRow) rank() int {
	switch {
	case r.Outside:
		return 4
	case r.Access == catalog.Provisioned:
		return 3
	case slices.Contains(r.Runs, ""):
		return 2
	case r.Access == catalog.ViaProfile:
		return 1
	}
	return 0
}

// IDsOf returns the IDs that can call any of the models, each once, in the order of
// [Whereabouts.Ways].
func IDsOf(models []Whereabouts) []string {
	var ids []string
	for _, w := range models {
		for _, row := range w.Ways() {
			if row.Access != catalog.Provisioned && !row.Outside && !row.Doubtful && !slices.Contains(ids, row.ID) {
				ids = append(ids, row.ID)
			}
		}
	}
	return ids
}

// RegionsIn returns the codes of the regions in answers.
func RegionsIn(models []Whereabouts) []string {
	var regions []string
	for _, w := range models {
		for _, at := range w.Regions {
			regions = append(regions, at.Region)
		}
	}
	return regions
}

// Together returns the rows without their since, and that, if it is the same for
// all; else the rows as they are and "".
func Together(rows []IDRow) (alike []IDRow, since string) {
	for _, r := range rows {
		if r.Since != rows[0].Since {
			return rows, ""
		}
		since = r.Since
		r.Since = ""
		alike = append(alike, r)
	}
	return alike, since
}

// Note says in parentheses what an ID lacks, "" if nothing.
func (r IDRow) Note() string {
	switch {
	case r.Outside:
		return " (outside)"
	case r.Doubtful:
		return " (probably retired)"
	case r.Access == catalog.Provisioned:
		return " (purchased throughput)"
	}
	return ""
}

// Words says from where to call the ID, where a call may run, and since when.
func (r IDRow) Words() string {
	text := r.ID + r.Note() + " from " + strings.Join(r.From, ", ") + "; may run in " + r.runsIn(", ")
	if r.Since != "" {
		text += "; since " + r.Since
	}
	return text
}

// RunsIn says where a call may run.
func (r IDRow) RunsIn() string { return r.runsIn(" ") }

func (r IDRow) runsIn(separator string) string {
	switch {
	case slices.Contains(r.Runs, ""):
		return catalog.AnyRegion
	case len(r.Runs) == 0:
		return "the calling region"
	}
	return strings.Join(r.Runs, separator)
}

// MoveTo names what to call in place of a model that is not ACTIVE everywhere, will
// end, or is gone; "" for another model.
func (w Whereabouts) MoveTo() string {
	switch {
	case len(w.Replacements) == 0 && w.sought:
		return "No candidate to move to: no ACTIVE model of the same provider and modalities began later and can be called there."
	case len(w.Replacements) == 0:
		return ""
	}
	var models []string
	for _, r := range w.Replacements {
		models = append(models, r.words())
	}
	text := "To move to, by rule and not AWS's advice: " + models[0] + "."
	if rest := models[1:]; len(rest) > 0 {
		text += " Also: " + strings.Join(rest[:min(len(rest), alsoShown)], "; ") + "."
	}
	return text
}

// alsoShown is how many further candidates are named.
const alsoShown = 2

func (r Replacement) words() string {
	var ways []string
	for _, way := range r.Ways {
		ways = append(ways, way.ID+" from "+regionWords(way.Regions))
	}
	text := strings.Join(ways, ", ")
	if r.Name != "" {
		text = r.Name + " (" + text + ")"
	}
	return text
}

// PlaceRemarks warn of a geography that holds regions outside the boundary of the
// same name: "eu" is the prefix of codes, London and Zurich among them.
func PlaceRemarks(places, regions []string) []string {
	var remarks []string
	for _, place := range places {
		boundary, named := catalog.BoundaryNamed(strings.ToUpper(place))
		if !named || place == boundary.Name {
			continue
		}
		var more []string
		for _, region := range regions {
			if catalog.Geography(region) == place && !slices.Contains(boundary.Regions, region) {
				more = append(more, region+" ("+catalog.LocationOf(region).City+")")
			}
		}
		slices.Sort(more)
		if more = slices.Compact(more); len(more) > 0 {
			remarks = append(remarks, "\""+place+"\" is the prefix of region codes and holds "+strings.Join(more, ", ")+". For the "+boundary.Title+" alone, use --within "+boundary.Name+".")
		}
	}
	return remarks
}
