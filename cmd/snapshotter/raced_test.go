//go:build race

package main

// raced is whether the race detector runs, which makes everything some ten times slower.
const raced = true
