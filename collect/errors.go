package collect

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"snapshotter/catalog"
)

// RegionError means that there is no region to list: no AWS region is
// configured, none with Bedrock is known in its partition, or all are left out.
type RegionError struct {
	Region    string   // as configured, "" if not; it may hold anything
	Partition string   // that has nothing to list, "" if the region is at fault
	LeftOut   []string // the regions of the partition, where all were left out
}

func (e *RegionError) Error() string {
	switch {
	case len(e.LeftOut) > 0:
		return fmt.Sprintf("all %d regions that are known in partition %s are left out", len(e.LeftOut), e.Partition)
	case e.Partition != "":
		return "no region with Bedrock is known in partition " + e.Partition
	case e.Region != "":
		return catalog.Redact(strconv.Quote(e.Region)) + " is not an AWS region"
	}
	return "no AWS region is configured"
}

// Advice says what to do.
func (e *RegionError) Advice() string {
	if len(e.LeftOut) > 0 {
		return "choose from " + strings.Join(e.LeftOut, ", ")
	}
	if e.Partition != "" {
		return "name the regions to list, or use credentials and a region of another partition"
	}
	if meant := meantRegion(e.Region); meant != "" {
		return "set AWS_REGION, or region in the AWS configuration file, to what is probably meant: " + meant
	}
	return "set AWS_REGION to any region of the account, such as us-east-1; it decides the partition, not what is listed"
}

// meantRegion guesses the region that a text means: in other letters, in quotes, or
// as one of its zones. It returns "" if it means none.
func meantRegion(text string) string {
	code := strings.ToLower(strings.Trim(text, "\"' \t\r\n"))
	if len(code) > 0 && !regionCode.MatchString(code) {
		code = code[:len(code)-1]
	}
	if !regionCode.MatchString(code) {
		return ""
	}
	return code
}

// CredentialsError means that there are no credentials, or that AWS refused
// them and nothing was read.
type CredentialsError struct {
	// Code is the AWS error code, "" if there were no credentials.
	Code string
	// APIKey is whether a Bedrock API key is set, which cannot replace them.
	APIKey bool
	Err    error
}

// errNoCredentials is for a configuration without any provider.
var errNoCredentials = errors.New("none are configured")

func (e *CredentialsError) Error() string {
	if e.Code != "" {
		return catalog.Redact(fmt.Sprintf("AWS refused the credentials: %s: %s", e.Code, describe(e.Err)))
	}
	if e.missing() {
		return "no AWS credentials were found"
	}
	return catalog.Redact("no AWS credentials are available: " + describe(e.Err))
}

func (e *CredentialsError) Unwrap() error { return e.Err }

// missing is whether nothing provides credentials: the SDK then asks the
// instance metadata service last, and reports only that.
func (e *CredentialsError) missing() bool {
	return errors.Is(e.Err, errNoCredentials) || e.says("no EC2 IMDS role found", "AnonymousCredentials")
}

func (e *CredentialsError) says(parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(e.Err.Error(), part) {
			return true
		}
	}
	return false
}

// Advice is what to do about it.
func (e *CredentialsError) Advice() string {
	advice := e.advice()
	if e.APIKey {
		advice += "; a Bedrock API key (AWS_BEARER_TOKEN_BEDROCK) is not enough"
	}
	return advice
}

func (e *CredentialsError) advice() string {
	switch {
	case e.Code == "" && e.missing():
		return "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where an IAM role is attached"
	case e.Code == "" && e.says("SSO", "sso"):
		return "sign in again with: aws sso login"
	case e.Code == "" && e.says("credential_process"):
		return "run what credential_process of the profile names by hand, and see what it says"
	case e.Code == "" && e.says("failed to load credentials"):
		return "see that what AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names answers"
	case e.Code == "" && e.says("login"):
		return "sign in again with: aws login"
	case e.Code == "":
		return "check that AWS_PROFILE names a profile that works: aws sts get-caller-identity"
	case strings.Contains(e.Code, "Expired"):
		return "get new temporary credentials: sign in again, or let the role that issued them renew them"
	case strings.Contains(e.Code, "Signature"):
		return "check AWS_SECRET_ACCESS_KEY and this machine's clock"
	}
	return "check that the access key exists, is active and of this partition, and that AWS_SESSION_TOKEN belongs to it: aws sts get-caller-identity"
}

// UnreachableError means that no scope answered, so that nothing was read.
type UnreachableError struct {
	Regions int // asked
	Reason  string
	Err     error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("Bedrock did not answer in any of %d regions: %s", e.Regions, e.Reason)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// Advice is what to do about it.
func (e *UnreachableError) Advice() string {
	if throughProxy(e.Err) {
		return "check the proxy that HTTPS_PROXY names"
	}
	return "check this machine's network, DNS, proxy (HTTPS_PROXY) and endpoint settings: each region's bedrock.REGION host must be reachable on port 443"
}

// noAnswerError means that a deadline passed.
type noAnswerError struct {
	within time.Duration
	whole  string // what the deadline is of, "" for a single attempt
}

func (e *noAnswerError) Error() string {
	if e.whole == "" {
		return fmt.Sprintf("no answer within %s", e.within)
	}
	return fmt.Sprintf("not read within %s, the limit of %s", e.within, e.whole)
}

// RetryableError makes the SDK try again.
func (e *noAnswerError) RetryableError() bool { return true }

// cutError means that an answer ended too early.
type cutError struct{ err error }

func (e *cutError) Error() string        { return "the answer was cut off: " + describe(e.err) }
func (e *cutError) Unwrap() error        { return e.err }
func (e *cutError) RetryableError() bool { return true }

// unreadableError means that an answer cannot be parsed, is too large, or is not
// for what was asked.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string {
	mismatch, ok := errors.AsType[*catalog.MismatchError](e.err)
	if !ok {
		return "the answer cannot be read: " + e.err.Error()
	}
	between := misdirection
	if mismatch.What == catalog.OfType {
		between = "a gateway that changes requests"
	}
	return "the answer is not for what was asked: " + e.err.Error() + "; probably because of " + between
}

func (e *unreadableError) Unwrap() error { return e.err }

// RetryableError keeps the SDK from trying again what would be no better.
func (e *unreadableError) RetryableError() bool {
	return !errors.Is(e.err, errTooLarge) && !errors.As(e.err, new(*catalog.MismatchError))
}

// maxBody limits an answer. The largest today have a few hundred kilobytes.
const maxBody = 64 << 20

// errTooLarge is not retried: each attempt would need that much memory.
var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxBody>>20)
