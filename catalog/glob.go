package catalog

import (
	"path"
	"slices"
)

// MatchesAny reports whether any of globs matches text, as [path.Match] defines
// it. A malformed glob matches nothing.
func MatchesAny(globs []string, text string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		matched, err := path.Match(glob, text)
		return err == nil && matched
	})
}
