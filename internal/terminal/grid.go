package terminal

import (
	"io"
	"slices"
	"strings"
)

// Grid is a table of short marks with many columns, in groups. Its texts may come
// from outside: they are made harmless.
type Grid struct {
	Columns []GridColumn // those of a group one after the other
	Rows    []GridRow
}

// GridColumn is a column with a short head, which begins with its group.
type GridColumn struct{ Group, Head string }

// GridRow is a name and a cell for each column.
type GridRow struct {
	Name  string
	Cells []string
}

// Text writes the grid in one block with its heads as they are if it fits into width,
// else with heads that read downwards below their group, and else in several such
// blocks, which break between groups if they can. 0 is any width.
func (g *Grid) Text(w io.Writer, width int) error {
	name, wide := 0, make([]int, len(g.Columns))
	for _, row := range g.Rows {
		name = max(name, Columns(OneLine(row.Name)))
		for i, cell := range row.Cells {
			wide[i] = max(wide[i], Columns(OneLine(cell)), 1)
		}
	}
	flat := slices.Clone(wide)
	for i, column := range g.Columns {
		flat[i] = max(flat[i], Columns(OneLine(column.Head)))
	}
	var out strings.Builder
	if width <= 0 || g.width(name, 0, len(g.Columns), flat, len(Gutter)) <= width {
		g.block(&out, name, 0, len(g.Columns), flat, len(Gutter), false)
	} else {
		for first := 0; first < len(g.Columns); {
			end := g.fitting(name, first, wide, width)
			if first > 0 {
				out.WriteString("\n")
			}
			g.block(&out, name, first, end, wide, 1, true)
			first = end
		}
	}
	_, err := io.WriteString(w, trimLines(out.String()))
	return err
}

// gap is the space before a column: more of it where a group begins.
func (g *Grid) gap(i, first, usual int) int {
	if i == first || g.Columns[i].Group != g.Columns[i-1].Group {
		return max(usual, len(Gutter))
	}
	return usual
}

func (g *Grid) width(name, first, end int, wide []int, usual int) int {
	total := name
	for i := first; i < end; i++ {
		total += g.gap(i, first, usual) + wide[i]
	}
	return total
}

// fitting returns the end of the block that begins with a column: after as many groups
// as fit, or as many columns of one.
func (g *Grid) fitting(name, first int, wide []int, width int) int {
	end, whole := first, first
	for end < len(g.Columns) && (end == first || g.width(name, first, end+1, wide, 1) <= width) {
		end++
		if end == len(g.Columns) || g.Columns[end].Group != g.Columns[end-1].Group {
			whole = end
		}
	}
	if whole > first {
		return whole
	}
	return end
}

func (g *Grid) block(out *strings.Builder, name, first, end int, wide []int, usual int, downwards bool) {
	line := func(text string, cell func(i int) string) {
		out.WriteString(text + strings.Repeat(" ", name-Columns(text)))
		over := 0 // what a wide group's name took of the next columns
		for i := first; i < end; i++ {
			shown := cell(i)
			space := g.gap(i, first, usual)
			if over > 0 {
				less := min(over, space-1)
				space, over = space-less, over-less
			}
			room := max(0, wide[i]-over)
			over = max(0, over-wide[i])
			out.WriteString(strings.Repeat(" ", space) + shown + strings.Repeat(" ", max(0, room-Columns(shown))))
			over += max(0, Columns(shown)-room)
		}
		out.WriteString("\n")
	}
	if downwards {
		g.heads(line, first, end)
	} else {
		line("", func(i int) string { return OneLine(g.Columns[i].Head) })
	}
	for _, row := range g.Rows {
		line(OneLine(row.Name), func(i int) string { return OneLine(row.Cells[i]) })
	}
}

// heads writes the groups, and under them the rest of each head, which reads
// downwards.
func (g *Grid) heads(line func(string, func(int) string), first, end int) {
	rest, tallest := map[int][]rune{}, 0
	for i := first; i < end; i++ {
		column := g.Columns[i]
		rest[i] = []rune(strings.TrimPrefix(OneLine(column.Head), column.Group))
		tallest = max(tallest, len(rest[i]))
	}
	line("", func(i int) string {
		if i == first || g.Columns[i].Group != g.Columns[i-1].Group {
			return OneLine(g.Columns[i].Group)
		}
		return ""
	})
	for n := range tallest {
		line("", func(i int) string {
			if n < len(rest[i]) {
				return string(rest[i][n])
			}
			return ""
		})
	}
}
