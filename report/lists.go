package report

import (
	"slices"
)

// unique returns parts without repetitions, in order.
func unique(parts []string) []string {
	var said []string
	for _, part := range parts {
		if !slices.Contains(said, part) {
			said = append(said, part)
		}
	}
	return said
}

func filter(list []string, keep func(string) bool) []string {
	var kept []string
	for _, s := range list {
		if keep(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// without returns the strings of list that are not in other.
func without(list, other []string) []string {
	return filter(list, func(s string) bool { return !slices.Contains(other, s) })
}

// union joins the lists into one that is sorted and without duplicates.
func union(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

func noun(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}
