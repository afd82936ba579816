package site_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"snapshotter/site"
)

// BenchmarkDecade makes and writes the site of ten years of nightly runs over 35
// regions, on the history that SNAPSHOTTER_DECADE names:
//
//	SNAPSHOTTER_DECADE=/path/decade.db go test ./store -run TestWriteDecade
//	SNAPSHOTTER_DECADE=/path/decade.db go test ./site -run '^$' -bench Decade -benchtime 1x
func BenchmarkDecade(b *testing.B) {
	database := os.Getenv("SNAPSHOTTER_DECADE")
	if database == "" {
		b.Skip("SNAPSHOTTER_DECADE is not set: it names a history of ten years")
	}
	b.Run("prepare", func(b *testing.B) {
		for b.Loop() {
			prepare(b, database, site.Options{Reports: 30})
		}
	})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			s := prepare(b, database, site.Options{Reports: 30})
			if err := s.Write(b.Context(), filepath.Join(b.TempDir(), "public")); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(s.Names())), "files")
		}
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.Sys)/1e6, "MB")
	})
}
