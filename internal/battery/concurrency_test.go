//go:build battery

package battery

import (
	"slices"
	"testing"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// TestTwentyAtOnce starts twenty runs together: one does the work, and the
// others leave with code 4 before they ask AWS for anything.
func TestTwentyAtOnce(t *testing.T) {
	server, dir := bedrock(t), t.TempDir()
	server.Serve(sample.Moments()[0].Catalogue)
	gate := bedrocktest.NewGate()
	server.Inject(bedrocktest.Fault{Gate: gate})
	codes := make(chan int)
	const processes = 20
	for range processes {
		go func() {
			codes <- exitCode(t, command(t.Context(), dir, server, "", "run", "-q").Run())
		}()
	}
	var got []int
	for range processes - 1 { // the one that works waits at the gate
		got = append(got, <-codes)
	}
	gate.Open()
	got = append(got, <-codes)
	slices.Sort(got)
	want := append([]int{0}, slices.Repeat([]int{4}, processes-1)...)
	if !slices.Equal(got, want) {
		t.Errorf("the exit codes are %v, want %v", got, want)
	}
}
