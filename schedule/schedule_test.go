package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/google/go-cmp/cmp"

	"snapshotter/schedule"
)

func place(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func parse(t testing.TB, expression, zone string, jitter time.Duration) *schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(expression, place(t, zone), jitter, "seed")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// following are the n moments after one given in RFC 3339, in the place's time.
func following(t testing.TB, s *schedule.Schedule, after string, n int) []string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, after)
	if err != nil {
		t.Fatal(err)
	}
	var moments []string
	for range n {
		at = s.Next(at)
		moments = append(moments, at.Format(time.RFC3339))
	}
	return moments
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name, expression, zone, after string
		want                          []string
	}{
		{"nightly", "0 2 * * *", "UTC", "2026-01-01T02:00:00Z", []string{"2026-01-02T02:00:00Z", "2026-01-03T02:00:00Z"}},
		{
			"forward past it: at that moment", "0 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"},
		},
		{
			"forward past the middle of the hour", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		},
		{
			"forward past two of a day: once", "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00", "2026-03-30T03:00:00+02:00"},
		},
		{
			"put back: the first of two", "0 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-26T02:00:00+01:00"},
		},
		{
			"put back, asked between the two", "0 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z",
			[]string{"2026-10-26T02:00:00+01:00"},
		},
		{
			"put back, asked in the second", "45 2 * * *", "Europe/Berlin", "2026-10-25T01:15:00Z",
			[]string{"2026-10-26T02:45:00+01:00"},
		},
		{
			"every hour passes through it forward", "0 * * * *", "Europe/Berlin", "2026-03-28T23:30:00Z",
			[]string{"2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"},
		},
		{
			"every hour passes through it back", "0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"},
		},
		{
			"where midnight is what is passed", "@daily", "America/Asuncion", "2023-09-30T12:00:00Z",
			[]string{"2023-10-01T01:00:00-03:00", "2023-10-02T00:00:00-03:00"},
		},
		{
			"by half an hour", "0 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:00:00+11:00"},
		},
		{"on working days", "0 6 * * 1-5", "Europe/Berlin", "2026-05-01T05:00:00Z", []string{"2026-05-04T06:00:00+02:00"}},
		{"on leap days", "0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := following(t, parse(t, c.expression, c.zone, 0), c.after, len(c.want))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Next (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNextOverYears asks from many moments, and wants what counting up gives.
func TestNextOverYears(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe"} {
		for _, expression := range []string{"0 2 * * *", "30 1,2,3 * * *", "*/20 0-3 * * *", "15 * * * *", "0 */6 * * *"} {
			for _, jitter := range []time.Duration{0, 3 * time.Hour} {
				s := parse(t, expression, zone, jitter)
				at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
				end := at.AddDate(1, 0, 0)
				if expression == "15 * * * *" {
					end = at.AddDate(0, 5, 0) // both changes of the clock are within, of one hemisphere each
				}
				var moments []time.Time
				for at.Before(end) {
					next := s.Next(at)
					if !next.After(at) {
						t.Fatalf("%s in %s: %s follows %s", expression, zone, next, at)
					}
					if again := s.Next(at.Add(next.Sub(at) - 1)); !again.Equal(next) {
						t.Fatalf("%s in %s jitter %s: just before %s comes %s", expression, zone, jitter, next, again)
					}
					moments, at = append(moments, next), next
				}
				if !slices.IsSortedFunc(moments, time.Time.Compare) {
					t.Errorf("%s in %s: out of order", expression, zone)
				}
				if expression == "0 2 * * *" && len(moments) != 365 && len(moments) != 366 {
					t.Errorf("%s in %s jitter %s: %d moments in a year", expression, zone, jitter, len(moments))
				}
			}
		}
	}
}

func TestJitter(t *testing.T) {
	exact := parse(t, "0 2 * * *", "Europe/Berlin", 0)
	late := parse(t, "0 2 * * *", "Europe/Berlin", 5*time.Minute)
	other, err := schedule.Parse("0 2 * * *", place(t, "Europe/Berlin"), 5*time.Minute, "another seed")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	delays, same := map[time.Duration]bool{}, 0
	for range 300 {
		moment := late.Next(at)
		delay := moment.Sub(exact.Next(at))
		if delay < 0 || delay >= 5*time.Minute {
			t.Fatalf("after %s: put off by %s", at, delay)
		}
		if moment.Equal(other.Next(at)) {
			same++
		}
		delays[delay] = true
		at = exact.Next(at).Add(12 * time.Hour)
	}
	if len(delays) < 100 {
		t.Errorf("only %d delays in 300 nights", len(delays))
	}
	if same > 30 {
		t.Errorf("another seed gives the same moment in %d of 300 nights", same)
	}
}

func TestParseRefuses(t *testing.T) {
	for expression, want := range map[string]string{
		"":                     "empty spec",
		"2 o'clock":            "expected exactly 5 fields",
		"0 25 * * *":           "above maximum",
		"0 0 30 2 *":           "that day never comes",
		"@every 1h":            "give clock times",
		"TZ=UTC 0 2 * * *":     "a separate setting",
		"CRON_TZ=UTC @daily":   "a separate setting",
		"0 0 2 * * *":          "expected exactly 5 fields",
		"0 2 * * * rm -rf / #": "expected exactly 5 fields",
	} {
		if _, err := schedule.Parse(expression, time.UTC, 0, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want %q", expression, err, want)
		}
	}
	if _, err := schedule.Parse("@daily", time.UTC, -1, ""); err == nil {
		t.Error("a negative jitter is taken")
	}
}

func FuzzParse(f *testing.F) {
	for _, expression := range []string{"0 2 * * *", "@daily", "*/7 1-5,9 * JAN-MAR MON", "0 0 29 2 ?", "@every 1s", "59 23 31 12 SUN"} {
		f.Add(expression, int64(1_774_742_400), int64(300))
	}
	berlin := place(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, expression string, unix, jitter int64) {
		after := time.Unix(unix%4_000_000_000, 0)
		s, err := schedule.Parse(expression, berlin, time.Duration(jitter%86400)*time.Second, "seed")
		if err != nil {
			return
		}
		if next := s.Next(after); !next.After(after) {
			t.Errorf("%q: %s does not follow %s", expression, next, after)
		}
	})
}

// Crontab files may have Sunday as 7.
func TestSunday(t *testing.T) {
	for expression, same := range map[string]string{
		"0 2 * * 7": "0 2 * * 0", "0 2 * * 1,7": "0 2 * * 0,1", "0 2 * * 5-7": "0 2 * * 0,5,6", "0 2 * * 7-7": "0 2 * * 0",
	} {
		got, err := schedule.Parse(expression, time.UTC, 0, "")
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		want, err := schedule.Parse(same, time.UTC, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
		for range 20 {
			if got.Next(at) != want.Next(at) {
				t.Fatalf("%s: %s, want %s", expression, got.Next(at), want.Next(at))
			}
			at = want.Next(at)
		}
	}
}
