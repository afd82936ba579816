package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
)

// listed is a model with these inference types.
func listed(id string, types ...string) *catalog.FoundationModel {
	return &catalog.FoundationModel{ID: id, InferenceTypes: types}
}

// routing is a profile; destinations are "region/model".
func routing(id, status string, destinations ...string) *catalog.InferenceProfile {
	p := &catalog.InferenceProfile{ID: id, Status: status, Destinations: []catalog.Destination{}}
	for _, d := range destinations {
		region, model, _ := strings.Cut(d, "/")
		p.Destinations = append(p.Destinations, catalog.Destination{Region: region, Model: model})
	}
	return p
}

func TestPaths(t *testing.T) {
	onDemand := catalog.Path{Access: catalog.OnDemand, ModelID: "m"}
	provisioned := catalog.Path{Access: catalog.Provisioned, ModelID: "m"}
	via := func(id, geography string, destinations ...string) catalog.Path {
		return catalog.Path{Access: catalog.ViaProfile, ModelID: id, Geography: geography, Destinations: destinations}
	}
	for _, c := range []struct {
		name     string
		items    []catalog.Item
		want     []catalog.Path
		callable bool
	}{
		{"nothing is listed", nil, nil, false},
		{"another model", []catalog.Item{listed("n", "ON_DEMAND")}, nil, false},
		{"on demand", []catalog.Item{listed("m", "ON_DEMAND")}, []catalog.Path{onDemand}, true},
		{"listed, but nothing can call it", []catalog.Item{listed("m", "INFERENCE_PROFILE")}, nil, false},
		{"inference types not said", []catalog.Item{&catalog.FoundationModel{ID: "m"}}, nil, false},
		{"an inference type of tomorrow", []catalog.Item{listed("m", "ON_DEMAND_FLEX")}, nil, false},
		{"provisioned only", []catalog.Item{listed("m", "PROVISIONED")}, []catalog.Path{provisioned}, false},
		{
			"by profile only",
			[]catalog.Item{listed("m", "INFERENCE_PROFILE"), routing("us.m", "ACTIVE", "us-east-1/m", "us-west-2/m")},
			[]catalog.Path{via("us.m", "us", "us-east-1", "us-west-2")},
			true,
		},
		{
			"any geography, and global",
			[]catalog.Item{
				routing("us-gov.m", "ACTIVE", "us-gov-west-1/m"), routing("zz.m", "ACTIVE", "zz-north-1/m"),
				routing("global.m", "ACTIVE", "/m"), routing("bare", "ACTIVE", "us-east-1/m"),
			},
			[]catalog.Path{
				via("bare", "", "us-east-1"), via("global.m", "global", ""),
				via("us-gov.m", "us-gov", "us-gov-west-1"), via("zz.m", "zz", "zz-north-1"),
			},
			true,
		},
		{
			"a model that the region does not list",
			[]catalog.Item{routing("eu.m", "ACTIVE", "eu-west-1/m")},
			[]catalog.Path{via("eu.m", "eu", "eu-west-1")},
			true,
		},
		{"a profile that is not active", []catalog.Item{listed("m"), routing("us.m", "DEPRECATED", "us-east-1/m")}, nil, false},
		{"a profile whose status was not sent", []catalog.Item{routing("us.m", "", "us-east-1/m")}, nil, false},
		{"a profile that routes nowhere", []catalog.Item{listed("m"), routing("us.m", "ACTIVE")}, nil, false},
		{
			"a profile of several models",
			[]catalog.Item{routing("us.both", "ACTIVE", "us-east-1/m", "us-east-1/n", "us-west-2/n")},
			[]catalog.Path{via("us.both", "us", "us-east-1")},
			true,
		},
		{
			"every way, in a fixed order",
			[]catalog.Item{
				routing("us.m", "ACTIVE", "us-east-1/m"), listed("m", "INFERENCE_PROFILE", "ON_DEMAND", "PROVISIONED"),
				routing("eu.m", "ACTIVE", "eu-west-1/m"),
			},
			[]catalog.Path{onDemand, via("eu.m", "eu", "eu-west-1"), via("us.m", "us", "us-east-1"), provisioned},
			true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := catalog.NewRegion(c.items).Paths("m")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Paths (-want +got):\n%s", diff)
			}
			if catalog.Callable(got) != c.callable {
				t.Errorf("Callable(%v) = %v", got, !c.callable)
			}
		})
	}
}

func TestRegionModelIDs(t *testing.T) {
	region := catalog.NewRegion(
		[]catalog.Item{listed("b"), listed("a")},
		[]catalog.Item{routing("us.c", "ACTIVE", "us-east-1/c", "us-west-2/c", "us-east-1/a"), routing("us.d", "OLD", "us-east-1/d")},
	)
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, region.ModelIDs()); diff != "" {
		t.Errorf("ModelIDs (-want +got):\n%s", diff)
	}
	if got := catalog.NewRegion().ModelIDs(); len(got) != 0 {
		t.Errorf("ModelIDs of an empty region = %v", got)
	}
}

func TestRegionProfilesFor(t *testing.T) {
	us, old := routing("us.m", "ACTIVE", "us-east-1/m"), routing("old.m", "OLD", "us-east-1/m")
	region := catalog.NewRegion([]catalog.Item{us, old, routing("us.n", "ACTIVE", "us-east-1/n")})
	if diff := cmp.Diff([]*catalog.InferenceProfile{us, old}, region.ProfilesFor("m")); diff != "" {
		t.Errorf("ProfilesFor (-want +got):\n%s", diff)
	}
	if got := region.ProfilesFor("o"); got != nil {
		t.Errorf("ProfilesFor an unknown model = %v", got)
	}
}

func TestInferenceProfile(t *testing.T) {
	p := routing("us.maker.m", "ACTIVE", "us-east-1/m", "us-east-2/m", "us-east-1/n")
	if got := p.Geography(); got != "us" {
		t.Errorf("Geography = %q", got)
	}
	if got := fmt.Sprint(p.Models(), p.Regions("m"), p.Regions("n"), p.Regions("o")); got != "[m n] [us-east-1 us-east-2] [us-east-1] []" {
		t.Errorf("Models and Regions = %s", got)
	}
	if p.Key() != "us.maker.m" || p.Kind() != profiles {
		t.Errorf("Key, Kind = %q, %q", p.Key(), p.Kind())
	}
}

func TestWithin(t *testing.T) {
	onDemand := catalog.Path{Access: catalog.OnDemand, ModelID: "m"}
	via := func(destinations ...string) catalog.Path {
		return catalog.Path{Access: catalog.ViaProfile, ModelID: "p", Destinations: destinations}
	}
	for _, c := range []struct {
		name   string
		path   catalog.Path
		from   string
		places []string
		want   bool
	}{
		{"no places", via(""), "eu-west-1", nil, true},
		{"on demand runs where it is called", onDemand, "eu-west-1", []string{"eu"}, true},
		{"on demand elsewhere", onDemand, "us-east-1", []string{"eu"}, false},
		{"provisioned runs where it is called", catalog.Path{Access: catalog.Provisioned}, "eu-west-1", []string{"eu-west-1"}, true},
		{"all inside", via("eu-central-1", "eu-west-1"), "eu-west-1", []string{"eu"}, true},
		{"where a profile is called from does not matter", via("eu-central-1"), "us-east-1", []string{"eu"}, true},
		{"one outside", via("eu-central-1", "us-east-1"), "eu-west-1", []string{"eu"}, false},
		{"inside the sum of the places", via("eu-central-1", "us-east-1"), "eu-west-1", []string{"us-east-1", "eu"}, true},
		{"a glob", via("eu-central-1", "eu-west-1"), "eu-west-1", []string{"eu-*"}, true},
		{"a glob that is too narrow", via("eu-central-1", "eu-west-1"), "eu-west-1", []string{"eu-w*"}, false},
		{"any commercial region", via(""), "eu-west-1", []string{"eu"}, false},
		{"any commercial region is in no glob", via(""), "eu-west-1", []string{"*"}, false},
		{"any commercial region among others", via("", "eu-west-1"), "eu-west-1", []string{"eu"}, false},
		{"the empty place", via(""), "eu-west-1", []string{""}, false},
		{"us is not us-gov", onDemand, "us-gov-west-1", []string{"us"}, false},
		{"us-gov", onDemand, "us-gov-west-1", []string{"us-gov"}, true},
		{"part of a geography", onDemand, "eusc-de-east-1", []string{"eu"}, false},
		{"a malformed glob", onDemand, "eu-west-1", []string{"[eu"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.path.Within(c.from, c.places); got != c.want {
				t.Errorf("%+v from %s within %q = %t, want %t", c.path, c.from, c.places, got, c.want)
			}
		})
	}
}
