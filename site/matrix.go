package site

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"html/template"
	"maps"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// sign is how a mark is shown: a class, which is also the value of the filter, a
// letter and words.
type sign struct {
	Class, Letter, Value, Words string
	More                        string // what the words mean
}

var signs = map[ask.Mark]sign{
	ask.MarkOnDemand:    {"d", "D", "on-demand", "on demand", ""},
	ask.MarkGeographic:  {"g", "G", "profile", "geographic profile", ""},
	ask.MarkGlobal:      {"w", "W", "global", "global profile", ""},
	ask.MarkProvisioned: {"p", "P", "provisioned", "provisioned only", ""},
	ask.MarkDoubtful:    {"x", "X", "doubtful", "doubtful", "a profile remains, and no region it routes to lists the model"},
	ask.MarkListed:      {"l", "L", "listed", "listed only", "nothing calls it"},
	ask.MarkUnobserved:  {"u", "?", "not-observed", "not observed", "a list was not read"},
}

// legend are the signs in the order of the marks; an absent model has none.
func legend() []sign {
	var all []sign
	for _, mark := range ask.Marks() {
		if s, drawn := signs[mark]; drawn {
			all = append(all, s)
		}
	}
	return all
}

// markWords says marks in words.
func markWords(marks []ask.Mark) string {
	var words []string
	for _, mark := range marks {
		if s, drawn := signs[mark]; drawn {
			words = append(words, s.Words)
		} else {
			words = append(words, string(mark))
		}
	}
	return strings.Join(words, ", ")
}

type matrixPage struct {
	Count, Variants      int
	Regions, Never       []string
	Providers            []*provider
	Modalities, Statuses []string
	Boundaries           []catalog.Boundary
	Legend               []sign
	Rows                 template.HTML
	Gone                 []*model
}

func (s *Site) matrix(_ context.Context, p *page) (any, error) {
	p.Wide = true
	this := matrixPage{Legend: legend(), Never: ask.UnreadRegions(s.Head)}
	this.Regions = slices.DeleteFunc(s.Head.Regions(), func(r string) bool { return slices.Contains(this.Never, r) })
	var shown []*model
	var entries []ask.Entry
	for _, m := range s.models {
		switch {
		case m.Base != "":
			this.Variants++
		case m.Entry == nil:
			this.Gone = append(this.Gone, m)
		default:
			shown = append(shown, m)
		}
	}
	slices.SortFunc(shown, func(a, b *model) int {
		return cmp.Or(compare(strings.ToLower(cmp.Or(a.Name, a.ID)), strings.ToLower(cmp.Or(b.Name, b.ID))), compare(a.ID, b.ID))
	})
	for _, m := range shown {
		entries = append(entries, *m.Entry)
	}
	this.Count = len(shown)
	providers, modalities, statuses, within := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	var rows strings.Builder
	for i, cells := range ask.Matrix(s.Head, entries) {
		s.row(&rows, shown[i], cells, this.Never, providers, modalities, statuses, within)
	}
	this.Rows = template.HTML(rows.String()) // every text in it is escaped
	for _, pr := range s.providers {
		if providers[pr.Slug] {
			this.Providers = append(this.Providers, pr)
		}
	}
	this.Modalities, this.Statuses = slices.Sorted(maps.Keys(modalities)), slices.Sorted(maps.Keys(statuses))
	for _, b := range catalog.Boundaries() {
		if within[b.Name] {
			this.Boundaries = append(this.Boundaries, b)
		}
	}
	return this, nil
}

// row writes a model's row, and notes what it can be filtered by. There are thousands
// of cells: what HTML allows to leave out is left out, such as the quotes of slugs, and
// the style isolates names from the direction of their surroundings.
func (s *Site) row(out *strings.Builder, m *model, cells []ask.Cell, never []string, providers, modalities, statuses, within map[string]bool) {
	var takes, has []string
	legacy := map[string]bool{}
	eol := ""
	for _, at := range m.Entry.Regions {
		if at.Model == nil {
			continue
		}
		for _, modality := range slices.Concat(at.Model.InputModalities, at.Model.OutputModalities) {
			takes = append(takes, token(modality))
		}
		status := at.Model.Lifecycle.Status
		has = append(has, token(orNotSaid(status)))
		legacy[at.Region] = status == catalog.StatusLegacy
		if ends := catalog.Day(at.Model.Lifecycle.EndOfLife); ends != "" && (eol == "" || ends < eol) {
			eol = ends
		}
	}
	takes, has = unique(takes), unique(has)
	stays := staysWithin(m.Entry)
	provider := s.providerOf(m)
	providers[provider.Slug] = true
	note(modalities, takes)
	note(statuses, has)
	note(within, stays)
	fmt.Fprintf(out, `<tr data-p=%s data-m="%s" data-l="%s" data-b="%s" data-n=%d`, provider.Slug, esc(strings.Join(takes, " ")), esc(strings.Join(has, " ")), esc(strings.Join(stays, " ")), m.Entry.CallableFrom())
	if eol != "" {
		out.WriteString(` data-e=` + eol)
	}
	out.WriteString(`><th scope=row><a href=` + m.Slug + `/index.html>` + esc(markdown.Clean(cmp.Or(m.Name, m.ID))) + `</a><code>` + esc(markdown.Clean(m.ID)) + `</code>`)
	if n := len(m.Variants); n > 0 {
		out.WriteString(` <small>+ ` + catalog.Counted(n, "variant") + `</small>`)
	}
	for _, cell := range cells {
		if !slices.Contains(never, cell.Region) {
			writeCell(out, cell, legacy[cell.Region])
		}
	}
}

// writeCell writes a cell; its end tag is left out, as HTML allows.
func writeCell(out *strings.Builder, cell ask.Cell, legacy bool) {
	class, text := "", ""
	for _, mark := range cell.Marks {
		class += signs[mark].Class
		text += signs[mark].Letter
	}
	if cell.Carried && class != signs[ask.MarkUnobserved].Class && class != "" {
		class, text = class+"c", text+"~"
	}
	if legacy {
		class, text = class+"y", text+"!"
	}
	if class == "" {
		out.WriteString("<td>")
		return
	}
	out.WriteString("<td class=" + class + ">" + text)
}

// staysWithin names the boundaries that calls from some region stay in.
func staysWithin(e *ask.Entry) []string {
	var stays []string
	for _, b := range catalog.Boundaries() {
		if slices.ContainsFunc(e.Regions, func(at ask.InRegion) bool {
			return slices.ContainsFunc(at.Callable(), func(p catalog.Path) bool { return p.Within(at.Region, []string{b.Name}) })
		}) {
			stays = append(stays, b.Name)
		}
	}
	return stays
}

// token is a value without spaces, which may stand in a list of such.
func token(value string) string {
	return strings.ReplaceAll(strings.ToLower(markdown.Clean(value)), " ", "-")
}

func unique(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}

func note(seen map[string]bool, values []string) {
	for _, v := range values {
		seen[v] = true
	}
}

func (s *Site) providerOf(m *model) *provider {
	for _, p := range s.providers {
		if p.Name == m.Provider {
			return p
		}
	}
	return &provider{Name: m.Provider, Slug: "_"}
}

func esc(text string) string { return html.EscapeString(text) }

func compare(a, b string) int { return cmp.Compare(a, b) }
