package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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
	// Missing identifies the known items that a suspect listing lacks, so that
	// runs can be compared; "" otherwise.
	Missing string
}

// CompareListings orders listings by scope.
func CompareListings(a, b Listing) int { return a.Scope.Compare(b.Scope) }

// Known is what the history says about a scope before a run.
type Known struct {
	Observed bool     // some run read it whole
	Keys     []string // present as last confirmed, sorted
	// Suspicions are those of the runs in a row, up to the last, that found it
	// suspect, in their order.
	Suspicions []Suspicion
}

// Missing returns the known keys that l lacks, sorted. Anything but a complete
// listing lacks nothing: it says nothing about presence.
func (k Known) Missing(l Listing) []string {
	if l.Outcome != Complete {
		return nil
	}
	var missing []string
	for _, key := range k.Keys {
		if Find(l.Items, key) == nil {
			missing = append(missing, key)
		}
	}
	return missing
}

// Find returns the item of a key among items, which are sorted by key; nil if there is
// none.
func Find(items []Item, key string) Item {
	i, found := slices.BinarySearchFunc(items, key, func(item Item, key string) int { return strings.Compare(item.Key(), key) })
	if !found {
		return nil
	}
	return items[i]
}

// Suspicion is what a run found missing from a scope and did not believe.
type Suspicion struct {
	At      time.Time // when the run started
	Missing string    // as in [Listing]
}

// believedRuns is how many runs must find the same loss before it is believed.
const believedRuns = 3

// Judge returns what may be believed of a listing of a run that started at at.
// A listing that is empty where there were items, or that lost more than a third
// of them and more than five, is suspect until the third run that finds the same
// items missing. Each of the three starts at least apart after the one before:
// repetition within seconds proves nothing. Recorded and live listings are judged
// alike.
func (k Known) Judge(l Listing, at time.Time, apart time.Duration) Listing {
	missing := k.Missing(l)
	if !suspicious(len(l.Items), len(missing), len(k.Keys)) {
		return l
	}
	id := identify(missing)
	n := k.runsMissing(id, at, apart)
	if n >= believedRuns {
		return l
	}
	return Listing{
		Scope: l.Scope, Outcome: Suspect, Missing: id,
		Message: fmt.Sprintf("listed %s where there had been %s: not believed until %d runs, each at least %s after the one before, find the same (this is number %d)",
			count(len(l.Items)), count(len(k.Keys)), believedRuns, hours(apart), n),
	}
}

func suspicious(listed, missing, known int) bool {
	return missing > 0 && listed == 0 || missing > 5 && 3*missing > known
}

// identify identifies a set of keys, which are sorted.
func identify(keys []string) string {
	sum := sha256.New()
	for _, key := range keys {
		fmt.Fprintf(sum, "%d:%s", len(key), key)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// runsMissing counts the runs in a row, up to one that starts at at, that found
// the same items missing, each at least apart after the one counted before. A
// clock that was set back starts the wait again.
func (k Known) runsMissing(id string, at time.Time, apart time.Duration) int {
	first := len(k.Suspicions)
	for first > 0 && k.Suspicions[first-1].Missing == id {
		first--
	}
	n, last := 0, time.Time{}
	for _, s := range append(slices.Clone(k.Suspicions[first:]), Suspicion{At: at, Missing: id}) {
		switch {
		case n == 0 || s.At.Sub(last) >= apart:
			n, last = n+1, s.At
		case s.At.Before(last):
			last = s.At
		}
	}
	return n
}

func hours(d time.Duration) string {
	if d == time.Hour {
		return "1 hour"
	}
	return strconv.FormatFloat(d.Hours(), 'f', -1, 64) + " hours"
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
		if Find(second.Items, item.Key()) == nil {
			items = append(items, item)
		}
	}
	slices.SortFunc(items, CompareItems)
	return Listing{Scope: first.Scope, Outcome: Complete, Items: items}
}

func count(items int) string {
	switch items {
	case 0:
		return "nothing"
	case 1:
		return "1 item"
	}
	return fmt.Sprintf("%d items", items)
}

// StatusOf returns the status of a run with these listings: partial if any of
// them is lost, see [Outcome.Lost], or if the models of some region were asked
// for and no run has ever read those of any.
func StatusOf(listings []Listing, known map[Scope]Known) Status {
	read, asked := false, false
	for scope, k := range known {
		read = read || k.Observed && scope.Kind == KindFoundationModel
	}
	for _, l := range listings {
		if l.Outcome.Lost(known[l.Scope].Observed) {
			return RunPartial
		}
		if l.Kind == KindFoundationModel {
			read = read || l.Outcome == Complete
			asked = asked || l.Outcome != NotListed
		}
	}
	if asked && !read {
		return RunPartial
	}
	return RunComplete
}
