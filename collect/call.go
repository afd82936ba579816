package collect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// call is one call of an operation, with all its attempts.
type call struct {
	attempt time.Duration           // deadline of each
	read    func(body []byte) error // what is done with a good answer before the SDK decodes it; may be nil
	failure error                   // of the last attempt that was not cut short from outside
}

func (s *session) call(read func(body []byte) error) *call {
	return &call{attempt: s.attempt, read: read}
}

// register adds the call's own steps to those of the SDK: inside the retry
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
// does not retry when the context has ended.
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

// cutShort reports whether err is due to the end of ctx. An answer that arrives
// at the last moment is not.
func cutShort(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled))
}

// readBody reads a complete answer. It passes a good one to read as the service
// wrote it, because the SDK's types drop unknown fields, and leaves nothing of it to
// the SDK, which would decode all of it again.
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
		return out, metadata, &smithy.GenericAPIError{Code: unknownOperation, Message: "the operation does not exist in this region"}
	case response.StatusCode < 300:
		err, body = c.read(body), []byte("{}")
	}
	if err != nil {
		return out, metadata, &unreadableError{err}
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return out, metadata, nil
}

// unknownOperation is the error code for an operation that a region's service
// does not have. The SDK may not find it, because the answer may not even
// follow the service's protocol.
const unknownOperation = "UnknownOperationException"

// verdict is the result of the call. If a deadline ended all attempts, it is
// the failure that was being retried, or else the deadline.
func (c *call) verdict(ctx context.Context, err error) error {
	switch {
	case !cutShort(ctx, err):
		return err
	case c.failure != nil:
		return c.failure
	}
	return context.Cause(ctx)
}
