package diff

import (
	"cmp"
	"slices"
	"time"

	"snapshotter/catalog"
)

// compareFields returns the fields that differ between two items of one kind,
// sorted by field. A profile's createdAt and updatedAt, and fields unknown to this
// version, are never compared. A field that one side leaves unsaid is compared as
// it was last said; lastOld and lastNew, nil without, are the items so filled in.
// That it is no longer said is told, and not that it is said again as it was.
func compareFields(old, new, lastOld, lastNew catalog.Item) []FieldChange {
	sent := comparedFields(old, new)
	if lastOld == nil && lastNew == nil {
		return sent
	}
	all := comparedFields(or(lastOld, old), or(lastNew, new))
	for _, change := range sent {
		told := slices.ContainsFunc(all, func(c FieldChange) bool { return c.Field == change.Field })
		if change.Said == Withdrawn && !told {
			all = append(all, change)
		}
	}
	slices.SortFunc(all, func(a, b FieldChange) int { return cmp.Compare(a.Field, b.Field) })
	return all
}

func or(filled, item catalog.Item) catalog.Item {
	if filled != nil {
		return filled
	}
	return item
}

func comparedFields(old, new catalog.Item) []FieldChange {
	var f fields
	switch new := new.(type) {
	case *catalog.FoundationModel:
		f.compareModels(old.(*catalog.FoundationModel), new)
	case *catalog.InferenceProfile:
		f.compareProfiles(old.(*catalog.InferenceProfile), new)
	}
	slices.SortFunc(f, func(a, b FieldChange) int { return cmp.Compare(a.Field, b.Field) })
	return f
}

type fields []FieldChange

func (f *fields) compareModels(old, new *catalog.FoundationModel) {
	f.words(FieldName, old.Name, new.Name)
	f.words(FieldProvider, old.Provider, new.Provider)
	f.set(FieldInputModalities, old.InputModalities, new.InputModalities, unnoticed)
	f.set(FieldOutputModalities, old.OutputModalities, new.OutputModalities, unnoticed)
	f.set(FieldInferenceTypes, old.InferenceTypes, new.InferenceTypes, unnoticed)
	f.set(FieldCustomizations, old.Customizations, new.Customizations, unnoticed)
	f.text(FieldStreaming, yesNo(old.Streaming), yesNo(new.Streaming), unnoticed)
	f.text(FieldLifecycle, old.Lifecycle.Status, new.Lifecycle.Status, lifecycleEffect)
	later := MoreTime
	if new.Lifecycle == (catalog.Lifecycle{}) {
		later = NoEffect // without the lifecycle, dates are not withdrawn but unsaid
	}
	f.date(FieldStartOfLife, old.Lifecycle.StartOfLife, new.Lifecycle.StartOfLife, NoEffect, NoEffect)
	f.date(FieldLegacy, old.Lifecycle.Legacy, new.Lifecycle.Legacy, TurnsLegacy, later)
	f.date(FieldExtendedAccess, old.Lifecycle.ExtendedAccess, new.Lifecycle.ExtendedAccess, MayCostMore, later)
	f.date(FieldEndOfLife, old.Lifecycle.EndOfLife, new.Lifecycle.EndOfLife, Ends, later)
}

func (f *fields) compareProfiles(old, new *catalog.InferenceProfile) {
	f.words(FieldName, old.Name, new.Name)
	f.words(FieldDescription, old.Description, new.Description)
	f.text(FieldStatus, old.Status, new.Status, statusEffect)
	f.set(FieldDestinations, destinations(old), destinations(new), routingEffect)
}

// effectOf is what a change of one field does to a caller.
type effectOf func(change FieldChange) Effect

func unnoticed(FieldChange) Effect { return NoEffect }

// lifecycleEffect weighs a model's lifecycle status, of which only ACTIVE is known
// to be harmless.
func lifecycleEffect(change FieldChange) Effect {
	switch {
	case change.Said == Withdrawn, change.Said == Published && change.New == catalog.StatusActive:
		return NoEffect
	case change.New == catalog.StatusActive:
		return MoreTime
	}
	return TurnsLegacy // legacy, or an unknown status
}

// statusEffect weighs a profile's status: only an ACTIVE profile can be called.
func statusEffect(change FieldChange) Effect {
	switch {
	case change.Said != BothSaid:
		return NoEffect
	case change.New == catalog.StatusActive:
		return NewWay
	case change.Old == catalog.StatusActive:
		return IDGone
	}
	return NoEffect
}

func routingEffect(change FieldChange) Effect {
	if change.Said != BothSaid {
		return NoEffect
	}
	return RunsElsewhere
}

// add records a change unless neither side said anything.
func (f *fields) add(change FieldChange, saidBefore, saidAfter bool, effect effectOf) {
	switch {
	case saidBefore && saidAfter:
		change.Said = BothSaid
	case saidAfter:
		change.Said = Published
	default:
		change.Said = Withdrawn
	}
	change.Effect = effect(change)
	change.Significance = change.Effect.Significance()
	*f = append(*f, change)
}

func (f *fields) text(field Field, old, new string, effect effectOf) {
	if old != new {
		f.add(FieldChange{Field: field, Old: old, New: new}, old != "", new != "", effect)
	}
}

// words compares text that people read, word by word.
func (f *fields) words(field Field, old, new string) {
	if old == new {
		return
	}
	change := FieldChange{Field: field, Old: old, New: new}
	if old != "" && new != "" {
		change.Edits = Words(old, new)
	}
	f.add(change, old != "", new != "", unnoticed)
}

// set compares sorted lists. Nil means not sent; empty means that there are no
// values.
func (f *fields) set(field Field, old, new []string, effect effectOf) {
	if slices.Equal(old, new) && (old == nil) == (new == nil) {
		return
	}
	f.add(FieldChange{Field: field, OldSet: old, NewSet: new}, old != nil, new != nil, effect)
}

// date compares times. A date that is set or moved earlier has the effect sooner;
// one that is moved later or withdrawn has later.
func (f *fields) date(field Field, old, new time.Time, sooner, later Effect) {
	if old.Equal(new) {
		return
	}
	effect := later
	if old.IsZero() || !new.IsZero() && new.Before(old) {
		effect = sooner
	}
	f.add(FieldChange{Field: field, Old: timeText(old), New: timeText(new)}, !old.IsZero(), !new.IsZero(),
		func(FieldChange) Effect { return effect })
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func destinations(p *catalog.InferenceProfile) []string {
	if p.Destinations == nil {
		return nil
	}
	list := make([]string, 0, len(p.Destinations))
	for _, d := range p.Destinations {
		list = append(list, d.Region+"/"+d.Model)
	}
	return list
}
