// Package terminal prints for people: aligned tables, wrapped text, and the
// cleaning of text from outside.
//
// It guarantees that nothing from outside moves the cursor, starts a line or
// becomes a formula or markup, and that an ID is never broken. It refuses to
// look at the environment: the caller says how wide the output is.
package terminal

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// IsTerminal reports whether w is a terminal, and not a file or a pipe.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// Plain keeps what came from outside from moving the cursor or adding lines.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// OneLine is Plain text with its runs of space folded.
func OneLine(text string) string { return strings.Join(strings.Fields(Plain(text)), " ") }
