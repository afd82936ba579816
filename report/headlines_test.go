package report

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadlines(t *testing.T) {
	var got strings.Builder
	for _, test := range []struct {
		name  string
		build func(*testing.T) *Report
	}{
		{"everything", everything}, {"launch", launch}, {"lifecycles", lifecycles}, {"losses", losses},
		{"gains", gains}, {"routings", routings}, {"minors", minors}, {"late", late}, {"quiet", quiet}, {"first run", firstRun},
	} {
		r := test.build(t)
		lines := r.Headlines()
		if want := len(r.Rows) + len(r.NewRegions) + min(len(r.Other), 1); len(lines) != want {
			t.Errorf("%s: %d lines for %d rows, regions and counts", test.name, len(lines), want)
		}
		got.WriteString("# " + test.name + "\n")
		for _, line := range lines {
			got.WriteString(line + "\n")
		}
	}
	const file = "testdata/headlines.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("%s differs (-want +got); with -update it is written anew:\n%s", file, d)
	}
}
