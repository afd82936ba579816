package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
)

// environment is one of a test's own, so that tests can run at the same time.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// silent is a machine that prints nothing, has an empty environment, and reaches
// server, if any.
func silent(server *bedrocktest.Server) machine {
	on := machine{stdout: io.Discard, stderr: io.Discard, getenv: environment{}.get, now: time.Now}
	if server != nil {
		on.aws = func(context.Context) (aws.Config, error) { return server.Config(), nil }
	}
	return on
}

// startBedrock starts a Bedrock, which ends with the test.
func startBedrock(t testing.TB) *bedrocktest.Server {
	t.Helper()
	server, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// of is a command line on a database, unless it names another.
func (machine) of(args, database string) []string {
	if strings.Contains(args, "--db ") {
		return strings.Fields(args)
	}
	return append(strings.Fields(args), "--db", database)
}

// moments are those of the sample. Tests share them and must not change them.
var moments = sync.OnceValue(sample.Moments)

// demo is the database that the demo leaves, and accountDemo that of demo --account;
// each is made once.
var (
	demo        = sync.OnceValues(func() ([]byte, error) { return leftBy("demo") })
	accountDemo = sync.OnceValues(func() ([]byte, error) { return leftBy("demo", "--account") })
)

// leftBy is the database that a demo leaves.
func leftBy(args ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "demo-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if code := run(context.Background(), append(args, "--dir", dir), silent(nil)); code != exitOK {
		return nil, fmt.Errorf("demo: exit code %d", code)
	}
	return os.ReadFile(filepath.Join(dir, "snapshotter.db"))
}

// demoFile returns the path of a copy of the demo's database.
func demoFile(t testing.TB) string {
	t.Helper()
	return copyOf(t, demo)
}

// accountFile returns the path of a copy of the database of a demo with an account.
func accountFile(t testing.TB) string {
	t.Helper()
	return copyOf(t, accountDemo)
}

func copyOf(t testing.TB, made func() ([]byte, error)) string {
	t.Helper()
	database, err := made()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "snapshotter.db")
	if err := os.WriteFile(path, database, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// webOn returns a client for channels on a network.
func webOn(network *bedrocktest.Network) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: network.Dial}}
}

// environ is the environment of a process that runs the command.
func environ(env map[string]string) []string {
	all := append(os.Environ(), asCommand+"=1")
	for name, value := range env {
		all = append(all, name+"="+value)
	}
	return all
}
