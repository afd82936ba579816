package collect_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"snapshotter/catalog"
	"snapshotter/collect"
	"snapshotter/internal/bedrocktest"
)

// credentialsError collects, which must fail on credentials, and says nothing
// of whose they are.
func credentialsError(t *testing.T, cfg aws.Config, opts collect.Options) *collect.CredentialsError {
	t.Helper()
	result, err := collect.Collect(t.Context(), cfg, nil, opts)
	refused, ok := errors.AsType[*collect.CredentialsError](err)
	if !ok {
		t.Fatalf("got %v, %v", outcomes(result.Listings), err)
	}
	if refused.Advice() == "" || leaks(err.Error()) || strings.Contains(err.Error(), "ASIA") {
		t.Errorf("error %q, advice %q", err, refused.Advice())
	}
	t.Logf("%v: %s", err, refused.Advice())
	return refused
}

func TestNoCredentials(t *testing.T) {
	w := start(t)
	for name, provider := range map[string]aws.CredentialsProvider{"nil": nil, "anonymous": aws.AnonymousCredentials{}} {
		cfg := w.Config()
		cfg.Region, cfg.Credentials = home, provider
		if err := credentialsError(t, cfg, w.opts); err.Error() != "no AWS credentials were found" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if calls := w.Calls(); len(calls) > 0 {
		t.Errorf("asked %v", calls)
	}
}

// The SDK's own chain, with nothing in it.
func TestNoCredentialsAnywhere(t *testing.T) {
	w := start(t)
	for name, value := range w.Env() {
		t.Setenv(name, value)
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	cfg, err := config.LoadDefaultConfig(t.Context(), config.WithRegion(home))
	if err != nil {
		t.Fatal(err)
	}
	refused := credentialsError(t, cfg, w.opts)
	if refused.Error() != "no AWS credentials were found" || !strings.Contains(refused.Advice(), "AWS_PROFILE") || refused.Code != "" {
		t.Errorf("%v: %s", refused, refused.Advice())
	}
	t.Setenv("AWS_BEARER_TOKEN_BEDROCK", "key")
	if advice := credentialsError(t, cfg, w.opts).Advice(); !strings.Contains(advice, "AWS_BEARER_TOKEN_BEDROCK") {
		t.Errorf("with a Bedrock API key: %s", advice)
	}
}

func TestCredentialsThatCannotBeHad(t *testing.T) {
	tests := []struct {
		failure error
		message string
		advice  string
	}{
		{errors.New("the SSO session has expired or is invalid"), "the SSO session has expired", "aws sso login"},
		{errors.New("process provider error: error in credential_process: exit status 127"), "exit status 127", "credential_process"},
		{errors.New("failed to load credentials, connection refused"), "connection refused", "AWS_CONTAINER_CREDENTIALS_FULL_URI"},
		{errors.New("login session has expired, please reauthenticate"), "please reauthenticate", "aws login"},
		{errors.New("role arn:aws:iam::111122223333:role/x"), "role [arn]", "aws sts get-caller-identity"},
	}
	w := start(t)
	for _, tt := range tests {
		cfg := w.Config()
		cfg.Region = home
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, tt.failure
		})
		err := credentialsError(t, cfg, w.opts)
		if !errors.Is(err, tt.failure) || !strings.Contains(err.Error(), tt.message) || !strings.Contains(err.Advice(), tt.advice) {
			t.Errorf("%v: %s", err, err.Advice())
		}
	}
}

// Credentials that every region refuses, whatever else may be the matter.
func TestRefusedEverywhere(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind   bedrocktest.FaultKind
		code   string
		advice string
	}{
		{bedrocktest.InvalidCredentials, "UnrecognizedClientException", "access key exists"},
		{bedrocktest.ExpiredCredentials, "ExpiredTokenException", "sign in again"},
		{bedrocktest.InvalidSignature, "InvalidSignatureException", "clock"},
	}
	for _, tt := range tests {
		for _, reach := range []string{"all", "not one that hangs up"} {
			t.Run(string(tt.kind)+", "+reach, func(t *testing.T) {
				t.Parallel()
				w := start(t)
				w.opts.Region = 3 * time.Second
				faults := []bedrocktest.Fault{{Kind: tt.kind}}
				if reach != "all" {
					faults = append([]bedrocktest.Fault{{Kind: bedrocktest.HangUp, Region: other}}, faults...)
				}
				w.Inject(faults...)
				cfg := w.Config()
				cfg.Region = home
				refused := credentialsError(t, cfg, w.opts)
				if refused.Code != tt.code || !strings.Contains(refused.Advice(), tt.advice) {
					t.Errorf("code %q, advice %q", refused.Code, refused.Advice())
				}
			})
		}
	}
}

// A key of another account or partition is refused on its signature.
func TestWrongKey(t *testing.T) {
	w := start(t)
	cfg := w.Config()
	cfg.Region = home
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		credentials := bedrocktest.Credentials()
		credentials.SecretAccessKey = "wrong"
		return credentials, nil
	})
	credentialsError(t, cfg, w.opts)
}

// Credentials that every Bedrock refuses are no good, though discovery took
// them: they expired in between.
func TestRefusedAfterDiscovery(t *testing.T) {
	for _, kind := range []bedrocktest.FaultKind{bedrocktest.ExpiredCredentials, bedrocktest.InvalidCredentials} {
		w := start(t)
		w.Inject(
			bedrocktest.Fault{Operation: bedrocktest.ListFoundationModels, Kind: kind},
			bedrocktest.Fault{Operation: bedrocktest.ListInferenceProfiles, Kind: kind},
		)
		cfg := w.Config()
		cfg.Region = home
		credentialsError(t, cfg, w.opts)
	}
}

// A single region that is asked for and not enabled is not bad credentials,
// where anything shows that they are good.
func TestOnlyANotEnabledRegionAsked(t *testing.T) {
	w := start(t)
	w.opts.Include = func(region string) bool { return region == other }
	w.Inject(
		bedrocktest.Fault{Region: other, Kind: bedrocktest.NotEnabled},
		bedrocktest.Fault{Operation: bedrocktest.ListRegions, Kind: bedrocktest.DenyIAM},
		bedrocktest.Fault{Operation: bedrocktest.DescribeRegions, Kind: bedrocktest.DenyIAM},
	)
	if l := w.listings()[models(other)]; l.Outcome != catalog.NotEnabled {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

// Credentials that work somewhere are no reason to throw away what was read.
func TestExpiredInOneRegion(t *testing.T) {
	w := start(t)
	w.Inject(bedrocktest.Fault{Region: other, Kind: bedrocktest.ExpiredCredentials})
	got := w.listings()
	if l := got[models(other)]; l.Outcome != catalog.Denied || l.ErrorCode != "ExpiredTokenException" {
		t.Errorf("%s, %q, %q", l.Outcome, l.ErrorCode, l.Message)
	}
	if l := got[models(home)]; l.Outcome != catalog.Complete {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

// To be denied everything is not to have bad credentials: it is recorded.
func TestDeniedEverywhere(t *testing.T) {
	w := start(t)
	w.Inject(bedrocktest.Fault{Kind: bedrocktest.DenyIAM})
	for scope, l := range w.listings() {
		if l.Outcome != catalog.Denied {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
	}
}

// Credentials that can't be renewed halfway through.
func TestRenewalThatFails(t *testing.T) {
	w := start(t)
	cfg := w.Config()
	cfg.Region = home
	first := true
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if first { // before anything else runs
			first = false
			return bedrocktest.Credentials(), nil
		}
		return aws.Credentials{}, errors.New("the SSO session has expired or is invalid")
	})
	if advice := credentialsError(t, cfg, w.opts).Advice(); !strings.Contains(advice, "aws sso login") {
		t.Error(advice)
	}
}

// A Bedrock API key in the environment is never used to list with: it is not
// what the other services know, nor what tells the account.
func TestBearerTokenIsNotUsed(t *testing.T) {
	w := start(t)
	t.Setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-not-to-be-sent")
	for scope, l := range w.listings() {
		if l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", scope, l.Outcome, l.Message)
		}
	}
}
