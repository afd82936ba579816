package notify_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/notify"
)

var confirmed = &catalog.RunRef{ID: 1}

// missing is a list that was read before and was not now.
func missing(region string, outcome catalog.Outcome) diff.Gap {
	return diff.Gap{Scope: catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}, Outcome: outcome, Confirmed: confirmed, Streak: 1}
}

// never is a list that no run read.
func never(region string, outcome catalog.Outcome) diff.Gap {
	gap := missing(region, outcome)
	gap.Confirmed = nil
	return gap
}

func changed(significances ...diff.Significance) *diff.Result {
	r := &diff.Result{Base: catalog.Run{ID: 1}}
	for _, s := range significances {
		r.Changes = append(r.Changes, diff.Change{Significance: s})
	}
	return r
}

func gaps(all ...diff.Gap) *diff.Result { return &diff.Result{Base: catalog.Run{ID: 1}, Gaps: all} }

func TestPolicyOnChanges(t *testing.T) {
	for _, c := range []struct {
		name    string
		atLeast diff.Significance
		result  *diff.Result
		watch   bool
		want    string
		weight  diff.Significance
	}{
		{"nothing", "", changed(), false, "", ""},
		{"minor", "", changed(diff.Minor), false, "", ""},
		{"good", "", changed(diff.Minor, diff.Good), false, "changes", diff.Good},
		{"the weightiest counts", "", changed(diff.Good, diff.Minor, diff.Breaking, diff.Notice), false, "changes", diff.Breaking},
		{"minor if asked for", diff.Minor, changed(diff.Minor), false, "changes", diff.Minor},
		{"good is no notice", diff.Notice, changed(diff.Good), false, "", ""},
		{"notice is", diff.Notice, changed(diff.Notice), false, "changes", diff.Notice},
		{"notice is not breaking", diff.Breaking, changed(diff.Notice), false, "", ""},
		{"a new region is good", "", &diff.Result{Base: catalog.Run{ID: 1}, NewRegions: []diff.NewRegion{{Region: "eu-west-9"}}}, false, "changes", diff.Good},
		{"a new region is no notice", diff.Notice, &diff.Result{Base: catalog.Run{ID: 1}, NewRegions: []diff.NewRegion{{Region: "eu-west-9"}}}, false, "", ""},
		{"a first reading is no change", diff.Minor, &diff.Result{Base: catalog.Run{ID: 1}, Baselines: []diff.Baseline{{Items: 100}}}, false, "", ""},
		{"a watch rule", diff.Breaking, changed(diff.Good), true, "watch-rule", diff.Good},
		{"both", "", changed(diff.Notice), true, "changes watch-rule", diff.Notice},
		{"a rule outweighs a minor change", diff.Minor, changed(diff.Minor), true, "changes watch-rule", diff.Good},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := notify.Policy{AtLeast: c.atLeast}.Decide(catalog.Run{ID: 2}, c.result, c.watch, notify.State{})
			if got := joined(d.Reasons); got != c.want || d.Significance != c.weight || d.Notify() != (c.want != "") {
				t.Errorf("decision = %q, %q, %v", got, d.Significance, d.Notify())
			}
		})
	}
}

func joined(reasons []notify.Reason) string {
	var words []string
	for _, r := range reasons {
		words = append(words, string(r))
	}
	return strings.Join(words, " ")
}

// A story is run after run, each with what it says; "" is silence. The state
// goes through JSON between them, as it does through the database.
func TestPolicyOnCoverage(t *testing.T) {
	failed := (*diff.Result)(nil)
	type run struct {
		result *diff.Result
		want   string
	}
	both := func(region string, outcome catalog.Outcome) []diff.Gap {
		gap := missing(region, outcome)
		other := gap
		other.Kind = catalog.KindInferenceProfile
		return []diff.Gap{gap, other}
	}
	for _, c := range []struct {
		name string
		runs []run
	}{
		{"once after three runs, and once when it is back", []run{
			{gaps(missing("a-b-1", catalog.Unreachable)), ""},
			{gaps(missing("a-b-1", catalog.Unreachable)), ""},
			{gaps(missing("a-b-1", catalog.Unreachable)), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
			{gaps(missing("a-b-1", catalog.Unreachable)), ""},
			{gaps(missing("a-b-1", catalog.Unreachable)), ""},
			{gaps(), "coverage-back: No longer missing: a-b-1 (foundation models)"},
			{gaps(), ""},
		}},
		{"whatever the outcomes", []run{
			{gaps(missing("a-b-1", catalog.Throttled)), ""},
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{gaps(missing("a-b-1", catalog.NotEnabled)), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
			{gaps(missing("a-b-1", catalog.Suspect)), ""},
		}},
		{"read in between starts anew", []run{
			{gaps(missing("a-b-1", catalog.Throttled)), ""},
			{gaps(missing("a-b-1", catalog.Throttled)), ""},
			{gaps(), ""},
			{gaps(missing("a-b-1", catalog.Throttled)), ""},
			{gaps(missing("a-b-1", catalog.Throttled)), ""},
			{gaps(missing("a-b-1", catalog.Throttled)), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
		}},
		{"again when the set changes", []run{
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{gaps(append(both("c-d-1", catalog.Denied), missing("a-b-1", catalog.Denied))...), ""},
			{gaps(append(both("c-d-1", catalog.Denied), missing("a-b-1", catalog.Denied))...), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
			{gaps(both("c-d-1", catalog.Denied)...), "coverage-lost coverage-back: Not read for 3 runs: c-d-1 / No longer missing: a-b-1 (foundation models)"},
			{gaps(both("c-d-1", catalog.Denied)...), ""},
		}},
		{"what was not asked for is neither lost nor back", []run{
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{gaps(missing("a-b-1", catalog.NotListed)), ""},
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{gaps(missing("a-b-1", catalog.Denied)), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
			{gaps(missing("a-b-1", catalog.NotListed)), ""},
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{gaps(), "coverage-back: No longer missing: a-b-1 (foundation models)"},
		}},
		{"what need not be readable is never lost", []run{
			{gaps(never("a-b-1", catalog.NotEnabled), never("c-d-1", catalog.NotOffered), missing("e-f-1", catalog.NotListed)), ""},
			{gaps(never("a-b-1", catalog.NotEnabled), never("c-d-1", catalog.NotOffered), missing("e-f-1", catalog.NotListed)), ""},
			{gaps(never("a-b-1", catalog.NotEnabled), never("c-d-1", catalog.NotOffered), missing("e-f-1", catalog.NotListed)), ""},
		}},
		{"what should be readable is, even if it never was", []run{
			{gaps(never("a-b-1", catalog.Denied)), ""},
			{gaps(never("a-b-1", catalog.Denied)), ""},
			{gaps(never("a-b-1", catalog.Denied)), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
			{gaps(never("a-b-1", catalog.NotEnabled)), "coverage-back: No longer missing: a-b-1 (foundation models)"},
		}},
		{"a streak from before there was a state counts", []run{
			{gaps(func() diff.Gap { g := missing("a-b-1", catalog.Denied); g.Streak = 12; return g }(), func() diff.Gap { g := missing("b-b-1", catalog.Denied); g.Streak = 3; return g }()), "coverage-lost: Not read for 3 to 12 runs: a-b-1 (foundation models), b-b-1 (foundation models)"},
		}},
		{"runs that record nothing", []run{
			{failed, ""},
			{failed, ""},
			{failed, "runs-fail: Nothing could be recorded in 3 runs in a row; the last one's message says why"},
			{failed, ""},
			{gaps(), "runs-succeed: Runs are recorded again"},
			{failed, ""},
			{failed, ""},
			{gaps(), ""},
		}},
		{"a failed run says nothing of a list", []run{
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{gaps(missing("a-b-1", catalog.Denied)), ""},
			{failed, ""},
			{gaps(missing("a-b-1", catalog.Denied)), "coverage-lost: Not read for 3 runs: a-b-1 (foundation models)"},
			{failed, ""},
			{gaps(missing("a-b-1", catalog.Denied)), ""},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var state notify.State
			for i, r := range c.runs {
				d := notify.Policy{}.Decide(catalog.Run{ID: int64(i + 1)}, r.result, false, state)
				said := joined(d.Reasons)
				if d.Notify() {
					said += ": " + strings.Join(d.Lines(), " / ")
				}
				if said != r.want {
					t.Errorf("run %d says %q, want %q", i+1, said, r.want)
				}
				again := notify.Policy{}.Decide(catalog.Run{ID: int64(i + 1)}, r.result, false, d.Next)
				if again.Notify() || cmp.Diff(d.Next, again.Next) != "" {
					t.Errorf("run %d decided on again says %q and leaves\n%+v after\n%+v", i+1, joined(again.Reasons), again.Next, d.Next)
				}
				state = through(t, d.Next)
			}
		})
	}
}

func through(t *testing.T, state notify.State) (back notify.State) {
	t.Helper()
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestPolicyLimit(t *testing.T) {
	result := gaps(missing("a-b-1", catalog.Denied))
	d := notify.Policy{LostRuns: 1}.Decide(catalog.Run{ID: 1}, result, false, notify.State{})
	if got := strings.Join(d.Lines(), ""); got != "Not read for 1 run: a-b-1 (foundation models)" || d.Significance != diff.Notice {
		t.Errorf("%q, %q", got, d.Significance)
	}
}

// The order of gaps is that of no promise; the state's is by scope.
func TestPolicyOrder(t *testing.T) {
	all := []diff.Gap{missing("c-c-1", catalog.Denied), missing("a-a-1", catalog.Denied), missing("b-b-1", catalog.Denied)}
	before := notify.Policy{LostRuns: 1}.Decide(catalog.Run{ID: 1}, gaps(all...), false, notify.State{})
	if got := strings.Join(before.Lines(), ""); got != "Not read for 1 run: a-a-1 (foundation models), b-b-1 (foundation models), c-c-1 (foundation models)" {
		t.Error(got)
	}
	slices.Reverse(all)
	if d := cmp.Diff(before, notify.Policy{LostRuns: 1}.Decide(catalog.Run{ID: 1}, gaps(all...), false, notify.State{})); d != "" {
		t.Errorf("reversed (-want +got):\n%s", d)
	}
	after := notify.Policy{}.Decide(catalog.Run{ID: 2}, gaps(), false, before.Next)
	if got := strings.Join(after.Lines(), ""); got != "No longer missing: a-a-1 (foundation models), b-b-1 (foundation models), c-c-1 (foundation models)" {
		t.Error(got)
	}
}
