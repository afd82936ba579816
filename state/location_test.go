package state

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for url, want := range map[string]Location{
		"s3://bucket/snapshotter.db":               {"bucket", "snapshotter.db"},
		"s3://b.c-d/deep/er/history":               {"b.c-d", "deep/er/history"},
		"s3://bucket/a%20b?c#d e":                  {"bucket", "a%20b?c#d e"},
		"s3://bucket/日次.db":                        {"bucket", "日次.db"},
		"s3://bucket/" + strings.Repeat("k", 1024): {"bucket", strings.Repeat("k", 1024)},
	} {
		if got, err := Parse(url); got != want || err != nil || !Remote(url) {
			t.Errorf("Parse(%q) = %+v, %v", url, got, err)
		}
	}
	for url, want := range map[string]Location{
		"s3://bucket":            {"bucket", ""},
		"s3://bucket/":           {"bucket", ""},
		"s3://bucket/reports":    {"bucket", "reports/"},
		"s3://bucket/a/reports/": {"bucket", "a/reports/"},
	} {
		if got, err := ParseFolder(url); got != want || err != nil {
			t.Errorf("ParseFolder(%q) = %+v, %v", url, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for url, want := range map[string]string{
		"snapshotter.db":             "not a URL in S3",
		"S3://bucket/key":            "not a URL in S3",
		"https://bucket/key":         "not a URL in S3",
		"s3://":                      "not the name of an S3 bucket",
		"s3:///key":                  "not the name of an S3 bucket",
		"s3://ab/key":                "not the name of an S3 bucket",
		"s3://Bucket/key":            "not the name of an S3 bucket",
		"s3://user@bucket/key":       "not the name of an S3 bucket",
		"s3://a..b/key":              "not the name of an S3 bucket",
		"s3://arn:aws:s3:::bucket/k": "not the name of an S3 bucket",
		"s3://bucket/a//b":           "no path",
		"s3://bucket//b":             "no path",
		"s3://bucket/../b":           "no path",
		"s3://bucket/a/.":            "no path",
		"s3://bucket/a\nb":           "no path",
		"s3://bucket/a\xffb":         "no path",
		"s3://bucket/" + strings.Repeat("k", 1025): "longer than the 1024 bytes",
	} {
		_, err := ParseFolder(url)
		if want == "no path" {
			want = "S3 clients do not agree on the key"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseFolder(%q): %v", url, err)
		}
	}
	for _, url := range []string{"s3://bucket", "s3://bucket/", "s3://bucket/folder/"} {
		if _, err := Parse(url); err == nil || !strings.Contains(err.Error(), "does not name an object") {
			t.Errorf("Parse(%q): %v", url, err)
		}
	}
}

func TestLocationShowsNoAccount(t *testing.T) {
	if got := (Location{"snapshotter-123456789012-eu", "123456789012/a.db"}).String(); strings.Contains(got, "123456789012") {
		t.Error(got)
	}
}

func TestAdviceIsForAShell(t *testing.T) {
	err := &SaveError{At: Location{"bucket", "it's; rm x"}, Path: "/tmp/$(x)/snapshotter.db", ETag: `"e'"`}
	want := `aws s3api put-object --bucket bucket --key 'it'\''s; rm x' --body '/tmp/$(x)/snapshotter.db' --if-match '"e'\''"'`
	if got := err.Advice(); !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
}

// What is read as a location is read the same from what it is written as.
func FuzzParse(f *testing.F) {
	for _, url := range []string{"s3://bucket/key", "s3://bucket/", "s3://b.c/a/b/", "s3://", "s3://bucket/\x00", "x"} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		at, err := ParseFolder(url)
		if err != nil {
			return
		}
		again, err := ParseFolder("s3://" + at.Bucket + "/" + at.Key)
		if again != at || err != nil {
			t.Errorf("%q is %+v, then %+v: %v", url, at, again, err)
		}
	})
}
