//go:build battery

package battery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// TestTwentyAtOnce starts twenty runs together: one does the work, and the
// others leave with code 4 before they ask AWS for anything.
func TestTwentyAtOnce(t *testing.T) {
	if problem := twentyAtOnce(t, binary); problem != "" {
		t.Error(problem)
	}
}

func twentyAtOnce(t *testing.T, program string) (problem string) {
	t.Helper()
	server, dir := bedrock(t), t.TempDir()
	server.Serve(sample.Moments()[0].Catalogue)
	gate := bedrocktest.NewGate()
	server.Inject(bedrocktest.Fault{Gate: gate})
	const processes = 20
	codes := make(chan int, processes)
	for range processes {
		go func() {
			codes <- exitCode(t, commandOf(t.Context(), program, dir, server, "", "run", "-q").Run())
		}()
	}
	var got []int
	stuck := time.After(2 * time.Minute) // more than one works
	for range processes - 1 {            // the one that works waits at the gate
		select {
		case code := <-codes:
			got = append(got, code)
		case <-stuck:
			gate.Open()
		}
	}
	gate.Open()
	for len(got) < processes {
		got = append(got, <-codes)
	}
	slices.Sort(got)
	want := append([]int{0}, slices.Repeat([]int{4}, processes-1)...)
	if !slices.Equal(got, want) {
		return fmt.Sprintf("the exit codes are %v, want %v", got, want)
	}
	return ""
}
