package main

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/atomicfile"
	"snapshotter/job"
	"snapshotter/store"
)

// asCommand makes the test binary run the command, in a process that can be
// killed.
const asCommand = "SNAPSHOTTER_TEST_AS_COMMAND"

// TestKilledRuns kills runs at random moments. Each time the database holds what it
// held before, or the complete new run, checked against its digest; the next run
// continues from there and writes the missing report.
//
// SNAPSHOTTER_KILLS sets how many runs are killed.
func TestKilledRuns(t *testing.T) {
	t.Parallel()
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("SNAPSHOTTER_KILLS")); err == nil {
		kills = n
	}
	server := startBedrock(t)
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	moments := moments()
	command := func() *exec.Cmd {
		process := exec.Command(os.Args[0], "run", "-q", "--confirm-after", "1ms")
		process.Dir, process.Env = dir, environ(server.Env())
		return process
	}
	server.Serve(moments[0].Catalogue)
	begun := time.Now()
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("first run: %v: %s", err, out)
	}
	span := time.Since(begun) * 3 / 2 // some kills come too late
	recorded := 0
	for kill := range kills {
		server.Serve(moments[kill%2].Catalogue)
		before := recordedIn(t, dir)
		process := command()
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		// What must hold does not depend on the moment.
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(span))), func() { process.Process.Kill() })
		process.Wait()
		timer.Stop()
		after := recordedIn(t, dir)
		if len(after) != len(before) && len(after) != len(before)+1 {
			t.Fatalf("kill %d: %d runs became %d", kill, len(before), len(after))
		}
		recorded += len(after) - len(before)
	}
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("last run: %v: %s", err, out)
	}
	runs := recordedIn(t, dir)
	for _, run := range runs[max(0, len(runs)-job.Repairs):] {
		if path := filepath.Join(dir, "reports", job.ReportName(run)); !atomicfile.Exists(path) {
			t.Errorf("run %d has no report", run.ID)
		}
	}
	t.Logf("of %d killed runs %d were recorded", kills, recorded)
}

// TestKilledExports kills exports at random moments. Each time every file that is there is
// whole; the next export completes the lake, and no row is in it twice.
func TestKilledExports(t *testing.T) {
	t.Parallel()
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("SNAPSHOTTER_KILLS")); err == nil {
		kills = n
	}
	server := startBedrock(t)
	dir := t.TempDir()
	database := filepath.Join(dir, "snapshotter.db")
	for month := range 12 {
		server.Serve(moments()[month%2].Catalogue)
		on := silent(server)
		on.now = func() time.Time { return time.Date(2026, time.Month(month+1), 5, 2, 0, 0, 0, time.UTC) }
		on.getenv = environment{"SNAPSHOTTER_DB": database, "SNAPSHOTTER_REPORTS": filepath.Join(dir, "reports")}.get
		if code := run(t.Context(), []string{"run", "-q", "--confirm-after", "1ms"}, on); code != exitOK {
			t.Fatalf("month %d: exit code %d", month, code)
		}
	}
	command := func(lake string) *exec.Cmd {
		process := exec.Command(os.Args[0], "export", "-q", "--format", "parquet", "--db", database, "--out", lake)
		process.Dir, process.Env = dir, environ(server.Env())
		return process
	}
	begun := time.Now()
	if out, err := command("whole").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	span, random := time.Since(begun), rand.New(rand.NewPCG(3, 4))
	want := lakeLines(t, filepath.Join(dir, "whole"))
	partly := 0
	for kill := range kills {
		lake := "lake" + strconv.Itoa(kill)
		for range 3 {
			process := command(lake)
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(time.Duration(random.Int64N(int64(span))), func() { process.Process.Kill() })
			process.Wait()
			timer.Stop()
			if n := len(lakeLines(t, filepath.Join(dir, lake))); n > 0 && n < len(want) {
				partly++
			}
		}
		if out, err := command(lake).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got := lakeLines(t, filepath.Join(dir, lake)); !slices.Equal(got, want) {
			t.Errorf("after kill %d the lake has %d rows, want %d", kill, len(got), len(want))
		}
	}
	t.Logf("%d of %d killed exports left a part", partly, 3*kills)
}

// lakeLines are all rows of a lake, with their tables, sorted.
func lakeLines(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "v1", "*", "*", "*", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		table := strings.Split(strings.TrimPrefix(name, dir), string(filepath.Separator))[2]
		_, rows, _ := strings.Cut(string(parquetText(t, data)), "\n") // without what the file says of itself
		for row := range strings.Lines(rows) {
			lines = append(lines, table+" "+row)
		}
	}
	slices.Sort(lines)
	return lines
}

// TestSecondRunIsRefused holds the lock: every command that writes must exit at
// once, and those that read must work.
func TestSecondRunIsRefused(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	server.Serve(moments()[0].Catalogue)
	dir := t.TempDir()
	call := func(args ...string) (int, string) {
		var stderr strings.Builder
		on := silent(server)
		on.stderr = &stderr
		on.getenv = environment{"SNAPSHOTTER_DB": filepath.Join(dir, "snapshotter.db"), "SNAPSHOTTER_REPORTS": filepath.Join(dir, "reports")}.get
		return run(t.Context(), args, on), stderr.String()
	}
	if code, said := call("run", "-q"); code != exitOK {
		t.Fatalf("first run: exit code %d: %s", code, said)
	}
	if err := os.MkdirAll(filepath.Join(dir, "2026-01-01", "eu-west-1"), 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := store.Acquire(filepath.Join(dir, "snapshotter.db"))
	if err != nil {
		t.Fatal(err)
	}
	asked := len(server.Calls())
	for _, args := range [][]string{{"run"}, {"import", filepath.Join(dir, "2026-01-01")}} {
		if code, said := call(args...); code != exitLocked || !strings.Contains(said, strconv.Itoa(os.Getpid())) {
			t.Errorf("%s: exit code %d, said %q; want %d and the holder's pid", args[0], code, said, exitLocked)
		}
	}
	if len(server.Calls()) != asked {
		t.Error("a run that was refused asked Bedrock all the same")
	}
	for _, args := range [][]string{{"runs"}, {"diff"}, {"report"}} {
		if code, said := call(args...); code != exitOK {
			t.Errorf("%s: exit code %d, said %q", args[0], code, said)
		}
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if code, said := call("run", "-q"); code != exitOK {
		t.Errorf("after the lock was released: exit code %d: %s", code, said)
	}
}

// recordedIn opens the database, checks every run and returns the runs.
func recordedIn(t *testing.T, dir string) []catalog.Run {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(dir, "snapshotter.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	runs, err := db.LastRecorded(ctx, math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		if err := db.Verify(ctx, run.ID); err != nil {
			t.Fatal(err)
		}
	}
	return runs
}
