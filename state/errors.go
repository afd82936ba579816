package state

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"snapshotter/catalog"
)

// CallError means that S3 refused a call or did not answer, or that its answer
// could not be stored here.
type CallError struct {
	Doing string // "fetch", "save", …
	At    Location
	Code  string // of S3, "" where there was no answer
	Err   error
}

func newCallError(doing string, at Location, err error) *CallError {
	code, _ := answer(err)
	return &CallError{doing, at, code, err}
}

func (e *CallError) Error() string {
	return fmt.Sprintf("%s %s: %s", e.Doing, e.At, e.reason())
}

func (e *CallError) Unwrap() error { return e.Err }

// reason is what happened, without the SDK's framing.
func (e *CallError) reason() string {
	var (
		api   smithy.APIError
		local *fs.PathError
	)
	switch {
	case errors.As(e.Err, &local):
		return local.Error()
	case errors.As(e.Err, &api) && api.ErrorMessage() != "":
		return catalog.Redact(api.ErrorCode() + ": " + api.ErrorMessage())
	case errors.As(e.Err, &api):
		return catalog.Redact(api.ErrorCode())
	case e.credentials():
		return "no AWS credentials are available: " + catalog.Redact(innermost(e.Err).Error())
	}
	return catalog.Redact(innermost(e.Err).Error())
}

// credentials reports whether the call was never sent because there were no
// credentials.
func (e *CallError) credentials() bool {
	return e.Code == "" && strings.Contains(e.Err.Error(), "get identity")
}

// innermost returns the error that the others wrap, or the first one of ours.
func innermost(err error) error {
	switch err := err.(type) {
	case *noAnswerError, *cutError:
		return err
	case interface{ Unwrap() []error }:
		return innermost(err.Unwrap()[0])
	case interface{ Unwrap() error }:
		if inner := err.Unwrap(); inner != nil {
			return innermost(inner)
		}
	}
	return err
}

// Advice says what to do.
func (e *CallError) Advice() string {
	if advice := faultAdvice[catalog.FaultOf(e.Code)]; advice != "" {
		return advice
	}
	if strings.HasSuffix(e.At.Bucket, directoryBucket) && slices.Contains(advices[0].codes, e.Code) {
		return "allow s3express:CreateSession on the bucket, in the mode ReadWrite"
	}
	for _, advice := range advices {
		if slices.Contains(advice.codes, e.Code) {
			return advice.text
		}
	}
	local := (*fs.PathError)(nil)
	switch {
	case errors.As(e.Err, &local):
		return "free some space, or make the directory writable"
	case e.credentials():
		return "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where an IAM role is attached"
	case e.Code == "":
		return "check this machine's network, DNS, proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL_S3"
	}
	return "try again; if it happens again, look up the code in S3's list of error responses"
}

// faultAdvice says what to do about credentials.
var faultAdvice = map[catalog.CredentialFault]string{
	catalog.Expired:       "get new temporary credentials: sign in again, or let the role that issued them renew them",
	catalog.Nonexistent:   "check that the access key exists, is active and of this partition: aws sts get-caller-identity",
	catalog.Unrecognized:  "check that the access key exists, is active and of this partition: aws sts get-caller-identity",
	catalog.WronglySigned: "check AWS_SECRET_ACCESS_KEY and this machine's clock",
	catalog.Missing:       "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where an IAM role is attached",
}

// directoryBucket ends the names of directory buckets, which are opened with a
// session. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html
const directoryBucket = "--x-s3"

// advices are the error codes that a user can do something about, with what to
// do.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
var advices = []struct {
	codes []string
	text  string
}{
	{[]string{"AccessDenied", "Forbidden", "AllAccessDisabled"},
		"allow s3:GetObject and s3:PutObject on the object and s3:ListBucket on the bucket, because S3 otherwise denies access to an object that does not exist yet; with a key of KMS, kms:Decrypt and kms:GenerateDataKey too (docs/state-in-s3.md has the policy)"},
	{[]string{"NoSuchBucket", "NotFound"},
		"check the bucket's name, or create it, with versioning on"},
	{[]string{"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"},
		"set AWS_REGION to the bucket's region"},
	{[]string{conflict, "OperationAborted"},
		"wait until no other write of this object is going on; if it happens each time, this S3 does not support conditional writes"},
	{[]string{"NotImplemented"},
		"use an S3 that supports conditional writes: without them a run could overwrite another's"},
}

// LostRaceError means that something else changed the object after it was
// fetched. Nothing was overwritten.
type LostRaceError struct {
	At      Location
	Path    string // of the local copy, which alone holds what was recorded
	Deleted bool   // it was not replaced but deleted
}

func (e *LostRaceError) Error() string {
	happened := "another run saved its own"
	if e.Deleted {
		happened = "it was deleted"
	}
	return fmt.Sprintf("save %s: %s after this run had fetched it; nothing was overwritten, and what this run recorded is in %s alone", e.At, happened, e.Path)
}

// Advice says what to do.
func (e *LostRaceError) Advice() string {
	if e.Deleted {
		return "restore the object, or save the local file in its place, then run again"
	}
	return "run again: the next run reports what changed since the one that was saved; make sure that only one schedule writes to this object"
}

// SaveError means that the local copy may not have been saved. Unless it is,
// the next run continues from what was saved before.
type SaveError struct {
	At   Location
	Path string // of the local copy
	ETag string // of the object that it replaces, "" if there was none
	// Unknown is whether the upload may have succeeded, or may still succeed.
	Unknown bool
	Err     error // a [*CallError]
}

func (e *SaveError) Error() string {
	unknown := ""
	if e.Unknown {
		unknown = " (the upload may have succeeded)"
	}
	return fmt.Sprintf("%s%s; what this run recorded is in %s", e.Err, unknown, e.Path)
}

func (e *SaveError) Unwrap() error { return e.Err }

// Advice says what to do. The command that it gives overwrites nothing either,
// and fails if the upload succeeded.
func (e *SaveError) Advice() string {
	condition := "--if-none-match '*'"
	if e.ETag != "" {
		condition = "--if-match " + shell(e.ETag)
	}
	upload := fmt.Sprintf("then, before the next run: aws s3api put-object --bucket %s --key %s --body %s %s",
		e.At.shownBucket(), shell(catalog.Redact(e.At.Key)), shell(e.Path), condition)
	if advised, ok := errors.AsType[*CallError](e.Err); ok {
		return advised.Advice() + "; " + upload
	}
	return upload
}

// shell quotes a word for a shell.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// DeletedError means that the object was deleted from a bucket with versions. A
// run does not take that for a first run, which would start a second history,
// unless [State.Anew] allows it.
type DeletedError struct{ At Location }

func (e *DeletedError) Error() string { return fmt.Sprintf("fetch %s: it was deleted", e.At) }

// Advice says what to do.
func (e *DeletedError) Advice() string {
	return "restore it by deleting its delete marker, which aws s3api list-object-versions shows, or start a new history with --new"
}

// NotOursError means that the object is not an SQLite database. It stays as it is.
type NotOursError struct {
	At       Location
	Encoding string // Content-Encoding of the answer, "" without one
}

func (e *NotOursError) Error() string {
	how := ""
	if e.Encoding != "" {
		how = fmt.Sprintf(": it arrived as %q", e.Encoding)
	}
	return fmt.Sprintf("fetch %s: the object is not an SQLite database%s", e.At, how)
}

// Advice says what to do.
func (e *NotOursError) Advice() string {
	if e.Encoding != "" {
		return "store it without Content-Encoding, and let no proxy on the way to S3 compress"
	}
	return "give another key, or restore an earlier version of the object"
}

// OccupiedError means that there is a file where the local copy would go.
type OccupiedError struct{ Path string }

func (e *OccupiedError) Error() string {
	return fmt.Sprintf("%s is in the way, and may hold a run that was not saved", e.Path)
}

// Advice says what to do.
func (e *OccupiedError) Advice() string {
	return "save it or move it away; each run needs an empty directory"
}

// NotWholeError means that the local copy is not a complete database.
type NotWholeError struct {
	Path string
	Why  string
}

func (e *NotWholeError) Error() string {
	return fmt.Sprintf("%s can't be saved: %s", e.Path, e.Why)
}

// Advice says what to do.
func (e *NotWholeError) Advice() string {
	return "close every program that has it open; opening and closing it with sqlite3 completes it"
}

// TooLargeError means that the local copy is too large for one upload.
type TooLargeError struct {
	Path string
	Size int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s can't be saved: it has %d bytes, and S3 takes at most %d in one upload, and only a single upload can be conditional", e.Path, e.Size, int64(largest))
}

// Advice says what to do.
func (e *TooLargeError) Advice() string {
	return "decades of runs take less than 100 MB: see what else the database holds, or keep it on a disk"
}
