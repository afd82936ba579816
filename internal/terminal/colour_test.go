package terminal

import (
	"strings"
	"testing"
)

// Colour marks words that stand there anyway, and text from outside can't begin one.
func TestColour(t *testing.T) {
	table := &Table{Head: []string{"check", "health", "found"}, Colour: true}
	table.Add("database", "ok", "intact")
	table.Add("lock", "problem", "\x1b[31mheld")
	var out strings.Builder
	if err := table.Text(&out, 80); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1mCHECK\x1b[0m     \x1b[1mHEALTH\x1b[0m   \x1b[1mFOUND\x1b[0m\n" +
		"database  \x1b[32mok\x1b[0m       intact\n" +
		"lock      \x1b[31mproblem\x1b[0m  [31mheld\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	table.Colour = false
	out.Reset()
	if err := table.Text(&out, 80); err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("\x1b[1m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[0m", "").Replace(want)
	if out.String() != plain {
		t.Errorf("without colour got %q, want %q", out.String(), plain)
	}
}
