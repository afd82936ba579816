package lake

import (
	"maps"
	"reflect"
	"slices"

	"snapshotter/catalog"
)

// compare returns which of now are new or differ from old, and which of old are gone, in
// no order. Both have a key once.
func compare[T any, K comparable](old, now []T, key func(T) K) (differ, gone []T) {
	before := map[K]T{}
	for _, row := range old {
		before[key(row)] = row
	}
	for _, row := range now {
		if was, had := before[key(row)]; !had || !reflect.DeepEqual(was, row) {
			differ = append(differ, row)
		}
		delete(before, key(row))
	}
	return differ, slices.Collect(maps.Values(before))
}

// addPaths adds the ways to call a model that are new or differ, and those that are gone.
func addPaths(found catalog.RunRef, old, now []AccessPath, rows, gone *Rows) {
	differ, lost := compare(old, now, AccessPath.key)
	for _, path := range differ {
		rows.AccessPaths = append(rows.AccessPaths, path.of(found))
	}
	for _, path := range lost {
		gone.AccessPaths = append(gone.AccessPaths, AccessPath{
			RunID: found.ID, RunAt: found.At, Region: path.Region, Model: path.Model, Access: path.Access, ModelID: path.ModelID,
		})
	}
}

// of is the path as a row of a run.
func (p AccessPath) of(run catalog.RunRef) AccessPath {
	p.RunID, p.RunAt = run.ID, run.At
	return p
}

// pathKey is what makes an access path the same one in two runs.
type pathKey struct{ region, model, access, modelID string }

func (p AccessPath) key() pathKey { return pathKey{p.Region, p.Model, p.Access, p.ModelID} }

// addItem adds what a change did to a model and its dates, or to a profile.
func addItem(found catalog.RunRef, c change, rows, gone *Rows) {
	switch c.kind {
	case catalog.KindFoundationModel:
		before, _ := c.before.(*catalog.FoundationModel)
		now, _ := c.Item.(*catalog.FoundationModel)
		if now != nil {
			rows.Models = append(rows.Models, modelRow(found, c.Region, found.ID, now))
		} else {
			gone.Models = append(gone.Models, Model{RunID: found.ID, RunAt: found.At, Region: c.Region, ID: c.key, SinceRunID: found.ID})
		}
		addDates(found, datesOf(found, c.Region, before), datesOf(found, c.Region, now), rows, gone)
	case catalog.KindInferenceProfile:
		if now, _ := c.Item.(*catalog.InferenceProfile); now != nil {
			rows.Profiles = append(rows.Profiles, profileRow(found, c.Region, found.ID, now))
		} else {
			gone.Profiles = append(gone.Profiles, Profile{RunID: found.ID, RunAt: found.At, Region: c.Region, ID: c.key, SinceRunID: found.ID})
		}
	default:
		if now, _ := c.Item.(*catalog.Resource); now != nil {
			rows.Resources = append(rows.Resources, resourceRow(found, c.Region, found.ID, now))
		} else {
			gone.Resources = append(gone.Resources, Resource{RunID: found.ID, RunAt: found.At, Region: c.Region, Kind: string(c.kind), ID: c.key, SinceRunID: found.ID})
		}
	}
}

func addDates(found catalog.RunRef, old, now []LifecycleDate, rows, gone *Rows) {
	differ, lost := compare(old, now, func(d LifecycleDate) string { return d.Event })
	rows.LifecycleDates = append(rows.LifecycleDates, differ...)
	for _, date := range lost {
		gone.LifecycleDates = append(gone.LifecycleDates, LifecycleDate{
			RunID: found.ID, RunAt: found.At, Region: date.Region, Model: date.Model, Event: date.Event,
		})
	}
}

func changeRow(c change) Change {
	row := Change{RunID: c.Run.ID, RunAt: c.Run.At, Region: c.Region, Kind: string(c.kind), ID: c.key, Change: c.word}
	if c.After != nil {
		row.AfterRunID = &c.After.ID
	}
	row.OldDocument, row.NewDocument = document(c.before), document(c.Item)
	return row
}

// document is an item as JSON, nil without one.
func document(item catalog.Item) *string {
	if item == nil {
		return nil
	}
	return new(string(catalog.Encode(item)))
}
