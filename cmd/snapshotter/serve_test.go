package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
	"snapshotter/job"
	"snapshotter/schedule"
	"snapshotter/state"
	"snapshotter/store"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// hosted is a service that was never started, on a database of its own, whose
// clock is set by the test.
func hosted(t *testing.T, now *time.Time) *service {
	t.Helper()
	p := &program{machine: silent(nil), log: slog.New(slog.DiscardHandler)}
	p.now = func() time.Time { return *now }
	p.DB = filepath.Join(t.TempDir(), "snapshotter.db")
	c := &serveCommand{timing: timing{Schedule: "0 2 * * *", TZ: "Europe/Berlin"}}
	c.RunLimit = 5 * time.Minute
	times, err := c.times(p.DB)
	if err != nil {
		t.Fatal(err)
	}
	s := newService(p, c)
	s.keeper = schedule.NewKeeper(times, schedule.Job{Last: s.last, Run: s.run}, p.now)
	return s
}

// localJob is the main job on a database, with its reports in a directory beside
// it.
func localJob(t testing.TB, db string, server *bedrocktest.Server, now func() time.Time) *job.Job {
	t.Helper()
	history, err := state.NewHistory(db, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := state.NewReports(filepath.Join(filepath.Dir(db), "reports"), aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return &job.Job{
		History: history, Reports: reports, Trigger: catalog.Schedule, AWS: server.Config(),
		Options: collect.Options{Pause: time.Millisecond}, Now: now,
	}
}

// take records a moment of the sample in the service's database.
func take(t *testing.T, s *service, moment sample.Moment) {
	t.Helper()
	server := startBedrock(t)
	server.Serve(moment.Catalogue)
	server.Inject(faults(moment.Failing)...)
	p := s.program
	job := localJob(t, p.DB, server, p.now)
	if _, err := job.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func get(s *service, path, accept string) *httptest.ResponseRecorder {
	response := httptest.NewRecorder()
	request := httptest.NewRequest("GET", path, nil)
	request.Header.Set("Accept", accept)
	s.pages.Handler().ServeHTTP(response, request)
	return response
}

func TestPages(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 1, 0, 0, 10, 0, time.UTC)
	s := hosted(t, &now)
	want := func(path, accept string, code int, parts ...string) {
		t.Helper()
		got := get(s, path, accept)
		for _, part := range parts {
			if !strings.Contains(got.Body.String(), part) {
				t.Errorf("%s lacks %q:\n%s", path, part, got.Body)
			}
		}
		if got.Code != code {
			t.Errorf("%s: %d, want %d: %s", path, got.Code, code, got.Body)
		}
		for _, secret := range []string{bedrocktest.Account, "arn:", "AKID"} {
			if strings.Contains(got.Body.String(), secret) {
				t.Errorf("%s shows %q", path, secret)
			}
		}
	}
	want("/healthz", "", 200, "alive")
	want("/readyz", "", 503, "could not be read")
	want("/metrics", "", 503, "could not be read")
	if err := prepare(t.Context(), s.program); err != nil {
		t.Fatal(err)
	}
	want("/readyz", "", 503, "no run is recorded yet")
	want("/reports/latest", "", 404, "no run is recorded yet")
	want("/metrics", "", 200, `snapshotter_runs_total{status="complete"} 0`)

	moments := moments()
	take(t, s, moments[0])
	now = now.AddDate(0, 0, 1)
	take(t, s, moments[1])
	want("/readyz", "", 200, "ready: run 2 began 2026-04-02 00:00 UTC, the next is due 2026-04-03 00:00 UTC")
	want("/reports/latest", "", 200, "# Bedrock 2026-04-02", "Run 2 ")
	want("/reports/latest", "*/*", 200, "# Bedrock 2026-04-02")
	want("/reports/latest.md", "application/json", 200, "# Bedrock 2026-04-02")
	for path, accept := range map[string]string{"/reports/latest.json": "text/markdown", "/reports/latest": "text/markdown;q=0.5, application/json"} {
		got := get(s, path, accept)
		if !json.Valid(got.Body.Bytes()) || got.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s for %q is no JSON: %.80s", path, accept, got.Body)
		}
	}
	wantSite(t, s)
	now = now.Add(90 * time.Second)
	want("/metrics", "", 200,
		"# TYPE snapshotter_runs_total counter\n", `snapshotter_last_success_age_seconds 90`,
		"snapshotter_last_success_timestamp_seconds 1775088010\n", "snapshotter_next_run_timestamp_seconds 1775174400\n",
		`snapshotter_scopes{outcome="complete"} 34`, `snapshotter_changes{significance="good"} `, `snapshotter_items{kind="foundation-model"} `)

	now = time.Date(2026, 4, 3, 0, 6, 59, 0, time.UTC) // a run may still be at it
	want("/readyz", "", 200, "ready")
	now = now.Add(time.Second)
	want("/readyz", "", 503, "the last recorded run began 2026-04-02 00:00 UTC, and one was due 2026-04-03 00:00 UTC")

	// The run is dated by a clock that was a year ahead: that says nothing of its age.
	now = time.Date(2025, 4, 2, 0, 0, 0, 0, time.UTC)
	want("/readyz", "", 503, "the last recorded run is dated 2026-04-02 00:00 UTC, which this clock has not reached")
	want("/metrics", "", 200, "snapshotter_last_success_age_seconds +Inf\n")

	want("/", "", 200, "As of run ")
	post := httptest.NewRecorder()
	s.pages.Handler().ServeHTTP(post, httptest.NewRequest("POST", "/metrics", nil))
	if post.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", post.Code)
	}
}

// A crash is recorded as a failed run, and so is a run that did not begin.
func TestGuarded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	s := hosted(t, &now)
	for _, take := range []func() (*job.Result, error){
		func() (*job.Result, error) { panic("a mistake for arn:aws:iam::111122223333:role/r") },
		func() (*job.Result, error) { return nil, unstarted{errors.New("no profile of account 111122223333")} },
		func() (*job.Result, error) { return nil, errors.New("recorded by the job itself") },
		func() (*job.Result, error) { return nil, context.Canceled },
	} {
		if _, err := guarded(t.Context(), s.program, take); err == nil {
			t.Error("no error")
		}
	}
	runs, err := s.program.runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, run := range runs {
		got = append(got, fmt.Sprintf("%s %s %s", run.Status, run.Trigger, run.Message))
	}
	if len(got) != 2 || strings.Contains(fmt.Sprint(got), "111122223333") ||
		!strings.HasPrefix(got[0], "failed schedule the run crashed: a mistake") {
		t.Errorf("%d runs: %q", len(got), got)
	}
	if last := s.last(t.Context()); !last.Equal(now) {
		t.Errorf("the last run began %s", last)
	}
}

// A run that is due waits for another process.
func TestLockedIsNoRun(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	s := hosted(t, &now)
	s.program.aws = func(context.Context) (aws.Config, error) { return aws.Config{Region: "eu-west-1"}, nil }
	lock, err := store.Acquire(s.program.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if err := prepare(t.Context(), s.program); err != nil {
		t.Fatal(err)
	}
	if s.run(t.Context()) {
		t.Error("a run began in spite of the lock")
	}
}

// serving is a process of its own; its log can be waited for.
type serving struct {
	*exec.Cmd
	log *bufio.Scanner
}

func startServe(t *testing.T, env map[string]string, dir string, args ...string) *serving {
	t.Helper()
	s := &serving{Cmd: exec.Command(os.Args[0], append([]string{"serve", "--confirm-after", "1ms", "--log-format", "json"}, args...)...)}
	s.Dir, s.Env = dir, environ(env)
	stderr, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.log = bufio.NewScanner(stderr)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	return s
}

// until reads the log up to a message, and returns that line.
func (s *serving) until(t *testing.T, message string) map[string]any {
	t.Helper()
	var read []string
	for s.log.Scan() {
		var line map[string]any
		if json.Unmarshal(s.log.Bytes(), &line) == nil && line["msg"] == message {
			return line
		}
		read = append(read, s.log.Text())
	}
	t.Fatalf("no log line %q in\n%s", message, strings.Join(read, "\n"))
	return nil
}

func (s *serving) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.until(t, "stopped")
	if err := s.Wait(); err != nil {
		t.Errorf("serve: %v", err)
	}
}

// TestServe is the life of a real process: its first run, its pages, another
// configuration, a wrong one, and its end, in peace and in the midst of a run.
func TestServe(t *testing.T) {
	t.Parallel()
	server := startBedrock(t)
	server.Serve(moments()[0].Catalogue)
	dir := t.TempDir()
	config := filepath.Join(dir, "snapshotter.yaml")
	configure := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	configure("schedule: 0 2 * * *\n")
	s := startServe(t, server.Env(), dir, "--config", config, "--listen", "127.0.0.1:0")
	address, _ := s.until(t, "listening for HTTP")["address"].(string)
	s.until(t, "report written") // an empty history gets its first run at once
	page := func(path string) (int, string) {
		response, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/reports/latest"} {
		if code, body := page(path); code != http.StatusOK {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}

	configure("schedule: 0 5 1 1 *\ntz: Asia/Tokyo\n")
	s.Process.Signal(syscall.SIGHUP)
	if next, _ := s.until(t, "configuration reloaded")["next"].(string); !strings.HasSuffix(next, "-01-01T05:00:00+09:00") {
		t.Errorf("the next run after a reload is %s", next)
	}
	configure("schedul: 0 5 1 1 *\n")
	s.Process.Signal(syscall.SIGHUP)
	if said := fmt.Sprint(s.until(t, "configuration not reloaded, the old one stays")["problem"]); !strings.Contains(said, `did you mean \"schedule\"`) && !strings.Contains(said, `did you mean "schedule"`) {
		t.Errorf("a wrong configuration: %s", said)
	}
	s.stop(t)
	if runs := recordedIn(t, dir); len(runs) != 1 || runs[0].Trigger != catalog.Schedule {
		t.Errorf("recorded %v", runs)
	}

	// Nothing is due, so nothing is run; of another history the first run is
	// stopped while no region answers, and made up by the next start.
	configure("schedule: 0 2 1 1 *\n")
	s = startServe(t, server.Env(), dir, "--config", config)
	s.until(t, "waiting for the schedule")
	s.stop(t)
	if runs := recordedIn(t, dir); len(runs) != 1 {
		t.Errorf("%d runs after a restart", len(runs))
	}
	dir = t.TempDir()
	gate := bedrocktest.NewGate()
	server.Inject(bedrocktest.Fault{Kind: bedrocktest.Wait, Gate: gate})
	s = startServe(t, server.Env(), dir)
	<-gate.Reached()
	s.stop(t)
	server.Inject()
	gate.Open()
	if runs := recordedIn(t, dir); len(runs) != 0 {
		t.Errorf("%d runs of one that was stopped", len(runs))
	}
	s = startServe(t, server.Env(), dir)
	s.until(t, "report written")
	s.stop(t)
	if runs := recordedIn(t, dir); len(runs) != 1 {
		t.Errorf("%d runs after it was made up", len(runs))
	}
}

// wantSite checks the site of the second of two runs, of 2 April.
func wantSite(t *testing.T, s *service) {
	t.Helper()
	ask := func(path string, header ...string) *httptest.ResponseRecorder {
		response := httptest.NewRecorder()
		request := httptest.NewRequest("GET", path, nil)
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		s.pages.Handler().ServeHTTP(response, request)
		return response
	}
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct {
		path, accept string
		code         int
		kind, part   string
	}{
		{"/", browser, 200, "text/html; charset=utf-8", "As of run 2"},
		{"/", "", 200, "text/html; charset=utf-8", "As of run 2"},
		{"/", "text/markdown", 200, "text/markdown; charset=utf-8", "# Bedrock 2026-04-02"},
		{"/", "text/html;q=0.1, application/json", 200, "application/json", `"schema": "snapshotter.report/`},
		{"/models/", browser, 200, "text/html; charset=utf-8", "<table"},
		{"/models/", "application/json", 200, "application/json", `"never_read"`},
		{"/models/amazon.nova-2-lite-v1~0/", "application/json", 200, "application/json", `"asked":"amazon.nova-2-lite-v1:0"`},
		{"/feeds/all.atom", "", 200, "application/atom+xml; charset=utf-8", "<feed"},
		{"/calendars/all.ics", "", 200, "text/calendar; charset=utf-8", "BEGIN:VCALENDAR"},
		{"/assets/script.js", "", 200, "text/javascript; charset=utf-8", "use strict"},
		{"/changes/2026-04-02T00-00-10Z/", browser, 200, "text/html; charset=utf-8", "<h1>Bedrock 2026-04-02"},
		{"/changes/2026-04-01T00-00-10Z/", "text/markdown", 200, "text/markdown; charset=utf-8", "# Bedrock 2026-04-01"},
		{"/models/no-such/model/", browser, 404, "text/html; charset=utf-8", `href="../../../index.html"`},
		{"/etc/passwd", "", 404, "text/html; charset=utf-8", "There is no such page"},
	} {
		got := ask(c.path, "Accept", c.accept)
		if got.Code != c.code || got.Header().Get("Content-Type") != c.kind || !strings.Contains(got.Body.String(), c.part) {
			t.Errorf("%s for %q: %d, %s, %.200s", c.path, c.accept, got.Code, got.Header(), got.Body)
		}
		if !strings.Contains(got.Header().Get("Content-Security-Policy"), "default-src 'none'") || got.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has no policy: %s", c.path, got.Header())
		}
	}
	for path, to := range map[string]string{
		"/reports": "changes/", "/reports/": "../changes/", "/models": "models/", "/reports/2026-04-01T00-00-10Z": "../changes/2026-04-01T00-00-10Z/",
		"/reports/2026-04-01T00-00-10Z.html": "../changes/2026-04-01T00-00-10Z/", "/reports/2026-04-01T00-00-10Z/": "../../changes/2026-04-01T00-00-10Z/",
		"/reports/2026-04-01T00-00-10Z.md": "../changes/2026-04-01T00-00-10Z/report.md", "/reports/latest": "../index.html",
	} {
		if got := ask(path, "Accept", browser); got.Code != 302 || got.Header().Get("Location") != to {
			t.Errorf("%s: %d to %q, want %q", path, got.Code, got.Header().Get("Location"), to)
		}
	}
	plain := ask("/index.html")
	zipped := ask("/index.html", "Accept-Encoding", "br, gzip")
	if zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len() >= plain.Body.Len() || zipped.Header().Get("ETag") == plain.Header().Get("ETag") {
		t.Errorf("not compressed: %s, %d of %d bytes", zipped.Header(), zipped.Body.Len(), plain.Body.Len())
	}
	if got := ask("/index.html", "Accept-Encoding", "gzip;q=0"); got.Header().Get("Content-Encoding") != "" {
		t.Error("compressed for a client that refuses it")
	}
	for _, first := range []*httptest.ResponseRecorder{plain, zipped} {
		again := ask("/index.html", "If-None-Match", first.Header().Get("ETag"), "Accept-Encoding", first.Header().Get("Content-Encoding"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("sent again: %d, %d bytes", again.Code, again.Body.Len())
		}
	}
}
