package collect_test

import (
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"
)

// having is a world whose account has three resources of each kind in home, and none
// elsewhere; all kinds are listed.
func having(t *testing.T) *world {
	w := start(t)
	w.opts.Kinds = catalog.AccountKinds()
	w.own("ABCDEFGHI1", "ABCDEFGHI2", "ABCDEFGHI3")
	return w
}

// own makes the account's resources in home those with these IDs.
func (w *world) own(ids ...string) {
	content := w.regions[home]
	content.Resources = nil
	for _, kind := range catalog.AccountKinds() {
		for _, id := range ids {
			content.Resources = append(content.Resources, bedrocktest.Resource{
				Kind: string(kind), ID: id, Name: "name of " + id, Models: []string{bedrocktest.ModelARN(home, "maker.model-0001-v1:0")},
			})
		}
	}
	w.regions[home] = content
	w.Serve(w.regions)
}

// remember keeps what listings described for the next collection.
func (w *world) remember(listings map[catalog.Scope]catalog.Listing) {
	w.opts.Described = map[catalog.Scope][]catalog.Item{}
	for scope, listing := range listings {
		w.opts.Described[scope] = listing.Items
	}
}

// described counts the requests that described a resource.
func (w *world) described() (n int) {
	for _, call := range w.Calls() {
		if strings.HasPrefix(call.Operation, "Get") && call.Service == "bedrock" {
			n++
		}
	}
	return n
}

func TestResources(t *testing.T) {
	for _, page := range []int{0, 1, 2} {
		w := having(t)
		w.LimitPages(page)
		for scope, listing := range w.listings() {
			want := 0
			if scope.Region == home {
				want = 3
			}
			if !scope.Kind.OfAccount() {
				continue
			}
			if listing.Outcome != catalog.Complete || len(listing.Items) != want {
				t.Errorf("pages of %d: %v is %s with %d items, want %d: %s", page, scope, listing.Outcome, len(listing.Items), want, listing.Message)
			}
			for _, item := range listing.Items {
				r := item.(*catalog.Resource)
				if r.Bases == nil || scope.Kind != catalog.KindImportedModel && len(r.Bases) == 0 {
					t.Errorf("%s %s rests on nothing", scope.Kind, r.ID)
				}
				if document := string(catalog.Encode(r)); strings.Contains(document, bedrocktest.Secret) || strings.Contains(document, bedrocktest.Account) {
					t.Errorf("kept: %s", document)
				}
			}
		}
	}
}

// Without kinds nothing of the account is asked for.
func TestNoResourcesUnasked(t *testing.T) {
	w := having(t)
	w.opts.Kinds = nil
	for scope := range w.listings() {
		if scope.Kind.OfAccount() {
			t.Errorf("listed %v", scope)
		}
	}
	for _, call := range w.Calls() {
		if call.Service == "bedrock" && !slices.Contains([]string{bedrocktest.ListFoundationModels, bedrocktest.ListInferenceProfiles}, call.Operation) || call.Type == "APPLICATION" {
			t.Errorf("called %+v", call)
		}
	}
}

// What has not changed since the last run is not described again.
func TestDescribesWhatChanged(t *testing.T) {
	w := having(t)
	first := w.listings()
	if n := w.described(); n != 9 {
		t.Fatalf("described %d resources, want 9", n)
	}
	w.remember(first)
	again := w.listings()
	if n := w.described(); n != 9 {
		t.Errorf("described %d more that had not changed", n-9)
	}
	for scope, listing := range first {
		for i, item := range listing.Items {
			if string(catalog.Encode(item)) != string(catalog.Encode(again[scope].Items[i])) {
				t.Errorf("%v: %s, then %s", scope, catalog.Encode(item), catalog.Encode(again[scope].Items[i]))
			}
		}
	}
	content := w.regions[home]
	for i := range content.Resources {
		if r := &content.Resources[i]; r.ID == "ABCDEFGHI2" {
			r.Updated, r.Models = "2026-02-01T00:00:00Z", []string{bedrocktest.ModelARN(home, "maker.model-0002-v1:0")}
		}
	}
	w.Serve(w.regions)
	for scope, listing := range w.listings() {
		if scope.Region != home || !scope.Kind.Described() {
			continue
		}
		if got := listing.Items[1].(*catalog.Resource).Bases; len(got) != 1 || got[0].ID != "maker.model-0002-v1:0" {
			t.Errorf("%v rests on %v after it changed", scope, got)
		}
	}
	if n := w.described(); n != 12 {
		t.Errorf("described %d resources, want 12", n)
	}
}

// A list counts whole or not at all, and says why; the public lists go on.
func TestResourcesThatFail(t *testing.T) {
	for _, test := range []struct {
		fault bedrocktest.Fault
		kind  catalog.Kind
		want  catalog.Outcome
	}{
		{bedrocktest.Fault{Operation: bedrocktest.ListPrompts, Kind: bedrocktest.DenyIAM}, catalog.KindPrompt, catalog.Denied},
		{bedrocktest.Fault{Operation: bedrocktest.GetPrompt, Kind: bedrocktest.DenyIAM}, catalog.KindPrompt, catalog.Denied},
		{bedrocktest.Fault{Operation: bedrocktest.GetAgent, Kind: bedrocktest.InternalError}, catalog.KindAgent, catalog.ServiceError},
		{bedrocktest.Fault{Operation: bedrocktest.GetAgent, Kind: bedrocktest.Throttle}, catalog.KindAgent, catalog.Throttled},
		{bedrocktest.Fault{Operation: bedrocktest.ListCustomModels, Kind: bedrocktest.NoOperation}, catalog.KindCustomModel, catalog.NotOffered},
		{bedrocktest.Fault{Operation: bedrocktest.ListAgents, Kind: bedrocktest.RepeatToken}, catalog.KindAgent, catalog.Invalid},
		{bedrocktest.Fault{Operation: bedrocktest.ListKnowledgeBases, Kind: bedrocktest.Malformed}, catalog.KindKnowledgeBase, catalog.Invalid},
	} {
		w := having(t)
		w.LimitPages(1)
		test.fault.Region = home
		w.Inject(test.fault)
		for scope, listing := range w.listings() {
			want := catalog.Complete
			if scope == (catalog.Scope{Region: home, Kind: test.kind}) {
				want = test.want
			}
			if listing.Outcome != want {
				t.Errorf("%s of %s: %v is %s, want %s: %s", test.fault.Kind, test.fault.Operation, scope, listing.Outcome, want, listing.Message)
			}
			if leaks(listing.Message) || strings.Contains(listing.Message, "name of") {
				t.Errorf("%s of %s: the message %q", test.fault.Kind, test.fault.Operation, listing.Message)
			}
		}
	}
}

// A failure that passes is retried, in lists and in descriptions.
func TestResourcesRetried(t *testing.T) {
	w := having(t)
	w.Inject(
		bedrocktest.Fault{Operation: bedrocktest.ListProvisionedModelThroughputs, Kind: bedrocktest.Throttle, Times: 2},
		bedrocktest.Fault{Operation: bedrocktest.GetPrompt, Kind: bedrocktest.InternalError, Times: 2},
	)
	for scope, listing := range w.listings() {
		if listing.Outcome != catalog.Complete {
			t.Errorf("%v is %s: %s", scope, listing.Outcome, listing.Message)
		}
	}
}

// What is deleted between its list and its description is there still, as only a list
// says what is, and nothing is said of what it rests on.
func TestResourceDeletedMeanwhile(t *testing.T) {
	w := having(t)
	w.learn()
	content := w.regions[home]
	for i := range content.Resources {
		content.Resources[i].Deleted = content.Resources[i].ID == "ABCDEFGHI2"
	}
	w.Serve(w.regions)
	for scope, listing := range w.listings() {
		if scope.Region != home || !scope.Kind.Described() {
			continue
		}
		got := strings.Join(keys(listing), " ")
		if listing.Outcome != catalog.Complete || got != "ABCDEFGHI1 ABCDEFGHI2 ABCDEFGHI3" {
			t.Errorf("%v is %s with %s: %s", scope, listing.Outcome, got, listing.Message)
		}
		if bases := listing.Items[1].(*catalog.Resource).Bases; bases != nil {
			t.Errorf("%v: what is gone rests on %v", scope, bases)
		}
	}
}

// A new version that nothing describes for a night is described the next one.
func TestResourceDescribedLate(t *testing.T) {
	w := having(t)
	w.remember(w.listings())
	content := w.regions[home]
	for i := range content.Resources {
		r := &content.Resources[i]
		r.Updated, r.Models, r.Deleted = "2026-02-01T00:00:00Z", []string{bedrocktest.ModelARN(home, "maker.model-0002-v1:0")}, true
	}
	for _, want := range []string{"maker.model-0001-v1:0", "maker.model-0002-v1:0"} {
		w.Serve(w.regions)
		listings := w.listings()
		for scope, listing := range listings {
			if scope.Region != home || !scope.Kind.Described() {
				continue
			}
			if got := listing.Items[1].(*catalog.Resource).Bases; len(got) != 1 || got[0].ID != want {
				t.Errorf("%v rests on %v, want %s", scope, got, want)
			}
		}
		w.remember(listings)
		for i := range content.Resources {
			content.Resources[i].Deleted = false
		}
	}
}
