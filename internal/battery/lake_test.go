//go:build battery

package battery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/lake"
	"snapshotter/state"
	"snapshotter/store"
)

// hundred is how many histories a lake is asked about.
const hundred = 100

// lakeQuestions are asked of every engine; they begin with the last month of the ten years.
var lakeQuestions = []struct{ what, duckdb, sqlite string }{
	{
		"What can be called now, and where?",
		"SELECT region, model, count(DISTINCT history) FROM current_access_paths WHERE callable AND NOT doubtful GROUP BY region, model",
		"SELECT DISTINCT region, model FROM access_paths WHERE callable",
	}, {
		"What ended this year?",
		"SELECT model, date, count(DISTINCT history) FROM lifecycle_dates WHERE month >= '2035-01' AND present AND event = 'end_of_life' AND date BETWEEN DATE '2035-01-01' AND DATE '2035-12-31' GROUP BY model, date",
		"SELECT model, date, count(*) FROM lifecycle_dates WHERE event = 'end_of_life' AND date BETWEEN '2035-01-01' AND '2035-12-31' GROUP BY model, date",
	}, {
		"What happened to one model, anywhere?",
		"SELECT history, run_at, region, change FROM changes WHERE id = 'provider0.model-10-v1:0'",
		"SELECT at, region, change FROM changes WHERE id = 'provider0.model-10-v1:0'",
	},
}

// TestLake writes ten years of nightly runs over 35 regions to two lakes, one that grew by
// a run a night and one that was exported whole, puts each there under a hundred names,
// and asks DuckDB and SQLite three lakeQuestions. SNAPSHOTTER_DECADE names the history,
// SNAPSHOTTER_LAKES a directory that keeps the lakes from one execution to the next, and
// SNAPSHOTTER_NODE_MODULES the folder of @duckdb/node-api.
func TestLake(t *testing.T) {
	decade, dir, modules := os.Getenv("SNAPSHOTTER_DECADE"), os.Getenv("SNAPSHOTTER_LAKES"), os.Getenv("SNAPSHOTTER_NODE_MODULES")
	if decade == "" || dir == "" || modules == "" {
		t.Skip("SNAPSHOTTER_DECADE, SNAPSHOTTER_LAKES or SNAPSHOTTER_NODE_MODULES is not set")
	}
	needs(t, "sqlite3", "node")
	var table strings.Builder
	fmt.Fprintln(&table, "| histories | files | MB | question | first time | again | read |\n| --- | ---: | ---: | --- | ---: | ---: | ---: |")
	for _, kind := range []struct {
		name string
		fill func(t *testing.T, decade, lake string)
	}{{"exported whole", exportWhole}, {"grown by night", grow}} {
		one := filepath.Join(dir, strings.ReplaceAll(kind.name, " ", "-"))
		if _, err := os.Stat(one); err != nil {
			kind.fill(t, decade, one)
		}
		many := one + "-100"
		if _, err := os.Stat(many); err != nil {
			multiply(t, one, many)
		}
		files, size := measure(t, many)
		for i, answer := range askDuckDB(t, modules, many) {
			fmt.Fprintf(&table, "| %s | %d | %d | %s | %.1f s | %.1f s | %.0f MB |\n", kind.name, files, size>>20, lakeQuestions[i].what, answer.MS/1000, answer.again/1000, answer.Read/(1<<20))
		}
	}
	for _, q := range lakeQuestions {
		first, again, read := askSQLite(t, decade, q.sqlite)
		info, err := os.Stat(decade)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&table, "| in SQLite | %d | %d | %s | %.1f s | %.1f s | %.0f MB |\n", hundred, hundred*info.Size()>>20, q.what, first.Seconds(), again.Seconds(), read/(1<<20))
	}
	t.Log("\n" + table.String())
}

func exportWhole(t *testing.T, decade, lake string) {
	begun := time.Now()
	used := execute(t, command(t.Context(), t.TempDir(), bedrock(t), "", "export", "--format", "parquet", "--db", decade, "--out", lake))
	t.Logf("export of ten years: %s, CPU %s, %.0f MB: %s", time.Since(begun).Round(time.Second/10), used.cpu, used.peak, used.output)
	again := warm(t, func() *exec.Cmd {
		return command(t.Context(), t.TempDir(), bedrock(t), "", "export", "--format", "parquet", "--db", decade, "--out", lake)
	})
	t.Logf("nothing to add: %s, %.0f MB", again.wall, again.peak)
}

// grow adds a night at a time, as run does, but reads the history once a month.
func grow(t *testing.T, decade, to string) {
	ctx := context.Background()
	db, err := store.OpenReader(ctx, decade)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := state.NewFiles(to, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	runs, err := db.Runs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	covered, err := db.Coverage(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	source, month := &lake.Source{}, ""
	for i, run := range runs {
		if m := run.StartedAt.Format("2006-01"); m != month {
			month, source = m, &lake.Source{Coverage: covered, Histories: map[catalog.Kind]map[string][]catalog.Event{}}
			for _, kind := range catalog.Kinds() {
				if source.Histories[kind], err = db.HistoriesSince(ctx, kind, run.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		source.Runs = runs[:i+1]
		done := lake.Done{"runs": run.ID - 1}
		if err := source.Batches(done, func(b *lake.Batch) error {
			written, err := b.Files(lake.DefaultHistory, done)
			for _, file := range written {
				if err == nil {
					err = files.Create(ctx, file.Name, file.Data, file.Private)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// multiply links every file under a hundred names of histories: an engine cannot know
// that they are alike, though the system keeps each in memory once.
func multiply(t *testing.T, one, many string) {
	err := filepath.WalkDir(one, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for account := range hundred {
			other := strings.Replace(many+strings.TrimPrefix(path, one), "history="+lake.DefaultHistory, fmt.Sprintf("history=account-%03d", account), 1)
			switch {
			case entry.IsDir():
				err = os.MkdirAll(other, 0o755)
			default:
				err = os.Link(path, other)
			}
			if err != nil && !os.IsExist(err) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func measure(t *testing.T, dir string) (files int, size int64) {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		files, size = files+1, size+info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, size
}

// duckAnswer is what a question took.
type duckAnswer struct {
	Rows     [][]any
	MS, Read float64
	again    float64
}

// askDuckDB asks each question twice, because it keeps in memory what it has read, and
// returns what it read and how long it took the first time, and how long the second.
func askDuckDB(t *testing.T, modules, root string) []duckAnswer {
	var queries []string
	for _, q := range lakeQuestions {
		queries = append(queries, q.duckdb, q.duckdb)
	}
	input, err := json.Marshal(map[string]any{"statements": lake.Statements(lake.DuckDB, root, lake.PublicTables()) + lake.Views(), "queries": queries})
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "--max-old-space-size=8192", "../../lake/testdata/duckdb.mjs", modules)
	node.Stdin = bytes.NewReader(input)
	used := execute(t, node)
	var answers, asked []duckAnswer
	if err := json.Unmarshal([]byte(used.output), &answers); err != nil {
		t.Fatal(err)
	}
	for i, answer := range answers {
		if len(answer.Rows) == 0 {
			t.Errorf("%q has no answer", queries[i])
		}
		if i%2 == 1 {
			answers[i-1].again = answer.MS
			asked = append(asked, answers[i-1])
		}
	}
	t.Logf("%s: %.0f MB of memory", root, used.peak)
	return asked
}

// askSQLite asks a hundred databases one after the other, and says what they read.
func askSQLite(t *testing.T, decade, query string) (first, again time.Duration, read float64) {
	script := fmt.Sprintf(`for i in $(seq %d); do sqlite3 -readonly "$1" "$2" | wc -l; done | awk '{n += $1} END {print n}'; sed -n 's/rchar: //p' /proc/$$/io`, hundred)
	ask := func() usage { return execute(t, exec.Command("bash", "-c", script, "bash", decade, query)) }
	first = ask().wall
	used := ask()
	lines := strings.Fields(used.output)
	if len(lines) != 2 || lines[0] == "0" {
		t.Errorf("%q answers %q", query, used.output)
		return first, used.wall, 0
	}
	fmt.Sscan(lines[1], &read)
	return first, used.wall, read
}
