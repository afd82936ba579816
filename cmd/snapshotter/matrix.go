package main

import (
	"regexp"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/sheet"
	"snapshotter/internal/terminal"
)

// markSigns are what a matrix shows for each mark.
var markSigns = map[ask.Mark]string{
	ask.MarkOnDemand: "D", ask.MarkGeographic: "G", ask.MarkGlobal: "W", ask.MarkProvisioned: "P",
	ask.MarkDoubtful: "X", ask.MarkListed: "L", ask.MarkAbsent: ".", ask.MarkUnobserved: "?",
}

const matrixLegend = "D on demand, G geographic profile, W global profile, P provisioned only, X doubtful, " +
	"L listed only, . absent, ? not observed, ~ as last confirmed (not read by this run)"

func (c *modelsCommand) matrix(p *program, run catalog.Run, s *catalog.Snapshot, entries []ask.Entry) error {
	rows := ask.Matrix(s, entries)
	regions := s.Regions()
	answer := ask.MatrixAnswer{Run: c.answered(p, run), Regions: append([]string{}, regions...), Models: []ask.MatrixRow{}}
	for i, e := range entries {
		answer.Models = append(answer.Models, ask.MatrixRow{ID: e.ID, Cells: rows[i]})
	}
	if !c.forPeople() {
		return c.print(p, sheet.AsOf(fullMatrix(regions, answer.Models, words), run.Ref()), answer)
	}
	if len(entries) == 0 {
		p.println("No models match the filters as of run %d (%s).", run.ID, catalog.Moment(run.StartedAt))
		return nil
	}
	p.printWrapped("Run %d (%s). %s", run.ID, catalog.Moment(run.StartedAt), matrixLegend)
	never := ask.UnreadRegions(s) // their columns would be question marks
	if len(never) > 0 {
		p.printWrapped("Never read, so not drawn: %s", strings.Join(never, ", "))
	}
	p.println("")
	regions, models := without(regions, answer.Models, never)
	if c.Format == "md" {
		return c.print(p, fullMatrix(regions, models, signs), answer)
	}
	return drawMatrix(p, regions, models)
}

// without leaves out the columns of some regions.
func without(regions []string, rows []ask.MatrixRow, out []string) ([]string, []ask.MatrixRow) {
	var kept []ask.MatrixRow
	for _, row := range rows {
		cells := slices.DeleteFunc(slices.Clone(row.Cells), func(c ask.Cell) bool { return slices.Contains(out, c.Region) })
		kept = append(kept, ask.MatrixRow{ID: row.ID, Cells: cells})
	}
	return slices.DeleteFunc(slices.Clone(regions), func(r string) bool { return slices.Contains(out, r) }), kept
}

// fullMatrix has a column for every region, headed by its code.
func fullMatrix(regions []string, rows []ask.MatrixRow, show func(ask.Cell) string) *terminal.Table {
	t := &terminal.Table{Head: append([]string{"id"}, regions...)}
	for _, row := range rows {
		cells := []string{row.ID}
		for _, cell := range row.Cells {
			cells = append(cells, show(cell))
		}
		t.Add(cells...)
	}
	return t
}

func signs(cell ask.Cell) string {
	text := ""
	for _, mark := range cell.Marks {
		text += markSigns[mark]
	}
	if cell.Carried && cell.Marks[0] != ask.MarkUnobserved {
		text += sheet.CarriedSign
	}
	return text
}

func words(cell ask.Cell) string {
	var marks []string
	for _, mark := range cell.Marks {
		marks = append(marks, string(mark))
	}
	text := strings.Join(marks, " ")
	if cell.Carried && cell.Marks[0] != ask.MarkUnobserved {
		text += " (as last confirmed)"
	}
	return text
}

// drawMatrix draws the regions by geography under short forms of their codes, which it
// explains below.
func drawMatrix(p *program, regions []string, rows []ask.MatrixRow) error {
	short := shortCodes(regions)
	grid := &terminal.Grid{}
	for i, region := range regions {
		grid.Columns = append(grid.Columns, terminal.GridColumn{Group: catalog.Geography(region), Head: short[i]})
	}
	for _, row := range rows {
		drawn := terminal.GridRow{Name: row.ID}
		for _, cell := range row.Cells {
			drawn.Cells = append(drawn.Cells, signs(cell))
		}
		grid.Rows = append(grid.Rows, drawn)
	}
	if err := grid.Text(p.stdout, p.width()); err != nil {
		return err
	}
	p.println("")
	var key []string
	for i, region := range regions {
		if short[i] != region {
			key = append(key, short[i]+" "+region)
		}
	}
	p.printWrapped("%s", strings.Join(key, ", "))
	return nil
}

var compass = strings.NewReplacer(
	"northeast", "ne", "northwest", "nw", "southeast", "se", "southwest", "sw",
	"north", "n", "south", "s", "east", "e", "west", "w", "central", "c", "-", "",
)

var lastNumber = regexp.MustCompile(`-[0-9]+$`)

// shortCodes shorten region codes, ap-northeast-1 to apne1. A code
// stays as it is if another one would look the same, or if it has an unusual form.
func shortCodes(regions []string) []string {
	count := map[string]int{}
	short := make([]string, len(regions))
	for i, region := range regions {
		short[i] = region
		if lastNumber.MatchString(region) {
			short[i] = compass.Replace(region)
		}
		count[short[i]]++
	}
	for i := range short {
		if count[short[i]] > 1 {
			short[i] = regions[i]
		}
	}
	return short
}
