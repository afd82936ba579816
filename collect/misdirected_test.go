package collect_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// An endpoint of AWS serves one region: that is said at once, and nothing is asked.
func TestOneEndpointForAllRegions(t *testing.T) {
	t.Parallel()
	const vpc = "vpce-0a1b2c3d-4e5f6a7b.bedrock.us-gov-west-1.vpce.amazonaws.com"
	for _, test := range []struct {
		endpoint string
		include  string // the region asked, "" is all
		refused  bool
	}{
		{"https://" + vpc, "", true},
		{"https://" + vpc + ":443/", other, true},
		{"https://bedrock.us-gov-west-1.amazonaws.com", "", true},
		{"https://bedrock-fips.us-gov-west-1.api.aws", "", true},
		{"https://" + vpc, home, false},
		{"https://bedrock.gateway.example.com", "", false},
		{"https://us-gov-west-1.example.com", "", false},
	} {
		w := start(t)
		w.opts.Region, w.opts.Attempt = time.Second, time.Second
		if test.include != "" {
			w.opts.Include = func(region string) bool { return region == test.include }
		}
		cfg := w.Config()
		cfg.Region, cfg.BaseEndpoint = home, aws.String(test.endpoint)
		cfg.HTTPClient = doer(func(*http.Request) (*http.Response, error) { return nil, errors.New("no network in this test") })
		began := time.Now()
		_, err := collect.Collect(t.Context(), cfg, nil, w.opts)
		endpoint, ok := errors.AsType[*collect.EndpointError](err)
		if ok != test.refused {
			t.Errorf("%s for %q: %v", test.endpoint, test.include, err)
			continue
		}
		if ok && (endpoint.Region != home || !strings.Contains(endpoint.Advice(), "AWS_ENDPOINT_URL_BEDROCK") || time.Since(began) > time.Second) {
			t.Errorf("%v; %s", err, endpoint.Advice())
		}
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// elsewhere collects where requests for some regions reach another region's
// endpoint.
func (w *world) elsewhere(reaches func(region string) bool) (collect.Result, error) {
	front := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		scope := strings.Split(r.Header.Get("Authorization"), "/") // key/date/region/service/…
		if scope[3] != "bedrock" || reaches(scope[2]) {
			w.ServeHTTP(answer, r)
			return
		}
		answer.Header().Set("X-Amzn-ErrorType", "InvalidSignatureException")
		answer.WriteHeader(http.StatusForbidden)
		answer.Write([]byte(`{"message":"Credential should be scoped to a valid region. "}`))
	}))
	w.t.Cleanup(front.Close)
	cfg := w.Config()
	cfg.Region, cfg.BaseEndpoint = home, aws.String(front.URL)
	return collect.Collect(w.t.Context(), cfg, nil, w.opts)
}

// A request that is signed for another region than the one that it reaches is no
// sign of a wrong key.
func TestEndpointOfAnotherRegion(t *testing.T) {
	w := start(t)
	result, err := w.elsewhere(func(region string) bool { return region == home })
	if err != nil {
		t.Fatal(err)
	}
	if l := byScope(result.Listings)[models(other)]; l.Outcome != catalog.Invalid || !strings.Contains(l.Message, "another region answered; probably because of an endpoint setting (AWS_ENDPOINT_URL)") {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	w.opts.Include = func(region string) bool { return region == other }
	_, err = w.elsewhere(func(string) bool { return false })
	if endpoint, ok := errors.AsType[*collect.EndpointError](err); !ok || !strings.Contains(endpoint.Advice(), "AWS_ENDPOINT_URL") {
		t.Errorf("got %v", err)
	}
}

// tokened collects from regions of the commercial partition.
func (w *world) tokened(regions ...string) (collect.Result, error) {
	w.opts.Include = func(region string) bool { return slices.Contains(regions, region) }
	return collect.Collect(w.t.Context(), w.Config(), nil, w.opts)
}

// A version 1 token is good in the regions that every account has, and in no other.
// That is a guess, and is told as one.
func TestSessionTokenOfVersion1(t *testing.T) {
	w := start(t)
	enabled := offering(2, 1)
	enabled.OptIn = "ENABLED"
	w.Serve(bedrocktest.Catalogue{"us-east-1": offering(2, 1), "eu-south-1": enabled})
	w.Inject(bedrocktest.Fault{Region: "eu-south-1", Kind: bedrocktest.InvalidCredentials})

	result, err := w.tokened("us-east-1", "eu-south-1")
	if err != nil {
		t.Fatal(err)
	}
	got := byScope(result.Listings)
	if l := got[models("eu-south-1")]; l.Outcome != catalog.Denied || !strings.Contains(l.Message, "probably a version 1 token; get it with AWS_STS_REGIONAL_ENDPOINTS=regional") {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	if l := got[models("us-east-1")]; l.Outcome != catalog.Complete {
		t.Errorf("us-east-1: %s: %s", l.Outcome, l.Message)
	}

	_, err = w.tokened("eu-south-1")
	if token, ok := errors.AsType[*collect.TokenError](err); !ok || !strings.Contains(err.Error(), "probably") || !strings.Contains(token.Advice(), "AWS_STS_REGIONAL_ENDPOINTS") {
		t.Errorf("got %v", err)
	}

	// If other regions refuse it too, the credentials are at fault.
	w.Inject(bedrocktest.Fault{Operation: bedrocktest.ListFoundationModels, Kind: bedrocktest.InvalidCredentials},
		bedrocktest.Fault{Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.InvalidCredentials})
	_, err = w.tokened("us-east-1", "eu-south-1")
	if !errors.As(err, new(*collect.CredentialsError)) {
		t.Errorf("refused everywhere: %v", err)
	}
}
