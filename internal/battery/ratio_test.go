//go:build battery

package battery

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// compared are what the program does, each beside a rival that is timed in turn with
// it. The ratio says how much longer the program took when it was recorded, on the
// machine of docs/performance.md: the machine's speed falls out of it.
var compared = []struct {
	args, rival string
	ratio       float64
}{
	{"version", "git version", 5.6},
	{"models", plainly, 4.2},
	{"report", plainly, 5.5},
	{"lifecycle", plainly, 4.1},
	{"history provider0.model-10-v1:0", plainly, 2.1},
	{"where provider0.model-10-v1:0", plainly, 4.3},
	{"diff", plainly, 5.5},
}

// plainly asks SQLite's own shell for everything that is listed now.
const plainly = "sqlite3 DECADE SELECT sum(length(document)) FROM current_items"

// TestRatios fails if a command takes twice as long, beside its rival, as it was
// recorded to. SNAPSHOTTER_DECADE names the history of ten years that
// TestWriteDecade of ./store writes.
func TestRatios(t *testing.T) {
	decade := os.Getenv("SNAPSHOTTER_DECADE")
	if decade == "" {
		t.Skip("SNAPSHOTTER_DECADE is not set")
	}
	needs(t, "git", "sqlite3")
	server := bedrock(t)
	rivals := map[string]func() *exec.Cmd{
		"git version": func() *exec.Cmd { return exec.Command("git", "version") },
		plainly:       func() *exec.Cmd { return exec.Command("sqlite3", decade, strings.SplitN(plainly, " ", 3)[2]) },
	}
	var table strings.Builder
	fmt.Fprint(&table, "| command | wall | rival | wall | ratio | recorded | most memory |\n| --- | ---: | --- | ---: | ---: | ---: | ---: |\n")
	for _, c := range compared {
		mine, theirs := inTurn(t, func() *exec.Cmd {
			return command(t.Context(), t.TempDir(), server, "", append(strings.Fields(c.args), "--db", decade)...)
		}, rivals[c.rival])
		ratios := make([]float64, len(mine))
		for i := range mine {
			ratios[i] = mine[i].wall.Seconds() / theirs[i].wall.Seconds()
		}
		slices.Sort(ratios)
		ratio := ratios[len(ratios)/2]
		m, r := median(mine), median(theirs)
		fmt.Fprintf(&table, "| `%s` | %.1f ms | `%s` | %.1f ms | %.2f | %.2f | %.0f MB |\n",
			c.args, m.wall.Seconds()*1000, strings.Fields(c.rival)[0], r.wall.Seconds()*1000, ratio, c.ratio, m.peak)
		if ratio > 2*c.ratio {
			t.Errorf("%s takes %.2f times as long as its rival, and took %.2f times: more than twice that", c.args, ratio, c.ratio)
		}
	}
	t.Log("\n" + table.String())
}

// inTurn executes two processes one after the other, so that a slow minute of the
// machine befalls both.
func inTurn(t *testing.T, a, b func() *exec.Cmd) (as, bs []usage) {
	const times = 15
	for i := range times + 1 {
		x, y := execute(t, a()), execute(t, b())
		if i > 0 { // the first brings what they read into memory
			as, bs = append(as, x), append(bs, y)
		}
	}
	return as, bs
}
