package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"snapshotter/catalog"
)

// BenchmarkDecade measures what a command does with ten years of history. The
// history is built first, which takes several seconds.
//
//	go test -run '^$' -bench Decade ./store
func BenchmarkDecade(b *testing.B) {
	ctx := context.Background()
	path, listings := decade()
	s, err := OpenReader(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	last, err := s.Latest(ctx, 0)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Verify(ctx, last.ID); err != nil {
		b.Fatal(err)
	}
	model := listings[0].Items[0].Key()

	for _, bench := range []struct {
		name string
		read func() error
	}{
		{"Snapshot/last", func() error { _, err := s.Snapshot(ctx, last.ID); return err }},
		{"Snapshot/5years", func() error { _, err := s.Snapshot(ctx, last.ID/2); return err }},
		{"Between/last2", func() error { _, _, err := s.Between(ctx, last.ID-1, last.ID); return err }},
		{"Between/30days", func() error { _, _, err := s.Between(ctx, last.ID-30, last.ID); return err }},
		{"Between/5years", func() error { _, _, err := s.Between(ctx, last.ID/2, last.ID); return err }},
		{"History", func() error { _, err := s.History(ctx, catalog.KindFoundationModel, model); return err }},
		{"Known", func() error { _, err := s.Known(ctx); return err }},
		{"Runs", func() error { _, err := s.Runs(ctx); return err }},
		{"Tallies", func() error { _, err := s.RunStatistics(ctx, 0); return err }},
		{"Verify", func() error { return s.Verify(ctx, last.ID) }},
		{"Cold/Snapshot", func() error {
			return opened(ctx, path, func(s *Store) error { _, err := s.Snapshot(ctx, last.ID); return err })
		}},
		{"Cold/Between", func() error {
			return opened(ctx, path, func(s *Store) error { _, _, err := s.Between(ctx, last.ID-1, last.ID); return err })
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				if err := bench.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Record", func(b *testing.B) { benchmarkRecord(b, path, last, listings) })
	b.Run("Size", func(b *testing.B) { reportSize(b, path, s, last) })
}

// opened reads with a store of its own, as a command does.
func opened(ctx context.Context, path string, read func(*Store) error) error {
	s, err := OpenReader(ctx, path)
	if err != nil {
		return err
	}
	defer s.Close()
	return read(s)
}

// benchmarkRecord records, on a copy, a night on which 22 items changed from
// what they were the night before.
func benchmarkRecord(b *testing.B, path string, run catalog.Run, even []catalog.Listing) {
	ctx := context.Background()
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	path = filepath.Join(b.TempDir(), "copy.db")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		b.Fatal(err)
	}
	s, err := Open(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	nights := [][]catalog.Listing{withChanges(even), even}
	for n := 0; b.Loop(); n++ {
		if _, err := s.Record(ctx, run, nights[n%2]); err != nil {
			b.Fatal(err)
		}
	}
}

// withChanges are listings in which the first model of each of 22 regions has
// another name.
func withChanges(listings []catalog.Listing) []catalog.Listing {
	changed := append([]catalog.Listing(nil), listings...)
	for n, i := 0, 0; n < nightChanges; i++ {
		if changed[i].Kind != catalog.KindFoundationModel {
			continue
		}
		n++
		model := *changed[i].Items[0].(*catalog.FoundationModel)
		model.Name += " (renamed)"
		changed[i].Items = append([]catalog.Item{&model}, changed[i].Items[1:]...)
	}
	return changed
}

func reportSize(b *testing.B, path string, s *Store, last catalog.Run) {
	for b.Loop() {
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	snapshot, err := s.Snapshot(context.Background(), last.ID)
	if err != nil {
		b.Fatal(err)
	}
	items := 0
	for _, scope := range snapshot.Scopes {
		items += len(scope.Items)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(info.Size())/1e6, "MB")
	b.ReportMetric(float64(items), "items")
	b.ReportMetric(float64(last.ID), "runs")
}
