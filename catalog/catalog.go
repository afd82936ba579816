// Package catalog holds the words of the domain: regions, scopes, listings,
// foundation models, inference profiles, the ways to call a model, and the
// state of the whole catalogue as of a run.
//
// It guarantees that equal content has one form: what [ParsePage] reads and
// what [Decode] reads back are normalised alike, so two documents are equal
// exactly when their [Encode]d bytes are. It refuses to guess: an answer it
// cannot read whole is an error, and a field that was not sent stays "not said"
// rather than becoming empty or false. It reads no clock, network or disk.
package catalog

import (
	"cmp"
	"strings"
)

// Kind is what a listing lists.
type Kind string

const (
	KindFoundationModel  Kind = "foundation-model"
	KindInferenceProfile Kind = "inference-profile" // system-defined only
)

// Kinds returns every kind in the order in which they are listed and shown.
func Kinds() []Kind { return []Kind{KindFoundationModel, KindInferenceProfile} }

// Scope is the unit that is listed, confirmed and compared.
type Scope struct {
	Region string `json:"region"`
	Kind   Kind   `json:"kind"`
}

// Compare orders scopes by region, then kind.
func (s Scope) Compare(t Scope) int {
	return cmp.Or(cmp.Compare(s.Region, t.Region), cmp.Compare(s.Kind, t.Kind))
}

// Outcome is what became of listing one scope in one run.
type Outcome string

const (
	Complete     Outcome = "complete"      // read whole; the only one that says anything about presence
	NotEnabled   Outcome = "not-enabled"   // opt-in region not enabled for the account
	NotOffered   Outcome = "not-offered"   // no such endpoint or operation there
	Denied       Outcome = "denied"        // by an IAM policy or a service control policy
	Throttled    Outcome = "throttled"     // still throttled after every retry
	Unreachable  Outcome = "unreachable"   // no answer: network, reset, deadline
	ServiceError Outcome = "service-error" // the service answered with a fault of its own
	Invalid      Outcome = "invalid"       // the answer can't be read, or a page is missing
	Suspect      Outcome = "suspect"       // empty where there were items, not yet believed
	NotListed    Outcome = "not-listed"    // the run did not ask: filtered out, or not in the capture
)

// Outcomes returns all, in a fixed order.
func Outcomes() []Outcome {
	return []Outcome{Complete, NotEnabled, NotOffered, Denied, Throttled, Unreachable, ServiceError, Invalid, Suspect, NotListed}
}

// Expected reports whether the outcome is a normal state of a region that the
// account can't or needn't read, so that it alone never makes a run partial.
func (o Outcome) Expected() bool {
	return o == Complete || o == NotEnabled || o == NotOffered || o == NotListed
}

// Lost reports whether the outcome means that a list was not read although it
// should have been. A list that was read before and that the run asked for must
// be complete; one that was never read may also be not enabled or not offered.
func (o Outcome) Lost(readBefore bool) bool {
	return !o.Expected() || readBefore && o != Complete && o != NotListed
}

// Item is a thing listed in a scope: a [*FoundationModel] or an
// [*InferenceProfile].
type Item interface {
	Kind() Kind
	// Key is the id it is listed under, modelId or inferenceProfileId. It is
	// never an ARN: profile ARNs hold the account id.
	Key() string
}

// CompareItems orders items by key.
func CompareItems(a, b Item) int { return cmp.Compare(a.Key(), b.Key()) }

// Geography is the leading part of a region code: "eu" of eu-west-1, "us-gov"
// of us-gov-west-1. Regions are counted by it in reports.
func Geography(region string) string {
	parts := strings.Split(region, "-")
	if len(parts) < 3 {
		return region
	}
	return strings.Join(parts[:len(parts)-2], "-")
}

// Partition is the AWS partition that a region belongs to, by its code.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func Partition(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"us-gov-", "aws-us-gov"},
		{"eusc-", "aws-eusc"},
		{"cn-", "aws-cn"},
		{"us-isob-", "aws-iso-b"},
		{"us-isof-", "aws-iso-f"},
		{"us-iso-", "aws-iso"},
		{"eu-isoe-", "aws-iso-e"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// ValidRegion reports whether s has the form of a region code. It is how a
// region that came from outside is kept from carrying anything else.
func ValidRegion(s string) bool {
	if s == "" || len(s) > 32 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return strings.Contains(s, "-")
}
