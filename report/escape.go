package report

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// textLimit is how many characters of a text from outside are shown. Real ids
// and descriptions are well below it.
const textLimit = 300

const (
	cut   = "… (cut)"
	empty = "(empty)"
)

// clean makes text from outside one printable line; what is too long is cut,
// visibly.
func clean(text string) string { return upTo(textLimit, oneLine(text)) }

// oneLine makes text one line of printable characters: white space becomes
// single spaces; control characters, invisible ones and marks that turn the
// direction of text become U+FFFD.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	return strings.Join(strings.Fields(text), " ")
}

// Cell is plain text from outside, of any length, as a cell of a table in
// Markdown.
func Cell(s string) string { return cell(prose(oneLine(s))) }

func upTo(limit int, text string) string {
	if runes := []rune(text); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit])) + cut
	}
	return text
}

// special are the characters that mean something within a line of Markdown or
// HTML. An escaped tilde beside a mark of two would be taken for a third.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
	`<`, `\<`, `>`, `\>`, `&`, `\&`, `|`, `\|`, `~`, `&#126;`,
)

// referring finds text that renderers turn into links, mentions, references,
// formulas or pictures although it holds no Markdown.
var referring = regexp.MustCompile(`(?i)[@#$]|://|www\.|:[a-z0-9_+-]+:`)

// text shows text from outside as prose, or as code where a renderer would take
// it for more than prose. It never begins a line.
func text(s string) string { return prose(clean(s)) }

// shortText shows a name beside an id.
func shortText(s string) string { return prose(upTo(nameLimit, clean(s))) }

const nameLimit = 100

func prose(s string) string {
	if s == "" {
		return empty
	}
	if referring.MatchString(s) {
		return codeSpan(s)
	}
	return special.Replace(s)
}

// code shows an id from outside, exactly.
func code(id string) string { return codeSpan(clean(id)) }

// codeSpan fences s with more backticks than it holds in a row. A space that
// is needed at the fence is not part of the code.
// https://spec.commonmark.org/0.31.2/#code-spans
func codeSpan(s string) string {
	if s == "" {
		return empty
	}
	longest, row := 0, 0
	for _, r := range s {
		if r != '`' {
			row = 0
			continue
		}
		row++
		longest = max(longest, row)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell makes Markdown fit for a cell of a table, where a bar ends the cell even
// within code, unless it is escaped. Escaped bars are left as they are.
// https://github.github.com/gfm/#tables-extension-
func cell(markdown string) string {
	var out strings.Builder
	backslashes := 0
	for _, r := range markdown {
		if r == '|' && backslashes%2 == 0 {
			out.WriteByte('\\')
		}
		if r == '\\' {
			backslashes++
		} else {
			backslashes = 0
		}
		out.WriteRune(r)
	}
	return out.String()
}

// regionCode shows a region, "" being any. A region that a routing names comes
// from outside like any other text.
func regionCode(region string) string {
	switch {
	case region == "":
		return anyRegion
	case catalog.ValidRegion(region):
		return region
	}
	return code(region)
}

const anyRegion = "any commercial region"

// stretch is a run of whole words that was kept, deleted or inserted.
type stretch struct {
	op    diff.Op
	words []string
}

// inline shows how a text changed, word by word: what was deleted struck out,
// what was inserted bold. Marks stand between white space only, as within a
// word they may not be read as marks.
func inline(edits []diff.Edit) string {
	var shown []string
	stretches := stretches(edits)
	for i, s := range stretches {
		switch s.op {
		case diff.Delete:
			shown = append(shown, "~~"+text(strings.Join(s.words, " "))+"~~")
		case diff.Insert:
			shown = append(shown, "**"+text(strings.Join(s.words, " "))+"**")
		default:
			shown = append(shown, text(strings.Join(nearby(s.words, i == 0, i == len(stretches)-1), " ")))
		}
	}
	return strings.Join(shown, " ")
}

// context is how many unchanged words are shown beside a change.
const context = 8

// nearby drops the unchanged words that are far from any change.
func nearby(words []string, first, last bool) []string {
	switch {
	case first && !last && len(words) > context:
		return append([]string{"…"}, words[len(words)-context:]...)
	case last && !first && len(words) > context:
		return append(words[:context:context], "…")
	case !first && !last && len(words) > 2*context:
		return append(append(words[:context:context], "…"), words[len(words)-context:]...)
	}
	return words
}

// stretches widens edits to whole words.
func stretches(edits []diff.Edit) []stretch {
	var w widener
	for _, e := range edits {
		switch e.Op {
		case diff.Delete:
			w.old.WriteString(e.Text)
		case diff.Insert:
			w.new.WriteString(e.Text)
		default:
			w.keep(e.Text)
		}
	}
	w.flush()
	return w.list
}

// widener gathers the old and the new text since the last white space that both
// have.
type widener struct {
	old, new strings.Builder
	list     []stretch
}

func (w *widener) keep(text string) {
	for _, r := range text {
		if unicode.IsSpace(r) {
			w.flush()
			continue
		}
		w.old.WriteRune(r)
		w.new.WriteRune(r)
	}
}

// flush tells what both texts begin and end with from what differs.
func (w *widener) flush() {
	old, new := strings.Fields(w.old.String()), strings.Fields(w.new.String())
	w.old.Reset()
	w.new.Reset()
	head := 0
	for head < min(len(old), len(new)) && old[head] == new[head] {
		head++
	}
	w.add(diff.Keep, old[:head])
	old, new = old[head:], new[head:]
	tail := 0
	for tail < min(len(old), len(new)) && old[len(old)-1-tail] == new[len(new)-1-tail] {
		tail++
	}
	w.change(old[:len(old)-tail], new[:len(new)-tail])
	w.add(diff.Keep, old[len(old)-tail:])
}

// change adds to the change before it, if nothing was kept in between.
func (w *widener) change(old, new []string) {
	last := len(w.list) - 1
	if len(old) > 0 && last >= 1 && w.list[last].op == diff.Insert && w.list[last-1].op == diff.Delete {
		w.list[last-1].words = append(w.list[last-1].words, old...)
		old = nil
	}
	w.add(diff.Delete, old)
	w.add(diff.Insert, new)
}

func (w *widener) add(op diff.Op, words []string) {
	if len(words) == 0 {
		return
	}
	if last := len(w.list) - 1; last >= 0 && w.list[last].op == op {
		w.list[last].words = append(w.list[last].words, words...)
		return
	}
	w.list = append(w.list, stretch{op, slices.Clone(words)})
}
