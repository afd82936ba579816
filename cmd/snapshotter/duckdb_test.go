package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/internal/buckettest"
	"snapshotter/internal/needs"
	"snapshotter/lake"
	"snapshotter/store"
)

const lakeDoc = "../../docs/lake.md"

// limitless are the queries of a document, without their limits, by title.
func limitless(t *testing.T, doc string) map[string]string {
	t.Helper()
	queries := map[string]string{}
	for _, query := range workedQuery.FindAllStringSubmatch(readFile(t, doc), -1) {
		text, _, _ := strings.Cut(query[2], "\nLIMIT ")
		queries[query[1]] = text
	}
	if len(queries) != 10 {
		t.Fatalf("%s has %d queries, want ten", doc, len(queries))
	}
	return queries
}

// stateViews are the views of a lake, with the database's of the same meaning and the
// columns that only a lake has.
var stateViews = []struct{ lake, database, apart string }{
	{"current_models", "current_models", ""},
	{"current_profiles", "current_profiles", ""},
	{"current_access_paths", "access_paths", "doubtful"},
	{"current_lifecycle_dates", "lifecycle_dates", ""},
	{"coverage_now", "coverage_now", ""},
}

// TestDuckDB asks DuckDB what a lake of two histories says, in a directory and in S3:
// what the database of each says. SNAPSHOTTER_NODE_MODULES names the folder that has
// @duckdb/node-api; .ci/run fetches it.
func TestDuckDB(t *testing.T) {
	modules := os.Getenv("SNAPSHOTTER_NODE_MODULES")
	if modules == "" {
		t.Skip("SNAPSHOTTER_NODE_MODULES is not set")
	}
	prod, lab := demoFile(t), demoFile(t)
	rewind(t, lab, 3)
	histories := map[string]string{"prod": prod, "lab": lab}
	s3 := buckettest.Start(t, "")
	dir := filepath.Join(t.TempDir(), "lake")
	for _, to := range []string{dir, "s3://" + buckettest.Bucket + "/lake/"} {
		for _, name := range []string{"lab", "prod"} {
			addToLake(t, s3, histories[name], to, name)
		}
	}
	t.Run("account", func(t *testing.T) { accountInDuckDB(t, modules, s3) })
	t.Run("directory", func(t *testing.T) { asTheDatabasesSay(t, modules, dir, histories) })
	t.Run("S3", func(t *testing.T) { asTheDatabasesSay(t, modules, mounted(t, s3), histories) })
}

func rewind(t *testing.T, path string, to int64) {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Rewind(t.Context(), to); err != nil {
		t.Fatal(err)
	}
}

func addToLake(t *testing.T, s3 *buckettest.Server, database, to, name string, more ...string) {
	t.Helper()
	var said bytes.Buffer
	on := silent(nil)
	on.stdout, on.stderr = &said, &said
	on.aws = func(context.Context) (aws.Config, error) { return s3.Config(), nil }
	args := []string{"export", "-q", "--format", "parquet", "--db", database, "--out", to, "--lake-history", name}
	if code := run(t.Context(), append(args, more...), on); code != exitOK {
		t.Fatalf("export: exit code %d: %s", code, &said)
	}
}

// mounted is the lake in S3 as a directory: this DuckDB cannot load its own client of
// S3, which it fetches from the network, so that rclone reads for it.
func mounted(t *testing.T, s3 *buckettest.Server) string {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skip("NOT CHECKED: S3 cannot be mounted here, as there is no /dev/fuse")
	}
	rclone, dir := needs.Tool(t, "rclone"), t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	remote := fmt.Sprintf(":s3,provider=Other,env_auth=false,force_path_style=true,endpoint='%s',access_key_id=%s,secret_access_key='%s':%s/lake", s3.URL, buckettest.Access, buckettest.Secret, buckettest.Bucket)
	process := exec.CommandContext(ctx, rclone, "mount", remote, dir, "--read-only", "--config", "/dev/null")
	process.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}    // without settings of AWS
	process.Cancel = func() error { return process.Process.Signal(os.Interrupt) } // it unmounts
	process.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	process.Stderr = &said
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); process.Wait() })
	for range 300 {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return dir
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("the lake is not mounted: %s", &said)
	return ""
}

// accountInDuckDB asks what a private lake says of the account.
func accountInDuckDB(t *testing.T, modules string, s3 *buckettest.Server) {
	database, root := accountFile(t), filepath.Join(t.TempDir(), "lake")
	addToLake(t, s3, database, root, "own", "--lake-private")
	const columns = "region, kind, id, name, status, type, path, commitment_end, created_at, updated_at, since_run_id"
	answers := askDuckDB(t, modules, root, true, []string{
		"SELECT history, " + columns + " FROM current_resources",
		"SELECT history, region, kind, outcome FROM current_resource_coverage",
		"SELECT DISTINCT history, region, kind, id, model, date, 'end_of_life' FROM current_impact WHERE harm = 'end-of-life' AND date IS NOT NULL",
	})
	own := map[string]string{"own": database}
	for i, query := range []string{
		"SELECT " + columns + " FROM resources",
		"SELECT region, kind, outcome FROM coverage_now WHERE kind NOT IN ('foundation-model', 'inference-profile')",
		"SELECT DISTINCT region, kind, id, model, date, event FROM impact WHERE event = 'end_of_life' AND date >= (SELECT substr(max(started_at), 1, 10) FROM runs)",
	} {
		want := answersOf(t, query, own)
		if len(want) == 0 {
			t.Errorf("%s answers nothing", query)
		}
		if d := cmp.Diff(want, answers[i].lines()); d != "" {
			t.Errorf("the lake does not say what the database says of %s: %s", query, d)
		}
	}
}

func asTheDatabasesSay(t *testing.T, modules, root string, histories map[string]string) {
	t.Helper()
	ofLake, ofDatabase := limitless(t, lakeDoc), limitless(t, sqlDoc)
	var names, queries []string
	for _, view := range stateViews {
		names = append(names, view.lake)
		queries = append(queries, "SELECT * FROM "+view.lake)
	}
	for title, query := range ofLake {
		names = append(names, title)
		queries = append(queries, query)
	}
	queries = append(queries, asOfLab(t))
	answers := askDuckDB(t, modules, root, false, queries)
	want := answersOf(t, "SELECT region, id, status FROM current_models", map[string]string{"lab": histories["lab"]})
	for i := range want {
		want[i] = strings.TrimPrefix(want[i], "lab | ")
	}
	if d := cmp.Diff(want, answers[len(names)].lines()); d != "" {
		t.Errorf("prod as of the last run of lab: %s", d)
	}
	for i, name := range names {
		answer := answers[i]
		query, columns := ofDatabase[name], "*"
		if i < len(stateViews) {
			answer.leaveOut(stateViews[i].apart)
			columns = strings.Join(answer.Columns[1:], ", ") // the first is the history
			columns = strings.Replace(columns, "moment", "at", 1)
			query = "SELECT " + columns + " FROM " + stateViews[i].database
		}
		if query == "" {
			t.Errorf("%s has no query %q", sqlDoc, name)
			continue
		}
		want := answersOf(t, query, histories)
		if len(want) == 0 {
			t.Errorf("%s: nothing to compare", name)
		}
		if d := cmp.Diff(want, answer.lines()); d != "" {
			t.Errorf("%s: the lake does not say what the databases say: %s", name, d)
		}
	}
}

// asOfLab is the documented question after an earlier time, that of lab's last run.
func asOfLab(t *testing.T) string {
	t.Helper()
	_, rest, _ := strings.Cut(readFile(t, lakeDoc), "## What holds now\n")
	_, rest, _ = strings.Cut(rest, "```sql\n")
	query, _, found := strings.Cut(rest, "\n```")
	earlier := strings.Replace(query, "DATE '2026-04-16'", "DATE '2026-04-23'", 1)
	if !found || earlier == query {
		t.Fatalf("%s does not ask for the state before 16 April", lakeDoc)
	}
	return earlier
}

// duckAnswer is an answer of DuckDB.
type duckAnswer struct {
	Columns []string
	Rows    [][]any
	MS      float64
}

func askDuckDB(t *testing.T, modules, root string, private bool, queries []string) []duckAnswer {
	t.Helper()
	statements := "SET TimeZone = 'UTC';" + lake.Statements(lake.DuckDB, root, lake.PublicTables()) + lake.Views()
	if private {
		statements += lake.Statements(lake.DuckDB, root, lake.AccountTables()) + lake.AccountViews()
	}
	asked, err := json.Marshal(map[string]any{"statements": statements, "queries": queries})
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command(needs.Tool(t, "node"), "../../lake/testdata/duckdb.mjs", modules)
	var said bytes.Buffer
	node.Stdin, node.Stderr = bytes.NewReader(asked), &said
	out, err := node.Output()
	if err != nil {
		t.Fatalf("DuckDB: %v: %s", err, &said)
	}
	var answers []duckAnswer
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

func (a *duckAnswer) leaveOut(column string) {
	at := slices.Index(a.Columns, column)
	if at < 0 {
		return
	}
	a.Columns = slices.Delete(a.Columns, at, at+1)
	for i := range a.Rows {
		a.Rows[i] = slices.Delete(a.Rows[i], at, at+1)
	}
}

func (a *duckAnswer) lines() []string {
	var lines []string
	for _, row := range a.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, plain(cell))
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	slices.Sort(lines)
	return lines
}

// answersOf are the rows of a query of each database, with the name of its history first.
func answersOf(t *testing.T, query string, histories map[string]string) []string {
	t.Helper()
	var lines []string
	for name, path := range histories {
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, row := range answerOf(t, db, query).Rows {
			cells := []string{name}
			for _, cell := range row {
				cells = append(cells, plain(cell))
			}
			lines = append(lines, strings.Join(cells, " | "))
		}
	}
	slices.Sort(lines)
	return lines
}

// plain is a value in one form, whichever engine it is from: SQLite has lists as JSON or
// as words, times as text, and truth as a number.
func plain(cell any) string {
	switch cell := cell.(type) {
	case nil:
		return "NULL"
	case bool:
		return map[bool]string{true: "1", false: "0"}[cell]
	case []any:
		var parts []string
		for _, part := range cell {
			parts = append(parts, plain(part))
		}
		slices.Sort(parts)
		return strings.Join(parts, " ")
	case map[string]any:
		text, _ := json.Marshal(cell)
		return string(text)
	case string:
		var list []any
		if strings.HasPrefix(cell, "[") && json.Unmarshal([]byte(cell), &list) == nil {
			return plain(list)
		}
		if zone := strings.HasSuffix(cell, "+00"); zone {
			cell += ":00"
		}
		if at, ok := catalog.ParseTime(cell); ok {
			return at.Format(time.RFC3339Nano)
		}
		words := strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ',' })
		slices.Sort(words)
		return strings.Join(words, " ")
	}
	return fmt.Sprint(cell)
}
