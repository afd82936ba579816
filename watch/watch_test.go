package watch

import (
	"strings"
	"testing"
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
