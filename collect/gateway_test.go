package collect_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// through collects through a gateway that signs each request to Bedrock anew, as
// one of the home region, after change has changed its query. The others pass.
func (w *world) through(change func(query url.Values)) map[catalog.Scope]catalog.Listing {
	w.t.Helper()
	gateway := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), "/bedrock/") {
			w.ServeHTTP(answer, r)
			return
		}
		query := r.URL.Query()
		change(query)
		request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, w.URL()+r.URL.Path+"?"+query.Encode(), nil)
		if err == nil {
			const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
			err = v4.NewSigner().SignHTTP(r.Context(), bedrocktest.Credentials(), request, empty, "bedrock", home, time.Now())
		}
		if err != nil {
			panic(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer response.Body.Close()
		answer.WriteHeader(response.StatusCode)
		io.Copy(answer, response.Body)
	}))
	w.t.Cleanup(gateway.Close)
	cfg := w.Config()
	cfg.Region, cfg.BaseEndpoint = home, aws.String(gateway.URL)
	result, err := collect.Collect(w.t.Context(), cfg, w.known, w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return byScope(result.Listings)
}

// A gateway that asks one region whichever it is asked for gives that region's
// list, which says nothing about any other.
func TestListOfAnotherRegion(t *testing.T) {
	w := start(t)
	got := w.through(func(url.Values) {})
	for _, scope := range []catalog.Scope{models(home), profiles(home)} {
		if l := got[scope]; l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
	}
	for _, scope := range []catalog.Scope{models(other), profiles(other)} {
		l := got[scope]
		for _, part := range []string{`of region "us-gov-west-1", but us-gov-east-1 was asked for`, "probably", "AWS_ENDPOINT_URL"} {
			if l.Outcome != catalog.Invalid || !strings.Contains(l.Message, part) || len(l.Items) > 0 {
				t.Errorf("%v: %s: %q, want %q", scope, l.Outcome, l.Message, part)
			}
		}
	}
	asked := 0
	for _, call := range w.Calls() {
		if call.Service == "bedrock" {
			asked++
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times: the answer will be no other the next time", asked)
	}
}

// An account's own profiles are not an empty list of AWS's.
func TestListOfAnotherType(t *testing.T) {
	w := start(t)
	r := offering(1, 1)
	r.Profiles = append(r.Profiles, bedrocktest.Profile{
		ID: "abcdefghij12", Name: "mine", Type: "APPLICATION", Models: []string{"maker.model-0000-v1:0"}, Regions: []string{home},
	})
	w.Serve(bedrocktest.Catalogue{home: r})
	got := w.through(func(query url.Values) {
		if query.Has("type") {
			query.Set("type", "APPLICATION")
		}
	})
	if l := got[profiles(home)]; l.Outcome != catalog.Invalid || !strings.Contains(l.Message, `of type "APPLICATION", but SYSTEM_DEFINED was asked for; probably because of a gateway`) {
		t.Errorf("%s: %q", l.Outcome, l.Message)
	}
}
