package main

import (
	"fmt"
	"io"
	"strings"

	"snapshotter/report"
)

// prose writes an answer in words, as text or as Markdown. What came from
// outside may be in any of them: each form takes the harm out of it. The first
// error stays and ends the writing.
type prose struct {
	w        io.Writer
	markdown bool
	width    int  // text is broken between words to fit it; 0 is any
	apart    bool // a blank line goes before what comes next
	err      error
}

// title begins what is told of one thing.
func (pr *prose) title(format string, args ...any) {
	mark := ""
	if pr.markdown {
		mark = "## "
	}
	pr.block(pr.fit(mark+pr.clean(fmt.Sprintf(format, args...)), ""))
}

func (pr *prose) say(format string, args ...any) {
	pr.block(pr.fit(pr.clean(fmt.Sprintf(format, args...)), ""))
}

// fit breaks text between words; further lines are indented. In Markdown a
// paragraph is one line.
func (pr *prose) fit(text, indent string) string {
	if pr.markdown {
		return text
	}
	width := pr.width
	if width > 0 {
		width -= len(indent)
	}
	return strings.Join(wrap(text, width), "\n"+indent)
}

// list writes one line for each text, nothing if there is none.
func (pr *prose) list(texts []string) {
	mark := "  "
	if pr.markdown {
		mark = "- "
	}
	var lines []string
	for _, text := range texts {
		lines = append(lines, mark+pr.fit(pr.clean(text), mark+"  "))
	}
	if len(lines) > 0 {
		pr.block(strings.Join(lines, "\n"))
	}
}

// command writes a line to copy, of characters that are known to be harmless.
func (pr *prose) command(line string) {
	if pr.markdown {
		pr.block("```sh\n" + line + "\n```")
		return
	}
	pr.block("  " + line)
}

// table lets write put rows between the words.
func (pr *prose) table(write func() error) {
	if !pr.markdown {
		pr.apart = true
	}
	pr.part()
	if pr.err == nil {
		pr.err = write()
	}
	pr.apart = true
}

// end sets what follows apart from what has been told.
func (pr *prose) end() { pr.apart = true }

func (pr *prose) block(text string) {
	pr.part()
	pr.write(text + "\n")
	pr.apart = pr.markdown
}

func (pr *prose) part() {
	if pr.apart {
		pr.write("\n")
	}
	pr.apart = false
}

func (pr *prose) clean(text string) string {
	if pr.markdown {
		return report.Cell(text)
	}
	return oneLine(text)
}

func (pr *prose) write(text string) {
	if pr.err == nil {
		_, pr.err = io.WriteString(pr.w, text)
	}
}
