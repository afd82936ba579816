package markdown

import "strings"

// BlockKind is a kind of [Block].
type BlockKind int

const (
	Heading BlockKind = iota
	Paragraph
	List
	Table
	FoldBegin
	FoldEnd
)

// Block is a part of the Markdown that reports are written in, as plain text.
type Block struct {
	Kind  BlockKind
	Level int // of a heading
	// Lines are those of a heading, a paragraph or a fold's summary, or the items of a
	// list, with their indent.
	Lines []string
	Rows  [][]string // of a table, its head first
}

// source is a block as it is written: all its lines, but of a fold's beginning only the
// summary.
type source struct {
	kind  BlockKind
	lines []string
}

// split splits a report into its blocks.
func split(text string) []source {
	var all []source
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); {
		line, kind, is := lines[i], Paragraph, isProse
		switch {
		case line == "":
			i++
			continue
		case level(line) > 0:
			kind, is = Heading, nil
		case strings.HasPrefix(line, "| "):
			kind, is = Table, func(l string) bool { return strings.HasPrefix(l, "|") }
		case isItem(line):
			kind, is = List, isItem
		case strings.HasPrefix(line, foldBegin) && strings.HasSuffix(line, foldHead):
			kind, is = FoldBegin, nil
			line = line[len(foldBegin) : len(line)-len(foldHead)]
		case line == foldEnd:
			kind, is = FoldEnd, nil
		}
		if is == nil {
			all = append(all, source{kind, []string{line}})
			i++
			continue
		}
		first := i
		for i < len(lines) && is(lines[i]) {
			i++
		}
		all = append(all, source{kind, lines[first:i]})
	}
	return all
}

// Blocks splits a report, for a renderer that knows no markup.
func Blocks(text string) []Block {
	var all []Block
	for _, s := range split(text) {
		block := Block{Kind: s.kind}
		switch s.kind {
		case Heading:
			block.Level = level(s.lines[0])
			block.Lines = []string{Plain(strings.TrimSpace(s.lines[0][block.Level:]))}
		case Table:
			block = tableOf(s.lines)
		case List:
			for _, item := range s.lines {
				words := strings.TrimLeft(item, " ")
				block.Lines = append(block.Lines, item[:len(item)-len(words)]+Plain(strings.TrimPrefix(words, "- ")))
			}
		case FoldEnd:
		default:
			for _, line := range s.lines {
				block.Lines = append(block.Lines, Plain(line))
			}
		}
		all = append(all, block)
	}
	return all
}

func tableOf(lines []string) Block {
	block := Block{Kind: Table}
	for i, line := range lines {
		if i == 1 { // the rule
			continue
		}
		var row []string
		for _, cell := range cells(line) {
			row = append(row, Plain(cell))
		}
		block.Rows = append(block.Rows, row)
	}
	return block
}
