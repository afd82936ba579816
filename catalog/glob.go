package catalog

import (
	"fmt"
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

// GlobError says that a glob is malformed, and what one may be.
type GlobError struct{ Glob string }

func (e *GlobError) Error() string {
	return fmt.Sprintf("%q is not a valid glob: use * for any text, ? for one character, [a-z] for a range", e.Glob)
}
