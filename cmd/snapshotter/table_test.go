package main

import (
	"strings"
	"testing"
)

func hostile() *table {
	t := &table{head: []string{"id", "items_changed", "regions"}}
	t.add("=HYPERLINK(1)", "3", "eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2")
	t.add("\x1b[31mred\u202e", "日本", "a,\"b\"\nc")
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
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			if err := hostile().text(&out, test.width); err != nil {
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
	if err := hostile().csv(&out); err != nil {
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
		if got := noFormula(oneLine(cell)); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}
