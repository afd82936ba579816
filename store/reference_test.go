package store_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/store"
)

var noon = time.Date(2026, 9, 23, 12, 0, 0, 0, time.UTC)

// nights is a history of runs at 02:00 UTC on four days; run 3 failed. The
// fourth may have started earlier, where the clock was set back.
func nights(t testing.TB, fourth time.Time) *store.Store {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for i, at := range []time.Time{night(20), night(21), night(22), fourth} {
		run := catalog.Run{StartedAt: at, FinishedAt: at, Trigger: catalog.Manual, Partition: "aws"}
		if i == 2 {
			_, err = db.RecordFailure(ctx, run)
		} else {
			_, err = db.Record(ctx, run, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func night(day int) time.Time { return time.Date(2026, 9, day, 2, 0, 0, 0, time.UTC) }

func TestReferences(t *testing.T) {
	db := nights(t, night(23))
	for _, test := range []struct {
		text string
		want int64  // run
		err  string // or part of the error
	}{
		{text: "1", want: 1},
		{text: "latest", want: 4},
		{text: "latest~0", want: 4},
		{text: "latest~1", want: 2}, // a failed run recorded nothing
		{text: "latest~2", want: 1},
		{text: "latest~3", err: "fewer than 4 runs are recorded: the recorded runs are 1"},
		{text: "3", err: "run 3 failed"},
		{text: "5", err: "the recorded runs are 1 (2026-09-20 02:00 UTC) to 4"},
		{text: "2026-09-21", want: 2}, // the end of that day
		{text: "2026-09-22", want: 2},
		{text: "2026-09-21T01:59:59Z", want: 1},
		{text: "2026-09-21T02:00Z", want: 2},
		{text: "2026-09-21 04:00+02:00", want: 2},
		{text: "2026-09-19", err: "no run is recorded at or before 2026-09-19 23:59 UTC: the recorded runs are"},
		{text: "0m", want: 4},
		{text: "2d", want: 2},
		{text: "59h", want: 1},
		{text: "1w", err: "no run is recorded at or before"},
		{text: "9999w", err: "no run is recorded at or before"},
		{text: "", err: "is not a run"},
		{text: "0", err: "is not a run"},
		{text: "-1", err: "is not a run"},
		{text: "latest~", err: "is not a run"},
		{text: "yesterday", want: 2}, // run 3 failed
		{text: "tomorrow", err: "is not a run"},
		{text: "2026-09", want: 4},
		{text: "2026-08", err: "no run is recorded at or before 2026-08-31 23:59 UTC"},
		{text: "2026-13", err: "is not a run"},
		{text: "0mo", want: 4},
		{text: "1mo", err: "no run is recorded at or before 2026-08-23 12:00 UTC"},
		{text: "1y", err: "no run is recorded at or before 2025-09-23 12:00 UTC"},
		{text: "9999y", err: "no run is recorded at or before"},
		{text: "1mon", err: "is not a run"},
		{text: "2026-13-01", err: "is not a run"},
		{text: "x\x1b[31m\n", err: `is not a run`},
	} {
		ref, err := store.ParseReference(test.text, noon)
		var run catalog.Run
		if err == nil {
			run, err = ref.Find(context.Background(), db)
		}
		switch {
		case err == nil && (test.err != "" || run.ID != test.want):
			t.Errorf("%q is run %d, want %d %s", test.text, run.ID, test.want, test.err)
		case err != nil && (test.err == "" || !strings.Contains(err.Error(), test.err)):
			t.Errorf("%q: %v, want run %d %s", test.text, err, test.want, test.err)
		}
	}
}

// Months are the calendar's, and end where a month is shorter.
func TestMonthsAgo(t *testing.T) {
	for _, c := range []struct{ now, text, want string }{
		{"2026-11-27T12:00:00Z", "1mo", "2026-10-27T12:00:00Z"},
		{"2026-03-31T12:00:00Z", "1mo", "2026-02-28T12:00:00Z"},
		{"2026-05-31T12:00:00Z", "3mo", "2026-02-28T12:00:00Z"},
		{"2028-02-29T12:00:00Z", "1y", "2027-02-28T12:00:00Z"},
		{"2026-01-15T00:30:00+02:00", "1mo", "2025-12-14T22:30:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		ref, err := store.ParseReference(c.text, now)
		if got := ref.Time().Format(time.RFC3339); err != nil || got != c.want {
			t.Errorf("%s before %s is %s, %v, want %s", c.text, c.now, got, err, c.want)
		}
	}
}

// The order of runs is that of their ids: where the clock was set back, the
// last run at or before a time is the one recorded last.
func TestReferencesTrustNoClock(t *testing.T) {
	db := nights(t, night(20).Add(-time.Hour))
	ref, err := store.ParseReference("2026-09-21", noon)
	if err != nil {
		t.Fatal(err)
	}
	if run, err := ref.Find(context.Background(), db); err != nil || run.ID != 4 {
		t.Errorf("found run %d, %v; want 4", run.ID, err)
	}
}

func TestReferenceWithoutRuns(t *testing.T) {
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ref, _ := store.ParseReference("latest", noon)
	if _, err := ref.Find(context.Background(), db); err != store.ErrNoRuns {
		t.Errorf("got %v, want %v", err, store.ErrNoRuns)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, text := range []string{"1", "latest", "latest~2", "2026-09-21", "2026-09-21T02:00Z", "7d", "99999999999999999999", "latest~999999999"} {
		f.Add(text)
	}
	db := nights(f, night(23))
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := store.ParseReference(text, noon)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b\r") {
				t.Errorf("the error for %q carries control characters: %q", text, err)
			}
			return
		}
		run, err := ref.Find(context.Background(), db)
		if err == nil && (run.ID < 1 || run.ID == 3) {
			t.Errorf("%q found run %d", text, run.ID)
		}
	})
}
