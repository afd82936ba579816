// Package site makes a static site of the history: pages, feeds, calendars, badges
// and JSON, of the newest recorded run and of all that led to it.
//
// It guarantees that the same runs give the same bytes; that it says what the commands
// and the report say, because it is made from the same answers; that no link within it
// is dead; and that text from outside stays text. Links are relative, so that it opens
// from a file, behind any path and from any host. It refuses to give two things one
// address, and to show what an account owns unless it is asked for.
package site

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/report"
)

// Source is what a site is made of.
type Source struct {
	Log  *ask.Log
	Head *catalog.Snapshot // of the newest recorded run, complete
	Runs []catalog.Run     // that recorded something, in order
	// Report makes the report of a run against the one before. It is called by one
	// goroutine at a time.
	Report func(ctx context.Context, head catalog.Run) (*report.Report, error)
	// Replacements are the user's own, by the ID of the model that they replace.
	Replacements map[string]string
	// Account is what happens to the account's resources; nil for a site that has
	// nothing of the account.
	Account *ask.ImpactAnswer
}

// Site is a site of one run. It may be used by several goroutines at once.
type Site struct {
	Source
	Options
	head      catalog.Run
	newest    *report.Report // of head
	directory *ask.Directory
	entries   map[string]*ask.Entry // by model
	models    []*model              // by ID
	byModel   map[string]*model
	profiles  []*profile
	byProfile map[string]*profile
	providers []*provider
	regions   []ask.Coverage
	dates     []ask.Date
	days      []*day // runs that changed something, in order
	byRun     map[int64]*day
	files     map[string]func(context.Context) ([]byte, error)
	names     []string
	order     []string // names, in the order in which they are made

	reporting sync.Mutex
	reports   map[int64]*report.Report
	news      sync.Once
	entriesOf []*entry
	newsErr   error
	growth    sync.Once
	counts    []count
}

// model is a foundation model that was ever listed or routed to.
type model struct {
	ID, Slug       string
	Name, Provider string
	Base           string // the model that it is a variant of, "" if it is none
	Variants       []*model
	Entry          *ask.Entry // nil if no region has it any more

	mu   sync.Mutex
	told weak.Pointer[told]
}

// told is what several files say of a model. It is large, so it is kept only while one
// of them is being made.
type told struct {
	where    ask.Whereabouts
	past     *ask.Past
	chapters []ask.Chapter
}

// profile is an inference profile that was ever listed.
type profile struct {
	ID, Slug string
	Routings []ask.Routing // none if no region lists it any more
}

// provider is who provides some models.
type provider struct {
	Name, Slug string
	Models     []*model // without variants
}

// day is a run that changed something.
type day struct {
	Run     catalog.Run
	Changes int
	By      map[diff.Significance]int
	Models  []string // that the changes are about, without variants, sorted
	Paged   bool     // its report has a page
}

// New prepares a site. It fails if two things would have one address.
func New(ctx context.Context, source Source, options Options) (*Site, error) {
	if len(source.Runs) == 0 {
		return nil, fmt.Errorf("no run is recorded yet")
	}
	if options.Authority == "" {
		options.Authority = DefaultAuthority
	}
	s := &Site{
		Source: source, Options: options, head: source.Runs[len(source.Runs)-1],
		directory: ask.NewDirectory(source.Head), entries: map[string]*ask.Entry{},
		byModel: map[string]*model{}, byProfile: map[string]*profile{}, byRun: map[int64]*day{},
		regions: ask.Regions(source.Head), reports: map[int64]*report.Report{},
	}
	var err error
	if s.newest, err = s.report(ctx, s.head); err != nil {
		return nil, err
	}
	if err := s.gatherModels(); err != nil {
		return nil, err
	}
	if err := s.gatherProfiles(); err != nil {
		return nil, err
	}
	s.dates = ask.Dates(s.Head, s.head.StartedAt)
	s.directory.Replace(s.dates, s.Replacements)
	s.gatherDays()
	s.list()
	return s, nil
}

// today is the day from which days are counted: the run's.
func (s *Site) today() time.Time { return s.head.StartedAt }

func (s *Site) asOf() ask.AsOf { return ask.AsOf{RunRef: s.head.Ref()} }

// report returns the report of a run, which is made once.
func (s *Site) report(ctx context.Context, run catalog.Run) (*report.Report, error) {
	s.reporting.Lock()
	defer s.reporting.Unlock()
	if s.reports[run.ID] != nil {
		return s.reports[run.ID], nil
	}
	made, err := s.Report(ctx, run)
	if err == nil {
		s.reports[run.ID] = made
	}
	return made, err
}

func (s *Site) gatherModels() error {
	var slugs slugs
	for i := range s.entriesByID() {
		e := i
		s.entries[e.ID] = e
	}
	families := catalog.NewFamilies(s.Head)
	ids := slices.Concat(s.Log.Models(), slices.Collect(maps.Keys(s.entries)))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		slug, err := slugs.of("model", id)
		if err != nil {
			return err
		}
		m := &model{ID: id, Slug: slug, Entry: s.entries[id]}
		if families.IsVariant(id) {
			m.Base = families.Base(id)
		}
		s.models, s.byModel[id] = append(s.models, m), m
	}
	providers := map[string]*provider{}
	for _, m := range s.models {
		if err := s.name(m); err != nil {
			return err
		}
		if base := s.byModel[m.Base]; base != nil && base != m {
			base.Variants = append(base.Variants, m)
			continue
		}
		m.Base = ""
		if providers[m.Provider] == nil {
			providers[m.Provider] = &provider{Name: m.Provider}
		}
		providers[m.Provider].Models = append(providers[m.Provider].Models, m)
	}
	slugs.clear()
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		p := providers[name]
		var err error
		if p.Slug, err = slugs.of("provider", strings.ReplaceAll(strings.ToLower(orNotSaid(name)), " ", "-")); err != nil {
			return err
		}
		s.providers = append(s.providers, p)
	}
	return nil
}

// orNotSaid stands for text that nobody said.
func orNotSaid(text string) string {
	if text == "" {
		return "not said"
	}
	return text
}

// entriesByID yields the models that any region has now.
func (s *Site) entriesByID() func(func(*ask.Entry) bool) {
	all := ask.Models(s.Head)
	return func(yield func(*ask.Entry) bool) {
		for i := range all {
			if !yield(&all[i]) {
				return
			}
		}
	}
}

// name gives a model the name and the provider that were last said.
func (s *Site) name(m *model) error {
	if m.Entry != nil && m.Entry.Name+m.Entry.Provider != "" {
		m.Name, m.Provider = m.Entry.Name, m.Entry.Provider
		return nil
	}
	events, err := s.Log.History(context.Background(), catalog.KindFoundationModel, m.ID)
	for _, e := range events {
		if last, ok := e.Item.(*catalog.FoundationModel); ok {
			m.Name, m.Provider = last.Name, last.Provider
		}
	}
	return err
}

func (s *Site) gatherProfiles() error {
	var slugs slugs
	routings := map[string][]ask.Routing{}
	for _, r := range ask.Routings(s.Head) {
		routings[r.ID] = append(routings[r.ID], r)
	}
	for _, id := range s.Log.Profiles() {
		slug, err := slugs.of("profile", id)
		if err != nil {
			return err
		}
		p := &profile{ID: id, Slug: slug, Routings: routings[id]}
		s.profiles, s.byProfile[id] = append(s.profiles, p), p
	}
	return nil
}

// gatherDays finds the runs that changed something, and chooses those whose reports
// have a page: the newest run has one whatever it found.
func (s *Site) gatherDays() {
	changes := s.Log.Changes()
	for _, run := range s.Runs {
		found := changes[run.ID]
		if len(found) == 0 && run.ID != s.head.ID && run.ID != s.Runs[0].ID {
			continue
		}
		d := &day{Run: run, Changes: len(found), By: map[diff.Significance]int{}}
		about := map[string]bool{}
		for _, c := range found {
			d.By[c.Significance]++
			if m := s.byModel[c.ID]; c.Resource == catalog.KindFoundationModel && m != nil && m.Base == "" {
				about[c.ID] = true
			}
		}
		d.Models = slices.Sorted(maps.Keys(about))
		s.days, s.byRun[run.ID] = append(s.days, d), d
	}
	for i, d := range s.days {
		d.Paged = s.Reports == 0 || i >= len(s.days)-s.Reports
	}
}

// about returns what a model's files say.
func (s *Site) about(m *model) (*told, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.told.Value(); t != nil {
		return t, nil
	}
	past, chapters, err := s.Log.Past(context.Background(), catalog.KindFoundationModel, m.ID)
	if err != nil {
		return nil, err
	}
	t := &told{s.directory.Where(m.ID, past.Spans(s.head.ID), nil), past, chapters}
	s.directory.Describe(&t.where, past.LastListed(s.head.ID), nil, s.Replacements)
	m.told = weak.Make(t)
	return t, nil
}

// Names returns the names of all files, sorted, with slashes.
func (s *Site) Names() []string { return s.names }

// Has reports whether the site has a file.
func (s *Site) Has(name string) bool { return s.files[name] != nil }

// File makes a file.
func (s *Site) File(ctx context.Context, name string) ([]byte, error) {
	makes := s.files[name]
	if makes == nil {
		return nil, fmt.Errorf("the site has no file %q", name)
	}
	data, err := makes(ctx)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	return data, nil
}

// Run returns the run that the site is of.
func (s *Site) Run() catalog.Run { return s.head }
