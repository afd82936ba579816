package collect

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"snapshotter/catalog"
)

// failure is the classified error of a call.
type failure struct {
	outcome catalog.Outcome
	code    string // of AWS
	message string // free of ARNs, account ids and the SDK's framing
	cause   cause
	err     error
}

// cause is what a failure may mean if the failure alone does not show it and
// the other regions have to be considered.
type cause int

const (
	plain cause = iota // it is plain
	// credentialsUnknown is how a region refuses invalid credentials, and also
	// valid ones of an account that has not enabled the region.
	credentialsUnknown
	// credentialsUnusable are expired, wrongly signed, or not available.
	credentialsUnusable
	// noHost is a host name that does not exist.
	noHost
	// misdirected is an answer of another region's endpoint.
	misdirected
)

// codes are the error codes that have a meaning of their own, for all services
// that are called, beside those about credentials ([catalog.FaultOf]). Any other
// code is a service error.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
var codes = []struct {
	outcome catalog.Outcome
	codes   []string
}{
	{catalog.Throttled, []string{
		"ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException",
		"RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown",
	}},
	{catalog.Denied, []string{
		"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "UnauthorizedException",
		"NotAuthorized", "OptInRequired", "SubscriptionRequiredException",
	}},
	{catalog.NotOffered, []string{
		unknownOperation, "UnknownOperation", "InvalidAction",
	}},
}

// noOperation is how a region's front end says that it does not have an
// operation: it denies access, though no policy could allow it.
const noOperation = "Unable to determine service/operation name to be authorized"

// classify classifies an error of a call.
func classify(err error) failure {
	f := failure{outcome: catalog.Unreachable, err: err}
	var credentials *CredentialsError
	var api smithy.APIError
	switch {
	case errors.As(err, &credentials):
		f.outcome, f.cause, f.message, f.err = catalog.Denied, credentialsUnusable, credentials.Error(), credentials.Err
	case errors.As(err, new(*unreadableError)), errors.As(err, new(*smithy.DeserializationError)) && statusOf(err) < 300:
		f.outcome, f.message = catalog.Invalid, describe(err)
	case errors.As(err, &api) && api.ErrorCode() != unknownCode:
		f.refused(api)
	case statusOf(err) >= 300:
		f.answered(statusOf(err))
	default:
		f.unanswered()
	}
	f.code = catalog.Redact(f.code)
	f.message = catalog.Redact(f.message)
	return f
}

// unknownCode is what the SDK puts in place of a missing error code or message.
const unknownCode = "UnknownError"

// statusOf returns the HTTP status of the answer that caused err, 0 if there is
// none.
func statusOf(err error) int {
	response, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok {
		return 0
	}
	return response.HTTPStatusCode()
}

// refused classifies an error that the service reports.
func (f *failure) refused(api smithy.APIError) {
	f.outcome, f.code = catalog.ServiceError, api.ErrorCode()
	f.message, _, _ = strings.Cut(api.ErrorMessage(), " Encoded authorization failure message:") // of EC2, a kilobyte of base 64
	if f.message == "" || f.message == unknownCode {
		f.message = "no reason given"
	}
	for _, known := range codes {
		if slices.Contains(known.codes, f.code) {
			f.outcome = known.outcome
		}
	}
	switch catalog.FaultOf(f.code) {
	case catalog.NoFault:
	case catalog.Unrecognized:
		f.outcome, f.cause = catalog.Denied, credentialsUnknown
	default:
		f.outcome, f.cause = catalog.Denied, credentialsUnusable
	}
	switch {
	case strings.Contains(f.message, noOperation):
		f.outcome = catalog.NotOffered
	case strings.Contains(f.message, otherRegion):
		f.outcome, f.cause = catalog.Invalid, misdirected
		f.message = "an endpoint of another region answered; probably because of " + misdirection
	}
}

// answered classifies an error answer that is not the service's own: from a
// load balancer, a proxy, or a service that fails early.
func (f *failure) answered(status int) {
	f.message = fmt.Sprintf("the answer was an HTTP %d without a reason", status)
	switch {
	case status == 429:
		f.outcome = catalog.Throttled
	case status >= 500:
		f.outcome = catalog.ServiceError
	default:
		f.outcome = catalog.Invalid
	}
}

// unanswered classifies an error on the way to the service.
func (f *failure) unanswered() {
	f.message = describe(f.err)
	if dns, ok := errors.AsType[*net.DNSError](f.err); ok && dns.IsNotFound && !throughProxy(f.err) {
		f.cause = noHost
	}
	if errors.As(f.err, new(*cutError)) && errors.Is(f.err, io.ErrUnexpectedEOF) {
		f.outcome = catalog.Invalid
	}
}

// describe returns err for a person, without operation names, request IDs,
// addresses and ports, which differ from run to run.
func describe(err error) string {
	var (
		dns     *net.DNSError
		late    *noAnswerError
		trust   *tls.CertificateVerificationError
		cut     *cutError
		illegal *unreadableError
		garbled *smithy.DeserializationError
		api     smithy.APIError
	)
	switch {
	case errors.As(err, &late):
		return late.Error()
	case errors.As(err, &illegal):
		return illegal.Error()
	case errors.As(err, &cut):
		return cut.Error()
	case errors.As(err, &garbled):
		return "the answer cannot be read: " + innermost(garbled).Error()
	case throughProxy(err):
		return "the proxy cannot be reached"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &dns):
		return "the host name could not be resolved"
	case errors.As(err, &trust):
		return trust.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.As(err, &api):
		return cmp.Or(api.ErrorMessage(), api.ErrorCode())
	}
	return innermost(err).Error()
}

// throughProxy reports whether an error is of the way to the proxy.
func throughProxy(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect"
}

// innermost returns the error that the others wrap.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// accepts reports whether an outcome shows that the credentials are valid.
func accepts(outcome catalog.Outcome, cause cause) bool {
	return outcome == catalog.Complete || outcome == catalog.Denied && cause == plain
}
