package report

import (
	"fmt"
	"io"
	"testing"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// BenchmarkReport tells a day like any other over a catalogue of the size of
// the real one: 36 regions with 150 models and 100 profiles each.
func BenchmarkReport(b *testing.B) {
	base, head := large(1, false), large(2, true)
	result := diff.Compare(base, head)
	for _, format := range Formats() {
		b.Run(format.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := format.Write(Build(result, base, head, Options{}), io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func large(run int64, changed bool) *catalog.Snapshot {
	ref := catalog.RunRef{ID: run, At: on("2026-09-22").AddDate(0, 0, int(run))}
	s := &catalog.Snapshot{Run: catalog.Run{ID: run, StartedAt: ref.At, Status: catalog.RunComplete}}
	for r := range 36 {
		region := fmt.Sprintf("eu-west-%02d", r)
		var models, profiles []catalog.Item
		for i := range 150 {
			m := model(fmt.Sprintf("anthropic.model-%03d", i), fmt.Sprintf("Model %d", i), onDemand)
			if changed && i < 5 {
				m = legacy(m, "2026-09-22", "2026-12-01", "2027-03-01")
			}
			models = append(models, m)
		}
		for i := range 100 {
			profiles = append(profiles, profile("eu", fmt.Sprintf("anthropic.model-%03d", i), region))
		}
		if changed {
			launched := fmt.Sprintf("anthropic.model-%03d", 150)
			models = append(models, model(launched, "New", viaProfile))
			profiles = append(profiles, profile("eu", launched, region))
		}
		for _, list := range [][]catalog.Item{models, profiles} {
			s.Scopes = append(s.Scopes, catalog.ScopeState{
				Scope:   catalog.Scope{Region: region, Kind: list[0].Kind()},
				Outcome: catalog.Complete, Since: ref, Streak: 1, Confirmed: &ref, Items: list,
			})
		}
	}
	return s
}
