package lake

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated parts of docs/lake.md")

// TestDocument holds the tables and statements of docs/lake.md to the code.
func TestDocument(t *testing.T) {
	const begin, end, path = "<!-- From the code: go test ./lake -run TestDocument -update -->\n\n", "\n<!-- End -->\n", "../docs/lake.md"
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(read), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the tables", path)
	}
	want := before + begin + generated() + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, string(read)); d != "" {
		t.Errorf("%s is out of date (run with -update): %s", path, d)
	}
}

func generated() string {
	var text strings.Builder
	describe(&text, PublicTables())
	for _, engine := range []struct {
		name  Engine
		about string
		at    string
	}{
		{DuckDB, "Of a lake in S3, write `s3://my-bucket/lake` for `lake`, after `INSTALL httpfs`. Say `SET TimeZone = 'UTC'` first: else times\nand dates are those of your own zone.", "lake"},
		{Athena, "Name your histories in `projection.history.values`, separated by commas, and the first month in `projection.month.range`.\nRun one statement at a time. These were not tried on AWS: only DuckDB was.", "s3://my-bucket/lake"},
		{Trino, "`sync_partition_metadata` finds new months: call it at the beginning of each. Spark reads the folder of a table as it is.\nNeither was tried.", "s3://my-bucket/lake"},
	} {
		fmt.Fprintf(&text, "## In %s\n\n%s\n\n```sql\n%s```\n\n", engine.name, engine.about, Statements(engine.name, engine.at, PublicTables()))
	}
	fmt.Fprintf(&text, "## Views for every engine\n\n```sql\n%s```\n\n", Views())
	text.WriteString("## Tables of the account\n\nOnly `--lake-private` writes them.\n\n")
	describe(&text, AccountTables())
	fmt.Fprintf(&text, "In DuckDB; the other engines have them as above:\n\n```sql\n%s\n%s```\n", Statements(DuckDB, "lake", AccountTables()), AccountViews())
	return text.String()
}

func describe(text *strings.Builder, tables []Table) {
	for _, table := range tables {
		fmt.Fprintf(text, "### %s\n\n%s\n\n| column | type | meaning |\n| --- | --- | --- |\n", table.Name, table.Title)
		for _, column := range table.Columns {
			fmt.Fprintf(text, "| `%s` | `%s` | %s |\n", column.Name, column.Type, column.About)
		}
		text.WriteString("\n")
	}
}

func TestCheckHistory(t *testing.T) {
	for name, good := range map[string]bool{
		"main": true, "prod-eu.1_a": true, "0": true, strings.Repeat("a", 64): true,
		"": false, "Prod": false, "a/b": false, "a b": false, ".": false, "-a": false, "a=b": false, "ä": false, strings.Repeat("a", 65): false, "a\n": false,
	} {
		if err := CheckHistory(name); (err == nil) != good {
			t.Errorf("CheckHistory(%q) = %v", name, err)
		}
	}
}
