package notify

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"snapshotter/diff"
)

// Message is what a run reports to a channel. It is plain text: each channel
// escapes what it would interpret, and cuts it to its limit.
type Message struct {
	Title string   // one line
	Lines []string // what matters, weightiest first
	Link  string   // where to read more, http or https; "" is none
	// Significance is the greatest one in the message. It sets the colour or
	// the priority of a channel that has one; "" is [diff.Minor].
	Significance diff.Significance
	// At is the run's time, in UTC, which becomes the date of a mail; zero
	// means none.
	At time.Time
}

// The limits of a message, before those of any channel. It is read on a phone;
// the report has the rest.
const (
	titleLimit = 200 // runes
	lineLimit  = 300 // runes
	lineCount  = 10
	linkLimit  = 500 // bytes
)

// Compose makes a message of text that may come from outside: control
// characters and line breaks become spaces, empty lines are dropped, long ones
// are cut, and after ten lines it says how many more there are. It drops a link
// that is not a web address or has more than 500 bytes.
func Compose(title string, lines []string, link string) Message {
	return Message{Title: title, Lines: lines, Link: link}.clean()
}

func (m Message) clean() Message {
	m.Title = cut(oneLine(m.Title), titleLimit)
	var lines []string
	for _, line := range m.Lines {
		if line = cut(oneLine(line), lineLimit); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > lineCount {
		lines = append(lines[:lineCount-1:lineCount-1], more(len(lines)-lineCount+1))
	}
	m.Lines = lines
	if !webAddress(m.Link) {
		m.Link = ""
	}
	if m.Significance == "" {
		m.Significance = diff.Minor
	}
	m.At = m.At.UTC()
	return m
}

// text returns the message as plain lines: its title, what matters, and the
// link.
func (m Message) text() string { return strings.TrimSpace(m.Title + "\n" + m.body()) }

// body is text without the title.
func (m Message) body() string {
	lines := slices.Clone(m.Lines)
	if m.Link != "" {
		lines = append(lines, m.Link)
	}
	return strings.Join(lines, "\n")
}

func more(lines int) string { return fmt.Sprintf("… and %d more in the report", lines) }

// oneLine returns text as one line of printable characters, with single spaces.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// cut shortens text to limit runes, the last of them an ellipsis.
func cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimRight(string(runes[:limit-1]), " ") + "…"
}

// cutTo cuts text so that what write makes of it is no longer than limit, and
// returns that.
func cutTo(text string, limit int, size func(string) int, write func(string) string) string {
	written := write(text)
	for runes := len([]rune(text)) - 1; size(written) > limit && runes > 0; runes-- {
		written = write(cut(text, runes))
	}
	return written
}

// fit keeps the first lines that together, with a break after each, are no
// longer than limit, and ends with the number of lines left out.
func fit(lines []string, limit int, size func(string) int) []string {
	total := 0
	for _, line := range lines {
		total += size(line) + 1
	}
	if total <= limit {
		return lines
	}
	for keep := len(lines) - 1; keep >= 0; keep-- {
		total -= size(lines[keep]) + 1
		if rest := more(len(lines) - keep); total+size(rest)+1 <= limit {
			return append(slices.Clone(lines[:keep]), rest)
		}
	}
	return nil
}

// webAddress reports whether link suits every channel's form of a link. One
// with a password does not.
func webAddress(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		oneLine(link) == link && !strings.ContainsAny(link, " <>|\"") && len(link) <= linkLimit
}

func bytesOf(text string) int { return len(text) }

func runesOf(text string) int { return len([]rune(text)) }
