package catalog_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/needs"
)

// TestCaptures reads real recordings, DIR/TIME/REGION/FILE below the folder
// that SNAPSHOTTER_CAPTURES names, and counts them beside jq.
func TestCaptures(t *testing.T) {
	dir := os.Getenv("SNAPSHOTTER_CAPTURES")
	if dir == "" {
		t.Skip("SNAPSHOTTER_CAPTURES names no folder of recordings")
	}
	for _, c := range []struct {
		kind              catalog.Kind
		name, list, idKey string
	}{
		{models, "foundation-models.json", "modelSummaries", "modelId"},
		{profiles, "inference-profiles.json", "inferenceProfileSummaries", "inferenceProfileId"},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(dir, "*", "*", c.name))
			if err != nil || len(files) == 0 {
				t.Fatalf("no recordings %s in %s (%v)", c.name, dir, err)
			}
			counts := jqCounts(t, fmt.Sprintf(`"\([.%s[].%s] | unique | length) \(input_filename)"`, c.list, c.idKey), files)
			for _, file := range files {
				items := readCapture(t, c.kind, file)
				if got, want := fmt.Sprint(len(items)), counts[file]; got != want {
					t.Errorf("%s: read %s items, jq counts %q", file, got, want)
				}
			}
		})
	}
}

// readCapture reads a recording and holds of every item that nothing in it is
// strange to this version, that it has a canonical form, and that the form
// names no account.
func readCapture(t *testing.T, kind catalog.Kind, file string) []catalog.Item {
	t.Helper()
	answer, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := catalog.ParsePage(catalog.Scope{Region: filepath.Base(filepath.Dir(file)), Kind: kind}, answer)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	items := collected(t, p)
	if !slices.IsSortedFunc(items, catalog.CompareItems) {
		t.Errorf("%s: out of order", file)
	}
	sameItems(t, kind, filepath.Base(filepath.Dir(file)), items)
	for _, item := range items {
		if unknown := unknownOf(item); len(unknown) > 0 {
			t.Errorf("%s: %s has unknown fields %v", file, item.Key(), unknown)
		}
		checkCanonical(t, item)
		if document := catalog.Encode(item); leftAccount.Match(document) || bytes.Contains(document, []byte("arn:")) {
			t.Errorf("%s: %s names an account: %s", file, item.Key(), document)
		}
	}
	return items
}

func unknownOf(item catalog.Item) []string {
	switch item := item.(type) {
	case *catalog.FoundationModel:
		return sortedKeys(item.Unknown)
	case *catalog.InferenceProfile:
		return sortedKeys(item.Unknown)
	}
	return []string{"an item of an unknown type"}
}

// jqCounts runs jq once over all files; its program writes "COUNT FILE" lines.
func jqCounts(t *testing.T, program string, files []string) map[string]string {
	t.Helper()
	jq := needs.Tool(t, "jq")
	out, err := exec.Command(jq, append([]string{"-r", program}, files...)...).Output()
	if err != nil {
		t.Fatalf("jq: %v", err)
	}
	counts := map[string]string{}
	for line := range strings.Lines(string(out)) {
		count, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		counts[file] = count
	}
	return counts
}
