package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"snapshotter/internal/buckettest"
)

// Two processes run on one history in S3, each with its own network and faults, in
// an order of steps that depends on the seed. Whatever happens: no version is
// overwritten by one that was not made from it; a run that exits with 0 is in the
// history, and one that exits with 4 is not, unless the winner built on it; a run
// that lost or is in doubt is in a file; what is announced is in the history, and is
// announced once. The next try makes up for what is not in the history.
//
// SNAPSHOTTER_RACES sets the number of races.
func TestTaskRaces(t *testing.T) {
	t.Parallel()
	races := 3
	if n, err := strconv.Atoi(os.Getenv("SNAPSHOTTER_RACES")); err == nil {
		races = n
	}
	c, l := newCloud(t), listen(t)
	c.run(t.Context(), 1).want(t, exitOK)
	begun := c.s3.Get(t, historyKey)
	c.serve(2)
	seen := map[string]int{}
	for seed := range races {
		for _, happened := range raceTasks(t, c, l, begun, uint64(seed)) {
			seen[happened]++
		}
	}
	t.Logf("of %d races: %v", races, seen)
	if races < 200 {
		return
	}
	for _, needed := range []string{"both saved", "one saved", "saved", "lost", "settled by a look", "in doubt", "stopped and saved", "killed and saved", "killed and not saved", "not fetched"} {
		if seen[needed] == 0 {
			t.Errorf("no race in which this happened: %s", needed)
		}
	}
}

// hazard is what goes wrong with a task, or on its way to S3.
type hazard struct {
	name string
	door buckettest.Fault
	// settles is whether the run may learn only from a look at S3 that it was
	// saved; fails is whether it may stay unsaved for another reason than the race.
	settles, fails bool
	signal         syscall.Signal // that comes while it uploads
}

func hazards() []hazard {
	cut := buckettest.Alter(func(_ http.Header, body []byte) []byte { return body[:len(body)/2] })
	return []hazard{
		{name: "none"},
		{name: "none"},
		{name: "answer lost", door: buckettest.OnlyFor("PUT", 1, buckettest.Lost), settles: true},
		{name: "request lost", door: buckettest.OnlyFor("PUT", 1, buckettest.Reset), fails: true},
		{name: "download cut", door: buckettest.OnlyFor("GET", 1, cut), fails: true},
		{name: "stopped", signal: syscall.SIGTERM},
		{name: "killed", signal: syscall.SIGKILL, fails: true},
		{name: "killed, answer lost", door: buckettest.OnlyFor("PUT", 1, buckettest.Reset), signal: syscall.SIGKILL, fails: true},
	}
}

// racer is one of two tasks on the same history.
type racer struct {
	name    string
	night   int // of May, by which its run is known
	hazard  hazard
	command *exec.Cmd
	started chan struct{}
	tmp     string
	said
}

func raceTasks(t *testing.T, c *cloud, l *listener, begun []byte, seed uint64) (happened []string) {
	random := rand.New(rand.NewPCG(seed, 5))
	key := fmt.Sprintf("races/%03d/snapshotter.db", seed)
	var before []int
	if random.IntN(3) > 0 { // else both are first runs
		c.s3.Put(t, key, begun)
		before = []int{1}
	}
	turns := buckettest.NewOrder(random, 3, "a", "b") // fetch, the upload's arrival and its answer
	racers := []*racer{newRacer(t, c, "a", 2, random), newRacer(t, c, "b", 3, random)}
	var both sync.WaitGroup
	for _, r := range racers {
		both.Go(func() { r.race(t, c, l, key, turns) })
	}
	both.Wait()

	kept := slices.Clone(before)
	if c.s3.Has(t, key) {
		kept = nightsIn(t, c.s3.Get(t, key))
	}
	fail := func(format string, args ...any) {
		t.Errorf("seed %d (%s, %s): %s; kept %v", seed, racers[0].hazard.name, racers[1].hazard.name, fmt.Sprintf(format, args...), kept)
	}
	saved := 0
	for i, r := range racers {
		what, objection := r.judge(t, kept, racers[1-i])
		if objection != "" {
			fail("%s %s: exit code %d: %s", r.name, objection, r.code, r.stderr)
		}
		if slices.Contains(kept, r.night) {
			saved++
		}
		happened = append(happened, what)
	}
	happened = append(happened, []string{"none saved", "one saved", "both saved"}[saved])
	if saved == 0 && !racers[0].hazard.fails && !racers[1].hazard.fails {
		fail("nobody won")
	}
	if objection := wronglySent(l, kept, len(before), racers); objection != "" {
		fail("%s", objection)
	}

	want := slices.Clone(kept)
	for _, r := range racers {
		if slices.Contains(kept, r.night) {
			continue
		}
		r.hazard = hazard{}
		if r.race(t, c, l, key, nil); r.code != exitOK {
			fail("%s again: exit code %d: %s", r.name, r.code, r.stderr)
		}
		want = append(want, r.night)
	}
	l.heard()
	c.wantVersions(t, key, want)
	return happened
}

func newRacer(t *testing.T, c *cloud, name string, night int, random *rand.Rand) *racer {
	all := hazards()
	return &racer{name: name, night: night, hazard: all[random.IntN(len(all))]}
}

// race runs the task once.
func (r *racer) race(t *testing.T, c *cloud, l *listener, key string, turns *buckettest.Order) {
	defer turns.Leave(r.name)
	r.tmp, r.started = t.TempDir(), make(chan struct{})
	way := c.s3.Front(t)
	way.At(r.door(key, turns))
	r.command = exec.Command(os.Args[0], "run", "--confirm-after", "1ms", "--region", "us-east-1",
		"--db", "s3://"+buckettest.Bucket+"/"+key, "--reports", "s3://"+buckettest.Bucket+"/"+filepath.Dir(key), "--notify", l.hook())
	env := c.env()
	env["AWS_ENDPOINT_URL_S3"], env["TMPDIR"], env["NOW"] = way.URL, r.tmp, fmt.Sprintf("2026-05-%02dT02:00:00Z", r.night)
	r.command.Env = environ(env)
	var stdout, stderr bytes.Buffer
	r.command.Stdout, r.command.Stderr = &stdout, &stderr
	if err := r.command.Start(); err != nil {
		t.Error(err)
		return
	}
	close(r.started)
	err := r.command.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Error(err)
	}
	r.said = said{r.command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// door makes the task's steps take turns, and its hazard happen.
func (r *racer) door(key string, turns *buckettest.Order) buckettest.Fault {
	uploads := turns.Fault(r.name, r.meet)
	fetched := sync.Once{}
	return func(w http.ResponseWriter, request *http.Request, behind http.Handler) {
		if !strings.HasSuffix(request.URL.Path, key) {
			behind.ServeHTTP(w, request)
			return
		}
		if request.Method == http.MethodGet {
			fetched.Do(func() { turns.Take(r.name) })
		}
		uploads(w, request, behind)
	}
}

// meet passes a request through the hazard.
func (r *racer) meet(w http.ResponseWriter, request *http.Request, behind http.Handler) {
	pass := r.hazard.door
	if pass == nil {
		pass = func(w http.ResponseWriter, request *http.Request, behind http.Handler) { behind.ServeHTTP(w, request) }
	}
	if request.Method != http.MethodPut || r.hazard.signal == 0 {
		pass(w, request, behind)
		return
	}
	<-r.started
	if r.hazard.signal == syscall.SIGKILL {
		// Its request was received completely, so the moment does not matter.
		defer r.command.Process.Kill()
		pass(httptest.NewRecorder(), request, behind)
		panic(http.ErrAbortHandler)
	}
	r.command.Process.Signal(r.hazard.signal)
	pass(w, request, behind)
}

// judge returns what happened to a task, and what is wrong with that.
func (r *racer) judge(t *testing.T, kept []int, other *racer) (happened, objection string) {
	in := slices.Contains(kept, r.night)
	own := r.own(t)
	builtOn := in && r.hazard.settles && slices.Index(kept, r.night) < slices.Index(kept, other.night)
	switch {
	case r.code == exitOK && !in:
		return "", "was saved and is not kept"
	case r.code == exitOK && own != nil:
		return "", "left its copy"
	case r.code == exitOK && r.hazard.settles:
		return "settled by a look", ""
	case r.code == exitOK && r.hazard.signal != 0:
		return "stopped and saved", ""
	case r.code == exitOK:
		return "saved", ""
	case r.hazard.signal == syscall.SIGKILL && in:
		return "killed and saved", ""
	case r.hazard.signal == syscall.SIGKILL:
		return "killed and not saved", ""
	case r.code == exitLocked && in && !builtOn:
		return "", "lost the race and is kept"
	case (r.code == exitLocked || r.hazard.name == "request lost") && !slices.Contains(own, r.night):
		return "", "lost its run"
	case r.code == exitLocked && in:
		return "lost, but built on", ""
	case r.code == exitLocked:
		return "lost", ""
	case r.code != exitFailed || !r.hazard.fails || in:
		return "", "failed"
	case own == nil:
		return "not fetched", ""
	}
	return "in doubt", ""
}

// own returns the nights of the runs in the copy that the task left, nil without a
// copy.
func (r *racer) own(t *testing.T) []int {
	copies, err := filepath.Glob(filepath.Join(r.tmp, "*", "snapshotter.db"))
	if err != nil || len(copies) > 1 {
		t.Errorf("copies %q: %v", copies, err)
	}
	if len(copies) == 0 || r.hazard.signal == syscall.SIGKILL {
		return nil
	}
	body, err := os.ReadFile(copies[0])
	if err != nil {
		t.Error(err)
	}
	return nightsIn(t, body)
}

// wronglySent returns what is wrong with the messages that were sent: all must be
// about runs that are kept, and no run has two; the run that found the changes has
// one unless its process was killed, or did not know that it was saved.
func wronglySent(l *listener, kept []int, before int, racers []*racer) string {
	messages, _ := l.heard()
	count := map[int]int{}
	for _, m := range messages {
		for _, r := range racers {
			if strings.Contains(m.Title, fmt.Sprintf("2026-05-%02d", r.night)) {
				count[r.night]++
			}
		}
	}
	for _, r := range racers {
		first := before == 1 && len(kept) > 1 && kept[1] == r.night // it found what changed
		switch n := count[r.night]; {
		case n > 1 || n == 1 && !slices.Contains(kept, r.night):
			return fmt.Sprintf("%s was announced %d times", r.name, n)
		case first && r.code == exitOK && n == 0:
			return r.name + " was not announced"
		}
	}
	return ""
}

// wantVersions checks which runs are kept under a key, and that no run was ever
// overwritten: each version holds all runs of every shorter one.
func (c *cloud) wantVersions(t *testing.T, key string, want []int) {
	t.Helper()
	var versions [][]int
	for _, body := range c.s3.Versions(t, key) {
		versions = append(versions, nightsIn(t, body))
	}
	slices.SortFunc(versions, func(a, b []int) int { return len(a) - len(b) })
	var before []int
	for _, nights := range versions {
		if len(nights) <= len(before) || !slices.Equal(nights[:len(before)], before) {
			t.Errorf("%s: one version holds %v, another %v", key, before, nights)
		}
		before = nights
	}
	if !slices.Equal(before, want) {
		t.Errorf("%s holds %v, want %v", key, before, want)
	}
}
