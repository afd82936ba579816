package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// coverageRow holds regions whose lists have the same outcomes.
type coverageRow struct {
	regions []string
	gaps    map[catalog.Kind]Gap // a kind that is missing was read
}

// rows joins regions whose lists have the same outcomes, sorted by first region.
func (c *Coverage) rows() []coverageRow {
	byRegion := map[string]map[catalog.Kind]Gap{}
	for _, g := range c.Gaps {
		if byRegion[g.Region] == nil {
			byRegion[g.Region] = map[catalog.Kind]Gap{}
		}
		byRegion[g.Region][g.Kind] = g
	}
	var rows []coverageRow
	for _, same := range ordered.By(union(c.Part, c.None), func(region string) string { return signature(byRegion[region]) }) {
		row := coverageRow{gaps: map[catalog.Kind]Gap{}}
		for _, region := range same.Values {
			row.join(region, byRegion[region])
		}
		rows = append(rows, row)
	}
	return rows
}

// signature returns a key that is equal for regions that share a row.
func signature(gaps map[catalog.Kind]Gap) string {
	var parts []string
	for _, kind := range catalog.Kinds() {
		g, gap := gaps[kind]
		if !gap {
			parts = append(parts, "read")
			continue
		}
		parts = append(parts, fmt.Sprint(g.Outcome, "|", g.ErrorCode, "|", own(g), "|", g.Since.ID, "|", g.Streak, "|", ref(g.Confirmed)))
	}
	return strings.Join(parts, "\x00")
}

func ref(run *catalog.RunRef) int64 {
	if run == nil {
		return 0
	}
	return run.ID
}

// own returns the message of an outcome that this program made when it read the
// answer. Other messages come from the service or the network.
func own(g Gap) string {
	if g.Outcome == catalog.Invalid {
		return markdown.Clean(g.Message)
	}
	return ""
}

// join adds a region and the number of its items that are carried forward.
func (r *coverageRow) join(region string, gaps map[catalog.Kind]Gap) {
	r.regions = append(r.regions, region)
	for kind, g := range gaps {
		g.Items += r.gaps[kind].Items
		r.gaps[kind] = g
	}
}

// alike reports whether all unread lists of the row have the same reason.
func (r coverageRow) alike() bool {
	var all []Gap
	for _, g := range r.gaps {
		all = append(all, g)
	}
	return !slices.ContainsFunc(all, func(g Gap) bool {
		a := all[0]
		return g.Outcome != a.Outcome || g.ErrorCode != a.ErrorCode || own(g) != own(a) ||
			g.Since.ID != a.Since.ID || ref(g.Confirmed) != ref(a.Confirmed)
	})
}

// each joins the text of each unread list.
func (r coverageRow) each(text func(Gap) string) string {
	var parts []string
	for _, kind := range catalog.Kinds() {
		if g, gap := r.gaps[kind]; gap {
			parts = append(parts, text(g))
		}
	}
	return strings.Join(parts, "; ")
}

// first returns the gap of the first list that was not read.
func (r coverageRow) first() Gap {
	for _, kind := range catalog.Kinds() {
		if g, gap := r.gaps[kind]; gap {
			return g
		}
	}
	return Gap{}
}

func (r coverageRow) inBrief() string {
	if r.alike() && len(r.gaps) == len(catalog.Kinds()) {
		return outcomeText(r.first().Outcome)
	}
	return r.each(func(g Gap) string { return g.Kind.Words() + "s " + outcomeText(g.Outcome) })
}

func (r coverageRow) note() string {
	if r.alike() {
		return why(r.first()) + "; " + r.carried()
	}
	return r.each(func(g Gap) string {
		one := coverageRow{r.regions, map[catalog.Kind]Gap{g.Kind: g}}
		return g.Kind.Words() + "s " + why(g) + ", " + one.carried()
	})
}

// why returns why a list was not read, and for how long.
func why(g Gap) string {
	note := outcomeText(g.Outcome)
	if g.Outcome.Expected() && g.Confirmed == nil {
		return note
	}
	if g.ErrorCode != "" {
		note += " (" + markdown.Code(g.ErrorCode) + ")"
	}
	if message := own(g); message != "" {
		note += ": " + markdown.Text(message)
	}
	if g.Streak > 1 {
		note += fmt.Sprintf(", %d runs since %s", g.Streak, dated(g.Since))
	}
	return note
}

// carried returns what is shown in place of lists that were not read.
func (r coverageRow) carried() string {
	confirmed := r.first().Confirmed
	if confirmed == nil {
		return "never read"
	}
	var parts []string
	for _, kind := range catalog.Kinds() {
		if g, gap := r.gaps[kind]; gap {
			parts = append(parts, kind.Count(g.Items))
		}
	}
	return strings.Join(parts, " and ") + " carried forward from " + dated(*confirmed)
}

func (r coverageRow) cell(kind catalog.Kind) string {
	switch g, gap := r.gaps[kind]; {
	case !gap:
		return "read"
	case g.Lost:
		return "**not read**"
	}
	return "no"
}

func (p *page) coverage(r *Report) {
	c := &r.Coverage
	p.paragraph("## Coverage")
	var f folds
	var rows [][]string
	if len(c.Whole) > 0 {
		rows = append(rows, []string{f.regions("Read completely", c.Whole), "read", "read", ""})
	}
	for _, row := range c.rows() {
		rows = append(rows, []string{
			f.regions(sentenceCase(row.inBrief()), row.regions),
			row.cell(catalog.KindFoundationModel), row.cell(catalog.KindInferenceProfile), row.note(),
		})
	}
	p.table([]string{"Regions", "Models", "Profiles", "Note"}, rows)
	p.bullets(c.remarks(r.Base == nil, &f))
	p.folded(f)
	p.paragraph("A list that was not read completely is never evidence of a removal.")
	p.paragraph(scopeOfRun(r.Head))
}

func (c *Coverage) remarks(first bool, f *folds) []string {
	var remarks []string
	if !first {
		remarks = append(remarks, c.firstReadRemarks()...)
	}
	remarks = append(remarks, c.readAgainRemarks(f)...)
	if c.Notes != "" {
		remarks = append(remarks, "Notes of the run: "+markdown.Text(c.Notes))
	}
	return remarks
}

func (c *Coverage) firstReadRemarks() []string {
	counts := map[string][]string{}
	var regions []string
	for _, b := range c.FirstRead {
		regions = append(regions, b.Region)
		counts[b.Region] = append(counts[b.Region], b.Kind.Count(b.Items))
	}
	if len(regions) == 0 {
		return nil
	}
	var parts []string
	for _, region := range union(regions) {
		parts = append(parts, fmt.Sprintf("%s (%s)", regionCode(region), strings.Join(counts[region], ", ")))
	}
	return []string{"Read for the first time, so observed and not counted as added: " + strings.Join(parts, ", ")}
}

// readAgainRemarks joins regions whose lists were last read by the same run.
func (c *Coverage) readAgainRemarks(f *folds) []string {
	type reading struct {
		region string
		last   int64
	}
	lists := map[reading]string{}
	for _, again := range c.ReadAgain {
		k := reading{again.Region, again.Last.ID}
		if lists[k] == "" {
			lists[k] = again.Kind.Words() + "s of "
		} else {
			lists[k] = "all lists of "
		}
	}
	var remarks []string
	for _, same := range ordered.By(c.ReadAgain, func(again ReadAgain) string {
		return fmt.Sprintf("Read again, last read by %s: %s", dated(again.Last), lists[reading{again.Region, again.Last.ID}])
	}) {
		var regions []string
		for _, again := range same.Values {
			regions = append(regions, again.Region)
		}
		remarks = append(remarks, same.Key+f.regions("Read again", union(regions)))
	}
	return remarks
}

// scopeOfRun describes the run itself.
func scopeOfRun(run catalog.Run) string {
	parts := []string{fmt.Sprintf("Run %d", run.ID)}
	for _, part := range []struct{ name, value string }{
		{"partition", run.Partition}, {"trigger", string(run.Trigger)}, {"collector", run.CollectorVersion},
	} {
		if part.value != "" {
			parts = append(parts, part.name+" "+markdown.Text(part.value))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// outcomeText escapes the words of an outcome, because a newer program may have
// recorded one that this version does not know.
func outcomeText(o catalog.Outcome) string { return markdown.Text(o.Words()) }
