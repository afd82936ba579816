package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/store"
)

// checkPasts holds what the history of every item tells to what the nights told
// of it, each compared with the one before.
func (h *history) checkPasts() {
	ctx := context.Background()
	db, err := store.OpenReader(ctx, filepath.Join(h.dir, "snapshotter.db"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	nights, ids := h.toldByNight(ctx, db)
	for _, kind := range catalog.Kinds() {
		for _, id := range slices.Sorted(maps.Keys(ids[kind])) {
			p, err := readPast(ctx, db, kind, id)
			if err != nil {
				h.t.Fatal(err)
			}
			chapters, err := p.chapters(ctx, db, func(string) bool { return true })
			if err != nil {
				h.t.Fatal(err)
			}
			var got, want []string
			for _, c := range chapters {
				if c.After != nil {
					got = append(got, fmt.Sprint(c.Run.ID, c.After.ID, c.Significance, c.ID, c.What, c.Regions))
				}
			}
			for _, changes := range nights {
				for _, c := range p.changed(changes, func(string) bool { return true }) {
					want = append(want, fmt.Sprint(c.Run.ID, c.After.ID, c.Significance, c.ID, c.What, c.Regions))
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				h.t.Errorf("history of %s:\n%q\nthe nights told\n%q", id, got, want)
			}
		}
	}
}

// toldByNight are the changes of every night, and the ids of all that was listed.
func (h *history) toldByNight(ctx context.Context, db *store.Store) ([][]diff.Change, map[catalog.Kind]map[string]bool) {
	runs, err := recordedRuns(ctx, db)
	if err != nil {
		h.t.Fatal(err)
	}
	var nights [][]diff.Change
	ids := map[catalog.Kind]map[string]bool{catalog.KindFoundationModel: {}, catalog.KindInferenceProfile: {}}
	for _, run := range runs {
		changes, err := changesBy(ctx, db, run.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		nights = append(nights, changes)
		snapshot, err := db.Snapshot(ctx, run.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, scope := range snapshot.Scopes {
			for _, item := range scope.Items {
				ids[scope.Kind][item.Key()] = true
			}
		}
	}
	return nights, ids
}

// A history that holds nothing of an id is no history.
func TestPastOfNothing(t *testing.T) {
	db := nights(t, night(23))
	p, err := readPast(context.Background(), db, catalog.KindFoundationModel, "nothing")
	if err != nil || len(p.events) > 0 {
		t.Errorf("got %v, %v; want nothing", p.events, err)
	}
}
