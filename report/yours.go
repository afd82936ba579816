package report

import (
	"fmt"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// Yours is how many of the account's resources rest on a model that harms them. A
// report counts them and names none: it may be read by people who must not know them.
type Yours struct {
	Model string `json:"model"`
	Name  string `json:"name,omitempty"`
	// Harm is the worst, and Date when, YYYY-MM-DD; "" if it has happened, or has no
	// date.
	Harm  ask.Harm `json:"harm"`
	Date  string   `json:"date,omitempty"`
	Days  *int     `json:"days,omitempty"`
	Kinds []Owned  `json:"resources"`
}

// Owned is a number of resources of a kind.
type Owned struct {
	Kind  catalog.Kind `json:"kind"`
	Count int          `json:"count"`
}

// yoursOf counts the resources that impacts are on, by model, in the order of the
// impacts, which is the worst first.
func yoursOf(impacts []ask.Impact) []Yours {
	var all []Yours
	for _, same := range ordered.By(impacts, func(i ask.Impact) string { return i.Model }) {
		if same.Key == "" {
			continue
		}
		worst := same.Values[0]
		y := Yours{Model: worst.Model, Name: worst.ModelName, Harm: worst.Harm, Date: worst.Date, Days: worst.Days}
		for _, kind := range catalog.AccountKinds() {
			counted := map[string]bool{}
			for _, i := range same.Values {
				if i.Kind == kind {
					counted[i.Region+" "+i.ID] = true
				}
			}
			if len(counted) > 0 {
				y.Kinds = append(y.Kinds, Owned{kind, len(counted)})
			}
		}
		all = append(all, y)
	}
	return all
}

// chosen are the impacts that the report is about.
func (v *view) chosen(impacts []ask.Impact) []ask.Impact {
	return slices.DeleteFunc(slices.Clone(impacts), func(i ask.Impact) bool {
		return !v.only.region(i.Region) || i.Model != "" && !v.only.item(i.Model)
	})
}

// words counts the resources: "3 application profiles and 1 agent".
func (y Yours) words() string {
	var parts []string
	for _, o := range y.Kinds {
		parts = append(parts, o.Kind.Count(o.Count))
	}
	last := len(parts) - 1
	if last < 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

func (y Yours) count() (n int) {
	for _, o := range y.Kinds {
		n += o.Count
	}
	return n
}

// YoursOn says which of the account's resources rest on any of models, "" if none
// does.
func (r *Report) YoursOn(models ...string) string {
	for _, y := range r.Yours {
		if slices.Contains(models, y.Model) {
			rest := "rest"
			if y.count() == 1 {
				rest = "rests"
			}
			return fmt.Sprintf("yours: %s %s on it", y.words(), rest)
		}
	}
	return ""
}

// yoursInShort says in a line each that resources of the account are harmed, and that
// lists of it were not read; nil if neither is so.
func (r *Report) yoursInShort() (lines []string) {
	switch n := len(r.Yours); n {
	case 0:
	case 1:
		lines = append(lines, "Yours: resources rest on a model that is gone or ends; `snapshotter impact` names them.")
	default:
		lines = append(lines, fmt.Sprintf("Yours: resources rest on %d models that are gone or end; `snapshotter impact` names them.", n))
	}
	if n := len(r.YoursUnread); n > 0 {
		var kinds []string
		for _, l := range r.YoursUnread {
			kinds = append(kinds, l.Kind.Plural())
		}
		lines = append(lines, fmt.Sprintf("Not read: %s of your account (%s); what they had before still counts.", catalog.Counted(n, "list"), named(unique(kinds))))
	}
	return lines
}

// yours writes a row for each model that the account's resources rest on and that harms
// them.
func (p *page) yours(yours []Yours) {
	if len(yours) == 0 {
		return
	}
	p.paragraph("## Yours")
	var rows [][]string
	for _, y := range yours {
		name := markdown.Code(y.Model)
		if y.Name != "" {
			name = markdown.Text(y.Name)
		}
		rows = append(rows, []string{name, y.happens(), y.words()})
	}
	p.table([]string{"Model", "What happens", "Resources that rest on it"}, rows)
}

// happens says what harms the resources, and when.
func (y Yours) happens() string {
	switch y.Harm {
	case ask.HarmGone:
		return "gone"
	case ask.HarmUncallable:
		return "can't be called by its ID"
	case ask.HarmEndOfLife:
		return "EOL " + y.Date + y.left()
	case ask.HarmCommitted:
		return "ends before its commitment: " + y.Date + y.left()
	case ask.HarmPrice:
		return "price may rise " + y.Date + y.left()
	}
	if y.Date == "" {
		return "LEGACY"
	}
	return "turns LEGACY " + y.Date + y.left()
}

func (y Yours) left() string {
	if y.Days == nil {
		return ""
	}
	return " (" + inDays(*y.Days) + ")"
}
