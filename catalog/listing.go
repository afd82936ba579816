package catalog

import (
	"fmt"
	"slices"
)

// Listing is what one run learned about one scope.
type Listing struct {
	Scope
	Outcome Outcome
	// ErrorCode is the AWS error code, or "" where there is none; Message says
	// what happened, free of ARNs and account ids. Both are empty when complete.
	ErrorCode string
	Message   string
	Items     []Item // sorted by key, without duplicates; only when complete
}

// CompareListings orders listings by scope.
func CompareListings(a, b Listing) int { return a.Scope.Compare(b.Scope) }

// Known is what the history says about a scope before a run.
type Known struct {
	Observed bool     // some run read it whole
	Keys     []string // present as last confirmed, sorted
	// Suspects is how many runs in a row, up to the last, found it suspect.
	Suspects int
}

// Missing returns the known keys that l lacks, sorted. Anything but a complete
// listing lacks nothing: it says nothing about presence.
func (k Known) Missing(l Listing) []string {
	if l.Outcome != Complete {
		return nil
	}
	var missing []string
	for _, key := range k.Keys {
		if _, found := slices.BinarySearchFunc(l.Items, key, compareKey); !found {
			missing = append(missing, key)
		}
	}
	return missing
}

func compareKey(item Item, key string) int { return CompareItems(item, keyed(key)) }

// keyed is a key to search a sorted list of items with.
type keyed string

func (k keyed) Kind() Kind  { return "" }
func (k keyed) Key() string { return string(k) }

// emptyRuns is how many runs in a row must find a scope empty, where there
// were items, before it is believed.
const emptyRuns = 3

// Judge turns a listing into what may be believed of it, given what is known:
// an empty listing where there were items is suspect until the third run in a
// row says so. Recorded and live listings are judged alike.
func (k Known) Judge(l Listing) Listing {
	if l.Outcome != Complete || len(l.Items) > 0 || len(k.Keys) == 0 || k.Suspects >= emptyRuns-1 {
		return l
	}
	return Listing{
		Scope: l.Scope, Outcome: Suspect,
		Message: fmt.Sprintf("listed nothing where there had been %s (empty run %d of the %d that are needed to believe it)", count(len(k.Keys)), k.Suspects+1, emptyRuns),
	}
}

// Confirm joins two listings of one scope, the second made because the first
// lacked known items: only what is absent from both is absent. Where both hold
// an item, the second's content stands. If the second is not complete, or is
// empty where the first was not, the removal is not confirmed and nothing is
// believed. The latter is invalid rather than suspect: the run did not find the
// scope empty, and must not count among those that did.
func (k Known) Confirm(first, second Listing) Listing {
	switch {
	case second.Outcome != Complete:
		second.Message = fmt.Sprintf("lacked %s, and a second listing could not confirm it: %s", count(len(k.Missing(first))), second.Message)
		return second
	case len(second.Items) == 0 && len(first.Items) > 0:
		return Listing{
			Scope: first.Scope, Outcome: Invalid,
			Message: fmt.Sprintf("listed %s, then none a moment later", count(len(first.Items))),
		}
	}
	items := slices.Clone(second.Items)
	for _, item := range first.Items {
		if _, found := slices.BinarySearchFunc(second.Items, item, CompareItems); !found {
			items = append(items, item)
		}
	}
	slices.SortFunc(items, CompareItems)
	return Listing{Scope: first.Scope, Outcome: Complete, Items: items}
}

func count(items int) string {
	if items == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", items)
}

// StatusOf returns the status of a run with these listings: partial if any of
// them is lost, see [Outcome.Lost].
func StatusOf(listings []Listing, known map[Scope]Known) Status {
	for _, l := range listings {
		if l.Outcome.Lost(known[l.Scope].Observed) {
			return RunPartial
		}
	}
	return RunComplete
}
