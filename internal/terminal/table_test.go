package terminal

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"snapshotter/internal/markdown"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

func hostile() *Table {
	t := &Table{Head: []string{"id", "items_changed", "regions"}}
	t.Add("=HYPERLINK(1)", "3", "eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2")
	t.Add("\x1b[31mred\u202e", "日本", "a,\"b\"\nc")
	return t
}

func TestTableText(t *testing.T) {
	for _, test := range []struct {
		name  string
		width int
		want  string
	}{
		{"a file has no width", 0, `
ID             ITEMS CHANGED  REGIONS
=HYPERLINK(1)  3              eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2
[31mred        日本           a,"b" c
`}, {"a terminal has", 60, `
ID             ITEMS CHANGED  REGIONS
=HYPERLINK(1)  3              eu-west-1 eu-west-2 eu-west-3
                              us-east-1 us-east-2
[31mred        日本           a,"b" c
`}, {"a narrow one wraps every column", 40, `
ID             ITEMS        REGIONS
               CHANGED
=HYPERLINK(1)  3            eu-west-1
                            eu-west-2
                            eu-west-3
                            us-east-1
                            us-east-2
[31mred        日本         a,"b" c
`}, {"a very narrow one cuts nothing", 10, `
ID
  ITEMS CHANGED
  REGIONS
=HYPERLINK(1)
  3
  eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2
[31mred
  日本
  a,"b" c
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			if err := hostile().Text(&out, test.width); err != nil {
				t.Fatal(err)
			}
			if got := "\n" + out.String(); got != test.want {
				t.Errorf("got %s want %s", got, test.want)
			}
		})
	}
}

func TestTableCSV(t *testing.T) {
	var out strings.Builder
	if err := hostile().CSV(&out); err != nil {
		t.Fatal(err)
	}
	want := `id,items_changed,regions
'=HYPERLINK(1),3,eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2
[31mred,日本,"a,""b"" c"
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestNoFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"":            "",
		"a=b":         "a=b",
		"\t=1+1":      "'=1+1",
		"\r\n@SUM(A)": "'@SUM(A)",
		"＝1+1":        "'＝1+1",
		"\u202e-1":    "'-1",
	} {
		if got := noFormula(OneLine(cell)); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

// One cell beyond measure must not make a page of spaces of every other row.
func TestTableTextOfAnyLength(t *testing.T) {
	table := &Table{Head: []string{"id", "name"}}
	for range 1000 {
		table.Add("a", "short")
	}
	long := strings.Repeat("long", 1<<18)
	table.Add(long, "its own row is whole")
	var out strings.Builder
	if err := table.Text(&out, 80); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); len(got) > len(long)+20_000 || !strings.Contains(got, "\na   short\n") || !strings.Contains(got, long) {
		t.Errorf("printed %d bytes, which begin %.100q", len(got), got)
	}
}

// pieces are what a cell from outside may try.
var pieces = []string{
	"", " ", "anthropic.claude-opus-5", "=1+1", "\t=1+1", "\u202e=1+1", "＝1+1", "+1", "-1", "@SUM(A1)", "'=1", "a,\"b\"\r\nc",
	"\x1b[31mred\x1b[0m", "\u009b31m", "\u202etxt.exe", "a\u200bb", "\xff\xfe", "日本 한국", "a|b `c` <b>&amp;</b>", "\u2028\u2029\ufeff", "\x00\x7f", "\"",
}

// FuzzCSV checks that what a spreadsheet reads is one row of the cells that were
// added, without what can't be seen, and that none of them is a formula.
func FuzzCSV(f *testing.F) {
	for i, piece := range pieces {
		f.Add(piece, pieces[(i+5)%len(pieces)])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		table := &Table{Head: []string{"a", "b"}}
		table.Add(a, b)
		var out strings.Builder
		if err := table.CSV(&out); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 2 {
			t.Fatalf("%q and %q are read as %q, %v", a, b, rows, err)
		}
		for i, added := range []string{a, b} {
			cell := rows[1][i]
			checkPlain(t, cell)
			if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@\t\r＝＋－＠", first) && cell != "" {
				t.Errorf("%q becomes the formula %q", added, cell)
			}
			if unguarded, guarded := strings.CutPrefix(cell, "'"); letters(cell) != letters(added) && (!guarded || letters(unguarded) != letters(added)) {
				t.Errorf("%q becomes %q", added, cell)
			}
		}
	})
}

// checkPlain checks that text neither moves a cursor nor hides or adds anything.
func checkPlain(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Zs, r) && r != ' ' }) {
		t.Errorf("not plain: %q", text)
	}
}

// letters is what is left of text without anything that may become a space.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) {
			return -1
		}
		return r
	}, text)
}

// sorted is the text with its characters in order: cells beside one another are
// wrapped side by side.
func sorted(text string) string {
	characters := []rune(text)
	slices.Sort(characters)
	return string(characters)
}

// FuzzTerminal checks that what came from outside stays within its row, whatever
// the width, and its Markdown within its cell.
func FuzzTerminal(f *testing.F) {
	for i, piece := range pieces {
		f.Add(piece, pieces[(i+3)%len(pieces)], i*7)
	}
	f.Fuzz(func(t *testing.T, a, b string, width int) {
		table := &Table{Head: []string{"a", "b"}}
		table.Add(a, b)
		table.Add("0", "0") // no column is empty, and left out
		for _, width := range []int{0, width % 200} {
			var out strings.Builder
			if err := table.Text(&out, width); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if width == 0 && len(lines) != 3 {
				t.Errorf("%q and %q are %d lines: %q", a, b, len(lines), lines)
			}
			for _, line := range lines {
				checkPlain(t, line)
			}
			if got, want := sorted(letters(strings.Join(lines, ""))), sorted("AB"+letters(a)+letters(b)+"00"); got != want {
				t.Errorf("%q and %q are shown as %q", a, b, lines)
			}
		}
		var out strings.Builder
		if err := table.Markdown(&out); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if want := "| " + markdown.Cell(a) + " | " + markdown.Cell(b) + " |"; len(lines) != 4 || lines[2] != want {
			t.Errorf("%q and %q are the Markdown %q, want %q", a, b, lines, want)
		}
		for _, line := range lines {
			checkPlain(t, line)
		}
	})
}

// Whatever is in a table and however wide the terminal, no line is wider, but
// for a word that is by itself; and nothing gets lost.
func TestTableFits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		width := 40 + random.IntN(160)
		table := &Table{}
		for i := range 1 + random.IntN(8) {
			table.Head = append(table.Head, fmt.Sprint("head_", i))
		}
		var want []string
		longest := narrowest
		for range random.IntN(4) {
			var cells []string
			for range table.Head {
				var words []string
				for range random.IntN(4) {
					words = append(words, strings.Repeat("x", 1+random.IntN(30)))
				}
				cells = append(cells, strings.Join(words, " "))
				if len(cells) < len(table.Head) {
					longest = max(longest, len(cells[len(cells)-1]))
				}
				for _, word := range words {
					longest = max(longest, len(word))
				}
				want = append(want, words...)
			}
			table.Rows = append(table.Rows, cells)
		}
		var out strings.Builder
		if err := table.Text(&out, width); err != nil {
			t.Fatal(err)
		}
		for text := range strings.Lines(out.String()) {
			if got := uniseg.StringWidth(strings.TrimSuffix(text, "\n")); got > max(width, longest+len(Gutter)) {
				t.Fatalf("a line of %d columns on a terminal of %d:\n%s", got, width, out.String())
			}
		}
		var got []string
		for _, word := range strings.Fields(out.String()) {
			if strings.HasPrefix(word, "x") {
				got = append(got, word)
			}
		}
		slices.Sort(got) // cells beside one another are wrapped side by side
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("the words of the table are not all there:\n%s", out.String())
		}
	}
}
