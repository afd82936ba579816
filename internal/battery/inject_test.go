//go:build battery

package battery

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// stage is what a run starts from and what it comes to when nothing goes wrong.
type stage struct {
	name          string
	program       string
	server        *bedrocktest.Server
	base          string // a directory, which stays as it is
	calls         []call // of such a run that touch its directory
	before, after held
	needs         int64 // the most room that it takes beside base
}

// few keeps the history small, so that a run makes hundreds of calls and not
// thousands.
const few = "eu-west-*"

func (s *stage) run(ctx context.Context, program, dir, tool string) *exec.Cmd {
	return commandOf(ctx, program, dir, s.server, tool, "run", "--region", few, "--confirm-after", "1ms")
}

// stages are a first run, one of every night, and the first one of a program
// whose schema is newer than the history's.
func stages(t *testing.T, program string) []*stage {
	t.Helper()
	first, migrating := newStage(t, program, "first run"), newStage(t, program, "run that migrates")
	migrating.prepare(t, program)
	toFirstSchema(t, migrating.base)
	return []*stage{first, nightly(t, program), migrating}
}

func nightly(t *testing.T, program string) *stage {
	t.Helper()
	s := newStage(t, program, "nightly run")
	s.prepare(t, binary)
	return s
}

func newStage(t *testing.T, program, name string) *stage {
	t.Helper()
	s := &stage{name: name, program: program, server: bedrock(t), base: t.TempDir()}
	s.server.Serve(sample.Moments()[1].Catalogue)
	return s
}

// prepare has another program record a first run, after which much changes.
func (s *stage) prepare(t *testing.T, program string) {
	t.Helper()
	s.server.Serve(sample.Moments()[0].Catalogue)
	if out, err := s.run(t.Context(), program, s.base, "").CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", s.name, err, out)
	}
	s.server.Serve(sample.Moments()[1].Catalogue)
}

// rehearse lets the run pass undisturbed and keeps what it does.
func (s *stage) rehearse(t *testing.T) {
	t.Helper()
	dir, log := s.copy(t), filepath.Join(t.TempDir(), "log")
	everything := "strace -f -y -o " + log + " -e trace=" + fileCalls
	if out, err := s.run(t.Context(), s.program, dir, everything).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", s.name, err, out)
	}
	requireOneThread(t, log, dir)

	dir = s.copy(t)
	if out, err := s.run(t.Context(), s.program, dir, tracing(log)).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", s.name, err, out)
	}
	var err error
	if s.calls, err = readCalls(log, dir); err != nil || len(s.calls) < 50 {
		t.Fatalf("%s: %d calls were traced: %v", s.name, len(s.calls), err)
	}
	if s.before, err = examine(s.base); err != nil {
		t.Fatal(err)
	}
	if s.after, err = examine(dir); err != nil {
		t.Fatal(err)
	}
}

// tracing traces a process's first thread.
func tracing(log string) string { return "strace -y -o " + log + " -e trace=" + fileCalls }

// requireOneThread makes sure that to trace the first thread is to trace all that
// touches files.
func requireOneThread(t *testing.T, log, dir string) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for line := range strings.Lines(string(text)) {
		thread, rest, _ := strings.Cut(line, " ")
		first = cmp.Or(first, thread)
		_, arguments, _ := strings.Cut(rest, "(")
		if path := touched(arguments, dir); path != "" && thread != first {
			t.Fatalf("another thread touches %s: %s", path, line)
		}
	}
}

func (s *stage) copy(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "run")
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(s.base))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Kinds of faults, as strace takes them.
var kinds = []string{"signal=KILL", "error=EIO", "error=ENOSPC"}

// TestEveryCall lets every call by which a run changes or opens a file fail, one
// in each execution, by a kill before it, an I/O error, and a full disk. Each
// time the history is as it was or has the whole new run, what the program says
// is true, and the next run ends well and writes every report that is missing.
func TestEveryCall(t *testing.T) {
	needs(t, "strace")
	for _, s := range stages(t, built(t, onOneThread)) {
		t.Run(s.name, func(t *testing.T) {
			hits, problems := everyCall(t, s, kinds, 50)
			total := 0
			for _, name := range slices.Sorted(maps.Keys(hits)) {
				t.Logf("%5d times %s", hits[name], name)
				total += hits[name]
			}
			t.Logf("%5d in all, of %d calls", total, len(s.calls))
			for _, problem := range problems {
				t.Error(problem)
			}
		})
	}
}

// everyCall injects faults of each kind into every call of a run, until it has
// found enough problems. It returns what was hit how often.
func everyCall(t *testing.T, s *stage, kinds []string, enough int) (hits map[string]int, problems []string) {
	t.Helper()
	s.rehearse(t)
	hits = map[string]int{}
	type fault struct {
		kind  string
		place int
	}
	faults := make(chan fault)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for f := range faults {
				err := s.inject(t, f.kind, f.place)
				mu.Lock()
				if err != nil {
					problem := fmt.Sprintf("%s, %s at call %d (%s): %v", s.name, f.kind, f.place, s.calls[f.place].what, err)
					problems = append(problems, problem)
					t.Log("found: " + problem)
				} else {
					hits[f.kind+" at "+s.calls[f.place].name]++
				}
				mu.Unlock()
			}
		})
	}
	for place := range s.calls {
		for _, kind := range kinds {
			mu.Lock()
			found := len(problems)
			mu.Unlock()
			if found < enough {
				faults <- fault{kind, place}
			}
		}
	}
	close(faults)
	workers.Wait()
	return hits, problems
}

// inject runs once with a fault at one call and checks all that follows. A fault
// that hit another call is tried again, and one call earlier or later: now and
// then the runtime writes, too, to wake a thread.
func (s *stage) inject(t *testing.T, kind string, place int) error {
	at := s.calls[place]
	var missed error
	for try := range 12 {
		nth := at.nth + []int{0, -1, 1}[try%3]
		if nth < 1 {
			continue // strace counts from 1
		}
		dir, log := s.copy(t), filepath.Join(t.TempDir(), "log")
		tool := fmt.Sprintf("%s -e inject=%s:%s:when=%d", tracing(log), at.name, kind, nth)
		process := s.run(t.Context(), s.program, dir, tool)
		var said bytes.Buffer
		process.Stderr = &said
		code := exitCode(t, process.Run())
		calls, err := readCalls(log, dir)
		if err != nil {
			return err
		}
		hit, err := stood(calls, strings.HasPrefix(kind, "signal"))
		if err != nil || hit != place || calls[hit].what != at.what {
			missed = fmt.Errorf("the fault hit another call (%d): %v", hit, err)
			continue
		}
		err = s.judge(t, dir, code, said.String())
		os.RemoveAll(dir)
		return err
	}
	return missed
}

// judge checks what a disturbed run left in dir and said, and that the next one
// sets everything right. The code is -1 if it was killed.
func (s *stage) judge(t *testing.T, dir string, code int, said string) error {
	found, err := examine(dir)
	if err != nil {
		return err
	}
	recorded := found.equal(s.after)
	if !recorded && !found.unchangedFrom(s.before) {
		return errors.New("the history is neither as it was nor has the whole new run")
	}
	if err := honest(code, said, recorded); err != nil {
		return fmt.Errorf("%w; it said %q", err, said)
	}
	if code == 0 {
		if err := wholeReports(dir, found); err != nil {
			return fmt.Errorf("exit code 0, and %w", err)
		}
	}
	if out, err := s.run(t.Context(), s.program, dir, "").CombinedOutput(); err != nil {
		return fmt.Errorf("the next run fails: %w: %s", err, out)
	}
	next, err := examine(dir)
	if err != nil {
		return err
	}
	want := len(found.tables["runs"]) + 1
	if len(next.runs) != want || next.runs[want-1].Digest != s.after.runs[len(s.after.runs)-1].Digest || !next.holds(found) {
		return errors.New("after the next run the history does not hold what it should")
	}
	if err := wholeReports(dir, next); err != nil {
		return fmt.Errorf("after the next run %w", err)
	}
	return nil
}

// honest checks an exit code and a message against whether the run is recorded.
func honest(code int, said string, recorded bool) error {
	for _, crash := range []string{"panic:", "goroutine ", "fatal error:", "SIG"} {
		if strings.Contains(said, crash) {
			return errors.New("it crashed")
		}
	}
	switch code {
	case -1: // it was killed
		return nil
	case 0, 3:
		if !recorded {
			return fmt.Errorf("exit code %d, and the run is not recorded", code)
		}
		if code == 3 && !strings.Contains(said, "the report was not written") {
			return errors.New("exit code 3, and it does not say that the report is missing")
		}
	case 1:
		if recorded && !strings.Contains(said, "may have been kept") {
			return errors.New("it says that it failed, not that the run may be recorded, which it is")
		}
		if !strings.Contains(said, "snapshotter: ") {
			return errors.New("it does not say why it failed")
		}
	default:
		return fmt.Errorf("exit code %d", code)
	}
	return nil
}
