package site_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/net/html"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/sample"
	"snapshotter/job"
	"snapshotter/site"
	"snapshotter/state"
	"snapshotter/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// night is what Bedrock lists at a run.
type night struct {
	at      time.Time
	lists   bedrocktest.Catalogue
	failing []string
}

// record records nights in a new database, and returns its path.
func record(t testing.TB, nights ...night) string {
	t.Helper()
	database := filepath.Join(t.TempDir(), "snapshotter.db")
	recordIn(t, database, nights...)
	return database
}

// recordIn records more nights in a database.
func recordIn(t testing.TB, database string, nights ...night) {
	t.Helper()
	server, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, n := range nights {
		history, err := state.NewHistory(database, aws.Config{})
		if err != nil {
			t.Fatal(err)
		}
		reports, err := state.NewReports(filepath.Join(filepath.Dir(database), "reports"), aws.Config{})
		if err != nil {
			t.Fatal(err)
		}
		server.Serve(n.lists)
		var faults []bedrocktest.Fault
		for _, region := range n.failing {
			faults = append(faults, bedrocktest.Fault{Region: region, Kind: bedrocktest.InternalError})
		}
		server.Inject(faults...)
		j := &job.Job{
			History: history, Reports: reports, Trigger: catalog.Manual, Version: "test", AWS: server.Config(),
			Options: collect.Options{Pause: time.Millisecond, Region: 10 * time.Second}, Now: func() time.Time { return n.at },
		}
		if _, err := j.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func prepare(t testing.TB, database string, options site.Options) *site.Site {
	t.Helper()
	s, err := newSite(t, database, options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newSite prepares a site of a database, which stays open until the test ends.
func newSite(t testing.TB, database string, options site.Options) (*site.Site, error) {
	t.Helper()
	db, err := store.OpenReader(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return job.NewSite(t.Context(), db, nil, options)
}

// demoNights are the four runs of the demo.
func demoNights() []night {
	var nights []night
	for _, moment := range sample.Moments() {
		nights = append(nights, night{moment.At, moment.Catalogue, moment.Failing})
	}
	return nights
}

var demo struct {
	once     sync.Once
	database string
	files    map[string][]byte
}

func TestMain(m *testing.M) {
	code := m.Run()
	if demo.database != "" {
		os.RemoveAll(filepath.Dir(demo.database))
	}
	os.Exit(code)
}

// demoFiles are the files of the demo's site.
func demoFiles(t *testing.T) map[string][]byte {
	t.Helper()
	demo.once.Do(func() {
		directory, err := os.MkdirTemp("", "snapshotter-site")
		if err != nil {
			t.Fatal(err)
		}
		demo.database = filepath.Join(directory, "snapshotter.db")
		recordIn(t, demo.database, demoNights()...)
		demo.files = filesOf(t, prepare(t, demo.database, site.Options{}))
	})
	if demo.files == nil {
		t.Fatal("the demo's site could not be made")
	}
	return demo.files
}

func filesOf(t testing.TB, s *site.Site) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	var mu sync.Mutex
	if err := s.Each(t.Context(), 2, func(string) bool { return true }, func(name string, data []byte) error {
		mu.Lock()
		defer mu.Unlock()
		files[name] = data
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

func TestGolden(t *testing.T) {
	files := demoFiles(t)
	for _, name := range []string{
		"index.html", "models/anthropic.claude-3-7-sonnet-20250219-v1~0/index.html", "regions/eu-west-2/index.html",
		"feeds/act.atom", "calendars/providers/anthropic.ics", "badges/anthropic.claude-3-haiku-20240307-v1~0.svg", "api/v1/openapi.json", "api/v1/schema/coverage.schema.json",
	} {
		golden := filepath.Join("testdata", strings.NewReplacer("/", "_", "~", "-").Replace(name))
		if *update {
			if err := os.WriteFile(golden, files[name], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(files[name], want) {
			t.Errorf("%s differs from %s; see the difference with: go test ./site -update && git diff", name, golden)
		}
	}
}

func TestSameRunsSameBytes(t *testing.T) {
	again := filesOf(t, prepare(t, record(t, demoNights()...), site.Options{}))
	files := demoFiles(t)
	if len(again) != len(files) {
		t.Errorf("%d files, then %d", len(files), len(again))
	}
	for name, data := range files {
		if !bytes.Equal(data, again[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// page is an HTML file, parsed.
type page struct {
	links []string
	ids   map[string]bool
}

func parsePage(t *testing.T, name string, data []byte) page {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p := page{ids: map[string]bool{}}
	for node := range doc.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		if !elements[node.Data] {
			t.Errorf("%s has a <%s>", name, node.Data)
		}
		if node.Data == "script" && node.FirstChild != nil && attribute(node, "type") != "application/json" {
			t.Errorf("%s has a script within", name)
		}
		for _, a := range node.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s: <%s %s=%q>", name, node.Data, a.Key, a.Val)
			case a.Key == "href", a.Key == "src", a.Key == "action":
				p.links = append(p.links, a.Val)
			case a.Key == "id" && p.ids[a.Val]:
				t.Errorf("%s has two elements %q", name, a.Val)
			case a.Key == "id":
				p.ids[a.Val] = true
			}
		}
	}
	return p
}

func attribute(node *html.Node, key string) string {
	for _, a := range node.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// elements are all that pages are made of.
var elements = func() map[string]bool {
	known := map[string]bool{}
	for _, name := range strings.Fields(`html head meta title link script body a header p nav ul li main footer time bdi code strong del
		h1 h2 h3 div section table caption thead tbody tr th td span small details summary form label input select option button
		figure figcaption svg g rect path line text circle img pre`) {
		known[name] = true
	}
	return known
}()

// wantLinked checks that every link leads to a file of the site, and to an element
// where it names one.
func wantLinked(t *testing.T, files map[string][]byte) {
	t.Helper()
	pages := map[string]page{}
	for name, data := range files {
		if path.Ext(name) == ".html" {
			pages[name] = parsePage(t, name, data)
		}
	}
	if len(pages) == 0 {
		t.Fatal("the site has no pages")
	}
	reached := map[string]bool{"404.html": true}
	for name, p := range pages {
		for _, link := range p.links {
			if link == "data:," {
				continue
			}
			target, fragment, _ := strings.Cut(link, "#")
			target, _, _ = strings.Cut(target, "?")
			to := path.Join(path.Dir(name), target)
			if target == "" {
				to = name
			}
			if strings.Contains(link, ":") || strings.HasPrefix(link, "/") || files[to] == nil {
				t.Errorf("%s: dead link %q", name, link)
				continue
			}
			reached[to] = true
			if fragment != "" && !pages[to].ids[fragment] {
				t.Errorf("%s: no element for %q", name, link)
			}
		}
	}
	for name := range pages {
		if !reached[name] {
			t.Errorf("nothing leads to %s", name)
		}
	}
}

func TestLinks(t *testing.T) { wantLinked(t, demoFiles(t)) }

// publicARN is that of a foundation model, which belongs to no account.
var publicARN = regexp.MustCompile(`arn:aws:bedrock:[a-z0-9-]+::foundation-model/`)

func TestPolicy(t *testing.T) {
	for name, data := range demoFiles(t) {
		if path.Ext(name) == ".html" && !strings.Contains(html.UnescapeString(string(data)), `content="`+site.Policy+`"`) {
			t.Errorf("%s has no policy", name)
		}
		if bytes.Contains(data, []byte(bedrocktest.Account)) || bytes.Contains(publicARN.ReplaceAll(data, nil), []byte("arn:")) {
			t.Errorf("%s names an account or an ARN other than that of a model", name)
		}
		if site.MediaType(name) == "" {
			t.Errorf("%s has no media type", name)
		}
	}
}

func TestSizes(t *testing.T) {
	files := demoFiles(t)
	for name, limit := range map[string]int{"index.html": 60_000, "models/index.html": 250_000} {
		if n := len(files[name]); n == 0 || n > limit {
			t.Errorf("%s has %d bytes, more than %d", name, n, limit)
		}
	}
}

// hostile are texts that mean something to HTML, XML, iCalendar, Markdown, or a file
// system.
var hostile = []string{
	`"<script>alert(1)</script>"`, `"\"><img src=x onerror=alert(1)>"`, `"a\r\nBEGIN:VALARM\r\nX;y,z\\"`, `"]]> &amp; <![CDATA["`,
	`"../../../etc/passwd"`, `"\u202egnirts \u200b"`, `"javascript:alert(1)"`, `"lone \ud800 [x](https://evil.example) ` + "`" + `tick` + "`" + ` | pipe"`, `"</script><b>"`, `"."`,
}

func hostileNights() []night {
	var nights []night
	for n := range 2 {
		region := bedrocktest.Region{}
		for _, text := range hostile {
			value := json.RawMessage(text)
			life := json.RawMessage(`{"status": "ACTIVE"}`)
			if n == 1 {
				life = json.RawMessage(`{"status": ` + text + `, "endOfLifeTime": "2026-06-01T00:00:00Z"}`)
			}
			region.Models = append(region.Models, bedrocktest.Model{InferenceTypes: []string{"ON_DEMAND"}, Extra: map[string]json.RawMessage{
				"modelId": value, "modelName": value, "providerName": value, "outputModalities": json.RawMessage("[" + text + "]"), "modelLifecycle": life,
			}})
			region.Profiles = append(region.Profiles, bedrocktest.Profile{Extra: map[string]json.RawMessage{
				"inferenceProfileId": json.RawMessage(`"us.` + text[1:]), "inferenceProfileName": value, "description": value,
				"models": json.RawMessage(`[{"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/` + text[1:] + `}]`),
			}})
		}
		nights = append(nights, night{at: time.Date(2026, 3, 20+n, 2, 0, 0, 0, time.UTC), lists: bedrocktest.Catalogue{"eu-west-1": region}})
	}
	return nights
}

// TestHostile checks that nothing from outside becomes an element, a link out, a file
// elsewhere, or a line of a calendar.
func TestHostile(t *testing.T) {
	files := filesOf(t, prepare(t, record(t, hostileNights()...), site.Options{}))
	wantLinked(t, files)
	plain := regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`)
	for name, data := range files {
		if !plain.MatchString(name) || path.Clean(name) != name || strings.HasPrefix(name, "../") {
			t.Errorf("a file is called %q", name)
		}
		if !utf8.Valid(data) || bytes.ContainsAny(data, "\u202e\u200b\x00\x1b") {
			t.Errorf("%s has characters that nobody sees", name)
		}
	}
	if !strings.Contains(string(files["models/index.html"]), "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the hostile name is not shown")
	}
	wantFeeds(t, files)
	wantCalendars(t, files)
	wantSchemas(t, files)
	wantImages(t, files)
	calendar, err := ics.ParseCalendar(bytes.NewReader(files["calendars/all.ics"]))
	if err != nil {
		t.Fatal(err)
	}
	var summaries []string
	for _, e := range calendar.Events() {
		summaries = append(summaries, e.GetProperty(ics.ComponentPropertySummary).Value)
	}
	if want := `a BEGIN:VALARM X;y,z\: end of life`; !slices.Contains(summaries, want) {
		t.Errorf("no event is called %q: %q", want, summaries)
	}
}

func TestFeeds(t *testing.T)     { wantFeeds(t, demoFiles(t)) }
func TestCalendars(t *testing.T) { wantCalendars(t, demoFiles(t)) }
func TestSchemas(t *testing.T)   { wantSchemas(t, demoFiles(t)) }
func TestImages(t *testing.T)    { wantImages(t, demoFiles(t)) }

func wantImages(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		if path.Ext(name) != ".svg" {
			continue
		}
		decoder := xml.NewDecoder(bytes.NewReader(data))
		for {
			token, err := decoder.Token()
			if token == nil {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok && !elements[start.Name.Local] {
				t.Errorf("%s has a <%s>", name, start.Name.Local)
			}
		}
	}
}

// wantFeeds checks what RFC 4287 and JSON Feed demand. .ci/run has other parsers read
// them too.
func wantFeeds(t *testing.T, files map[string][]byte) {
	t.Helper()
	n := 0
	for name, data := range files {
		if path.Ext(name) != ".atom" {
			continue
		}
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			ID      string   `xml:"id"`
			Title   string   `xml:"title"`
			Entry   []struct {
				ID      string `xml:"id"`
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
				Content string `xml:"content"`
				Link    []struct {
					Href string `xml:"href,attr"`
				} `xml:"link"`
			} `xml:"entry"`
		}
		decoder := xml.NewDecoder(bytes.NewReader(data))
		decoder.Strict = true
		if err := decoder.Decode(&feed); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.HasPrefix(feed.ID, "tag:"+site.DefaultAuthority+",") || feed.Title == "" {
			t.Errorf("%s: ID %q, title %q", name, feed.ID, feed.Title)
		}
		seen, last := map[string]bool{}, ""
		for _, e := range feed.Entry {
			n++
			if !regexp.MustCompile(`^tag:snapshotter\.invalid,20\d\d:20\d\d-\d\d-\d\dT\d\d-\d\d-\d\dZ/[A-Za-z0-9._~/-]+$`).MatchString(e.ID) || seen[e.ID] {
				t.Errorf("%s: the ID %q is wrong or not the only one", name, e.ID)
			}
			seen[e.ID] = true
			if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || last != "" && e.Updated > last {
				t.Errorf("%s: updated %q after %q", name, e.Updated, last)
			}
			last = e.Updated
			if e.Title == "" || e.Content == "" || len(e.Link) != 1 {
				t.Errorf("%s: an entry lacks a title, content or link: %+v", name, e)
			}
		}
	}
	if n == 0 {
		t.Error("no feed has an entry")
	}
	var feed struct {
		Version, Title string
		Items          []struct {
			ID        string
			HTML      string    `json:"content_html"`
			Published time.Time `json:"date_published"`
		}
	}
	if err := json.Unmarshal(files["feeds/all.json"], &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Version != "https://jsonfeed.org/version/1.1" || feed.Title == "" || len(feed.Items) == 0 {
		t.Errorf("the JSON feed has version %q, title %q and %d items", feed.Version, feed.Title, len(feed.Items))
	}
	for _, item := range feed.Items {
		if item.ID == "" || item.HTML == "" || item.Published.IsZero() {
			t.Errorf("an item lacks something: %+v", item)
		}
	}
}

// wantCalendars checks what RFC 5545 and the readers of the calendars demand.
func wantCalendars(t *testing.T, files map[string][]byte) {
	t.Helper()
	n := 0
	for name, data := range files {
		if path.Ext(name) != ".ics" {
			continue
		}
		lines := strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n")
		for _, line := range lines {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
				t.Errorf("%s: line %q", name, line)
			}
		}
		if bytes.Contains(data, []byte("METHOD:")) || !bytes.Contains(data, []byte("\r\nREFRESH-INTERVAL;VALUE=DURATION:P1D\r\n")) {
			t.Errorf("%s has a method or no interval", name)
		}
		calendar, err := ics.ParseCalendar(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		seen := map[string]bool{}
		for _, e := range calendar.Events() {
			n++
			if seen[e.Id()] || !strings.HasPrefix(e.Id(), "aws/") {
				t.Errorf("%s: UID %q", name, e.Id())
			}
			seen[e.Id()] = true
			from, err := e.GetAllDayStartAt()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to, err := e.GetAllDayEndAt()
			if err != nil || to.Sub(from) != 24*time.Hour {
				t.Errorf("%s: %s lasts from %s to %s, %v", name, e.Id(), from, to, err)
			}
			for _, property := range []ics.ComponentProperty{ics.ComponentPropertyDtstamp, ics.ComponentPropertyLastModified, ics.ComponentPropertySequence, ics.ComponentPropertySummary} {
				if e.GetProperty(property) == nil {
					t.Errorf("%s: %s lacks %s", name, e.Id(), property)
				}
			}
			if e.GetProperty(ics.ComponentPropertyTransp).Value != "TRANSPARENT" {
				t.Errorf("%s: %s is not transparent", name, e.Id())
			}
			if len(e.Alarms()) > 0 {
				t.Errorf("%s: %s has an alarm that nobody asked for", name, e.Id())
			}
		}
	}
	if n == 0 {
		t.Error("no calendar has an event")
	}
}

// wantSchemas checks every document against the schema that is beside it.
func wantSchemas(t *testing.T, files map[string][]byte) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	var names []string
	for name, data := range files {
		if strings.HasPrefix(name, "api/v1/schema/") {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiler.AddResource(path.Base(name), value); err != nil {
				t.Fatal(err)
			}
			names = append(names, path.Base(name))
		}
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range names {
		schema, err := compiler.Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		schemas[strings.TrimSuffix(name, ".schema.json")] = schema
	}
	checked := map[string]int{}
	for name, data := range files {
		rest, found := strings.CutPrefix(name, "api/v1/")
		if strings.HasPrefix(name, "changes/") && path.Base(name) == "report.json" {
			rest, found = "report.json", true
		}
		kind := strings.TrimSuffix(rest, ".json")
		if folder, _, below := strings.Cut(rest, "/"); below {
			kind = map[string]string{"models": "where", "history": "history"}[folder]
		}
		if kind == "deadlines" {
			kind = "lifecycle"
		}
		if !found || schemas[kind] == nil {
			continue
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schemas[kind].Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checked[kind]++
	}
	if len(checked) != len(schemas) || len(schemas) < 9 {
		t.Errorf("of %d schemas, %v have documents", len(schemas), checked)
	}
}

// TestWrite checks that a new site replaces the old one completely, except for the
// reports that only the old one has, and replaces nothing else.
func TestWrite(t *testing.T) {
	demoFiles(t)
	database := demo.database
	directory := filepath.Join(t.TempDir(), "public")
	all := prepare(t, database, site.Options{})
	if err := all.Write(t.Context(), directory); err != nil {
		t.Fatal(err)
	}
	wantWritten(t, directory, all.Names())
	stray := filepath.Join(directory, "stray.html")
	if err := os.WriteFile(stray, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	few := prepare(t, database, site.Options{Reports: 1})
	if len(few.Names()) >= len(all.Names()) {
		t.Fatalf("with one report %d files, with all %d", len(few.Names()), len(all.Names()))
	}
	if err := few.Write(t.Context(), directory); err != nil {
		t.Fatal(err)
	}
	wantWritten(t, directory, all.Names())
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "thesis.txt"), []byte("ten years"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := few.Write(t.Context(), other); err == nil || !strings.Contains(err.Error(), "holds no site") {
		t.Errorf("wrote over something else: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(directory)); len(left) != 1 {
		t.Errorf("left beside the site: %v", left)
	}
}

func wantWritten(t *testing.T, directory string, want []string) {
	t.Helper()
	var found []string
	err := filepath.WalkDir(directory, func(file string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(directory, file)
			found = append(found, filepath.ToSlash(name))
		}
		return err
	})
	slices.Sort(found)
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("%d files, want %d: %v", len(found), len(want), err)
	}
}

// TestBaseURL checks what needs to know where the site is.
func TestBaseURL(t *testing.T) {
	s := prepare(t, record(t, hostileNights()[:1]...), site.Options{BaseURL: "https://models.example.com/", Authority: "example.com", Alarms: []int{30}})
	files := filesOf(t, s)
	if got := string(files["CNAME"]); got != "models.example.com\n" {
		t.Errorf("CNAME = %q", got)
	}
	var sitemap struct {
		URL []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(files["sitemap.xml"], &sitemap); err != nil || len(sitemap.URL) < 10 {
		t.Errorf("the sitemap has %d pages: %v", len(sitemap.URL), err)
	}
	for _, u := range sitemap.URL {
		name := strings.TrimPrefix(u.Loc, "https://models.example.com/")
		if strings.HasSuffix(name, "/") || name == "" {
			name += "index.html"
		}
		if files[name] == nil {
			t.Errorf("the sitemap names %s", u.Loc)
		}
	}
	for _, part := range []string{`href="https://models.example.com/feeds/all.atom"`, "tag:example.com,2026:"} {
		if !strings.Contains(string(files["feeds/all.atom"]), part) {
			t.Errorf("the feed lacks %s", part)
		}
	}
	if below := prepare(t, record(t, hostileNights()[:1]...), site.Options{BaseURL: "https://example.com/bedrock/"}); below.Has("CNAME") {
		t.Error("a site below a path has a host of its own")
	}
}

// one is a region with one model.
func one(life string) bedrocktest.Catalogue {
	return bedrocktest.Catalogue{"eu-west-1": bedrocktest.Region{Models: []bedrocktest.Model{ending("maker.one", life), ending("maker.two", `{"status": "ACTIVE"}`)}}}
}

func ending(id, life string) bedrocktest.Model {
	return bedrocktest.Model{ID: id, Name: "One", Provider: "Maker", InferenceTypes: []string{"ON_DEMAND"}, Extra: map[string]json.RawMessage{"modelLifecycle": json.RawMessage(life)}}
}

// TestMovedDates follows a date through a calendar: where it moves, its event moves;
// where it is withdrawn, the event is cancelled; where regions disagree, each has one.
func TestMovedDates(t *testing.T) {
	end := func(date string) string {
		return fmt.Sprintf(`{"status": "LEGACY", "endOfLifeTime": "%sT00:00:00Z"}`, date)
	}
	apart := one(end("2026-08-01"))
	apart["us-east-1"] = bedrocktest.Region{Models: []bedrocktest.Model{ending("maker.one", end("2026-09-01")), ending("maker.two", `{"status": "ACTIVE"}`)}}
	lists := []bedrocktest.Catalogue{one(end("2026-07-01")), one(end("2026-07-01")), one(end("2026-08-01")), one(`{"status": "ACTIVE"}`), apart}
	want := []string{
		"aws/maker.one/end-of-life@snapshotter 20260701 0 20260301 CONFIRMED",
		"aws/maker.one/end-of-life@snapshotter 20260701 0 20260301 CONFIRMED",
		"aws/maker.one/end-of-life@snapshotter 20260801 1 20260303 CONFIRMED",
		"aws/maker.one/end-of-life@snapshotter 20260801 2 20260304 CANCELLED",
		"aws/maker.one/end-of-life/eu-west-1@snapshotter 20260801 3 20260305 CONFIRMED; aws/maker.one/end-of-life/us-east-1@snapshotter 20260901 0 20260305 CONFIRMED",
	}
	database := filepath.Join(t.TempDir(), "snapshotter.db")
	for i, list := range lists {
		recordIn(t, database, night{at: time.Date(2026, 3, 1+i, 2, 0, 0, 0, time.UTC), lists: list})
		s := prepare(t, database, site.Options{Alarms: []int{30}})
		data, err := s.File(t.Context(), "calendars/all.ics")
		if err != nil {
			t.Fatal(err)
		}
		calendar, err := ics.ParseCalendar(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range calendar.Events() {
			value := func(p ics.ComponentProperty) string { return e.GetProperty(p).Value }
			got = append(got, strings.Join([]string{e.Id(), value(ics.ComponentPropertyDtStart), value(ics.ComponentPropertySequence), value(ics.ComponentPropertyLastModified)[:8], value(ics.ComponentPropertyStatus)}, " "))
			if alarms := e.Alarms(); len(alarms) != 1 || alarms[0].GetProperty(ics.ComponentPropertyTrigger).Value != "-P30D" {
				t.Errorf("night %d: alarms %v", i+1, alarms)
			}
		}
		if strings.Join(got, "; ") != want[i] {
			t.Errorf("night %d:\n got %s\nwant %s", i+1, strings.Join(got, "; "), want[i])
		}
	}
}

// TestReminders checks that feeds remind of a date as 90, 30 and 7 days are reached,
// from the run that reached them on.
func TestReminders(t *testing.T) {
	life := `{"status": "LEGACY", "endOfLifeTime": "2026-06-30T00:00:00Z"}`
	var nights []night
	for _, day := range []string{"2026-03-01", "2026-04-02", "2026-04-10", "2026-06-05", "2026-06-25"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		nights = append(nights, night{at: at.Add(2 * time.Hour), lists: one(life)})
	}
	s := prepare(t, record(t, nights...), site.Options{})
	data, err := s.File(t.Context(), "feeds/models/maker.one.atom")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`<id>(tag:[^<]*/deadline/[^<]*)</id>\s*<title>([^<]*)</title>`).FindAllStringSubmatch(string(data), -1)
	var got []string
	for _, m := range found {
		got = append(got, m[1]+" "+m[2])
	}
	want := []string{
		"tag:snapshotter.invalid,2026:2026-06-25T02-00-00Z/deadline/maker.one/end-of-life/2026-06-30/7 One: end of life 2026-06-30, in 5 days",
		"tag:snapshotter.invalid,2026:2026-06-05T02-00-00Z/deadline/maker.one/end-of-life/2026-06-30/30 One: end of life 2026-06-30, in 25 days",
		"tag:snapshotter.invalid,2026:2026-04-02T02-00-00Z/deadline/maker.one/end-of-life/2026-06-30/90 One: end of life 2026-06-30, in 89 days",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCollision checks that no site is made in which two models share an address.
func TestCollision(t *testing.T) {
	lists := bedrocktest.Catalogue{"eu-west-1": bedrocktest.Region{Models: []bedrocktest.Model{ending("maker.One", `{"status": "ACTIVE"}`), ending("maker.one", `{"status": "ACTIVE"}`)}}}
	_, err := newSite(t, record(t, night{at: time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC), lists: lists}), site.Options{})
	if err == nil || !strings.Contains(err.Error(), "two models would have the address") {
		t.Errorf("err = %v", err)
	}
}

// TestPastsAreTheCommands checks that what a page says of a past, which is read for
// everything at once, is what the history command says, which reads it alone.
func TestPastsAreTheCommands(t *testing.T) {
	demoFiles(t)
	db, err := store.OpenReader(t.Context(), demo.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := prepare(t, demo.database, site.Options{}).Log
	checked := 0
	for kind, ids := range map[catalog.Kind][]string{catalog.KindFoundationModel: log.Models(), catalog.KindInferenceProfile: log.Profiles()} {
		for _, id := range ids {
			_, got, err := log.Past(t.Context(), kind, id)
			if err != nil {
				t.Fatal(err)
			}
			past, err := ask.ReadPast(t.Context(), db, kind, id)
			if err != nil {
				t.Fatal(err)
			}
			if past.Empty() {
				continue
			}
			comparisons, err := past.Comparisons(t.Context(), db, 0)
			if err != nil {
				t.Fatal(err)
			}
			want, err := past.Chapters(t.Context(), db, comparisons, 0, func(string) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff(want, got); difference != "" {
				t.Errorf("%s: the command and the page differ:\n%s", id, difference)
			}
			checked += len(want)
		}
	}
	if checked < 200 {
		t.Errorf("only %d chapters were compared", checked)
	}
}
