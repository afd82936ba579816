package report

import (
	"fmt"
	"strings"

	"snapshotter/internal/markdown"
)

func (r *Report) title() string {
	title := "Bedrock changes " + r.Date + r.inFilter() + ": " + strings.Join(append(r.watchNews(), r.headline()), ", ")
	if lost := len(r.Coverage.Lost); lost > 0 && r.Coverage.anyRead() {
		title += fmt.Sprintf("; %s not read completely", plural(lost, "region"))
	}
	return title
}

// inFilter returns the filter in parentheses.
func (r *Report) inFilter() string {
	if r.Filter == "" {
		return ""
	}
	return " (" + markdown.Clean(r.Filter) + ")"
}

func (r *Report) headline() string {
	switch r.Verdict {
	case NothingChanged:
		return "none"
	case NothingInRead:
		return "none in what was read"
	case NoComparison:
		return r.incomparable()
	}
	var counts []string
	count := func(n int, text string) {
		if n > 0 {
			counts = append(counts, text)
		}
	}
	count(r.Counts.ActOn, fmt.Sprintf("%d to act on", r.Counts.ActOn))
	count(r.Counts.Good, fmt.Sprintf("%d to know", r.Counts.Good))
	count(r.Counts.NewRegions, plural(r.Counts.NewRegions, "new region"))
	if r.Counts.ActOn+r.Counts.Good == 0 {
		count(r.Counts.Other, fmt.Sprintf("%d minor", r.Counts.Other))
	}
	if len(counts) == 0 { // no verdict of change comes without any of these or a baseline
		return plural(len(r.Coverage.FirstRead), "list") + " read for the first time"
	}
	return strings.Join(counts, ", ")
}

func (r *Report) incomparable() string {
	switch {
	case r.Base == nil:
		return "no comparison, first run"
	case !r.Coverage.anyRead():
		return "no comparison, nothing was read"
	}
	return "no comparison, no list was read before"
}

// watchNews begins the title with the user's watch rules.
func (r *Report) watchNews() []string {
	var news []string
	if n := r.Counts.Broken; n > 0 {
		news = append(news, plural(n, "watch rule")+" broken")
	}
	if n := r.Counts.Satisfied; n > 0 {
		news = append(news, plural(n, "watch rule")+" satisfied")
	}
	return news
}
