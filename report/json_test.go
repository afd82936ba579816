package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// TestPrintable checks that what can't be printed is escaped and reads back as
// it was.
func TestPrintable(t *testing.T) {
	for _, text := range []string{"", "plain", "é → 世界", "\u009b31m", "\u202egnirts\u202c\u2028", "\U000e0041tag\U0001f600", "\x1b[0m\x00\t\n"} {
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		got := printable(encoded)
		if strings.ContainsFunc(string(got), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is written as %q", text, got)
		}
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != text {
			t.Errorf("%q reads back as %q (%v)", text, back, err)
		}
	}
}
