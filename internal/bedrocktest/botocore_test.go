package bedrocktest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"snapshotter/internal/bedrocktest"
	"snapshotter/internal/needs"
)

// rawAnswer is an answer as it came over the wire, for testdata/validate.py.
type rawAnswer struct {
	Service   string            `json:"service"`
	Operation string            `json:"operation"`
	Status    int               `json:"status"`
	Headers   map[string]string `json:"headers"`
	Body      string            `json:"body"`
}

// Every page of every operation, and every refusal, holds to the model that
// AWS publishes of its services, as botocore ships it.
func TestAnswersHoldToTheServiceModel(t *testing.T) {
	t.Parallel()
	python := botocorePython(t)
	s := start(t)
	refusals := []bedrocktest.FaultKind{
		bedrocktest.Throttle, bedrocktest.DenyIAM, bedrocktest.DenySCP, bedrocktest.NotEnabled, bedrocktest.ExpiredCredentials,
		bedrocktest.InvalidCredentials, bedrocktest.InvalidSignature, bedrocktest.InternalError, bedrocktest.NoOperation,
	}
	lists := []bedrocktest.FaultKind{bedrocktest.Empty, bedrocktest.Flap, bedrocktest.ShortPage}
	var answers []rawAnswer
	record := func(operation, region string) {
		cfg := clientConfig(s, region)
		cfg.HTTPClient = recorder{cfg.HTTPClient, &answers, s}
		asking[operation](t.Context(), cfg)
	}
	for operation := range asking {
		for _, region := range []string{"us-east-1", "us-gov-west-1", "eu-west-1"} {
			record(operation, region)
		}
		for _, kind := range append(refusals, lists...) {
			if operation == bedrocktest.GetCallerIdentity && slices.Contains(lists, kind) {
				continue // which is no list: there is always a caller
			}
			s.Inject(bedrocktest.Fault{Kind: kind})
			record(operation, "us-east-1")
		}
		s.Inject()
	}
	s.Inject(bedrocktest.Fault{Kind: bedrocktest.InvalidToken})
	record(bedrocktest.ListInferenceProfiles, "us-east-1")
	if len(answers) < 90 {
		t.Fatalf("recorded only %d answers", len(answers))
	}
	for _, violation := range python.violations(t, answers) {
		t.Error(violation)
	}
}

// recorder keeps what comes over the wire.
type recorder struct {
	client interface {
		Do(*http.Request) (*http.Response, error)
	}
	answers *[]rawAnswer
	server  *bedrocktest.Server
}

func (r recorder) Do(request *http.Request) (*http.Response, error) {
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	calls := r.server.Calls()
	last := calls[len(calls)-1]
	answer := rawAnswer{last.Service, last.Operation, response.StatusCode, map[string]string{}, string(body)}
	for name := range response.Header {
		answer.Headers[strings.ToLower(name)] = response.Header.Get(name)
	}
	*r.answers = append(*r.answers, answer)
	return response, nil
}

// The check can fail: each of these answers is wrong in one way.
func TestTheServiceModelRefusesWrongAnswers(t *testing.T) {
	t.Parallel()
	python := botocorePython(t)
	model := `{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/ab.cd","modelId":"ab.cd"%s}`
	profile := `{"inferenceProfileName":"N","inferenceProfileArn":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.ab.cd","models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/ab.cd"}],"inferenceProfileId":"us.ab.cd","status":"ACTIVE","type":"SYSTEM_DEFINED"%s}`
	models := func(format string, extra string) string {
		return `{"modelSummaries":[` + fmt.Sprintf(format, extra) + `]}`
	}
	profiles := func(extra string) string {
		return `{"inferenceProfileSummaries":[` + fmt.Sprintf(profile, extra) + `]}`
	}
	region := `<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><regionInfo><item><%s>x</%s></item></regionInfo></DescribeRegionsResponse>`
	tests := []struct {
		service, operation string
		status             int
		body               string
		want               string // "" is that nothing is wrong
	}{
		{"bedrock", "ListFoundationModels", 200, models(model, ""), ""},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"modelColour":"red"`), "unknown member modelColour"},
		{"bedrock", "ListFoundationModels", 200, models(`{"modelId":"ab.cd"%s}`, ""), "lacks modelArn"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"responseStreamingSupported":"yes"`), "'yes' is no boolean"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"responseStreamingSupported":1`), "1 is no boolean"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"inputModalities":"TEXT"`), "'TEXT' is no list"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"inputModalities":["text"]`), "does not even match"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"modelLifecycle":{"status":"GONE"}`), "'GONE' is none of"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"modelLifecycle":{"status":"ACTIVE","endOfLifeTime":1790000000}`), "is no ISO 8601 time"},
		{"bedrock", "ListFoundationModels", 200, models(model, `,"modelLifecycle":{"status":"ACTIVE","endOfLifeTime":"2026-09-30T00:00:00"}`), "has no time zone"},
		{"bedrock", "ListFoundationModels", 200, models(strings.Replace(model, `"modelId":"ab.cd"`, `"modelId":"A B"`, 1), ""), "does not match"},
		{"bedrock", "ListFoundationModels", 200, `{"modelSummaries":[`, "cannot be read"},
		{"bedrock", "ListInferenceProfiles", 200, profiles(""), ""},
		{"bedrock", "ListInferenceProfiles", 200, profiles(`,"description":""`), "length 0 is out of bounds"},
		{"bedrock", "ListInferenceProfiles", 200, strings.Replace(profiles(""), "111122223333", "1", 1), "does not match"},
		{"bedrock", "ListInferenceProfiles", 200, `{"inferenceProfileSummaries":[],"nextToken":"a b"}`, "does not match"},
		{"bedrock", "ListInferenceProfiles", 429, `{}`, "an error without code or message"},
		{"ssm", "GetParametersByPath", 200, `{"Parameters":[{"LastModifiedDate":"2026-01-01T00:00:00Z"}]}`, "is no Unix time"},
		{"account", "ListRegions", 200, `{"Regions":[{"RegionOptStatus":"MAYBE"}]}`, "'MAYBE' is none of"},
		{"ec2", "DescribeRegions", 200, fmt.Sprintf(region, "regionName", "regionName"), ""},
		{"ec2", "DescribeRegions", 200, fmt.Sprintf(region, "regionColour", "regionColour"), "unknown member regionColour"},
		{"sts", "GetCallerIdentity", 200, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>short</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`, "length 5 is out of bounds"},
	}
	var answers []rawAnswer
	for _, test := range tests {
		answers = append(answers, rawAnswer{test.service, test.operation, test.status, map[string]string{"x-amzn-requestid": "1"}, test.body})
	}
	violations := python.violations(t, answers)
	for n, test := range tests {
		var found []string
		for _, violation := range violations {
			if strings.HasPrefix(violation, fmt.Sprintf("%d ", n)) {
				found = append(found, violation)
			}
		}
		switch {
		case test.want == "" && len(found) > 0:
			t.Errorf("%s is right, and got %q", test.body, found)
		case test.want != "" && (len(found) != 1 || !strings.Contains(found[0], test.want)):
			t.Errorf("%s: got %q, want one with %q", test.body, found, test.want)
		}
	}
}

// AWS's own answers pass the same check, by the same leniency. The recordings
// are what the CLI wrote: times may have an offset, and that is all.
func TestRecordedAnswersHoldToTheModel(t *testing.T) {
	captures := os.Getenv("SNAPSHOTTER_CAPTURES")
	if captures == "" {
		t.Skip("SNAPSHOTTER_CAPTURES does not name a folder of recordings")
	}
	t.Parallel()
	python := botocorePython(t)
	var answers []rawAnswer
	for file, operation := range map[string]string{
		"foundation-models.json":  bedrocktest.ListFoundationModels,
		"inference-profiles.json": bedrocktest.ListInferenceProfiles,
	} {
		paths, err := filepath.Glob(filepath.Join(captures, "*", "us-east-1", file))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no %s of us-east-1 in %s: %v", file, captures, err)
		}
		for _, path := range paths {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, rawAnswer{"bedrock", operation, 200, map[string]string{"x-amzn-requestid": "1"}, string(body)})
		}
	}
	for _, violation := range python.violations(t, answers) {
		t.Error(violation)
	}
}

// What botocore, and with it the AWS CLI and boto3, makes of faults is what
// their users know from AWS.
func TestBotocoreTellsFaultsAsThoseOfAWS(t *testing.T) {
	t.Parallel()
	python := botocorePython(t)
	want := map[string]struct {
		kind bedrocktest.FaultKind
		told string
	}{
		"ap-east-1":  {bedrocktest.Throttle, "ThrottlingException 429: "},
		"ap-east-2":  {bedrocktest.DenySCP, "AccessDeniedException 403: User: arn:aws:sts::111122223333:assumed-role/snapshotter/nightly is not authorized to perform: bedrock:ListInferenceProfiles with an explicit deny in a service control policy"},
		"ap-east-3":  {bedrocktest.ExpiredCredentials, "ExpiredTokenException 403: The security token included in the request is expired"},
		"ap-east-4":  {bedrocktest.NotEnabled, "UnrecognizedClientException 403: The security token included in the request is invalid."},
		"ap-east-5":  {bedrocktest.InvalidSignature, "InvalidSignatureException 403: "},
		"ap-east-6":  {bedrocktest.InternalError, "InternalServerException 500: "},
		"ap-east-7":  {bedrocktest.NoOperation, "UnknownOperationException 404: "},
		"ap-east-8":  {bedrocktest.NoEndpoint, "307 307: "}, // it does not follow
		"ap-east-9":  {bedrocktest.BadGateway, "502 502: "},
		"ap-east-10": {bedrocktest.HangUp, "ConnectionClosedError: "},
		"ap-east-11": {bedrocktest.Reset, "ConnectionClosedError: "},
		"ap-east-12": {bedrocktest.Truncated, "ConnectionClosedError: "},
		"ap-east-13": {bedrocktest.Malformed, "KeyError: 'inferenceProfileSummaries'"}, // it takes the text for a message,
		"ap-east-14": {bedrocktest.RepeatToken, "PaginationError: "},
		"ap-east-15": {bedrocktest.Empty, "0"},
		"eu-west-1":  {bedrocktest.ShortPage, "2"},
		"us-east-1":  {bedrocktest.InvalidToken, "ValidationException 400: "},
		"us-east-2":  {bedrocktest.Wait, "307 307: "}, // the catalogue lacks it
		"me-south-1": {bedrocktest.Wait, "UnrecognizedClientException 403: "},
	}
	s := start(t)
	var faults []bedrocktest.Fault
	var regions []string
	for region, test := range want {
		regions = append(regions, region)
		faults = append(faults, bedrocktest.Fault{Region: region, Kind: test.kind})
	}
	s.Inject(faults...)
	out := python.run(t, environ(s), nil, append([]string{"testdata/faults.py"}, regions...)...)
	told := map[string]string{}
	if err := json.Unmarshal(out, &told); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	slices.Sort(regions)
	for _, region := range regions {
		if !strings.HasPrefix(told[region], want[region].told) {
			t.Errorf("%s, %s: %s; want %s", region, want[region].kind, told[region], want[region].told)
		}
	}
}

// pythonPath is a Python interpreter that has botocore.
type pythonPath string

// botocorePython finds one, or skips the test. The AWS CLI of version 1 shares
// its own with the machine; that of version 2 keeps it to itself.
func botocorePython(t *testing.T) pythonPath {
	t.Helper()
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil && exec.Command(path, "-c", "import botocore").Run() == nil {
			return pythonPath(path)
		}
	}
	needs.Skip(t, "no Python with botocore is installed: apt-get install python3-botocore")
	return ""
}

func (p pythonPath) violations(t *testing.T, answers []rawAnswer) []string {
	t.Helper()
	in, err := json.Marshal(answers)
	if err != nil {
		t.Fatal(err)
	}
	out := strings.TrimSpace(string(p.run(t, os.Environ(), in, "testdata/validate.py")))
	if out == "" {
		return nil
	}
	return strings.Split(out, "\n")
}

func (p pythonPath) run(t *testing.T, env []string, in []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(string(p), args...)
	cmd.Env, cmd.Stdin = env, bytes.NewReader(in)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", args[0], err, complaint.String())
	}
	return out
}
