package ask_test

import (
	"slices"
	"testing"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

// lists is a snapshot of five regions: one read whole, one whose profiles were
// not read by the run, one never read, one read and empty, and a twin of the
// first.
func lists() *catalog.Snapshot {
	at := catalog.RunRef{ID: 7}
	before := catalog.RunRef{ID: 5}
	state := func(region string, kind catalog.Kind, outcome catalog.Outcome, confirmed *catalog.RunRef, items ...catalog.Item) catalog.ScopeState {
		return catalog.ScopeState{Scope: catalog.Scope{Region: region, Kind: kind}, Outcome: outcome, Confirmed: confirmed, Items: items}
	}
	const fm, ip = catalog.KindFoundationModel, catalog.KindInferenceProfile
	whole := func(region string) []catalog.ScopeState {
		return []catalog.ScopeState{
			state(region, fm, catalog.Complete, &at, catalogtest.Model("a", catalog.InferenceOnDemand), catalogtest.Model("b"), catalogtest.Model("c", catalog.InferenceProvisioned)),
			state(region, ip, catalog.Complete, &at, catalogtest.Profile("eu.a", "a", "eu-west-1"), catalogtest.Profile("global.a", "a", "", region), catalogtest.Profile("global.d", "d", "")),
		}
	}
	s := &catalog.Snapshot{Run: catalog.Run{ID: 7}}
	s.Scopes = slices.Concat(
		[]catalog.ScopeState{
			state("ap-east-1", fm, catalog.NotEnabled, nil), state("ap-east-1", ip, catalog.NotEnabled, nil),
			state("ca-central-1", fm, catalog.Complete, &at, catalogtest.Model("b")), state("ca-central-1", ip, catalog.Throttled, &before, catalogtest.Profile("us.b", "b", "us-east-1")),
		},
		whole("eu-central-1"), whole("eu-west-1"),
		[]catalog.ScopeState{state("sa-east-1", fm, catalog.Complete, &at), state("sa-east-1", ip, catalog.Complete, &at)},
	)
	return s
}

func TestMatrixTellsAbsentFromNotObserved(t *testing.T) {
	s := lists()
	entries := ask.Models(s)
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	if want := []string{"a", "b", "c", "d"}; !slices.Equal(ids, want) {
		t.Fatalf("models %v, want %v", ids, want)
	}
	want := map[string][][]ask.Mark{ // ap-east-1, ca-central-1, eu-central-1, sa-east-1
		"a": {{ask.MarkUnobserved}, {ask.MarkUnobserved}, {ask.MarkOnDemand, ask.MarkGeographic, ask.MarkGlobal}, {ask.MarkAbsent}},
		"b": {{ask.MarkUnobserved}, {ask.MarkGeographic}, {ask.MarkListed}, {ask.MarkAbsent}},
		"c": {{ask.MarkUnobserved}, {ask.MarkUnobserved}, {ask.MarkProvisioned}, {ask.MarkAbsent}},
		"d": {{ask.MarkUnobserved}, {ask.MarkUnobserved}, {ask.MarkDoubtful}, {ask.MarkAbsent}},
	}
	for i, row := range ask.Matrix(s, entries) {
		for j, column := range []int{0, 1, 2, 4} {
			if cell := row[column]; !slices.Equal(cell.Marks, want[ids[i]][j]) {
				t.Errorf("%s in %s is %v, want %v", ids[i], cell.Region, cell.Marks, want[ids[i]][j])
			}
			if carried := row[column].Carried; carried != (column < 2) {
				t.Errorf("%s in %s is carried: %v", ids[i], row[column].Region, carried)
			}
		}
	}
}

// The caller's own region is a destination of a global profile besides "any":
// it must not keep regions that agree from being one line.
func TestRoutingsRollUp(t *testing.T) {
	var got []string
	for _, r := range ask.Routings(lists()) {
		got = append(got, r.ID)
		if r.ID == "global.a" && (!slices.Equal(r.From, []string{"eu-central-1", "eu-west-1"}) || !slices.Equal(r.Destinations, []string{""})) {
			t.Errorf("global.a is called from %v and runs in %q", r.From, r.Destinations)
		}
		if carried := len(r.Carried) > 0; carried != (r.ID == "us.b") {
			t.Errorf("%s is carried from %v", r.ID, r.Carried)
		}
	}
	if want := []string{"eu.a", "global.a", "global.d", "us.b"}; !slices.Equal(got, want) {
		t.Errorf("routings %v, want %v", got, want)
	}
}

func TestRegionsCount(t *testing.T) {
	regions := ask.Regions(lists())
	central := regions[2]
	if central.Region != "eu-central-1" || central.Models.Items != 3 || central.Profiles.Items != 3 || central.Callable != 2 {
		t.Errorf("eu-central-1 is %+v, want 3 models, 3 profiles, 2 callable", central)
	}
	if never := regions[0]; never.Models.Confirmed != nil || never.Models.Outcome != catalog.NotEnabled {
		t.Errorf("ap-east-1 is %+v, want never read", never)
	}
	if ca := regions[1]; ca.Profiles.Outcome != catalog.Throttled || ca.Profiles.Confirmed.ID != 5 || ca.Callable != 1 {
		t.Errorf("ca-central-1 is %+v, want its profiles as of run 5", ca)
	}
}
