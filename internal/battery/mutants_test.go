//go:build battery

package battery

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestHistoriesCatch takes one rule after the other out of the program, by an
// exact change of its source, and demands that TestHistories fails without it.
//
//	go test -tags battery -timeout 0 -v -run TestHistoriesCatch ./internal/battery
func TestHistoriesCatch(t *testing.T) {
	for _, mutant := range []struct {
		name string
		edit edit
	}{
		{
			"a list that failed is taken for an empty one", edit{
				"collect/list.go",
				"Listing: catalog.Listing{Scope: l.scope, Outcome: f.outcome, ErrorCode: f.code, Message: f.message},",
				"Listing: catalog.Listing{Scope: l.scope, Outcome: catalog.Complete},",
			},
		},
		{
			"a page that failed ends the list", edit{
				"collect/list.go",
				`			return nil, fmt.Errorf("page %d: %w", len(pages)+1, err)`,
				`			if token == "" {
				return nil, fmt.Errorf("page %d: %w", len(pages)+1, err)
			}
			return pages, nil`,
			},
		},
		{
			"a removal is believed without a second listing", edit{
				"collect/list.go",
				"if len(l.known.Missing(first.Listing)) == 0 {",
				"if len(l.known.Missing(first.Listing)) >= 0 {",
			},
		},
		{
			"only the second listing counts", edit{
				"catalog/listing.go",
				"			items = append(items, item)\n",
				"",
			},
		},
		{
			"an empty list is believed at once", edit{
				"catalog/listing.go",
				"const believedRuns = 3", "const believedRuns = 1",
			},
		},
		{
			"an empty list is believed a run too early", edit{
				"catalog/listing.go",
				"const believedRuns = 3", "const believedRuns = 2",
			},
		},
		{
			"what fails is not tried again", edit{
				"collect/session.go",
				"const attempts = 6", "const attempts = 1",
			},
		},
		{
			"a refused page token ends the list", edit{
				"collect/list.go",
				"const restarts = 3", "const restarts = 1",
			},
		},
		{
			"a list that was not read is passed over in silence", edit{
				"diff/compare.go",
				"if !compared && !observed(after) || !after.Fresh() {",
				"if !compared && !observed(after) {",
			},
		},
		{
			"an item that comes back is called new", edit{
				"diff/compare.go",
				"change.Kind, change.Absent = Reappeared, &found",
				"_ = found",
			},
		},
		{
			"a new region is called one that was known", edit{
				"diff/compare.go",
				"if len(c.base.Scopes) == 0 || c.named(state.Region) {",
				"if len(c.base.Scopes) >= 0 || c.named(state.Region) {",
			},
		},
		{
			"what is first said is called a change", edit{
				"diff/fields.go",
				"change.Said = Published", "change.Said = BothSaid",
			},
		},
		{
			"what is said again is compared with nothing", edit{
				"store/between.go",
				"return b, h, s.fillLastSaid(ctx, b, h)", "return b, h, nil",
			},
		},
		{
			"lists of different runs tell what is callable", edit{
				"catalog/snapshot.go",
				"if joint, apart := s.Together[region]; apart && len(kinds) > 1 {",
				"if joint, apart := s.Together[region]; apart && joint == nil && len(kinds) > 1 {",
			},
		},
		{
			"a removal is not recorded if it is the last of its list", edit{
				"store/record.go",
				"	for _, e := range before {\n		added = append(added, itemAddition{key: e.key})\n	}\n", "",
			},
		},
		{
			"a comparison reads only what changed of a list that was not read", edit{
				"store/between.go",
				"only := &selection{scopes: carriedForward(after),", "only := &selection{scopes: map[int64]bool{},",
			},
		},
		{
			"a run that lost a list is called complete", edit{
				"catalog/listing.go",
				"if l.Outcome.Lost(known[l.Scope].Observed) {", "if !l.Outcome.Expected() {",
			},
		},
	} {
		t.Run(mutant.name, func(t *testing.T) {
			out := livedWith(t, mutant.edit)
			_, found, _ := strings.Cut(out, "histories_test.go") // the night and its faults, then what was amiss
			_, problem, _ := strings.Cut(found, "\n")
			t.Logf("caught: %.200s", firstLine(strings.TrimSpace(problem)))
		})
	}
}

// livedWith runs TestHistories on a program with edited source, and returns what
// it printed. The edit must be caught.
func livedWith(t *testing.T, e edit) string {
	t.Helper()
	test := filepath.Join(t.TempDir(), "battery.test")
	if out, err := exec.Command("go", "test", "-vet=off", "-tags", "battery", "-overlay", overlay(t, e), "-c", "-o", test, ".").CombinedOutput(); err != nil {
		t.Fatalf("the edited program does not compile: %v\n%s", err, out)
	}
	out, err := exec.Command(test, "-test.run", "^TestHistories$", "-test.v", "-histories", "500", "-program", test).CombinedOutput()
	if err == nil {
		t.Fatalf("nothing was found amiss in 500 histories:\n%s", out)
	}
	if !strings.Contains(string(out), "--- FAIL: TestHistories") {
		t.Fatalf("the histories were not lived through: %v\n%s", err, out)
	}
	return string(out)
}
