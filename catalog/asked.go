package catalog

import (
	"errors"
	"fmt"
	"strings"
)

// MismatchError says that an answer is not for what was asked: whoever gave it
// may be mistaken about everything in it.
type MismatchError struct {
	Field string   // where the answer says so: "modelSummaries[0].modelArn"
	What  Property // that differs
	Got   string   // fit to be shown
	Want  string
}

// Property is what a list operation is asked for.
type Property string

const (
	OfPartition Property = "partition"
	OfRegion    Property = "region"
	OfKind      Property = "kind"
	OfType      Property = "type"
)

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s is of %s %q, but %s was asked for", e.Field, e.What, e.Got, e.Want)
}

// arn is an ARN of Bedrock.
type arn struct {
	partition, service, region, resource string // "foundation-model/ID"
}

// kind returns the type of the resource: "foundation-model".
func (a arn) kind() string {
	kind, _, _ := strings.Cut(a.resource, "/")
	return kind
}

// arn reads a field with an ARN that must be of the partition that was asked; nil
// if it was not sent or is not one.
func (o *object) arn(name string) *arn {
	text := o.name(name)
	if text == "" {
		return nil
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		o.fail(name, errors.New("not an ARN"))
		return nil
	}
	o.match(name, OfPartition, parts[1], Partition(o.region))
	return &arn{partition: parts[1], service: parts[2], region: parts[3], resource: parts[5]}
}

// match fails unless the answer is of what was asked.
func (o *object) match(name string, what Property, got, want string) {
	if got != want {
		o.fail(name, &MismatchError{What: what, Got: Redact(got), Want: want})
	}
}

// listed reads the ARN of an element of the list, which must be of the region and
// one of the kinds that were asked, and returns its kind, "" without an ARN.
func (o *object) listed(name string, kinds ...string) string {
	arn := o.arn(name)
	if arn == nil {
		return ""
	}
	o.match(name, OfRegion, arn.region, o.region)
	for _, kind := range kinds {
		if arn.kind() == kind {
			return kind
		}
	}
	o.match(name, OfKind, arn.kind(), kinds[0])
	return ""
}
