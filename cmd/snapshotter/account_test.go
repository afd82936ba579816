package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// marks are what nothing but the answers about the account may show.
func marks() []string {
	found := []string{bedrocktest.Account, bedrocktest.Secret, catalog.Account}
	for _, content := range sample.OfAccount(sample.Moments()[0].Catalogue) {
		for _, r := range content.Resources {
			found = append(found, r.ID)
			if r.Name != "" && r.Name != "search" && r.Name != "summaries" && r.Name != "greeting" && r.Name != "claims" {
				found = append(found, r.Name) // words that say something else too are looked for by their ID
			}
		}
	}
	return found
}

// Runs with every kind, their reports, logs, messages and site name nothing of the
// account; neither does the database hold its ID, or what it wrote.
func TestAccountStaysInside(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	dir := t.TempDir()
	hook := listen(t)
	var out bytes.Buffer
	all := sample.Moments()[2:]
	for day, moment := range all {
		server.Serve(sample.OfAccount(moment.Catalogue))
		server.Inject(bedrocktest.Fault{Operation: bedrocktest.GetAgent, Region: "us-east-1", Kind: bedrocktest.DenyIAM, Times: day})
		do := func(args ...string) {
			on := silent(server)
			on.stdout, on.stderr = &out, &out
			on.getenv = environment{"SNAPSHOTTER_DB": filepath.Join(dir, "snapshotter.db"), "SNAPSHOTTER_REPORTS": filepath.Join(dir, "reports")}.get
			on.now = func() time.Time { return moment.At.Add(time.Minute) }
			run(t.Context(), args, on)
		}
		do("run", "--kinds", "all", "--lake", filepath.Join(dir, "lake"), "--confirm-after", "1ms", "--notify", hook.hook(), "--region-limit", "5s", "--log-format", []string{"text", "json"}[day%2])
		if day < len(all)-1 {
			continue
		}
		for _, args := range [][]string{
			{"site", "--out", filepath.Join(dir, "site")}, {"report", "--format", "json"}, {"diff"}, {"runs"}, {"models", "--json"}, {"regions"},
			{"lifecycle"}, {"doctor", "--kinds", "all", "--time-limit", "20s"}, {"export", "--out", filepath.Join(dir, "captures")},
		} {
			do(args...)
		}
	}
	messages, _ := hook.heard()
	said := map[string][]byte{"the output": out.Bytes(), "messages": []byte(fmt.Sprint(messages))}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), "snapshotter.db") {
			return err
		}
		said[path], err = os.ReadFile(path)
		if strings.HasSuffix(path, ".parquet") {
			said[path] = parquetText(t, said[path])
		}
		return err
	})
	if err != nil || len(said) < 50 || !bytes.Contains(out.Bytes(), []byte("run recorded")) {
		t.Fatalf("%d places, %v: %s", len(said), err, &out)
	}
	marks := marks()
	for place, text := range said {
		for _, mark := range marks {
			if bytes.Contains(text, []byte(mark)) && (mark != catalog.Account || !strings.HasSuffix(place, ".schema.json")) {
				t.Errorf("%s holds %q", place, mark)
			}
		}
	}
	// A private lake has the account, which the other does not, and no ID of it either.
	private := filepath.Join(dir, "private")
	on := silent(nil)
	if code := run(t.Context(), []string{"export", "--db", filepath.Join(dir, "snapshotter.db"), "--format", "parquet", "--out", private, "--lake-private"}, on); code != exitOK {
		t.Fatalf("private lake: exit code %d", code)
	}
	names, err := filepath.Glob(filepath.Join(private, "v1", "*", "*", "*", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	var whole []byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, parquetText(t, data)...)
	}
	if !bytes.Contains(whole, []byte("chat-team")) || !bytes.Contains(whole, []byte("end-of-life")) || bytes.Contains(whole, []byte(bedrocktest.Account)) {
		t.Errorf("the %d files of a private lake lack the account, or have its ID", len(names))
	}
	database, err := os.ReadFile(filepath.Join(dir, "snapshotter.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{bedrocktest.Account, bedrocktest.Secret} {
		if bytes.Contains(database, []byte(secret)) {
			t.Errorf("the database holds %q", secret)
		}
	}
	if !bytes.Contains(database, []byte("chat-team")) {
		t.Error("the database has nothing of the account: the test proves nothing")
	}
}

// parquetText is everything in a Parquet file, as text.
func parquetText(t *testing.T, data []byte) []byte {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	fmt.Fprintln(&text, file.Metadata().KeyValueMetadata)
	for _, group := range file.RowGroups() {
		rows := group.Rows()
		defer rows.Close()
		buffer := make([]parquet.Row, group.NumRows())
		n, err := rows.ReadRows(buffer)
		if err != nil && err != io.EOF || int64(n) != group.NumRows() {
			t.Fatalf("%d of %d rows: %v", n, group.NumRows(), err)
		}
		for _, row := range buffer {
			fmt.Fprintln(&text, row)
		}
	}
	return text.Bytes()
}

// A site counts and names what the account has only if it is private, and then no link
// in it is dead.
func TestPrivateSite(t *testing.T) {
	t.Parallel()
	path := accountFile(t)
	written := func(args ...string) map[string]string {
		dir := t.TempDir()
		on := silent(nil)
		var out bytes.Buffer
		on.stdout, on.stderr = &out, &out
		if code := run(t.Context(), append([]string{"site", "--db", path, "--out", dir}, args...), on); code != exitOK {
			t.Fatalf("exit code %d: %s", code, &out)
		}
		files := map[string]string{}
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			name, _ := filepath.Rel(dir, path)
			files[filepath.ToSlash(name)] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	public, private := written(), written("--private")
	for name, text := range public {
		if strings.Contains(text, "Yours: ") || strings.Contains(text, "chat-team") || strings.Contains(text, "account/index.html") {
			t.Errorf("%s of a public site is about the account", name)
		}
	}
	page := private["account/index.html"]
	for _, want := range []string{"chat-team", "Paid for beyond the end of life", "eu.anthropic.claude-sonnet-4-6", "(paid until 2026-12-31)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the account lacks %q", want)
		}
	}
	if !strings.Contains(private["changes/2026-04-29T02-00-00Z/report.md"], "Yours: ") || !strings.Contains(private["index.html"], "account/index.html") {
		t.Error("a private site does not lead to the account")
	}
	for _, link := range regexp.MustCompile(`href="\.\./([^"#?]+)`).FindAllStringSubmatch(page, -1) {
		if _, found := private[link[1]]; !found {
			t.Errorf("the page of the account has a dead link to %s", link[1])
		}
	}
	checkAnswer(t, "impact.json", "impact", []byte(private["api/v1/impact.json"]))
}

// The SQL view agrees with the command about what is gone and what ends.
func TestImpactInSQL(t *testing.T) {
	t.Parallel()
	path := accountFile(t)
	var out bytes.Buffer
	on := silent(nil)
	on.stdout, on.now = &out, func() time.Time { return moments()[len(moments())-1].At }
	if code := run(context.Background(), []string{"impact", "--json", "--db", path}, on); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &out)
	}
	var answer ask.ImpactAnswer
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, i := range answer.Impacts {
		switch i.Harm {
		case ask.HarmGone:
			want = append(want, fmt.Sprint(i.Region, " ", i.Kind, " ", i.ID, " ", i.Model, " gone"))
		case ask.HarmEndOfLife:
			for _, in := range i.In {
				want = append(want, fmt.Sprint(i.Region, " ", i.Kind, " ", i.ID, " ", i.Model, " ", in, " ", i.Date))
			}
		}
	}
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := answerOf(t, db, `
		SELECT region || ' ' || kind || ' ' || id || ' ' || model || ' ' || iif(event = 'gone', 'gone', model_region || ' ' || date)
		FROM impact WHERE event IN ('gone', 'end_of_life')`)
	var got []string
	for _, row := range rows.Rows {
		got = append(got, row[0])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("SQL: %s\nimpact: %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var modelIDs = regexp.MustCompile("(?m)^\\| ([a-z ]+) \\| `([^`]+)` \\| ([a-z ]+) \\|$")

// Each example of the README of what to pass as modelId is one that kinds or where
// gives for the demo's account.
func TestREADMEModelIDs(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := modelIDs.FindAllStringSubmatch(string(readme), -1)
	if len(examples) != 7 {
		t.Fatalf("README.md has %d kinds with examples, want 7", len(examples))
	}
	path := accountFile(t)
	for _, example := range examples {
		var out bytes.Buffer
		on := silent(nil)
		on.stdout, on.stderr = &out, &out
		if code := run(context.Background(), []string{"where", "--ids", "--db", path, example[2][strings.LastIndex(example[2], "/")+1:]}, on); code != exitOK {
			t.Errorf("%s: exit code %d: %s", example[1], code, &out)
		}
		if !slices.Contains(strings.Split(out.String(), "\n"), example[2]) {
			t.Errorf("%s: where gives %s, and README.md %s", example[1], &out, example[2])
		}
	}
}
