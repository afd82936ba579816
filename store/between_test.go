package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Between reads what differs, not everything; and where nearly everything
// differs, it reads it all and tells the same.
func TestBetweenIsThin(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "history.db"))
	catalogue := func(n int, name string) catalog.Listing {
		var items []catalog.Item
		for i := range 2500 {
			text := "same"
			if i < n {
				text = name
			}
			items = append(items, model(fmt.Sprintf("m%04d", i), text))
		}
		return listed(models, items...)
	}
	record(t, s, run(0), catalogue(0, ""))
	for n, changed := range []int{1, 30, 2500} {
		head := record(t, s, run(n+1), catalogue(changed, fmt.Sprint("name ", n))).ID
		thinBase, thinHead, err := s.Between(ctx, head-1, head)
		if err != nil {
			t.Fatal(err)
		}
		base, err := s.Snapshot(ctx, head-1)
		if err != nil {
			t.Fatal(err)
		}
		full, err := s.Snapshot(ctx, head)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(diff.Compare(base, full), diff.Compare(thinBase, thinHead)); d != "" {
			t.Errorf("%d changes (-full +thin):\n%s", changed, d)
		}
		if got := len(thinHead.Scopes[0].Items); got != changed {
			t.Errorf("%d changes: %d items are read", changed, got)
		}
	}
}
