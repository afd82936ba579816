package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"snapshotter/store"
)

func claim(s *store.Store, channel string, run int64) (bool, error) {
	claimed, err := s.KeepDecision(context.Background(), "{}", run, []string{channel}, day)
	return claimed[channel], err
}

func TestClaimIsTakenOnce(t *testing.T) {
	path := recorded(t)
	s := open(t, path)
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			claimed, err := claim(s, "c1", 1)
			if err != nil {
				t.Error(err)
			}
			if claimed {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != 1 {
		t.Errorf("%d of 8 took the claim, want 1", taken.Load())
	}
	if claimed, err := claim(s, "c2", 1); err != nil || !claimed {
		t.Errorf("another channel: %v, %v; want a claim of its own", claimed, err)
	}
	close(t, s)
	again := open(t, path)
	if claimed, err := claim(again, "c1", 1); err != nil || claimed {
		t.Errorf("opened again: %v, %v; want that it is taken", claimed, err)
	}
	if _, err := claim(again, "c1", 99); err == nil {
		t.Error("a run that is not recorded was claimed")
	}
}

// What a killed process claimed stays taken.
func TestClaimOutlivesItsHolder(t *testing.T) {
	path := recorded(t)
	claimer := child(t, "TestClaimUntilKilled", path)
	await(t, start(t, claimer), "claimed true")
	claimer.Process.Kill()
	claimer.Wait()
	if claimed, err := claim(open(t, path), "c1", 1); err != nil || claimed {
		t.Errorf("after the kill: %v, %v; want that it is taken", claimed, err)
	}
	checkIntegrity(t, path)
}

func TestClaimUntilKilled(t *testing.T) {
	path := childPath(t)
	claimed, err := claim(open(t, path), "c1", 1)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("claimed", claimed)
	select {} // until it is killed
}

func TestDelivered(t *testing.T) {
	ctx := context.Background()
	path := recorded(t)
	s := open(t, path)
	want := store.Delivery{Outcome: "undelivered", Tries: 4, Reason: "answered 503"}
	if err := s.Delivered(ctx, "c1", 1, want); err == nil {
		t.Error("a delivery without a claim was recorded")
	}
	if _, err := claim(s, "c1", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Delivered(ctx, "c1", 1, want); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got store.Delivery
	var at string
	if err := db.QueryRow(`SELECT claimed_at, outcome, tries, reason FROM deliveries`).Scan(&at, &got.Outcome, &got.Tries, &got.Reason); err != nil {
		t.Fatal(err)
	}
	if got != want || at != "2026-09-22T21:03:00.000Z" {
		t.Errorf("kept %+v, claimed at %s; want %+v", got, at, want)
	}
	if err := s.Verify(ctx, 1); err != nil {
		t.Error(err)
	}
}

func TestDecisionIsKeptWhole(t *testing.T) {
	ctx := context.Background()
	s := open(t, recorded(t))
	if _, err := s.KeepDecision(ctx, `{"run":1}`, 1, []string{"c1"}, day); err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeepDecision(ctx, `{"run":99}`, 99, []string{"c1"}, day); err == nil {
		t.Error("a run that is not recorded was claimed")
	}
	if state, err := s.NotifyState(ctx); err != nil || state != `{"run":1}` {
		t.Errorf("the state is %q, %v; want that of before", state, err)
	}
	claimed, err := s.KeepDecision(ctx, `{"run":1}`, 1, []string{"c1", "c2"}, day)
	if err != nil || claimed["c1"] || !claimed["c2"] {
		t.Errorf("claimed %v, %v; want c2 alone", claimed, err)
	}
}

func TestNotifyState(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	if state, err := s.NotifyState(ctx); err != nil || state != "" {
		t.Errorf("of a new database: %q, %v; want none", state, err)
	}
	for _, want := range []string{`{"run":1}`, `{"run":2}`} {
		if _, err := s.KeepDecision(ctx, want, 0, nil, day); err != nil {
			t.Fatal(err)
		}
		if state, err := s.NotifyState(ctx); err != nil || state != want {
			t.Errorf("got %q, %v; want %q", state, err, want)
		}
	}
	if _, err := s.KeepDecision(ctx, "no JSON", 0, nil, day); err == nil {
		t.Error("what is no JSON was kept")
	}
	close(t, s)
	if state, err := openReader(t, path).NotifyState(ctx); err != nil || state != `{"run":2}` {
		t.Errorf("opened again: %q, %v", state, err)
	}
}
