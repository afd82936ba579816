package bedrocktest_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/needs"
)

func TestOtherCredentialsAreRefused(t *testing.T) {
	s := start(t)
	good := bedrocktest.Credentials()
	for name, test := range map[string]struct {
		change func(*aws.Credentials)
		code   string
	}{
		"an unknown access key": {func(c *aws.Credentials) { c.AccessKeyID = "AKIAI44QH8DHBEXAMPLE" }, "UnrecognizedClientException"},
		"no session token":      {func(c *aws.Credentials) { c.SessionToken = "" }, "UnrecognizedClientException"},
		"a wrong session token": {func(c *aws.Credentials) { c.SessionToken = "AQoEXAMPLE" }, "UnrecognizedClientException"},
		"a wrong secret key":    {func(c *aws.Credentials) { c.SecretAccessKey += "x" }, "InvalidSignatureException"},
	} {
		bad := good
		test.change(&bad)
		cfg := clientConfig(s, "us-east-1")
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return bad, nil })
		_, err := listProfiles(t.Context(), cfg, 10)
		expect(t, name, err, test.code, 403)
	}
}

// A client that is turned to the server by nothing but Env.
func TestEnvIsAllThatAClientNeeds(t *testing.T) {
	s := start(t)
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // so that it is restored
			os.Unsetenv(name)
		}
	}
	for name, value := range s.Env() {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for operation, ask := range asking {
		if err := ask(t.Context(), cfg); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// The trap that AWS_BEARER_TOKEN_BEDROCK is: a client that has signed so far
// does not any more. The Go SDK sends no token without TLS; others do.
func TestABearerTokenIsRefused(t *testing.T) {
	s := start(t)
	t.Setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-of-someone")
	if _, err := listModels(t.Context(), clientConfig(s, "us-east-1"), nil); err == nil || len(s.Calls()) > 0 {
		t.Errorf("the SDK has begun to send the token: %v", err)
	}
	fetch(t, s, "GET", "/foundation-models", "", "Authorization", "Bearer bedrock-api-key-of-someone").expect(t, 403, "AccessDeniedException:", "Please make sure your API Key is valid")
}

func TestUnsignedRequestsAreRefusedInTheirProtocol(t *testing.T) {
	s := start(t)
	fetch(t, s, "GET", "/foundation-models", "").expect(t, 403, "MissingAuthenticationTokenException:", `{"message":"Missing Authentication Token"}`)
	fetch(t, s, "GET", "/inference-profiles", "", "Authorization", "Basic dXNlcjpwYXNz").expect(t, 403, "MissingAuthenticationTokenException:", "")
	fetch(t, s, "GET", "/foundation-models", "", "Authorization", "AWS4-HMAC-SHA256 Credential=rubbish").expect(t, 403, "MissingAuthenticationTokenException:", "")
	fetch(t, s, "POST", "/", "{}", "X-Amz-Target", "AmazonSSM.GetParametersByPath").expect(t, 400, "", `{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`)
	fetch(t, s, "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", "Content-Type", "application/x-www-form-urlencoded").expect(t, 403, "", "<Code>MissingAuthenticationToken</Code>")
	signedAs := func(service string) string {
		return "AWS4-HMAC-SHA256 Credential=" + bedrocktest.Credentials().AccessKeyID + "/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"
	}
	token := bedrocktest.Credentials().SessionToken
	fetch(t, s, "GET", "/foundation-models", "", "Authorization", signedAs("bedrock"), "X-Amz-Security-Token", token, "X-Amz-Date", "20260101T000000Z").expect(t, 403, "InvalidSignatureException:", "signature")
	fetch(t, s, "GET", "/foundation-models", "", "Authorization", signedAs("bedrock"), "X-Amz-Security-Token", token, "X-Amz-Date", "yesterday").expect(t, 403, "InvalidSignatureException:", "signature")
	fetch(t, s, "POST", "/", "Action=DescribeRegions", "Authorization", signedAs("ec2"), "X-Amz-Security-Token", token).expect(t, 401, "", "<Code>AuthFailure</Code>")
}

// A signature covers the whole request.
func TestARequestChangedOnTheWayIsRefused(t *testing.T) {
	s := start(t)
	cfg := clientConfig(s, "us-east-1")
	honest := cfg.HTTPClient
	for name, change := range map[string]func(*http.Request){
		"query":  func(r *http.Request) { r.URL.RawQuery = "byProvider=Amazon" },
		"path":   func(r *http.Request) { r.URL.Path = "/inference-profiles" },
		"region": func(r *http.Request) { replaceIn(r.Header, "Authorization", "us-east-1", "eu-west-1") },
		"date":   func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260101T000000Z") },
	} {
		cfg.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			change(r)
			return honest.Do(r)
		})
		_, err := listModels(t.Context(), cfg, nil)
		expect(t, "another "+name, err, "InvalidSignatureException", 403)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func replaceIn(h http.Header, name, old, new string) {
	h.Set(name, strings.ReplaceAll(h.Get(name), old, new))
}

// The signer is curl's, which owes nothing to an SDK.
func TestSignaturesOfAnotherSigner(t *testing.T) {
	curl := needs.Tool(t, "curl")
	s, c := start(t), bedrocktest.Credentials()
	out, err := exec.Command(curl, "-sS", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:bedrock",
		"--user", c.AccessKeyID+":"+c.SecretAccessKey, "-H", "X-Amz-Security-Token: "+c.SessionToken,
		s.URL()+"/foundation-models?byProvider=TwelveLabs").CombinedOutput()
	if got := string(out); err != nil || !strings.Contains(got, "twelvelabs.marengo-embed-2-7-v1:0") || strings.Contains(got, "amazon.") {
		t.Errorf("curl: %v: %s", err, got)
	}
}

// answer is a raw answer of the server.
type answer struct {
	status int
	header http.Header
	body   string
}

func fetch(t *testing.T, s *bedrocktest.Server, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := (&http.Client{Transport: &http.Transport{}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(got)}
}

// expect checks the status, the start of the REST-JSON error type and a part
// of the body.
func (a answer) expect(t *testing.T, status int, errorType, body string) {
	t.Helper()
	if a.status != status || !strings.HasPrefix(a.header.Get("X-Amzn-Errortype"), errorType) || !strings.Contains(a.body, body) {
		t.Errorf("got %d %q %s; want %d %q %s", a.status, a.header.Get("X-Amzn-Errortype"), a.body, status, errorType, body)
	}
}
