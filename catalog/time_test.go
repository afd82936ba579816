package catalog_test

import (
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-02-08":                          day(2026, 2, 8),
		"2026-02-08T00:00:00":                 day(2026, 2, 8),
		"2026-02-08 00:00:00":                 day(2026, 2, 8),
		"2026-02-08T00:00:00Z":                day(2026, 2, 8),
		"2026-02-08 00:00:00Z":                day(2026, 2, 8),
		"2026-02-08T00:00:00+00:00":           day(2026, 2, 8),
		"2026-02-08T00:00:00+0000":            day(2026, 2, 8),
		"2026-02-08 00:00:00+00:00":           day(2026, 2, 8),
		"2026-02-08T01:00:00+01:00":           day(2026, 2, 8),
		"2026-02-07T14:30:00-0930":            day(2026, 2, 8),
		"2026-02-08T00:00:00.000000+00:00":    day(2026, 2, 8),
		"2026-02-08T00:00:00.123456Z":         day(2026, 2, 8).Add(123456 * time.Microsecond),
		"2026-02-08T00:00:00.123456789+00:00": day(2026, 2, 8).Add(123456789),
		"2026-02-08T00:00:00.5":               day(2026, 2, 8).Add(5e8),
		"0001-01-01T00:00:00Z":                {},
		"9999-12-31T23:59:59.999999999Z":      day(10000, 1, 1).Add(-1),
		"2024-02-29":                          day(2024, 2, 29),
	} {
		got, ok := catalog.ParseTime(text)
		if !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTime(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", " ", "now", "2026", "2026-02", "2026-2-8", "2026-02-30", "2025-02-29", "2026-02-08T", "2026-02-08T24:00:00Z",
		"2026-02-08T00:00:00 Z", "2026-02-08T00:00:00Zx", " 2026-02-08", "2026-02-08 ", "08-02-2026", "2026/02/08",
		"2026-02-08T00:00:00+25:00", "0000-01-01", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01",
		"1724678055", "2026-02-08\n", "٢٠٢٦-٠٢-٠٨",
	} {
		if got, ok := catalog.ParseTime(text); ok {
			t.Errorf("ParseTime(%q) = %v, want none", text, got)
		}
	}
}

// FuzzParseTime holds that a time that can be read can be written as RFC 3339
// and read again, and that one space for a T or an offset's colon says nothing.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{
		"", "2026-02-08", "2026-02-08T01:02:03Z", "2026-02-08 01:02:03.5+00:00", "2026-02-08T01:02:03-0930",
		"9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-02-08T01:02:03,5Z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := catalog.ParseTime(text)
		if !ok {
			if !got.IsZero() {
				t.Fatalf("ParseTime(%q) = %v without success", text, got)
			}
			return
		}
		if got.Location() != time.UTC {
			t.Fatalf("ParseTime(%q) = %v, not in UTC", text, got)
		}
		written, err := got.MarshalText()
		if err != nil {
			t.Fatalf("ParseTime(%q) = %v, which can't be written: %v", text, got, err)
		}
		for _, form := range []string{
			string(written),
			strings.Replace(string(written), "T", " ", 1),
			strings.TrimSuffix(string(written), "Z"),
			strings.TrimSuffix(string(written), "Z") + "+0000",
		} {
			if again, ok := catalog.ParseTime(form); !ok || !again.Equal(got) {
				t.Fatalf("ParseTime(%q) = %v, but its form %q is read as %v, %v", text, got, form, again, ok)
			}
		}
	})
}
