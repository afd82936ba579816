package catalog_test

import (
	"testing"
	"time"

	"snapshotter/catalog"
)

// Every outcome and kind has words of its own, without hyphens.
func TestWords(t *testing.T) {
	seen := map[string]bool{}
	for _, outcome := range catalog.Outcomes() {
		words := outcome.Words()
		if words == "" || seen[words] {
			t.Errorf("%s reads %q", outcome, words)
		}
		seen[words] = true
	}
	for _, test := range []struct{ got, want string }{
		{catalog.NotEnabled.Words(), "not enabled"},
		{catalog.ServiceError.Words(), "service error"},
		{catalog.KindFoundationModel.Count(1), "1 model"},
		{catalog.KindInferenceProfile.Count(0), "0 profiles"},
		{catalog.Kind("custom-model").Words(), "custom model"},
		{catalog.RegionWords(""), "any commercial region"},
		{catalog.RegionWords("eu-west-1"), "eu-west-1"},
		{catalog.RegionCodes([]string{"", "us-east-1"}), "any us-east-1"},
		{catalog.RegionCodes(nil), ""},
		{catalog.YesNo(true) + catalog.YesNo(false), "yesno"},
		{catalog.Moment(time.Date(2026, 4, 29, 3, 0, 0, 0, time.FixedZone("", 3600))), "2026-04-29 02:00 UTC"},
		{catalog.Day(time.Date(2026, 4, 29, 0, 30, 0, 0, time.FixedZone("", 3600))), "2026-04-28"},
		{catalog.FileTime(time.Date(2026, 4, 29, 2, 0, 0, 0, time.UTC)), "2026-04-29T02-00-00Z"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
