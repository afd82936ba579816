package terminal

import (
	"io"
	"strings"

	"snapshotter/internal/markdown"
)

// Document shows a report, written in Markdown, on a terminal.
type Document struct {
	Width  int // 0 is any
	Colour bool
	// Whole shows what else is folded: the sections after the opening.
	Whole bool
	// Hint says how to unfold them.
	Hint string
}

// Text writes the report without its markup: headings that stand out, tables and
// paragraphs that fit.
func (d Document) Text(w io.Writer, text string) error {
	var out strings.Builder
	var folded []string
	for _, block := range markdown.Blocks(text) {
		if block.Kind == markdown.Heading && block.Level == 2 && !d.Whole {
			folded = append(folded, block.Lines[0])
		}
		if len(folded) > 0 {
			continue
		}
		if err := d.block(&out, block); err != nil {
			return err
		}
	}
	if len(folded) > 0 {
		d.paragraph(&out, "Folded: "+strings.Join(folded, ", ")+". "+d.Hint)
	}
	_, err := io.WriteString(w, strings.TrimSuffix(out.String(), "\n"))
	return err
}

func (d Document) block(out *strings.Builder, block markdown.Block) error {
	switch block.Kind {
	case markdown.Heading:
		d.heading(out, block)
	case markdown.Paragraph:
		for _, line := range block.Lines {
			out.WriteString(strings.Join(Wrap(OneLine(line), d.Width), "\n") + "\n")
		}
		out.WriteString("\n")
	case markdown.List:
		for _, item := range block.Lines {
			words := strings.TrimLeft(item, " ")
			mark := strings.Repeat(" ", len(item)-len(words)) + "- "
			out.WriteString(mark + strings.Join(Wrap(OneLine(words), d.Width-len(mark)), "\n"+strings.Repeat(" ", len(mark))) + "\n")
		}
		out.WriteString("\n")
	case markdown.Table:
		table := &Table{Head: block.Rows[0], Rows: block.Rows[1:], Prose: true, Below: true, Colour: d.Colour}
		if err := table.Text(out, d.Width); err != nil {
			return err
		}
		out.WriteString("\n")
	case markdown.FoldBegin:
		d.paragraph(out, block.Lines[0]+":")
	}
	return nil
}

func (d Document) paragraph(out *strings.Builder, text string) {
	out.WriteString(strings.Join(Wrap(OneLine(text), d.Width), "\n") + "\n\n")
}

// heading writes a title or a section under a line, and others by themselves.
func (d Document) heading(out *strings.Builder, block markdown.Block) {
	widest := 0
	for _, line := range Wrap(OneLine(block.Lines[0]), d.Width) {
		widest = max(widest, Columns(line))
		if d.Colour {
			line = Bold.Paint(line)
		}
		out.WriteString(line + "\n")
	}
	switch block.Level {
	case 1:
		out.WriteString(strings.Repeat("=", widest) + "\n")
	case 2:
		out.WriteString(strings.Repeat("-", widest) + "\n")
	}
	out.WriteString("\n")
}
