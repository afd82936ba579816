package bedrocktest

import (
	"encoding/xml"
	"net/http"
	"strings"
)

// protocol is how a service is spoken to.
// https://smithy.io/2.0/aws/protocols/index.html
type protocol struct {
	contentType string
	form        bool                   // the body is a form
	key         func(*exchange) string // what names the operation
	refuse      func(x *exchange, header http.Header, r refusal) []byte
}

// refusal is an error answer of AWS.
type refusal struct {
	status  int
	code    string
	message string
}

const formType = "application/x-www-form-urlencoded"

var (
	restJSON = protocol{
		contentType: "application/json",
		key:         func(x *exchange) string { return x.http.Method + " " + pathKey(x.http.URL.Path) },
		refuse: func(x *exchange, header http.Header, r refusal) []byte {
			// Bedrock sends the code with the name space of its framework.
			header.Set("X-Amzn-Errortype", r.code+":http://internal.amazon.com/coral/com.amazon."+x.scope.service+"/")
			return mustMarshal(map[string]string{"message": r.message})
		},
	}
	json11 = protocol{
		contentType: "application/x-amz-json-1.1",
		key:         func(x *exchange) string { return x.http.Header.Get("X-Amz-Target") },
		refuse: func(_ *exchange, _ http.Header, r refusal) []byte {
			return mustMarshal(map[string]string{"__type": r.code, "message": r.message})
		},
	}
	ec2Query = protocol{
		contentType: "text/xml;charset=UTF-8",
		form:        true,
		key:         action,
		refuse: func(x *exchange, _ http.Header, r refusal) []byte {
			return mustMarshalXML(struct {
				XMLName   xml.Name `xml:"Response"`
				Code      string   `xml:"Errors>Error>Code"`
				Message   string   `xml:"Errors>Error>Message"`
				RequestID string
			}{Code: r.code, Message: r.message, RequestID: x.requestID})
		},
	}
	stsQuery = protocol{
		contentType: "text/xml",
		form:        true,
		key:         action,
		refuse: func(x *exchange, _ http.Header, r refusal) []byte {
			return mustMarshalXML(struct {
				XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
				Type      string   `xml:"Error>Type"`
				Code      string   `xml:"Error>Code"`
				Message   string   `xml:"Error>Message"`
				RequestID string   `xml:"RequestId"`
			}{Type: r.fault(), Code: r.code, Message: r.message, RequestID: x.requestID})
		},
	}
)

func action(x *exchange) string { return x.form.Get("Action") }

// fault is whose fault it is.
func (r refusal) fault() string {
	if r.status >= 500 {
		return "Receiver"
	}
	return "Sender"
}

func (r *refusal) write(w http.ResponseWriter, x *exchange) {
	body := x.service.protocol.refuse(x, w.Header(), *r)
	x.head(w, r.status)
	w.Write(body)
}

// head writes the headers that every answer of AWS has.
func (x *exchange) head(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", x.service.protocol.contentType)
	w.Header().Set("X-Amzn-Requestid", x.requestID)
	w.WriteHeader(status)
}

// about fills in who may not do what.
func (r refusal) about(x *exchange) *refusal {
	r.message = strings.NewReplacer(
		"{principal}", principal(x.scope.region),
		"{action}", x.scope.service+":"+x.operationName(),
		"{key}", x.key,
	).Replace(r.message)
	return &r
}

// Refusals that no fault injects.
const (
	unsigned  FaultKind = "unsigned"
	badBearer FaultKind = "bad bearer token"
)

// The messages of access denied, of an identity-based policy and of a service
// control policy. The latter may name the policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
const (
	deniedByIAM = "User: {principal} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
	deniedBySCP = "User: {principal} is not authorized to perform: {action} with an explicit deny in a service control policy: arn:aws:organizations::" + Account + ":policy/o-exampleorgid/service_control_policy/p-examplepolicyid111"
)

const (
	invalidToken = "The security token included in the request is invalid."
	expiredToken = "The security token included in the request is expired"
	badSignature = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	noSignature  = "Missing Authentication Token"
	slowDown     = "Too many requests, please wait before trying again."
	badKey       = "Authentication failed: Please make sure your API Key is valid."
	unknown      = "The requested operation is not recognized by the service."
	broken       = "The system encountered an unexpected error during processing. Try your request again."
)

var bedrockWording = map[FaultKind]refusal{
	Throttle:           {429, "ThrottlingException", slowDown},
	DenyIAM:            {403, "AccessDeniedException", deniedByIAM},
	DenySCP:            {403, "AccessDeniedException", deniedBySCP},
	NotEnabled:         {403, "UnrecognizedClientException", invalidToken},
	ExpiredCredentials: {403, "ExpiredTokenException", expiredToken},
	InvalidCredentials: {403, "UnrecognizedClientException", invalidToken},
	InvalidSignature:   {403, "InvalidSignatureException", badSignature},
	InternalError:      {500, "InternalServerException", broken},
	NoOperation:        {404, "UnknownOperationException", unknown},
	InvalidToken:       {400, "ValidationException", "The provided nextToken is invalid or has expired."},
	unsigned:           {403, "MissingAuthenticationTokenException", noSignature},
	badBearer:          {403, "AccessDeniedException", badKey},
}

var accountWording = map[FaultKind]refusal{
	Throttle:           {429, "TooManyRequestsException", slowDown},
	DenyIAM:            {403, "AccessDeniedException", deniedByIAM},
	DenySCP:            {403, "AccessDeniedException", deniedBySCP},
	NotEnabled:         {403, "UnrecognizedClientException", invalidToken},
	ExpiredCredentials: {403, "ExpiredTokenException", expiredToken},
	InvalidCredentials: {403, "UnrecognizedClientException", invalidToken},
	InvalidSignature:   {403, "InvalidSignatureException", badSignature},
	InternalError:      {500, "InternalServerException", broken},
	NoOperation:        {404, "UnknownOperationException", unknown},
	InvalidToken:       {400, "ValidationException", "The provided pagination token is not valid."},
	unsigned:           {403, "MissingAuthenticationTokenException", noSignature},
	badBearer:          {403, "MissingAuthenticationTokenException", noSignature},
}

var ssmWording = map[FaultKind]refusal{
	Throttle:           {400, "ThrottlingException", "Rate exceeded"},
	DenyIAM:            {400, "AccessDeniedException", deniedByIAM},
	DenySCP:            {400, "AccessDeniedException", deniedBySCP},
	NotEnabled:         {400, "UnrecognizedClientException", invalidToken},
	ExpiredCredentials: {400, "ExpiredTokenException", expiredToken},
	InvalidCredentials: {400, "UnrecognizedClientException", invalidToken},
	InvalidSignature:   {400, "InvalidSignatureException", badSignature},
	InternalError:      {500, "InternalServerError", broken},
	NoOperation:        {400, "UnknownOperationException", unknown},
	InvalidToken:       {400, "InvalidNextToken", "The specified token isn't valid."},
	unsigned:           {400, "MissingAuthenticationTokenException", noSignature},
	badBearer:          {400, "MissingAuthenticationTokenException", noSignature},
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
var ec2Wording = map[FaultKind]refusal{
	Throttle:           {503, "RequestLimitExceeded", "Request limit exceeded."},
	DenyIAM:            {403, "UnauthorizedOperation", "You are not authorized to perform this operation. " + deniedByIAM},
	DenySCP:            {403, "UnauthorizedOperation", "You are not authorized to perform this operation. " + deniedBySCP},
	NotEnabled:         {401, "AuthFailure", "AWS was not able to validate the provided access credentials"},
	ExpiredCredentials: {400, "RequestExpired", "Request has expired."},
	InvalidCredentials: {401, "AuthFailure", "AWS was not able to validate the provided access credentials"},
	InvalidSignature:   {401, "AuthFailure", "AWS was not able to validate the provided access credentials"},
	InternalError:      {500, "InternalError", "An internal error has occurred"},
	NoOperation:        {400, "InvalidAction", "The action {key} is not valid for this web service."},
	unsigned:           {400, "MissingParameter", "The request must contain the parameter AWSAccessKeyId"},
	badBearer:          {400, "MissingParameter", "The request must contain the parameter AWSAccessKeyId"},
}

// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
var stsWording = map[FaultKind]refusal{
	Throttle:           {400, "Throttling", "Rate exceeded"},
	DenyIAM:            {403, "AccessDenied", deniedByIAM},
	DenySCP:            {403, "AccessDenied", deniedBySCP},
	NotEnabled:         {403, "InvalidClientTokenId", invalidToken},
	ExpiredCredentials: {403, "ExpiredToken", expiredToken},
	InvalidCredentials: {403, "InvalidClientTokenId", invalidToken},
	InvalidSignature:   {403, "SignatureDoesNotMatch", badSignature},
	InternalError:      {500, "InternalFailure", broken},
	NoOperation:        {400, "InvalidAction", "Could not find operation {key} for version 2011-06-15"},
	unsigned:           {403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
	badBearer:          {403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
}
