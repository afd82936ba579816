package catalog

// CredentialFault is what an AWS error code says about the credentials of a call.
type CredentialFault string

const (
	NoFault CredentialFault = ""
	// Unrecognized credentials are not known there. Regions that an account has
	// not enabled refuse valid credentials like that.
	Unrecognized  CredentialFault = "unrecognized"
	Nonexistent   CredentialFault = "nonexistent"    // no such key or token
	Expired       CredentialFault = "expired"        // temporary credentials that ended
	WronglySigned CredentialFault = "wrongly-signed" // by another secret, or by a clock that is wrong
	Missing       CredentialFault = "missing"        // the call was not signed
)

// credentialFaults are the codes of all services that this program calls.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
var credentialFaults = map[string]CredentialFault{
	"UnrecognizedClientException": Unrecognized,
	"InvalidClientTokenId":        Unrecognized,
	"AuthFailure":                 Unrecognized,

	"InvalidAccessKeyId": Nonexistent,
	"InvalidToken":       Nonexistent,

	"ExpiredToken":          Expired,
	"ExpiredTokenException": Expired,
	"RequestExpired":        Expired,
	"TokenRefreshRequired":  Expired,

	"IncompleteSignature":          WronglySigned,
	"IncompleteSignatureException": WronglySigned,
	"InvalidSignatureException":    WronglySigned,
	"RequestTimeTooSkewed":         WronglySigned,
	"SignatureDoesNotMatch":        WronglySigned,

	"MissingAuthenticationToken":          Missing,
	"MissingAuthenticationTokenException": Missing,
}

// FaultOf returns what an AWS error code says about the credentials, [NoFault] if
// it is about something else.
func FaultOf(code string) CredentialFault { return credentialFaults[code] }
