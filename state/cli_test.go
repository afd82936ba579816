package state

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"snapshotter/internal/buckettest"
	"snapshotter/internal/needs"
)

// The server that the other tests rely on keeps the promise of conditional
// writes to another client too: to the AWS CLI, which is how a person puts a
// local copy in place after a failed save.
func TestConditionsByCLI(t *testing.T) {
	aws := needs.Tool(t, "aws")
	t.Parallel()
	s := start(t)
	put := func(body string, condition ...string) (etag, said string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "body")
		if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		command := exec.Command(aws, append([]string{"s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file, "--output", "json"}, condition...)...)
		command.Env = environment(t, s)
		var out, wrong bytes.Buffer
		command.Stdout, command.Stderr = &out, &wrong
		if err := command.Run(); err != nil {
			return "", wrong.String()
		}
		var answer struct{ ETag string }
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		return answer.ETag, ""
	}
	created, said := put("one", "--if-none-match", "*")
	if strings.Contains(said, "Unknown options") {
		needs.Skip(t, "the AWS CLI is older than conditional writes: install version 2.17 or 1.35, or newer")
	}
	if created == "" {
		t.Fatal(said)
	}
	for _, condition := range [][]string{
		{"--if-none-match", "*"},
		{"--if-match", `"d41d8cd98f00b204e9800998ecf8427e"`},
	} {
		if etag, said := put("two", condition...); etag != "" || !strings.Contains(said, "PreconditionFailed") {
			t.Errorf("%s: written as %s; %s", condition, etag, said)
		}
	}
	replaced, said := put("three", "--if-match", created)
	if replaced == "" || string(s.Get(t, key)) != "three" {
		t.Errorf("not replaced: %s", said)
	}
	if etag, said := put("four", "--if-match", created); etag != "" || !strings.Contains(said, "PreconditionFailed") {
		t.Errorf("replaced twice, as %s; %s", etag, said)
	}
}

// The command that a failed save advises is one that the AWS CLI understands,
// and does what it says: it saves the local copy, and only once.
func TestAdvisedCommand(t *testing.T) {
	needs.Tool(t, "aws")
	t.Parallel()
	s := start(t)
	begin(t, s)
	state := New(s.Config(), here)
	record(t, fetch(t, state).Path, "second")
	s.At(buckettest.OnlyFor("PUT", 0, buckettest.Refuse(403, "AccessDenied", "no")))
	failed, ok := state.Save(t.Context()).(*SaveError)
	if !ok {
		t.Fatal("it did not fail")
	}
	s.At(nil)
	_, advised, found := strings.Cut(failed.Advice(), "then, before the next run: ")
	if !found {
		t.Fatal(failed.Advice())
	}
	run := func() (string, error) {
		command := exec.Command("sh", "-c", advised)
		command.Env = environment(t, s)
		said, err := command.CombinedOutput()
		return string(said), err
	}
	said, err := run()
	if strings.Contains(said, "Unknown options") {
		needs.Skip(t, "the AWS CLI is older than conditional writes: install version 2.17 or 1.35, or newer")
	}
	if err != nil {
		t.Fatal(said)
	}
	holds(t, s, key, "first", "second")
	if said, err := run(); err == nil || !strings.Contains(said, "PreconditionFailed") {
		t.Errorf("saved twice: %s", said)
	}
}

// environment is that of a client of the server in a process of its own.
func environment(t *testing.T, s *buckettest.Server) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL_S3=" + s.URL,
		"AWS_ACCESS_KEY_ID=" + buckettest.Access, "AWS_SECRET_ACCESS_KEY=" + buckettest.Secret, "AWS_MAX_ATTEMPTS=1",
		"AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
	}
}
