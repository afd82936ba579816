package main

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"snapshotter/report"
)

// table is rows of cells under a heading. Its cells are plain text, which may
// have come from outside: each form of output takes the harm out of it.
type table struct {
	head []string
	rows [][]string
	// plainHead keeps the heads as they are written, such as codes.
	plainHead bool
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// text writes aligned columns. The last column is broken between words to keep
// within width, if there is one; ids, which have no spaces, are never broken.
func (t *table) text(w io.Writer, width int) error {
	head := upper(t.head)
	if t.plainHead {
		head = t.head
	}
	rows := [][]string{head}
	for _, row := range t.rows {
		rows = append(rows, printable(row))
	}
	widths := columnWidths(rows)
	indent := 0
	for _, column := range widths[:len(widths)-1] {
		indent += column + len(gutter)
	}
	var out strings.Builder
	for _, row := range rows {
		last := len(row) - 1
		for i, cell := range row[:last] {
			out.WriteString(cell + strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)) + gutter)
		}
		lines := wrap(row[last], width-indent)
		out.WriteString(strings.Join(lines, "\n"+strings.Repeat(" ", indent)))
		out.WriteString("\n")
	}
	_, err := io.WriteString(w, trimLines(out.String()))
	return err
}

const gutter = "  "

func upper(cells []string) []string {
	var heads []string
	for _, cell := range cells {
		heads = append(heads, strings.ToUpper(strings.ReplaceAll(cell, "_", " ")))
	}
	return heads
}

func printable(cells []string) []string {
	var plain []string
	for _, cell := range cells {
		plain = append(plain, oneLine(cell))
	}
	return plain
}

func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	return widths
}

// narrowest is the width below which breaking lines helps no reader.
const narrowest = 20

func wrap(text string, width int) []string {
	if width < narrowest || uniseg.StringWidth(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && uniseg.StringWidth(line)+1+uniseg.StringWidth(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// markdown writes a table of GitHub's kind. https://github.github.com/gfm/#tables-extension-
func (t *table) markdown(w io.Writer) error {
	var out strings.Builder
	line := func(cells []string) { out.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	rule := make([]string, len(t.head))
	var head []string
	for i, cell := range t.head {
		head, rule[i] = append(head, strings.ReplaceAll(cell, "_", " ")), "---"
	}
	line(head)
	line(rule)
	for _, row := range t.rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, report.Cell(cell))
		}
		line(cells)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// csv writes the rows as RFC 4180. A cell that a spreadsheet would take for a
// formula is preceded by an apostrophe.
// https://owasp.org/www-community/attacks/CSV_Injection
func (t *table) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(t.head); err != nil {
		return err
	}
	for _, row := range t.rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, noFormula(oneLine(cell)))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
