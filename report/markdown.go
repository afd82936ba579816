package report

import (
	"fmt"
	"io"
	"strings"

	"snapshotter/internal/markdown"
)

// Markdown writes the report in GitHub Flavored Markdown. It is readable as plain
// text, in a mail, and rendered.
func (r *Report) Markdown(w io.Writer) error {
	r.link()
	var p page
	p.paragraph("# " + markdown.Text(r.Title))
	p.opening(r)
	if !r.quiet() {
		p.rowDetails(r)
		p.newRegions(r)
		p.deadlines(&r.Deadlines)
		p.yours(r.Yours)
		p.watch(r.Watch, r.Head.StartedAt)
		p.other(r.Other)
	}
	if !r.quiet() || !r.Coverage.Steady {
		p.coverage(r)
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// opening writes what stands before the details: what was read and compared, the table,
// and the next deadline.
func (p *page) opening(r *Report) {
	if r.quiet() {
		p.quietDay(r)
		return
	}
	p.paragraph(r.lead()...)
	p.rows(r)
	p.inventory(r.Inventory)
	p.ahead(&r.Deadlines)
	p.paragraph(r.yoursInShort()...)
}

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

// table writes rows under header. A column whose header ends in ":" is aligned to
// the right.
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
		escaped[i] = markdown.EscapeCell(c)
	}
	return "| " + strings.Join(escaped, " | ") + " |"
}

// details folds what body writes. Blank lines make renderers treat it as Markdown
// again.
func (p *page) details(summary string, body func()) {
	p.paragraph("<details><summary>" + summary + "</summary>")
	body()
	p.paragraph("</details>")
}
