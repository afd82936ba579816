//go:build battery

package battery

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/store"
)

// questions are the commands that are put to the histories; MODEL is the one
// to which most has happened, of those that are listed.
var questions = []string{"where MODEL", "models", "diff", "history MODEL"}

// TestGrowth grows histories of 36 and 100 regions, by a run a night and by one
// an hour, for 30 years, and after 1, 10 and 30 of them takes their size, asks
// the program questions, and records one more run. It prints the table, and the
// law that sizes follow. Where SNAPSHOTTER_PLOT names a file it draws them
// there.
//
//	SNAPSHOTTER_PLOT=$PWD/docs/growth.svg go test -tags battery -timeout 0 -v -run TestGrowth ./internal/battery
func TestGrowth(t *testing.T) {
	var sizes []grown
	for _, regions := range []int{36, 100} {
		for _, perDay := range []int{1, 24} {
			d := newHistory(t, regions, perDay)
			for _, years := range []int{1, 10, 30} {
				start := time.Now()
				if err := d.write(t.Context(), years*365*perDay); err != nil {
					t.Fatal(err)
				}
				written := time.Now()
				g := grown{regions: regions, perDay: perDay, years: years, seconds: map[string]float64{}}
				g.recordOneMore(t, d)
				g.count(t, d.path)
				g.ask(t, d)
				sizes = append(sizes, g)
				t.Logf("%d regions, %d runs a day, %d years: written in %.1f s, asked in %.1f s", regions, perDay, years,
					written.Sub(start).Seconds(), time.Since(written).Seconds())
			}
		}
	}
	law := fit(sizes)
	t.Log("\n" + growthTable(sizes, law))
	if worst := law.worst(sizes); worst > 0.1 {
		t.Errorf("a size is %.0f%% off the law", 100*worst)
	}
	if path := os.Getenv("SNAPSHOTTER_PLOT"); path != "" {
		if err := os.WriteFile(path, []byte(growthPlot(sizes)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// grown is a history after some years.
type grown struct {
	regions, perDay, years int

	text                 float64 // bytes of all documents
	items, changes, runs float64 // rows
	bytes                float64
	seconds              map[string]float64 // by question
}

// oneMore is among the questions what it takes to record another run.
const oneMore = "one more run"

// recordOneMore records three more runs, as the program does, and checks the
// last of them against its digest.
func (g *grown) recordOneMore(t *testing.T, d *decades) {
	t.Helper()
	var took []float64
	for range 3 {
		start := time.Now()
		db, err := store.Open(t.Context(), d.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.record(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(start).Seconds())
	}
	slices.Sort(took)
	g.seconds[oneMore] = took[1]

	db, err := store.OpenReader(t.Context(), d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Verify(t.Context(), int64(d.run)); err != nil {
		t.Fatal(err)
	}
}

func (g *grown) count(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	g.bytes = float64(info.Size())
	row(t, path, nil, `SELECT (SELECT sum(length(CAST(body AS BLOB))) FROM documents), (SELECT count(*) FROM items), (SELECT count(*) FROM item_changes), (SELECT count(*) FROM runs)`,
		&g.text, &g.items, &g.changes, &g.runs)
}

func row(t *testing.T, path string, arguments []any, query string, into ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query, arguments...).Scan(into...); err != nil {
		t.Fatal(err)
	}
}

// ask puts the questions to the program.
func (g *grown) ask(t *testing.T, d *decades) {
	t.Helper()
	offered, err := json.Marshal(d.world.models)
	if err != nil {
		t.Fatal(err)
	}
	var model string
	row(t, d.path, []any{string(offered)}, `
		SELECT i.key FROM items i JOIN item_changes c ON c.item_id = i.id JOIN scopes s ON s.id = i.scope_id
		WHERE s.kind = 'foundation-model' AND i.key IN (SELECT value FROM json_each(?))
		GROUP BY i.key ORDER BY count(*) DESC, i.key LIMIT 1`, &model)
	server := bedrock(t)
	for _, question := range questions {
		line := append(strings.Fields(strings.Replace(question, "MODEL", model, 1)), "--db", d.path)
		took := warm(t, func() *exec.Cmd { return command(t.Context(), filepath.Dir(d.path), server, "", line...) })
		g.seconds[question] = took.wall.Seconds()
	}
}

// law is what a history's size comes to: so much for each byte of documents,
// each change of an item, and each run.
type law [3]float64

// terms are what a history has of each.
func (g grown) terms() law { return law{g.text, g.changes, g.runs} }

func (l law) bytes(g grown) (sum float64) {
	for i, term := range g.terms() {
		sum += l[i] * term
	}
	return sum
}

// worst is how far the law is off at most, as a part of the size.
func (l law) worst(sizes []grown) (worst float64) {
	for _, g := range sizes {
		worst = max(worst, math.Abs(l.bytes(g)/g.bytes-1))
	}
	return worst
}

// fit finds the law of the least squares of relative errors.
func fit(sizes []grown) (l law) {
	const n = len(l)
	var m [n][n + 1]float64 // the normal equations
	for _, g := range sizes {
		x := g.terms()
		for i := range n {
			for j := range n {
				m[i][j] += x[i] / g.bytes * x[j] / g.bytes
			}
			m[i][n] += x[i] / g.bytes
		}
	}
	for i := range n { // they are positive definite: no pivoting
		for k := range n {
			if k == i {
				continue
			}
			factor := m[k][i] / m[i][i]
			for j := range n + 1 {
				m[k][j] -= factor * m[i][j]
			}
		}
	}
	for i := range n {
		l[i] = m[i][n] / m[i][i]
	}
	return l
}

func growthTable(sizes []grown, law law) string {
	var out strings.Builder
	fmt.Fprint(&out, "| regions | runs a day | years | runs | items ever | changes | documents | size | by the law |")
	columns := append(slices.Clone(questions), oneMore)
	for _, column := range columns {
		fmt.Fprintf(&out, " %s |", strings.TrimSuffix(column, " MODEL"))
	}
	fmt.Fprint(&out, "\n|"+strings.Repeat(" ---: |", 9+len(columns))+"\n")
	for _, g := range sizes {
		fmt.Fprintf(&out, "| %d | %d | %d | %.0f | %.0f | %.0f | %.1f MB | %.1f MB | %+.1f %% |",
			g.regions, g.perDay, g.years, g.runs, g.items, g.changes, g.text/1e6, g.bytes/1e6, 100*(law.bytes(g)/g.bytes-1))
		for _, column := range columns {
			fmt.Fprintf(&out, " %.0f ms |", 1000*g.seconds[column])
		}
		out.WriteByte('\n')
	}
	fmt.Fprintf(&out, "\nbytes = %.2f × bytes of documents + %.0f × changes + %.0f × runs, within %.1f %%.\n",
		law[0], law[1], law[2], 100*law.worst(sizes))
	return out.String()
}
