package site

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// count is how many models could be called as of a run.
type count struct {
	run catalog.RunRef
	n   int
}

// callableCounts counts, as of every run, the models with a path that calls them from
// some region.
func (s *Site) callableCounts() ([]count, error) {
	var err error
	s.growth.Do(func() {
		steps := map[int64]int{} // by run
		for _, m := range s.models {
			var past *ask.Past
			if past, err = ask.ReadPast(context.Background(), s.Log, catalog.KindFoundationModel, m.ID); err != nil {
				return
			}
			for _, stretch := range stretches(past.Spans(s.head.ID), "") {
				steps[stretch.from.ID]++
				if stretch.to != nil {
					steps[stretch.to.ID]--
				}
			}
		}
		n := 0
		for _, run := range s.Runs {
			n += steps[run.ID]
			s.counts = append(s.counts, count{run.Ref(), n})
		}
	})
	return s.counts, err
}

// stretch is an unbroken row of runs as of which something held.
type stretch struct {
	from catalog.RunRef
	to   *catalog.RunRef // the first that it did not hold as of; nil while it does
}

// stretches joins the spans of callable paths from a region, "" for any.
func stretches(spans []ask.Span, region string) []stretch {
	var all []stretch
	for _, span := range spans {
		if span.Path.Callable() && (region == "" || span.Region == region) {
			all = append(all, stretch{span.From, span.To})
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from.ID, b.from.ID) })
	var joined []stretch
	for _, next := range all {
		last := len(joined) - 1
		if last < 0 || joined[last].to != nil && joined[last].to.ID < next.from.ID {
			joined = append(joined, next)
			continue
		}
		if to := joined[last].to; to != nil && (next.to == nil || next.to.ID > to.ID) {
			joined[last].to = next.to
		}
	}
	return joined
}

// pointsDrawn is how many points a chart has at most, and figuresShown how many rows
// its table.
const (
	pointsDrawn  = 160
	figuresShown = 24
)

// thin keeps the first, the last and evenly spread others.
func thin(all []count, most int) []count {
	if len(all) <= most {
		return all
	}
	var kept []count
	for i := range most {
		kept = append(kept, all[i*(len(all)-1)/(most-1)])
	}
	return kept
}

// chart draws how many models can be called over time, with the figures as a table.
func (s *Site) chart() (template.HTML, error) {
	counts, err := s.callableCounts()
	if err != nil {
		return "", err
	}
	const left, top, wide, high = 40, 10, 720, 180
	first, last := counts[0].run.At, counts[len(counts)-1].run.At
	most := 10
	for _, c := range counts {
		most = max(most, c.n)
	}
	most = (most + 9) / 10 * 10
	x := func(t time.Time) int { return left + at(t, first, last, wide) }
	y := func(n int) int { return top + high - n*high/most }
	var path strings.Builder
	for i, c := range thin(counts, pointsDrawn) {
		if i == 0 {
			fmt.Fprintf(&path, "M%d %d", x(c.run.At), y(c.n))
		} else {
			fmt.Fprintf(&path, "H%dV%d", x(c.run.At), y(c.n)) // it holds until the next run
		}
	}
	now := counts[len(counts)-1].n
	var out strings.Builder
	fmt.Fprintf(&out, `<figure><svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="Models callable from at least one region: %d on %s, %d on %s">`, left+wide+10, top+high+24, counts[0].n, catalog.Day(first), now, catalog.Day(last))
	for _, n := range []int{0, most / 2, most} {
		fmt.Fprintf(&out, `<line class="grid" x1="%d" x2="%d" y1="%d" y2="%d"/><text x="%d" y="%d" text-anchor="end">%d</text>`, left, left+wide, y(n), y(n), left-6, y(n)+4, n)
	}
	fmt.Fprintf(&out, `<path class="line" d="%s"/><circle class="dot" cx="%d" cy="%d" r="3"/>`, path.String(), x(last), y(now))
	fmt.Fprintf(&out, `<text x="%d" y="%d">%s</text>`, left, top+high+18, catalog.Day(first))
	if last.After(first) {
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="end">%s</text>`, left+wide, top+high+18, catalog.Day(last))
	}
	out.WriteString(`</svg><figcaption>Models that can be called from at least one region, by run. <details><summary>The figures</summary><table><thead><tr><th scope="col">Run</th><th scope="col" class="n">Models</th></tr></thead><tbody>`)
	for _, c := range slices.Backward(thin(counts, figuresShown)) {
		fmt.Fprintf(&out, `<tr><td>%s</td><td class="n">%d</td></tr>`, catalog.Day(c.run.At), c.n)
	}
	out.WriteString("</tbody></table></details></figcaption></figure>")
	return template.HTML(out.String()), nil
}

// at is how far along a line of a length a time is.
func at(t, first, last time.Time, length int) int {
	if !last.After(first) {
		return 0
	}
	return int(float64(length) * float64(t.Sub(first)) / float64(last.Sub(first)))
}

// timeline draws what happened to a model in every region that ever had it: when it
// was callable and legacy, when it ends, and when nobody looked.
func (s *Site) timeline(m *model, past *ask.Past) template.HTML {
	spans := past.Spans(s.head.ID)
	life := map[string][]catalog.Event{}
	seen := map[string]catalog.RunRef{}
	note := func(region string, run catalog.RunRef) {
		if old, found := seen[region]; !found || run.ID < old.ID {
			seen[region] = run
		}
	}
	for _, e := range s.eventsOf(m.ID) {
		life[e.Region] = append(life[e.Region], e)
		note(e.Region, e.Run)
	}
	for _, span := range spans {
		note(span.Region, span.From)
	}
	if len(seen) == 0 {
		return "<p>No list ever had it.</p>"
	}
	first, last := s.Runs[0].StartedAt, s.head.StartedAt
	end := last
	for _, events := range life {
		if l, ok := events[len(events)-1].Item.(*catalog.FoundationModel); ok && l.Lifecycle.EndOfLife.After(end) {
			end = l.Lifecycle.EndOfLife
		}
	}
	const left, wide, row = 130, 700, 18
	x := func(t time.Time) int { return left + at(t, first, end, wide) }
	bar := func(out *strings.Builder, class string, from time.Time, to *catalog.RunRef, y, high int, title string) {
		until := last
		if to != nil {
			until = to.At
		}
		fmt.Fprintf(out, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"><title>%s</title></rect>`, class, x(from), y, max(2, x(until)-x(from)), high, esc(title))
	}
	var out strings.Builder
	regions := sortedKeys(seen)
	high := len(regions)*row + 30
	fmt.Fprintf(&out, `<div class="scroll" tabindex="0" role="group" aria-label="Timeline"><svg class="timeline" viewBox="0 0 %d %d" role="img" aria-label="When %s was callable, legacy, and ends, in %s; the tables say the same">`, left+wide+10, high, esc(markdown.Clean(orID(m))), catalog.Counted(len(regions), "region"))
	covered, _ := s.Log.Coverage(context.Background(), regions) // from memory: never an error
	for i, region := range regions {
		y := i*row + 2
		fmt.Fprintf(&out, `<text x="0" y="%d">%s</text><line class="grid" x1="%d" x2="%d" y1="%d" y2="%d"/>`, y+11, esc(region), left, left+wide, y+14, y+14)
		for _, st := range stretches(spans, region) {
			bar(&out, "callable", st.from.At, st.to, y+2, 8, region+": callable "+between(st))
		}
		for _, st := range legacyIn(life[region]) {
			bar(&out, "legacy", st.from.At, st.to, y+10, 4, region+": legacy "+between(st))
		}
		if gaps := gapsIn(covered, region, seen[region]); len(gaps) > 0 {
			var path strings.Builder
			for _, gap := range gaps {
				fmt.Fprintf(&path, "M%d %dh%dv10h-%dz", x(gap.from.At), y+1, max(2, x(gap.to.At)-x(gap.from.At)), max(2, x(gap.to.At)-x(gap.from.At)))
			}
			fmt.Fprintf(&out, `<path class="gap" d="%s"><title>%s: a list was not read, %s; the region's page has the dates</title></path>`, path.String(), esc(region), catalog.Counted(len(gaps), "time"))
		}
		if events := life[region]; len(events) > 0 {
			if l, ok := events[len(events)-1].Item.(*catalog.FoundationModel); ok && l.Lifecycle.EndOfLife.After(first) {
				fmt.Fprintf(&out, `<path class="eol" d="M%d %dv14"><title>%s: end of life %s</title></path>`, x(l.Lifecycle.EndOfLife), y, esc(region), catalog.Day(l.Lifecycle.EndOfLife))
			}
		}
	}
	fmt.Fprintf(&out, `<text x="%d" y="%d">%s</text>`, left, high-8, catalog.Day(first))
	if x(last)-left > 160 {
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="end">run %d</text>`, x(last), high-8, s.head.ID)
	}
	if x(end)-x(last) > 80 {
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="end">%s</text>`, x(end), high-8, catalog.Day(end))
	}
	out.WriteString(`</svg></div><p class="legend"><span><span class="swatch callable"></span> callable</span> <span><span class="swatch legacy"></span> legacy</span> <span><span class="swatch gap"></span> not read</span> <span><span class="swatch eol"></span> end of life</span></p>`)
	return template.HTML(out.String())
}

// gapsIn are the stretches over which a list of the region was not read, from a run on.
func gapsIn(covered map[catalog.Scope][]catalog.Interval, region string, from catalog.RunRef) []stretch {
	var gaps []stretch
	for _, kind := range catalog.Kinds() {
		for _, i := range covered[catalog.Scope{Region: region, Kind: kind}] {
			if i.Outcome != catalog.Complete && i.To.ID >= from.ID {
				gaps = append(gaps, stretch{i.From, &i.To})
			}
		}
	}
	slices.SortFunc(gaps, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(a.from.ID, b.from.ID), cmp.Compare(a.to.ID, b.to.ID))
	})
	return slices.CompactFunc(gaps, func(a, b stretch) bool { return a.from.ID == b.from.ID && a.to.ID == b.to.ID })
}

func between(st stretch) string {
	if st.to == nil {
		return "since " + catalog.Day(st.from.At)
	}
	return catalog.Day(st.from.At) + " to " + catalog.Day(st.to.At)
}

// legacyIn are the stretches over which a region listed the model as legacy.
func legacyIn(events []catalog.Event) []stretch {
	var all []stretch
	open := false
	for i := range events {
		m, listed := events[i].Item.(*catalog.FoundationModel)
		is := listed && m.Lifecycle.Status == catalog.StatusLegacy
		switch {
		case is && !open:
			all = append(all, stretch{from: events[i].Run})
		case !is && open:
			all[len(all)-1].to = &events[i].Run
		}
		open = is
	}
	return all
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
