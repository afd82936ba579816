package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"snapshotter/ask"
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
			p, err := ask.ReadPast(ctx, db, kind, id)
			if err != nil {
				h.t.Fatal(err)
			}
			comparisons, err := p.Comparisons(ctx, db, 0)
			if err != nil {
				h.t.Fatal(err)
			}
			chapters, err := p.Chapters(ctx, db, comparisons, 0, func(string) bool { return true })
			if err != nil {
				h.t.Fatal(err)
			}
			checkBlind(h.t, p, chapters, h.blindNights(ctx, db, p))
			var got, want []string
			for _, c := range chapters {
				if c.After != nil {
					got = append(got, fmt.Sprint(c.Run.ID, c.After.ID, c.Significance, c.ID, c.What, c.Regions))
				}
			}
			for _, changes := range nights {
				for _, c := range p.ChaptersOf(changes, func(string) bool { return true }) {
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

// changesBy is what a run told against the one before, nothing for the first.
func changesBy(ctx context.Context, db *store.Store, run int64) ([]diff.Change, error) {
	before, err := db.Before(ctx, run)
	if _, ok := errors.AsType[*store.NoRunError](err); ok {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	base, head, err := db.Between(ctx, before.ID, run)
	if err != nil {
		return nil, err
	}
	return diff.Compare(base, head).Changes, nil
}

// look is a night and a list.
type look struct {
	run    int64
	region string
	kind   catalog.Kind
}

// blindNights are the looks at lists, since they first held any of it, that read
// nothing, taken from the snapshot of every night.
func (h *history) blindNights(ctx context.Context, db *store.Store, p *ask.Past) map[look]bool {
	blind, held := map[look]bool{}, map[catalog.Scope]bool{}
	for _, snapshot := range h.snapshots(ctx, db) {
		for _, scope := range snapshot.Scopes {
			for _, item := range scope.Items {
				if p.Covers(scope.Kind, item.Key()) {
					held[scope.Scope] = true
				}
			}
			if held[scope.Scope] && scope.Outcome != catalog.Complete {
				blind[look{snapshot.Run.ID, scope.Region, scope.Kind}] = true
			}
		}
	}
	return blind
}

// checkBlind wants every look that failed told, and no other.
func checkBlind(t *testing.T, p *ask.Past, chapters []ask.Chapter, want map[look]bool) {
	t.Helper()
	told := 0
	for _, c := range chapters {
		if c.NotRead == nil {
			continue
		}
		told += c.NotRead.Runs * len(c.Regions)
		for l := range want {
			if l.kind == c.Resource && c.Run.ID <= l.run && l.run <= c.NotRead.To.ID && slices.Contains(c.Regions, l.region) {
				delete(want, l)
				told--
			}
		}
	}
	if told != 0 || len(want) > 0 {
		t.Errorf("history of %s: %d looks too many are told blind, and %v are not", p.ID, told, want)
	}
}

// snapshots are those of every night.
func (h *history) snapshots(ctx context.Context, db *store.Store) []*catalog.Snapshot {
	runs, err := db.LastRecorded(ctx, math.MaxInt32)
	if err != nil {
		h.t.Fatal(err)
	}
	var all []*catalog.Snapshot
	for _, run := range runs {
		snapshot, err := db.Snapshot(ctx, run.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, snapshot)
	}
	return all
}

// toldByNight are the changes of every night, and the ids of all that was listed.
func (h *history) toldByNight(ctx context.Context, db *store.Store) ([][]diff.Change, map[catalog.Kind]map[string]bool) {
	runs, err := db.LastRecorded(ctx, math.MaxInt32)
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
	t.Parallel()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := ask.ReadPast(context.Background(), db, catalog.KindFoundationModel, "nothing")
	if err != nil || !p.Empty() {
		t.Errorf("got %v, %v; want nothing", p, err)
	}
}

// BenchmarkPast tells pasts and dates of ten years of nightly runs, on the
// database that BenchmarkWhere tells how to make.
func BenchmarkPast(b *testing.B) {
	path := os.Getenv("SNAPSHOTTER_DECADE")
	if path == "" {
		b.Skip("SNAPSHOTTER_DECADE is not set")
	}
	db, err := store.OpenReader(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	questions := [][]string{{"lifecycle"}, {"lifecycle", "--format", "json", "--as-of", "1825"}}
	for _, kind := range catalog.Kinds() {
		questions = append(questions, []string{"history", longest(b, db, kind)})
	}
	for _, args := range questions {
		b.Run(strings.Join(args, " "), func(b *testing.B) {
			for b.Loop() {
				command(b, append(args, "--db", path)...)
			}
		})
	}
}

// longest is the id with the most events.
func longest(b *testing.B, db *store.Store, kind catalog.Kind) string {
	keys, err := db.Keys(context.Background(), kind)
	if err != nil {
		b.Fatal(err)
	}
	id, most := "", 0
	for _, key := range keys {
		events, err := db.History(context.Background(), kind, key)
		if err != nil {
			b.Fatal(err)
		}
		if len(events) > most {
			id, most = key, len(events)
		}
	}
	b.Logf("%s: %d events", id, most)
	return id
}
