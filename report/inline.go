package report

import (
	"slices"
	"strings"
	"unicode"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// regionCode shows a region, "" being any. A region that a routing names comes
// from outside like any other text.
func regionCode(region string) string {
	switch {
	case region == "":
		return anyRegion
	case catalog.ValidRegion(region):
		return region
	}
	return markdown.Code(region)
}

const anyRegion = "any commercial region"

// stretch is a run of whole words that was kept, deleted or inserted.
type stretch struct {
	op    diff.Op
	words []string
}

// inline shows how a text changed, word by word: what was deleted struck out,
// what was inserted bold. Marks stand between white space only, as within a
// word they may not be read as marks.
func inline(edits []diff.Edit) string {
	var shown []string
	stretches := stretches(edits)
	for i, s := range stretches {
		switch s.op {
		case diff.Delete:
			shown = append(shown, "~~"+markdown.Text(strings.Join(s.words, " "))+"~~")
		case diff.Insert:
			shown = append(shown, "**"+markdown.Text(strings.Join(s.words, " "))+"**")
		default:
			shown = append(shown, markdown.Text(strings.Join(nearby(s.words, i == 0, i == len(stretches)-1), " ")))
		}
	}
	return strings.Join(shown, " ")
}

// context is how many unchanged words are shown beside a change.
const context = 8

// nearby drops the unchanged words that are far from any change.
func nearby(words []string, first, last bool) []string {
	switch {
	case first && !last && len(words) > context:
		return append([]string{"…"}, words[len(words)-context:]...)
	case last && !first && len(words) > context:
		return append(words[:context:context], "…")
	case !first && !last && len(words) > 2*context:
		return append(append(words[:context:context], "…"), words[len(words)-context:]...)
	}
	return words
}

// stretches widens edits to whole words.
func stretches(edits []diff.Edit) []stretch {
	var w widener
	for _, e := range edits {
		switch e.Op {
		case diff.Delete:
			w.old.WriteString(e.Text)
		case diff.Insert:
			w.new.WriteString(e.Text)
		default:
			w.keep(e.Text)
		}
	}
	w.flush()
	return w.list
}

// widener gathers the old and the new text since the last white space that both
// have.
type widener struct {
	old, new strings.Builder
	list     []stretch
}

func (w *widener) keep(text string) {
	for _, r := range text {
		if unicode.IsSpace(r) {
			w.flush()
			continue
		}
		w.old.WriteRune(r)
		w.new.WriteRune(r)
	}
}

// flush tells what both texts begin and end with from what differs.
func (w *widener) flush() {
	old, new := strings.Fields(w.old.String()), strings.Fields(w.new.String())
	w.old.Reset()
	w.new.Reset()
	head := 0
	for head < min(len(old), len(new)) && old[head] == new[head] {
		head++
	}
	w.add(diff.Keep, old[:head])
	old, new = old[head:], new[head:]
	tail := 0
	for tail < min(len(old), len(new)) && old[len(old)-1-tail] == new[len(new)-1-tail] {
		tail++
	}
	w.change(old[:len(old)-tail], new[:len(new)-tail])
	w.add(diff.Keep, old[len(old)-tail:])
}

// change adds to the change before it, if nothing was kept in between.
func (w *widener) change(old, new []string) {
	last := len(w.list) - 1
	if len(old) > 0 && last >= 1 && w.list[last].op == diff.Insert && w.list[last-1].op == diff.Delete {
		w.list[last-1].words = append(w.list[last-1].words, old...)
		old = nil
	}
	w.add(diff.Delete, old)
	w.add(diff.Insert, new)
}

func (w *widener) add(op diff.Op, words []string) {
	if len(words) == 0 {
		return
	}
	if last := len(w.list) - 1; last >= 0 && w.list[last].op == op {
		w.list[last].words = append(w.list[last].words, words...)
		return
	}
	w.list = append(w.list, stretch{op, slices.Clone(words)})
}
