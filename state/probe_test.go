package state

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/internal/buckettest"
)

// To try whether something can be written leaves no trace.
func TestTryWrite(t *testing.T) {
	s := start(t)
	begin(t, s)
	history, err := NewHistory("s3://"+buckettest.Bucket+"/"+key, s.Config())
	if err != nil {
		t.Fatal(err)
	}
	reports, err := NewReports("s3://"+buckettest.Bucket+"/reports/", s.Config())
	if err != nil {
		t.Fatal(err)
	}
	files, err := NewFiles("s3://"+buckettest.Bucket+"/lake/", s.Config())
	if err != nil {
		t.Fatal(err)
	}
	before := s.Get(t, key)
	if err := errors.Join(history.TryWrite(t.Context()), reports.TryWrite(t.Context()), files.TryWrite(t.Context())); err != nil {
		t.Error(err)
	}
	if has, err := reports.Has(t.Context(), "latest.md"); has || err != nil {
		t.Errorf("a report is there: %t, %v", has, err)
	}
	if names, err := files.Names(t.Context(), "v1/", ""); len(names) > 0 || err != nil {
		t.Errorf("files are there: %q, %v", names, err)
	}
	if string(s.Get(t, key)) != string(before) || len(s.Versions(t, key)) != 1 {
		t.Error("the history is not what it was")
	}
	s.At(buckettest.OnlyFor("POST", 0, buckettest.Refuse(403, "AccessDenied", "no")))
	for _, try := range []error{history.TryWrite(t.Context()), reports.TryWrite(t.Context()), files.TryWrite(t.Context())} {
		if refused, ok := errors.AsType[*CallError](try); !ok || refused.Code != "AccessDenied" {
			t.Errorf("refused with %v", try)
		}
	}
	s.At(buckettest.OnlyFor("GET", 0, buckettest.Refuse(403, "AccessDenied", "no")))
	if refused, ok := errors.AsType[*CallError](files.TryWrite(t.Context())); !ok || refused.Doing != "list" {
		t.Errorf("a bucket that can't be listed: %v", refused)
	}

	dir := t.TempDir()
	local, err := NewReports(filepath.Join(dir, "reports"), aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := local.TryWrite(t.Context()); err != nil {
		t.Errorf("no directory yet: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "reports"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := local.TryWrite(t.Context()); !errors.As(err, new(*DirectoryError)) {
		t.Errorf("a file in place of the directory: %v", err)
	}
	whole, err := NewReports(dir, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.TryWrite(t.Context()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}
