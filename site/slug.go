package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"snapshotter/internal/markdown"
)

// slugs gives every ID of a kind a name that is safe as that of a file, on every
// system and in every address: letters, digits, dots and hyphens stay, ":" becomes
// "~", and every other byte two hexadecimal digits after "_".
type slugs struct{ taken map[string]string }

// longest is how long a slug may be: file systems allow names of 255 bytes.
const longest = 180

// of returns the slug of an ID. It fails if another has it, whatever the case: some
// file systems do not tell them apart.
func (s *slugs) of(kind, id string) (string, error) {
	slug := slugOf(id)
	if s.taken == nil {
		s.taken = map[string]string{}
	}
	folded := strings.ToLower(slug)
	if other, taken := s.taken[folded]; taken && other != id {
		return "", fmt.Errorf("two %ss would have the address %s: %s and %s", kind, slug, markdown.Clean(other), markdown.Clean(id))
	}
	s.taken[folded] = id
	return slug, nil
}

func (s *slugs) clear() { s.taken = nil }

func slugOf(id string) string {
	var out strings.Builder
	for i := range len(id) {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-' && i > 0, c == '.' && i > 0 && id[i-1] != '.':
			out.WriteByte(c)
		case c == ':':
			out.WriteByte('~')
		default:
			fmt.Fprintf(&out, "_%02x", c)
		}
	}
	slug := strings.TrimSuffix(out.String(), ".") // Windows drops it
	switch {
	case slug == "":
		return "_"
	case len(slug) > longest:
		sum := sha256.Sum256([]byte(id))
		return slug[:longest] + "_" + hex.EncodeToString(sum[:8])
	}
	return slug
}
