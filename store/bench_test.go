package store

import (
	"context"
	"os"
	"testing"

	"snapshotter/catalog"
)

func BenchmarkDecade(b *testing.B) {
	ctx := context.Background()
	path, listings := decade()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	s, err := OpenReader(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	last, err := s.Latest(ctx, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("size", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB")
		h, _ := s.Snapshot(ctx, last.ID)
		n := 0
		for _, sc := range h.Scopes {
			n += len(sc.Items)
		}
		b.ReportMetric(float64(n), "items")
	})
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Snapshot(ctx, last.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("snapshot5y", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Snapshot(ctx, last.ID/2); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open+snapshot", func(b *testing.B) {
		for b.Loop() {
			s, err := OpenReader(ctx, path)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.Snapshot(ctx, last.ID); err != nil {
				b.Fatal(err)
			}
			s.Close()
		}
	})
	b.Run("between", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Between(ctx, last.ID-1, last.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("between5y", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Between(ctx, last.ID/2, last.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("history", func(b *testing.B) {
		key := listings[0].Items[3].Key()
		for b.Loop() {
			if _, err := s.History(ctx, catalog.KindFoundationModel, key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Known(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("record", func(b *testing.B) {
		p := b.TempDir() + "/x.db"
		data, _ := os.ReadFile(path)
		os.WriteFile(p, data, 0o644)
		w, err := Open(ctx, p)
		if err != nil {
			b.Fatal(err)
		}
		defer w.Close()
		for b.Loop() {
			if _, err := w.Record(ctx, last, listings); err != nil {
				b.Fatal(err)
			}
		}
	})
}
