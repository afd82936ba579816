package report

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/watch"
)

// TestBrokenRulesAreNamed wants of every rule that random histories break the
// story that broke it, and of no story a rule that is not broken.
func TestBrokenRulesAreNamed(t *testing.T) {
	rules := []watch.Rule{
		{Name: "on demand", Model: "*", Access: watch.OnDemand},
		{Name: "from ireland", Model: "anthropic.*", Regions: []string{"eu-west-1"}},
		{Name: "through us", Model: "us.*", Access: watch.Profile, Within: []string{"us-east-1"}},
		{Name: "stays in us", Model: "amazon.*", Within: []string{"us"}, Guard: true},
		{Name: "stays in us-east-1", Model: "*", Regions: []string{"us-*"}, Within: []string{"us-east-1"}, Guard: true},
	}
	broken := map[string]int{}
	for seed := range uint64(150) {
		h := randomHistory(t, rand.New(rand.NewPCG(seed, 3)))
		h.watched = rules
		for head := range h.snapshots {
			base := head - 1 - int(seed)%2
			if base < 0 {
				continue
			}
			r := h.between(base, head)
			named := map[string]bool{}
			for _, s := range slices.Concat(r.ActOn, r.Good, r.Other) {
				for _, name := range s.Breaks {
					named[name] = true
				}
			}
			for _, state := range r.Watch {
				if isBroken(state) {
					broken[state.Name]++
				}
				switch {
				case isBroken(state) == named[state.Name]:
				case !named[state.Name] && (unsaid(h.snapshots[head], state.Lost) || unsaid(h.snapshots[base], state.Outside)):
				default:
					t.Fatalf("seed %d, run %d against %d: %s is %s, and named by a story: %t\n%+v", seed, head, base, state.Name, state.Status, named[state.Name], state)
				}
			}
		}
	}
	for _, rule := range rules {
		if broken[rule.Name] == 0 {
			t.Errorf("no history broke the rule %q", rule.Name)
		}
	}
}

// unsaid reports whether a list has what a way rests on and does not say whether
// it leads there: that is no change of value, and no story.
func unsaid(s *catalog.Snapshot, ways []watch.Way) bool {
	return slices.ContainsFunc(ways, func(way watch.Way) bool {
		return slices.ContainsFunc(way.From, func(region string) bool {
			at := s.Region(region)
			profile, model := at.Profiles[way.ID], at.Models[way.ID]
			return profile != nil && (len(profile.Destinations) == 0 || profile.Status == "") || model != nil && model.InferenceTypes == nil
		})
	})
}

func TestHeadlineNamesTheBrokenRule(t *testing.T) {
	lines := strings.Join(watched(t).Headlines(), "\n")
	for _, want := range []string{
		"Nova Lite can't be called from us-west-1, breaks rule lite-from-california",
		"may run in eu-central-2, breaks rule eu-residency; legal asked for it",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("the headlines lack %q:\n%s", want, lines)
		}
	}
}
