package terminal

import (
	"fmt"
	"io"
	"strings"

	"snapshotter/internal/markdown"
)

// Text writes an answer in words, as text or as Markdown. All of them may come
// from outside: each form makes them harmless. The first error stays and ends
// the writing.
type Text struct {
	W        io.Writer
	Markdown bool
	Width    int  // text is broken between words to fit it; 0 is any
	apart    bool // a blank line goes before what comes next
	Err      error
}

// Title starts a section.
func (t *Text) Title(format string, args ...any) {
	mark := ""
	if t.Markdown {
		mark = "## "
	}
	t.block(t.fit(mark+t.clean(fmt.Sprintf(format, args...)), ""))
}

func (t *Text) Line(format string, args ...any) {
	t.block(t.fit(t.clean(fmt.Sprintf(format, args...)), ""))
}

// fit wraps text between words, with further lines indented. A paragraph in
// Markdown is one line.
func (t *Text) fit(text, indent string) string {
	if t.Markdown {
		return text
	}
	width := t.Width
	if width > 0 {
		width -= len(indent)
	}
	return strings.Join(Wrap(text, width), "\n"+indent)
}

// List writes one line for each text, nothing if there is none.
func (t *Text) List(texts []string) {
	mark := "  "
	if t.Markdown {
		mark = "- "
	}
	var lines []string
	for _, text := range texts {
		lines = append(lines, mark+t.fit(t.clean(text), mark+"  "))
	}
	if len(lines) > 0 {
		t.block(strings.Join(lines, "\n"))
	}
}

// Command writes a line to copy, whose characters are known to be harmless.
func (t *Text) Command(line string) {
	if t.Markdown {
		t.block("```sh\n" + line + "\n```")
		return
	}
	t.block("  " + line)
}

// Table lets write put a table between the lines.
func (t *Text) Table(write func() error) {
	if !t.Markdown {
		t.apart = true
	}
	t.part()
	if t.Err == nil {
		t.Err = write()
	}
	t.apart = true
}

// Space puts a blank line before what follows.
func (t *Text) Space() { t.apart = true }

func (t *Text) block(text string) {
	t.part()
	t.write(text + "\n")
	t.apart = t.Markdown
}

func (t *Text) part() {
	if t.apart {
		t.write("\n")
	}
	t.apart = false
}

func (t *Text) clean(text string) string {
	if t.Markdown {
		return markdown.Cell(text)
	}
	return OneLine(text)
}

func (t *Text) write(text string) {
	if t.Err == nil {
		_, t.Err = io.WriteString(t.W, text)
	}
}
