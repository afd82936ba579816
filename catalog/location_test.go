package catalog_test

import (
	"slices"
	"testing"

	"snapshotter/catalog"
)

func TestBoundaries(t *testing.T) {
	for _, b := range catalog.Boundaries() {
		if len(b.Regions) == 0 || b.Source == "" || b.Title == "" || !slices.IsSorted(b.Regions) {
			t.Errorf("%+v is not complete or not sorted", b)
		}
		for _, region := range b.Regions {
			if !catalog.InPlace(region, b.Name) {
				t.Errorf("%s is not in %s", region, b.Name)
			}
		}
	}
	if !slices.IsSortedFunc(catalog.Boundaries(), func(a, b catalog.Boundary) int {
		return slices.Compare([]string{a.Name}, []string{b.Name})
	}) {
		t.Error("boundaries are not sorted by name")
	}
	for _, test := range []struct {
		region, place string
		want          bool
	}{
		{"eu-west-1", "EU", true}, {"eu-west-2", "EU", false}, {"eu-central-2", "EU", false}, {"eu-west-2", "eu", true},
		{"eusc-de-east-1", "EU", true}, {"eu-north-1", "EEA", true}, {"eu-west-2", "UK", true}, {"eu-west-2", "GB", true},
		{"eu-central-2", "CH", true}, {"ap-northeast-3", "JP", true}, {"ap-southeast-4", "AU", true}, {"us-west-2", "US", true},
		{"ca-west-1", "US", false}, {"eu-west-9", "EU", false}, {"", "EU", false}, {"xx-west-1", "", false},
	} {
		if got := catalog.InPlace(test.region, test.place); got != test.want {
			t.Errorf("InPlace(%q, %q) = %v", test.region, test.place, got)
		}
	}
	if _, ok := catalog.BoundaryNamed("eu"); ok {
		t.Error("the prefix eu is taken for a boundary")
	}
}

func TestRegionsIn(t *testing.T) {
	for city, want := range map[string][]string{
		"tokyo": {"ap-northeast-1"}, "Frankfurt": {"eu-central-1"}, "virginia": {"us-east-1"}, "sao paulo": {"sa-east-1"}, "São Paulo": {"sa-east-1"},
		"cape town": {"af-south-1"}, "atlantis": nil, "": nil,
	} {
		if got := catalog.RegionsIn(city); !slices.Equal(got, want) {
			t.Errorf("RegionsIn(%q) = %q, want %q", city, got, want)
		}
	}
}
