package ask

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

// resource builds a resource as a list would give it.
func resource(t *testing.T, kind catalog.Kind, id string, bases ...catalog.Base) *catalog.Resource {
	t.Helper()
	var parts []string
	for _, b := range bases {
		parts = append(parts, fmt.Sprintf(`{"kind":%q,"region":%q,"id":%q,"as":%q}`, b.Kind, b.Region, b.ID, b.As))
	}
	item, err := catalog.Decode(kind, fmt.Appendf(nil, `{"id":%q,"path":"bedrock:%s/%s","bases":[%s]}`, id, kind, id, strings.Join(parts, ",")))
	if err != nil {
		t.Fatal(err)
	}
	return item.(*catalog.Resource)
}

func model(id string, regionless ...string) catalog.Base {
	return catalog.Base{Kind: catalog.KindFoundationModel, Region: strings.Join(regionless, ""), ID: id}
}

func ending(id string, end int64) *catalog.FoundationModel {
	m := catalogtest.Model(id, catalog.InferenceOnDemand)
	if end > 0 {
		m.Lifecycle.Status, m.Lifecycle.EndOfLife = catalog.StatusLegacy, catalogtest.Day(end).At
	}
	return m
}

func TestImpacts(t *testing.T) {
	const here = "eu-west-1"
	public := catalogtest.On(5,
		catalogtest.Models(5, here, ending("a.ends", 20), ending("a.stays", 0), catalogtest.Model("a.profile-only", "INFERENCE_PROFILE")),
		catalogtest.Profiles(5, here, catalogtest.Profile("eu.a.ends", "a.ends", "eu-west-1", "eu-west-3"), catalogtest.Profile("eu.a.retired", "a.retired", here)),
		catalogtest.Models(5, "eu-west-3", ending("a.ends", 25)),
		catalogtest.Profiles(5, "eu-west-3"),
	)
	base := func(kind catalog.Kind, id string) catalog.Base { return catalog.Base{Kind: kind, ID: id} }
	for _, test := range []struct {
		name  string
		items []catalog.Item
		want  []string // "ID harm date model in"
	}{
		{"a model that stays", []catalog.Item{resource(t, catalog.KindPrompt, "p", model("a.stays"))}, nil},
		{"a model that ends", []catalog.Item{resource(t, catalog.KindPrompt, "p", model("a.ends"))}, []string{"p end-of-life 2026-01-20 a.ends eu-west-1"}},
		{"a model elsewhere", []catalog.Item{resource(t, catalog.KindPrompt, "p", model("a.ends", "eu-west-3"))}, []string{"p end-of-life 2026-01-25 a.ends eu-west-3"}},
		{"a model that nobody lists", []catalog.Item{resource(t, catalog.KindPrompt, "p", model("a.gone"))}, []string{"p gone  a.gone eu-west-1"}},
		{"a region that nobody read", []catalog.Item{resource(t, catalog.KindPrompt, "p", model("a.gone", "us-east-1"))}, nil},
		{"two regions with dates of their own", []catalog.Item{resource(t, catalog.KindApplicationProfile, "p", model("a.ends"), model("a.ends", "eu-west-3"))},
			[]string{"p end-of-life 2026-01-20 a.ends eu-west-1", "p end-of-life 2026-01-25 a.ends eu-west-3"}},
		{"a profile by its ID", []catalog.Item{resource(t, catalog.KindAgent, "p", base("", "eu.a.ends"))},
			[]string{"p end-of-life 2026-01-20 a.ends eu-west-1", "p end-of-life 2026-01-25 a.ends eu-west-3"}},
		{"a profile of a retired model", []catalog.Item{resource(t, catalog.KindAgent, "p", base(catalog.KindInferenceProfile, "eu.a.retired"))}, []string{"p gone  a.retired eu-west-1"}},
		{"a profile that is not listed", []catalog.Item{resource(t, catalog.KindAgent, "p", base(catalog.KindInferenceProfile, "eu.a.lost"))}, []string{"p gone   "}},
		{"an ID that only a profile calls", []catalog.Item{resource(t, catalog.KindPrompt, "p", base("", "a.profile-only"))}, []string{"p uncallable  a.profile-only eu-west-1"}},
		{"through a custom model and its deployment", []catalog.Item{
			resource(t, catalog.KindCustomModel, "c", model("a.ends")),
			resource(t, catalog.KindDeployment, "d", base(catalog.KindCustomModel, "c")),
			resource(t, catalog.KindAgent, "g", base(catalog.KindDeployment, "d")),
		}, []string{"g end-of-life 2026-01-20 a.ends eu-west-1", "c end-of-life 2026-01-20 a.ends eu-west-1", "d end-of-life 2026-01-20 a.ends eu-west-1"}},
		{"a chain that breaks", []catalog.Item{resource(t, catalog.KindCustomModel, "c", model("a.stays")), resource(t, catalog.KindDeployment, "d", base(catalog.KindCustomModel, "x"))}, []string{"d gone   "}},
		{"a kind that nobody listed", []catalog.Item{resource(t, catalog.KindDeployment, "d", base(catalog.KindCustomModel, "x"))}, nil},
		{"a ring", []catalog.Item{resource(t, catalog.KindPrompt, "p", base(catalog.KindPrompt, "q")), resource(t, catalog.KindPrompt, "q", base(catalog.KindPrompt, "p"), model("a.ends"))},
			[]string{"p end-of-life 2026-01-20 a.ends eu-west-1", "q end-of-life 2026-01-20 a.ends eu-west-1"}},
		{"a throughput of a custom model that nobody listed", []catalog.Item{
			resource(t, catalog.KindThroughput, "t", base(catalog.KindCustomModel, "x"), catalog.Base{Kind: catalog.KindFoundationModel, ID: "a.ends", As: catalog.AsFoundation}),
		}, []string{"t end-of-life 2026-01-20 a.ends eu-west-1"}},
		{"what is not of Bedrock", []catalog.Item{resource(t, catalog.KindEndpoint, "e", base(catalog.KindOther, "x"))}, nil},
	} {
		byKind := map[catalog.Kind][]catalog.Item{}
		for _, item := range test.items {
			byKind[item.Kind()] = append(byKind[item.Kind()], item)
		}
		var states []catalog.ScopeState
		for _, kind := range catalog.AccountKinds() {
			if byKind[kind] != nil {
				states = append(states, catalogtest.Read(5, here, kind, byKind[kind]...))
			}
		}
		got := NewDirectory(public).Impacts(Impacted{Resources: catalogtest.On(5, states...), Today: catalogtest.Day(5).At})
		if lines := impactLines(got); !slices.Equal(lines, test.want) {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, strings.Join(lines, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

func impactLines(impacts []Impact) []string {
	var lines []string
	for _, i := range impacts {
		lines = append(lines, fmt.Sprint(i.ID, " ", i.Harm, " ", i.Date, " ", i.Model, " ", strings.Join(i.In, " ")))
	}
	return lines
}

func TestImpactOfACommitment(t *testing.T) {
	public := catalogtest.On(5, catalogtest.Models(5, "eu-west-1", ending("a.ends", 20)), catalogtest.Profiles(5, "eu-west-1"))
	r := resource(t, catalog.KindThroughput, "t", model("a.ends"), catalog.Base{Kind: catalog.KindFoundationModel, ID: "a.ends", As: catalog.AsFoundation})
	for end, want := range map[int64][]string{
		19: {"t end-of-life 2026-01-20 a.ends eu-west-1"},
		21: {"t end-of-life 2026-01-20 a.ends eu-west-1", "t commitment 2026-01-20 a.ends eu-west-1"},
	} {
		r.CommitmentEnd = catalogtest.Day(end).At
		got := NewDirectory(public).Impacts(Impacted{Resources: catalogtest.On(5, catalogtest.Read(5, "eu-west-1", catalog.KindThroughput, r)), Today: catalogtest.Day(5).At})
		if !slices.Equal(impactLines(got), want) {
			t.Errorf("committed until day %d: %q, want %q", end, impactLines(got), want)
		}
	}
}

func TestImpactOutside(t *testing.T) {
	public := catalogtest.On(5,
		catalogtest.Models(5, "eu-west-1", ending("a.stays", 0)), catalogtest.Models(5, "eu-west-2", ending("a.stays", 0)),
		catalogtest.Profiles(5, "eu-west-1"), catalogtest.Profiles(5, "eu-west-2"),
	)
	r := resource(t, catalog.KindApplicationProfile, "p", model("a.stays"), model("a.stays", "eu-west-2"))
	fence := Fence{Name: "EU", Within: []string{"EU"}, Covers: func(region, model string) bool { return region == "eu-west-1" && model == "a.stays" }}
	got := NewDirectory(public).Impacts(Impacted{Resources: catalogtest.On(5, catalogtest.Read(5, "eu-west-1", catalog.KindApplicationProfile, r)), Today: catalogtest.Day(5).At, Fences: []Fence{fence}})
	if want := []string{"p outside  a.stays eu-west-2"}; !slices.Equal(impactLines(got), want) || got[0].Outside != "EU" {
		t.Errorf("%q, want %q", impactLines(got), want)
	}
}

// In random worlds, what is harmed is what a plain walk of everything finds.
func TestImpactsOfRandomWorlds(t *testing.T) {
	for seed := range uint64(400) {
		w := randomWorld(t, seed)
		got := NewDirectory(w.public).Impacts(Impacted{Resources: w.resources, Today: catalogtest.Day(5).At})
		found := map[string]bool{}
		for _, i := range got {
			if i.Harm == HarmGone && i.Missing == nil {
				found[fmt.Sprint(i.Region, i.Kind, i.ID, " gone ", i.Model)] = true
			}
			if i.Harm == HarmEndOfLife {
				for _, in := range i.In {
					found[fmt.Sprint(i.Region, i.Kind, i.ID, " ends ", i.Model, i.Date, in)] = true
				}
			}
		}
		for line := range w.expected() {
			if !found[line] {
				t.Errorf("seed %d: missed %s", seed, line)
			}
			delete(found, line)
		}
		for line := range found {
			t.Errorf("seed %d: made up %s", seed, line)
		}
	}
}

type impactWorld struct {
	public, resources *catalog.Snapshot
	regions, models   []string
}

// randomWorld has a few regions, models in some of them, and resources that rest on
// models and on one another.
func randomWorld(t *testing.T, seed uint64) *impactWorld {
	random := rand.New(rand.NewPCG(seed, 1))
	w := &impactWorld{regions: []string{"ap-south-1", "eu-west-1", "us-east-1"}, models: []string{"a.one", "a.two", "a.three"}}
	var public, owned []catalog.ScopeState
	for _, region := range w.regions {
		if random.IntN(8) == 0 {
			public = append(public, catalogtest.Unread(region, catalog.KindFoundationModel, catalog.Denied), catalogtest.Profiles(5, region))
		} else {
			var items []catalog.Item
			for _, id := range w.models {
				if random.IntN(3) > 0 {
					items = append(items, ending(id, random.Int64N(3)*9))
				}
			}
			slices.SortFunc(items, catalog.CompareItems)
			public = append(public, catalogtest.Models(5, region, items...), catalogtest.Profiles(5, region))
		}
		for _, kind := range []catalog.Kind{catalog.KindAgent, catalog.KindCustomModel, catalog.KindPrompt} {
			var items []catalog.Item
			for n := range random.IntN(4) {
				var bases []catalog.Base
				for range random.IntN(3) {
					if random.IntN(2) == 0 {
						to := []catalog.Kind{catalog.KindAgent, catalog.KindCustomModel, catalog.KindPrompt}[random.IntN(3)]
						bases = append(bases, catalog.Base{Kind: to, ID: fmt.Sprint("r", random.IntN(4))})
					} else {
						at := w.regions[random.IntN(3)]
						if at == region {
							at = ""
						}
						bases = append(bases, model(w.models[random.IntN(3)], at))
					}
				}
				items = append(items, resource(t, kind, fmt.Sprint("r", n), bases...))
			}
			owned = append(owned, catalogtest.Read(5, region, kind, items...))
		}
	}
	slices.SortFunc(public, func(a, b catalog.ScopeState) int { return a.Scope.Compare(b.Scope) })
	slices.SortFunc(owned, func(a, b catalog.ScopeState) int { return a.Scope.Compare(b.Scope) })
	w.public, w.resources = catalogtest.On(5, public...), catalogtest.On(5, owned...)
	return w
}

// expected walks from each resource by sets alone: the models that it reaches, each by
// the whole list of bases that one resource has of it.
func (w *impactWorld) expected() map[string]bool {
	type node struct {
		region string
		kind   catalog.Kind
		id     string
	}
	at := map[node]*catalog.Resource{}
	for _, state := range w.resources.Scopes {
		for _, item := range state.Items {
			at[node{state.Region, state.Kind, item.Key()}] = item.(*catalog.Resource)
		}
	}
	lines := map[string]bool{}
	for start := range at {
		reached, todo := map[node]bool{start: true}, []node{start}
		for len(todo) > 0 {
			n := todo[0]
			todo = todo[1:]
			together := map[string][]string{}
			for _, base := range at[n].Bases {
				if base.Kind == catalog.KindFoundationModel {
					together[base.ID] = append(together[base.ID], cmp.Or(base.Region, n.region))
					continue
				}
				next := node{n.region, base.Kind, base.ID}
				if at[next] != nil && !reached[next] {
					reached[next] = true
					todo = append(todo, next)
				}
			}
			for id, regions := range together {
				gone := true
				for _, region := range regions {
					state := w.public.Scope(catalog.Scope{Region: region, Kind: catalog.KindFoundationModel})
					if !state.Observed() {
						gone = false
						continue
					}
					for _, item := range state.Items {
						if item.Key() != id {
							continue
						}
						gone = false
						if end := item.(*catalog.FoundationModel).Lifecycle.EndOfLife; !end.IsZero() {
							lines[fmt.Sprint(start.region, start.kind, start.id, " ends ", id, end.Format(time.DateOnly), region)] = true
						}
					}
				}
				if gone {
					lines[fmt.Sprint(start.region, start.kind, start.id, " gone ", id)] = true
				}
			}
		}
	}
	return lines
}
