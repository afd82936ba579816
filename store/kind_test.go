package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/store"
)

// gadget is an item of a kind that neither the store nor the catalogue knows.
type gadget struct {
	ID    string `json:"id"`
	Color string `json:"color"`
}

const kindGadget catalog.Kind = "gadget"

func (g *gadget) Kind() catalog.Kind { return kindGadget }
func (g *gadget) Key() string        { return g.ID }

// The store keeps items of any kind, beside those that it must look into.
func TestUnknownKind(t *testing.T) {
	ctx := t.Context()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	record := func(day int, items ...catalog.Item) catalog.Run {
		at := time.Date(2026, 9, day, 2, 0, 0, 0, time.UTC)
		var listings []catalog.Listing
		for _, kind := range append(catalog.Kinds(), kindGadget) {
			l := catalog.Listing{Scope: catalog.Scope{Region: "eu-west-1", Kind: kind}, Outcome: catalog.Complete}
			for _, item := range items {
				if item.Kind() == kind {
					l.Items = append(l.Items, item)
				}
			}
			listings = append(listings, l)
		}
		run, err := db.Record(ctx, catalog.Run{StartedAt: at, FinishedAt: at, Trigger: catalog.Manual, Partition: "aws"}, listings)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	model := &catalog.FoundationModel{ID: "a.model", InferenceTypes: []string{catalog.InferenceOnDemand}}
	first := record(1, model, &gadget{"one", "red"}, &gadget{"two", "red"})
	second := record(2, model, &gadget{"one", "blue"})

	for name, read := range map[string]func() (*catalog.Snapshot, error){
		"Snapshot": func() (*catalog.Snapshot, error) { return db.Snapshot(ctx, first.ID) },
		"Listed":   func() (*catalog.Snapshot, error) { return db.Listed(ctx, first.ID) },
		"Between": func() (*catalog.Snapshot, error) {
			base, _, err := db.Between(ctx, first.ID, second.ID)
			return base, err
		},
	} {
		snapshot, err := read()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		state := snapshot.Scope(catalog.Scope{Region: "eu-west-1", Kind: kindGadget})
		if len(state.Items) != 2 || state.Items[0].Key() != "one" || string(catalog.Encode(state.Items[0])) != `{"id":"one","color":"red"}` {
			t.Errorf("%s holds %v", name, state.Items)
		}
		if joint := snapshot.Joint("eu-west-1"); joint == nil || joint.Run.ID != first.ID {
			t.Errorf("%s: the joint reading of the region is %v", name, joint)
		}
	}
	events, err := db.History(ctx, kindGadget, "two")
	if err != nil || len(events) != 2 || events[0].Item.Key() != "two" || events[1].Item != nil {
		t.Errorf("the history of gadget two is %v, %v", events, err)
	}
	if keys, err := db.Keys(ctx, kindGadget); err != nil || len(keys) != 2 {
		t.Errorf("keys %q, %v", keys, err)
	}
	for _, run := range []catalog.Run{first, second} {
		if err := db.Verify(ctx, run.ID); err != nil {
			t.Error(err)
		}
	}
}
