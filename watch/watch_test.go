package watch

import (
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

func TestNamed(t *testing.T) {
	for _, test := range []struct {
		rule Rule
		name string // or, beginning with "!", a part of the error
	}{
		{Rule{Model: "anthropic.claude-*"}, "anthropic.claude-*"},
		{Rule{Model: "a.*", Access: Any, Regions: []string{"eu-*", "us-east-1"}}, "a.* in eu-*, us-east-1"},
		{Rule{Model: "a.*", Access: OnDemand, Within: []string{"eu"}}, "a.* on-demand within eu"},
		{Rule{Name: "mine", Model: "a.*", Access: Profile}, "mine"},
		{Rule{Name: "mine"}, "!needs a model"},
		{Rule{Model: "a.["}, "!not a valid glob"},
		{Rule{Model: "a", Regions: []string{""}}, "!not a valid glob"},
		{Rule{Model: "a", Within: []string{"[-]"}}, "!not a valid glob"},
		{Rule{Model: "a.*", Within: []string{"us-gov", "eu-west-1", "[ae]u-*"}}, "a.* within us-gov, eu-west-1, [ae]u-*"},
		{Rule{Model: "a", Within: []string{"apac"}}, "!\"apac\" is not a place"},
		{Rule{Model: "a", Within: []string{"eu", "jp"}}, "!\"jp\" is not a place"},
		{Rule{Model: "a", Within: []string{"Eu"}}, "!not a place"},
		{Rule{Model: "a", Access: "provisioned"}, "!not one of on-demand, profile, any"},
		{Rule{Model: "a", Name: "two\nlines"}, "!not one line"},
		{Rule{Model: "a", Name: strings.Repeat("x", 101)}, "!not one line"},
	} {
		got, err := test.rule.Named()
		if want, fails := strings.CutPrefix(test.name, "!"); fails {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: got error %v, want %q", test.rule, err, want)
			}
			continue
		}
		if err != nil || got.Name != test.name {
			t.Errorf("%+v: got %q and error %v, want %q", test.rule, got.Name, err, test.name)
		}
	}
	if got, err := (Rule{Model: strings.Repeat("é", 80)}).Named(); err != nil || len(got.Name) > nameLimit {
		t.Errorf("a long rule is named %q (%v)", got.Name, err)
	}
}

// A rule may keep calls inside a boundary with a legal meaning, which the prefix
// "eu" does not have.
func TestRuleWithinBoundary(t *testing.T) {
	for _, place := range []string{"EU", "EEA", "UK", "CH", "JP"} {
		if _, err := (Rule{Model: "anthropic.*", Within: []string{place}}).Named(); err != nil {
			t.Errorf("within %s: %v", place, err)
		}
	}
}

// A rule names regions as every filter does.
func TestRuleInACity(t *testing.T) {
	for _, name := range []string{"tokyo", "ap-northeast-*", "JP"} {
		rule := Rule{Model: "a", Regions: []string{name}}
		if !rule.covers("ap-northeast-1") || rule.covers("eu-west-1") {
			t.Errorf("%s does not mean Tokyo alone", name)
		}
	}
}

// What a list no longer says is not lost: the rule is not broken.
func TestUnsaidIsNotBroken(t *testing.T) {
	at := func(n int64, model *catalog.FoundationModel, profile *catalog.InferenceProfile) *catalog.Snapshot {
		return catalogtest.On(n, catalogtest.Models(n, "us-east-1", model), catalogtest.Profiles(n, "us-east-1", profile))
	}
	onDemand, bought := catalogtest.Model("m", catalog.InferenceOnDemand), catalogtest.Model("m", catalog.InferenceProvisioned)
	active := catalogtest.Profile("us.m", "m", "us-east-1")
	noStatus, noDestinations := catalogtest.Profile("us.m", "m", "us-east-1"), &catalog.InferenceProfile{ID: "us.m", Status: catalog.StatusActive}
	noStatus.Status = ""
	inactive := catalogtest.Profile("us.m", "m", "us-east-1")
	inactive.Status = "DISABLED"
	for name, test := range map[string]struct {
		rule       Rule
		base, head *catalog.Snapshot
		want       Status
	}{
		"types":        {Rule{Model: "m", Access: OnDemand}, at(1, onDemand, active), at(2, &catalog.FoundationModel{ID: "m"}, active), NotObservable},
		"status":       {Rule{Model: "m", Access: Profile}, at(1, bought, active), at(2, bought, noStatus), NotObservable},
		"destinations": {Rule{Model: "m", Access: Profile}, at(1, bought, active), at(2, bought, noDestinations), NotObservable},
		"said":         {Rule{Model: "m", Access: Profile}, at(1, bought, active), at(2, bought, inactive), Broken},
		"another way":  {Rule{Model: "m"}, at(1, onDemand, active), at(2, onDemand, noStatus), Satisfied},
	} {
		got := Evaluate([]Rule{test.rule}, test.base, test.head)[0]
		if got.Status != test.want || got.Unsaid != (test.want == NotObservable) {
			t.Errorf("%s: %s, unsaid %t; want %s", name, got.Status, got.Unsaid, test.want)
		}
	}
}
