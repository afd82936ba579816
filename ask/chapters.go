package ask

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// Events of a [Chapter] beside the kinds of changes.
const (
	NowObserved diff.Kind = "now-observed" // on the list when it was first read
	NotRead     diff.Kind = "not-read"     // a list that had been read could not be read
)

// Chapter is something that happened to a model or a profile in some regions.
type Chapter struct {
	Run catalog.RunRef `json:"run"`
	// After is the last run before that found it otherwise, nil if there was none.
	After        *catalog.RunRef   `json:"after"`
	Event        diff.Kind         `json:"event"`
	Significance diff.Significance `json:"significance,omitempty"`
	Resource     catalog.Kind      `json:"resource"`
	ID           string            `json:"id"`
	What         string            `json:"what"` // in words
	// At most one of these is set; the event says which.
	Field   *diff.FieldChange `json:"field,omitempty"`
	Path    *catalog.Path     `json:"path,omitempty"` // without destinations, in which regions may differ
	Absent  *catalog.RunRef   `json:"absent,omitempty"`
	NotRead *Unread           `json:"not_read,omitempty"`
	Regions []string          `json:"regions"` // sorted
}

// Unread is consecutive runs, from the chapter's on, that could not read a list.
type Unread struct {
	Outcome catalog.Outcome `json:"outcome"`
	To      catalog.RunRef  `json:"to"`
	Runs    int             `json:"runs"`
}

// Chapters returns what runs after since found in the regions that includes
// chooses, in the order of runs, the most significant first within a run; not nil.
// The comparisons are those of the runs after since.
func (p *Past) Chapters(ctx context.Context, h History, comparisons []Comparison, since int64, includes func(region string) bool) ([]Chapter, error) {
	covered, err := p.coverage(ctx, h, includes)
	if err != nil {
		return nil, err
	}
	return p.chapters(covered, changesOf(comparisons), since, includes), nil
}

func (p *Past) chapters(covered map[catalog.Scope][]catalog.Interval, changes []diff.Change, since int64, includes func(string) bool) []Chapter {
	all := slices.Concat(p.firstSeen(includes), p.notRead(covered), p.ChaptersOf(changes, includes))
	if p.Kind.OfAccount() {
		all = append(all, p.owned(includes)...)
	}
	all = slices.DeleteFunc(all, func(c Chapter) bool { return c.last() <= since })
	slices.SortStableFunc(all, func(a, b Chapter) int {
		return cmp.Or(cmp.Compare(a.Run.ID, b.Run.ID), diff.CompareSignificance(a.Significance, b.Significance),
			cmp.Compare(a.ID, b.ID), cmp.Compare(a.What, b.What))
	})
	return all
}

// last is the last run that the chapter covers.
func (c *Chapter) last() int64 {
	if c.NotRead != nil {
		return c.NotRead.To.ID
	}
	return c.Run.ID
}

// coverage is how the lists were covered in every region that listed any of it.
func (p *Past) coverage(ctx context.Context, h History, includes func(string) bool) (map[catalog.Scope][]catalog.Interval, error) {
	all, err := p.Coverage(ctx, h)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	for _, e := range p.all() {
		if includes(e.Region) {
			listed[e.Region] = true
		}
	}
	covered := maps.Clone(all)
	maps.DeleteFunc(covered, func(scope catalog.Scope, _ []catalog.Interval) bool { return !listed[scope.Region] })
	return covered, nil
}

// firstSeen is what was there when a list was first read.
func (p *Past) firstSeen(includes func(string) bool) []Chapter {
	var all chapters
	for _, e := range p.all() {
		if e.After == nil && includes(e.Region) {
			all.add(Chapter{Run: e.Run, Event: NowObserved, Resource: e.Item.Kind(), ID: e.Item.Key(), What: "now observed"}, e.Region)
		}
	}
	return all.joined()
}

// notRead is the runs that could not read lists that had held any of it.
func (p *Past) notRead(covered map[catalog.Scope][]catalog.Interval) []Chapter {
	var all chapters
	for kind, events := range p.events {
		first := map[string]int64{} // by region
		for _, e := range slices.Concat(slices.Collect(maps.Values(events))...) {
			if first[e.Region] == 0 || e.Run.ID < first[e.Region] {
				first[e.Region] = e.Run.ID
			}
		}
		for region, run := range first {
			for _, i := range covered[catalog.Scope{Region: region, Kind: kind}] {
				if i.Outcome == catalog.Complete || i.From.ID < run {
					continue
				}
				all.add(Chapter{
					Run: i.From, Event: NotRead, Resource: kind, ID: p.ID,
					What:    notReadWords(kind, i),
					NotRead: &Unread{i.Outcome, i.To, i.Runs},
				}, region)
			}
		}
	}
	return all.joined()
}

func notReadWords(kind catalog.Kind, i catalog.Interval) string {
	runs := "1 run"
	if i.Runs != 1 {
		runs = fmt.Sprintf("%d runs", i.Runs)
	}
	return fmt.Sprintf("%s not read (%s) in %s up to %s", kind.Plural(), i.Outcome.Words(), runs, catalog.Day(i.To.At))
}

// ChaptersOf returns the changes that are about it, in the regions that includes
// chooses; not nil.
func (p *Past) ChaptersOf(changes []diff.Change, includes func(string) bool) []Chapter {
	var all chapters
	for i := range changes {
		change := &changes[i]
		if !p.concerns(change) || !includes(change.Region) {
			continue
		}
		c := Chapter{
			Run: change.By, After: &change.After, Event: change.Kind,
			Resource: change.Resource, ID: change.ID, Absent: change.Absent,
		}
		for i := range change.Fields {
			c.Field = &change.Fields[i]
			c.Significance, c.What = c.Field.Significance, DescribeField(*c.Field)
			all.add(c, change.Region)
		}
		if change.Path != nil {
			c.Path = &catalog.Path{Access: change.Path.Access, ModelID: change.Path.ModelID, Geography: change.Path.Geography}
		}
		if change.Kind != diff.Changed {
			c.Significance, c.What = change.Significance, describePast(*change)
			all.add(c, change.Region)
		}
	}
	return all.joined()
}

// describePast also says when an item that is back was away.
func describePast(change diff.Change) string {
	if change.Kind != diff.Reappeared {
		return Describe(change)
	}
	return fmt.Sprintf("reappeared (found gone by run %d, %s)", change.Absent.ID, catalog.Moment(change.Absent.At))
}

// chapters joins what is alike in several regions. The zero value is empty.
type chapters struct {
	regions map[string][]string
	first   map[string]Chapter
}

func (s *chapters) add(c Chapter, region string) {
	if s.first == nil {
		s.regions, s.first = map[string][]string{}, map[string]Chapter{}
	}
	alike, err := json.Marshal(c)
	if err != nil {
		panic(err) // a chapter holds text, numbers and times alone
	}
	key := string(alike)
	s.first[key] = c
	s.regions[key] = append(s.regions[key], region)
}

func (s *chapters) joined() []Chapter {
	all := []Chapter{}
	for _, key := range slices.Sorted(maps.Keys(s.first)) {
		c := s.first[key]
		c.Regions = slices.Compact(slices.Sorted(slices.Values(s.regions[key])))
		all = append(all, c)
	}
	return all
}
