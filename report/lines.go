package report

import (
	"strings"

	"snapshotter/internal/markdown"
)

// Line is a row of the table in words, in Markdown.
type Line struct {
	*Row
	Who, What, Where, Now string
	// In are all regions where any of it happened, sorted.
	In []string
}

// Lines returns all rows in words, the gravest first.
func (r *Report) Lines() []Line {
	r.link()
	var lines []Line
	for i := range r.Rows {
		cells := r.cellsOf(&r.Rows[i])
		line := Line{Row: &r.Rows[i], Who: cells[1], What: cells[2], Where: cells[3], Now: cells[4], In: r.Rows[i].Regions}
		for _, s := range r.Rows[i].stories {
			line.In = union(line.In, s.Regions)
		}
		lines = append(lines, line)
	}
	return lines
}

// Seen says in one line of Markdown what head's run read.
func (r *Report) Seen() string { return r.Coverage.seen() }

// Opening returns what the Markdown report opens with, after its title: what was read
// and compared, the table, and the next deadline.
func (r *Report) Opening() string {
	r.link()
	var p page
	if r.quiet() {
		p.quietDay(r)
	} else {
		p.paragraph(r.lead()...)
		p.rows(r)
		p.inventory(r.Inventory)
		p.ahead(&r.Deadlines)
	}
	return p.String()
}

// Headline returns the title as text for a page, without markup.
func (r *Report) Headline() string { return strings.TrimPrefix(markdown.Clean(r.Title), "Bedrock ") }
