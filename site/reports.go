package site

import (
	"bytes"
	"context"
	"html/template"
	"path"
	"slices"

	"snapshotter/internal/ordered"
	"snapshotter/report"
)

// adder adds a file to the list.
type adder func(name string, makes func(ctx context.Context) ([]byte, error))

// reportPageData is a report as a page.
type reportPageData struct {
	HTML          template.HTML
	Before, After string // the pages of the reports beside it
}

// month is the runs of one month that changed something.
type month struct {
	Month         string
	Runs, Changes int
}

func (s *Site) listReports(show shower, add adder) {
	var paged []*day
	for _, d := range s.days {
		if d.Paged {
			paged = append(paged, d)
		}
	}
	for i, d := range paged {
		title := "Bedrock " + d.Run.StartedAt.UTC().Format("2006-01-02")
		show(reportPage(d.Run), "report", title, func(ctx context.Context, p *page) (any, error) {
			made, err := s.report(ctx, d.Run)
			if err != nil {
				return nil, err
			}
			var text bytes.Buffer
			if err := made.Markdown(&text); err != nil {
				return nil, err
			}
			p.Title = made.Title
			this := reportPageData{HTML: s.markdown(p.Root, "", text.String())}
			if i > 0 {
				this.Before = reportPage(paged[i-1].Run)
			}
			if i+1 < len(paged) {
				this.After = reportPage(paged[i+1].Run)
			}
			return this, nil
		})
		for _, format := range report.Formats() {
			add(path.Dir(reportPage(d.Run))+"/report"+format.Extension, func(ctx context.Context) ([]byte, error) {
				made, err := s.report(ctx, d.Run)
				if err != nil {
					return nil, err
				}
				var text bytes.Buffer
				err = format.Write(made, &text)
				return text.Bytes(), err
			})
		}
	}
	var months []month
	for _, group := range ordered.By(s.days, func(d *day) string { return d.Run.StartedAt.UTC().Format("2006-01") }) {
		m := month{Month: group.Key, Runs: len(group.Values)}
		for _, d := range group.Values {
			m.Changes += d.Changes
		}
		months = append(months, m)
		show("changes/"+m.Month+"/index.html", "month", "Changes in "+m.Month, func(ctx context.Context, _ *page) (any, error) {
			var lines []dayLine
			for _, d := range slices.Backward(group.Values) {
				line, err := s.dayLine(ctx, d)
				if err != nil {
					return nil, err
				}
				lines = append(lines, line)
			}
			return struct {
				Month string
				Days  []dayLine
			}{m.Month, lines}, nil
		})
	}
	slices.SortFunc(months, func(a, b month) int { return -compare(a.Month, b.Month) })
	show("changes/index.html", "changes", "Changes", func(ctx context.Context, _ *page) (any, error) {
		lines, err := s.lastDays(ctx, runsShown)
		return struct {
			Days   []dayLine
			Months []month
		}{lines, months}, err
	})
}
