package report

import (
	"slices"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Coverage describes what head's run could read.
type Coverage struct {
	// Whole, Part and None are all regions that any run up to head named, by
	// whether head's run read all, some or none of their lists.
	Whole []string `json:"whole"`
	Part  []string `json:"part"`
	None  []string `json:"none"`
	// Lost are the regions with a list that should have been read and was not.
	Lost []string `json:"lost"`
	// Gaps are the lists that head's run did not read. Their items are carried
	// forward from the run that last read them.
	Gaps []Gap `json:"gaps"`
	// FirstRead are the lists read completely for the first time. Their items are
	// now observed; none counts as added.
	FirstRead []diff.Baseline `json:"first_read"`
	// ReadAgain are the lists that base's run could not read and head's run did.
	ReadAgain []ReadAgain `json:"read_again"`
	// Steady is set if every list has the same outcome as in base's run and
	// discovery lacked the same sources.
	Steady bool `json:"steady"`
	// Notes are the run's own notes about sources that it lacked.
	Notes string `json:"notes,omitempty"`
}

// Gap is a list that head's run did not read. Lost is set if it should have been
// read, see [catalog.Outcome.Lost].
type Gap struct {
	diff.Gap
	Lost bool `json:"lost"`
}

// ReadAgain is a list that was read again. Last is the run that last read it
// before.
type ReadAgain struct {
	catalog.Scope
	Last catalog.RunRef `json:"last"`
}

func (c *Coverage) anyRead() bool { return len(c.Whole)+len(c.Part) > 0 }

// anyUnread reports whether a list was not read that was read before or should
// have been read.
func (c *Coverage) anyUnread() bool {
	return slices.ContainsFunc(c.Gaps, func(g Gap) bool { return g.Lost || g.Confirmed != nil })
}

func (c *Coverage) regions() int { return len(c.Whole) + len(c.Part) + len(c.None) }

func (v *view) coverage() Coverage {
	c := Coverage{
		Whole: []string{}, Part: []string{}, None: []string{}, Lost: []string{},
		Gaps: []Gap{}, ReadAgain: v.readAgain(),
		FirstRead: append([]diff.Baseline{}, v.result.Baselines...),
		Steady:    v.steady(), Notes: v.head.Run.Message,
	}
	for _, gap := range v.result.Gaps {
		g := Gap{gap, gap.Outcome.Lost(gap.Confirmed != nil)}
		c.Gaps = append(c.Gaps, g)
		if g.Lost && !slices.Contains(c.Lost, g.Region) {
			c.Lost = append(c.Lost, g.Region)
		}
	}
	for _, region := range v.named() {
		switch read := v.kindsRead(region); read {
		case len(catalog.Kinds()):
			c.Whole = append(c.Whole, region)
		case 0:
			c.None = append(c.None, region)
		default:
			c.Part = append(c.Part, region)
		}
	}
	return c
}

// kindsRead returns how many of a region's lists head's run read.
func (v *view) kindsRead(region string) int {
	read := 0
	for _, kind := range catalog.Kinds() {
		if v.fresh(region, kind) {
			read++
		}
	}
	return read
}

// named returns the regions that head or base names.
func (v *view) named() []string {
	regions := v.head.Regions()
	for _, gap := range v.result.Gaps {
		regions = append(regions, gap.Region)
	}
	return union(regions)
}

func (v *view) readAgain() []ReadAgain {
	again := []ReadAgain{}
	for _, now := range v.head.Scopes {
		before := v.base.Scope(now.Scope)
		if before != nil && before.Observed() && !before.Fresh() && now.Fresh() {
			again = append(again, ReadAgain{now.Scope, *before.Confirmed})
		}
	}
	return again
}

func (v *view) steady() bool {
	for _, now := range v.head.Scopes {
		before := v.base.Scope(now.Scope)
		if before == nil || before.Outcome != now.Outcome {
			return false
		}
	}
	return v.base.Run.Message == v.head.Run.Message
}
