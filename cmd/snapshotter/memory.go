package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collectLate puts off the first collection of memory until some 64 MB are in use,
// which most commands never need, and then leaves the rest to Go's default. GOGC in
// the environment has precedence.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const untilFirst, usual = 1600, 100 // percent of the 4 MB that Go takes for granted
	debug.SetGCPercent(untilFirst)
	runtime.AddCleanup(new([16]byte), func(percent int) { debug.SetGCPercent(percent) }, usual)
}
