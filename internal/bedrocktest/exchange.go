package bedrocktest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// exchange is one request on its way to an answer.
type exchange struct {
	http      *http.Request
	body      []byte
	form      url.Values // the body, in the query protocols
	auth      authorization
	scope     scope
	service   *service
	key       string     // what names the operation on the wire
	operation *operation // nil when the service has none such
	query     query
	call      Call
	requestID string
	account   string // that the credentials belong to
}

// service is one AWS service: its protocol, its refusals and its operations.
type service struct {
	protocol   protocol
	wording    map[FaultKind]refusal
	operations map[string]*operation // by key
}

// operation lists something. Even what AWS does not page is a list here, so
// that every fault can apply to it.
type operation struct {
	name     string
	one      bool // describes one item instead of listing many
	pageSize int  // at most so many items a page unless asked; 0 is all
	read     func(*exchange) query
	list     func(offers map[string]*offer, region string) []*item
	write    func(x *exchange, items []*item, next string) []byte
}

// item is an element of a list, as it is sent.
type item struct {
	id          string
	raw         []byte
	model       *Model // of a foundation model
	profileType string // of an inference profile
	optIn       string // of a region, as the service that lists it spells it
}

// bodyLimit is far above the size of any request to these operations.
const bodyLimit = 1 << 20

// read reads a request and finds the service and operation. An error means that
// the request did not arrive completely.
func read(r *http.Request) (*exchange, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, bodyLimit))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	x := &exchange{http: r, body: body, auth: parseAuthorization(r.Header.Get("Authorization"))}
	x.scope = x.auth.scope
	x.service = services[x.scope.service]
	if x.service == nil {
		x.service = services[guess(r)]
	}
	if x.service.protocol.form {
		x.form, _ = url.ParseQuery(string(body)) // an unreadable form names no action
	}
	x.key = x.service.protocol.key(x)
	if x.operation = x.service.operations[x.key]; x.operation != nil {
		x.query = x.operation.read(x)
	}
	return x, nil
}

// guess returns the service of a request whose signature does not name it, so
// that the refusal uses the client's protocol.
func guess(r *http.Request) string {
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		return ssm
	case strings.HasPrefix(r.Header.Get("Content-Type"), formType):
		return sts
	}
	return bedrock
}

func (x *exchange) operationName() string {
	if x.operation != nil {
		return x.operation.name
	}
	return x.key
}

func (x *exchange) place() place { return place{x.scope.region, x.operationName()} }

const (
	bedrock = "bedrock"
	ssm     = "ssm"
	account = "account"
	ec2     = "ec2"
	sts     = "sts"
)

// The operations that the server knows, as a [Fault] and a [Call] name them.
const (
	ListFoundationModels  = "ListFoundationModels"
	ListInferenceProfiles = "ListInferenceProfiles"
	GetParametersByPath   = "GetParametersByPath"
	ListRegions           = "ListRegions"
	DescribeRegions       = "DescribeRegions"
	GetCallerIdentity     = "GetCallerIdentity"

	ListProvisionedModelThroughputs = "ListProvisionedModelThroughputs"
	ListCustomModels                = "ListCustomModels"
	ListCustomModelDeployments      = "ListCustomModelDeployments"
	ListImportedModels              = "ListImportedModels"
	ListPromptRouters               = "ListPromptRouters"
	ListMarketplaceModelEndpoints   = "ListMarketplaceModelEndpoints"
	ListPrompts                     = "ListPrompts"
	GetPrompt                       = "GetPrompt"
	ListAgents                      = "ListAgents"
	GetAgent                        = "GetAgent"
	ListKnowledgeBases              = "ListKnowledgeBases"
	GetKnowledgeBase                = "GetKnowledgeBase"
)

var services map[string]*service

func init() {
	services = map[string]*service{
		bedrock: bedrockService(),
		ssm:     ssmService(),
		account: accountService(),
		ec2:     ec2Service(),
		sts:     stsService(),
	}
}
