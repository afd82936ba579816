package diff

import (
	"cmp"
	"slices"
	"time"

	"snapshotter/catalog"
)

// compareFields returns the fields that differ between two items of one kind,
// sorted by field. A profile's createdAt and updatedAt, and fields unknown to this
// version, are never compared.
func compareFields(old, new catalog.Item) []FieldChange {
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
	f.set(FieldInputModalities, old.InputModalities, new.InputModalities, minor)
	f.set(FieldOutputModalities, old.OutputModalities, new.OutputModalities, minor)
	f.set(FieldInferenceTypes, old.InferenceTypes, new.InferenceTypes, minor)
	f.set(FieldCustomizations, old.Customizations, new.Customizations, minor)
	f.text(FieldStreaming, yesNo(old.Streaming), yesNo(new.Streaming), minor)
	f.text(FieldLifecycle, old.Lifecycle.Status, new.Lifecycle.Status, statusSignificance)
	f.date(FieldStartOfLife, old.Lifecycle.StartOfLife, new.Lifecycle.StartOfLife, Minor, Minor)
	f.date(FieldLegacy, old.Lifecycle.Legacy, new.Lifecycle.Legacy, Notice, Good)
	f.date(FieldExtendedAccess, old.Lifecycle.ExtendedAccess, new.Lifecycle.ExtendedAccess, Notice, Good)
	f.date(FieldEndOfLife, old.Lifecycle.EndOfLife, new.Lifecycle.EndOfLife, Breaking, Good)
}

func (f *fields) compareProfiles(old, new *catalog.InferenceProfile) {
	f.words(FieldName, old.Name, new.Name)
	f.words(FieldDescription, old.Description, new.Description)
	f.text(FieldStatus, old.Status, new.Status, statusSignificance)
	f.set(FieldDestinations, destinations(old), destinations(new), routingSignificance)
}

// significance weighs a change of one field.
type significance func(change FieldChange) Significance

func minor(FieldChange) Significance { return Minor }

// statusSignificance weighs a model's lifecycle status and a profile's status. For
// both, only ACTIVE is known to be harmless.
func statusSignificance(change FieldChange) Significance {
	switch {
	case change.Said == Published && change.New == catalog.StatusActive:
		return Minor
	case change.New == catalog.StatusActive:
		return Good
	}
	return Notice // legacy, withdrawn, or an unknown status
}

func routingSignificance(change FieldChange) Significance {
	if change.Said == Published {
		return Minor
	}
	return Notice
}

// add records a change unless neither side said anything.
func (f *fields) add(change FieldChange, saidBefore, saidAfter bool, weigh significance) {
	switch {
	case saidBefore && saidAfter:
		change.Said = BothSaid
	case saidAfter:
		change.Said = Published
	default:
		change.Said = Withdrawn
	}
	change.Significance = weigh(change)
	*f = append(*f, change)
}

func (f *fields) text(field Field, old, new string, weigh significance) {
	if old != new {
		f.add(FieldChange{Field: field, Old: old, New: new}, old != "", new != "", weigh)
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
	f.add(change, old != "", new != "", minor)
}

// set compares sorted lists. Nil means not sent; empty means that there are no
// values.
func (f *fields) set(field Field, old, new []string, weigh significance) {
	if slices.Equal(old, new) && (old == nil) == (new == nil) {
		return
	}
	f.add(FieldChange{Field: field, OldSet: old, NewSet: new}, old != nil, new != nil, weigh)
}

// date compares times. A date that is set or moved earlier has the significance
// sooner; one that is moved later or withdrawn has later.
func (f *fields) date(field Field, old, new time.Time, sooner, later Significance) {
	if old.Equal(new) {
		return
	}
	weight := later
	if old.IsZero() || !new.IsZero() && new.Before(old) {
		weight = sooner
	}
	f.add(FieldChange{Field: field, Old: timeText(old), New: timeText(new)}, !old.IsZero(), !new.IsZero(),
		func(FieldChange) Significance { return weight })
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
