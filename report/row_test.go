package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/internal/catalogtest"
)

// wordsBefore counts the words of a report outside its table and before its
// details.
func wordsBefore(source string) int {
	if i := strings.Index(source, "\n## "); i >= 0 {
		source = source[:i]
	}
	words := 0
	for line := range strings.Lines(source) {
		if !strings.HasPrefix(line, "|") {
			words += len(regexp.MustCompile(`[^\s#*]+`).FindAllString(line, -1))
		}
	}
	return words
}

// A reader has twenty seconds: about 80 words and a table.
func TestTopIsShort(t *testing.T) {
	var counts []int
	for name, build := range map[string]func(*testing.T) *Report{
		"everything": everything, "launch": launch, "quiet": quiet, "lifecycle": lifecycles, "losses": losses,
		"gains": gains, "routing": routings, "many": many, "minor": minors, "late": late, "watch": watched,
	} {
		n := wordsBefore(markdownOf(t, build(t)))
		if n > 80 {
			t.Errorf("%s: %d words before the details", name, n)
		}
		counts = append(counts, n)
	}
	slices.Sort(counts)
	t.Logf("words before the details: %v", counts)
}

// rowsOf describes the rows of a report in a line each.
func rowsOf(r *Report) []string {
	var lines []string
	for i := range r.Rows {
		cells := r.cellsOf(&r.Rows[i])
		lines = append(lines, strings.Join(cells, " | "))
	}
	return lines
}

func TestRows(t *testing.T) {
	named := func(id, name string, inference ...string) *catalog.FoundationModel {
		m := catalogtest.Model(id, inference...)
		m.Name, m.Provider = name, "A"
		m.InputModalities, m.OutputModalities = []string{"TEXT"}, []string{"TEXT"}
		return m
	}
	old := named("a.old-v1:0", "Old 1", catalog.InferenceOnDemand)
	variant := named("a.old-v1:0:200k", "Old 1", catalog.InferenceProvisioned)
	next := named("a.old-v2:0", "Old 2", catalog.InferenceOnDemand)
	next.Lifecycle.StartOfLife = catalogtest.Day(2).At
	legacy := *old
	legacy.Lifecycle = catalog.Lifecycle{Status: catalog.StatusLegacy, Legacy: catalogtest.Day(2).At, EndOfLife: catalogtest.Day(20).At}
	profile := catalogtest.Profile("eu.a.old-v1:0", "a.old-v1:0", "eu-west-1")
	tests := []struct {
		name       string
		base, head *catalog.Snapshot
		want       []string
	}{
		{
			"a variant goes: nothing in the table",
			catalogtest.On(1, catalogtest.Models(1, "eu-west-1", old, variant), catalogtest.Profiles(1, "eu-west-1")),
			catalogtest.On(2, catalogtest.Models(2, "eu-west-1", old), catalogtest.Profiles(2, "eu-west-1")),
			nil,
		},
		{
			"a model goes, and another replaces it",
			catalogtest.On(1, catalogtest.Models(1, "eu-west-1", old, next), catalogtest.Profiles(1, "eu-west-1")),
			catalogtest.On(2, catalogtest.Models(2, "eu-west-1", next), catalogtest.Profiles(2, "eu-west-1")),
			[]string{"**Act** | Old 1 | can't be called any more | eu-west-1 | `a.old-v2:0`"},
		},
		{
			"a model leaves the list everywhere, and its profile stays",
			catalogtest.On(1, catalogtest.Models(1, "eu-west-1", old, next), catalogtest.Profiles(1, "eu-west-1", profile)),
			catalogtest.On(2, catalogtest.Models(2, "eu-west-1", next), catalogtest.Profiles(2, "eu-west-1", profile)),
			[]string{"**Act** | Old 1 | probably retired: profiles remain, but no region lists it | eu-west-1 | `a.old-v2:0`"},
		},
		{
			"a model will end, and nothing replaces it",
			catalogtest.On(1, catalogtest.Models(1, "eu-west-1", old), catalogtest.Profiles(1, "eu-west-1")),
			catalogtest.On(2, catalogtest.Models(2, "eu-west-1", &legacy), catalogtest.Profiles(2, "eu-west-1")),
			[]string{"**Plan** | Old 1 | LEGACY since 2026-01-02; EOL **2026-01-20** (18 days) | eu-west-1 | no replacement there"},
		},
		{
			"a launch is one row, and comes after what will end",
			catalogtest.On(1, catalogtest.Models(1, "eu-west-1", old), catalogtest.Profiles(1, "eu-west-1")),
			catalogtest.On(2, catalogtest.Models(2, "eu-west-1", &legacy, next), catalogtest.Profiles(2, "eu-west-1", catalogtest.Profile("eu.a.old-v2:0", "a.old-v2:0", "eu-west-1"))),
			[]string{
				"**Plan** | Old 1 | LEGACY since 2026-01-02; EOL **2026-01-20** (18 days) | eu-west-1 | `a.old-v2:0`",
				"New | Old 2 | callable | eu-west-1 | `a.old-v2:0`, `eu.` + `a.old-v2:0`",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := Build(diff.Compare(test.base, test.head), test.base, test.head, Options{})
			if d := cmp.Diff(test.want, rowsOf(r)); d != "" {
				t.Error(d)
			}
		})
	}
}

// A report of some regions is about these, and says that there is more.
func TestFilteredReport(t *testing.T) {
	gone := catalogtest.Model("a.m", catalog.InferenceOnDemand)
	sides := func(n int64, items ...catalog.Item) *catalog.Snapshot {
		var states []catalog.ScopeState
		for _, region := range []string{"eu-west-1", "us-east-1"} {
			states = append(states, catalogtest.Models(n, region, items...), catalogtest.Profiles(n, region))
		}
		return catalogtest.On(n, states...)
	}
	base, head := sides(1, gone), sides(2)
	r := Build(diff.Compare(base, head), base, head, Options{Only: &Only{
		Words: "eu-*", Region: func(region string) bool { return strings.HasPrefix(region, "eu-") }, Item: func(string) bool { return true },
	}})
	if want := "Bedrock 2026-01-02 for eu-*: Model a.m can't be called from eu-west-1"; r.Title != want {
		t.Errorf("title %q, want %q", r.Title, want)
	}
	source := markdownOf(t, r)
	if !strings.Contains(source, "\nOnly `eu-*`. 1 of these elsewhere too.\n") {
		t.Errorf("the report does not say that it happened elsewhere too:\n%s", source)
	}
	if strings.Contains(source[:strings.Index(source, "## Coverage")], "us-east-1") {
		t.Errorf("the report tells of us-east-1:\n%s", source)
	}
	if d := cmp.Diff([]string{"us-east-1"}, r.ActOn[0].Elsewhere); d != "" {
		t.Error("elsewhere:", d)
	}
}
