//go:build battery

package battery

import (
	"bytes"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// usage is what one execution of a process took.
type usage struct {
	wall, cpu time.Duration
	peak      float64 // MB, of the largest of it and its children
	output    string

	calls   int           // it made, where a server was asked
	waiting time.Duration // of those calls, one after another
}

// execute runs a process, which must succeed, from its start to its end.
func execute(t *testing.T, process *exec.Cmd) usage {
	t.Helper()
	var output, complaint bytes.Buffer
	process.Stdout, process.Stderr = &output, &complaint
	start := time.Now()
	if err := process.Run(); err != nil {
		t.Fatalf("%v: %v: %s", process.Args, err, complaint.String())
	}
	return usage{
		wall:   time.Since(start),
		cpu:    process.ProcessState.UserTime() + process.ProcessState.SystemTime(),
		peak:   float64(process.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024,
		output: output.String(),
	}
}

// warm is the execution of the median wall time among five, after one that
// brings what it reads into memory; among fewer, where they take long.
func warm(t *testing.T, process func() *exec.Cmd) usage {
	t.Helper()
	last := execute(t, process())
	all, spent := []usage{}, last.wall
	for len(all) < 5 && spent < 15*time.Second {
		last = execute(t, process())
		all, spent = append(all, last), spent+last.wall
	}
	if len(all) == 0 {
		return last
	}
	return median(all)
}

// median is the execution of the median wall time.
func median(of []usage) usage {
	slices.SortFunc(of, func(a, b usage) int { return int(a.wall - b.wall) })
	return of[len(of)/2]
}
