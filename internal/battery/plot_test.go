//go:build battery

package battery

import (
	"encoding/xml"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"testing"
)

// growthPlot draws sizes beside the time that questions take of the largest.
func growthPlot(sizes []grown) string {
	size := panel{title: "Size of the database, MB"}
	for _, g := range sizes {
		size.add(fmt.Sprintf("%d regions, %s", g.regions, map[int]string{1: "nightly", 24: "hourly"}[g.perDay]), g.years, g.bytes/1e6)
	}
	last := sizes[len(sizes)-1]
	time := panel{title: fmt.Sprintf("Time to answer, ms (%d regions, hourly)", last.regions)}
	for _, question := range append(slices.Clone(questions), oneMore) {
		for _, g := range sizes {
			if g.regions == last.regions && g.perDay == last.perDay {
				time.add(strings.TrimSuffix(question, " MODEL"), g.years, 1000*g.seconds[question])
			}
		}
	}
	return plot(size, time)
}

// panel is one drawing with logarithmic axes, from left to right the years.
type panel struct {
	title string
	lines []line
}

type line struct {
	name   string
	points []point
}

type point struct {
	years int
	value float64
}

func (p *panel) add(name string, years int, value float64) {
	i := slices.IndexFunc(p.lines, func(l line) bool { return l.name == name })
	if i < 0 {
		i, p.lines = len(p.lines), append(p.lines, line{name: name})
	}
	p.lines[i].points = append(p.lines[i].points, point{years, value})
}

// The measures of a panel, in pixels.
const (
	panelWidth, panelHeight  = 540, 380
	left, right, top, bottom = 60, 170, 50, 50
	labelHeight              = 16
)

// plot draws panels side by side. It has no background, and its ink follows
// the colours that the reader prefers.
func plot(panels ...panel) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12" role="img">
<style>
  text { fill: #57606a } .title { fill: #1f2328; font-size: 14px; font-weight: 600 } .grid { stroke: #8c959f; stroke-opacity: .3 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  .c0 { stroke: #0969da } .c1 { stroke: #bf8700 } .c2 { stroke: #1a7f37 } .c3 { stroke: #cf222e } .c4 { stroke: #8250df }
  circle { stroke: none } circle.c0 { fill: #0969da } circle.c1 { fill: #bf8700 } circle.c2 { fill: #1a7f37 } circle.c3 { fill: #cf222e } circle.c4 { fill: #8250df }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .title { fill: #f0f6fc }
    .c0 { stroke: #4493f8 } .c1 { stroke: #d29922 } .c2 { stroke: #3fb950 } .c3 { stroke: #f85149 } .c4 { stroke: #ab7df8 }
    circle.c0 { fill: #4493f8 } circle.c1 { fill: #d29922 } circle.c2 { fill: #3fb950 } circle.c3 { fill: #f85149 } circle.c4 { fill: #ab7df8 }
  }
</style>
`, panelWidth*len(panels), panelHeight)
	for i, p := range panels {
		fmt.Fprintf(&out, "<g transform=\"translate(%d 0)\">\n", i*panelWidth)
		p.draw(&out)
		out.WriteString("</g>\n")
	}
	out.WriteString("</svg>\n")
	return out.String()
}

func (p panel) draw(out *strings.Builder) {
	low, high := p.decades()
	across := scale{1, 30, left, panelWidth - right}
	up := scale{low, high, panelHeight - bottom, top}
	fmt.Fprintf(out, "<text class=\"title\" x=\"%d\" y=\"24\">%s</text>\n", left, html.EscapeString(p.title))
	for _, value := range ticks(low, high) {
		fmt.Fprintf(out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
			left, up.at(value), panelWidth-right, left-8, up.at(value)+4, value)
	}
	for _, years := range []float64{1, 3, 10, 30} {
		fmt.Fprintf(out, "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n",
			across.at(years), top, panelHeight-bottom, across.at(years), panelHeight-bottom+18, years)
	}
	fmt.Fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">years of runs</text>\n", (left+panelWidth-right)/2, panelHeight-bottom+38)
	labels := p.labels(up)
	for i, l := range p.lines {
		var path strings.Builder
		for n, at := range l.points {
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(n, 1)], across.at(float64(at.years)), up.at(at.value))
		}
		fmt.Fprintf(out, "<path class=\"line c%d\" d=\"%s\"/>", i, path.String())
		for _, at := range l.points {
			fmt.Fprintf(out, "<circle class=\"c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", i, across.at(float64(at.years)), up.at(at.value))
		}
		end := l.points[len(l.points)-1].value
		fmt.Fprintf(out, "<text x=\"%d\" y=\"%.1f\">%s: %s</text>\n", panelWidth-right+10, labels[i]+4, html.EscapeString(l.name), figure(end))
	}
}

// figure is a value as precise as one can read it from the drawing.
func figure(value float64) string {
	if value < 10 {
		return fmt.Sprintf("%.1f", value)
	}
	return fmt.Sprintf("%.0f", value)
}

// labels is at which height each line's name stands: that of its end, or as
// near as the others let it.
func (p panel) labels(up scale) []float64 {
	order := make([]int, len(p.lines))
	at := make([]float64, len(p.lines))
	for i, l := range p.lines {
		order[i], at[i] = i, up.at(l.points[len(l.points)-1].value)
	}
	slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, at[a]-at[b])) })
	for n := 1; n < len(order); n++ {
		at[order[n]] = max(at[order[n]], at[order[n-1]]+labelHeight)
	}
	return at
}

// decades are the powers of ten, or half way between two, that hold all values.
func (p panel) decades() (low, high float64) {
	low, high = math.Inf(1), 0
	for _, l := range p.lines {
		for _, at := range l.points {
			low, high = min(low, at.value), max(high, at.value)
		}
	}
	all := ticks(math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high))))
	first := slices.IndexFunc(all, func(v float64) bool { return v > low }) - 1
	last := slices.IndexFunc(all, func(v float64) bool { return v >= high })
	return all[max(first, 0)], all[last]
}

// ticks are 1, 3, 10, 30 and so on, from low to high.
func ticks(low, high float64) (values []float64) {
	for e := -3; e < 9; e++ {
		for _, m := range []float64{1, 3} {
			if v := m * math.Pow10(e); v >= low*0.999 && v <= high*1.001 {
				values = append(values, v)
			}
		}
	}
	return values
}

// scale maps values to pixels, logarithmically.
type scale struct{ from, to, first, last float64 }

func (s scale) at(value float64) float64 {
	return s.first + (s.last-s.first)*math.Log(value/s.from)/math.Log(s.to/s.from)
}

// TestPlot holds the drawing to be XML, with everything inside its frame and no
// label on another.
func TestPlot(t *testing.T) {
	var sizes []grown
	for _, years := range []int{1, 10, 30} {
		g := grown{regions: 100, perDay: 24, years: years, bytes: 4e6 * float64(years), seconds: map[string]float64{}}
		for i, question := range append(slices.Clone(questions), oneMore) {
			g.seconds[question] = 0.05 * float64(years+i)
		}
		sizes = append(sizes, g)
	}
	drawing := growthPlot(sizes)
	if err := xml.Unmarshal([]byte(drawing), new(struct{})); err != nil {
		t.Error(err)
	}
	p := panel{lines: []line{{"a", []point{{1, 5}, {30, 50}}}, {"b", []point{{1, 6}, {30, 50}}}, {"c", []point{{1, 6}, {30, 49}}}}}
	low, high := p.decades()
	if low != 3 || high != 100 {
		t.Errorf("the axis goes from %v to %v, want 3 to 100", low, high)
	}
	at := p.labels(scale{low, high, panelHeight - bottom, top})
	slices.Sort(at)
	if at[1]-at[0] < labelHeight || at[2]-at[1] < labelHeight {
		t.Errorf("labels at %v stand on one another", at)
	}
}
