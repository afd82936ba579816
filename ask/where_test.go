package ask_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

// TestWhereAgainstEverySnapshot checks for random histories that the answer
// tells the paths of the snapshot, no more and no fewer, each with its since.
func TestWhereAgainstEverySnapshot(t *testing.T) {
	standings := map[ask.Standing]int{}
	for seed := range uint64(40) {
		c := newChronicle(seed, 10)
		for last, snapshot := range c.snapshots {
			spans := ask.Spans("m", snapshot.Run.ID, c.histories()...)
			for _, places := range [][]string{nil, {"eu"}} {
				for _, at := range ask.NewDirectory(snapshot).Where("m", spans, places).Regions {
					standings[at.Standing]++
					checkStand(t, c, last, places, at)
				}
			}
		}
	}
	for _, standing := range []ask.Standing{
		ask.StandsOnDemand, ask.StandsByProfile, ask.StandsOutside, ask.StandsDoubtful, ask.StandsProvisioned,
		ask.StandsListed, ask.StandsAbsent, ask.StandsUnknown,
	} {
		if standings[standing] == 0 {
			t.Errorf("no history had a region where the model is %s", standing)
		}
	}
}

func checkStand(t *testing.T, c *chronicle, last int, places []string, at ask.Stand) {
	t.Helper()
	var inside, outside, told []catalog.Path
	for _, path := range c.snapshots[last].Region(at.Region).Paths("m") {
		if path.Within(at.Region, places) {
			inside = append(inside, path)
		} else if path.Callable() {
			outside = append(outside, path)
		}
	}
	for _, way := range at.Paths {
		told = append(told, way.Path)
		want, _ := c.held(last, at.Region, func(p catalog.Path) bool {
			return p.Access == way.Access && p.ModelID == way.ModelID && p.Within(at.Region, places)
		})
		if diff := cmp.Diff(want, way.Since); diff != "" {
			t.Fatalf("%s since: -want +got:\n%s", way.ModelID, diff)
		}
	}
	if diff := cmp.Diff(inside, told) + cmp.Diff(outside, at.Outside, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("paths: -want +got:\n%s", diff)
	}
	leading := slices.DeleteFunc(slices.Clone(inside), func(p catalog.Path) bool { return slices.Contains(at.Doubtful, p.ModelID) })
	if at.Callable() != catalog.Callable(leading) || at.Callable() != (at.Since != nil) {
		t.Fatalf("%s with %v: callable %t, since %v", at.Standing, inside, at.Callable(), at.Since)
	}
	unread := !c.snapshots[last].Scope(catalog.Scope{Region: at.Region, Kind: catalog.KindFoundationModel}).Observed() ||
		!c.snapshots[last].Scope(catalog.Scope{Region: at.Region, Kind: catalog.KindInferenceProfile}).Observed()
	if unread && slices.Contains([]ask.Standing{ask.StandsAbsent, ask.StandsListed, ask.StandsProvisioned}, at.Standing) {
		t.Fatalf("%s is told of a region with a list that was never read", at.Standing)
	}
}

// What a list leaves unsaid is not known, and not "no".
func TestWhereTheListsDoNotSay(t *testing.T) {
	unsaid := &catalog.FoundationModel{ID: "m"}
	provisioned := catalogtest.Model("m", catalog.InferenceProvisioned)
	active := catalogtest.Profile("us.m", "m", "us-east-1")
	noStatus := catalogtest.Profile("us.m", "m", "us-east-1")
	noStatus.Status = ""
	noDestinations := &catalog.InferenceProfile{ID: "us.m", Status: catalog.StatusActive}
	for name, test := range map[string]struct {
		model   *catalog.FoundationModel
		profile *catalog.InferenceProfile
		want    ask.Standing
	}{
		"no inference types":              {unsaid, nil, ask.StandsUnsaid},
		"a profile without a status":      {provisioned, noStatus, ask.StandsUnsaid},
		"a profile without destinations":  {provisioned, noDestinations, ask.StandsUnsaid},
		"no types, but an active profile": {unsaid, active, ask.StandsByProfile},
		"everything said":                 {provisioned, nil, ask.StandsProvisioned},
	} {
		t.Run(name, func(t *testing.T) {
			var listed []catalog.Item
			if test.profile != nil {
				listed = append(listed, test.profile)
			}
			s := catalogtest.On(1, catalogtest.Models(1, "us-east-1", test.model), catalogtest.Profiles(1, "us-east-1", listed...))
			at := ask.NewDirectory(s).Where("m", nil, nil).Regions[0]
			if at.Standing != test.want || len(at.Inactive) > 0 {
				t.Errorf("%s, inactive %q; want %s", at.Standing, at.Inactive, test.want)
			}
			if unknown := strings.Contains(at.Verdict(nil), "do not say"); unknown != (test.want == ask.StandsUnsaid) {
				t.Errorf("verdict %q", at.Verdict(nil))
			}
		})
	}
}

func TestFind(t *testing.T) {
	model := func(id, name string) *catalog.FoundationModel {
		return &catalog.FoundationModel{ID: id, Name: name, InferenceTypes: []string{"ON_DEMAND"}}
	}
	confirmed := &catalog.RunRef{ID: 1}
	s := &catalog.Snapshot{Scopes: []catalog.ScopeState{
		{
			Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindFoundationModel}, Confirmed: confirmed,
			Items: []catalog.Item{model("a.haiku-v1:0", "Claude Haiku"), model("a.haiku-v1:0:48k", "Claude Haiku 48k"), model("a.opus", "Claude Opus")},
			Gone:  map[string]catalog.RunRef{"a.old": {ID: 1}},
		},
		{
			Scope: catalog.Scope{Region: "eu-west-1", Kind: catalog.KindInferenceProfile}, Confirmed: confirmed,
			Items: []catalog.Item{&catalog.InferenceProfile{ID: "eu.unlisted", Status: "ACTIVE", Destinations: []catalog.Destination{{Region: "eu-west-3", Model: "z.hidden"}}}},
		},
	}}
	for _, c := range []struct {
		word, profile string
		several       bool
		want          []string
	}{
		{"a.haiku-v1:0", "", false, []string{"a.haiku-v1:0"}}, // exact, though a part of another
		{"A.HAIKU-v1:0", "", false, []string{"a.haiku-v1:0"}},
		{"haiku", "", false, []string{"a.haiku-v1:0", "a.haiku-v1:0:48k"}},
		{"claude haiku", "", false, []string{"a.haiku-v1:0"}}, // the whole name of one
		{"haiku-v1:0", "", false, []string{"a.haiku-v1:0"}},   // an id without its provider
		{"OPUS", "", false, []string{"a.opus"}},
		{"a.*", "", true, []string{"a.haiku-v1:0", "a.haiku-v1:0:48k", "a.opus"}},
		{"claude ?pus", "", true, []string{"a.opus"}},
		{"eu.unlisted", "eu.unlisted", true, []string{"z.hidden"}},
		{"unlisted", "", false, []string{"z.hidden"}}, // part of a profile's id
		{"z.hidden", "", false, []string{"z.hidden"}},
		{"a.old", "", false, []string{"a.old"}},
		{"old", "", false, nil},
		{"", "", false, nil},
		{"[", "", true, nil},
		{"nothing", "", false, nil},
	} {
		found := ask.NewDirectory(s).Find(c.word)
		var ids []string
		for _, m := range found.Models {
			ids = append(ids, m.ID)
		}
		if !slices.Equal(ids, c.want) || found.Profile != c.profile || found.Several != c.several {
			t.Errorf("%q finds %q (profile %q, several %t), want %q (%q, %t)", c.word, ids, found.Profile, found.Several, c.want, c.profile, c.several)
		}
	}
	if got := ask.NewDirectory(s).Find("z.hidden").Models[0].Callable; !slices.Equal(got, []string{"eu-west-1"}) {
		t.Errorf("callable from %q, want eu-west-1: a profile calls what its region does not list", got)
	}
}

// A profile that remains although nothing behind it does is marked.
func TestWhereDoubtful(t *testing.T) {
	us := catalogtest.Profile("us.old", "old", "us-east-1", "us-west-2")
	s := catalogtest.On(1,
		catalogtest.Models(1, "us-east-1", catalogtest.Model("new")), catalogtest.Profiles(1, "us-east-1", us),
		catalogtest.Models(1, "us-west-2"), catalogtest.Profiles(1, "us-west-2"))
	at := ask.NewDirectory(s).Where("old", nil, nil).Regions[0]
	if !slices.Equal(at.Doubtful, []string{"us.old"}) || len(at.Paths) != 1 {
		t.Errorf("doubtful %q, paths %v", at.Doubtful, at.Paths)
	}
	if verdict := at.Verdict(nil); at.Callable() || !strings.Contains(verdict, "no region that it routes to lists the model") {
		t.Errorf("callable %t, verdict %q", at.Callable(), verdict)
	}
	s.Scopes[2].Items = []catalog.Item{catalogtest.Model("old")}
	if at := ask.NewDirectory(s).Where("old", nil, nil).Regions[0]; at.Doubtful != nil {
		t.Errorf("doubtful although us-west-2 lists it: %q", at.Doubtful)
	}
}
