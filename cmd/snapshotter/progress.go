package main

import (
	"log/slog"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"snapshotter/collect"
	"snapshotter/internal/terminal"
)

// progress shows how far a collection has come: as a bar on a terminal, as
// detailed log lines elsewhere.
type progress struct {
	log  *slog.Logger
	bars *mpb.Progress // nil without a terminal
	bar  *mpb.Bar
}

func (p *program) progress() *progress {
	shown := &progress{log: p.log}
	if terminal.IsTerminal(p.stderr) && !p.Quiet {
		shown.bars = mpb.New(mpb.WithOutput(p.stderr), mpb.WithWidth(40))
		shown.bar = shown.bars.AddBar(0,
			mpb.PrependDecorators(decor.Name("Reading Bedrock "), decor.CountersNoUnit("%d of %d lists")),
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)),
			mpb.BarRemoveOnComplete(),
		)
	}
	return shown
}

// show takes a step; the collection calls it.
func (s *progress) show(step collect.Progress) {
	if s.bar != nil {
		s.bar.SetTotal(int64(step.Scopes), false)
		s.bar.SetCurrent(int64(step.Done))
	}
	if l := step.Listing; l != nil {
		s.log.Debug("listed", "region", l.Region, "kind", l.Kind, "outcome", l.Outcome, "items", len(l.Items))
	}
}

// end takes the bar away. It may be called more than once.
func (s *progress) end() {
	if s.bars != nil {
		s.bar.Abort(true)
		s.bars.Wait()
		s.bars, s.bar = nil, nil
	}
}
