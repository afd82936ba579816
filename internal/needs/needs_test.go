package needs_test

import (
	"os"
	"testing"

	"snapshotter/internal/needs"
)

// settings turn on checks that need more than a program.
var settings = map[string]string{
	"SNAPSHOTTER_CAPTURES":     "recorded listings are not checked: set it to a folder of recordings (docs/verify-captures.md)",
	"SNAPSHOTTER_DECADE":       "ten years of history are not measured: see docs/performance.md",
	"SNAPSHOTTER_IMAGE":        "the container image is not built and started: set it to 1, as root on Linux",
	"SNAPSHOTTER_NODE_MODULES": "Parquet files are not read by DuckDB: set it to a folder with @duckdb/node-api, see .ci/run",
	"SNAPSHOTTER_SITE":         "the site is not looked at in a browser: see internal/browsertest/go.mod",
	"SNAPSHOTTER_VERSITYGW":    "state in S3 is not tried on a production server: build it as internal/s3test/go.mod says",
}

// TestLeftOut lists the checks that "go test ./..." leaves out on this machine:
//
//	go test -v ./internal/needs
func TestLeftOut(t *testing.T) {
	for _, name := range needs.Missing() {
		t.Run(name, func(t *testing.T) { needs.Tool(t, name) })
	}
	for name, why := range settings {
		t.Run(name, func(t *testing.T) {
			if os.Getenv(name) == "" {
				t.Skip(why)
			}
		})
	}
}

func TestToolFindsPrograms(t *testing.T) {
	if needs.Tool(t, "sh") == "" {
		t.Error("sh was not found")
	}
	lacking := t.Run("lacking", func(t *testing.T) {
		t.Setenv(needs.Required, "")
		needs.Tool(t, "no-such-program")
		t.Error("a test without its program goes on")
	})
	if !lacking {
		t.Error("a test without its program fails")
	}
	if got, want := needs.Install("aws"), "aws is not installed: apt-get install awscli"; got != want {
		t.Errorf("Install says %q, want %q", got, want)
	}
}
