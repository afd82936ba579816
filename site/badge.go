package site

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/markdown"
)

// badge is a label and a message. Its color is that of shields.io; the words say the
// same.
type badge struct {
	Label, Message, Color string
}

const (
	good    = "brightgreen"
	warning = "orange"
	bad     = "red"
	unknown = "lightgrey"
)

// inks are the colors of our own badges: white on them is readable.
var inks = map[string]string{good: "#1a7f37", warning: "#9a4b00", bad: "#b3261e", unknown: "#57606a"}

// badgeOf is about a model in all regions.
func (s *Site) badgeOf(m *model) badge {
	b := badge{markdown.Clean(orID(m)), "gone", bad}
	if m.Entry != nil {
		if n := m.Entry.CallableFrom(); n > 0 {
			b.Message, b.Color = "callable from "+catalog.Counted(n, "region"), good
		} else {
			b.Message = "not callable"
		}
	}
	return b
}

// badgeIn is about a model in one region.
func badgeIn(m *model, at ask.InRegion) badge {
	b := badge{markdown.Clean(orID(m)) + " in " + at.Region, "not callable", bad}
	switch {
	case len(at.Callable()) > 0:
		b.Message, b.Color = "callable", good
	case at.Unsaid:
		b.Message, b.Color = "not observed", unknown
	}
	return b
}

// badgeEnd is about the next end of life of a model; false if it has none.
func (s *Site) badgeEnd(m *model) (badge, bool) {
	for _, d := range s.dates {
		if d.ID == m.ID && d.Event == ask.EndOfLife {
			b := badge{markdown.Clean(orID(m)), "EOL " + inDays(d.Days), warning}
			if d.Days < 30 {
				b.Color = bad
			}
			return b, true
		}
	}
	return badge{}, false
}

// svg draws a badge. Texts are given their width, so that they fit in any font.
func (b badge) svg() []byte {
	left, right := width(b.Label), width(b.Message)
	title := esc(b.Label + ": " + b.Message)
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s"><title>%s</title>`, left+right, title, title)
	fmt.Fprintf(&out, `<rect width="%d" height="20" rx="3" fill="#3b4048"/><path d="M%d 0h%da3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-%dz" fill="%s"/>`, left+right, left, right-3, right-3, inks[b.Color])
	fmt.Fprintf(&out, `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="8" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text><text x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text></g></svg>`,
		left-16, esc(b.Label), left+8, right-16, esc(b.Message))
	out.WriteByte('\n')
	return []byte(out.String())
}

// width is about how wide a text is in pixels, with its margins.
func width(text string) int { return utf8.RuneCountInString(text)*7 + 16 }

// shield is a badge for the endpoint of shields.io: https://shields.io/badges/endpoint-badge.
type shield struct {
	Version int    `json:"schemaVersion"`
	Label   string `json:"label"`
	Message string `json:"message"`
	Color   string `json:"color"`
}

func (s *Site) listBadges(add adder) {
	file := func(name string, of func() badge) {
		add(name+".svg", makes(func() ([]byte, error) { return of().svg(), nil }))
		add(name+".json", makes(func() ([]byte, error) {
			b := of()
			return encodeJSON(shield{1, b.Label, b.Message, b.Color})
		}))
	}
	for _, m := range s.models {
		file("badges/"+m.Slug, func() badge { return s.badgeOf(m) })
		if _, ends := s.badgeEnd(m); ends {
			file("badges/"+m.Slug+"/eol", func() badge {
				b, _ := s.badgeEnd(m)
				return b
			})
		}
		if m.Entry == nil || m.Base != "" {
			continue
		}
		for _, at := range m.Entry.Regions {
			file("badges/"+m.Slug+"/"+slugOf(at.Region), func() badge { return badgeIn(m, at) })
		}
	}
}
