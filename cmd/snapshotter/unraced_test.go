//go:build !race

package main

// raced is whether the race detector runs.
const raced = false
