package terminal

import "strings"

// Colour is a colour of a terminal. It stands beside words, never in their place.
type Colour string

const (
	Red    Colour = "\x1b[31m"
	Yellow Colour = "\x1b[33m"
	Green  Colour = "\x1b[32m"
	Cyan   Colour = "\x1b[36m"
	Bold   Colour = "\x1b[1m"
	reset         = "\x1b[0m"
)

// Paint returns text in a colour. The text must be free of control characters.
func (c Colour) Paint(text string) string {
	if text == "" {
		return ""
	}
	return string(c) + text + reset
}

// meanings are the colours of words that say how things stand.
var meanings = map[string]Colour{
	"act": Red, "breaking": Red, "problem": Red, "failed": Red, "broken": Red, "no": Red, "undelivered": Red,
	"plan": Yellow, "check": Yellow, "notice": Yellow, "warning": Yellow, "partial": Yellow, "legacy": Yellow, "outside": Yellow, "not observable": Yellow,
	"new": Green, "good": Green, "ok": Green, "complete": Green, "active": Green, "satisfied": Green, "yes": Green, "delivered": Green,
}

// meaning returns the colour of a cell, "" for none.
func meaning(cell string) Colour {
	return meanings[strings.ToLower(strings.TrimSuffix(cell, " now"))]
}

// painted returns a cell as it is shown.
func (t *Table) painted(cell string, head bool) string {
	switch colour := meaning(cell); {
	case !t.Colour:
	case head:
		return Bold.Paint(cell)
	case colour != "":
		return colour.Paint(cell)
	}
	return cell
}
