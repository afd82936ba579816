package terminal

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Progress is a bar that shows how much of a task is done. A nil Progress shows
// nothing. Its methods must not be called at the same time.
type Progress struct {
	bars *mpb.Progress // nil once it has ended
	bar  *mpb.Bar
}

// NewProgress draws a bar on w after the name of the task. Counts is how the
// numbers are written, such as "%d of %d lists". It returns nil if w is not a
// terminal.
func NewProgress(w io.Writer, task, counts string) *Progress {
	if !IsTerminal(w) {
		return nil
	}
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	return &Progress{bars, bars.AddBar(0,
		mpb.PrependDecorators(decor.Name(task+" "), decor.CountersNoUnit(counts)),
		mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)),
		mpb.BarRemoveOnComplete(),
	)}
}

// Set shows that done of total parts are done.
func (p *Progress) Set(done, total int) {
	if p != nil && p.bars != nil {
		p.bar.SetTotal(int64(total), false)
		p.bar.SetCurrent(int64(done))
	}
}

// End removes the bar. It may be called more than once.
func (p *Progress) End() {
	if p != nil && p.bars != nil {
		p.bar.Abort(true)
		p.bars.Wait()
		p.bars = nil
	}
}
