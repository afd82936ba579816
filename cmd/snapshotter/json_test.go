package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// What a terminal would interpret is written as an escape, and reads back the same.
func TestJSONIsPrintable(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"anthropic.claude-opus-5", "\x1b[31mred\x1b[0m", "\u009b31m", "\u202etxt.exe", "a\u200bb", "\xff\xfe", "日本 한국", "\u2028\u2029\ufeff", "\x00\x7f"} {
		var out strings.Builder
		if err := (format{Format: "json"}).print(&program{machine: machine{stdout: &out}}, nil, []string{piece}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%q is written as %q", piece, out.String())
		}
		var back []string
		if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back[0] != strings.ToValidUTF8(piece, "\ufffd\ufffd") && back[0] != piece {
			t.Errorf("%q is read back as %q, %v", piece, back, err)
		}
	}
}
