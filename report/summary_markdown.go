package report

import (
	"fmt"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
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

// lead says what was compared and how much was read.
func (r *Report) lead() []string {
	var lines []string
	switch {
	case r.Base == nil:
		lines = append(lines, sentenceCase(moment(r.Head.Ref()))+" is the first run: there is nothing to compare it with, so nothing is reported as new.")
	case r.Verdict == NoComparison && !r.Coverage.anyRead():
		lines = append(lines, r.runs(), fmt.Sprintf("Nothing was compared: run %d could not read any list. Everything shown here was read before.", r.Head.ID))
	case r.Verdict == NoComparison:
		lines = append(lines, r.runs(), fmt.Sprintf("Nothing was compared: none of the lists of run %d had been read by run %d or earlier.", r.Head.ID, r.Base.ID))
	default:
		lines = append(lines, r.runs())
	}
	lines = append(lines, r.filterLine()...)
	return append(lines, r.Coverage.sentence()+" See [Coverage](#coverage).")
}

// filterLine says that the report is filtered, and how.
func (r *Report) filterLine() []string {
	if r.Filter == "" {
		return nil
	}
	return []string{"Filtered by " + markdown.Code(r.Filter) + "."}
}

func (r *Report) runs() string {
	return sentenceCase(moment(r.Head.Ref())) + " against " + moment(r.Base.Ref()) + "."
}

// sentence counts the regions by how much of them was read.
func (c *Coverage) sentence() string {
	whole, all := len(c.Whole), c.regions()
	if whole == all {
		return fmt.Sprintf("Regions: all %d read completely.", all)
	}
	return fmt.Sprintf("Regions: %d of %d read completely%s.", whole, all, c.rest())
}

// rest counts the regions that were not read completely: ", 1 in part, 4 not
// read".
func (c *Coverage) rest() string {
	var rest string
	if n := len(c.Part); n > 0 {
		rest += fmt.Sprintf(", %d in part", n)
	}
	if n := len(c.None); n > 0 {
		rest += fmt.Sprintf(", %d not read", n)
	}
	return rest
}

// summaryOver is how many entries need no summary.
const summaryOver = 3

// summary counts the entries of a long report by event.
func (r *Report) summary() []string {
	if len(r.ActOn)+len(r.Good) <= summaryOver {
		return nil
	}
	var lines []string
	for _, section := range []struct {
		name    string
		stories []Story
	}{{"To act on", r.ActOn}, {"To know", r.Good}} {
		if len(section.stories) > 0 {
			lines = append(lines, "**"+section.name+":** "+counted(section.stories)+".")
		}
	}
	return lines
}

// counted returns how many stories have each event, the most significant event
// first.
func counted(stories []Story) string {
	counts := make([]int, len(wordings))
	for _, s := range stories {
		counts[s.Event.rank()]++
	}
	var parts []string
	for i, n := range counts {
		switch {
		case n == 1:
			parts = append(parts, "1 "+wordings[i].one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, wordings[i].many))
		}
	}
	return strings.Join(parts, ", ")
}

// quiet writes the report of a day without changes: a few lines, and one about
// the watch rules.
func (p *page) quiet(r *Report) {
	var f folds
	lines := append([]string{r.runs()}, r.filterLine()...)
	lines = append(append(lines, r.nothing(&f)), r.watchInBrief()...)
	next, models := r.Deadlines.next()
	if next != "" {
		lines = append(lines, next)
	}
	p.paragraph(lines...)
	p.folded(f)
	p.models(models)
}

// models folds a list of ids.
func (p *page) models(ids []string) {
	if len(ids) > 0 {
		p.details("The "+plural(len(ids), "model"), func() { p.paragraph(strings.Join(ids, ", ")) })
	}
}

// nothing says that nothing changed in what was read. If coverage is steady, it
// also names what was not read, because no section does.
func (r *Report) nothing(f *folds) string {
	c := &r.Coverage
	nothing := "Nothing changed"
	if r.Filter != "" {
		nothing = "Nothing that matches changed"
	}
	if len(c.Gaps) == 0 {
		return fmt.Sprintf("%s: all %d regions were read completely.", nothing, c.regions())
	}
	read := fmt.Sprintf("%d of %d regions completely%s", len(c.Whole), c.regions(), c.rest())
	if !c.Steady {
		return nothing + " in what was read: " + read + ". See [Coverage](#coverage)."
	}
	return nothing + " in what both runs read: " + read + " in either. " + sentenceCase(c.unreadInBrief(f)) + "."
}

// unreadInBrief names the regions that were not read completely, by reason.
func (c *Coverage) unreadInBrief(f *folds) string {
	var parts []string
	for _, same := range ordered.By(c.rows(), func(row coverageRow) string {
		if row.lost() {
			return row.inBrief() + " since " + catalog.Day(row.first().Since.At)
		}
		return row.inBrief()
	}) {
		var regions []string
		for _, row := range same.Values {
			regions = union(regions, row.regions)
		}
		parts = append(parts, same.Key+": "+f.regions(sentenceCase(same.Key), regions))
	}
	return strings.Join(parts, "; ")
}
