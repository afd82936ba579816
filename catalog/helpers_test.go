package catalog_test

import (
	"maps"
	"math/rand/v2"
	"slices"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// shuffled is a copy of list in an order that rng picks, in its own where it is
// nil.
func shuffled[T any](list []T, rng *rand.Rand) []T {
	list = slices.Clone(list)
	if rng != nil {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return list
}
