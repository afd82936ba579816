package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// Inventory counts the distinct models and profiles in the regions that some run
// up to head read.
type Inventory struct {
	Total       Statistics            `json:"total"`
	Providers   int                   `json:"providers"`
	Geographies []GeographyStatistics `json:"geographies"`
}

// GeographyStatistics are the statistics of one geography.
type GeographyStatistics struct {
	Geography string `json:"geography"`
	Statistics
}

// Statistics count regions and the distinct items that they list.
type Statistics struct {
	Regions  int `json:"regions"`
	Models   int `json:"models"`
	Callable int `json:"callable"` // models that can be called from some of the regions
	Profiles int `json:"profiles"`
}

func (v *view) inventory() *Inventory {
	var regions []string
	for _, state := range v.head.Scopes {
		if state.Observed() && v.only.region(state.Region) {
			regions = append(regions, state.Region)
		}
	}
	regions = union(regions)
	inventory := &Inventory{Total: v.statistics(regions), Providers: v.providers(regions), Geographies: []GeographyStatistics{}}
	byGeography := ordered.By(regions, catalog.Geography)
	slices.SortFunc(byGeography, func(a, b ordered.Group[string, string]) int { return strings.Compare(a.Key, b.Key) })
	for _, same := range byGeography {
		inventory.Geographies = append(inventory.Geographies, GeographyStatistics{same.Key, v.statistics(same.Values)})
	}
	return inventory
}

func (v *view) statistics(regions []string) Statistics {
	models, callable, profiles := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, code := range regions {
		region := v.region(code)
		for id := range region.Models {
			if v.only.item(id) {
				models[id] = true
			}
		}
		for id := range region.Profiles {
			if v.only.item(id) {
				profiles[id] = true
			}
		}
		for _, id := range region.ModelIDs() {
			if v.only.item(id) && catalog.Callable(region.Paths(id)) {
				callable[id] = true
			}
		}
	}
	return Statistics{len(regions), len(models), len(callable), len(profiles)}
}

func (v *view) providers(regions []string) int {
	providers := map[string]bool{}
	for _, code := range regions {
		for id, m := range v.region(code).Models {
			if v.only.item(id) {
				providers[m.Provider] = true
			}
		}
	}
	delete(providers, "")
	return len(providers)
}

func (p *page) inventory(i *Inventory) {
	if i == nil {
		return
	}
	p.paragraph("## Inventory")
	p.paragraph(fmt.Sprintf("%s of %s, %d of them callable, and %s, in %s.",
		catalog.Counted(i.Total.Models, "model"), catalog.Counted(i.Providers, "provider"), i.Total.Callable,
		catalog.Counted(i.Total.Profiles, "profile"), catalog.Counted(i.Total.Regions, "region")))
	var rows [][]string
	for _, g := range i.Geographies {
		rows = append(rows, []string{
			markdown.Text(g.Geography), fmt.Sprint(g.Regions), fmt.Sprint(g.Models), fmt.Sprint(g.Callable), fmt.Sprint(g.Profiles),
		})
	}
	p.table([]string{"Geography", "Regions:", "Models:", "Callable:", "Profiles:"}, rows)
}
