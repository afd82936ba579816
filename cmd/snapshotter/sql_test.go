package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/internal/terminal"
	"snapshotter/report"
)

const (
	sqlDoc       = "../../docs/sql.md"
	datasetteDoc = "../../docs/datasette.json"
)

// demoDatabase is the sample's, opened by means that are not ours.
func demoDatabase(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+demoFile(t)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// answerOf is what a query answers: its columns, and its rows as text.
func answerOf(t *testing.T, db *sql.DB, query string) *terminal.Table {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%v in\n%s", err, query)
	}
	defer rows.Close()
	head, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	answer := &terminal.Table{Head: head}
	for rows.Next() {
		cells := make([]sql.NullString, len(head))
		into := make([]any, len(head))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, cell := range cells {
			if !cell.Valid {
				cell.String = "NULL"
			}
			texts = append(texts, cell.String)
		}
		answer.Add(texts...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return answer
}

var (
	workedQuery = regexp.MustCompile("(?s)### [0-9]+\\. ([^\n]*)\n(?:(?:[^#`]|`[^`])*?)```sql\n(.*?)\n```\n(?:\n```text\n.*?```\n)?")
	viewSection = regexp.MustCompile(`(?s)\n### ([a-z_]+)\n\n(.*?)\n\n\| column \| meaning \|\n\| --- \| --- \|\n((?:\|[^\n]*\n)+)`)
	columnRow   = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (.*) \\|$")
)

// TestSQL holds docs/sql.md and docs/datasette.json to the database of the demo.
func TestSQL(t *testing.T) {
	t.Parallel()
	db := demoDatabase(t)
	t.Run("queries", func(t *testing.T) { queriesAnswerAsDocumented(t, db) })
	t.Run("views", func(t *testing.T) { viewsAreDocumented(t, db) })
	t.Run("datasette", func(t *testing.T) { datasetteSaysTheSame(t, db) })
}

// queriesAnswerAsDocumented runs each query of docs/sql.md on the demo's
// database; -update writes the answers into it.
func queriesAnswerAsDocumented(t *testing.T, db *sql.DB) {
	t.Helper()
	doc := readFile(t, sqlDoc)
	queries := workedQuery.FindAllStringSubmatch(doc, -1)
	if len(queries) != 10 || strings.Count(doc, "```sql\n") != 10 {
		t.Fatalf("found %d queries, want ten", len(queries))
	}
	answered := doc
	for _, query := range queries {
		answer := answerOf(t, db, query[2])
		if len(answer.Rows) == 0 {
			t.Errorf("%q answers nothing, and so shows nothing", query[1])
		}
		var text bytes.Buffer
		if err := answer.Text(&text, 0); err != nil {
			t.Fatal(err)
		}
		asked, _, _ := strings.Cut(query[0], "\n```text\n")
		asked = strings.TrimSuffix(asked, "\n")
		answered = strings.Replace(answered, query[0], asked+"\n\n```text\n"+text.String()+"```\n", 1)
	}
	golden(t, sqlDoc, answered)
}

// viewsAreDocumented holds the tables of columns to the views.
func viewsAreDocumented(t *testing.T, db *sql.DB) {
	t.Helper()
	documented := map[string][]string{}
	for _, view := range viewSection.FindAllStringSubmatch(readFile(t, sqlDoc), -1) {
		for _, column := range columnRow.FindAllStringSubmatch(view[3], -1) {
			documented[view[1]] = append(documented[view[1]], column[1])
		}
	}
	actual := map[string][]string{}
	for _, view := range answerOf(t, db, `SELECT name FROM sqlite_schema WHERE type = 'view'`).Rows {
		actual[view[0]] = answerOf(t, db, "SELECT * FROM "+view[0]+" LIMIT 0").Head
	}
	if d := cmp.Diff(actual, documented); d != "" {
		t.Errorf("docs/sql.md documents other views than there are: %s", d)
	}
}

// metadata is the part of Datasette's that we use.
// https://docs.datasette.io/en/stable/metadata.html
type metadata struct {
	Title       string                      `json:"title"`
	Description string                      `json:"description"`
	Databases   map[string]metadataDatabase `json:"databases"`
}

type metadataDatabase struct {
	Tables  map[string]metadataTable `json:"tables"`
	Queries map[string]metadataQuery `json:"queries"`
}

type metadataTable struct {
	Description string            `json:"description"`
	Columns     map[string]string `json:"columns"`
}

type metadataQuery struct {
	Title string `json:"title"`
	SQL   string `json:"sql"`
}

// datasetteSaysTheSame makes docs/datasette.json from
// docs/sql.md, and runs the queries that it holds.
func datasetteSaysTheSame(t *testing.T, db *sql.DB) {
	t.Helper()
	doc := readFile(t, sqlDoc)
	views := metadataDatabase{map[string]metadataTable{}, map[string]metadataQuery{}}
	for _, view := range viewSection.FindAllStringSubmatch(doc, -1) {
		columns := map[string]string{}
		for _, column := range columnRow.FindAllStringSubmatch(view[3], -1) {
			columns[column[1]] = withoutMarks(column[2])
		}
		views.Tables[view[1]] = metadataTable{withoutMarks(strings.ReplaceAll(view[2], "\n", " ")), columns}
	}
	for _, query := range workedQuery.FindAllStringSubmatch(doc, -1) {
		views.Queries[slug(query[1])] = metadataQuery{query[1], query[2]}
	}
	var want bytes.Buffer
	if err := report.WriteJSON(&want, metadata{
		"Amazon Bedrock by region",
		"Foundation models and inference profiles of Amazon Bedrock, and their history, recorded by snapshotter. Times are UTC.",
		map[string]metadataDatabase{"snapshotter": views},
	}); err != nil {
		t.Fatal(err)
	}
	golden(t, datasetteDoc, want.String())

	var written metadata
	if err := json.Unmarshal([]byte(readFile(t, datasetteDoc)), &written); err != nil {
		t.Fatal(err)
	}
	queries := written.Databases["snapshotter"].Queries
	if len(queries) != 10 {
		t.Errorf("%d queries, want ten", len(queries))
	}
	for name, query := range queries {
		if len(answerOf(t, db, query.SQL).Rows) == 0 {
			t.Errorf("%s answers nothing", name)
		}
	}
}

func withoutMarks(text string) string { return strings.ReplaceAll(text, "`", "") }

// slug is a title as a part of an address.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "t" }), "-")
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// golden holds a file to its content, and writes it with -update.
func golden(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want, readFile(t, path)); d != "" {
		t.Errorf("%s is out of date (run with -update): %s", path, d)
	}
}
