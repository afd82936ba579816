package site

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
	"snapshotter/report"
)

// entry is one piece of news. Its ID says which run found what, and nothing of where
// the site is or how runs are numbered: readers see nothing twice when a history is
// imported again or the site moves.
type entry struct {
	ID, Title, HTML string
	Run             catalog.Run
	Page            string // from the root
	Act             bool   // to act on
	Models          []string
	Regions         []string
}

const (
	newsDays    = 30  // from how many reports entries are made
	newsEntries = 200 // how many entries a feed has
)

// reminders are the days before a date at which feeds remind of it.
var reminders = []int{90, 30, 7}

// entries returns all news, the newest first.
func (s *Site) entriesNow(ctx context.Context) ([]*entry, error) {
	s.news.Do(func() { s.entriesOf, s.newsErr = s.makeEntries(ctx) })
	return s.entriesOf, s.newsErr
}

func (s *Site) makeEntries(ctx context.Context) ([]*entry, error) {
	var all []*entry
	left := newsDays
	for _, d := range slices.Backward(s.days) {
		if !d.Paged || left == 0 {
			break
		}
		left--
		made, err := s.report(ctx, d.Run)
		if err != nil {
			return nil, err
		}
		for _, line := range made.Lines() {
			all = append(all, s.lineEntry(d, line))
		}
		for _, n := range made.NewRegions {
			all = append(all, &entry{
				ID: s.tag(d.Run, "region/"+slugOf(n.Region)), Title: "New region: " + n.Region, Run: d.Run, Page: reportPage(d.Run),
				HTML: "<p>" + html.EscapeString(catalog.Counted(n.Callable, "callable model")) + "</p>", Regions: []string{n.Region},
			})
		}
	}
	all = append(all, s.reminderEntries()...)
	slices.SortStableFunc(all, func(a, b *entry) int { return cmp.Compare(b.Run.ID, a.Run.ID) })
	return all, nil
}

// tag is the ID of an entry: https://www.rfc-editor.org/rfc/rfc4151.
func (s *Site) tag(run catalog.Run, event string) string {
	at := run.StartedAt.UTC()
	if run.Partition != "" && run.Partition != "aws" {
		event = run.Partition + "/" + event
	}
	return fmt.Sprintf("tag:%s,%d:%s/%s", s.Authority, at.Year(), catalog.FileTime(at), event)
}

func (s *Site) lineEntry(d *day, line report.Line) *entry {
	event := string(line.Effect) + "/"
	e := &entry{Run: d.Run, Page: reportPage(d.Run), Regions: line.In, Act: line.Effect.Significance() != diff.Good || len(line.Breaks) > 0}
	if len(line.Models) > 0 {
		event += slugOf(line.Models[0].ID)
	} else {
		event += "rule/" + slugOf(line.Rule)
	}
	for _, m := range line.Models {
		e.Models = append(e.Models, m.ID)
	}
	e.ID = s.tag(d.Run, event)
	e.Title = markdown.Plain(line.Who) + ": " + markdown.Plain(line.What)
	if line.Where != "" {
		e.Title += " (" + markdown.Plain(line.Where) + ")"
	}
	var r markdown.Renderer
	e.HTML = "<p>" + r.Inline(line.Who) + ": " + r.Inline(line.What) + "</p>"
	for _, part := range []struct{ title, text string }{{"Where", line.Where}, {"Now", line.Now}} {
		if part.text != "" {
			e.HTML += "<p>" + part.title + ": " + r.Inline(part.text) + "</p>"
		}
	}
	return e
}

// reminderEntries are those of the dates ahead, each from the first run at which so
// many days or fewer were left.
func (s *Site) reminderEntries() []*entry {
	var all []*entry
	for _, d := range s.dates {
		at, err := time.Parse(time.DateOnly, d.Date)
		if err != nil || d.VariantOf != "" {
			continue
		}
		known := s.knownSince(d)
		last := int64(0)
		for _, days := range slices.Backward(reminders) { // the nearest first: it stands for those before
			run, left := s.reached(at, known, days)
			if run == nil || run.ID == last {
				continue
			}
			last = run.ID
			name := d.ID
			if m := s.byModel[d.ID]; m != nil {
				name = orID(m)
			}
			title := fmt.Sprintf("%s: %s %s, %s", markdown.Clean(name), eventWords(d.Event), d.Date, inDays(left))
			e := &entry{
				ID:    s.tag(*run, fmt.Sprintf("deadline/%s/%s/%s/%d", slugOf(d.ID), d.Event, d.Date, days)),
				Title: title, Run: *run, Page: "deadlines/index.html", Act: true, Models: []string{d.ID}, Regions: d.Regions,
			}
			e.HTML = "<p>" + html.EscapeString(title) + "</p><p>" + html.EscapeString(strings.Join(d.Regions, ", ")) + "</p>"
			if d.Replacement != nil {
				e.HTML += "<p>A candidate to move to, by rule and not AWS's advice: " + html.EscapeString(markdown.Clean(cmp.Or(d.Replacement.Name, d.Replacement.Model))) + "</p>"
			}
			all = append(all, e)
		}
	}
	return all
}

// knownSince is the first run that found the date in one of its regions.
func (s *Site) knownSince(d ask.Date) int64 {
	for _, e := range s.eventsOf(d.ID) {
		if m, ok := e.Item.(*catalog.FoundationModel); ok && slices.Contains(d.Regions, e.Region) && catalog.Day(dateOf(m.Lifecycle, d.Event)) == d.Date {
			return e.Run.ID
		}
	}
	return s.head.ID
}

// eventsOf is what happened to a model's listings.
func (s *Site) eventsOf(model string) []catalog.Event {
	events, _ := s.Log.History(context.Background(), catalog.KindFoundationModel, model) // from memory: never an error
	return events
}

func dateOf(l catalog.Lifecycle, e ask.Event) time.Time {
	return map[ask.Event]time.Time{ask.Legacy: l.Legacy, ask.ExtendedAccess: l.ExtendedAccess, ask.EndOfLife: l.EndOfLife}[e]
}

// reached is the first run, from known on, at which so many days or fewer are left,
// and how many are; nil if there is none before the date.
func (s *Site) reached(at time.Time, known int64, days int) (*catalog.Run, int) {
	for i := range s.Runs {
		run := &s.Runs[i]
		left := int(at.Sub(run.StartedAt.UTC().Truncate(24*time.Hour)) / (24 * time.Hour))
		if run.ID >= known && left <= days {
			if left < 0 {
				return nil, 0
			}
			return run, left
		}
	}
	return nil, 0
}

// feed is a choice of the news.
type feed struct {
	name   string // of the file, without its extension
	title  string
	page   string
	choose func(*entry) bool
}

func (s *Site) feeds() []feed {
	all := []feed{
		{"feeds/all", "Bedrock models: what matters", "changes/index.html", func(*entry) bool { return true }},
		{"feeds/act", "Bedrock models: what to act on", "changes/index.html", func(e *entry) bool { return e.Act }},
	}
	for _, m := range s.models {
		all = append(all, feed{"feeds/models/" + m.Slug, "Bedrock: " + orID(m), modelPage(m), func(e *entry) bool { return slices.Contains(e.Models, m.ID) }})
	}
	for _, p := range s.providers {
		all = append(all, feed{"feeds/providers/" + p.Slug, "Bedrock: " + orNotSaid(p.Name), providerPage(p), func(e *entry) bool {
			return slices.ContainsFunc(e.Models, func(id string) bool { return s.byModel[id] != nil && s.byModel[id].Provider == p.Name })
		}})
	}
	for _, r := range s.regions {
		all = append(all, feed{"feeds/regions/" + slugOf(r.Region), "Bedrock in " + r.Region, regionPage(r.Region), func(e *entry) bool { return slices.Contains(e.Regions, r.Region) }})
	}
	return all
}

func orID(m *model) string { return cmp.Or(m.Name, m.ID) }

// chosen are the entries of a feed.
func (s *Site) chosen(ctx context.Context, f feed) ([]*entry, error) {
	all, err := s.entriesNow(ctx)
	if err != nil {
		return nil, err
	}
	var some []*entry
	for _, e := range all {
		if f.choose(e) && len(some) < newsEntries {
			some = append(some, e)
		}
	}
	return some, nil
}

// The elements of Atom: https://www.rfc-editor.org/rfc/rfc4287.
type (
	atomFeed struct {
		XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Updated   string      `xml:"updated"`
		Links     []atomLink  `xml:"link"`
		Author    atomAuthor  `xml:"author"`
		Generator string      `xml:"generator"`
		Entries   []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomEntry struct {
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Links   []atomLink  `xml:"link"`
		Content atomContent `xml:"content"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// address is the address of a file as a feed names it: whole if it is known where the
// site is, else from the feed.
func (s *Site) address(from, name string) string {
	if s.BaseURL != "" {
		return s.BaseURL + strings.TrimSuffix(name, "index.html")
	}
	return rootOf(from) + name
}

func (s *Site) atom(ctx context.Context, f feed) ([]byte, error) {
	entries, err := s.chosen(ctx, f)
	if err != nil {
		return nil, err
	}
	name := f.name + ".atom"
	doc := atomFeed{
		ID: fmt.Sprintf("tag:%s,2026:%s", s.Authority, f.name), Title: markdown.Clean(f.title), Updated: moment(s.head.StartedAt),
		Links: []atomLink{
			{"self", "application/atom+xml", s.address(name, name)},
			{"alternate", "text/html", s.address(name, f.page)},
		},
		Author: atomAuthor{"snapshotter"}, Generator: "snapshotter",
	}
	if len(entries) > 0 {
		doc.Updated = moment(entries[0].Run.StartedAt)
	}
	for _, e := range entries {
		doc.Entries = append(doc.Entries, atomEntry{
			ID: e.ID, Title: e.Title, Updated: moment(e.Run.StartedAt),
			Links:   []atomLink{{"alternate", "text/html", s.address(name, e.Page)}},
			Content: atomContent{"html", e.HTML},
		})
	}
	out := bytes.NewBufferString(xml.Header)
	encoder := xml.NewEncoder(out)
	encoder.Indent("", " ")
	if err := encoder.Encode(doc); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// jsonFeed is the form of https://www.jsonfeed.org/version/1.1/.
type jsonFeed struct {
	Version string     `json:"version"`
	Title   string     `json:"title"`
	Home    string     `json:"home_page_url,omitempty"`
	Feed    string     `json:"feed_url,omitempty"`
	Items   []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url,omitempty"`
	Title     string   `json:"title"`
	HTML      string   `json:"content_html"`
	Published string   `json:"date_published"`
	Tags      []string `json:"tags,omitempty"`
}

func (s *Site) jsonFeed(ctx context.Context, f feed) ([]byte, error) {
	entries, err := s.chosen(ctx, f)
	if err != nil {
		return nil, err
	}
	doc := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: f.title, Items: []jsonItem{}}
	if s.BaseURL != "" {
		doc.Home, doc.Feed = s.BaseURL, s.BaseURL+f.name+".json"
	}
	for _, e := range entries {
		item := jsonItem{ID: e.ID, Title: e.Title, HTML: e.HTML, Published: moment(e.Run.StartedAt), Tags: e.Models}
		if s.BaseURL != "" {
			item.URL = s.address(f.name, e.Page)
		}
		doc.Items = append(doc.Items, item)
	}
	return encodeJSON(doc)
}

func encodeJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	err := report.WriteJSON(&out, value)
	return out.Bytes(), err
}

// compactJSON is without the spaces that only people need.
func compactJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	err := report.WriteCompactJSON(&out, value)
	return out.Bytes(), err
}
