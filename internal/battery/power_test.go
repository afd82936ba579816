//go:build battery

package battery

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"snapshotter/store"
)

// TestPowerLoss records all that a run writes and syncs, and rebuilds what a loss
// of power at any moment can leave on the disk: of what was not synced nothing,
// all, or some, in any order, writes torn into sectors, and names of files apart
// from their contents. In each such state the history opens, is whole, and is as
// it was or has the whole new run; once the program has said that it is done,
// the run and its report are there; and the next run ends well.
func TestPowerLoss(t *testing.T) {
	needs(t, "strace")
	for _, s := range stages(t, built(t, onOneThread)) {
		t.Run(s.name, func(t *testing.T) {
			states, problems := powerLosses(t, s, 1, 50)
			t.Logf("%d states", states)
			if states < 208 {
				t.Error("too few to say anything")
			}
			for _, problem := range problems {
				t.Error(problem)
			}
		})
	}
}

// powerLosses looks at the states that a loss of power can leave after one step in
// so many and after the last, until it has found enough problems, and returns how
// many differ. A state is judged once, unless the program had said that it was
// done.
func powerLosses(t *testing.T, s *stage, oneIn, enough int) (states int, problems []string) {
	t.Helper()
	s.rehearse(t)
	random := rand.New(rand.NewPCG(8, 208))
	steps, finished := s.record(t)
	texts, err := reportsIn(finished)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := newDrive(s.base)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[sha256.Size]byte]bool{}
	for cut := 0; cut <= len(steps) && len(problems) < enough; cut++ {
		if cut > 0 {
			if err := disk.take(steps[cut-1]); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
		}
		if (len(steps)-cut)%oneIn != 0 {
			continue
		}
		for _, loss := range losses(random) {
			left := disk.after(loss)
			id := left.id()
			if seen[id] && !disk.done {
				continue
			}
			seen[id] = true
			states++
			if err := s.judgeLoss(t, left, disk.done, texts, states%20 == 0); err != nil {
				problem := fmt.Sprintf("%s, power lost at step %d of %d, unsynced writes %s: %v", s.name, cut, len(steps), loss.name, err)
				problems = append(problems, problem)
				t.Log("found: " + problem)
			}
		}
	}
	return states, problems
}

// judgeLoss checks what a loss of power left, and with sampled also that the next
// run sets everything right, which takes a process.
func (s *stage) judgeLoss(t *testing.T, left files, done bool, texts map[string]string, sampled bool) error {
	dir := t.TempDir()
	defer os.RemoveAll(dir)
	if err := left.write(dir); err != nil {
		return err
	}
	found, err := examine(dir)
	if err != nil {
		return err
	}
	recorded := found.equal(s.after)
	switch {
	case !recorded && !found.unchangedFrom(s.before):
		return errors.New("the history is neither as it was nor has the whole new run")
	case done && !recorded:
		return errors.New("the program had said that it was done, and the run is gone")
	}
	reports, err := reportsIn(dir)
	if err != nil {
		return err
	}
	for name, text := range reports {
		if !slices.Contains(slices.Collect(maps.Values(texts)), text) {
			return fmt.Errorf("the report %s is not whole", name)
		}
	}
	if done && !maps.Equal(reports, texts) {
		return errors.New("the program had said that it was done, and a report is gone")
	}
	if sampled { // exit code -1: it was cut off
		return s.judge(t, dir, -1, "")
	}
	return opens(filepath.Join(dir, database))
}

// opens opens a history for writing as a run does, which must not take it for lost.
func opens(path string) error {
	lock, err := store.Acquire(path)
	if err != nil {
		return err
	}
	defer lock.Release()
	open := store.Open
	if lock.Interrupted() {
		open = store.OpenNew
	}
	if _, err := os.Stat(path); err != nil && lock.Known() {
		return errors.New("it looks as if a history had been lost")
	}
	history, err := open(context.Background(), path)
	if err != nil {
		return err
	}
	return history.Close()
}

// loss is what becomes of the writes that were not synced.
type loss struct {
	name string
	torn bool // into sectors
	keep func(i, n int) bool
}

// losses are the ways to lose writes. What draws draws anew each time.
func losses(random *rand.Rand) []loss {
	oneIn := func(n int) func(int, int) bool { return func(int, int) bool { return random.IntN(n) == 0 } }
	butOneIn := func(n int) func(int, int) bool { return func(int, int) bool { return random.IntN(n) > 0 } }
	return []loss{
		{"dropped", false, func(i, n int) bool { return false }},
		{"kept", false, func(i, n int) bool { return true }},
		{"kept as to the first half", false, func(i, n int) bool { return i < n/2 }},
		{"kept as to the second half", false, func(i, n int) bool { return i >= n/2 }},
		{"kept but for the last", false, func(i, n int) bool { return i < n-1 }},
		{"kept as to one in two", false, oneIn(2)},
		{"kept as to one in five", false, oneIn(5)},
		{"torn in halves", true, oneIn(2)},
		{"torn, most kept", true, butOneIn(8)},
		{"torn, most lost", true, oneIn(8)},
	}
}
