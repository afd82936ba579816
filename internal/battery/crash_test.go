//go:build battery

package battery

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// The windows that kills aim at.
const (
	anywhere      = "at any moment"
	collecting    = "during collection"
	inTransaction = "inside the transaction"
	reporting     = "between commit and report"
	migrating     = "during a migration"
)

var windows = []string{anywhere, collecting, inTransaction, reporting, migrating}

// Where a process stood when it was killed, looked at while it was stopped.
const (
	atOpening    = "before anything was asked"
	atMigration  = "in the transaction of a migration"
	atCollection = "while lists were read, or just after"
	atWriting    = "in the transaction of the run"
	atReporting  = "recorded, its report not there yet"
	atEnd        = "recorded and reported, before its end"
	afterEnd     = "ended by itself"
)

// TestKilledRuns kills 500 runs with SIGKILL, a fifth of them aimed at each
// window, at moments drawn from a seed. Each time the database opens, is whole,
// and holds what it held or all of the new run, by its digest; the next run
// that is let through ends well and writes every report that is missing.
//
// A process is stopped before it is killed, so that where the kill hit is seen
// and not guessed. SNAPSHOTTER_KILLS sets another number.
func TestKilledRuns(t *testing.T) {
	kills, err := strconv.Atoi(cmp.Or(os.Getenv("SNAPSHOTTER_KILLS"), "500"))
	if err != nil {
		t.Fatal(err)
	}
	hits, problems := killed(t, binary, windows, kills/len(windows), 50)
	for _, problem := range problems {
		t.Error(problem)
	}
	for _, place := range []string{atOpening, atMigration, atCollection, atWriting, atReporting, atEnd, afterEnd} {
		t.Logf("%4d kills hit a run %s", hits[place], place)
	}
	for _, place := range []string{atMigration, atCollection, atWriting, atReporting} {
		if hits[place] < kills/20 {
			t.Errorf("only %d kills hit a run %s: too few to say anything", hits[place], place)
		}
	}
}

// killed kills a number of runs in each window, until it has found enough
// problems, and returns where they were hit.
func killed(t *testing.T, program string, windows []string, each, enough int) (hits map[string]int, problems []string) {
	t.Helper()
	k := newKiller(t, program)
	hits = map[string]int{}
	for _, window := range windows {
		var dir string
		for n := 0; n < each && len(problems) < enough; n++ {
			if n%20 == 0 || window == migrating {
				dir = k.begin(t, window)
			}
			place, err := k.kill(t, dir, window)
			hits[place]++
			if err == nil && (window == migrating || k.random.IntN(3) == 0) {
				err = k.repair(t, dir)
			}
			if err != nil {
				problem := fmt.Sprintf("kill %d %s hit a run %s: %v", n, window, place, err)
				t.Log("found: " + problem)
				problems, dir = append(problems, problem), k.begin(t, window)
			}
		}
	}
	return hits, problems
}

// killer kills runs against one Bedrock.
type killer struct {
	program string
	server  *bedrocktest.Server
	random  *rand.Rand
	recent  string // a directory with a history of two runs
	old     string // the same, with the first schema
	digests []string
	places  []bedrocktest.Call // what a run asks for
	spans   map[string]time.Duration
	served  int
}

// toFirstSchema takes away what later migrations added to the history of dir, all of
// it beside what the digests cover.
func toFirstSchema(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, database))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"DROP TABLE suspicions", "DROP TABLE binding", "DROP TABLE notify_state", "DROP TABLE deliveries",
		"DELETE FROM goose_db_version WHERE version_id > 1",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func newKiller(t *testing.T, program string) *killer {
	t.Helper()
	k := &killer{
		program: program, server: bedrock(t), random: rand.New(rand.NewPCG(5, 500)),
		recent: t.TempDir(), old: t.TempDir(), spans: map[string]time.Duration{},
	}
	for moment := range 2 {
		k.serve(moment)
		k.run(t, program, k.recent)
		k.run(t, program, k.old)
	}
	toFirstSchema(t, k.old)
	state, err := examine(k.recent)
	if err != nil || len(state.runs) != 2 {
		t.Fatalf("the history to begin from has %d runs: %v", len(state.runs), err)
	}
	for _, run := range state.runs {
		k.digests = append(k.digests, run.Digest)
	}
	k.measure(t)
	return k
}

func (k *killer) serve(moment int) {
	k.served = moment
	k.server.Serve(sample.Moments()[moment].Catalogue)
}

func (k *killer) command(program, dir string) *exec.Cmd {
	return commandOf(context.Background(), program, dir, k.server, "", "run", "--confirm-after", "1ms")
}

func (k *killer) run(t *testing.T, program, dir string) {
	t.Helper()
	if out, err := k.command(program, dir).CombinedOutput(); err != nil {
		t.Fatalf("run: %v\n%s", err, out)
	}
}

// measure finds how long the windows are, from which delays are drawn, and what
// a run asks for.
func (k *killer) measure(t *testing.T) {
	dir := k.begin(t, migrating)
	process := k.start(t, dir)
	locked, committed := process.transaction(dir)
	process.kill()
	k.spans[migrating] = committed.Sub(locked) * 3 / 2 // there is another one, and some kills come between

	dir = k.begin(t, anywhere)
	asked := len(k.server.Calls())
	begun := time.Now()
	process = k.start(t, dir)
	process.await(func() bool { return len(k.server.Calls()) > asked })
	locked, committed = process.transaction(dir)
	<-process.done
	k.spans[inTransaction], k.spans[reporting] = committed.Sub(locked), time.Since(committed)
	k.spans[anywhere] = time.Since(begun) * 5 / 4 // some come too late
	k.places = k.server.Calls()[asked:]
	t.Logf("a run takes %v: %v in its transaction, %v after that", time.Since(begun), k.spans[inTransaction], k.spans[reporting])
}

// begin makes a directory with what a window starts from.
func (k *killer) begin(t *testing.T, window string) string {
	t.Helper()
	from, dir := k.recent, t.TempDir()
	if window == migrating {
		from = k.old
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// kill kills one run in a window and checks what it left. It returns where the
// run stood.
func (k *killer) kill(t *testing.T, dir, window string) (place string, err error) {
	t.Helper()
	before, err := examine(dir)
	if err != nil {
		return "", err
	}
	k.serve(k.random.IntN(2))
	gate := bedrocktest.NewGate()
	defer gate.Open()
	if window == collecting || window == inTransaction || window == reporting {
		at := k.places[k.random.IntN(len(k.places))]
		k.server.Inject(bedrocktest.Fault{Region: at.Region, Operation: at.Operation, Page: at.Page, Gate: gate})
		defer k.server.Inject()
	}
	asked := len(k.server.Calls())
	process := k.start(t, dir)
	k.aim(process, dir, window, gate)
	process.stop()
	place = k.place(process, dir, before, len(k.server.Calls()) > asked)
	process.kill()
	after, err := examine(dir)
	if err != nil {
		return place, err
	}
	return place, k.compare(before, after, place)
}

// aim waits until it is time to kill.
func (k *killer) aim(process *victim, dir, window string, gate *bedrocktest.Gate) {
	switch window {
	case collecting:
		process.awaitGate(gate)
		k.pause(5 * time.Millisecond)
	case inTransaction, reporting:
		process.awaitGate(gate)
		gate.Open()
		process.await(func() bool { return process.writes(dir) })
		if window == reporting {
			process.await(func() bool { return !process.writes(dir) })
		}
		k.pause(k.spans[window])
	case migrating:
		process.await(func() bool { return process.writes(dir) })
		k.pause(k.spans[migrating])
	default:
		k.pause(k.spans[window])
	}
}

// pause waits for a random part of span. The moment does not matter to what must
// hold; it only varies.
func (k *killer) pause(span time.Duration) {
	time.Sleep(time.Duration(k.random.Int64N(int64(span) + 1)))
}

// place tells where the stopped process stands.
func (k *killer) place(process *victim, dir string, before held, asked bool) string {
	now, err := examine(dir)
	recorded := err == nil && len(now.tables["runs"]) > len(before.tables["runs"])
	switch {
	case process.ended():
		return afterEnd
	case process.writes(dir) && asked:
		return atWriting
	case process.writes(dir):
		return atMigration
	case !asked:
		return atOpening
	case !recorded:
		return atCollection
	case len(missingReports(dir, now.runs)) > 0:
		return atReporting
	}
	return atEnd
}

// compare wants that the history is as it was, or has the new run beside it.
func (k *killer) compare(before, after held, place string) error {
	added := len(after.tables["runs"]) - len(before.tables["runs"])
	switch {
	case !after.holds(before):
		return errors.New("something that was recorded is gone")
	case added == 0 && after.schema == before.schema && !after.equal(before):
		return errors.New("no run was added, and yet something changed")
	case added == 1 && after.runs[len(after.runs)-1].Digest != k.digests[k.served]:
		return errors.New("the run was recorded and is not what was served")
	case added < 0 || added > 1:
		return fmt.Errorf("%d runs were added", added)
	case added == 1 && (place == atOpening || place == atMigration || place == atCollection):
		return errors.New("a run was recorded before it had begun to write")
	case added == 0 && (place == atReporting || place == atEnd || place == afterEnd):
		return errors.New("the run that had been recorded is not there")
	}
	return nil
}

// repair lets a run through, which writes what reports the killed ones did not.
func (k *killer) repair(t *testing.T, dir string) error {
	t.Helper()
	k.serve(k.random.IntN(2))
	before, err := examine(dir)
	if err != nil {
		return err
	}
	if out, err := k.command(k.program, dir).CombinedOutput(); err != nil {
		return fmt.Errorf("the next run fails: %w: %s", err, out)
	}
	after, err := examine(dir)
	if err != nil {
		return err
	}
	if err := k.compare(before, after, afterEnd); err != nil {
		return err
	}
	if err := wholeReports(dir, after); err != nil {
		return fmt.Errorf("after the next run %w", err)
	}
	return nil
}

// victim is a run that is going to be killed.
type victim struct {
	*exec.Cmd
	done chan struct{} // closed when it has ended
}

func (k *killer) start(t *testing.T, dir string) *victim {
	t.Helper()
	v := &victim{k.command(k.program, dir), make(chan struct{})}
	if err := v.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		v.Wait()
		close(v.done)
	}()
	return v
}

func (v *victim) ended() bool {
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}

// await looks again and again until something holds or the process has ended.
func (v *victim) await(holds func() bool) {
	for !v.ended() && !holds() {
		time.Sleep(20 * time.Microsecond)
	}
}

// transaction waits for the next transaction and tells when it began and ended.
func (v *victim) transaction(dir string) (begun, ended time.Time) {
	v.await(func() bool { return v.writes(dir) })
	begun = time.Now()
	v.await(func() bool { return !v.writes(dir) })
	return begun, time.Now()
}

func (v *victim) awaitGate(gate *bedrocktest.Gate) {
	select {
	case <-gate.Reached():
	case <-v.done:
	}
}

// stop stops every thread of the process where it stands.
func (v *victim) stop() {
	v.Process.Signal(syscall.SIGSTOP)
	v.await(func() bool {
		states, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", v.Process.Pid))
		return !slices.ContainsFunc(states, func(path string) bool {
			stat, err := os.ReadFile(path)
			_, state, found := strings.Cut(string(stat), ") ")
			return err == nil && found && state[0] != 'T'
		})
	})
}

func (v *victim) kill() {
	v.Process.Kill()
	<-v.done
}

// Where SQLite locks the file beside a database that all its connections share.
// https://www.sqlite.org/walformat.html#locks
const (
	writeLock   = 120
	lockedBytes = 1
)

// writes reports whether the process holds the right to write to the history
// in dir, which it does from the beginning of a transaction to its end.
func (v *victim) writes(dir string) bool {
	shared, err := os.OpenFile(filepath.Join(dir, database+"-shm"), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer shared.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: writeLock, Len: lockedBytes}
	err = syscall.FcntlFlock(shared.Fd(), syscall.F_GETLK, &lock)
	return err == nil && lock.Type != syscall.F_UNLCK && int(lock.Pid) == v.Process.Pid
}
