package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// quiet reports whether the only news is that nothing changed.
func (r *Report) quiet() bool {
	return (r.Verdict == NothingChanged || r.Verdict == NothingInRead) && r.Counts.news() == 0
}

// moment returns a run with its time.
func moment(run catalog.RunRef) string {
	return fmt.Sprintf("run %d (%s)", run.ID, catalog.Moment(run.At))
}

// dated returns a run with its date.
func dated(run catalog.RunRef) string { return fmt.Sprintf("run %d (%s)", run.ID, catalog.Day(run.At)) }

// sentenceCase capitalizes the first letter of s if it is ASCII.
func sentenceCase(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// lead says how much was read and what was compared.
func (r *Report) lead() []string {
	lines := []string{r.Coverage.seen() + " " + r.compared()}
	return append(lines, r.filterLine()...)
}

func (r *Report) compared() string {
	switch {
	case r.Base == nil:
		return "This is the first run: there is nothing to compare it with, so nothing is reported as new."
	case r.Verdict == NoComparison && !r.Coverage.anyRead():
		return fmt.Sprintf("Nothing was compared: run %d could not read any list. Everything shown here was read before.", r.Head.ID)
	case r.Verdict == NoComparison:
		return fmt.Sprintf("Nothing was compared: none of the lists of run %d had been read by run %d or earlier.", r.Head.ID, r.Base.ID)
	}
	return fmt.Sprintf("Run %d against %s.", r.Head.ID, dated(r.Base.Ref()))
}

// filterLine says that the report is filtered, and what it leaves out.
func (r *Report) filterLine() []string {
	if r.Filter == "" {
		return nil
	}
	line := "Only " + markdown.Code(r.Filter) + "."
	if r.LeftOut > 0 {
		line += " " + catalog.Counted(r.LeftOut, "more change") + " elsewhere."
	}
	if n := r.alsoElsewhere(); n > 0 {
		line += fmt.Sprintf(" %d of these elsewhere too.", n)
	}
	return []string{line}
}

// alsoElsewhere counts the stories that happened outside the filter too.
func (r *Report) alsoElsewhere() int {
	n := 0
	for _, s := range slices.Concat(r.ActOn, r.Good, r.Other) {
		if len(s.Elsewhere) > 0 {
			n++
		}
	}
	return n
}

// missedNamed is how many regions that were not read the first line names.
const missedNamed = 3

// seen says in one line what was read. A region that is merely not enabled never
// stands beside one that failed.
func (c *Coverage) seen() string {
	var missing []string
	var missed, disabled, without int
	for _, row := range c.rows() {
		switch {
		case row.idle() && len(row.gaps) < len(catalog.Kinds()): // what there is was read
		case !row.idle():
			missed += len(row.regions)
			missing = append(missing, row.missed())
		case row.first().Outcome == catalog.NotOffered:
			without += len(row.regions)
		default:
			disabled += len(row.regions)
		}
	}
	expected := c.regions() - disabled - without
	regions := "regions"
	if disabled > 0 {
		regions = "enabled regions"
	}
	switch {
	case missed == 0:
		return allSeen(expected, regions, disabled, without)
	case missed == expected && len(c.Part) == 0:
		return fmt.Sprintf("None of %d %s read: %s.", expected, regions, strings.Join(missing, "; "))
	case missed <= missedNamed:
		return fmt.Sprintf("All %d %s read but %s.", expected, regions, strings.Join(missing, "; "))
	}
	return fmt.Sprintf("%d of %d %s read. Not read: %s.", expected-missed, expected, regions, strings.Join(missing, "; "))
}

func allSeen(read int, regions string, disabled, without int) string {
	var rest []string
	if disabled > 0 {
		rest = append(rest, fmt.Sprintf("%d not enabled", disabled))
	}
	if without > 0 {
		rest = append(rest, fmt.Sprintf("%d without Bedrock", without))
	}
	if rest == nil {
		return fmt.Sprintf("All %d %s read.", read, regions)
	}
	return fmt.Sprintf("All %d %s read; %s.", read, regions, strings.Join(rest, ", "))
}

// idle reports whether nothing in the row's regions was expected to be read.
func (r coverageRow) idle() bool {
	for _, g := range r.gaps {
		if g.Confirmed != nil || !g.Outcome.Expected() {
			return false
		}
	}
	return true
}

// missed names the row's regions, and what of them was not read since when.
func (r coverageRow) missed() string {
	what := outcomeText(r.first().Outcome)
	if len(r.gaps) < len(catalog.Kinds()) {
		what = "its " + r.first().Kind.Words() + "s: " + what
		if len(r.regions) > 1 {
			what = strings.Replace(what, "its", "their", 1)
		}
	} else if !r.alike() {
		what = r.inBrief()
	}
	if g := r.first(); g.Streak > 1 {
		what += fmt.Sprintf(", since run %d", g.Since.ID)
	}
	return "**" + briefRegions(r.regions) + "** (" + what + ")"
}

// newRows is how many rows of good news the table shows.
const newRows = 8

// rows writes the table of what happened, one line for each model.
func (p *page) rows(r *Report) {
	rows, more := r.shown()
	var cells [][]string
	for i := range rows {
		cells = append(cells, r.cellsOf(&rows[i]))
	}
	for _, n := range r.NewRegions {
		cells = append(cells, []string{"New", "region " + regionCode(n.Region), catalog.Counted(n.Callable, "callable model"), "", ""})
	}
	if len(cells) > 0 {
		p.table([]string{"", "Model", "What happened", "Where", "Now"}, cells)
	}
	var rest []string
	if more > 0 {
		rest = append(rest, fmt.Sprintf("%d more in [Details](#details).", more))
	}
	if n := len(r.Other); n > 0 {
		rest = append(rest, sentenceCase(catalog.Counted(n, "minor change"))+".")
	}
	if len(rest) > 0 {
		p.paragraph(strings.Join(rest, " "))
	}
}

// shown returns the rows of the table, and how many more good ones there are.
func (r *Report) shown() (rows []Row, more int) {
	good := 0
	for _, row := range r.Rows {
		if row.Label == New || row.Label == Fine {
			if good++; good > newRows {
				more++
				continue
			}
		}
		rows = append(rows, row)
	}
	return rows, more
}

var labels = map[Label]string{Act: "**Act**", Plan: "**Plan**", Check: "Check", New: "New", Fine: "Good"}

func (r *Report) cellsOf(row *Row) []string {
	cells := row.cells()
	return []string{labels[row.Label], r.models(row), row.ownID(cells.what), cells.where, row.ownID(cells.now)}
}

// modelsNamed is how many models a row names.
const modelsNamed = 3

// models names the models of a row, by ID where several rows share a name.
func (r *Report) models(row *Row) string {
	if row.rule != nil {
		return "rule " + markdown.Code(row.rule.Name)
	}
	if len(row.Models) > modelsNamed {
		return catalog.Counted(len(row.Models), "model")
	}
	var names []string
	for _, m := range row.Models {
		names = append(names, r.modelName(m))
	}
	return strings.Join(names, ", ")
}

func (r *Report) modelName(m Named) string {
	same := 0
	for _, row := range r.Rows {
		for _, other := range row.Models {
			if other.Name == m.Name {
				same++
			}
		}
	}
	if m.Name == "" || same > 1 {
		return markdown.Code(m.ID)
	}
	return markdown.Name(m.Name)
}

// rowDetails writes a section for each row.
func (p *page) rowDetails(r *Report) {
	if !slices.ContainsFunc(r.Rows, func(row Row) bool { return len(row.stories) > 0 }) {
		return
	}
	p.paragraph("## Details")
	for i := range r.Rows {
		row := &r.Rows[i]
		if len(row.stories) == 0 {
			continue
		}
		p.paragraph("### " + r.models(row))
		var stories []Story
		for _, s := range row.stories {
			stories = append(stories, *s)
		}
		for _, e := range entriesOf(stories) {
			p.entry(e, len(r.Rows) > foldOver)
		}
		p.paragraph(row.moveTo()...)
	}
}

// moveTo names the replacement of a model and where it can be called.
func (r *Row) moveTo() []string {
	if r.Replacement == nil || len(r.Replacement.Ways) == 0 || len(r.Models) > 1 {
		return nil
	}
	start := "Candidate to move to, by rule and not AWS's advice: "
	if r.Replacement.Chosen {
		start = "Your replacement: "
	}
	var ways []string
	for _, way := range r.Replacement.Ways {
		ways = append(ways, markdown.Code(way.ID)+" from "+briefRegions(way.Regions))
	}
	line := start + strings.Join(ways, "; ")
	if len(r.Replacement.Without) > 0 {
		line += "; none from " + briefRegions(r.Replacement.Without)
	}
	return []string{line + "."}
}

// quietDay writes the report of a day without changes: a few lines, and one about
// the watch rules.
func (p *page) quietDay(r *Report) {
	lines := append(r.lead(), r.watchInBrief()...)
	if next := r.Deadlines.next(); next != "" {
		lines = append(lines, next)
	}
	p.paragraph(append(lines, r.yoursInShort()...)...)
}
