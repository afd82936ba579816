package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"snapshotter/catalog"
	"snapshotter/internal/markdown"
	"snapshotter/internal/ordered"
)

// gain adds what is newly listed or callable.
func (t *entryText) gain(s *Story) {
	g := s.Gain
	t.returned(g.Returned)
	if len(g.OnDemand) > 0 {
		t.bullet("%s: profile only → **on demand and profile**; the model ID itself can now be called there",
			t.folds.regions("On demand gained", g.OnDemand))
	}
	t.routes = slices.DeleteFunc(slices.Clone(g.Routes), func(r Route) bool {
		return r.Access == catalog.OnDemand && slices.Equal(r.From, g.OnDemand) // has its own line
	})
	if len(t.routes) == 1 {
		t.bullet("%s", t.route(t.routes[0]))
		t.routes = nil
	} else if len(t.routes) > 1 && len(g.Returned)+len(g.OnDemand) == 0 {
		t.lead = callable(s)
	}
	t.late(s.Found)
	if g.Start != "" {
		t.bullet("%s; AWS gives %s as its start", firstSeen(s.Found), g.Start)
	}
	t.besides(s)
}

// firstSeen is what runs can tell of when something began.
func firstSeen(found []Interval) string {
	first := slices.MinFunc(found, func(a, b Interval) int { return cmp.Compare(a.By.ID, b.By.ID) })
	return fmt.Sprintf("First seen between %s and %s", catalog.Day(first.After.At), catalog.Day(first.By.At))
}

// returned adds what came back, one line for items that were absent together.
func (t *entryText) returned(returned []Return) {
	type absence struct {
		absent, back int64
		regions      string
	}
	for _, same := range ordered.By(returned, func(r Return) absence {
		return absence{r.Absent.ID, r.Back.ID, strings.Join(regionsBack(returned, r.ID), " ")}
	}) {
		first := same.Values[0]
		var ids, regions []string
		for _, r := range same.Values {
			ids, regions = append(ids, r.ID), append(regions, r.Region)
		}
		ids = union(ids)
		t.bullet("%s: %s listed again; %s found %s gone, %s and %s before", t.folds.regions("Back", union(regions)), t.these(ids),
			dated(first.Absent), them(len(ids)), catalog.Counted(int(first.Back.ID-first.Absent.ID), "run"), catalog.Counted(first.Days, "day"))
	}
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func regionsBack(returned []Return, id string) []string {
	var regions []string
	for _, r := range returned {
		if r.ID == id {
			regions = append(regions, r.Region)
		}
	}
	return regions
}

// these names IDs; the subject's own is "it".
func (t *entryText) these(ids []string) string {
	var names []string
	for _, id := range ids {
		if id == t.subject {
			names = append([]string{"it"}, names...)
		} else {
			names = append(names, markdown.Code(id))
		}
	}
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}

// callable is the first line of a story with several routes.
func callable(s *Story) string {
	var from, onDemand []string
	for _, r := range s.Gain.Routes {
		if r.Access != catalog.Provisioned {
			from = union(from, r.From)
		}
		if r.Access == catalog.OnDemand {
			onDemand = union(onDemand, r.From)
		}
	}
	lead := "Callable from " + catalog.Counted(len(from), "region")
	switch {
	case len(from) == 0:
		return ""
	case s.Event != NewModel && len(s.Gain.Before) > 0:
		return fmt.Sprintf("%s, as before also from %d others.", lead, len(s.Gain.Before))
	case s.Event != NewModel:
		return lead + "."
	case len(onDemand) == 0:
		return lead + ". On demand in none: call a profile ID."
	case len(onDemand) == len(from):
		return lead + ", on demand in all."
	case len(onDemand) <= rollUpOver:
		return lead + ". On demand in " + named(onDemand) + "; elsewhere call a profile ID."
	}
	return fmt.Sprintf("%s. On demand in %d of them; elsewhere call a profile ID.", lead, len(onDemand))
}

// route describes a way to call a model.
func (t *entryText) route(r Route) string {
	way := t.way(r.Access, r.ID)
	from := t.folds.regions(sentenceCase(way)+" from", r.From)
	switch r.Access {
	case catalog.OnDemand:
		return "Call it on demand from " + from
	case catalog.Provisioned:
		return "Provisioned throughput, which you must buy first, from " + from
	}
	return fmt.Sprintf("Call %s from %s; it may run in %s", way, from, t.runsIn(r))
}

func (t *entryText) runsIn(r Route) string {
	switch {
	case r.anywhere():
		return catalog.AnyRegion
	case r.Access == catalog.OnDemand:
		return "the calling region"
	case r.Access == catalog.Provisioned:
		return "the calling region, with purchased throughput"
	}
	return t.folds.regions(markdown.Code(r.ID)+" may run in", r.RunsIn)
}

func (p *page) routes(t *entryText) {
	var rows [][]string
	for _, r := range t.routes {
		from := t.folds.regions(markdown.Code(r.ID)+" from", r.From)
		rows = append(rows, []string{from, markdown.Code(r.ID), t.runsIn(r)})
	}
	p.table([]string{"Call from", "ID to call", "May run in"}, rows)
}

// besides adds regions that list a model without a way to call it, and models
// that can be called although no region lists them.
func (t *entryText) besides(s *Story) {
	g := s.Gain
	also := "Also listed in"
	if len(g.Routes) == 0 {
		also = "Listed in"
	}
	if len(g.Uncallable) > 0 {
		t.note("%s %s, where nothing can call it yet: no on-demand access and no profile", also, t.folds.regions("Listed, not callable", g.Uncallable))
	}
	if len(g.Unknown) > 0 {
		t.note("%s %s, whose profiles were not read: there may be an ID to call it", also, t.folds.regions("Listed, profiles not read", g.Unknown))
	}
	for _, i := range g.Inactive {
		status := "it has no status"
		if i.Status != "" {
			status = "its status is " + markdown.Text(i.Status)
		}
		t.note("%s is listed in %s and cannot be called yet: %s", markdown.Code(i.ID), t.folds.regions("Not active", i.Regions), status)
	}
	switch {
	case s.Subject.Resource == catalog.KindInferenceProfile:
		t.note("It names no model, so it is not known to make anything callable: %s", t.folds.regions("Listed", s.Regions))
	case len(s.ListedIn) == 0:
		t.note("No region lists the model %s itself", markdown.Code(s.Subject.ID))
	}
}
