package report

import (
	"strings"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/markdown"
)

// regionCode returns a region as Markdown; "" is any commercial region. A profile
// may name a region that is not valid, which is escaped.
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

// inline shows how a text changed: deleted words struck out, inserted words bold.
// White space that was kept between two changes does not part them.
func inline(edits []diff.Edit) string {
	var shown, deleted, inserted []string
	flush := func() {
		if len(deleted) > 0 {
			shown = append(shown, "~~"+markdown.Text(strings.Join(deleted, " "))+"~~")
		}
		if len(inserted) > 0 {
			shown = append(shown, "**"+markdown.Text(strings.Join(inserted, " "))+"**")
		}
		deleted, inserted = nil, nil
	}
	for i, e := range edits {
		words := strings.Fields(e.Text)
		switch {
		case len(words) == 0:
		case e.Op == diff.Delete:
			deleted = append(deleted, words...)
		case e.Op == diff.Insert:
			inserted = append(inserted, words...)
		default:
			first := len(shown)+len(deleted)+len(inserted) == 0
			flush()
			shown = append(shown, markdown.Text(strings.Join(nearby(words, first, i == len(edits)-1), " ")))
		}
	}
	flush()
	return strings.Join(shown, " ")
}

// context is how many unchanged words are shown beside a change.
const context = 8

// nearby drops unchanged words that are far from any change.
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
