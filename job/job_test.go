package job

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/buckettest"
	"snapshotter/state"
	"snapshotter/store"
)

// A message finds its run saved with the claim on it, and the report written. A
// run is uploaded once.
func TestOrder(t *testing.T) {
	w, s3 := inS3(t)
	w.run(1)
	w.serve(2)
	w.pinged()
	var claims []string
	var days []int
	var reported bool
	w.arrived = func(*http.Request) {
		claims = deliveries(t, download(t, s3))
		days = daysIn(t, w.history)
		reported = s3.Has(t, "reports/2026-05-02T02-00-00Z.md")
		if len(w.pings) > 1 {
			t.Error("checks heard of the end before the message was sent")
		}
	}
	w.events = nil
	w.run(2)
	if !slices.Equal(claims, []string{"run 1: , 0", "run 2: , 0"}) || !slices.Equal(days, []int{1, 2}) || !reported {
		t.Errorf("when the message came, the history held the claims %q and the runs of days %v; reported: %t", claims, days, reported)
	}
	w.wantSent(2)
	w.wantPings("start", "")
	if versions := s3.Versions(t, historyKey); len(versions) != 2 {
		t.Errorf("%d uploads of 2 runs", len(versions))
	}
	var names []string
	for _, e := range w.events {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e), "job."))
	}
	if want := []string{"Delivered", "Collected", "Recorded", "Delivered", "Delivered"}; !slices.Equal(names, want) {
		t.Errorf("events %q, want %q", names, want)
	}
}

// The first run of a history in S3 says so, and notes are kept with the run.
func TestNotes(t *testing.T) {
	w, _ := inS3(t)
	job := w.job(1)
	job.Note = "sample data"
	job.Unmatched = func(listings []catalog.Listing) []string { return []string{fmt.Sprintf("%d lists", len(listings))} }
	result, err := job.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := NewHistory{"s3://" + buckettest.Bucket + "/" + historyKey}
	if !slices.Contains(w.events, Event(want)) {
		t.Errorf("events %v, want %v among them", w.events, want)
	}
	if m := result.Run.Message; !strings.HasPrefix(m, "sample data; ") || !strings.HasSuffix(m, " lists") {
		t.Errorf("the run's message is %q", m)
	}
	if result.Run.CollectorVersion != "test" || result.Run.Trigger != catalog.Manual || result.Run.Partition != "aws" {
		t.Errorf("run %+v", result.Run)
	}
}

// A report that can't be written undoes neither the run nor its message, and is
// written by the next run.
func TestReportIsNotWritten(t *testing.T) {
	w := onDisk(t)
	w.run(1)
	dir := filepath.Dir(w.reports.Locate(LatestReport))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w.serve(2)
	w.pinged()
	result := w.run(2)
	problem, ok := errors.AsType[*ReportError](result.Unwritten)
	if !ok || result.Path != "" || result.Report == nil {
		t.Errorf("result %+v", result)
	}
	if want := "the run is recorded; make the directory writable; then the next run, or snapshotter report -o FILE, writes it"; problem.Advice() != want {
		t.Errorf("advice %q, want %q", problem.Advice(), want)
	}
	w.wantDays(1, 2)
	w.wantSent(2)
	w.wantPings("start", "3")

	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if result := w.run(3); result.Unwritten != nil || result.Path != w.reports.Locate("2026-05-03T02-00-00Z.md") {
		t.Errorf("result %+v", result)
	}
	w.wantReports(1, 2, 3)
	w.wantSent()
}

// Only the last few missing reports are written.
func TestRepairs(t *testing.T) {
	w := onDisk(t)
	for day := 1; day <= Repairs+4; day++ {
		w.quiet(day)
	}
	if err := os.RemoveAll(filepath.Dir(w.reports.Locate(LatestReport))); err != nil {
		t.Fatal(err)
	}
	w.quiet(Repairs + 5)
	var want []int
	for day := 5; day <= Repairs+5; day++ {
		want = append(want, day)
	}
	w.wantReports(want...)
}

// A run without credentials is recorded as failed and saved.
func TestFailure(t *testing.T) {
	w, _ := inS3(t)
	w.run(1)
	w.pinged()
	for day := 2; day <= 4; day++ {
		job := w.job(day)
		job.AWS.Credentials = nil
		if result, err := job.Run(t.Context()); err == nil || result != nil {
			t.Errorf("day %d: %+v, %v", day, result, err)
		}
		w.wantPings("start", "1")
	}
	w.wantDays(1)
	var failed []catalog.Run
	if err := w.history.Read(t.Context(), func(db *store.Store) (err error) {
		failed, err = db.RunsAfter(t.Context(), 1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(failed) != 3 || failed[0].Message == "" {
		t.Errorf("failed runs %+v", failed)
	}
	messages := w.heard()
	if len(messages) != 1 || messages[0].Title != "Bedrock not recorded 2026-05-04: 3 runs in a row failed" {
		t.Errorf("messages %+v, want one after three failures", messages)
	}
}

// A run that is refused by the lock asks nobody anything and pings nobody.
func TestLocked(t *testing.T) {
	w := onDisk(t)
	session, err := w.history.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := w.job(1).Run(t.Context()); !Overtaken(err) {
		t.Errorf("error %v", err)
	}
	w.wantPings()
	if calls := w.bedrock.Calls(); len(calls) > 0 {
		t.Errorf("%d calls of Bedrock", len(calls))
	}
}

// A history that can't be opened fails the run, and checks hear of it.
func TestNotOpened(t *testing.T) {
	w, s3 := inS3(t)
	s3.At(buckettest.Refuse(403, "AccessDenied", "no"))
	_, err := w.job(1).Run(t.Context())
	if _, refused := errors.AsType[*state.CallError](err); !refused {
		t.Errorf("error %v", err)
	}
	w.wantPings("start", "1")
}

// A run that is stopped while it reads leaves nothing behind.
func TestStoppedWhileReading(t *testing.T) {
	w, s3 := inS3(t)
	gate := bedrocktest.NewGate()
	w.bedrock.Inject(bedrocktest.Fault{Kind: bedrocktest.Wait, Gate: gate})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := w.job(1).Run(ctx)
		ended <- err
	}()
	<-gate.Reached()
	stop()
	if err := <-ended; !Stopped(err) {
		t.Errorf("error %v", err)
	}
	gate.Open()
	if s3.Has(t, historyKey) {
		t.Error("saved a history without a run")
	}
	w.wantPings("start", "1")
}

// A run that is stopped once it has read everything is saved, reported and
// announced.
func TestStoppedAfterReading(t *testing.T) {
	w, _ := inS3(t)
	w.run(1)
	w.serve(2)
	ctx, stop := context.WithCancel(t.Context())
	job := w.job(2)
	job.Observe = func(e Event) {
		if _, collected := e.(Collected); collected {
			stop()
		}
	}
	if _, err := job.Run(ctx); err != nil {
		t.Fatal(err)
	}
	w.wantDays(1, 2)
	w.wantReports(1, 2)
	w.wantSent(2)
}

// What a run recorded before it crashed is saved, and announced by the next.
func TestCrash(t *testing.T) {
	w, _ := inS3(t)
	w.run(1)
	w.serve(2)
	w.pinged()
	job := w.job(2)
	job.Observe = func(e Event) {
		if _, recorded := e.(Recorded); recorded {
			panic("a mistake")
		}
	}
	func() {
		defer func() {
			if crash := recover(); crash != "a mistake" {
				t.Errorf("recovered %v", crash)
			}
		}()
		job.Run(t.Context())
	}()
	w.wantDays(1, 2)
	w.wantReports(1)
	w.wantSent()
	w.wantPings("start", "fail")
	w.run(3)
	w.wantReports(1, 2, 3)
	w.wantSent(2)
}

// A crashed run that can't be saved is reported to the observer.
func TestCrashIsNotRescued(t *testing.T) {
	w, s3 := inS3(t)
	s3.At(onUpload(buckettest.Refuse(403, "AccessDenied", "no")))
	job, notRescued := w.job(1), error(nil)
	job.Observe = func(e Event) {
		switch e := e.(type) {
		case Recorded:
			panic("a mistake")
		case NotRescued:
			notRescued = e.Err
		}
	}
	func() {
		defer func() { recover() }()
		job.Run(t.Context())
	}()
	if _, unsaved := errors.AsType[*state.SaveError](notRescued); !unsaved {
		t.Errorf("not rescued: %v", notRescued)
	}
}

// Nobody is notified of a run that is not saved. The next run reports and
// announces everything.
func TestNotSaved(t *testing.T) {
	for name, door := range map[string]buckettest.Fault{
		"denied":       buckettest.Refuse(403, "AccessDenied", "no"),
		"request lost": buckettest.Reset,
	} {
		t.Run(name, func(t *testing.T) {
			w, s3 := inS3(t)
			w.run(1)
			w.serve(2)
			w.pinged()
			s3.At(onUpload(door))
			_, err := w.job(2).Run(t.Context())
			s3.At(nil)
			unsaved, ok := errors.AsType[*state.SaveError](err)
			if !ok || Overtaken(err) || Stopped(err) {
				t.Fatalf("error %v", err)
			}
			w.wantDays(1)
			w.wantReports(1)
			w.wantSent()
			w.wantPings("start", "1")
			left, err := state.NewHistory(unsaved.Path, w.job(2).AWS)
			if err != nil {
				t.Fatal(err)
			}
			if days := daysIn(t, left); !slices.Equal(days, []int{1, 2}) {
				t.Errorf("the copy holds the runs of days %v", days)
			}
			w.run(3)
			w.wantDays(1, 3)
			w.wantReports(1, 3)
			w.wantSent(3)
		})
	}
}

// An upload whose answer is lost is looked up, and the run goes on.
func TestSavedWithoutAnAnswer(t *testing.T) {
	w, s3 := inS3(t)
	w.run(1)
	w.serve(2)
	s3.At(onUpload(buckettest.Lost))
	w.run(2)
	s3.At(nil)
	w.wantDays(1, 2)
	w.wantReports(1, 2)
	w.wantSent(2)
}

// Of two runs on the same history, the one that saves first is kept. The other
// overwrites nothing, notifies nobody, and writes the report of the winner.
func TestLosesTheRace(t *testing.T) {
	w, s3 := inS3(t)
	w.run(1)
	w.serve(2)
	w.pinged()
	reached, open := make(chan struct{}), make(chan struct{})
	s3.At(onUpload(func(rw http.ResponseWriter, r *http.Request, behind http.Handler) {
		close(reached)
		<-open
		behind.ServeHTTP(rw, r)
	}))
	lost := make(chan error)
	go func() {
		_, err := w.job(2).Run(context.Background())
		lost <- err
	}()
	<-reached
	s3.At(nil)
	job := w.job(3)
	job.Announce.Channels = job.Announce.Channels[:1]
	if _, err := job.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	s3.Remove(t, "reports/2026-05-03T02-00-00Z.md", "")
	close(open)
	if err := <-lost; !Overtaken(err) {
		t.Errorf("error %v", err)
	}
	w.wantDays(1, 3)
	w.wantReports(1, 3)
	w.wantSent(3)
	w.wantPings("start", "")
	if !slices.ContainsFunc(w.events, func(e Event) bool { _, ok := e.(ReportedInstead); return ok }) {
		t.Errorf("events %v", w.events)
	}
}
