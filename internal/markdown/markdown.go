// Package markdown escapes text from outside for Markdown as GitHub renders it.
//
// It guarantees that the text reads as it is: no part of it becomes markup, a
// link, a mention or HTML, and none of it starts a new line. It refuses to
// shorten silently: text that is too long ends in a mark that says so.
package markdown

import (
	"regexp"
	"strings"
	"unicode"
)

// Limit is how many characters of a text from outside are shown. Real ids
// and descriptions are well below it.
const Limit = 300

const (
	cut = "… (cut)"
	// Empty stands for text that is empty.
	Empty = "(empty)"
)

// Clean makes text from outside one printable line; what is too long is cut,
// visibly.
func Clean(text string) string { return upTo(Limit, oneLine(text)) }

// Line makes text from outside one printable line, of any length.
func Line(text string) string { return oneLine(text) }

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

// Cell escapes plain text from outside, of any length, as a table cell.
func Cell(s string) string { return EscapeCell(prose(oneLine(s))) }

func upTo(limit int, text string) string {
	if runes := []rune(text); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit])) + cut
	}
	return text
}

// special are the characters that have a meaning within a line of Markdown or
// HTML. An escaped tilde beside two others would be taken for a third.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
	`<`, `\<`, `>`, `\>`, `&`, `\&`, `|`, `\|`, `~`, `&#126;`,
)

// referring finds text that renderers turn into links, mentions, references,
// formulas or pictures although it holds no Markdown.
var referring = regexp.MustCompile(`(?i)[@#$]|://|www\.|:[a-z0-9_+-]+:`)

// Text escapes text from outside as prose, or as code if a renderer would take
// it for more than prose. It must not start a line.
func Text(s string) string { return prose(Clean(s)) }

// Name shows a name beside an id.
func Name(s string) string { return prose(upTo(nameLimit, Clean(s))) }

const nameLimit = 100

func prose(s string) string {
	if s == "" {
		return Empty
	}
	if referring.MatchString(s) {
		return codeSpan(s)
	}
	return special.Replace(s)
}

// Code shows an id from outside, exactly.
func Code(id string) string { return codeSpan(Clean(id)) }

// codeSpan fences s with more backticks than it has in a row. A space that the
// fence needs is not part of the code.
// https://spec.commonmark.org/0.31.2/#code-spans
func codeSpan(s string) string {
	if s == "" {
		return Empty
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

// EscapeCell escapes Markdown for a table cell, where a bar ends the cell even
// within code. It leaves escaped bars as they are.
// https://github.github.com/gfm/#tables-extension-
func EscapeCell(markdown string) string {
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
