package catalog

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used. All of
// them would take a tenth of the time that a command takes to start, and few need
// any.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
