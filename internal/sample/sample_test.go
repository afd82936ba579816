package sample

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
)

// place is an id in a region: what a listing's item is known by.
type place struct{ region, id string }

// readable are the regions that a run at the moment can read, sorted.
func (m Moment) readable() []string {
	var regions []string
	for code, region := range m.Catalogue {
		if region.OptIn != optedOut && !slices.Contains(m.Failing, code) {
			regions = append(regions, code)
		}
	}
	return slices.Sorted(slices.Values(regions))
}

func (m Moment) models() map[place]bedrocktest.Model {
	models := map[place]bedrocktest.Model{}
	for code, region := range m.Catalogue {
		for _, model := range region.Models {
			models[place{code, model.ID}] = model
		}
	}
	return models
}

func (m Moment) profiles() map[place]bedrocktest.Profile {
	profiles := map[place]bedrocktest.Profile{}
	for code, region := range m.Catalogue {
		for _, profile := range region.Profiles {
			profiles[place{code, profile.ID}] = profile
		}
	}
	return profiles
}

// regionsOf are the regions that hold id, sorted.
func regionsOf[T any](items map[place]T, id string) []string {
	var regions []string
	for at := range items {
		if at.id == id {
			regions = append(regions, at.region)
		}
	}
	return slices.Sorted(slices.Values(regions))
}

func TestMomentsAreNightsInOrder(t *testing.T) {
	moments := Moments()
	if len(moments) != 4 {
		t.Fatalf("%d moments, want 4", len(moments))
	}
	for i, m := range moments {
		if m.At.Location() != time.UTC || m.At.Year() != 2026 || m.At.Format("15:04:05") != "02:00:00" {
			t.Errorf("moment %d is at %s, want 02:00 UTC of a day in 2026", i+1, m.At)
		}
		if i > 0 && !m.At.After(moments[i-1].At) {
			t.Errorf("moment %d is not after the one before", i+1)
		}
		if m.Title == "" || strings.ContainsAny(m.Title, "\n\r") {
			t.Errorf("moment %d: title %q is not one line", i+1, m.Title)
		}
	}
}

func TestMomentsAreBuiltAnew(t *testing.T) {
	first, second := Moments(), Moments()
	if !reflect.DeepEqual(first, second) {
		t.Fatal("two calls differ")
	}
	for _, m := range first {
		for code, region := range m.Catalogue {
			for i := range region.Models {
				region.Models[i].ID = "spoilt"
				region.Models[i].InferenceTypes = append(region.Models[i].InferenceTypes[:0], "SPOILT")
			}
			for i := range region.Profiles {
				region.Profiles[i].Regions[0] = "spoilt"
			}
			delete(m.Catalogue, code)
		}
		for i := range m.Failing {
			m.Failing[i] = "spoilt"
		}
	}
	if !reflect.DeepEqual(second, Moments()) {
		t.Error("changing one result changed another")
	}
}

func TestSampleIsLargeEnough(t *testing.T) {
	for i, m := range Moments() {
		var models, providers []string
		for at, model := range m.models() {
			if slices.Contains(m.readable(), at.region) {
				models, providers = append(models, at.id), append(providers, model.Provider)
			}
		}
		for _, count := range []struct {
			what  string
			least int
			all   []string
		}{{"regions", 14, m.readable()}, {"models", 45, models}, {"providers", 10, providers}} {
			slices.Sort(count.all)
			if n := len(slices.Compact(count.all)); n < count.least {
				t.Errorf("moment %d has %d readable %s, want %d at least", i+1, n, count.what, count.least)
			}
		}
	}
}

var idForm = regexp.MustCompile(`^[a-z0-9]+\.[a-z0-9]+([.:-][a-z0-9]+)*$`)

var modalities = []string{"TEXT", "IMAGE", "VIDEO", "AUDIO", "SPEECH", "EMBEDDING"}

func TestEveryListIsWellFormed(t *testing.T) {
	for i, m := range Moments() {
		for code, region := range m.Catalogue {
			if !catalog.ValidRegion(code) || catalog.Partition(code) != "aws" {
				t.Errorf("moment %d: %q is no commercial region", i+1, code)
			}
			seen := map[string]bool{}
			for _, model := range region.Models {
				if seen[model.ID] || !idForm.MatchString(model.ID) {
					t.Errorf("moment %d, %s: model id %q is listed twice or malformed", i+1, code, model.ID)
				}
				seen[model.ID] = true
				if model.Name == "" || model.Provider == "" || len(model.Input) == 0 || len(model.Output) == 0 {
					t.Errorf("moment %d, %s: %s lacks a field", i+1, code, model.ID)
				}
				for _, modality := range slices.Concat(model.Input, model.Output) {
					if !slices.Contains(modalities, modality) {
						t.Errorf("moment %d, %s: %s has modality %q", i+1, code, model.ID, modality)
					}
				}
				if types := slices.Sorted(slices.Values(model.InferenceTypes)); len(slices.Compact(types)) != len(model.InferenceTypes) {
					t.Errorf("moment %d, %s: %s has inference types %v", i+1, code, model.ID, model.InferenceTypes)
				}
			}
			for _, profile := range region.Profiles {
				if seen[profile.ID] || !idForm.MatchString(profile.ID) {
					t.Errorf("moment %d, %s: profile id %q is listed twice or malformed", i+1, code, profile.ID)
				}
				seen[profile.ID] = true
			}
		}
	}
}

// TestTablesNameEachOther keeps a slip of a pen in one table from leaving a row
// of another without effect.
func TestTablesNameEachOther(t *testing.T) {
	rows := map[string]bool{}
	for _, provider := range providers {
		for _, m := range provider.models {
			if rows[m.id] {
				t.Errorf("%s has two rows", m.id)
			}
			rows[m.id] = true
		}
	}
	var named []string
	for _, p := range profiles {
		named = append(named, p.model)
	}
	if slices.Sort(named); len(slices.Compact(slices.Clone(named))) != len(named) {
		t.Error("a model has two rows of profiles")
	}
	for _, r := range retirements {
		named = append(named, r.id)
	}
	for _, id := range append(named, slices.Collect(maps.Keys(customizations))...) {
		if !rows[id] {
			t.Errorf("%s has no row", id)
		}
	}
}

func TestLifecyclesRunForward(t *testing.T) {
	for i, m := range Moments() {
		for at, model := range m.models() {
			life := model.Lifecycle
			if legacy := life.Legacy != "" && life.EndOfLife != ""; legacy != (life.Status == "LEGACY") {
				t.Errorf("moment %d: %v is %s with dates %+v", i+1, at, life.Status, life)
			}
			var last time.Time
			for _, text := range []string{life.StartOfLife, life.Legacy, life.PublicExtendedAccess, life.EndOfLife} {
				if text == "" {
					continue
				}
				next, err := time.Parse(time.RFC3339, text)
				if err != nil {
					t.Fatalf("moment %d: %v: %v", i+1, at, err)
				}
				if !next.After(last) {
					t.Errorf("moment %d: dates of %v do not run forward: %+v", i+1, at, life)
				}
				last = next
			}
			if start, err := time.Parse(time.RFC3339, life.StartOfLife); err == nil && start.After(m.At) {
				t.Errorf("moment %d: %v is listed before it starts", i+1, at)
			}
		}
	}
}

// geographies are the regions that a profile's prefix promises to stay in.
var geographies = map[string]func(region string) bool{
	"us":   func(r string) bool { return catalog.Geography(r) == "us" || r == "ca-central-1" },
	"ca":   func(r string) bool { return catalog.Geography(r) == "ca" },
	"eu":   func(r string) bool { return catalog.Geography(r) == "eu" },
	"apac": func(r string) bool { return catalog.Geography(r) == "ap" },
	"jp":   func(r string) bool { return slices.Contains(list(japan), r) },
	"au":   func(r string) bool { return slices.Contains(list(australia), r) },
}

func TestProfilesRouteWhereTheirPrefixSays(t *testing.T) {
	prefixes := map[string]bool{}
	for i, m := range Moments() {
		for at, profile := range m.profiles() {
			prefix, model, _ := strings.Cut(at.id, ".")
			prefixes[prefix] = true
			if !slices.Equal(profile.Models, []string{model}) {
				t.Errorf("moment %d: %v routes to %v", i+1, at, profile.Models)
			}
			if prefix == "global" {
				if !slices.Equal(profile.Regions, []string{"", at.region}) {
					t.Errorf("moment %d: %v routes to %q, want its own region and any", i+1, at, profile.Regions)
				}
				continue
			}
			if !slices.Contains(profile.Regions, at.region) || len(profile.Regions) < 2 {
				t.Errorf("moment %d: %v routes to %v, want its own region and another", i+1, at, profile.Regions)
			}
			for _, region := range profile.Regions {
				if within := geographies[prefix]; within == nil || !within(region) {
					t.Errorf("moment %d: %v leaves its geography for %q", i+1, at, region)
				}
				if _, offered := m.Catalogue[region]; !offered {
					t.Errorf("moment %d: %v routes to %s, which has no Bedrock", i+1, at, region)
				}
				if !strings.Contains(profile.Description, region) {
					t.Errorf("moment %d: %v does not describe %s", i+1, at, region)
				}
			}
		}
	}
	for prefix := range geographies {
		if !prefixes[prefix] {
			t.Errorf("no profile has the prefix %q", prefix)
		}
	}
	if !prefixes["global"] {
		t.Error("no profile is global")
	}
}

// TestListsAgree checks models and profiles of a region against each other. Only
// Claude 3 Opus is listed nowhere and has profiles.
func TestListsAgree(t *testing.T) {
	for i, m := range Moments() {
		models, profiles := m.models(), m.profiles()
		routed := map[place]bool{}
		for at, profile := range profiles {
			for _, id := range profile.Models {
				routed[place{at.region, id}] = true
				orphan := len(regionsOf(models, id)) == 0
				if orphan != (id == claude3Opus) {
					t.Errorf("moment %d: %v routes to a model that regions %v list", i+1, at, regionsOf(models, id))
				}
				if _, here := models[place{at.region, id}]; !here && !orphan {
					t.Errorf("moment %d: %v routes to a model that its own region does not list", i+1, at)
				}
			}
		}
		for at, model := range models {
			if slices.Contains(model.InferenceTypes, "INFERENCE_PROFILE") && !routed[at] {
				t.Errorf("moment %d: %v is callable by profile, and has none", i+1, at)
			}
		}
	}
}

// TestRegionsDiffer holds the sample to the ways in which regions really differ.
func TestRegionsDiffer(t *testing.T) {
	first := Moments()[0]
	models, profiles := first.models(), first.profiles()

	apart := map[string]bool{}
	for at, model := range models {
		other := models[place{regionsOf(models, at.id)[0], at.id}]
		if !slices.Equal(other.InferenceTypes, model.InferenceTypes) {
			apart["inference types"] = true
		}
		if other.Lifecycle != model.Lifecycle {
			apart["lifecycle"] = true
		}
		switch {
		case slices.Contains(model.InferenceTypes, "PROVISIONED"):
			apart["provisioned"] = true
		case len(model.InferenceTypes) == 0:
			apart["uncallable"] = true
		}
		switch {
		case model.Streaming == nil:
			apart["streaming not said"] = true
		case *model.Streaming:
			apart["streaming"] = true
		default:
			apart["not streaming"] = true
		}
	}
	for at, profile := range profiles {
		other := profiles[place{regionsOf(profiles, at.id)[0], at.id}]
		if !strings.HasPrefix(at.id, "global.") && !slices.Equal(other.Regions, profile.Regions) {
			apart["routing"] = true
		}
	}
	for _, want := range []string{
		"inference types", "lifecycle", "provisioned", "uncallable", "routing",
		"streaming", "not streaming", "streaming not said",
	} {
		if !apart[want] {
			t.Errorf("the first moment lacks: %s", want)
		}
	}
}
