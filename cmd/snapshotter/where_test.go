package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"snapshotter/ask"
	"snapshotter/internal/needs"

	"github.com/google/go-cmp/cmp"
)

// waysByJQ reads from two recorded answers of one region, without any of this
// program, the ids that each model can be called with: the models by id, each
// with its ids, sorted.
const waysByJQ = `
	(.[0].modelSummaries) as $models | (.[1].inferenceProfileSummaries) as $profiles
	| [ ($models[] | select((.inferenceTypesSupported // []) | index("ON_DEMAND")) | {model: .modelId, id: .modelId}),
	    ($profiles[] | select(.status == "ACTIVE" and .type == "SYSTEM_DEFINED") | .inferenceProfileId as $id
	      | .models[] | {model: (.modelArn | split("/") | last), id: $id}) ]
	+ [ $models[] | {model: .modelId, id: null} ]
	| group_by(.model) | map({key: .[0].model, value: (map(.id | select(. != null)) | unique)}) | from_entries`

// TestWhereAgainstJQ imports real recordings and compares, for each of them and
// for every model of one region, what where answers with what jq reads in the
// files. It needs a directory of recordings in SNAPSHOTTER_CAPTURES, and jq.
func TestWhereAgainstJQ(t *testing.T) {
	t.Parallel()
	root := os.Getenv("SNAPSHOTTER_CAPTURES")
	if root == "" {
		t.Skip("SNAPSHOTTER_CAPTURES is not set")
	}
	needs.Tool(t, "jq")
	const region = "ap-northeast-1"
	folders, err := filepath.Glob(filepath.Join(root, "20*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no recordings in %s: %v", root, err)
	}
	db := filepath.Join(t.TempDir(), "captures.db")
	command(t, append([]string{"import", "-q", "--db", db}, folders...)...)
	for _, folder := range folders {
		at, err := time.Parse("2006-01-02T15-04-05Z", filepath.Base(folder))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{}
		jq := exec.Command("jq", "-s", waysByJQ, filepath.Join(folder, region, "foundation-models.json"), filepath.Join(folder, region, "inference-profiles.json"))
		out, err := jq.Output()
		if err != nil {
			t.Fatalf("jq: %v", err)
		}
		decode(t, out, &want)
		if len(want) < 50 {
			t.Fatalf("%s: jq reads %d models, too few to tell anything", folder, len(want))
		}
		got := waysByWhere(t, command(t, "where", "*", "--in", region, "--db", db, "--as-of", at.Format(time.RFC3339), "--format", "json"))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -jq +where:\n%s", filepath.Base(folder), diff)
		}
		t.Logf("%s: %d models", filepath.Base(folder), len(want))
	}
}

// waysByWhere are the ids to call each model with that is listed or callable.
func waysByWhere(t *testing.T, answer []byte) map[string][]string {
	t.Helper()
	var parsed struct {
		Models []struct {
			ID      string
			Regions []struct {
				Listed bool
				Paths  []struct {
					Access  string
					ModelID string `json:"model_id"`
				}
			}
		}
	}
	decode(t, answer, &parsed)
	ways := map[string][]string{}
	for _, model := range parsed.Models {
		ids := []string{}
		for _, path := range model.Regions[0].Paths {
			if path.Access != "provisioned" {
				ids = append(ids, path.ModelID)
			}
		}
		slices.Sort(ids) // as jq's unique does
		if model.Regions[0].Listed || len(ids) > 0 {
			ways[model.ID] = ids
		}
	}
	return ways
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%v in %.200s", err, data)
	}
}

// command runs the command line in this process, as at the end of April 2026.
func command(t testing.TB, args ...string) []byte {
	t.Helper()
	return commandOn(t, "", args...)
}

// commandOn is a command on a terminal of that many columns.
func commandOn(t testing.TB, columns string, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	on := machine{
		stdout: &stdout, stderr: &stderr, getenv: environment{"COLUMNS": columns}.get, aws: loadAWS,
		now: func() time.Time { return time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC) },
	}
	if code := run(context.Background(), args, on); code != exitOK {
		t.Fatalf("%q exits %d: %s", args, code, stderr.String())
	}
	return stdout.Bytes()
}

// An id comes from outside, and a line to copy into a shell must do only what it
// says.
func TestShellSafe(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"us.anthropic.claude-3-5-haiku-20241022-v1:0": true,
		"amazon.nova_x/y": true,
		"":                false,
		"-rf":             false,
		"a b":             false,
		"a;id":            false,
		"$(id)":           false,
		"`id`":            false,
		"a'b":             false,
		"a\nb":            false,
		"~x":              false,
		"é":               false,
	} {
		if got := ask.ShellSafe(text); got != want {
			t.Errorf("ask.ShellSafe(%q) = %t, want %t", text, got, want)
		}
	}
}

// BenchmarkWhere answers from ten years of nightly runs, opening the database
// anew each time as the command does. The database is made by
//
//	SNAPSHOTTER_DECADE=/path/decade.db go test ./store -run TestWriteDecade
func BenchmarkWhere(b *testing.B) {
	db := os.Getenv("SNAPSHOTTER_DECADE")
	if db == "" {
		b.Skip("SNAPSHOTTER_DECADE is not set")
	}
	var all struct{ Models []struct{ ID string } }
	if err := json.Unmarshal(command(b, "where", "*", "--db", db, "--format", "json"), &all); err != nil {
		b.Fatal(err)
	}
	oldest, newest := all.Models[0].ID, all.Models[len(all.Models)-1].ID
	for _, question := range []struct {
		name string
		args []string
	}{
		{"first id", []string{oldest}},
		{"last id", []string{newest}},
		{"in words", []string{newest, "--in", "eu-east-1", "--within", "eu"}},
		{"json", []string{newest, "--format", "json"}},
		{"five years ago", []string{oldest, "--as-of", "1825"}},
		{"all models", []string{"*", "--format", "csv"}},
	} {
		b.Run(question.name, func(b *testing.B) {
			for b.Loop() {
				command(b, append([]string{"where", "--db", db}, question.args...)...)
			}
		})
	}
}
