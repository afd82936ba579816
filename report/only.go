package report

import (
	"slices"

	"snapshotter/diff"
)

// Of returns what a choice leaves of a result. A nil choice leaves it whole.
func (o *Only) Of(r *diff.Result) *diff.Result {
	if o == nil || r == nil {
		return r
	}
	chosen := *r
	chosen.Changes = keep(r.Changes, func(c diff.Change) bool { return o.Region(c.Region) && o.Item(c.ID) })
	chosen.NewRegions = keep(r.NewRegions, func(n diff.NewRegion) bool { return o.Region(n.Region) })
	chosen.Baselines = keep(r.Baselines, func(b diff.Baseline) bool { return o.Region(b.Region) })
	chosen.Gaps = keep(r.Gaps, func(g diff.Gap) bool { return o.Region(g.Region) })
	return &chosen
}

func keep[T any](all []T, chosen func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !chosen(one) })
}
