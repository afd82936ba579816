package collect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
)

// session is how every service in every region is called: with the same
// connections, credentials, retries and deadlines.
type session struct {
	config  aws.Config
	attempt time.Duration
	// apiKey is whether the SDK found a Bedrock API key in the environment.
	apiKey bool
	// version1 is whether the session token may be of version 1.
	version1 bool
	close    func()
}

func newSession(cfg aws.Config, opts Options) *session {
	s := &session{config: cfg.Copy(), attempt: opts.Attempt, apiKey: prefersBearer(bedrock.NewFromConfig(cfg).Options())}
	s.config.HTTPClient, s.close = sharedClient(cfg.HTTPClient)
	s.config.Credentials = provider{cfg.Credentials}
	s.config.Retryer = func() aws.Retryer { return newRetryer(opts.Region) }
	s.config.RetryMaxAttempts, s.config.RetryMode = 0, "" // they would wrap the retryer
	return s
}

// prefersBearer reports whether the SDK would use a Bedrock API key, which it
// finds in the environment by itself.
func prefersBearer(o bedrock.Options) bool {
	return slices.Contains(o.AuthSchemePreference, "httpBearerAuth")
}

// sharedClient makes one HTTP client from the settings of the SDK's. The SDK
// would make one for each region, with connections of its own.
func sharedClient(given aws.HTTPClient) (shared aws.HTTPClient, closeIdle func()) {
	buildable, ok := given.(*awshttp.BuildableClient)
	switch {
	case given == nil:
		buildable = awshttp.NewBuildableClient()
	case !ok:
		return given, func() {}
	}
	transport := buildable.GetTransport()
	transport.MaxIdleConns = 0 // no limit: they are closed when the collection ends
	transport.MaxIdleConnsPerHost = 256
	return &http.Client{Transport: transport, CheckRedirect: redirect}, transport.CloseIdleConnections
}

// redirect follows redirects as the SDK's own client does: only if the method
// stays the same, and without the session token to another host.
func redirect(r *http.Request, via []*http.Request) error {
	status := r.Response.StatusCode
	if len(via) > 9 || status != http.StatusTemporaryRedirect && status != http.StatusPermanentRedirect {
		return http.ErrUseLastResponse
	}
	if r.URL.Host != via[len(via)-1].URL.Host {
		r.Header.Del("X-Amz-Security-Token")
	}
	return nil
}

// bedrock returns the client of one region. It always signs with the
// credentials: by default the SDK prefers a Bedrock API key from the
// environment, which may belong to another account, and which the sources of
// regions do not accept.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
func (s *session) bedrock(region string) *bedrock.Client {
	return bedrock.NewFromConfig(s.config, func(o *bedrock.Options) {
		o.Region = region
		o.BearerAuthTokenProvider = nil
		o.AuthSchemePreference = []string{"sigv4"}
	})
}

// authenticate gets credentials once, before the first request.
func (s *session) authenticate(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, &noAnswerError{within: within})
	defer cancel()
	credentials, err := s.config.Credentials.Retrieve(ctx)
	if err == nil {
		s.version1 = mayBeVersion1(credentials.SessionToken)
		return nil
	}
	missing, ok := errors.AsType[*CredentialsError](err)
	if !ok {
		missing = &CredentialsError{Err: err}
	}
	missing.APIKey = s.apiKey
	return missing
}

// provider marks errors of getting credentials, so that they differ from errors
// of the call that needed them.
type provider struct{ aws.CredentialsProvider }

func (p provider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if p.CredentialsProvider == nil {
		return aws.Credentials{}, &CredentialsError{Err: errNoCredentials}
	}
	credentials, err := p.CredentialsProvider.Retrieve(ctx)
	switch {
	case err == nil:
		return credentials, nil
	case ctx.Err() != nil:
		return credentials, fmt.Errorf("get credentials: %w", context.Cause(ctx))
	}
	return credentials, &CredentialsError{Err: err}
}

// attempts is the largest number of attempts of a request.
const attempts = 6

// newRetryer retries as the SDK's standard does, but without its quota, which
// the attempts of a single request cannot exhaust, and with pauses that fit a
// region's deadline: about 0.2, 0.5, 1, 2 and 4 s of 45 s, an eighth in all.
func newRetryer(deadline time.Duration) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		o.RateLimiter = ratelimit.None
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(untrusted)}, o.Retryables...)
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			longest := deadline / 350 << attempt
			return longest/2 + rand.N(longest/2+1), nil
		})
	})
}

// untrusted keeps the SDK from retrying a server that cannot prove its
// identity.
func untrusted(err error) aws.Ternary {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}
