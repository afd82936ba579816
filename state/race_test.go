package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"snapshotter/internal/buckettest"
)

// Two processes run on one state, each on its own network, with its own faults,
// in an order of their steps that the seed decides; now and then in none, both
// at once. Whatever happens: no version is overwritten by one that was not made
// from it, who is told that it was saved is in the history, who is told that it
// lost the race is not, unless the winner built on it, and its run is still in
// its local copy. Afterwards the loser's second try is kept too.
//
// SNAPSHOTTER_RACES sets the number of races; from 200 on, everything that can
// happen must have happened.
func TestRaces(t *testing.T) {
	const shards = 4
	seeds := 40
	if n, err := strconv.Atoi(os.Getenv("SNAPSHOTTER_RACES")); err == nil {
		seeds = n
	}
	var mu sync.Mutex
	seen := map[string]int{}
	t.Run("seeds", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				s := start(t)
				path := filepath.Join(t.TempDir(), localName)
				note(t, path, "first")
				begun := read(t, path)
				for seed := shard; seed < seeds; seed += shards {
					for _, happened := range race(t, s, begun, uint64(seed)) {
						mu.Lock()
						seen[happened]++
						mu.Unlock()
					}
				}
			})
		}
	})
	t.Logf("of %d races: %v", seeds, seen)
	if seeds < 200 {
		return
	}
	for _, needed := range []string{"both saved", "one saved", "saved", "lost", "settled by a look", "in doubt", "lost, but built on"} {
		if seen[needed] == 0 {
			t.Errorf("no race in which this happened: %s", needed)
		}
	}
}

// note is record in a history with nothing but the names of its runs, which
// opens ten times as fast.
func note(t testing.TB, path, name string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, collector_version TEXT NOT NULL)",
		"INSERT INTO runs (collector_version) VALUES ('" + name + "')",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// fault is what goes wrong on a process's way to S3.
type fault struct {
	name string
	door buckettest.Fault
	// settles is whether a look may be what tells that the run was saved, and
	// doubt whether nothing may.
	settles, doubt bool
}

// faults makes doors anew: they count.
func faults() []fault {
	return []fault{
		{name: "none"},
		{name: "none"},
		{name: "answer lost", door: buckettest.OnlyFor("PUT", 1, buckettest.Lost), settles: true},
		{name: "every answer lost", door: buckettest.OnlyFor("PUT", 0, buckettest.Lost), settles: true},
		{name: "request lost", door: buckettest.OnlyFor("PUT", 1, buckettest.Reset)},
		{name: "every request lost", door: buckettest.OnlyFor("PUT", 0, buckettest.Reset), doubt: true},
		{name: "conflict", door: buckettest.OnlyFor("PUT", 1, buckettest.Refuse(409, conflict, "busy"))},
		{name: "download cut", door: buckettest.OnlyFor("GET", 1, buckettest.Alter(func(_ http.Header, body []byte) []byte { return body[:len(body)/2] }))},
	}
}

// process is one of two that run on the same state.
type process struct {
	name  string
	state *State
	fault fault
	path  string // of its local copy
	err   error  // of saving
}

// race runs the two processes, checks what came of it, and says what happened.
func race(t *testing.T, s *buckettest.Server, begun []byte, seed uint64) (happened []string) {
	random := rand.New(rand.NewPCG(seed, 4))
	at := Location{bucket, fmt.Sprintf("races/%03d.db", seed)}
	var before []string
	if random.IntN(3) > 0 { // else both are first runs
		s.Put(t, at.Key, begun)
		before = []string{"first"}
	}
	turns := buckettest.NewOrder(random, 4, "a", "b") // fetch, record, the upload's arrival and its answer
	processes := []*process{
		newProcess(t, s, at, "a", random, turns),
		newProcess(t, s, at, "b", random, turns),
	}
	var both sync.WaitGroup
	for _, p := range processes {
		both.Go(func() { p.run(t, turns) })
	}
	both.Wait()

	var kept []string
	if s.Has(t, at.Key) {
		kept = recorded(t, s.Get(t, at.Key))
	}
	fail := func(format string, args ...any) {
		t.Errorf("seed %d (%s, %s): %s; kept %q", seed, processes[0].fault.name, processes[1].fault.name, fmt.Sprintf(format, args...), kept)
	}
	saved := 0
	for i, p := range processes {
		what, objection := p.judge(kept, processes[1-i])
		if objection != "" {
			fail("%s %s: %v", p.name, objection, p.err)
		}
		if local := recorded(t, read(t, p.path)); !slices.Contains(local, p.name) {
			fail("%s lost its run: %q", p.name, local)
		}
		if p.err == nil {
			saved++
		}
		happened = append(happened, what)
	}
	happened = append(happened, []string{"none saved", "one saved", "both saved"}[saved])
	if saved == 0 && !processes[0].fault.doubt && !processes[1].fault.doubt {
		fail("nobody won")
	}

	want := append(before, kept[len(before):]...) // what was there before must be there still
	for _, p := range processes {
		if p.err == nil {
			continue
		}
		p.redo(t, s, at, turns)
		if p.err != nil {
			fail("%s: %v", p.name, p.err)
		}
		want = append(want, p.name)
	}
	holds(t, s, at.Key, want...)
	return happened
}

// judge says what happened to a process and, if it may not have, why.
func (p *process) judge(kept []string, other *process) (happened, objection string) {
	in := slices.Contains(kept, p.name)
	builtOn := in && p.fault.settles && other.err == nil && slices.Index(kept, p.name) < slices.Index(kept, other.name)
	switch {
	case p.err == nil && !in:
		return "", "was saved and is not kept"
	case p.err == nil && p.fault.settles:
		return "settled by a look", ""
	case p.err == nil:
		return "saved", ""
	case errors.As(p.err, new(*LostRaceError)):
		if in && !builtOn {
			return "", "lost the race and is kept"
		}
		return map[bool]string{false: "lost", true: "lost, but built on"}[in], ""
	}
	var doubt *SaveError
	if !errors.As(p.err, &doubt) || !doubt.Unknown || !p.fault.doubt || in {
		return "", "failed"
	}
	return "in doubt", ""
}

// redo is what follows a run that was not saved, once nothing is wrong with the
// network: what is in doubt is saved again, and what lost the race is done
// again.
func (p *process) redo(t *testing.T, s *buckettest.Server, at Location, turns *buckettest.Order) {
	p.fault = fault{}
	defer turns.Leave(p.name)
	if _, ok := errors.AsType[*SaveError](p.err); ok {
		if p.err = p.state.Save(context.Background()); p.err == nil {
			return
		}
		if !errors.As(p.err, new(*LostRaceError)) {
			return
		}
	}
	p.state, p.name = New(s.Config(), at), p.name+" again"
	p.run(t, nil)
}

func newProcess(t *testing.T, s *buckettest.Server, at Location, name string, random *rand.Rand, turns *buckettest.Order) *process {
	all := faults()
	p := &process{name: name, fault: all[random.IntN(len(all))]}
	way := s.Front(t)
	way.At(turns.Fault(name, p.pass))
	p.state = New(way.Config(), at)
	return p
}

// pass sends a request through the process's fault.
func (p *process) pass(w http.ResponseWriter, r *http.Request, behind http.Handler) {
	if p.fault.door == nil {
		behind.ServeHTTP(w, r)
		return
	}
	p.fault.door(w, r, behind)
}

// run is a run of the process: it fetches, records and saves.
func (p *process) run(t *testing.T, turns *buckettest.Order) {
	defer turns.Leave(p.name)
	turns.Take(p.name)
	dir := t.TempDir()
	p.path = filepath.Join(dir, localName)
	if _, p.err = p.state.Fetch(context.Background(), dir); p.err != nil {
		return
	}
	turns.Take(p.name)
	note(t, p.path, p.name)
	p.err = p.state.Save(context.Background())
}
