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

// Opening returns what the Markdown report opens with, after its title.
func (r *Report) Opening() string {
	r.link()
	var p page
	p.opening(r)
	return p.String()
}

// Headline returns the title as text for a page, without markup.
func (r *Report) Headline() string { return strings.TrimPrefix(markdown.Clean(r.Title), "Bedrock ") }

// Told is a row in plain words. All of it may come from outside: whoever shows it
// makes it harmless.
type Told struct {
	Label Label
	// Model names the models, What and Where what happened to them, and Now what to
	// do next.
	Model, What, Where, Now string
	// IDs are what can or cannot be passed any more, in short: "us., eu. + ID".
	IDs string
}

// Told returns all rows in plain words, the gravest first.
func (r *Report) Told() []Told {
	var all []Told
	for _, line := range r.Lines() {
		told := Told{Label: line.Label, Model: markdown.Plain(line.Who), What: markdown.Plain(line.What), Where: markdown.Plain(line.Where), Now: markdown.Plain(line.Now)}
		if len(line.stories) > 0 {
			told.IDs = markdown.Plain(line.ownID(line.concerned()))
		}
		all = append(all, told)
	}
	return all
}

// concerned names the IDs that were gained, lost or changed.
func (r *Row) concerned() string {
	s := r.stories[0]
	switch {
	case s.Gain != nil:
		return gainedIDs(s.Gain.Routes, r.Models[0].ID)
	case s.Loss != nil:
		var lost []Route
		for _, l := range s.Loss.Lost {
			lost = append(lost, Route{Access: l.Access, ID: l.ID})
		}
		return gainedIDs(lost, r.Models[0].ID)
	}
	return markdown.Code(s.Subject.ID)
}
