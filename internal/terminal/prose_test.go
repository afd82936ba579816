package terminal

import (
	"strings"
	"testing"
)

// A table of prose gives every column what it needs, drops spare columns first, and
// folds rows only where not even single words fit.
func TestProse(t *testing.T) {
	table := &Table{Head: []string{"label", "what happened", "where", "now"}, Spare: []string{"now"}, Prose: true}
	table.Add("act", "can't be called any more", "from us-east-1, us-west-2", "amazon.nova-canvas-v1:0")
	for _, test := range []struct {
		width int
		want  string
	}{{0, `
LABEL  WHAT HAPPENED             WHERE                      NOW
act    can't be called any more  from us-east-1, us-west-2  amazon.nova-canvas-v1:0
`}, {66, `
LABEL  WHAT HAPPENED     WHERE             NOW
act    can't be called   from us-east-1,   amazon.nova-canvas-v1:0
       any more          us-west-2
`}, {40, `
LABEL  WHAT HAPPENED    WHERE
act    can't be called  from us-east-1,
       any more         us-west-2
`}, {20, `
LABEL
  WHAT HAPPENED
  WHERE
act
  can't be called any more
  from us-east-1, us-west-2
`}} {
		var out strings.Builder
		if err := table.Text(&out, test.width); err != nil {
			t.Fatal(err)
		}
		if got := "\n" + out.String(); got != test.want {
			t.Errorf("on %d columns it is %s want %s", test.width, got, test.want)
		}
	}
}
