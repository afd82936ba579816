package site

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"html"
	"html/template"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed assets/style.css assets/script.js
var assets embed.FS

// page is what every page has beside its own content.
type page struct {
	Site  *Site
	Name  string // of the file
	Root  string // the way to the site's root: "../../", or "./" for the root itself
	Title string
	Kind  string // of page, for the navigation
	Wide  bool   // the content is a table that may need all of the screen
	Feed  string // the address of the page's own Atom feed, from the root; "" for the site's
	This  any
}

// kinds are the kinds of pages, each with a template of its name.
var kinds = []string{"index", "models", "model", "profiles", "profile", "regions", "region", "providers", "provider", "deadlines", "account", "changes", "month", "report", "coverage", "compare", "api", "404"}

// pages are the templates by kind, parsed when the first page is made: most commands
// make none.
var pages = sync.OnceValue(parsePages)

func parsePages() map[string]*template.Template {
	functions := template.FuncMap{
		"text":    markdown.Clean,
		"line":    markdown.Line,
		"name":    func(s string) string { return markdown.Clean(orNotSaid(s)) },
		"moment":  catalog.Moment,
		"day":     catalog.Day,
		"rfc3339": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"join":    func(all []string) string { return strings.Join(all, ", ") },
		"region":  catalog.RegionWords,
		"city":    func(region string) string { return catalog.LocationOf(region).City },
		"plural":  catalog.Counted,
		"days":    inDays,
		"event":   eventWords,
		"policy":  func() string { return Policy },
	}
	all := map[string]*template.Template{}
	for _, kind := range kinds {
		all[kind] = template.Must(template.New("layout.html").Funcs(functions).ParseFS(templates, "templates/layout.html", "templates/"+kind+".html"))
	}
	return all
}

// inDays says how far a date is away.
func inDays(days int) string {
	switch {
	case days == 0:
		return "today"
	case days < 0:
		return catalog.Counted(-days, "day") + " ago"
	}
	return "in " + catalog.Counted(days, "day")
}

// render makes a page.
func (s *Site) render(p page) ([]byte, error) {
	p.Site, p.Root = s, rootOf(p.Name)
	var out bytes.Buffer
	if err := pages()[p.Kind].Execute(&out, p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// NotFound makes the page that answers a request for a file that does not exist.
func (s *Site) NotFound(name string) ([]byte, error) {
	var out bytes.Buffer
	p := page{Site: s, Name: "404.html", Root: rootOf(name), Kind: "404", Title: "There is no such page"}
	err := pages()["404"].Execute(&out, p)
	return out.Bytes(), err
}

// Policy is what the pages may load, and from where.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'"

// rootOf is the way from a file to the site's root.
func rootOf(name string) string {
	if up := strings.Count(name, "/"); up > 0 {
		return strings.Repeat("../", up)
	}
	return "./"
}

// Run is the run that the page is of.
func (p page) Run() catalog.Run { return p.Site.head }

// Seen says what the run read.
func (p page) Seen() template.HTML {
	return template.HTML(markdown.Renderer{}.Inline(p.Site.newest.Seen())) // #nosec: the renderer escapes
}

// Sample says that the catalogue is made up, "" if it is not: the run's own words.
func (p page) Notes() string { return markdown.Clean(p.Site.head.Message) }

// At reports whether the page belongs to a part of the navigation.
func (p page) At(kinds ...string) bool { return slices.Contains(kinds, p.Kind) }

// Canonical is the page's address, "" if nobody knows where the site will be.
func (p page) Canonical() string {
	if p.Site.BaseURL == "" {
		return ""
	}
	return p.Site.BaseURL + strings.TrimSuffix(p.Name, "index.html")
}

// AtomFeed is the address of the page's feed.
func (p page) AtomFeed() string {
	if p.Feed == "" {
		return p.Root + "feeds/all.atom"
	}
	return p.Root + p.Feed
}

// Model is the way to a model's page, with its name or else its ID as text.
func (p page) Model(id string) template.HTML {
	m := p.Site.byModel[id]
	if m == nil {
		return template.HTML(`<code dir="auto">` + html.EscapeString(markdown.Clean(id)) + `</code>`)
	}
	if m.Name == "" {
		return template.HTML(`<a href="` + p.Root + modelPage(m) + `"><code dir="auto">` + html.EscapeString(markdown.Clean(id)) + `</code></a>`)
	}
	return template.HTML(`<a href="` + p.Root + modelPage(m) + `"><bdi>` + html.EscapeString(markdown.Clean(m.Name)) + `</bdi></a>`)
}

// ID shows an ID, with the way to its page if it has one.
func (p page) ID(id string) template.HTML {
	code := `<code dir="auto">` + html.EscapeString(markdown.Clean(id)) + `</code>`
	if to := p.Site.pageOf(id); to != "" {
		code = `<a href="` + p.Root + to + `">` + code + `</a>`
	}
	return template.HTML(code)
}

// Regions names regions, with the ways to their pages.
func (p page) Regions(codes []string) template.HTML {
	var all []string
	for _, code := range codes {
		all = append(all, string(p.Region(code)))
	}
	return template.HTML(strings.Join(all, ", "))
}

// Region names a region, with the way to its page if it has one.
func (p page) Region(code string) template.HTML {
	if !p.Site.Has(regionPage(code)) {
		return template.HTML(html.EscapeString(markdown.Clean(catalog.RegionWords(code))))
	}
	return template.HTML(`<a href="` + p.Root + regionPage(code) + `">` + html.EscapeString(code) + `</a>`)
}

// markdown renders what a report says; links in it lead to the pages of the IDs, and
// to the headings of the report at address.
func (s *Site) markdown(root, report, text string) template.HTML {
	r := markdown.Renderer{Link: func(code string) string {
		if to := s.pageOf(code); to != "" {
			return root + to
		}
		return ""
	}}
	if report != "" {
		r.Anchor = func(id string) string { return root + report + "#" + id }
	}
	return template.HTML(r.HTML(text)) // the renderer escapes
}

// pageOf is the page of a model or a profile, "" if it has none.
func (s *Site) pageOf(id string) string {
	if m := s.byModel[id]; m != nil {
		return modelPage(m)
	}
	if p := s.byProfile[id]; p != nil {
		return profilePage(p)
	}
	return ""
}

func modelPage(m *model) string       { return "models/" + m.Slug + "/index.html" }
func profilePage(p *profile) string   { return "profiles/" + p.Slug + "/index.html" }
func providerPage(p *provider) string { return "providers/" + p.Slug + "/index.html" }
func regionPage(code string) string   { return "regions/" + slugOf(code) + "/index.html" }
func reportPage(run catalog.Run) string {
	return "changes/" + catalog.FileTime(run.StartedAt) + "/index.html"
}

// MediaType is the type of a file, as a server must name it.
func MediaType(name string) string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".json": "application/json", ".svg": "image/svg+xml", ".atom": "application/atom+xml; charset=utf-8",
		".ics": "text/calendar; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".txt": "text/plain; charset=utf-8",
		".xml": "application/xml", "": "text/plain; charset=utf-8",
	}[path.Ext(name)]
}

// list names every file, with what makes it.
func (s *Site) list() {
	s.files = map[string]func(context.Context) ([]byte, error){}
	add := func(name string, makes func(ctx context.Context) ([]byte, error)) { s.files[name] = makes }
	show := func(name, kind, title string, this func(ctx context.Context, p *page) (any, error)) {
		add(name, func(ctx context.Context) ([]byte, error) {
			p := page{Site: s, Name: name, Root: rootOf(name), Kind: kind, Title: title}
			var err error
			if p.This, err = this(ctx, &p); err != nil {
				return nil, err
			}
			return s.render(p)
		})
	}
	s.listPages(show)
	s.listReports(show, add)
	for _, name := range []string{"style.css", "script.js"} {
		add("assets/"+name, func(context.Context) ([]byte, error) { return assets.ReadFile("assets/" + name) })
	}
	s.listData(add)
	for name := range s.files {
		s.names = append(s.names, name)
	}
	slices.Sort(s.names)
	s.order = s.together()
}

// together returns the names so that the files of one model follow one another: they
// say the same, which is worked out once.
func (s *Site) together() []string {
	beside := map[string]string{}
	for _, m := range s.models {
		beside["api/v1/models/"+m.Slug+".json"] = modelPage(m)
		beside["api/v1/history/"+m.Slug+".json"] = modelPage(m)
	}
	place := func(name string) string { return cmp.Or(beside[name], name) }
	return slices.SortedStableFunc(slices.Values(s.names), func(a, b string) int { return cmp.Compare(place(a), place(b)) })
}
