package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Edit is a stretch of text that was kept, inserted or deleted.
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

// wordLimit is how many words both texts together may have to be told apart
// word by word: past it the work, which has no time limit, could grow without
// bound. It also keeps the runes that stand for words below the surrogates.
const wordLimit = 4000

// Words tells old from new word by word. Joining the texts that are not
// inserted gives old; those not deleted, new.
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

// vocabulary stands a rune for each distinct word.
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

// split cuts text into words and the single characters between them, so that a
// comma after a word is no change of the word.
func split(text string) []string {
	var parts []string
	start := 0
	for i, r := range text {
		if inWord(r) {
			continue
		}
		if start < i {
			parts = append(parts, text[start:i])
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		start = i + size
		parts = append(parts, text[i:start])
	}
	if start < len(text) {
		parts = append(parts, text[start:])
	}
	return parts
}

// inWord keeps codes such as us-east-1 and v1.0 whole.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '.' || r == '_'
}
