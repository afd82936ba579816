package report

import (
	"slices"
	"testing"

	"snapshotter/catalog"
)

// What is new to a region in the same comparison is not reported as unchanged there.
func TestNothingNewIsUnchanged(t *testing.T) {
	h := newHistory(t, 1)
	before := legacy(model("maker.one", "One", onDemand), "2026-01-01", "", "2026-12-31")
	after := legacy(model("maker.one", "One", onDemand), "2026-01-01", "", "2027-01-31")
	other := model("maker.two", "Two", onDemand)
	three := []string{"eu-west-1", "us-east-1", "us-west-2"}
	h.run("2026-09-21 21:00", listing(three, other).with([]catalog.Item{before}, three[1:]...))
	h.run("2026-09-22 21:00", listing(three, other).with([]catalog.Item{before}, "eu-west-1", "us-west-2").with([]catalog.Item{after}, "us-east-1"))
	r := h.report()
	for _, story := range slices.Concat(r.ActOn, r.Good, r.Other) {
		if story.Lifecycle == nil {
			continue
		}
		for _, state := range story.Lifecycle.Unchanged {
			if !slices.Equal(state.Regions, []string{"us-west-2"}) {
				t.Errorf("%s is told as unchanged in %v", state.Value, state.Regions)
			}
		}
		return
	}
	t.Error("the end of life that moved is not told")
}
