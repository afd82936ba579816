package report

import (
	"fmt"
	"slices"

	"snapshotter/diff"
)

func (p *page) newRegions(r *Report) {
	if len(r.NewRegions) == 0 {
		return
	}
	p.paragraph(fmt.Sprintf("## New regions (%d)", len(r.NewRegions)))
	var rows [][]string
	for _, n := range r.NewRegions {
		rows = append(rows, []string{
			regionCode(n.Region), fmt.Sprint(n.Models), fmt.Sprint(n.Profiles), fmt.Sprint(n.Callable), dated(n.By),
		})
	}
	p.table([]string{"Region", "Models:", "Profiles:", "Callable models:", "First read by"}, rows)
}

// newRegions returns the new regions that the report shows.
func (v *view) newRegions() []diff.NewRegion {
	regions := append([]diff.NewRegion{}, v.result.NewRegions...)
	return slices.DeleteFunc(regions, func(n diff.NewRegion) bool { return !v.only.region(n.Region) })
}
