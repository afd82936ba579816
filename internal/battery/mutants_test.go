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
			"what was last said makes nothing callable", edit{
				"store/lastsaid.go",
				"if joint.Said, err = s.said(ctx, region, joint); err != nil {",
				"if _, err = s.said(ctx, region, joint); err != nil {",
			},
		},
		{
			"a way that is not said is a way that is lost", edit{
				"diff/access.go",
				"if !known && !from.PathUnsaid(path) {", "if !known {",
			},
		},
		{
			"a model whose types are not said cannot be called", edit{
				"diff/access.go",
				"if catalog.Callable(region.Paths(model)) || region.AccessUnsaid(model) {",
				"if catalog.Callable(region.Paths(model)) {",
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
		{
			"a short list is believed at once", edit{
				"catalog/listing.go",
				"return missing > 0 && listed == 0 || missing > 5 && 3*missing > known",
				"return missing > 0 && listed == 0 || missing > 5 && 3*missing > 3*known",
			},
		},
		{
			"runs within seconds confirm a loss", edit{
				"catalog/listing.go",
				"case n == 0 || s.At.Sub(last) >= apart:", "case n == 0 || s.At.Sub(last) >= 0:",
			},
		},
		{
			"a run is recorded on a history that has moved", edit{
				"store/record.go",
				"if how.base != nil && *how.base != ledger.base {",
				"if how.base != nil && how.base.Run > ledger.base.Run {",
			},
		},
		{
			"the lock is of a name", edit{
				"store/lock.go",
				"filepath.EvalSymlinks(path)", "filepath.Abs(path)",
			},
		},
		{
			"a run builds on altered rows", edit{
				"store/ledger.go",
				"	return &AlteredError{l.base.Run}", "	return nil",
			},
		},
		{
			"a run that is missing is not noticed", edit{
				"store/ledger.go",
				"if l.runs == l.ordinal && (", "if (",
			},
		},
		{
			"the lists of another account are compared", edit{
				"store/binding.go",
				"		err = &OwnerError{}", "		err = nil",
			},
		},
		{
			"the lists of another partition are compared", edit{
				"store/binding.go",
				"case bound.partition != \"\" && bound.partition != owner.Partition:",
				"case bound.partition != \"\" && bound.partition == \"\":",
			},
		},
		{
			"an account that was accepted is not kept", edit{
				"store/binding.go",
				"account_hash = coalesce(?3, account_hash)", "account_hash = coalesce(account_hash, ?3)",
			},
		},
		{
			"a repair leaves what later runs changed", edit{
				"store/repair.go",
				"`DELETE FROM item_changes WHERE run_id > ?1`", "`DELETE FROM item_changes WHERE run_id > ?1 AND document_id NOT NULL`",
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
