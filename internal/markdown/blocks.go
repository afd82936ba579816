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

// Blocks splits a report, for a renderer that knows no markup.
func Blocks(text string) []Block {
	var all []Block
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); {
		line := lines[i]
		same := func(is func(string) bool) []string {
			first := i
			for i < len(lines) && is(lines[i]) {
				i++
			}
			return lines[first:i]
		}
		switch {
		case line == "":
			i++
		case level(line) > 0:
			all = append(all, Block{Kind: Heading, Level: level(line), Lines: []string{Plain(strings.TrimSpace(line[level(line):]))}})
			i++
		case strings.HasPrefix(line, "| "):
			all = append(all, tableOf(same(func(l string) bool { return strings.HasPrefix(l, "|") })))
		case isItem(line):
			var items []string
			for _, item := range same(isItem) {
				words := strings.TrimLeft(item, " ")
				items = append(items, item[:len(item)-len(words)]+Plain(strings.TrimPrefix(words, "- ")))
			}
			all = append(all, Block{Kind: List, Lines: items})
		case strings.HasPrefix(line, foldBegin) && strings.HasSuffix(line, foldHead):
			all = append(all, Block{Kind: FoldBegin, Lines: []string{Plain(line[len(foldBegin) : len(line)-len(foldHead)])}})
			i++
		case line == foldEnd:
			all = append(all, Block{Kind: FoldEnd})
			i++
		default:
			var prose []string
			for _, l := range same(isProse) {
				prose = append(prose, Plain(l))
			}
			all = append(all, Block{Kind: Paragraph, Lines: prose})
		}
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
