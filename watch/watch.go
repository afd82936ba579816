// Package watch tells how the rules that a user watches stand: whether a model
// can be called from where it is wanted, in the manner and within the places
// that are wanted.
//
// It guarantees that a rule is called satisfied only by a list that the run
// itself read, and broken only where the lists it rests on were read on both
// sides. It refuses to take a list that was not read for one that lacks
// something: then the rule is not observable, and what the list held when it was
// last read is told as that. It reads no clock and no history of its own.
package watch

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"snapshotter/catalog"
)

// Rule is what a user watches for.
type Rule struct {
	Name string `json:"name"`
	// Model is a glob of foundation model ids, or of the ids to call.
	Model string `json:"model"`
	// Regions are globs of the regions to call from; empty is every region.
	Regions []string `json:"regions,omitempty"`
	Access  Access   `json:"access,omitempty"`
	// Within are the places that the call must stay in, as [catalog.InPlace]
	// reads them; empty is anywhere.
	Within []string `json:"within,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// Access is the manner of calling that a rule wants.
type Access string

const (
	OnDemand Access = "on-demand"
	Profile  Access = "profile"
	Any      Access = "any"
)

// Accesses returns the manners that a rule may ask for.
func Accesses() []Access { return []Access{OnDemand, Profile, Any} }

// Guards reports whether the rule is one of residency: with places to stay in
// and no manner of calling, it does not wait for one way that stays inside, but
// holds while every way does.
func (r Rule) Guards() bool { return len(r.Within) > 0 && r.Access == "" }

// nameLimit keeps a rule's line a line.
const nameLimit = 100

// Named returns r with a name, made from what it watches where it has none, or
// says what is wrong with it. Globs are [path.Match]'s.
func (r Rule) Named() (Rule, error) {
	if r.Model == "" {
		return r, errors.New(`a rule needs a model, such as model: "anthropic.claude-*"`)
	}
	for _, glob := range slices.Concat([]string{r.Model}, r.Regions, r.Within) {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			return r, fmt.Errorf("%q is no glob: * stands for any text, ? for one character, [a-z] for a range", glob)
		}
	}
	for _, place := range r.Within {
		if !mayHold(place) {
			return r, fmt.Errorf("%q is no place: give a region, a glob of regions such as eu-*, or the first part of region codes such as eu or ap; what profile ids begin with, such as apac or jp, is none", place)
		}
	}
	if r.Access != "" && !slices.Contains(Accesses(), r.Access) {
		return r, fmt.Errorf("access %q is none of on-demand, profile, any", r.Access)
	}
	r.Name = cmp.Or(r.Name, r.describe())
	if len(r.Name) > nameLimit || strings.ContainsFunc(r.Name, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return r, fmt.Errorf("the name %q is not one line of at most %d bytes", r.Name, nameLimit)
	}
	return r, nil
}

// geographic is the form of the first part of region codes.
var geographic = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)?$`)

// mayHold reports whether there may be regions in a place, see [catalog.InPlace].
// A rule for a place that can hold none would wait for ever, or guard nothing.
func mayHold(place string) bool {
	switch {
	case strings.ContainsAny(place, "*?["), catalog.ValidRegion(place):
		return true
	case place == "au", place == "jp": // of profile ids, and not of regions
		return false
	}
	return geographic.MatchString(place)
}

// describe is what a rule without a name is called.
func (r Rule) describe() string {
	name := r.Model
	if r.Access != "" && r.Access != Any {
		name += " " + string(r.Access)
	}
	if len(r.Regions) > 0 {
		name += " in " + strings.Join(r.Regions, ", ")
	}
	if len(r.Within) > 0 {
		name += " within " + strings.Join(r.Within, ", ")
	}
	if len(name) > nameLimit {
		name = strings.ToValidUTF8(name[:nameLimit-len("…")], "") + "…"
	}
	return name
}

// kinds are the lists that tell whether the rule is satisfied.
func (r Rule) kinds() []catalog.Kind {
	switch r.Access {
	case OnDemand:
		return []catalog.Kind{catalog.KindFoundationModel}
	case Profile:
		return []catalog.Kind{catalog.KindInferenceProfile}
	}
	return catalog.Kinds()
}

// covers reports whether the rule watches a region.
func (r Rule) covers(region string) bool {
	return len(r.Regions) == 0 || slices.ContainsFunc(r.Regions, func(glob string) bool { return matches(glob, region) })
}

// concerns reports whether a path to model is of the manner that the rule
// watches, wherever it may run.
func (r Rule) concerns(model string, p catalog.Path) bool {
	if !p.Callable() || !matches(r.Model, model) && !matches(r.Model, p.ModelID) {
		return false
	}
	return r.Access == "" || r.Access == Any || string(r.Access) == string(p.Access)
}

// Passes reports whether a path to model, called from region, satisfies r.
func (r Rule) Passes(region, model string, p catalog.Path) bool {
	return r.covers(region) && r.concerns(model, p) && p.Within(region, r.Within)
}

func matches(glob, text string) bool {
	matched, err := path.Match(glob, text)
	return err == nil && matched
}

// kindOf is the list that a path stands in.
func kindOf(p catalog.Path) catalog.Kind {
	if p.Access == catalog.ViaProfile {
		return catalog.KindInferenceProfile
	}
	return catalog.KindFoundationModel
}
