package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// regionCode returns a region as Markdown; "" is any commercial region. A profile
// may name a region that is not valid, which is escaped.
func regionCode(region string) string {
	switch {
	case region == "":
		return catalog.AnyRegion
	case catalog.ValidRegion(region):
		return region
	}
	return markdown.Code(region)
}

// rollUpOver is how many regions a line names. More are counted by geography and
// listed in a fold below.
const rollUpOver = 8

// folds collects the lists of regions that lines count instead of naming.
type folds []fold

type fold struct {
	label   string // what the regions are
	regions string // their list
	count   int
}

// regions names regions, or counts them and folds the list under label.
func (f *folds) regions(label string, regions []string) string {
	if len(regions) <= rollUpOver {
		return named(regions)
	}
	f.add(label, regions)
	return fmt.Sprintf("%d regions (%s)", len(regions), countedByGeography(regions))
}

// listed are the regions that list a subject, as far as head's run read.
type listed struct {
	regions []string
	unread  bool // others list it too, as they were last read
}

// where names regions as a part of all those that list the subject.
func (f *folds) where(label string, regions []string, by listed) string {
	missing := without(by.regions, regions)
	if len(regions) < 2 || len(by.regions)-len(missing) < len(regions) {
		return f.regions(label, regions)
	}
	list := named(regions)
	if len(regions) > rollUpOver {
		list = countedByGeography(regions)
	}
	that := "that list it"
	if by.unread {
		that = "read that list it"
	}
	switch {
	case len(missing) == 0 && len(regions) == 2:
		return fmt.Sprintf("both regions %s (%s)", that, list)
	case len(missing) == 0 && len(regions) <= rollUpOver:
		return fmt.Sprintf("all %d regions %s (%s)", len(regions), that, list)
	case len(missing) == 0:
		f.add(label, regions)
		return fmt.Sprintf("all %d regions %s (%s)", len(regions), that, list)
	case len(regions) > rollUpOver && len(missing) <= 3:
		f.add(label, regions)
		return fmt.Sprintf("%d of %d regions %s, all but %s (%s)",
			len(regions), len(by.regions), that, named(missing), list)
	}
	return f.regions(label, regions)
}

// add folds a list. Equal lists are folded once.
func (f *folds) add(label string, regions []string) {
	list := named(regions)
	if !slices.ContainsFunc(*f, func(o fold) bool { return o.regions == list }) {
		*f = append(*f, fold{label, list, len(regions)})
	}
}

func (p *page) folded(f folds) {
	switch len(f) {
	case 0:
	case 1:
		p.details(fmt.Sprintf("The %d regions", f[0].count), func() { p.paragraph(f[0].regions) })
	default:
		p.details("The regions", func() { p.bullets(f.lines()) })
	}
}

func (f folds) lines() []string {
	var lines []string
	for _, one := range f {
		lines = append(lines, one.label+": "+one.regions)
	}
	return lines
}

func named(regions []string) string {
	shown := make([]string, 0, len(regions))
	for _, region := range regions {
		shown = append(shown, regionCode(region))
	}
	return strings.Join(shown, ", ")
}

// countedByGeography counts regions by geography: "ap 6, eu 5, us 4".
func countedByGeography(regions []string) string {
	counts := map[string]int{}
	for _, region := range regions {
		counts[catalog.Geography(region)]++
	}
	var parts []string
	for _, geography := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", markdown.Text(geography), counts[geography]))
	}
	return strings.Join(parts, ", ")
}
