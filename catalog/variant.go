package catalog

import (
	"maps"
	"slices"
	"strings"
)

// Families groups model IDs: a model and its variants. A variant is an ID that
// is another model's ID plus a context or dimension suffix
// ("…-v1:0:200k", "…-v2:0:8k", "…:mm", "…-v3:0:512") and that nothing can call
// without provisioned throughput. AWS lists variants for backward compatibility
// and gives no field that marks them, so the form and the access decide.
//
// The zero Families knows no variants.
type Families struct {
	bases    map[string]string   // by variant
	variants map[string][]string // by base, sorted
}

// NewFamilies finds the variants among the models that any of snapshots lists,
// routes to or has lost; nil snapshots are skipped. A model that some region can call in any
// of them is never a variant, so that no gain or loss of access is folded away.
func NewFamilies(snapshots ...*Snapshot) *Families {
	known, callable := map[string]bool{}, map[string]bool{}
	for _, s := range snapshots {
		if s == nil {
			continue
		}
		for i := range s.Scopes {
			for _, item := range s.Scopes[i].Items {
				learn(item, known, callable)
			}
			if s.Scopes[i].Kind == KindFoundationModel {
				for id := range s.Scopes[i].Gone {
					known[id] = true
				}
			}
		}
	}
	f := &Families{bases: map[string]string{}, variants: map[string][]string{}}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if base := baseOf(id, known); base != "" && !callable[id] {
			f.bases[id] = base
			f.variants[base] = append(f.variants[base], id)
		}
	}
	return f
}

func learn(item Item, known, callable map[string]bool) {
	switch item := item.(type) {
	case *FoundationModel:
		known[item.ID] = true
		if slices.Contains(item.InferenceTypes, InferenceOnDemand) {
			callable[item.ID] = true
		}
	case *InferenceProfile:
		for _, d := range item.Destinations {
			known[d.Model], callable[d.Model] = true, true
		}
	}
}

// Base is the model that id is a variant of, or id itself.
func (f *Families) Base(id string) string {
	if base := f.bases[id]; base != "" {
		return base
	}
	return id
}

// IsVariant reports whether id is a variant of another model.
func (f *Families) IsVariant(id string) bool { return f.bases[id] != "" }

// Variants are the variants of a model, sorted; nil if it has none.
func (f *Families) Variants(base string) []string { return f.variants[base] }

// baseOf is the longest known ID that id extends by a variant's suffix, "" if
// none.
func baseOf(id string, known map[string]bool) string {
	for _, base := range PossibleBases(id) {
		if known[base] {
			return base
		}
	}
	return ""
}

// PossibleBases are the IDs that id extends by a variant's suffix, the longest
// first; nil if it has no such form. A version may stand between the two:
// "…-text-v1:2:8k" extends "…-text-v1".
func PossibleBases(id string) []string {
	rest, suffix, found := cutLast(id)
	if !found || !sizeSuffix(suffix) {
		return nil
	}
	bases := []string{rest}
	if unversioned, version, found := cutLast(rest); found && digits(version) == len(version) {
		bases = append(bases, unversioned)
	}
	return bases
}

func cutLast(id string) (before, after string, found bool) {
	i := strings.LastIndexByte(id, ':')
	if i <= 0 {
		return id, "", false
	}
	return id[:i], id[i+1:], true
}

// sizeSuffix reports whether a suffix names a size of context ("200k", "1m"), a
// number of dimensions or tokens ("512"), or multimodal input ("mm"). One or two
// digits alone are a version.
func sizeSuffix(suffix string) bool {
	switch n := digits(suffix); suffix[n:] {
	case "k", "m":
		return n > 0
	case "":
		return n >= 3
	default:
		return suffix == "mm"
	}
}

// digits is how many digits text starts with.
func digits(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
}
