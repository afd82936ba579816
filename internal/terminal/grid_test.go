package terminal

import (
	"strings"
	"testing"
)

func TestGrid(t *testing.T) {
	grid := &Grid{
		Columns: []GridColumn{{"ap", "apne1"}, {"ap", "apne2"}, {"ap", "aps1"}, {"eu", "euc1"}, {"us", "use1"}},
		Rows:    []GridRow{{"amazon.nova-lite", []string{"DG", ".", "G~", "G", "D"}}, {"other\x1b[31m", []string{".", ".", ".", "?", "."}}},
	}
	for _, test := range []struct {
		width int
		want  string
	}{{0, `
                  apne1  apne2  aps1  euc1  use1
amazon.nova-lite  DG     .      G~    G     D
other [31m        .      .      .     ?     .
`}, {34, `
                  ap       eu us
                  n  n s   c  e
                  e  e 1   1  1
                  1  2
amazon.nova-lite  DG . G~  G  D
other [31m        .  . .   ?  .
`}, {26, `
                  ap
                  n  n s
                  e  e 1
                  1  2
amazon.nova-lite  DG . G~
other [31m        .  . .

                  eu us
                  c  e
                  1  1
amazon.nova-lite  G  D
other [31m        ?  .
`}} {
		var out strings.Builder
		if err := grid.Text(&out, test.width); err != nil {
			t.Fatal(err)
		}
		if got := "\n" + out.String(); got != test.want {
			t.Errorf("on %d columns it is %s want %s", test.width, got, test.want)
		}
		for line := range strings.Lines(out.String()) {
			if test.width > 0 && Columns(strings.TrimSuffix(line, "\n")) > test.width {
				t.Errorf("on %d columns a line is %q", test.width, line)
			}
		}
	}
}
