package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The newest run is old after two days or, where a schedule is set, after two of its
// times. Both a person and a program are told.
func TestStale(t *testing.T) {
	t.Parallel()
	database := demoFile(t) // the last run was at 02:00 UTC
	hourly := filepath.Join(t.TempDir(), "hourly.yaml")
	if err := os.WriteFile(hourly, []byte("schedule: '30 * * * *'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		set   environment
		args  string
		later time.Duration
		stale bool
	}{
		{"two days", nil, "models", 48 * time.Hour, false},
		{"more than two days", nil, "models", 48*time.Hour + time.Second, true},
		{"an old run was asked for", nil, "models --as-of 1", 48*time.Hour + time.Second, false},
		{"weekly", environment{"SNAPSHOTTER_SCHEDULE": "0 3 * * 1"}, "models", 5 * 24 * time.Hour, false},
		{"hourly, the second is due", nil, "models --config " + hourly, 2*time.Hour + 30*time.Minute, false},
		{"hourly, the second failed", nil, "models --config " + hourly, 2*time.Hour + 31*time.Minute, true},
		{"in another zone", environment{"SNAPSHOTTER_SCHEDULE": "0 3 * * *", "SNAPSHOTTER_TZ": "Asia/Tokyo"}, "runs", 42 * time.Hour, true},
		{"no schedule", environment{"SNAPSHOTTER_SCHEDULE": "sometimes"}, "models", 3 * time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, problems bytes.Buffer
			on := silent(nil)
			on.stdout, on.stderr, on.getenv = &out, &problems, c.set.get
			on.now = func() time.Time { return moments()[len(moments())-1].At.Add(c.later) }
			if code := run(context.Background(), append(strings.Fields(c.args), "--json", "--db", database), on); code != exitOK {
				t.Fatalf("exit code %d: %s", code, &problems)
			}
			if warned := strings.Contains(problems.String(), "the last run is old"); warned != c.stale {
				t.Errorf("warned: %t, want %t: %s", warned, c.stale, &problems)
			}
			if said := strings.Contains(out.String(), `"stale": true`); said != c.stale && !strings.HasPrefix(c.args, "runs") {
				t.Errorf(`"stale": %t, want %t`, said, c.stale)
			}
		})
	}
}
