package collect_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// Every fault that befalls all requests for one scope, each in a region of its
// own, and what becomes of it. The other scopes must not be touched.
func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault     bedrocktest.FaultKind
		outcome   catalog.Outcome
		code      string
		message   string // a part of it
		operation string // models, if not said
	}{
		{fault: bedrocktest.Throttle, outcome: catalog.Throttled, code: "ThrottlingException", message: "Too many requests"},
		{fault: bedrocktest.DenyIAM, outcome: catalog.Denied, code: "AccessDeniedException", message: "no identity-based policy allows the bedrock:ListFoundationModels action"},
		{fault: bedrocktest.DenySCP, outcome: catalog.Denied, code: "AccessDeniedException", message: "explicit deny in a service control policy"},
		{fault: bedrocktest.InternalError, outcome: catalog.ServiceError, code: "InternalServerException", message: "unexpected error"},
		{fault: bedrocktest.NoOperation, outcome: catalog.NotOffered, code: "UnknownOperationException", message: "not recognized"},
		{fault: bedrocktest.ExpiredCredentials, outcome: catalog.Denied, code: "ExpiredTokenException", message: "expired"},
		{fault: bedrocktest.InvalidCredentials, outcome: catalog.Denied, code: "UnrecognizedClientException", message: "invalid"},
		{fault: bedrocktest.InvalidSignature, outcome: catalog.Denied, code: "InvalidSignatureException", message: "does not match"},
		{fault: bedrocktest.BadGateway, outcome: catalog.ServiceError, message: "HTTP 502"},
		{fault: bedrocktest.Reset, outcome: catalog.Unreachable, message: "connection reset"},
		{fault: bedrocktest.HangUp, outcome: catalog.Unreachable, message: "connection closed"},
		{fault: bedrocktest.Truncated, outcome: catalog.Invalid, message: "cut off"},
		{fault: bedrocktest.Malformed, outcome: catalog.Invalid, message: "cannot be read: line 1"},
		{fault: bedrocktest.RepeatToken, outcome: catalog.Invalid, message: "pages repeat themselves", operation: bedrocktest.ListInferenceProfiles},
		{fault: bedrocktest.DuplicatePage, outcome: catalog.Invalid, message: "pages repeat themselves", operation: bedrocktest.ListInferenceProfiles},
		{fault: bedrocktest.NoEndpoint, outcome: catalog.Unreachable, message: "no such host"},
	}
	w := start(t)
	var faults []bedrocktest.Fault
	for i, tt := range tests {
		operation := cmp.Or(tt.operation, bedrocktest.ListFoundationModels)
		w.regions[numbered(i)] = offering(5, 3)
		faults = append(faults, bedrocktest.Fault{Region: numbered(i), Operation: operation, Kind: tt.fault})
	}
	w.Serve(w.regions)
	w.Inject(faults...)
	got := w.listings()
	for i, tt := range tests {
		t.Run(string(tt.fault), func(t *testing.T) {
			at, beside := models(numbered(i)), profiles(numbered(i))
			if tt.operation != "" {
				at, beside = beside, at
			}
			l := got[at]
			if l.Outcome != tt.outcome || l.ErrorCode != tt.code || !strings.Contains(l.Message, tt.message) || l.Items != nil {
				t.Errorf("got %s, %q, %q, %d items; want %s, %q, %q", l.Outcome, l.ErrorCode, l.Message, len(l.Items), tt.outcome, tt.code, tt.message)
			}
			if leaks(l.Message) {
				t.Errorf("the message names whom or where: %q", l.Message)
			}
			if l := got[beside]; l.Outcome != catalog.Complete {
				t.Errorf("%v, which has no fault: %s: %s", beside, l.Outcome, l.Message)
			}
		})
	}
}

// numbered is the code of a region that only discovery names.
func numbered(i int) string { return fmt.Sprintf("us-gov-test-%d", i) }

// leaks reports whether a message holds what must not be kept, or differs from
// run to run.
func leaks(message string) bool {
	for _, part := range []string{"arn:", bedrocktest.Account, "RequestID", "operation error", "127.0.0.1", "http://"} {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

// A region that falls silent, before its answer or in the middle of it, is
// asked again a few times, and then given up.
func TestSilence(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.opts.Attempt = 300 * time.Millisecond // so others may be late as well on a slow machine
	w.Inject(
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListFoundationModels, Kind: bedrocktest.Hang},
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.Stall},
	)
	got := w.listings()
	for _, scope := range []catalog.Scope{models(other), profiles(other)} {
		if l := got[scope]; l.Outcome != catalog.Unreachable || l.Message != "no answer within 300ms" {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
		if n := w.asked(scope); n != 6 {
			t.Errorf("%v: asked %d times", scope, n)
		}
	}
}

// Silence that passes.
func TestSilenceThatPasses(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.opts.Attempt, w.opts.Region = time.Second, time.Minute
	w.Inject(
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListFoundationModels, Kind: bedrocktest.Hang, Times: 1},
		bedrocktest.Fault{Region: other, Operation: bedrocktest.ListInferenceProfiles, Kind: bedrocktest.Stall, Times: 1},
	)
	for scope, l := range w.listings() {
		if l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
	}
}

// What passes is not seen: a later attempt reads the list.
func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.opts.Region = 20 * time.Second
	var faults []bedrocktest.Fault
	for i, kind := range []bedrocktest.FaultKind{
		bedrocktest.Throttle, bedrocktest.InternalError, bedrocktest.BadGateway,
		bedrocktest.Reset, bedrocktest.HangUp, bedrocktest.Truncated, bedrocktest.Malformed,
	} {
		w.regions[numbered(i)] = offering(5, 3)
		faults = append(faults, bedrocktest.Fault{Region: numbered(i), Kind: kind, Times: 2})
	}
	w.Serve(w.regions)
	w.Inject(faults...)
	for scope, l := range w.listings() {
		if l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
	}
}

// Answers that no Bedrock gives, from whatever may stand in its place.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		status  int
		body    string
		outcome catalog.Outcome
		message string
	}{
		{"nothing", 200, "", catalog.Invalid, "cannot be read"},
		{"null", 200, "null", catalog.Invalid, "cannot be read"},
		{"empty object", 200, "{}", catalog.Invalid, `has no "modelSummaries" list`},
		{"list of the wrong type", 200, `{"modelSummaries": {}}`, catalog.Invalid, "modelSummaries: unexpected JSON object"},
		{"item without an id", 200, `{"modelSummaries": [{"modelName": "x"}]}`, catalog.Invalid, "modelSummaries[0].modelId: missing"},
		{"two documents", 200, `{"modelSummaries": []}{"modelSummaries": []}`, catalog.Invalid, "cannot be read"},
		{"sign-in page", 200, "<html>sign in</html>", catalog.Invalid, "cannot be read"},
		{"more than can be asked for", 200, `{"modelSummaries": [{"modelId": "a"}], "nextToken": "x"}`, catalog.Invalid, "one page more"},
		{"a date, which the SDK can't read", 200, `{"modelSummaries": [{"modelId": "a", "modelLifecycle": {"endOfLifeTime": "2026-01-02"}}]}`, catalog.Complete, ""},
		{"redirect to a page", 302, "<html>", catalog.Invalid, "HTTP 302"},
		{"proxy's refusal", 403, "<html>blocked</html>", catalog.Invalid, "HTTP 403"},
		{"throttled by a gateway", 429, "slow down", catalog.Throttled, "HTTP 429"},
		{"not found", 404, "<html>", catalog.Invalid, "HTTP 404"},
		{"operation unknown, in XML", 404, "<UnknownOperationException/>", catalog.NotOffered, "does not exist in this region"},
		{"operation unknown, in an old form", 404, `{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`, catalog.NotOffered, "does not exist in this region"},
		{"operation unknown to the front door", 403, `{"__type":"AccessDeniedException","message":"Unable to determine service/operation name to be authorized"}`, catalog.NotOffered, "Unable to determine"},
		{"hostile message", 400, `{"__type":"Odd\u001bException","message":"\u001b[31mred\u001b[0m\n arn:aws:iam::111122223333:role/x \u202e"}`, catalog.ServiceError, "red [arn]"},
		{"code alone", 400, `{"__type":"OddException"}`, catalog.ServiceError, "no reason given"},
	}
	w := start(t)
	answers := map[string]int{} // by region
	for i := range tests {
		answers[numbered(i)] = i
		w.opts.Regions = append(w.opts.Regions, numbered(i))
	}
	front := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		scope := strings.Split(r.Header.Get("Authorization"), "/") // key/date/region/service/…
		i, strange := answers[scope[2]]
		if !strange || r.URL.Path != "/foundation-models" {
			w.ServeHTTP(answer, r)
			return
		}
		answer.WriteHeader(tests[i].status)
		answer.Write([]byte(tests[i].body))
	}))
	defer front.Close()
	cfg := w.Config()
	cfg.Region, cfg.BaseEndpoint = home, aws.String(front.URL)
	result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := byScope(result.Listings)[models(numbered(i))]
			if l.Outcome != tt.outcome || !strings.Contains(l.Message, tt.message) || leaks(l.Message) {
				t.Errorf("got %s, %q, %q; want %s, %q", l.Outcome, l.ErrorCode, l.Message, tt.outcome, tt.message)
			}
			if strings.ContainsAny(l.Message+l.ErrorCode, "\x1b\n\u202e") {
				t.Errorf("control characters: %q %q", l.ErrorCode, l.Message)
			}
		})
	}
}

// An answer without an end must not fill the memory.
func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.opts.Region = time.Minute
	w.opts.Include = func(region string) bool { return region == home }
	filler := []byte(strings.Repeat(" ", 1<<20))
	front := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/foundation-models" {
			w.ServeHTTP(answer, r)
			return
		}
		for {
			if _, err := answer.Write(filler); err != nil {
				return
			}
		}
	}))
	defer front.Close()
	cfg := w.Config()
	cfg.Region, cfg.BaseEndpoint = home, aws.String(front.URL)
	result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	if l := byScope(result.Listings)[models(home)]; l.Outcome != catalog.Invalid || !strings.Contains(l.Message, "larger than 64 MiB") {
		t.Errorf("got %s: %s", l.Outcome, l.Message)
	}
}
