package store_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/diff"
)

// A field that is not sent is not said: a change is told once, against what was
// last said, and nothing is lost or gained while nobody says so.
func TestWhatIsNotSaidIsComparedAsItWasLastSaid(t *testing.T) {
	ends := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	callable := func() *catalog.FoundationModel {
		return &catalog.FoundationModel{
			ID: "m", Name: "M", InferenceTypes: []string{"ON_DEMAND"},
			Lifecycle: catalog.Lifecycle{Status: "LEGACY", EndOfLife: ends},
		}
	}
	unsaid := &catalog.FoundationModel{ID: "m", Name: "M"}
	other := &catalog.FoundationModel{ID: "other", Name: "Other"}
	bought, later := callable(), callable()
	bought.InferenceTypes = []string{"PROVISIONED"}
	later.Lifecycle.EndOfLife = ends.AddDate(0, 1, 0)

	active := &catalog.InferenceProfile{ID: "us.m", Status: "ACTIVE", Destinations: []catalog.Destination{{Region: "us-east-1", Model: "m"}}}
	elsewhere := &catalog.InferenceProfile{ID: "us.other", Name: "Other", Status: "ACTIVE", Destinations: []catalog.Destination{{Region: "us-east-1", Model: "other"}}}
	silent := &catalog.InferenceProfile{ID: "us.m"}
	moved := &catalog.InferenceProfile{ID: "us.m", Status: "ACTIVE", Destinations: []catalog.Destination{{Region: "us-west-2", Model: "m"}}}

	for _, test := range []struct {
		name     string
		models   []*catalog.FoundationModel
		profiles []*catalog.InferenceProfile
		want     []string // of each run against the one before
	}{
		{"sent again as it was", []*catalog.FoundationModel{callable(), unsaid, callable()}, nil, []string{
			"none changed inference_types withdrawn, lifecycle.end_of_life withdrawn, lifecycle.status withdrawn", "",
		}},
		{"sent again otherwise", []*catalog.FoundationModel{callable(), unsaid, unsaid, bought}, nil, []string{
			"none changed inference_types withdrawn, lifecycle.end_of_life withdrawn, lifecycle.status withdrawn", "",
			"none changed inference_types changed; none path-gained; uncallable no-longer-callable; uncallable path-lost",
		}},
		{"it goes while nothing is said", []*catalog.FoundationModel{callable(), unsaid, nil, callable()}, nil, []string{
			"none changed inference_types withdrawn, lifecycle.end_of_life withdrawn, lifecycle.status withdrawn",
			"uncallable no-longer-callable; uncallable path-lost; uncallable removed",
			"back reappeared; callable became-callable; callable path-gained",
		}},
		{"a date that moved meanwhile", []*catalog.FoundationModel{callable(), unsaid, later}, nil, []string{
			"none changed inference_types withdrawn, lifecycle.end_of_life withdrawn, lifecycle.status withdrawn",
			"more-time changed lifecycle.end_of_life changed",
		}},
		{"a profile", nil, []*catalog.InferenceProfile{active, silent, active, silent, moved}, []string{
			"none changed destinations withdrawn, status withdrawn", "",
			"none changed destinations withdrawn, status withdrawn",
			"runs-elsewhere changed destinations changed",
		}},
		{"the profile goes while the model's types, as they were last said, give no other way",
			[]*catalog.FoundationModel{bought, unsaid, unsaid}, []*catalog.InferenceProfile{active, active, nil}, []string{
				"none changed inference_types withdrawn, lifecycle.end_of_life withdrawn, lifecycle.status withdrawn",
				"uncallable no-longer-callable; uncallable path-lost; uncallable removed",
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, filepath.Join(t.TempDir(), "history.db"))
			for n := range max(len(test.models), len(test.profiles)) {
				listings := []catalog.Listing{listed(models), listed(profiles, elsewhere)}
				if test.models != nil && test.models[n] == nil {
					listings[0] = listed(models, other)
				} else if test.models != nil {
					listings[0] = listed(models, test.models[n], other)
				}
				if test.profiles != nil && test.profiles[n] != nil {
					listings[1] = listed(profiles, test.profiles[n], elsewhere)
				}
				head := record(t, s, run(n), listings...).ID
				if n == 0 {
					continue
				}
				b, h, err := s.Between(t.Context(), head-1, head)
				if err != nil {
					t.Fatal(err)
				}
				if got := told(diff.Compare(b, h)); got != test.want[n-1] {
					t.Errorf("run %d:\n got %s\nwant %s", head, got, test.want[n-1])
				}
			}
		})
	}
}

// told is what a comparison tells, in a line.
func told(r *diff.Result) string {
	var all []string
	for _, c := range r.Changes {
		text := string(c.Effect) + " " + string(c.Kind)
		for i, f := range c.Fields {
			if i > 0 {
				text += ","
			}
			text += " " + string(f.Field) + " " + string(f.Said)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}
