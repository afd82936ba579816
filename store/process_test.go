package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/store"
)

// childVariable holds the path that a child process works on. What children do
// is written as tests that do nothing unless it is set.
const childVariable = "SNAPSHOTTER_TEST_CHILD"

func childPath(t *testing.T) string {
	path := os.Getenv(childVariable)
	if path == "" {
		t.Skip("run by other tests in a process of its own")
	}
	return path
}

// child is this test binary in another process, running one test.
func child(t *testing.T, test, path string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary, "-test.run=^"+test+"$", "-test.v", "-test.timeout=1m")
	command.Env = append(os.Environ(), childVariable+"="+path)
	command.Stderr = os.Stderr
	return command
}

// start starts a child and returns what it prints.
func start(t *testing.T, command *exec.Cmd) *bufio.Reader {
	t.Helper()
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	return bufio.NewReader(output)
}

// await reads until a line with text, and returns the line.
func await(t *testing.T, output *bufio.Reader, text string) string {
	t.Helper()
	for {
		line, err := output.ReadString('\n')
		if err != nil {
			t.Fatalf("waiting for %q: %v", text, err)
		}
		if strings.Contains(line, text) {
			return line
		}
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	first, err := store.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Acquire(path)
	wantHeld(t, err, path, os.Getpid())
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}

// The lock ends with its holder, however that ends: what a killed one left
// behind is no obstacle.
func TestLockOfAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	holder := child(t, "TestHoldLock", path)
	await(t, start(t, holder), "held")
	_, err := store.Acquire(path)
	wantHeld(t, err, path, holder.Process.Pid)

	holder.Process.Kill()
	holder.Wait()
	if left := string(read(t, path+".lock")); left != fmt.Sprintf("%d new\n", holder.Process.Pid) {
		t.Errorf("the killed holder left %q, want its process id", left)
	}
	lock, err := store.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(read(t, path+".lock")); got != fmt.Sprintf("%d new\n", os.Getpid()) {
		t.Errorf("the lock names %q, want %d", got, os.Getpid())
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

// One database has one lock, whatever name leads to it.
func TestLockThroughLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "history.db"), filepath.Join(t.TempDir(), "link.db")
	close(t, open(t, path))
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	lock, err := store.Acquire(link)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	_, err = store.Acquire(path)
	wantHeld(t, err, path, os.Getpid())
}

// A lock file that is a link or a pipe is refused: what it leads to stays as it
// is, and nothing waits for a writer.
func TestLockIsARegularFile(t *testing.T) {
	path, precious := filepath.Join(t.TempDir(), "history.db"), filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, create := range map[string]func() error{
		"link": func() error { return os.Symlink(precious, path+".lock") },
		"pipe": func() error { return syscall.Mkfifo(path+".lock", 0o600) },
	} {
		if err := create(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Acquire(path); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
			t.Errorf("a lock file that is a %s: %v", name, err)
		}
		if err := os.Remove(path + ".lock"); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(precious); err != nil || string(text) != "text" {
		t.Errorf("the file behind the link holds %q, %v", text, err)
	}
}

// The lock file of a recorded history is evidence of it; that of a first run that
// was killed is not.
func TestLockKnowsAHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	acquire := func() *store.Lock {
		t.Helper()
		lock, err := store.Acquire(path)
		if err != nil {
			t.Fatal(err)
		}
		return lock
	}
	lock := acquire()
	if lock.Known() || lock.Interrupted() {
		t.Error("nothing was here, and the lock says otherwise")
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock of no database stays: %v", err)
	}
	if err := os.WriteFile(path+".lock", []byte("123 new\n"), 0o644); err != nil { // as a killed first run leaves it
		t.Fatal(err)
	}
	lock = acquire()
	if lock.Known() || !lock.Interrupted() {
		t.Error("a killed first run is taken for a history")
	}
	close(t, open(t, path))
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	lock = acquire()
	defer lock.Release()
	if !lock.Known() {
		t.Error("the lock of a lost history does not say so")
	}
}

func wantHeld(t *testing.T, err error, path string, pid int) {
	t.Helper()
	var locked *store.LockedError
	if !errors.As(err, &locked) || locked.PID != pid || locked.Path != path {
		t.Errorf("error %v, want that process %d uses %s", err, pid, path)
	}
}

func TestHoldLock(t *testing.T) {
	path := childPath(t)
	if _, err := store.Acquire(path); err != nil {
		t.Fatal(err)
	}
	fmt.Println("held")
	select {} // until it is killed
}

func TestLockInMissingDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "history.db")
	_, err := store.Acquire(path)
	wantError(t, err, new(*os.PathError), path)
}

// crashListings are what the n-th run of the crash test lists: every item
// differs from the run before, some are gone, and some come back.
func crashListings(n int) []catalog.Listing {
	var items []catalog.Item
	for i := range 80 {
		if (n+i)%7 != 0 {
			items = append(items, model(fmt.Sprintf("m%03d", i), fmt.Sprintf("Model %d as of run %d", i, n)))
		}
	}
	return []catalog.Listing{listed(models, items...)}
}

// TestKill kills a process that records runs, at many moments, and each time
// finds the state before or the state after the run that was cut off, whole.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	random := rand.New(rand.NewPCG(3, 7))
	recorded := 0
	for range 20 {
		begun, done := killAfter(t, path, random.IntN(8))
		if done == 0 {
			done = recorded // killed before it got anywhere
		}
		recorded = checkKilled(t, path, done, max(begun, done))
	}
	if recorded < 20 {
		t.Errorf("only %d runs were recorded: the kills hit nothing", recorded)
	}
}

// killAfter kills a recording process after it told of a number of steps, and
// returns the last run that it began and the last that it had done.
func killAfter(t *testing.T, path string, steps int) (begun, done int) {
	t.Helper()
	recorder := child(t, "TestRecordUntilKilled", path)
	output := start(t, recorder)
	scan := func(line string) {
		fmt.Sscanf(line, "begin %d", &begun)
		fmt.Sscanf(line, "done %d", &done)
	}
	for range steps {
		line, err := output.ReadString('\n')
		if err != nil {
			t.Fatalf("the recorder ended by itself: %v", err)
		}
		scan(line)
	}
	recorder.Process.Kill()
	rest, err := io.ReadAll(output) // what it told before it died
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.SplitAfter(string(rest), "\n") {
		scan(line)
	}
	recorder.Wait()
	return begun, done
}

func TestRecordUntilKilled(t *testing.T) {
	path := childPath(t)
	ctx := context.Background()
	s, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := s.Runs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for n := len(runs) + 1; ; n++ {
		fmt.Printf("begin %d\n", n)
		if _, err := s.Record(ctx, run(n), crashListings(n)); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("done %d\n", n)
	}
}

// checkKilled opens what a killed process left and returns how many runs it
// holds: at least those that were done, at most those that were begun.
func checkKilled(t *testing.T, path string, done, begun int) int {
	t.Helper()
	ctx := context.Background()
	s := open(t, path)
	defer s.Close()
	runs, err := s.Runs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) < done || len(runs) > begun {
		t.Fatalf("%d runs are recorded, want %d to %d", len(runs), done, begun)
	}
	for i, run := range runs {
		snapshot, err := s.Snapshot(ctx, run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(crashListings(i + 1)[0].Items, snapshot.Scopes[0].Items); d != "" {
			t.Errorf("as of run %d (-want +got):\n%s", run.ID, d)
		}
		if err := s.Verify(ctx, run.ID); err != nil {
			t.Error(err)
		}
	}
	checkIntegrity(t, path)
	return len(runs)
}

func checkIntegrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s, %v", verdict, err)
	}
	var violations int
	if err := db.QueryRow("SELECT count(*) FROM pragma_foreign_key_check").Scan(&violations); err != nil || violations != 0 {
		t.Errorf("foreign_key_check: %d violations, %v", violations, err)
	}
}
