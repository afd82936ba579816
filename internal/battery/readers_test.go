//go:build battery

package battery

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"snapshotter/internal/sample"
)

// subject is a model that two moments of the sample list differently.
const subject = "amazon.nova-2-lite-v1:0"

// whole asks, in one statement, what the newest run is and how much it lists.
const whole = `SELECT (SELECT max(id) FROM runs), (SELECT count(*) FROM current_models), (SELECT count(*) FROM current_profiles),
	(SELECT count(*) FROM item_changes WHERE run_id = (SELECT max(id) FROM runs))`

// TestReadersSeeWholeRuns lets diff, where and sqlite3 read again and again while
// runs are recorded. Every answer is, to the byte, one that the same question
// gets of one of the runs when all is still.
func TestReadersSeeWholeRuns(t *testing.T) {
	needs(t, "sqlite3")
	reads, problems := readDuringRuns(t, binary, 12)
	for name, n := range reads {
		t.Logf("%4d answers of %s", n, name)
		if n < 5 {
			t.Errorf("%s answered only %d times", name, n)
		}
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}

// readDuringRuns returns how often each reader read, and which answers are of no
// run.
func readDuringRuns(t *testing.T, program string, runs int) (reads map[string]int, problems []string) {
	t.Helper()
	server, dir := bedrock(t), t.TempDir()
	run := func(n int) {
		server.Serve(sample.Moments()[n%2].Catalogue)
		if out, err := commandOf(t.Context(), program, dir, server, "", "run", "-q", "--confirm-after", "1ms").CombinedOutput(); err != nil {
			t.Fatalf("run: %v\n%s", err, out)
		}
	}
	ask := func(args ...string) *exec.Cmd {
		return commandOf(context.Background(), program, dir, server, "", append(args, "--format", "json")...)
	}
	asking := map[string]func() *exec.Cmd{
		"diff":    func() *exec.Cmd { return ask("diff") },
		"where":   func() *exec.Cmd { return ask("where", subject) },
		"sqlite3": func() *exec.Cmd { return sqlite(dir, whole) },
	}
	run(0)
	run(1)
	answers := map[string]map[string]int{"diff": {}, "where": {}, "sqlite3": {}}
	still := map[string]map[string]bool{"diff": {}, "where": {}, "sqlite3": {}}
	keep := func() { // what is answered between two runs
		for name, command := range asking {
			still[name][answer(command())] = true
		}
	}
	keep()
	for n := range runs {
		ctx, stop := context.WithCancel(t.Context())
		var readers sync.WaitGroup
		var mu sync.Mutex
		for name, command := range asking {
			readers.Go(func() {
				for ctx.Err() == nil {
					text := answer(command())
					mu.Lock()
					answers[name][text]++
					mu.Unlock()
				}
			})
		}
		run(n)
		stop()
		readers.Wait()
		keep()
	}
	reads = map[string]int{}
	for name, found := range answers {
		for text, n := range found {
			reads[name] += n
			if !still[name][text] {
				problems = append(problems, fmt.Sprintf("%s answered what is of no run: %.300s", name, text))
			}
		}
	}
	return reads, problems
}

// sqlite is a query by SQLite's own shell, which waits for locks as any other
// reader should.
func sqlite(dir, query string) *exec.Cmd {
	return exec.Command("sqlite3", "-readonly", "-cmd", ".timeout 5000", filepath.Join(dir, database), query)
}

func answer(process *exec.Cmd) string {
	var said strings.Builder
	process.Stderr = &said
	out, err := process.Output()
	if err != nil {
		return fmt.Sprintf("%v: %s", err, said.String())
	}
	return string(out)
}
