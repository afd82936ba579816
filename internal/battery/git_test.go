//go:build battery

package battery

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapshotter/capture"
	"snapshotter/catalog"
	"snapshotter/store"
)

const (
	gitNights  = 365
	gitRegions = 30
)

// TestGit keeps the same year of nightly catalogues in git, as people do today,
// and in the database: size, time to tell the last two apart, and time to tell
// the past of one model. Each process is timed from its start to its end.
//
// Git gets the best case: files that jq has sorted, where the service's own
// order differs from night to night; a commit only where something changed; and
// a repository that is packed anew. What its log finds are the nights on which
// a model came or went, and not those on which something about it changed, all
// of which our history tells.
//
// The bars are ten times better in two of the three, and never worse.
// The table says which are met. The test holds on to what was reached: no larger
// a database, and a past told five times faster.
func TestGit(t *testing.T) {
	needs(t, "git")
	y := newYear(t)
	y.fill(t)
	y.wantAlike(t)
	table, missed := y.compare(t)
	t.Log("\n" + table)
	for _, miss := range missed {
		t.Error(miss)
	}
}

// year is one and the same history in two forms.
type year struct {
	world    *world
	git      string // the repository
	database string
}

func newYear(t *testing.T) *year {
	dir := t.TempDir()
	y := &year{
		// It ends on a Wednesday, on which something happens.
		world:    newWorld(gitRegions, time.Date(2025, 11, 20, 2, 0, 0, 0, time.UTC)),
		git:      filepath.Join(dir, "git"),
		database: filepath.Join(dir, "snapshotter.db"),
	}
	y.run(t, "git", "init", "--quiet", "--initial-branch=main", y.git)
	return y
}

// run runs a tool in the repository, if that is there, and returns its output.
func (y *year) run(t *testing.T, line ...string) string {
	t.Helper()
	return execute(t, y.process(line...)).output
}

func (y *year) process(line ...string) *exec.Cmd {
	process := exec.Command(line[0], line[1:]...)
	process.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_PAGER=cat")
	if info, err := os.Stat(y.git); err == nil && info.IsDir() {
		process.Dir = y.git
	}
	return process
}

// fill records every night in both.
func (y *year) fill(t *testing.T) {
	t.Helper()
	db, err := store.Open(t.Context(), y.database)
	if err != nil {
		t.Fatal(err)
	}
	importing := y.process("git", "fast-import", "--quiet")
	stream, err := importing.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := importing.Start(); err != nil {
		t.Fatal(err)
	}
	for night := range gitNights {
		at := y.world.start.AddDate(0, 0, night)
		if night > 0 {
			y.world.step(at, 1)
		}
		var listings []catalog.Listing
		var changed []catalog.Listing
		for _, scope := range y.world.sorted() {
			listing := y.world.listing(scope)
			listings = append(listings, listing)
			if y.world.take(scope) != nil {
				changed = append(changed, listing)
			}
		}
		run := catalog.Run{StartedAt: at, FinishedAt: at.Add(3 * time.Second), Trigger: catalog.Schedule, CollectorVersion: "v1", Partition: "aws"}
		if _, err := db.Record(t.Context(), run, listings); err != nil {
			t.Fatal(err)
		}
		if err := commit(stream, at, changed); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.Close(); err != nil {
		t.Fatal(err)
	}
	if err := importing.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	y.run(t, "git", "reset", "--quiet", "--hard", "main")
	// gc keeps the poor deltas that fast-import made. Those of a year of single
	// commits are good ones, as they are after this.
	y.run(t, "git", "repack", "-a", "-d", "-f", "-q")
	y.run(t, "git", "gc", "--quiet")
}

// commit writes the files of a night's listings that changed as git fast-import
// reads them. https://git-scm.com/docs/git-fast-import
func commit(stream io.Writer, at time.Time, changed []catalog.Listing) error {
	if changed == nil {
		return nil
	}
	var out bytes.Buffer
	message := "Listings of " + at.Format(time.DateOnly)
	fmt.Fprintf(&out, "commit refs/heads/main\ncommitter Nightly <nightly@example.com> %d +0000\ndata %d\n%s\n", at.Unix(), len(message), message)
	for _, listing := range changed {
		file := asJQ(catalog.FormatPage(listing.Kind, listing.Region, listing.Items))
		fmt.Fprintf(&out, "M 100644 inline %s/%s\ndata %d\n%s\n", listing.Region, capture.FileName(listing.Kind), len(file), file)
	}
	_, err := stream.Write(out.Bytes())
	return err
}

// asJQ is what jq -S makes of a file: sorted keys, and two spaces of indent.
func asJQ(page []byte) []byte {
	var value any
	if err := json.Unmarshal(page, &value); err != nil {
		panic(err) // not reached: we wrote it
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		panic(err) // not reached: it was JSON
	}
	return out.Bytes()
}

// wantAlike checks that both tell the same last night.
func (y *year) wantAlike(t *testing.T) {
	t.Helper()
	exported := filepath.Join(t.TempDir(), "export")
	execute(t, command(t.Context(), filepath.Dir(y.database), bedrock(t), "", "export", "--db", y.database, "--out", exported))
	folders, err := capture.Find(exported)
	if err != nil || len(folders) != 1 {
		t.Fatalf("exported %v, %v", folders, err)
	}
	for _, scope := range y.world.sorted() {
		name := filepath.Join(scope.Region, capture.FileName(scope.Kind))
		kept, err := os.ReadFile(filepath.Join(y.git, name))
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := os.ReadFile(filepath.Join(folders[0], name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, asJQ(recorded)) {
			t.Fatalf("%s differs between git and the database", name)
		}
	}
}

// contest is one question put to both.
type contest struct {
	name         string
	theirs, ours float64
	unit         string
}

func (c contest) ratio() float64 { return c.theirs / c.ours }

// compare measures, and returns the table and the bars that are missed.
func (y *year) compare(t *testing.T) (table string, missed []string) {
	t.Helper()
	id := y.busiest(t)
	git := func(line ...string) float64 {
		return warm(t, func() *exec.Cmd { return y.process(append([]string{"git"}, line...)...) }).wall.Seconds() * 1000
	}
	server := bedrock(t)
	own := func(line ...string) float64 {
		return warm(t, func() *exec.Cmd {
			return command(t.Context(), filepath.Dir(y.database), server, "", append(line, "--db", y.database)...)
		}).wall.Seconds() * 1000
	}
	past := own("history", id)
	packed, database := sizeOf(t, filepath.Join(y.git, ".git")), sizeOf(t, y.database)
	contests := []contest{
		{"size, packed", packed, database, "MB"},
		{"the last two apart: `git diff HEAD~1 HEAD`, `snapshotter diff`", git("diff", "HEAD~1", "HEAD"), own("diff"), "ms"},
		{"a model's past: `git log -S ID`, `snapshotter history ID`", git("log", "-S", id), past, "ms"},
		{"… `git log -G ID`", git("log", "-G", id), past, "ms"},
		{"size, with the files of the last night", sizeOf(t, y.git), database, "MB"},
		{"start and end: `git version`, `snapshotter version`", git("version"), own("version"), "ms"},
	}
	var out strings.Builder
	fmt.Fprint(&out, "| | git | ours | times better |\n| --- | ---: | ---: | ---: |\n")
	for _, c := range contests {
		fmt.Fprintf(&out, "| %s | %.1f %s | %.1f %s | %.1f |\n", c.name, c.theirs, c.unit, c.ours, c.unit, c.ratio())
	}
	size, diff, history := contests[0], contests[1], contests[2]
	tenfold := 0
	for _, c := range []contest{size, diff, history} {
		if c.ratio() >= 10 {
			tenfold++
		}
	}
	fmt.Fprintf(&out, "\nTen times better in %d of 3 (the bar is 2).", tenfold)
	if diff.ratio() < 1 {
		fmt.Fprint(&out, " Slower in telling the last two apart (the bar is never).")
	}
	out.WriteString("\n")
	if size.ratio() < 1 {
		missed = append(missed, "the database is larger than the repository")
	}
	if history.ratio() < 5 {
		missed = append(missed, fmt.Sprintf("a model's past is told %.1f times faster, want 5 at least", history.ratio()))
	}
	return out.String(), missed
}

// busiest is the model to which most happened.
func (y *year) busiest(t *testing.T) string {
	t.Helper()
	db, err := store.OpenReader(t.Context(), y.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	busiest, most := "", 0
	for _, id := range y.world.models {
		events, err := db.History(t.Context(), catalog.KindFoundationModel, id)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) > most {
			busiest, most = id, len(events)
		}
	}
	t.Logf("%d items in %d regions at last; %d events in the past of the busiest model", y.items(), gitRegions, most)
	return busiest
}

func (y *year) items() (n int) {
	for _, items := range y.world.scopes {
		n += len(items)
	}
	return n
}

// sizeOf is the size of a file, or of all files in a folder, in MB.
func sizeOf(t *testing.T, path string) float64 {
	t.Helper()
	var size int64
	err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		size += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return float64(size) / 1e6
}
