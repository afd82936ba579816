package sheet

import (
	"fmt"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/ordered"
	"snapshotter/internal/terminal"
)

// Affected is how many resources the impacts are on.
func Affected(impacts []ask.Impact) int {
	affected := map[string]bool{}
	for _, i := range impacts {
		affected[i.Region+" "+string(i.Kind)+" "+i.ID] = true
	}
	return len(affected)
}

// ImpactGroup is the impacts that do the same to a resource.
type ImpactGroup struct {
	Title string
	Table *terminal.Table
}

// ImpactGroups groups impacts, which come the worst first, by what they do. Resources to
// which the same happens share a row.
func ImpactGroups(impacts []ask.Impact) []ImpactGroup {
	var groups []ImpactGroup
	for _, same := range ordered.By(impacts, func(i ask.Impact) ask.Harm { return i.Harm }) {
		t := &terminal.Table{Head: []string{"date", "days", "region", "model", "resources", "note", "move to"}, Spare: []string{"date"}, Prose: true, Below: true}
		for _, alike := range ordered.By(same.Values, impactCells) {
			var resources []string
			for _, i := range alike.Values {
				resources = append(resources, fmt.Sprintf("%s (%s)", resourceName(i), i.Kind.Words()))
			}
			cells := alike.Key
			t.Add(cells[0], cells[1], cells[2], cells[3], strings.Join(resources, ", "), cells[4], cells[5])
		}
		groups = append(groups, ImpactGroup{same.Key.Title(), t})
	}
	return groups
}

// impactCells are the cells that resources share a row by.
func impactCells(i ask.Impact) [6]string {
	return [6]string{i.Date, daysOf(i), regionOf(i), modelName(i), noteOn(i), replacementOf(i)}
}

func daysOf(i ask.Impact) string {
	if i.Days == nil {
		return ""
	}
	return fmt.Sprint(*i.Days)
}

func regionOf(i ask.Impact) string {
	if i.Carried {
		return i.Region + "~"
	}
	return i.Region
}

// noteOn says where calls may run although they must not, and what is paid for how long.
func noteOn(i ask.Impact) string {
	switch i.Harm {
	case ask.HarmOutside:
		return i.Outside + ": " + strings.Join(i.In, ", ")
	case ask.HarmCommitted:
		return "paid until " + i.Until
	}
	return ""
}

func resourceName(i ask.Impact) string {
	if i.Name == "" {
		return i.ID
	}
	return i.Name
}

func modelName(i ask.Impact) string {
	switch {
	case i.Missing != nil && i.Missing.Kind == "":
		return i.Missing.ID
	case i.Missing != nil:
		return i.Missing.Kind.Words() + " " + i.Missing.ID
	case i.ModelName == "":
		return i.Model
	}
	return i.ModelName
}

// replacementOf is what to move to: the IDs to pass from the resource's region.
func replacementOf(i ask.Impact) string {
	switch {
	case i.Harm == ask.HarmOutside || i.Model == "":
		return ""
	case i.Replacement == nil && i.ModelName == "":
		return "not known: no run saw its model"
	case i.Replacement == nil:
		return "none there"
	}
	return strings.Join(i.Replacement.IDs(), ", ")
}

// ImpactRows has one row an impact, for spreadsheets.
func ImpactRows(impacts []ask.Impact) *terminal.Table {
	t := &terminal.Table{Head: []string{
		"harm", "date", "days", "kind", "region", "id", "name", "arn", "model", "model_name", "in", "missing", "until", "outside", "replacement", "carried_forward",
	}}
	for _, i := range impacts {
		missing := ""
		if i.Missing != nil {
			missing = i.Missing.ID
		}
		t.Add(string(i.Harm), i.Date, daysOf(i), string(i.Kind), i.Region, i.ID, i.Name, i.ARN, i.Model, i.ModelName, strings.Join(i.In, " "),
			missing, i.Until, i.Outside, strings.Join(i.Replacement.IDs(), " "), catalog.YesNo(i.Carried))
	}
	return t
}

// Kinds has one row a kind of what one can pass as modelId.
func Kinds(rows []ask.KindRow) *terminal.Table {
	t := &terminal.Table{Head: []string{"kind", "recorded", "rests on", "list with", "pass as modelId"}, Spare: []string{"rests on", "list with"}, Prose: true}
	for _, r := range rows {
		t.Add(string(r.Kind), recorded(r), r.RestsOn, strings.TrimPrefix(r.Actions[0], "bedrock:"), r.Pass)
	}
	return t
}

func recorded(r ask.KindRow) string {
	switch {
	case r.Recorded == nil:
		return "not listed"
	case *r.Regions == 0:
		return "not read"
	}
	return fmt.Sprintf("%d in %s", *r.Recorded, catalog.Counted(*r.Regions, "region"))
}

// KindRows is [Kinds] for spreadsheets.
func KindRows(rows []ask.KindRow) *terminal.Table {
	t := &terminal.Table{Head: []string{"kind", "actions", "rests_on", "pass", "recorded", "regions", "example"}}
	for _, r := range rows {
		n, regions := "", ""
		if r.Recorded != nil {
			n, regions = fmt.Sprint(*r.Recorded), fmt.Sprint(*r.Regions)
		}
		t.Add(string(r.Kind), strings.Join(r.Actions, " "), r.RestsOn, r.Pass, n, regions, r.Example)
	}
	return t
}
