package diff

import (
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Edit keeps, inserts or deletes a piece of text: words and the white space
// between them. A word, with its punctuation, is never split.
type Edit struct {
	Op   Op     `json:"op"`
	Text string `json:"text"`
}

// Op is what an [Edit] does.
type Op string

const (
	Keep   Op = "keep"
	Insert Op = "insert"
	Delete Op = "delete"
)

// wordLimit is how many words and spaces two texts may have together to be
// compared word by word: the algorithm has no time limit and is quadratic. The
// limit also keeps the runes that stand for words below the surrogates.
const wordLimit = 4000

// Words returns the edits that turn old into new, word by word. The texts that
// are not inserted join to old, those that are not deleted to new. Texts that are
// too long to compare are one deletion and one insertion.
func Words(old, new string) []Edit {
	words := &vocabulary{runes: map[string]rune{}}
	a, b := words.encode(old), words.encode(new)
	if len(a)+len(b) > wordLimit {
		return []Edit{{Delete, old}, {Insert, new}}
	}
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // the default of 1 s would make the result depend on the machine
	var edits []Edit
	for _, d := range differ.DiffMainRunes(a, b, false) {
		edits = append(edits, Edit{ops[d.Type], words.decode(d.Text)})
	}
	return edits
}

var ops = map[diffmatchpatch.Operation]Op{
	diffmatchpatch.DiffEqual:  Keep,
	diffmatchpatch.DiffInsert: Insert,
	diffmatchpatch.DiffDelete: Delete,
}

// vocabulary encodes each distinct word as a rune.
type vocabulary struct {
	runes map[string]rune
	list  []string
}

func (v *vocabulary) encode(text string) []rune {
	var encoded []rune
	for _, word := range split(text) {
		r, known := v.runes[word]
		if !known {
			v.list = append(v.list, word)
			r = rune(len(v.list)) // from 1: NUL stands for nothing
			v.runes[word] = r
		}
		encoded = append(encoded, r)
	}
	return encoded
}

func (v *vocabulary) decode(encoded string) string {
	var text strings.Builder
	for _, r := range encoded {
		text.WriteString(v.list[r-1])
	}
	return text.String()
}

// split cuts text into words and the white space between them.
func split(text string) []string {
	var parts []string
	start, inSpace := 0, false
	for i, r := range text {
		if space := unicode.IsSpace(r); space != inSpace {
			if start < i {
				parts = append(parts, text[start:i])
			}
			start, inSpace = i, space
		}
	}
	if start < len(text) {
		parts = append(parts, text[start:])
	}
	return parts
}
