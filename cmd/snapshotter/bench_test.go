package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// BenchmarkProcess times the built command as the system sees it: from its
// start to its end, and the most memory that it held.
func BenchmarkProcess(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "snapshotter")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	server := startBedrock(b)
	server.Serve(sample.Moments()[0].Catalogue)
	server.Inject(bedrocktest.Fault{Delay: 50 * time.Millisecond, Until: 300 * time.Millisecond})
	environment := os.Environ()
	for name, value := range server.Env() {
		environment = append(environment, name+"="+value)
	}

	for _, command := range []struct {
		name string
		args []string
	}{
		{"start", []string{"version"}},
		{"run", []string{"run", "-q"}},
		{"runs", []string{"runs"}},
		{"diff", []string{"diff"}},
		{"report", []string{"report"}},
	} {
		b.Run(command.name, func(b *testing.B) {
			var peak int64
			for b.Loop() {
				process := exec.Command(binary, command.args...)
				process.Dir, process.Env = filepath.Dir(binary), environment
				if out, err := process.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				peak = max(peak, process.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			b.ReportMetric(float64(peak)/1024, "MB-peak")
		})
	}
}
