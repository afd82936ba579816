package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/buckettest"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// cloud is where tasks without a disk run: a Bedrock, an S3, and a directory for
// temporary files.
type cloud struct {
	bedrock *bedrocktest.Server
	s3      *buckettest.Server
	tmp     string
}

const (
	historyKey = "bedrock/snapshotter.db"
	historyURL = "s3://" + buckettest.Bucket + "/" + historyKey
	reportsURL = "s3://" + buckettest.Bucket + "/reports"
)

func newCloud(t *testing.T) *cloud {
	t.Helper()
	bedrock := startBedrock(t)
	c := &cloud{bedrock: bedrock, s3: buckettest.Start(t, ""), tmp: t.TempDir()}
	c.serve(1)
	return c
}

// env is the environment of a process in the cloud.
func (c *cloud) env() map[string]string {
	env := c.bedrock.Env()
	env["AWS_ENDPOINT_URL_S3"], env["TMPDIR"] = c.s3.URL, c.tmp
	env["AWS_MAX_ATTEMPTS"] = "1" // package state tests retries
	return env
}

// machine is one in the cloud, on a night of May.
func (c *cloud) machine(night int) machine {
	on := silent(nil)
	on.now = func() time.Time { return time.Date(2026, 5, night, 2, 0, 0, 0, time.UTC) }
	on.temp = c.tmp
	on.aws = func(context.Context) (aws.Config, error) {
		config := c.bedrock.Config()
		config.RetryMaxAttempts = 1
		config.ConfigSources = []any{s3Endpoint(c.s3.URL)}
		return config, nil
	}
	return on
}

// s3Endpoint is a setting of AWS, as AWS_ENDPOINT_URL_S3 is.
type s3Endpoint string

func (e s3Endpoint) GetServiceBaseEndpoint(_ context.Context, sdkID string) (string, bool, error) {
	return string(e), sdkID == "S3", nil
}

// serve serves the nth moment of the sample.
func (c *cloud) serve(moment int) { c.bedrock.Serve(moments()[moment-1].Catalogue) }

// said is the exit code and the output of a command.
type said struct {
	code           int
	stdout, stderr string
}

// run runs a task on a night of May.
func (c *cloud) run(ctx context.Context, night int, args ...string) said {
	return c.command(ctx, night, append([]string{"run", "--reports", reportsURL, "--confirm-after", "1ms", "--region", "us-*,eu-west-2"}, args...)...)
}

func (c *cloud) command(ctx context.Context, night int, args ...string) said {
	var stdout, stderr bytes.Buffer
	on := c.machine(night)
	on.stdout, on.stderr = &stdout, &stderr
	code := run(ctx, append(args, "--db", historyURL), on)
	return said{code, stdout.String(), stderr.String()}
}

// want checks the exit code of a command, and parts of its stderr.
func (s said) want(t *testing.T, code int, parts ...string) {
	t.Helper()
	if s.code != code {
		t.Errorf("exit code %d, want %d: %s", s.code, code, s.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(s.stderr, part) {
			t.Errorf("it did not say %q: %s", part, s.stderr)
		}
	}
}

// nights returns the nights of the runs in S3, each checked against its digest.
func (c *cloud) nights(t *testing.T) []int {
	t.Helper()
	return nightsIn(t, c.s3.Get(t, historyKey))
}

func nightsIn(t *testing.T, history []byte) (nights []int) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "snapshotter.db"), history, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, run := range recordedIn(t, dir) {
		nights = append(nights, run.StartedAt.Day())
	}
	return nights
}

func (c *cloud) wantNights(t *testing.T, want ...int) {
	t.Helper()
	if got := c.nights(t); !slices.Equal(got, want) {
		t.Errorf("the runs in S3 are of nights %v, want %v", got, want)
	}
}

// wantReport checks that the newest report in S3 is the report of a night.
func (c *cloud) wantReport(t *testing.T, night int) {
	t.Helper()
	date := fmt.Sprintf("2026-05-%02d", night)
	latest := string(c.s3.Get(t, "reports/latest.md"))
	if own := string(c.s3.Get(t, "reports/"+date+"T02-00-00Z.md")); own != latest || !strings.HasPrefix(latest, "# Bedrock "+date) {
		t.Errorf("the newest report is %.40q, that of night %d is %.40q", latest, night, own)
	}
}

// wantNothingLeft checks that no copy stays on disk.
func (c *cloud) wantNothingLeft(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(c.tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

var keptIn = regexp.MustCompile(`what this run recorded is in (\S+/snapshotter\.db)`)

// kept returns the path of the file that a command says it kept.
func (c *cloud) kept(t *testing.T, s said) string {
	t.Helper()
	path := keptIn.FindStringSubmatch(s.stderr)
	if path == nil || !strings.HasPrefix(path[1], c.tmp) {
		t.Fatalf("no file was kept: %s", s.stderr)
	}
	return path[1]
}

// uploads is a door for uploads of the history alone.
func uploads(door buckettest.Fault) buckettest.Fault {
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, historyKey) {
			door(w, r, behind)
			return
		}
		behind.ServeHTTP(w, r)
	}
}

// gate holds what comes through its door until it is opened.
type gate struct{ reached, open chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}), make(chan struct{})} }

func (g *gate) door(w http.ResponseWriter, r *http.Request, behind http.Handler) {
	close(g.reached)
	<-g.open
	behind.ServeHTTP(w, r)
}

// Of two tasks that began with the same history, the one that saves first is kept.
// The other exits with 4, reports what was saved, and says where its own run is.
func TestTaskLosesTheRace(t *testing.T) {
	t.Parallel()
	c, l := newCloud(t), listen(t)
	flags := []string{"--notify", l.hook(), "--notify", l.check(), "--emf"}
	c.run(t.Context(), 1).want(t, exitOK)
	c.serve(2)
	gate := newGate()
	c.s3.At(uploads(gate.door))
	lost := make(chan said)
	go func() { lost <- c.run(context.Background(), 2, flags...) }()
	<-gate.reached
	c.s3.At(nil)
	c.run(t.Context(), 3, flags...).want(t, exitOK)
	close(gate.open)
	loser := <-lost

	loser.want(t, exitLocked, "another run saved its own", "nothing was overwritten", "the run that was saved first is reported instead", "run again")
	if strings.Contains(loser.stdout, "RunsFailed") {
		t.Errorf("it counts as a failure: %s", loser.stdout)
	}
	c.wantNights(t, 1, 3)
	c.wantReport(t, 3)
	if c.s3.Has(t, "reports/2026-05-02T02-00-00Z.md") {
		t.Error("a run that was not saved was reported")
	}
	messages, pings := l.heard()
	if len(messages) != 1 || !strings.Contains(messages[0].Title, "2026-05-03") {
		t.Errorf("messages %q, want one about the run that was saved", titles(messages))
	}
	wantPings(t, pings, "start", "start", "", "")
	body, err := os.ReadFile(c.kept(t, loser))
	if err != nil {
		t.Fatal(err)
	}
	if got := nightsIn(t, body); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("the loser kept the runs of nights %v", got)
	}
}

// A run that could not be saved stays in a file, nobody is notified of it, and the
// next run announces its changes.
func TestTaskIsNotSaved(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		door  buckettest.Fault
		parts []string
	}{
		"denied": {
			door:  buckettest.Refuse(403, "AccessDenied", "no for arn:aws:sts::111122223333:assumed-role/r"),
			parts: []string{"AccessDenied", "allow s3:GetObject and s3:PutObject", "aws s3api put-object --bucket histories"},
		},
		"request lost":  {door: buckettest.Reset, parts: []string{"the upload may have succeeded"}},
		"not supported": {door: buckettest.Refuse(501, "NotImplemented", "no conditions"), parts: []string{"use an S3 that supports conditional writes"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, l := newCloud(t), listen(t)
			flags := []string{"--notify", l.hook(), "--notify", l.check(), "--emf"}
			c.run(t.Context(), 1).want(t, exitOK)
			c.serve(2)
			c.s3.At(uploads(fault.door))
			failed := c.run(t.Context(), 2, flags...)
			c.s3.At(nil)
			messages, pings := l.heard()
			failed.want(t, exitFailed, append(fault.parts, "save "+historyURL)...)
			if strings.Contains(failed.stderr, "111122223333") || !strings.Contains(failed.stdout, `"RunsFailed":1`) {
				t.Errorf("it said %s%s", failed.stdout, failed.stderr)
			}
			if len(messages) > 0 {
				t.Errorf("sent %q about a run that is not kept", titles(messages))
			}
			wantPings(t, pings, "start", "1")
			c.wantNights(t, 1)
			c.wantReport(t, 1)
			body, err := os.ReadFile(c.kept(t, failed))
			if err != nil {
				t.Fatal(err)
			}
			if got := nightsIn(t, body); !slices.Equal(got, []int{1, 2}) {
				t.Errorf("the file holds the runs of nights %v", got)
			}

			c.run(t.Context(), 3, flags...).want(t, exitOK)
			c.wantNights(t, 1, 3)
			c.wantReport(t, 3)
			if messages, _ := l.heard(); len(messages) != 1 || !strings.Contains(messages[0].Title, "can't be called") {
				t.Errorf("the next run sent %q", titles(messages))
			}
		})
	}
}

// A signal before everything is read leaves nothing behind.
func TestTaskIsStopped(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	gate := bedrocktest.NewGate()
	c.bedrock.Inject(bedrocktest.Fault{Kind: bedrocktest.Wait, Gate: gate})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan said)
	go func() { ended <- c.run(ctx, 1) }()
	<-gate.Reached()
	stop()
	(<-ended).want(t, exitFailed, "snapshotter: stopped by a signal\n")
	gate.Open()
	c.bedrock.Inject()
	c.wantNothingLeft(t)
	if c.s3.Has(t, historyKey) {
		t.Error("saved a history without a run")
	}

}

// A service can keep its history in S3. Its pages show what others saved, and fetch
// it only after it has changed.
func TestServeInS3(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var downloads atomic.Int32
	c.s3.At(func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, historyKey) {
			downloads.Add(1)
		}
		behind.ServeHTTP(w, r)
	})
	dir := t.TempDir()
	s := startServe(t, c.env(), dir, "--db", historyURL, "--reports", reportsURL, "--schedule", "0 2 1 1 *", "--listen", "127.0.0.1:0")
	address, _ := s.until(t, "listening for HTTP")["address"].(string)
	s.until(t, "there is no history at this URL yet: this run starts one")
	s.until(t, "report written")
	page := func(path string) string {
		t.Helper()
		response, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %v %s", path, response.Status, err, body)
		}
		return string(body)
	}
	if latest, saved := page("/reports/latest"), c.s3.Get(t, "reports/latest.md"); latest != string(saved) {
		t.Errorf("the page shows %q, the report is %q", latest, saved)
	}
	page("/readyz")
	before := downloads.Load()
	page("/metrics")
	page("/reports/latest.json")
	if more := downloads.Load() - before; more > 0 {
		t.Errorf("%d downloads of what had not changed", more)
	}
	c.serve(2)
	now := time.Now().AddDate(0, 1, 0)
	var stderr bytes.Buffer
	on := c.machine(1)
	on.stderr, on.now = &stderr, func() time.Time { return now }
	if code := run(t.Context(), []string{"run", "--db", historyURL, "--reports", reportsURL, "--confirm-after", "1ms"}, on); code != exitOK {
		t.Fatalf("another run: exit code %d: %s", code, &stderr)
	}
	if latest := page("/reports/latest"); !strings.Contains(latest, " Run 2 ") {
		t.Errorf("what another run saved is not shown:\n%s", latest)
	}
	s.stop(t)
	c.wantNothingLeft(t)
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it left %v where it ran", left)
	}

	// It starts again with the history, but not if that can't be fetched.
	s = startServe(t, c.env(), dir, "--db", historyURL, "--reports", reportsURL, "--schedule", "0 2 1 1 *")
	s.until(t, "waiting for the schedule")
	s.stop(t)
	c.s3.At(buckettest.Refuse(403, "AccessDenied", "no"))
	c.command(t.Context(), 1, "serve").want(t, exitFailed, "fetch "+historyURL, "s3:ListBucket")
}
