package sheet

import (
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/terminal"
)

// Profiles has one row for regions from which a profile runs in the same ones.
func Profiles(routings []ask.Routing) *terminal.Table {
	t := &terminal.Table{Head: []string{"id", "status", "created", "models", "called from and may run in"}, Spare: []string{"created", "models", "status"}, Below: true}
	for _, r := range routings {
		t.Add(r.ID, r.Status, r.Created, strings.Join(r.Models, " "), Marked(r.From, r.Carried)+" -> "+strings.Join(shownRegions(r.Destinations), " "))
	}
	return t
}

// Marked lists regions, with a ~ after those that the run did not read.
func Marked(regions, carried []string) string {
	var marked []string
	for _, region := range regions {
		if slices.Contains(carried, region) {
			region += CarriedSign
		}
		marked = append(marked, region)
	}
	return strings.Join(marked, " ")
}

func shownRegions(regions []string) []string {
	var shown []string
	for _, region := range regions {
		shown = append(shown, catalog.RegionWords(region))
	}
	return shown
}

// ProfileRows has one row for each profile and region.
func ProfileRows(routings []ask.Routing) *terminal.Table {
	t := &terminal.Table{Head: []string{"region", "id", "name", "geography", "status", "models", "destinations", "carried", "created"}}
	for _, r := range routings {
		for _, region := range r.From {
			t.Add(region, r.ID, r.Name, r.Geography, r.Status, strings.Join(r.Models, " "), catalog.RegionCodes(r.Destinations), catalog.YesNo(slices.Contains(r.Carried, region)), r.Created)
		}
	}
	return t
}

// CarriedSign marks what the run itself did not read.
const CarriedSign = "~"
