package report

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// captures reads recorded listings, if SNAPSHOTTER_CAPTURES says where they
// are: a folder a moment, in it a folder a region.
func captures(t *testing.T) []*catalog.Snapshot {
	t.Helper()
	root := os.Getenv("SNAPSHOTTER_CAPTURES")
	if root == "" {
		t.Skip("SNAPSHOTTER_CAPTURES does not say where the recorded listings are")
	}
	moments, err := filepath.Glob(filepath.Join(root, "*T*Z"))
	if err != nil || len(moments) == 0 {
		t.Fatalf("no recorded listings in %s (%v)", root, err)
	}
	var snapshots []*catalog.Snapshot
	for i, dir := range moments {
		snapshots = append(snapshots, capture(t, int64(i+1), dir))
	}
	return snapshots
}

func capture(t *testing.T, id int64, dir string) *catalog.Snapshot {
	t.Helper()
	at, err := time.Parse("2006-01-02T15-04-05Z", filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	s := &catalog.Snapshot{Run: catalog.Run{ID: id, StartedAt: at, Status: catalog.RunComplete, Trigger: catalog.Import, Partition: "aws"}}
	regions, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range regions {
		for _, kind := range catalog.Kinds() {
			name := map[catalog.Kind]string{
				catalog.KindFoundationModel: "foundation-models.json", catalog.KindInferenceProfile: "inference-profiles.json",
			}[kind]
			data, err := os.ReadFile(filepath.Join(dir, region.Name(), name))
			if err != nil {
				t.Fatal(err)
			}
			page, err := catalog.ParsePage(catalog.Scope{Region: region.Name(), Kind: kind}, data)
			if err != nil {
				t.Fatal(err)
			}
			items, err := catalog.Collect(page)
			if err != nil {
				t.Fatal(err)
			}
			ref := s.Run.Ref()
			s.Scopes = append(s.Scopes, catalog.ScopeState{
				Scope: catalog.Scope{Region: region.Name(), Kind: kind}, Outcome: catalog.Complete,
				Since: ref, Streak: 1, Confirmed: &ref, Items: items,
			})
		}
	}
	slices.SortFunc(s.Scopes, func(a, b catalog.ScopeState) int { return a.Scope.Compare(b.Scope) })
	return s
}

func TestReportsOfCaptures(t *testing.T) {
	snapshots := captures(t)
	for i, head := range snapshots {
		var base *catalog.Snapshot
		if i > 0 {
			base = snapshots[i-1]
		}
		result := diff.Compare(base, head)
		r := Build(result, base, head, Options{})
		checkTold(t, r.Title, result, r)
		checkHolds(t, r.Title, head, r)
		checkMarkdown(t, r)
		checkJSON(t, r)
		if n := wordsBefore(markdownOf(t, r)); n > 80 {
			t.Errorf("%s: %d words before the details", r.Title, n)
		}
	}
}
