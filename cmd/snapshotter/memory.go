package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collectLate puts off the first collection of memory until some 64 MB are in use,
// which most commands never need. What needs more then collects twice as often as
// is Go's default, to need little more than it uses. GOGC in the environment has
// precedence.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const untilFirst, then = 1600, 50 // percent of the 4 MB that Go takes for granted
	debug.SetGCPercent(untilFirst)
	runtime.AddCleanup(new([16]byte), func(percent int) { debug.SetGCPercent(percent) }, then)
}
