// Package watch evaluates the user's watch rules: whether a model can be called
// from the regions, by the access and within the places that a rule names.
//
// It guarantees that a rule is satisfied only by a list that the run itself read,
// and broken only if the lists it depends on were read for both base and head. It
// refuses to treat an unread list as an empty one: the rule is then not
// observable, and what the list last held is reported as old. It reads no clock
// and no history of its own.
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

	"snapshotter/ask"
	"snapshotter/catalog"
)

// Rule describes the access to a model that a user waits for or guards.
type Rule struct {
	Name string `json:"name"`
	// Model is a glob that matches foundation model IDs or the IDs to call.
	Model string `json:"model"`
	// Regions are the regions to call from, as [ask.ChoosesRegion] reads them: globs,
	// cities or boundaries; empty means every region.
	Regions []string `json:"regions,omitempty"`
	Access  Access   `json:"access,omitempty"`
	// Within are the places that the call must stay in, as defined by
	// [catalog.InPlace]; empty means anywhere.
	Within []string `json:"within,omitempty"`
	// Guard makes the rule guard its places, see [Rule.Guards].
	Guard bool   `json:"guard,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Access is the kind of access that a rule requires.
type Access string

const (
	OnDemand Access = "on-demand"
	Profile  Access = "profile"
	Any      Access = "any"
)

// Accesses returns every value that a rule may set.
func Accesses() []Access { return []Access{OnDemand, Profile, Any} }

// Guards reports whether the rule guards residency. Such a rule does not wait for one
// access path that stays inside its places; it holds while every path does.
func (r Rule) Guards() bool { return r.Guard }

// nameLimit is the most bytes of a name, so that a rule fits on one line.
const nameLimit = 100

// Named validates r and returns it with a name. A rule without one is named after
// what it watches. Globs are those of [path.Match].
func (r Rule) Named() (Rule, error) {
	if r.Model == "" {
		return r, errors.New(`a rule needs a model, such as model: "anthropic.claude-*"`)
	}
	for _, glob := range slices.Concat([]string{r.Model}, r.Regions, r.Within) {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			return r, &catalog.GlobError{Glob: glob}
		}
	}
	for _, place := range r.Within {
		if !mayHold(place) {
			return r, fmt.Errorf("%q is not a place: give a region, a glob of regions such as eu-*, the first part of region codes such as eu or ap, or a boundary such as EU or UK; a prefix of profile IDs such as apac or jp is not a place", place)
		}
	}
	if r.Access != "" && !slices.Contains(Accesses(), r.Access) {
		return r, fmt.Errorf("access %q is not one of on-demand, profile, any", r.Access)
	}
	if r.Guard && len(r.Within) == 0 {
		return r, errors.New("a rule that guards needs within, the places that calls must stay in")
	}
	r.Name = cmp.Or(r.Name, r.describe())
	if len(r.Name) > nameLimit || strings.ContainsFunc(r.Name, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return r, fmt.Errorf("the name %q is not one line of at most %d bytes", r.Name, nameLimit)
	}
	return r, nil
}

// geographic matches the first part of region codes, such as "eu" or "us-gov".
var geographic = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)?$`)

// mayHold reports whether regions may be in a place, see [catalog.InPlace]. A rule
// for a place without regions would wait forever or guard nothing.
func mayHold(place string) bool {
	_, boundary := catalog.BoundaryNamed(place)
	switch {
	case strings.ContainsAny(place, "*?["), catalog.ValidRegion(place), boundary:
		return true
	case place == "au", place == "jp": // prefixes of profile IDs, not of regions
		return false
	}
	return geographic.MatchString(place)
}

// describe names a rule after what it watches.
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

// kinds are the lists that the rule depends on.
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
	return len(r.Regions) == 0 || ask.ChoosesRegion(r.Regions, region)
}

// Covers reports whether the rule watches calls from a region to a model.
func (r Rule) Covers(region, model string) bool {
	return r.covers(region) && catalog.MatchesAny([]string{r.Model}, model)
}

// concerns reports whether the rule watches a path to model, wherever a call may
// run.
func (r Rule) concerns(model string, p catalog.Path) bool {
	glob := []string{r.Model}
	if !p.Callable() || !catalog.MatchesAny(glob, model) && !catalog.MatchesAny(glob, p.ModelID) {
		return false
	}
	return r.Access == "" || r.Access == Any || string(r.Access) == string(p.Access)
}

// Passes reports whether a path to model, called from region, satisfies r.
func (r Rule) Passes(region, model string, p catalog.Path) bool {
	return r.covers(region) && r.concerns(model, p) && p.Within(region, r.Within)
}

// kindOf returns the kind of list that a path comes from.
func kindOf(p catalog.Path) catalog.Kind {
	if p.Access == catalog.ViaProfile {
		return catalog.KindInferenceProfile
	}
	return catalog.KindFoundationModel
}
