package main

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkLists shows the catalogue of ten years of nightly runs, on the
// database that BenchmarkWhere tells how to make.
func BenchmarkLists(b *testing.B) {
	db := os.Getenv("SNAPSHOTTER_DECADE")
	if db == "" {
		b.Skip("SNAPSHOTTER_DECADE is not set")
	}
	for _, args := range []string{"models", "models --as-of 1825", "models --matrix", "profiles", "regions"} {
		b.Run(args, func(b *testing.B) {
			for b.Loop() {
				command(b, append(strings.Fields(args), "--db", db)...)
			}
		})
	}
}
