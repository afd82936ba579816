package lake

import (
	"reflect"

	"snapshotter/catalog"
)

// addPaths adds the ways to call a model that are new or differ, and those that are
// gone.
func addPaths(found catalog.RunRef, old, now []AccessPath, rows, gone *Rows) {
	before := map[pathKey]AccessPath{}
	for _, path := range old {
		before[path.key()] = path
	}
	for _, path := range now {
		was, had := before[path.key()]
		delete(before, path.key())
		was.RunID, was.RunAt = path.RunID, path.RunAt
		if !had || !reflect.DeepEqual(was, path) {
			rows.AccessPaths = append(rows.AccessPaths, path)
		}
	}
	for key := range before {
		gone.AccessPaths = append(gone.AccessPaths, AccessPath{
			RunID: found.ID, RunAt: found.At, Region: key.region, Model: key.model, Access: key.access, ModelID: key.modelID,
		})
	}
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
	before := map[string]LifecycleDate{}
	for _, date := range old {
		before[date.Event] = date
	}
	for _, date := range now {
		was, had := before[date.Event]
		delete(before, date.Event)
		if !had || !reflect.DeepEqual(was, date) {
			rows.LifecycleDates = append(rows.LifecycleDates, date)
		}
	}
	for _, date := range before {
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
