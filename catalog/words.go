package catalog

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// The words below are the same in every table, report, message and CSV file.

// AnyRegion stands for the empty region among a profile's destinations.
const AnyRegion = "any commercial region"

// RegionWords is a destination's region, or [AnyRegion] for the empty one.
func RegionWords(region string) string { return cmp.Or(region, AnyRegion) }

// Words says the outcome to a person, in lower case.
func (o Outcome) Words() string {
	switch o {
	case Complete:
		return "read"
	case NotListed:
		return "not asked for"
	case Invalid:
		return "answer not readable"
	case Suspect:
		return "listed nothing, not believed yet"
	}
	return strings.ReplaceAll(string(o), "-", " ")
}

// Words is what a person calls one item of the kind.
func (k Kind) Words() string {
	switch k {
	case KindFoundationModel:
		return "model"
	case KindInferenceProfile:
		return "profile"
	case KindApplicationProfile:
		return "application profile"
	case KindThroughput:
		return "throughput"
	case KindDeployment:
		return "deployment"
	case KindEndpoint:
		return "endpoint"
	}
	return strings.ReplaceAll(string(k), "-", " ")
}

// Count is a number of items of the kind: "1 model", "2 models".
func (k Kind) Count(n int) string { return Counted(n, k.Words()) }

// Plural is what a list of the kind holds: "foundation models".
func (k Kind) Plural() string { return strings.ReplaceAll(string(k), "-", " ") + "s" }

// RegionCodes joins destinations with spaces for a CSV cell. The empty region is
// "any", so that a program can split the cell at spaces.
func RegionCodes(regions []string) string {
	var codes []string
	for _, region := range regions {
		codes = append(codes, cmp.Or(region, "any"))
	}
	return strings.Join(codes, " ")
}

// YesNo is "yes" or "no".
func YesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// Moment is a time as people read it, in UTC: "2026-04-29 02:00 UTC".
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Day is a date, in UTC: "2026-04-29"; "" for the zero time.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// Began is when an item began according to AWS: the start of life of a model, the
// creation of a profile. It is zero if the list does not say.
func Began(item Item) time.Time {
	switch item := item.(type) {
	case *FoundationModel:
		return item.Lifecycle.StartOfLife
	case *InferenceProfile:
		return item.CreatedAt
	}
	return time.Time{}
}

// Earlier is the earlier of two times; a zero one was not given.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Counted is a number of things: "1 day", "2 days".
func Counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// FileTime is a time as file names hold it, in UTC: "2026-04-29T02-00-00Z".
func FileTime(t time.Time) string { return t.UTC().Format("2006-01-02T15-04-05Z") }
