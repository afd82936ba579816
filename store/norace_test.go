//go:build !race

package store_test

const defaultHistories = 30
