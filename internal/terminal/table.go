package terminal

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"snapshotter/internal/markdown"
)

// Table is rows of cells under a heading. Its cells are plain text, which may
// come from outside: each form of output makes it harmless.
type Table struct {
	Head []string
	Rows [][]string
	// PlainHead prints the heads as they are, such as codes.
	PlainHead bool
	// Spare names columns that [Table.Text] may leave out where the table does not
	// fit, the most dispensable first.
	Spare []string
	// Prose makes [Table.Text] wrap columns between words before it leaves any out.
	Prose bool
	// Below puts the last column on lines of its own where not even words fit.
	Below bool
	// Colour marks words such as breaking, LEGACY and ok by their meaning.
	Colour bool
}

func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Column adds a column that has the same value in every row.
func (t *Table) Column(head, value string) {
	t.Head = append(t.Head, head)
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], value)
	}
}

// Text writes aligned columns without those that are empty. If they do not fit into
// width, if there is one, spare columns are left out; if that is not enough, columns
// are wrapped between words, the last one first; and if not even words fit, a row
// continues on a further, indented line with the remaining columns. IDs, which have no
// spaces, are never broken: one that is wider than everything sticks out.
func (t *Table) Text(w io.Writer, width int) error {
	shown := t.fitted(width)
	if width > 0 && (t.Prose || !shown.Fits(width)) {
		if narrowed, fits := shown.narrowed(width); fits {
			return shown.wrapped(w, narrowed, nil)
		}
		if last := len(shown.Head) - 1; t.Below && last > 0 {
			above := shown.without(last)
			if narrowed, fits := above.narrowed(width); fits {
				return above.wrapped(w, narrowed, func(row int) string { return below(shown.lines()[row][last], width) })
			}
		}
	}
	return shown.text(w, width)
}

// fitted returns the table without empty columns and, where it is too wide, without
// as many spare ones as help.
func (t *Table) fitted(width int) *Table {
	shown := t
	for i := len(t.Head) - 1; i >= 0 && len(t.Rows) > 0; i-- {
		if len(shown.Head) > 1 && !slices.ContainsFunc(t.Rows, func(row []string) bool { return row[i] != "" }) {
			shown = shown.without(i)
		}
	}
	for _, name := range t.Spare {
		if width <= 0 || shown.Fits(width) {
			break
		}
		if _, fits := shown.narrowed(width); t.Prose && fits {
			break
		}
		if i := slices.Index(shown.Head, name); i >= 0 {
			shown = shown.without(i)
		}
	}
	return shown
}

// Whole reports whether [Table.Text] leaves out no column that says something.
func (t *Table) Whole(width int) bool { return len(t.fitted(width).Head) == len(t.fitted(0).Head) }

// lines are the rows as they are printed, the heads first.
func (t *Table) lines() [][]string {
	head := t.Head
	if !t.PlainHead {
		head = upper(t.Head)
	}
	rows := [][]string{head}
	for _, row := range t.Rows {
		rows = append(rows, printable(row))
	}
	return rows
}

// narrowed returns the widths of columns that wrap between words to fit, the widest
// giving way first, and whether they can.
func (t *Table) narrowed(width int) (widths []int, fits bool) {
	rows := t.lines()
	widths = columnWidths(rows)
	least := make([]int, len(widths))
	over := len(Gutter)*(len(widths)-1) - width
	for i := range widths {
		over += widths[i]
		for _, row := range rows {
			for _, word := range strings.Fields(row[i]) {
				least[i] = max(least[i], Columns(word))
			}
		}
	}
	for ; over > 0 && width > 0; over-- {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil, false
		}
		widths[widest]--
	}
	return widths, true
}

// below is a cell that stands under its row.
func below(cell string, width int) string {
	if cell == "" {
		return ""
	}
	const mark, indent = "  → ", "    "
	return mark + strings.Join(Wrap(cell, width-len(indent)), "\n"+indent) + "\n"
}

// wrapped writes rows whose cells take as many lines as they need. What is under a
// row, if anything, follows it.
func (t *Table) wrapped(w io.Writer, widths []int, under func(row int) string) error {
	var out strings.Builder
	for r, row := range t.lines() {
		head := r == 0
		cells, height := make([][]string, len(row)), 1
		for i, cell := range row {
			cells[i] = wrapWords(cell, widths[i])
			height = max(height, len(cells[i]))
		}
		for n := range height {
			for i := range row {
				text := ""
				if n < len(cells[i]) {
					text = cells[i][n]
				}
				out.WriteString(t.painted(text, head) + strings.Repeat(" ", max(0, widths[i]-Columns(text))) + Gutter)
			}
			out.WriteString("\n")
		}
		if under != nil {
			out.WriteString(under(r))
		}
	}
	_, err := io.WriteString(w, trimLines(out.String()))
	return err
}

func (t *Table) without(column int) *Table {
	cut := &Table{Head: slices.Delete(slices.Clone(t.Head), column, column+1), PlainHead: t.PlainHead, Prose: t.Prose, Below: t.Below, Colour: t.Colour}
	for _, row := range t.Rows {
		cut.Rows = append(cut.Rows, slices.Delete(slices.Clone(row), column, column+1))
	}
	return cut
}

// Fits reports whether each row takes one line, but for the last column.
func (t *Table) Fits(width int) bool {
	rows := t.lines()
	return len(folded(columnWidths(rows), width, room(rows))) == 1
}

func (t *Table) text(w io.Writer, width int) error {
	rows := t.lines()
	widths := columnWidths(rows)
	lines := folded(widths, width, room(rows))
	var out strings.Builder
	for r, row := range rows {
		for _, line := range lines {
			line.write(&out, row, widths, width, func(cell string) string { return t.painted(cell, r == 0) })
		}
	}
	_, err := io.WriteString(w, trimLines(out.String()))
	return err
}

// line is the part of a row on one line: columns from first to before end.
type line struct{ indent, first, end int }

// room is the width that the last column needs to be wrapped between words.
func room(rows [][]string) int {
	needed := narrowest
	for _, row := range rows {
		for _, word := range strings.Fields(row[len(row)-1]) {
			needed = max(needed, Columns(word))
		}
	}
	return needed
}

// folded divides columns into lines that fit, as many columns in each as
// possible. The last column fits if there is room for it.
func folded(widths []int, width, room int) []line {
	lines := []line{{}}
	at := 0
	for i, column := range widths {
		needed := column
		if i == len(widths)-1 {
			needed = min(column, room)
		}
		last := &lines[len(lines)-1]
		if width > 0 && at+needed > width && i > last.first {
			lines = append(lines, line{indent: len(Gutter), first: i})
			last, at = &lines[len(lines)-1], len(Gutter)
		}
		last.end = i + 1
		at += column + len(Gutter)
	}
	return lines
}

func (l line) write(out *strings.Builder, row []string, widths []int, width int, paint func(cell string) string) {
	out.WriteString(strings.Repeat(" ", l.indent))
	at := l.indent
	for i := l.first; i < l.end; i++ {
		if i == len(row)-1 {
			for n, text := range Wrap(row[i], width-at) {
				if n > 0 {
					out.WriteString("\n" + strings.Repeat(" ", at))
				}
				out.WriteString(paint(text))
			}
			break
		}
		out.WriteString(paint(row[i]) + strings.Repeat(" ", max(0, widths[i]-Columns(row[i]))) + Gutter)
		at += widths[i] + len(Gutter)
	}
	out.WriteString("\n")
}

const Gutter = "  "

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
		plain = append(plain, OneLine(cell))
	}
	return plain
}

// Columns returns how many columns of a terminal a printable text takes.
func Columns(text string) int {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return uniseg.StringWidth(text)
		}
	}
	return len(text) // as nearly all are; uniseg takes ten times as long to tell
}

// sprawling is the width from which a cell breaks its own row instead of
// widening all others. Real IDs are a third as wide.
const sprawling = 200

func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			if width := Columns(cell); width < sprawling {
				widths[i] = max(widths[i], width)
			}
		}
	}
	return widths
}

// narrowest is the width below which wrapping does not help a reader.
const narrowest = 20

func Wrap(text string, width int) []string {
	if width < narrowest || Columns(text) <= width {
		return []string{text}
	}
	return wrapWords(text, width)
}

func wrapWords(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && Columns(line)+1+Columns(word) > width {
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

// Markdown writes a table as GitHub reads it.
// https://github.github.com/gfm/#tables-extension-
func (t *Table) Markdown(w io.Writer) error {
	var out strings.Builder
	line := func(cells []string) { out.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	rule := make([]string, len(t.Head))
	var head []string
	for i, cell := range t.Head {
		head, rule[i] = append(head, strings.ReplaceAll(cell, "_", " ")), "---"
	}
	line(head)
	line(rule)
	for _, row := range t.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, markdown.Cell(cell))
		}
		line(cells)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// CSV writes the rows as RFC 4180. An apostrophe precedes a cell that a
// spreadsheet would take for a formula.
// https://owasp.org/www-community/attacks/CSV_Injection
func (t *Table) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(t.Head); err != nil {
		return err
	}
	for _, row := range t.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, noFormula(OneLine(cell)))
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
