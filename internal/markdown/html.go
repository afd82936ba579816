package markdown

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Renderer turns the Markdown that reports are written in into HTML. It knows that
// part of Markdown and no other: what it does not know stays text. Whatever it is
// given, its only tags are those of headings, paragraphs, lists, tables, code, strong
// and deleted text, links, and folded details, and its only attributes are class, dir,
// href, id and scope.
type Renderer struct {
	// Heading is the level of the highest heading, 1 if it is not set.
	Heading int
	// Link returns the address that a code span leads to, "" for none.
	Link func(code string) string
	// Anchor returns the address of a heading that a link names; nil keeps it.
	Anchor func(id string) string
}

// HTML renders a document.
func (r Renderer) HTML(text string) string {
	var out strings.Builder
	for _, s := range split(text) {
		switch s.kind {
		case Heading:
			r.heading(&out, s.lines[0])
		case Table:
			r.table(&out, s.lines)
		case List:
			r.list(&out, s.lines)
		case FoldBegin:
			out.WriteString("<details><summary>" + r.Inline(s.lines[0]) + "</summary>\n")
		case FoldEnd:
			out.WriteString("</details>\n")
		default:
			out.WriteString("<p>" + r.Inline(strings.Join(s.lines, "\n")) + "</p>\n")
		}
	}
	return out.String()
}

const (
	foldBegin = "<details><summary>"
	foldHead  = "</summary>"
	foldEnd   = "</details>"
)

func isItem(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), "- ") }

func isProse(line string) bool {
	return line != "" && line != foldEnd && level(line) == 0 && !isItem(line) && !strings.HasPrefix(line, "| ") &&
		!(strings.HasPrefix(line, foldBegin) && strings.HasSuffix(line, foldHead))
}

// level is that of a heading, 0 for another line.
func level(line string) int {
	n := len(line) - len(strings.TrimLeft(line, "#"))
	if n > 3 || !strings.HasPrefix(line[n:], " ") {
		return 0
	}
	return n
}

func (r Renderer) heading(out *strings.Builder, line string) {
	n := level(line)
	tag := "h" + strconv.Itoa(min(6, n+max(1, r.Heading)-1))
	id := ""
	if n == 2 { // the sections of a report; their words are its own
		id = ` id="` + anchor(line[n:]) + `"`
	}
	out.WriteString("<" + tag + id + ">" + r.Inline(strings.TrimSpace(line[n:])) + "</" + tag + ">\n")
}

// anchor is the ID of a heading, as GitHub gives it.
func anchor(heading string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ':
			return '-'
		case 'a' <= c && c <= 'z' || unicode.IsDigit(c) && c < 0x80 || c == '-':
			return c
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(heading)))
}

func (r Renderer) list(out *strings.Builder, lines []string) {
	out.WriteString("<ul>\n")
	depth := 0
	for i, line := range lines {
		inner := min(depth+1, (len(line)-len(strings.TrimLeft(line, " ")))/2)
		for ; depth < inner; depth++ {
			out.WriteString("\n<ul>\n")
		}
		for ; depth > inner; depth-- {
			out.WriteString("</li>\n</ul></li>\n")
		}
		if i > 0 && !strings.HasSuffix(out.String()[max(0, out.Len()-6):], "</li>\n") && !strings.HasSuffix(out.String()[max(0, out.Len()-5):], "<ul>\n") {
			out.WriteString("</li>\n")
		}
		out.WriteString("<li>" + r.Inline(strings.TrimPrefix(strings.TrimLeft(line, " "), "- ")))
	}
	out.WriteString("</li>\n")
	for ; depth > 0; depth-- {
		out.WriteString("</ul></li>\n")
	}
	out.WriteString("</ul>\n")
}

func (r Renderer) table(out *strings.Builder, lines []string) {
	if len(lines) < 2 || !strings.HasPrefix(lines[1], "|---") {
		out.WriteString("<p>" + r.Inline(strings.Join(lines, "\n")) + "</p>\n")
		return
	}
	right := map[int]bool{}
	for i, rule := range cells(lines[1]) {
		right[i] = strings.HasSuffix(rule, ":")
	}
	out.WriteString("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n<thead><tr>")
	for i, title := range cells(lines[0]) {
		if title == "" {
			out.WriteString("<td" + number(right[i]) + "></td>")
			continue
		}
		out.WriteString("<th scope=\"col\"" + number(right[i]) + ">" + r.Inline(title) + "</th>")
	}
	out.WriteString("</tr></thead>\n<tbody>\n")
	for _, line := range lines[2:] {
		out.WriteString("<tr>")
		for i, cell := range cells(line) {
			out.WriteString("<td" + number(right[i]) + ">" + r.Inline(cell) + "</td>")
		}
		out.WriteString("</tr>\n")
	}
	out.WriteString("</tbody></table></div>\n")
}

func number(right bool) string {
	if right {
		return ` class="n"`
	}
	return ""
}

// cells splits a row of a table; an escaped bar is part of a cell.
func cells(line string) []string {
	var all []string
	var cell strings.Builder
	line = strings.TrimPrefix(line, "|")
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line):
			if line[i+1] != '|' {
				cell.WriteByte('\\')
			}
			i++
			cell.WriteByte(line[i])
		case line[i] == '|':
			all = append(all, strings.TrimSpace(cell.String()))
			cell.Reset()
		default:
			cell.WriteByte(line[i])
		}
	}
	if rest := strings.TrimSpace(cell.String()); rest != "" {
		all = append(all, rest)
	}
	return all
}

// Inline renders what stands within a line.
func (r Renderer) Inline(text string) string {
	var out strings.Builder
	for _, piece := range pieces(text) {
		switch piece.kind {
		case isCode:
			code := `<code dir="auto">` + html.EscapeString(piece.text) + "</code>"
			if r.Link != nil {
				if to := r.Link(piece.text); to != "" {
					code = `<a href="` + html.EscapeString(to) + `">` + code + "</a>"
				}
			}
			out.WriteString(code)
		case isMark:
			out.WriteString("<" + piece.to + ">")
		case isLink:
			to := "#" + piece.to
			if r.Anchor != nil {
				to = r.Anchor(piece.to)
			}
			out.WriteString(`<a href="` + html.EscapeString(to) + `">` + html.EscapeString(piece.text) + "</a>")
		default:
			out.WriteString(html.EscapeString(piece.text))
		}
	}
	return out.String()
}

// Plain returns what stands within a line without any markup.
func Plain(text string) string {
	var out strings.Builder
	for _, piece := range pieces(text) {
		out.WriteString(piece.text)
	}
	return out.String()
}

type kind int

const (
	isText kind = iota
	isCode
	isMark // begins or ends strong or deleted text
	isLink
)

type piece struct {
	kind     kind
	text, to string // to is where a link leads, or the tag of a mark
}

// marks are the tags of what stands between marks.
var marks = map[string]string{"**": "strong", "~~": "del"}

// pair gives marks their tags. One without a partner is text, and so is one that
// would end what encloses the other.
func pair(all []piece) {
	var open []int
	for i := range all {
		if all[i].kind != isMark {
			continue
		}
		tag := marks[all[i].text]
		at := slices.IndexFunc(open, func(j int) bool { return all[j].text == all[i].text })
		if at < 0 {
			open = append(open, i)
			continue
		}
		for _, j := range open[at+1:] {
			all[j].kind = isText
		}
		all[open[at]].to, all[i].to = tag, "/"+tag
		open = open[:at]
	}
	for _, i := range open {
		all[i].kind = isText
	}
	for i := range all {
		if all[i].kind == isMark {
			all[i].text = ""
		}
	}
}

// pieces splits what stands within a line. Marks are in pairs.
func pieces(text string) []piece {
	var all []piece
	var plain strings.Builder
	add := func(p piece) {
		if plain.Len() > 0 {
			all = append(all, piece{text: plain.String()})
			plain.Reset()
		}
		if p.kind != isText {
			all = append(all, p)
		}
	}
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte("\\`*_[]<>&|~#-+.!(){}", rest[1]) >= 0:
			plain.WriteByte(rest[1])
			i += 2
			continue
		case rest[0] == '`':
			fence := len(rest) - len(strings.TrimLeft(rest, "`"))
			code, n := span(rest, fence)
			if n == 0 {
				plain.WriteString(rest[:fence])
				i += fence
				continue
			}
			add(piece{kind: isCode, text: code})
			i += n
			continue
		case strings.HasPrefix(rest, "**"), strings.HasPrefix(rest, "~~"):
			add(piece{kind: isMark, text: rest[:2]})
			i += 2
			continue
		case rest[0] == '[':
			if label, to, n := link(rest); n > 0 {
				add(piece{isLink, label, to})
				i += n
				continue
			}
		case strings.HasPrefix(rest, "&#126;"):
			plain.WriteByte('~')
			i += len("&#126;")
			continue
		}
		plain.WriteByte(rest[0])
		i++
	}
	add(piece{})
	pair(all)
	return all
}

// span returns the code between fences, and the length of all of it; 0 if there is no
// second fence.
func span(text string, fence int) (code string, n int) {
	for i := fence; i < len(text); {
		if text[i] != '`' {
			i++
			continue
		}
		row := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
		if row == fence {
			code = text[fence:i]
			if len(code) > 1 && code[0] == ' ' && code[len(code)-1] == ' ' && strings.Trim(code, " ") != "" {
				code = code[1 : len(code)-1]
			}
			return code, i + row
		}
		i += row
	}
	return "", 0
}

// link reads a link to a heading of the same document.
func link(text string) (label, to string, n int) {
	end := strings.Index(text, "](#")
	if end < 0 || strings.ContainsAny(text[1:end], "[]\\`*") {
		return "", "", 0
	}
	rest := text[end+3:]
	closed := strings.IndexByte(rest, ')')
	if closed <= 0 || anchor(rest[:closed]) != rest[:closed] {
		return "", "", 0
	}
	return text[1:end], rest[:closed], end + 3 + closed + 1
}
