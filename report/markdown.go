package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"snapshotter/catalog"
)

// Markdown writes the report in GitHub Flavored Markdown. It reads well raw, in
// a mail, and rendered.
func (r *Report) Markdown(w io.Writer) error {
	var p page
	p.paragraph("# " + r.Title)
	if r.quiet() {
		p.quiet(r)
	} else {
		p.paragraph(r.lead()...)
		p.section("Act on", r.ActOn, false)
		p.section("Good to know", r.Good, true)
		p.newRegions(r)
		p.other(r.Other)
		p.inventory(r.Inventory)
		p.deadlines(&r.Deadlines)
	}
	if !r.quiet() || !r.Coverage.Steady {
		p.coverage(r)
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// quiet reports whether there is nothing to tell but that.
func (r *Report) quiet() bool { return r.Verdict == NothingChanged || r.Verdict == NothingInRead }

// page is a Markdown document being written, block by block.
type page struct{ strings.Builder }

// paragraph writes lines as one block.
func (p *page) paragraph(lines ...string) {
	if len(lines) == 0 {
		return
	}
	if p.Len() > 0 {
		p.WriteByte('\n')
	}
	for _, line := range lines {
		p.WriteString(line)
		p.WriteByte('\n')
	}
}

func (p *page) bullets(items []string) {
	var lines []string
	for _, item := range items {
		lines = append(lines, "- "+item)
	}
	p.paragraph(lines...)
}

// table writes rows under header; a column whose header ends in ":" is aligned
// to the right.
func (p *page) table(header []string, rows [][]string) {
	rule := make([]string, len(header))
	titles := make([]string, len(header))
	for i, title := range header {
		rule[i] = "---"
		titles[i] = strings.TrimSuffix(title, ":")
		if titles[i] != title {
			rule[i] = "---:"
		}
	}
	lines := []string{row(titles), "|" + strings.Join(rule, "|") + "|"}
	for _, cells := range rows {
		lines = append(lines, row(cells))
	}
	p.paragraph(lines...)
}

func row(cells []string) string {
	escaped := make([]string, len(cells))
	for i, c := range cells {
		escaped[i] = cell(c)
	}
	return "| " + strings.Join(escaped, " | ") + " |"
}

// details folds what body writes. The blank lines make renderers read it as
// Markdown again.
func (p *page) details(summary string, body func()) {
	p.paragraph("<details><summary>" + summary + "</summary>")
	body()
	p.paragraph("</details>")
}

// moment is a run as it is spoken of.
func moment(run catalog.RunRef) string {
	return fmt.Sprintf("run %d (%s)", run.ID, run.At.UTC().Format("2006-01-02 15:04 UTC"))
}

// dated is a run as it is spoken of where its hour says nothing.
func dated(run catalog.RunRef) string { return fmt.Sprintf("run %d (%s)", run.ID, date(run.At)) }

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }

func (r *Report) lead() []string {
	var lines []string
	head := moment(r.Head.Ref())
	switch {
	case r.Base == nil:
		lines = append(lines, sentence(head+" is the first: there is nothing to compare it with, so nothing here is called new"))
	case r.Verdict == NoComparison && !r.Coverage.anyRead():
		lines = append(lines, r.runs(), fmt.Sprintf("Nothing was compared: run %d could read no list. What stands here was read before.", r.Head.ID))
	case r.Verdict == NoComparison:
		lines = append(lines, r.runs(), fmt.Sprintf("Nothing was compared: no list was read whole both by run %d or before it and after.", r.Base.ID))
	default:
		lines = append(lines, r.runs())
	}
	lines = append(lines, r.Coverage.sentence()+" See [Coverage](#coverage).")
	return append(lines, r.summary()...)
}

func (r *Report) runs() string {
	return sentence(moment(r.Head.Ref()) + " against " + moment(r.Base.Ref()))
}

// sentence counts the regions by how much of them was read.
func (c *Coverage) sentence() string {
	whole, all := len(c.Whole), c.regions()
	if whole == all {
		return fmt.Sprintf("Regions: all %d read whole.", all)
	}
	return fmt.Sprintf("Regions: %d of %d read whole%s.", whole, all, c.rest(", "))
}

func (c *Coverage) rest(before string) string {
	var parts []string
	if n := len(c.Part); n > 0 {
		parts = append(parts, fmt.Sprintf("%d in part", n))
	}
	if n := len(c.None); n > 0 {
		parts = append(parts, fmt.Sprintf("%d not read", n))
	}
	if len(parts) == 0 {
		return ""
	}
	return before + strings.Join(parts, ", ")
}

// summaryOver is how many entries are read at a glance without a summary.
const summaryOver = 3

// summary counts the entries of a long report by what happened.
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
			lines = append(lines, section.name+": "+counted(section.stories)+".")
		}
	}
	if len(lines) > 0 {
		lines[0] = "\n" + lines[0]
	}
	return lines
}

// counted says how many stories tell of each event, weightiest event first.
func counted(stories []Story) string {
	counts := make([]int, len(wordings))
	for _, s := range stories {
		counts[s.What.rank()]++
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

func (p *page) quiet(r *Report) {
	line, folded := r.Deadlines.next()
	p.paragraph(slices.DeleteFunc([]string{r.runs(), r.nothing(), line}, func(s string) bool { return s == "" })...)
	p.models(folded)
}

// models folds a list of ids.
func (p *page) models(ids []string) {
	if len(ids) > 0 {
		p.details("The "+plural(len(ids), "model"), func() { p.paragraph(strings.Join(ids, ", ")) })
	}
}

// nothing says that nothing changed, and of what. Where coverage stands as it
// stood, it names what was not read, as no section does.
func (r *Report) nothing() string {
	c := &r.Coverage
	if len(c.Gaps) == 0 {
		return fmt.Sprintf("Nothing changed: all %d regions were read whole.", c.regions())
	}
	line := fmt.Sprintf("Nothing changed in what was read: %d of %d regions whole%s", len(c.Whole), c.regions(), c.rest(", "))
	if !c.Steady {
		return line + ". See [Coverage](#coverage)."
	}
	return strings.Replace(line, "in what was read", "in what both runs read", 1) + " in either: " + c.unreadInBrief() + "."
}

// unreadInBrief names the regions that were not read whole, by reason.
func (c *Coverage) unreadInBrief() string {
	byReason := map[string][]string{}
	var reasons []string
	for _, row := range c.rows() {
		reason := row.inBrief()
		if byReason[reason] == nil {
			reasons = append(reasons, reason)
		}
		byReason[reason] = append(byReason[reason], row.regions...)
	}
	var parts []string
	for _, reason := range reasons {
		regions := byReason[reason]
		slices.Sort(regions)
		parts = append(parts, named(regions)+" ("+reason+")")
	}
	return strings.Join(parts, "; ")
}

// next tells the nearest date ahead in a line. Models that are too many for it
// are returned, to be folded below.
func (d *Deadlines) next() (line string, folded []string) {
	if len(d.Next) == 0 {
		return "", nil
	}
	byEvent := map[Event][]string{}
	for _, n := range d.Next {
		byEvent[n.Event] = append(byEvent[n.Event], code(n.ID))
	}
	var parts []string
	for _, e := range events {
		ids := byEvent[e.event]
		switch {
		case len(ids) > rollUpOver:
			folded = append(folded, ids...)
			parts = append(parts, plural(len(ids), "model")+" "+eventText(e.event))
		case len(ids) > 0:
			parts = append(parts, strings.Join(ids, ", ")+" "+eventText(e.event))
		}
	}
	first := d.Next[0]
	return fmt.Sprintf("Next deadline: %s %s (%s).", strings.Join(parts, "; "), first.Date, inDays(first.DaysLeft)), folded
}

func inDays(n int) string {
	switch {
	case n == 0:
		return "today"
	case n < 0:
		return "passed " + plural(-n, "day") + " ago"
	}
	return plural(n, "day")
}

func daysLeft(n int) string {
	if n <= 0 {
		return inDays(n)
	}
	return plural(n, "day") + " left"
}
