package site

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/docs"
	"snapshotter/internal/markdown"
	"snapshotter/report"
)

// document is a kind of JSON documents of version 1.
type document struct {
	Path   string // below api/v1/, with {slug} where there is one for each model
	What   string
	Schema string
	Each   bool
	of     reflect.Type // nil for an answer of a command, whose schema is documented
}

// apiIndex names the documents, and the run that they are of.
type apiIndex struct {
	Version   int        `json:"version"`
	Run       ask.AsOf   `json:"run"`
	Documents []string   `json:"documents"`
	Models    []apiModel `json:"models"`
}

// apiModel is a model with its slug, the part of an address that stands for it.
type apiModel struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name,omitempty"`
	Gone bool   `json:"gone"` // no region lists it or routes to it any more
}

// apiChanges names the runs that changed something, the newest first.
type apiChanges struct {
	Run     ask.AsOf    `json:"run"`
	Changes []apiChange `json:"changes"`
}

type apiChange struct {
	Run     catalog.RunRef `json:"run"`
	Changes int            `json:"changes"`
	Models  []string       `json:"models"`
	// Report is the report in JSON, from the root of the site; missing if it has no page.
	Report string `json:"report,omitempty"`
}

// apiCoverage is how every list was read, by run.
type apiCoverage struct {
	Run   ask.AsOf  `json:"run"`
	Lists []apiList `json:"lists"`
}

type apiList struct {
	catalog.Scope
	Intervals []catalog.Interval `json:"intervals"`
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

var documents = []document{
	{"index.json", "the documents, and every model with its slug", "index", false, typeOf[apiIndex]()},
	{"models.json", "as snapshotter models prints it", "models", false, nil},
	{"models/{slug}.json", "as snapshotter where prints it", "where", true, nil},
	{"history/{slug}.json", "as snapshotter history prints it", "history", true, nil},
	{"profiles.json", "as snapshotter profiles prints it", "profiles", false, nil},
	{"regions.json", "as snapshotter regions prints it", "regions", false, nil},
	{"deadlines.json", "as snapshotter lifecycle prints it, with days counted from the run", "lifecycle", false, nil},
	{"changes.json", "the runs that changed something", "changes", false, typeOf[apiChanges]()},
	{"coverage.json", "how every list was read, by run", "coverage", false, typeOf[apiCoverage]()},
}

func (s *Site) apiPage(context.Context, *page) (any, error) {
	var this struct {
		Documents []document
		Regions   []string
	}
	this.Documents = documents
	for _, r := range s.regions {
		this.Regions = append(this.Regions, slugOf(r.Region))
	}
	return this, nil
}

// makes is for files that need no context.
func makes(data func() ([]byte, error)) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) { return data() }
}

// listData names the files that programs read.
func (s *Site) listData(add adder) {
	for _, f := range s.feeds() {
		add(f.name+".atom", func(ctx context.Context) ([]byte, error) { return s.atom(ctx, f) })
		if f.name == "feeds/all" {
			add(f.name+".json", func(ctx context.Context) ([]byte, error) { return s.jsonFeed(ctx, f) })
		}
	}
	s.listCalendars(add)
	s.listBadges(add)
	s.listAPI(add)
	add("llms.txt", makes(s.llms))
	if s.BaseURL != "" {
		add("sitemap.xml", makes(s.sitemap))
		if host := s.host(); host != "" {
			add("CNAME", makes(func() ([]byte, error) { return []byte(host + "\n"), nil }))
		}
	}
}

func (s *Site) listAPI(add adder) {
	answer := func(path string, of func() (any, error)) {
		add("api/v1/"+path, makes(func() ([]byte, error) {
			value, err := of()
			if err != nil {
				return nil, err
			}
			return compactJSON(value)
		}))
	}
	answer("index.json", func() (any, error) { return s.apiIndex(), nil })
	answer("models.json", func() (any, error) {
		return ask.ModelsAnswer{Run: s.asOf(), Models: append([]ask.Entry{}, ask.Models(s.Head)...), NeverRead: ask.UnreadLists(s.Head, catalog.Kinds()...)}, nil
	})
	answer("profiles.json", func() (any, error) {
		return ask.ProfilesAnswer{Run: s.asOf(), Profiles: append([]ask.Routing{}, ask.Routings(s.Head)...), NeverRead: ask.UnreadLists(s.Head, catalog.KindInferenceProfile)}, nil
	})
	answer("regions.json", func() (any, error) { return ask.RegionsAnswer{Run: s.asOf(), Regions: s.regions}, nil })
	answer("deadlines.json", func() (any, error) {
		return ask.LifecycleAnswer{Run: s.asOf(), Today: catalog.Day(s.today()), Dates: s.dates, NeverRead: ask.UnreadLists(s.Head, catalog.KindFoundationModel)}, nil
	})
	if s.Account != nil {
		answer("impact.json", func() (any, error) { return s.Account, nil })
		add(schemaFile("impact"), makes(func() ([]byte, error) { return docs.Schema("impact"), nil }))
	}
	answer("changes.json", func() (any, error) { return s.apiChanges(), nil })
	answer("coverage.json", s.apiCoverage)
	for _, m := range s.models {
		answer("models/"+m.Slug+".json", func() (any, error) {
			t, err := s.about(m)
			if err != nil {
				return nil, err
			}
			return ask.WhereAnswer{Run: s.asOf(), Asked: m.ID, Within: []string{}, Models: []ask.Whereabouts{t.where}}, nil
		})
		answer("history/"+m.Slug+".json", func() (any, error) {
			t, err := s.about(m)
			if err != nil {
				return nil, err
			}
			return ask.HistoryAnswer{Kind: catalog.KindFoundationModel, ID: m.ID, Profiles: append([]string{}, t.past.Profiles...), Chapters: t.chapters}, nil
		})
	}
	add(schemaFile("report"), makes(func() ([]byte, error) { return docs.Schema("report"), nil })) // others refer to it
	for _, d := range documents {
		if d.of == nil {
			add(schemaFile(d.Schema), makes(func() ([]byte, error) { return docs.Schema(d.Schema), nil }))
			continue
		}
		answer(strings.TrimPrefix(schemaFile(d.Schema), "api/v1/"), func() (any, error) { return schemaOf(d), nil })
	}
	answer("openapi.json", func() (any, error) { return s.openAPI(), nil })
}

// schemaFile has the name that other schemas refer to.
func schemaFile(name string) string { return "api/v1/schema/" + name + ".schema.json" }

func (s *Site) apiIndex() apiIndex {
	index := apiIndex{Version: 1, Run: s.asOf(), Documents: []string{}, Models: []apiModel{}}
	for _, d := range documents {
		index.Documents = append(index.Documents, d.Path)
	}
	for _, m := range s.models {
		index.Models = append(index.Models, apiModel{m.ID, m.Slug, m.Name, m.Entry == nil})
	}
	return index
}

func (s *Site) apiChanges() apiChanges {
	all := apiChanges{Run: s.asOf(), Changes: []apiChange{}}
	for _, d := range slices.Backward(s.days) {
		change := apiChange{Run: d.Run.Ref(), Changes: d.Changes, Models: append([]string{}, d.Models...)}
		if d.Paged {
			change.Report = strings.TrimSuffix(reportPage(d.Run), "index.html") + "report.json"
		}
		all.Changes = append(all.Changes, change)
	}
	return all
}

func (s *Site) apiCoverage() (any, error) {
	covered, err := s.Log.Coverage(context.Background(), nil)
	all := apiCoverage{Run: s.asOf(), Lists: []apiList{}}
	for scope, intervals := range covered {
		all.Lists = append(all.Lists, apiList{scope, intervals})
	}
	slices.SortFunc(all.Lists, func(a, b apiList) int { return a.Compare(b.Scope) })
	return all, err
}

// openAPI describes the documents: https://spec.openapis.org/oas/v3.1.1.html.
func (s *Site) openAPI() map[string]any {
	paths := map[string]any{}
	for _, d := range documents {
		get := map[string]any{
			"summary": d.What,
			"responses": map[string]any{"200": map[string]any{
				"description": d.What,
				"content":     map[string]any{"application/json": map[string]any{"schema": map[string]any{"$ref": "schema/" + d.Schema + ".schema.json"}}},
			}},
		}
		if d.Each {
			get["parameters"] = []any{map[string]any{
				"name": "slug", "in": "path", "required": true, "schema": map[string]any{"type": "string"},
				"description": "the model's slug: its ID with : written ~; see index.json",
			}}
		}
		paths["/"+d.Path] = map[string]any{"get": get}
	}
	return map[string]any{
		"openapi": "3.1.1",
		"info": map[string]any{
			"title": "Bedrock models", "version": "1",
			"description": "What Amazon Bedrock lists, by region, as of the last recorded run. Fields may be added within a version.",
		},
		"servers": []any{map[string]any{"url": "."}},
		"paths":   paths,
	}
}

// llms tells language models what there is: https://llmstxt.org.
func (s *Site) llms() ([]byte, error) {
	var out strings.Builder
	link := func(name, title, what string) {
		fmt.Fprintf(&out, "- [%s](%s): %s\n", title, s.address("llms.txt", name), what)
	}
	fmt.Fprintf(&out, "# Bedrock models\n\n> What Amazon Bedrock lists in every AWS region: from where each model can be called and with which ID, its dates, and what changed. As of run %d, %s.\n\n", s.head.ID, catalog.Moment(s.head.StartedAt))
	out.WriteString("An ID without an answer is not absent if its list was not read. Days are counted from the run.\n\n## JSON\n\n")
	link("api/v1/index.json", "index", "every model with its slug")
	for _, d := range documents[1:] {
		if !d.Each {
			link("api/v1/"+d.Path, strings.TrimSuffix(d.Path, ".json"), d.What)
		}
	}
	out.WriteString("\n## Reports\n\n")
	link(strings.TrimSuffix(reportPage(s.head), "index.html")+"report.md", "the newest report", markdown.Text(s.newest.Headline()))
	link("feeds/all.atom", "feed", "everything that matters")
	out.WriteString("\n## Models\n\n")
	for _, m := range s.models {
		if m.Entry != nil && m.Base == "" {
			link("api/v1/models/"+m.Slug+".json", markdown.Code(m.ID), markdown.Name(orID(m)))
		}
	}
	return []byte(out.String()), nil
}

// sitemap names the pages: https://www.sitemaps.org/protocol.html.
func (s *Site) sitemap() ([]byte, error) {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, name := range s.names {
		if strings.HasSuffix(name, ".html") && name != "404.html" {
			out.WriteString("<url><loc>" + esc(s.BaseURL+strings.TrimSuffix(name, "index.html")) + "</loc><lastmod>" + s.head.StartedAt.UTC().Format(time.DateOnly) + "</lastmod></url>\n")
		}
	}
	out.WriteString("</urlset>\n")
	return []byte(out.String()), nil
}

// host is the site's own host name, "" for a site below a path or on a port: only a
// host of its own can be an alias.
func (s *Site) host() string {
	rest, found := strings.CutPrefix(s.BaseURL, "https://")
	host, path, _ := strings.Cut(rest, "/")
	if !found || path != "" || strings.Contains(host, ":") {
		return ""
	}
	return host
}

// ReportTypes are the media types of reports.
func ReportTypes() []string {
	var types []string
	for _, f := range report.Formats() {
		types = append(types, f.MediaType)
	}
	return types
}
