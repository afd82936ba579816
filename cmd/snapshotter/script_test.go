package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/buckettest"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

// TestMain makes the test binary run the command when a script calls it. A script
// can set the clock with NOW.
func TestMain(m *testing.M) {
	command := func() {
		os.Exit(process(clock()))
	}
	if os.Getenv(asCommand) != "" {
		command()
	}
	debug.SetGCPercent(400) // tests are short, and there are many
	testscript.Main(m, map[string]func(){"snapshotter": command})
}

func clock() func() time.Time {
	now, err := time.Parse(time.RFC3339, os.Getenv("NOW"))
	if err != nil {
		return time.Now
	}
	return func() time.Time { return now }
}

// TestScripts uses the command line as a user would. Each script has its own Bedrock
// and S3; "bedrock N [FAULT REGION]..." serves the Nth moment of the sample with
// faults, "hostile N" serves a hostile catalogue, "object KEY FILE" copies an
// object, and "exits CODE ARGS..." checks an exit code.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			server, err := bedrocktest.Start()
			if err != nil {
				return err
			}
			env.Defer(server.Close)
			for name, value := range server.Env() {
				env.Setenv(name, value)
			}
			s3 := buckettest.Start(t, "")
			env.Setenv("AWS_ENDPOINT_URL_S3", s3.URL)
			env.Setenv("AWS_MAX_ATTEMPTS", "1")
			env.Setenv("SNAPSHOTTER_CONFIRM_AFTER", "1ms")
			env.Setenv("SNAPSHOTTER_REGION_LIMIT", "5s") // pauses before retries depend on it
			env.Values["s3"] = s3
			env.Setenv("NOW", "2026-05-01T02:00:00Z")
			env.Values["bedrock"] = server
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"account": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Value("bedrock").(*bedrocktest.Server).Belong(args[0])
			},
			"bedrock": serveMoment,
			"exits":   exits,
			"hostile": serveHostile,
			"object":  takeObject,
		},
	})
}

func serveMoment(ts *testscript.TestScript, _ bool, args []string) {
	server := ts.Value("bedrock").(*bedrocktest.Server)
	var n int
	if _, err := fmt.Sscan(args[0], &n); err != nil {
		ts.Fatalf("bedrock: which moment? %v", err)
	}
	moment := moments()[n-1]
	server.Serve(moment.Catalogue)
	var faults []bedrocktest.Fault
	for i := 1; i+1 < len(args); i += 2 {
		region := strings.Replace(args[i+1], "everywhere", "", 1)
		faults = append(faults, bedrocktest.Fault{Region: region, Kind: bedrocktest.FaultKind(args[i])})
	}
	server.Inject(faults...)
}

func takeObject(ts *testscript.TestScript, not bool, args []string) {
	response, err := http.Get(ts.Value("s3").(*buckettest.Server).URL + "/" + buckettest.Bucket + "/" + args[0])
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	if not != (response.StatusCode != http.StatusOK) {
		ts.Fatalf("object %s: %s", args[0], response.Status)
	}
	if not {
		return
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o644))
}

// exits runs the command and checks its exit code. The script can match its output
// afterwards.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := "0"
	if err := ts.Exec("snapshotter", args[1:]...); err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
