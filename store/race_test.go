//go:build race

package store_test

// defaultHistories is small: the race detector slows SQLite down about
// twentyfold, and each history is recorded by one goroutine.
const defaultHistories = 10
