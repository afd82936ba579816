package collect

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// session is how every service in every region is called: with the same
// connections, credentials, retries and deadlines.
type session struct {
	config  aws.Config
	attempt time.Duration
	// apiKey is whether the SDK found a Bedrock API key in the environment.
	apiKey bool
	close  func()
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
// looks for in the environment by itself.
func prefersBearer(o bedrock.Options) bool {
	return slices.Contains(o.AuthSchemePreference, "httpBearerAuth")
}

// sharedClient makes one HTTP client of the settings of the SDK's, which would
// make itself one anew for each region, with connections of its own.
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

// redirect follows as the SDK's own client does: only where the method is kept,
// and without the session token when it leads to another host.
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

// bedrock is the client of one region. It always signs with the credentials:
// by itself the SDK prefers a Bedrock API key in the environment, which names
// no account and which the other services don't know.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
func (s *session) bedrock(region string) *bedrock.Client {
	return bedrock.NewFromConfig(s.config, func(o *bedrock.Options) {
		o.Region = region
		o.BearerAuthTokenProvider = nil
		o.AuthSchemePreference = []string{"sigv4"}
	})
}

// authenticate gets credentials once, before anything is asked with them.
func (s *session) authenticate(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, &noAnswerError{within: within})
	defer cancel()
	_, err := s.config.Credentials.Retrieve(ctx)
	if err == nil {
		return nil
	}
	var missing *CredentialsError
	if !errors.As(err, &missing) {
		missing = &CredentialsError{Err: err}
	}
	missing.APIKey = s.apiKey
	return missing
}

// provider marks errors of getting credentials, so that they are told from
// errors of the call that needed them.
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

// attempts is how often one request is sent at most.
const attempts = 6

// newRetryer retries as the SDK's standard does, but without its quota, which
// the attempts of a single request can't exhaust, and with pauses that fit into
// a region's deadline: about 0.2, 0.5, 1, 2 and 4 s of 45, an eighth in all.
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

// untrusted keeps the SDK from asking again who is not who they should be.
func untrusted(err error) aws.Ternary {
	if errors.As(err, new(*tls.CertificateVerificationError)) {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// call is one call of an operation, with every attempt at it.
type call struct {
	attempt time.Duration           // deadline of each
	read    func(body []byte) error // what is done with a good answer before the SDK decodes it; may be nil
	failure error                   // of the last attempt that was not cut short from outside
}

func (s *session) call(read func(body []byte) error) *call {
	return &call{attempt: s.attempt, read: read}
}

// register puts the call's own steps among those of the SDK: within the retry
// loop, and between the wire and the decoding.
func (c *call) register(stack *middleware.Stack) error {
	limit := middleware.FinalizeMiddlewareFunc("LimitAttempt", c.limitAttempt)
	if err := stack.Finalize.Insert(limit, "Retry", middleware.After); err != nil {
		return err
	}
	if c.read == nil {
		return nil
	}
	return stack.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("ReadBody", c.readBody), "OperationDeserializer", middleware.After)
}

// limitAttempt gives each attempt a deadline of its own. The SDK has none, and
// takes an ended context for the caller's wish not to retry.
func (c *call) limitAttempt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	out middleware.FinalizeOutput, metadata middleware.Metadata, err error,
) {
	attempt, cancel := context.WithTimeout(ctx, c.attempt)
	defer cancel()
	out, metadata, err = next.HandleFinalize(attempt, in)
	if cutShort(ctx, err) {
		return out, metadata, err
	}
	if cutShort(attempt, err) {
		err = &noAnswerError{within: c.attempt}
	}
	c.failure = err
	return out, metadata, err
}

// cutShort reports whether err comes of the end of ctx. An answer that arrives
// at the last moment does not.
func cutShort(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled))
}

// readBody reads the whole of an answer. If it is a good one, it goes to read as
// the service wrote it, and then to the SDK, whose types drop unknown fields.
func (c *call) readBody(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, metadata, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return out, metadata, &cutError{err}
	case len(body) > maxBody:
		return out, metadata, &unreadableError{errTooLarge}
	case response.StatusCode == http.StatusNotFound && bytes.Contains(body, []byte(unknownOperation)):
		return out, metadata, &smithy.GenericAPIError{Code: unknownOperation, Message: "the operation does not exist here"}
	case response.StatusCode < 300:
		err = c.read(body)
	}
	if err != nil {
		return out, metadata, &unreadableError{err}
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return out, metadata, nil
}

// unknownOperation is the code of an operation that a region's service does not
// know. It may stand where the SDK does not look for a code, in an answer that
// is not even of the service's protocol.
const unknownOperation = "UnknownOperationException"

// verdict is what the call came to: of an error from a deadline that ended all
// attempts, the failure that was being retried, or else which deadline it was.
func (c *call) verdict(ctx context.Context, err error) error {
	switch {
	case !cutShort(ctx, err):
		return err
	case c.failure != nil:
		return c.failure
	}
	return context.Cause(ctx)
}
