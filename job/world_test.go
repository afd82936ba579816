package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/diff"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/buckettest"
	"snapshotter/internal/sample"
	"snapshotter/notify"
	"snapshotter/state"
	"snapshotter/store"
)

// world is where jobs run: a Bedrock, a place for the history and the reports, and
// a receiver of messages and pings. A job runs on a day of May.
type world struct {
	*testing.T
	bedrock *bedrocktest.Server
	history *state.History
	reports *state.Reports
	*receiver

	mu       sync.Mutex
	events   []Event
	imported catalog.Status // of the last import
}

const historyKey = "bedrock/snapshotter.db"

// onDisk is a world whose history is a file.
func onDisk(t *testing.T) *world {
	dir := t.TempDir()
	return newWorld(t, filepath.Join(dir, "snapshotter.db"), filepath.Join(dir, "reports"), aws.Config{})
}

// file returns the path of a history on disk.
func (w *world) file() string {
	return filepath.Join(filepath.Dir(w.reports.Locate("")), "snapshotter.db")
}

// inS3 is a world whose history is an object.
func inS3(t *testing.T) (*world, *buckettest.Server) {
	t.Setenv("TMPDIR", t.TempDir())
	s3 := buckettest.Start(t, "")
	cfg := s3.Config()
	cfg.RetryMaxAttempts = 1 // package state tests retries
	return newWorld(t, "s3://"+buckettest.Bucket+"/"+historyKey, "s3://"+buckettest.Bucket+"/reports", cfg), s3
}

func newWorld(t *testing.T, history, reports string, cfg aws.Config) *world {
	t.Helper()
	w := &world{T: t, receiver: receive(t)}
	var err error
	if w.bedrock, err = bedrocktest.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.bedrock.Close)
	if w.history, err = state.NewHistory(history, cfg); err != nil {
		t.Fatal(err)
	}
	if w.reports, err = state.NewReports(reports, cfg); err != nil {
		t.Fatal(err)
	}
	w.serve(1)
	return w
}

// serve makes Bedrock offer the nth moment of the sample.
func (w *world) serve(moment int) { w.bedrock.Serve(sample.Moments()[moment-1].Catalogue) }

// job is the job of a day, which notifies the receiver.
func (w *world) job(day int) *Job {
	at := time.Date(2026, 5, day, 2, 0, 0, 0, time.UTC)
	regions := []string{"us-east-1", "us-west-2", "eu-west-2"}
	return &Job{
		History: w.history, Reports: w.reports, Trigger: catalog.Manual, Version: "test", AWS: w.bedrock.Config(),
		Options: collect.Options{
			Include: func(region string) bool { return slices.Contains(regions, region) }, Pause: time.Millisecond,
		},
		Announce: &Announcements{
			Channels: w.channels(w.hook(), w.check()),
			Policy:   notify.Policy{AtLeast: diff.Good, LostRuns: 3},
			Link:     "https://reports.example.com/{report}",
			ExitCode: func(err error) int {
				if _, unwritten := err.(*ReportError); unwritten {
					return 3
				}
				return 1
			},
		},
		Now: func() time.Time { return at },
		Observe: func(e Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		},
	}
}

func (w *world) channels(urls ...string) (all []notify.Channel) {
	w.Helper()
	for _, url := range urls {
		channel, err := notify.Parse(url)
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, channel)
	}
	return all
}

// run runs the job of a day, which must be kept.
func (w *world) run(day int) *Result {
	w.Helper()
	result, err := w.job(day).Run(w.Context())
	if err != nil {
		w.Fatalf("day %d: %v", day, err)
	}
	return result
}

// quiet runs the job of a day without notifying anybody.
func (w *world) quiet(day int) {
	w.Helper()
	job := w.job(day)
	job.Announce = nil
	if _, err := job.Run(w.Context()); err != nil {
		w.Fatalf("day %d: %v", day, err)
	}
}

// wantDays checks which days' runs the history holds, failed ones excepted.
func (w *world) wantDays(want ...int) {
	w.Helper()
	if got := daysIn(w.T, w.history); !slices.Equal(got, want) {
		w.Errorf("the history holds the runs of days %v, want %v", got, want)
	}
}

func daysIn(t *testing.T, history *state.History) (days []int) {
	t.Helper()
	if err := history.Read(context.Background(), func(db *store.Store) error {
		runs, err := db.Runs(context.Background())
		for _, run := range runs {
			if run.Status != catalog.RunFailed {
				days = append(days, run.StartedAt.Day())
			}
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	return days
}

// wantReports checks that the runs of these days have a report, and no other.
func (w *world) wantReports(want ...int) {
	w.Helper()
	var got []int
	for day := 1; day <= 31; day++ {
		at := time.Date(2026, 5, day, 2, 0, 0, 0, time.UTC)
		has, err := w.reports.Has(w.Context(), ReportName(catalog.Run{StartedAt: at}))
		if err != nil {
			w.Fatal(err)
		}
		if has {
			got = append(got, day)
		}
	}
	if !slices.Equal(got, want) {
		w.Errorf("there are reports of days %v, want %v", got, want)
	}
}

// wantSent checks which days' changes were sent since the last call, in order.
func (w *world) wantSent(want ...int) {
	w.Helper()
	var got []int
	for _, m := range w.heard() {
		var day int
		if _, date, found := strings.Cut(m.Title, " 2026-05-"); found {
			fmt.Sscanf(date, "%02d", &day)
		}
		got = append(got, day)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.Errorf("messages of days %v were sent, want %v", got, want)
	}
}

// wantPings checks which pings came since the last call: the ends of their paths.
func (w *world) wantPings(want ...string) {
	w.Helper()
	if got := w.pinged(); !slices.Equal(got, want) {
		w.Errorf("pings %q, want %q", got, want)
	}
}

// deliveries are what the history in a file says of messages: run, outcome and
// tries.
func deliveries(t *testing.T, path string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer db.Close()
	rows, err := db.Query(`SELECT 'run ' || run_id || ': ' || outcome || ', ' || tries FROM deliveries ORDER BY run_id, channel_id`)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Error(err)
		}
		all = append(all, row)
	}
	return all
}

// download writes an object to a file and returns its path.
func download(t *testing.T, s3 *buckettest.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "downloaded.db")
	if err := os.WriteFile(path, s3.Get(t, historyKey), 0o644); err != nil {
		t.Error(err)
	}
	return path
}

// onUpload is a door for uploads of the history alone.
func onUpload(door buckettest.Fault) buckettest.Fault {
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, historyKey) {
			door(w, r, behind)
			return
		}
		behind.ServeHTTP(w, r)
	}
}

// receiver takes messages and pings over HTTP.
type receiver struct {
	server *httptest.Server

	mu       sync.Mutex
	arrived  func(*http.Request) // called before a message is answered, may be nil
	messages []message
	pings    []string
}

type message struct{ Title, Message, Link, Significance string }

func receive(t *testing.T) *receiver {
	r := &receiver{}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.take(t, request)
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) take(t *testing.T, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if end, ping := strings.CutPrefix(request.URL.Path, "/ping/x"); ping {
		r.pings = append(r.pings, strings.TrimPrefix(end, "/"))
		return
	}
	if r.arrived != nil {
		r.arrived(request)
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		t.Errorf("a message that is not JSON: %s", body)
	}
	r.messages = append(r.messages, m)
}

func (r *receiver) hook() string  { return "generic+" + r.server.URL + "/hook?template=json" }
func (r *receiver) check() string { return "ping:" + r.server.URL + "/ping/x" }

// heard returns the messages since the last call.
func (r *receiver) heard() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	messages := r.messages
	r.messages = nil
	return slices.DeleteFunc(messages, func(m message) bool { return strings.Contains(m.Title, ": first run") }) // which has nothing to compare with
}

// pinged returns the ends of the pings' paths since the last call.
func (r *receiver) pinged() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	pings := r.pings
	r.pings = nil
	return pings
}
