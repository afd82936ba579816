package state

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"snapshotter/catalog"
)

// client talks to one bucket, in whatever region it is.
type client struct {
	s3     *s3.Client
	bucket string
	region string // where the bucket is, as far as is known
	// patience is how long an attempt may take in addition to the time to move
	// its bytes.
	patience time.Duration
}

// newClient returns a client with the SDK's settings. It uses path style for
// endpoints other than AWS's (AWS_ENDPOINT_URL_S3), because few of them have a
// host name for each bucket.
func newClient(cfg aws.Config, bucket string) *client {
	return &client{
		bucket: bucket, region: cmp.Or(cfg.Region, "us-east-1"), patience: time.Minute,
		s3: s3.NewFromConfig(cfg, func(o *s3.Options) {
			o.UsePathStyle = o.BaseEndpoint != nil
			o.DisableLogOutputChecksumValidationSkipped = true
			// Beyond 2 MB the SDK asks before it uploads, which some servers and
			// proxies answer with 417. A database is small enough not to ask.
			o.ContinueHeaderThresholdBytes = -1
			// A conflict is with a write that has not finished. AWS says to try
			// again: then this write succeeds, or its precondition fails.
			o.Retryer = retry.AddWithErrorCodes(o.Retryer, conflict, "OperationAborted")
		}),
	}
}

// conflict is the error code of a conditional write that met another write of
// the same object, so that it is not known yet which of them wins.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html#conditional-error-response
const conflict = "ConditionalRequestConflict"

// call makes a call in the bucket's region. The configured region decides what
// is listed, and need not be the bucket's: if it is not, the call is repeated
// in the bucket's region.
func (c *client) call(ctx context.Context, do func(in func(*s3.Options)) error) error {
	err := do(c.in)
	if !misdirected(err) {
		return err
	}
	region := c.locate(ctx)
	if region == c.region || !catalog.ValidRegion(region) {
		return err
	}
	c.region = region
	return do(c.in)
}

func (c *client) in(o *s3.Options) { o.Region = c.region }

// misdirected reports whether a call went to a region other than the bucket's.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func misdirected(err error) bool {
	switch code, _ := answer(err); code {
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return true
	case "MovedPermanently", "BadRequest": // the answer to a HEAD has no room for a code
		return true
	}
	return false
}

// locate asks which region the bucket is in, "" if S3 does not say. S3 says so
// even when it refuses access.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
func (c *client) locate(ctx context.Context) string {
	out, err := c.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &c.bucket}, c.in, s3.WithAPIOptions(c.limit(0, nil)))
	if err == nil {
		return aws.ToString(out.BucketRegion)
	}
	return header(err, "X-Amz-Bucket-Region")
}

// answer returns the error code and HTTP status of a failed call, empty if
// there was no answer.
func answer(err error) (code string, status int) {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		code = api.ErrorCode()
	}
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		status = response.HTTPStatusCode()
	}
	return code, status
}

// header returns a header of the answer to a failed call.
func header(err error, name string) string {
	response := (*smithyhttp.ResponseError)(nil)
	if !errors.As(err, &response) || response.Response == nil {
		return ""
	}
	return response.Response.Header.Get(name)
}

// slowest is the slowest connection, in bytes per second, on which a transfer
// still succeeds.
const slowest = 256 << 10

// allowance is how long an attempt that moves this many bytes may take.
func (c *client) allowance(size int64) time.Duration {
	return c.patience + time.Duration(size)*time.Second/slowest
}

// limit gives each attempt at a call, which sends size bytes, a deadline of its
// own: the SDK has none. Receive, if there is one, reads the object within the
// attempt, so that an interrupted transfer is repeated.
func (c *client) limit(size int64, receive func(*s3.GetObjectOutput) error) func(*middleware.Stack) error {
	attempt := func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
		out middleware.FinalizeOutput, metadata middleware.Metadata, err error,
	) {
		late := &noAnswerError{within: c.allowance(size)}
		attempt, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		timer := time.AfterFunc(late.within, func() { cancel(late) })
		defer timer.Stop()

		out, metadata, err = next.HandleFinalize(attempt, in)
		if object, ok := out.Result.(*s3.GetObjectOutput); ok && err == nil {
			late.within = c.allowance(aws.ToInt64(object.ContentLength))
			timer.Reset(late.within)
			err = errors.Join(receive(object), object.Body.Close())
		}
		if err != nil && ctx.Err() == nil && errors.Is(context.Cause(attempt), late) {
			err = late
		}
		return out, metadata, err
	}
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("LimitAttempt", attempt), "Retry", middleware.After)
	}
}

// noAnswerError means that an attempt took too long.
type noAnswerError struct{ within time.Duration }

func (e *noAnswerError) Error() string { return fmt.Sprintf("no answer within %s", e.within) }

// RetryableError makes the SDK try again.
func (e *noAnswerError) RetryableError() bool { return true }

// cutError means that an object arrived incomplete.
type cutError struct{ err error }

func (e *cutError) Error() string        { return "the object arrived incomplete: " + e.err.Error() }
func (e *cutError) Unwrap() error        { return e.err }
func (e *cutError) RetryableError() bool { return true }
