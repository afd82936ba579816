package site

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/ordered"
)

// shower adds a page to the list.
type shower func(name, kind, title string, this func(ctx context.Context, p *page) (any, error))

// lastDays is how many changes the first page shows, and nextDates how many dates.
const (
	lastDays  = 8
	nextDates = 10
)

func (s *Site) listPages(show shower) {
	show("index.html", "index", "Bedrock models: "+s.newest.Headline(), s.index)
	show("models/index.html", "models", "Models by region", s.matrix)
	show("profiles/index.html", "profiles", "Inference profiles", s.profileList)
	show("regions/index.html", "regions", "Regions", func(context.Context, *page) (any, error) { return s.regionRows(), nil })
	show("providers/index.html", "providers", "Providers", func(context.Context, *page) (any, error) { return s.providers, nil })
	show("deadlines/index.html", "deadlines", "Deadlines", func(context.Context, *page) (any, error) {
		return struct{ Dates []ask.Date }{s.dates}, nil
	})
	if s.Account != nil {
		show("account/index.html", "account", "Your account", func(context.Context, *page) (any, error) { return s.account(), nil })
	}
	show("coverage/index.html", "coverage", "Coverage", s.coverage)
	show("compare/index.html", "compare", "Compare two regions", s.compare)
	show("api/index.html", "api", "Feeds and API", s.apiPage)
	show("404.html", "404", "There is no such page", func(context.Context, *page) (any, error) { return nil, nil })
	for _, m := range s.models {
		title := m.ID
		if m.Name != "" {
			title = m.Name + " (" + m.ID + ")"
		}
		show(modelPage(m), "model", title, func(_ context.Context, p *page) (any, error) { return s.model(m, p) })
	}
	for _, pr := range s.profiles {
		show(profilePage(pr), "profile", pr.ID, func(ctx context.Context, _ *page) (any, error) { return s.profile(ctx, pr) })
	}
	for _, pr := range s.providers {
		show(providerPage(pr), "provider", orNotSaid(pr.Name), func(_ context.Context, p *page) (any, error) { return s.provider(pr, p) })
	}
	for _, r := range s.regions {
		show(regionPage(r.Region), "region", r.Region, func(_ context.Context, p *page) (any, error) { return s.region(r, p) })
	}
}

// accountPage is what happens to the account's resources.
type accountPage struct {
	*ask.ImpactAnswer
	Groups []harmed
}

// harmed are the impacts that do the same to a resource.
type harmed struct {
	Title   string
	Impacts []ask.Impact
}

func (s *Site) account() accountPage {
	this := accountPage{ImpactAnswer: s.Account}
	for _, same := range ordered.By(s.Account.Impacts, func(i ask.Impact) ask.Harm { return i.Harm }) {
		this.Groups = append(this.Groups, harmed{same.Key.Title(), same.Values})
	}
	return this
}

// indexPage is what the first page says.
type indexPage struct {
	Headline, Report string
	Opening          template.HTML
	Dates            []ask.Date
	AllDates         int
	Days             []dayLine
	Chart            template.HTML
}

func (s *Site) index(ctx context.Context, _ *page) (any, error) {
	this := indexPage{Headline: s.newest.Headline(), Report: reportPage(s.head)}
	this.Opening = s.markdown("./", this.Report, s.newest.Opening())
	for _, d := range s.dates {
		if d.VariantOf == "" && d.Days >= 0 {
			this.AllDates++
			if len(this.Dates) < nextDates {
				this.Dates = append(this.Dates, d)
			}
		}
	}
	var err error
	if this.Days, err = s.lastDays(ctx, lastDays); err != nil {
		return nil, err
	}
	this.Chart, err = s.chart()
	return this, err
}

// dayLine is a run that changed something, as a list names it.
type dayLine struct {
	*day
	Title, Page string // "" for a report without a page
}

// lastDays returns the last runs that changed something and have a page, the newest
// first.
func (s *Site) lastDays(ctx context.Context, most int) ([]dayLine, error) {
	var lines []dayLine
	for _, d := range slices.Backward(s.days) {
		if len(lines) == most {
			break
		}
		line, err := s.dayLine(ctx, d)
		if err != nil {
			return nil, err
		}
		if line.Page != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func (s *Site) dayLine(ctx context.Context, d *day) (dayLine, error) {
	line := dayLine{day: d}
	if !d.Paged {
		return line, nil
	}
	made, err := s.report(ctx, d.Run)
	if err != nil {
		return line, err
	}
	line.Title, line.Page = strings.TrimPrefix(made.Headline(), made.Date+": "), reportPage(d.Run)
	return line, nil
}

// Words counts what a run changed.
func (d *day) Words() string {
	if d.Changes == 0 {
		return "No changes"
	}
	var parts []string
	for _, significance := range diff.Significances() {
		if n := d.By[significance]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, significanceWords[significance]))
		}
	}
	return catalog.Counted(d.Changes, "change") + " of an item or a path: " + strings.Join(parts, ", ")
}

var significanceWords = map[diff.Significance]string{
	diff.Breaking: "to act on", diff.Notice: "to know", diff.Good: "good", diff.Minor: "minor",
}

func eventWords(e ask.Event) string {
	switch e {
	case ask.EndOfLife:
		return "end of life"
	case ask.ExtendedAccess:
		return "prices may rise"
	}
	return string(e)
}

type modelPageData struct {
	Model      *model
	Provider   *provider
	Where      ask.Whereabouts
	Lives      []string
	MoveTo     string
	Modalities string
	Ways       []ask.IDRow
	Try        string
	Remarks    []string
	Dates      []ask.Life
	Stands     []ask.Stand
	Absent     []string
	Timeline   template.HTML
	Past       []ask.Chapter
	Badge      string
}

func (s *Site) model(m *model, p *page) (any, error) {
	t, err := s.about(m)
	if err != nil {
		return nil, err
	}
	p.Feed = "feeds/models/" + m.Slug + ".atom"
	this := modelPageData{Model: m, Where: t.where, MoveTo: t.where.MoveTo(), Ways: t.where.Ways(), Dates: t.where.Lives}
	for _, pr := range s.providers {
		if pr.Name == m.Provider && m.Base == "" {
			this.Provider = pr
		}
	}
	for _, life := range t.where.Lives {
		this.Lives = append(this.Lives, life.Words(s.today()))
	}
	if m.Entry != nil {
		this.Modalities = m.Entry.Modalities()
	}
	this.Remarks = t.where.Remarks()
	for _, at := range t.where.Regions {
		if this.Try == "" && at.Callable() {
			this.Try, _ = t.where.TryIt(at)
		}
		if at.Standing == ask.StandsAbsent || at.Unobserved() {
			if at.Standing == ask.StandsAbsent {
				this.Absent = append(this.Absent, at.Region)
			}
			continue
		}
		this.Stands = append(this.Stands, at)
	}
	this.Past = slices.Clone(t.chapters)
	slices.Reverse(this.Past)
	this.Timeline = s.timeline(m, t.past)
	b := s.badgeOf(m)
	this.Badge = b.Label + ": " + b.Message
	return this, nil
}

type profilePageData struct {
	ID, Name string
	Models   []string
	Routings []routing
	Past     []ask.Chapter
}

// routing is a routing whose destinations have names.
type routing struct {
	ask.Routing
}

func (s *Site) profileList(context.Context, *page) (any, error) {
	var this struct {
		Routings []ask.Routing
		Gone     []*profile
	}
	for _, p := range s.profiles {
		this.Routings = append(this.Routings, p.Routings...)
		if len(p.Routings) == 0 {
			this.Gone = append(this.Gone, p)
		}
	}
	return this, nil
}

func (s *Site) profile(ctx context.Context, p *profile) (any, error) {
	this := profilePageData{ID: p.ID}
	for _, r := range p.Routings {
		this.Name = r.Name
		this.Models = append(this.Models, r.Models...)
		this.Routings = append(this.Routings, routing{r})
	}
	_, chapters, err := s.Log.Past(ctx, catalog.KindInferenceProfile, p.ID)
	if err != nil {
		return nil, err
	}
	if len(p.Routings) == 0 {
		events, err := s.Log.History(ctx, catalog.KindInferenceProfile, p.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if last, ok := e.Item.(*catalog.InferenceProfile); ok {
				this.Name, this.Models = last.Name, append(this.Models, last.Models()...)
			}
		}
	}
	slices.Sort(this.Models)
	this.Models = slices.Compact(this.Models)
	this.Past = slices.Clone(chapters)
	slices.Reverse(this.Past)
	return this, nil
}

// regionRow is a region as a list shows it.
type regionRow struct {
	Region                   string
	Listed, Can, Routes      string // "-" for a list that was never read
	Lists                    string
	Callable                 int
	Models, Profiles, Places int
}

func (s *Site) regionRows() []regionRow {
	var rows []regionRow
	for _, r := range s.regions {
		row := regionRow{Region: r.Region, Listed: itemsOf(r.Models), Routes: itemsOf(r.Profiles), Can: "-", Lists: r.Words(), Callable: r.Callable}
		if r.Models.Confirmed != nil || r.Profiles.Confirmed != nil {
			row.Can = fmt.Sprint(r.Callable)
		}
		rows = append(rows, row)
	}
	return rows
}

func itemsOf(l ask.List) string {
	if l.Confirmed == nil {
		return "-"
	}
	return fmt.Sprint(l.Items)
}

type lacking struct {
	ID   string
	From []string
}

type regionPageData struct {
	Region, Slug, Geography, Lists string
	Callable                       []inRegion
	Others                         []inRegion
	Neighbours                     []string
	Lacks                          []lacking
	Read                           []reading
}

type inRegion struct {
	ID, Provider, Status, How string
	IDs                       []string
}

type reading struct {
	catalog.Interval
	Kind catalog.Kind
}

func (s *Site) region(r ask.Coverage, p *page) (any, error) {
	this := regionPageData{Region: r.Region, Slug: slugOf(r.Region), Geography: catalog.Geography(r.Region), Lists: r.Words()}
	p.Feed = "feeds/regions/" + this.Slug + ".atom"
	for _, other := range s.regions {
		if other.Region != r.Region && catalog.Geography(other.Region) == this.Geography {
			this.Neighbours = append(this.Neighbours, other.Region)
		}
	}
	for _, m := range s.models {
		if m.Entry == nil || m.Base != "" {
			continue
		}
		var here *ask.InRegion
		var from []string
		for i := range m.Entry.Regions {
			at := &m.Entry.Regions[i]
			switch {
			case at.Region == r.Region:
				here = at
			case slices.Contains(this.Neighbours, at.Region) && len(at.Callable()) > 0:
				from = append(from, at.Region)
			}
		}
		if here != nil {
			in := inRegion{ID: m.ID, Provider: m.Provider, How: markWords(here.Marks()), Status: "not listed"}
			if here.Model != nil {
				in.Status = orNotSaid(here.Model.Lifecycle.Status)
			}
			for _, path := range here.Callable() {
				in.IDs = append(in.IDs, path.ModelID)
			}
			if in.IDs == nil {
				this.Others = append(this.Others, in)
			} else {
				this.Callable = append(this.Callable, in)
				continue
			}
		}
		if from != nil {
			this.Lacks = append(this.Lacks, lacking{m.ID, from})
		}
	}
	covered, err := s.Log.Coverage(context.Background(), []string{r.Region})
	if err != nil {
		return nil, err
	}
	for _, kind := range catalog.Kinds() {
		intervals := covered[catalog.Scope{Region: r.Region, Kind: kind}]
		for _, i := range slices.Backward(intervals[max(0, len(intervals)-intervalsShown):]) {
			this.Read = append(this.Read, reading{i, kind})
		}
	}
	return this, nil
}

// intervalsShown is how many stretches of runs a region's page tells of.
const intervalsShown = 20

type providerRow struct {
	ID, Statuses, Ends string
	From               int
}

func (s *Site) provider(pr *provider, p *page) (any, error) {
	p.Feed = "feeds/providers/" + pr.Slug + ".atom"
	var rows []providerRow
	for _, m := range pr.Models {
		row := providerRow{ID: m.ID, Statuses: "gone"}
		if m.Entry != nil {
			row.Statuses, row.Ends, row.From = m.Entry.Statuses(), m.Entry.Ends(s.today()), m.Entry.CallableFrom()
		}
		rows = append(rows, row)
	}
	return struct {
		Name, Slug string
		Rows       []providerRow
	}{pr.Name, pr.Slug, rows}, nil
}

// runsShown is how many runs the page of the coverage names.
const runsShown = 30

func (s *Site) coverage(context.Context, *page) (any, error) {
	runs := slices.Clone(s.Runs[max(0, len(s.Runs)-runsShown):])
	slices.Reverse(runs)
	return struct {
		Regions []regionRow
		Runs    []catalog.Run
	}{s.regionRows(), runs}, nil
}
