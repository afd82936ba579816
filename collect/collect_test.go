package collect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// home is the region that collections start from, in a partition of two
// regions: the fewer are listed, the less a busy machine can disturb.
const (
	home  = "us-gov-west-1"
	other = "us-gov-east-1"
)

// quick are options under which what is retried in vain is given up within a
// second, and nothing healthy fails on a slow machine.
var quick = collect.Options{Attempt: time.Minute, Region: 5 * time.Second, Run: 5 * time.Minute, Pause: time.Millisecond}

// world is what one test's Bedrock offers and how it is asked.
type world struct {
	*bedrocktest.Server
	t       *testing.T
	regions bedrocktest.Catalogue
	known   map[catalog.Scope]catalog.Known
	opts    collect.Options
}

func start(t *testing.T) *world {
	t.Helper()
	server, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	w := &world{
		Server: server, t: t, opts: quick,
		regions: bedrocktest.Catalogue{home: offering(12, 7), other: offering(5, 3)},
		known:   map[catalog.Scope]catalog.Known{},
	}
	w.Serve(w.regions)
	return w
}

// offering is a region with so many models and profiles.
func offering(models, profiles int) bedrocktest.Region {
	var r bedrocktest.Region
	for i := range models {
		r.Models = append(r.Models, bedrocktest.Model{
			ID: fmt.Sprintf("maker.model-%04d-v1:0", i), Name: fmt.Sprint("Model ", i), Provider: "Maker",
			Input: []string{"TEXT"}, Output: []string{"TEXT"}, InferenceTypes: []string{"ON_DEMAND"},
			Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
		})
	}
	for i := range profiles {
		r.Profiles = append(r.Profiles, bedrocktest.Profile{
			ID: fmt.Sprintf("us-gov.maker.model-%04d-v1:0", i), Name: fmt.Sprint("GOV Model ", i),
			Models: []string{fmt.Sprintf("maker.model-%04d-v1:0", i)}, Regions: []string{home, other},
		})
	}
	return r
}

func (w *world) collect() (collect.Result, error) {
	cfg := w.Config()
	cfg.Region = home
	return collect.Collect(w.t.Context(), cfg, w.known, w.opts)
}

// listings collects and returns what each scope came to.
func (w *world) listings() map[catalog.Scope]catalog.Listing {
	w.t.Helper()
	result, err := w.collect()
	if err != nil {
		w.t.Fatalf("Collect: %v", err)
	}
	return byScope(result.Listings)
}

func byScope(listings []catalog.Listing) map[catalog.Scope]catalog.Listing {
	m := map[catalog.Scope]catalog.Listing{}
	for _, l := range listings {
		m[l.Scope] = l
	}
	return m
}

// learn makes known what the world offers now.
func (w *world) learn() {
	w.t.Helper()
	for scope, l := range w.listings() {
		w.known[scope] = catalog.Known{Observed: l.Outcome == catalog.Complete, Keys: keys(l)}
	}
}

func keys(l catalog.Listing) []string {
	var keys []string
	for _, item := range l.Items {
		keys = append(keys, item.Key())
	}
	return keys
}

func models(region string) catalog.Scope {
	return catalog.Scope{Region: region, Kind: catalog.KindFoundationModel}
}

func profiles(region string) catalog.Scope {
	return catalog.Scope{Region: region, Kind: catalog.KindInferenceProfile}
}

// outcomes says of each listing what a reader would see first.
func outcomes(listings []catalog.Listing) []string {
	var lines []string
	for _, l := range listings {
		lines = append(lines, fmt.Sprint(l.Region, " ", l.Kind, " ", l.Outcome, " ", len(l.Items)))
	}
	return lines
}

func TestCollect(t *testing.T) {
	w := start(t)
	result, err := w.collect()
	if err != nil {
		t.Fatal(err)
	}
	if result.Partition != "aws-us-gov" || len(result.Notes) > 0 {
		t.Errorf("partition %q, notes %q", result.Partition, result.Notes)
	}
	want := []string{
		"us-gov-east-1 foundation-model complete 5",
		"us-gov-east-1 inference-profile complete 3",
		"us-gov-west-1 foundation-model complete 12",
		"us-gov-west-1 inference-profile complete 7",
	}
	if diff := cmp.Diff(want, outcomes(result.Listings)); diff != "" {
		t.Errorf("listings (-want +got):\n%s", diff)
	}
	for _, l := range result.Listings {
		if l.ErrorCode != "" || l.Message != "" || !slices.IsSortedFunc(l.Items, catalog.CompareItems) {
			t.Errorf("%v: code %q, message %q, sorted %v", l.Scope, l.ErrorCode, l.Message, slices.IsSortedFunc(l.Items, catalog.CompareItems))
		}
	}
}

func TestCollectAsksForNoMoreThanItNeeds(t *testing.T) {
	w := start(t)
	w.listings()
	count := map[string]int{}
	for _, c := range w.Calls() {
		count[fmt.Sprint(c.Service, " ", c.Region, " ", c.Operation, " ", c.MaxResults, " ", c.Type)]++
	}
	want := map[string]int{
		"bedrock us-gov-east-1 ListFoundationModels 0 ":                   1,
		"bedrock us-gov-west-1 ListFoundationModels 0 ":                   1,
		"bedrock us-gov-east-1 ListInferenceProfiles 1000 SYSTEM_DEFINED": 1,
		"bedrock us-gov-west-1 ListInferenceProfiles 1000 SYSTEM_DEFINED": 1,
		"ssm us-gov-west-1 GetParametersByPath 10 ":                       1,
		"account us-gov-west-1 ListRegions 50 ":                           1,
	}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// What the SDK's types have no place for must survive.
func TestCollectKeepsWhatTheSDKDoesNotKnow(t *testing.T) {
	w := start(t)
	model := &w.regions[home].Models[0]
	model.Output = []string{"VIDEO"}
	model.InferenceTypes = []string{"INFERENCE_PROFILE"}
	model.Extra = map[string]json.RawMessage{"contextWindow": json.RawMessage(`{"tokens": 200000}`)}
	w.Serve(w.regions)
	item := w.listings()[models(home)].Items[0].(*catalog.FoundationModel)
	if item.OutputModalities[0] != "VIDEO" || item.InferenceTypes[0] != "INFERENCE_PROFILE" ||
		string(item.Unknown["contextWindow"]) != `{"tokens":200000}` {
		t.Errorf("got %+v", item)
	}
}

func TestRegionsLeftOut(t *testing.T) {
	w := start(t)
	w.opts.Include = func(region string) bool { return region != other }
	result, err := w.collect()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"us-gov-east-1 foundation-model not-listed 0",
		"us-gov-east-1 inference-profile not-listed 0",
		"us-gov-west-1 foundation-model complete 12",
		"us-gov-west-1 inference-profile complete 7",
	}
	if diff := cmp.Diff(want, outcomes(result.Listings)); diff != "" {
		t.Errorf("listings (-want +got):\n%s", diff)
	}
	for _, c := range w.Calls() {
		if c.Region == other {
			t.Errorf("asked %s of a region left out", c.Operation)
		}
	}
}

// A collection that was to list nothing learned nothing: a glob may be misspelt.
func TestEverythingLeftOut(t *testing.T) {
	w := start(t)
	w.opts.Include = func(string) bool { return false }
	_, err := w.collect()
	var region *collect.RegionError
	if !errors.As(err, &region) || !slices.Equal(region.LeftOut, []string{other, home}) {
		t.Errorf("error %v; want one that names the regions that are left out", err)
	}
	for _, part := range []string{"all 2 regions", home, other} {
		if !strings.Contains(err.Error()+region.Advice(), part) {
			t.Errorf("%v; %s: it does not say %s", err, region.Advice(), part)
		}
	}
}

func TestProgress(t *testing.T) {
	w := start(t)
	w.Inject(bedrocktest.Fault{Region: other, Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.DenyIAM})
	var last collect.Progress
	told := map[catalog.Scope]catalog.Outcome{}
	w.opts.Progress = func(p collect.Progress) {
		if p.Done < last.Done || p.Scopes < last.Scopes || p.Done > p.Scopes {
			t.Errorf("went from %d of %d to %d of %d", last.Done, last.Scopes, p.Done, p.Scopes)
		}
		if p.Listing != nil {
			told[p.Listing.Scope] = p.Listing.Outcome
		}
		last = p
	}
	got := map[catalog.Scope]catalog.Outcome{}
	for scope, l := range w.listings() {
		got[scope] = l.Outcome
	}
	if last.Done != 4 || last.Scopes != 4 {
		t.Errorf("ended at %d of %d", last.Done, last.Scopes)
	}
	if diff := cmp.Diff(got, told); diff != "" {
		t.Errorf("told other outcomes than were returned (-returned +told):\n%s", diff)
	}
}

// A collection leaves neither goroutines nor connections behind, whether its
// regions answer, fail, hang or are given up. The server is up meanwhile, so it
// is not the one that closes them.
func TestLeavesNothingBehind(t *testing.T) {
	w := start(t)
	w.opts.Region = time.Second
	w.Inject(
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListFoundationModels, Kind: bedrocktest.Hang},
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.Truncated},
	)
	if _, err := w.collect(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w.opts.Progress = func(p collect.Progress) {
		if p.Done == 1 {
			cancel()
		}
	}
	cfg := w.Config()
	cfg.Region = home
	if _, err := collect.Collect(ctx, cfg, w.known, w.opts); err == nil {
		t.Fatal("no error of a collection that was cancelled")
	}
	var left string
	for range 5000 { // goroutines may be on their way out
		if left = leftovers(); left == "" {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("still running:\n%s", left)
}

// leftovers are the goroutines that a collection started.
func leftovers() string {
	all := make([]byte, 1<<22)
	all = all[:runtime.Stack(all, true)]
	var left []string
	for _, goroutine := range strings.Split(string(all), "\n\n") {
		if strings.Contains(goroutine, "snapshotter/collect.") || strings.Contains(goroutine, "http.(*persistConn)") {
			left = append(left, goroutine)
		}
	}
	return strings.Join(left, "\n\n")
}

func TestMain(m *testing.M) {
	os.Unsetenv("AWS_BEARER_TOKEN_BEDROCK") // the SDK reads it by itself
	os.Exit(m.Run())
}
