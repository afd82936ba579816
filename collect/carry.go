package collect

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/ec2query"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/restjson"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"snapshotter/internal/awssettings"
)

// carried is a call of a service whose generated client this program does without:
// that of EC2 alone took longer to compile than all the rest, for one operation.
// Bedrock's client carries it, so that it is signed, limited, tried again and
// explained as every other call is. Only what is sent, where to, and how a refusal
// reads is its own.
type carried struct {
	service awssettings.Service
	signing string // name of the service in signatures, "" for that of its host
	method  string // "" is POST
	path    string // unescaped, "" is /
	query   url.Values
	header  map[string]string
	body    []byte
	// refusal reads the code and the message of an error answer, "" where it has none.
	refusal func(header func(string) string, body []byte) (code, message string)
}

// parameters is a call of SSM with an input in JSON.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
func parameters(operation string, input any) (carried, error) {
	body, err := json.Marshal(input)
	return carried{
		service: awssettings.Service{ID: "SSM", Host: "ssm"},
		header:  map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM." + operation},
		body:    body, refusal: jsonRefusal,
	}, err
}

// query is a call of EC2.
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
func query(form url.Values) carried {
	form.Set("Version", "2016-11-15")
	return carried{
		service: awssettings.Service{ID: "EC2", Host: "ec2"},
		header:  map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		body:    []byte(form.Encode()), refusal: xmlRefusal,
	}
}

// carry makes the call in a region and returns the answer.
func (s *session) carry(ctx context.Context, region string, c carried) (answer []byte, err error) {
	endpoint, err := awssettings.Endpoint(ctx, s.config, c.service, region)
	if err != nil {
		return nil, err
	}
	client := bedrock.NewFromConfig(s.config, func(o *bedrock.Options) {
		o.Region = region
		o.BearerAuthTokenProvider = nil
		o.AuthSchemePreference = nil
		o.AuthSchemeResolver = signing{cmp.Or(c.signing, c.service.Host), region}
		o.EndpointResolverV2 = at{*endpoint}
	})
	call := s.call(func(body []byte) error {
		answer = body
		return nil
	})
	_, err = client.ListFoundationModels(ctx, nil, bedrock.WithAPIOptions(c.replace, call.register))
	return answer, call.verdict(ctx, err)
}

// replace takes the place of Bedrock's own request and of its reading of answers.
func (c carried) replace(stack *middleware.Stack) error {
	write := middleware.SerializeMiddlewareFunc("OperationSerializer", c.write)
	if _, err := stack.Serialize.Swap("OperationSerializer", write); err != nil {
		return err
	}
	read := middleware.DeserializeMiddlewareFunc("OperationDeserializer", c.read)
	_, err := stack.Deserialize.Swap("OperationDeserializer", read)
	return err
}

func (c carried) write(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (
	out middleware.SerializeOutput, metadata middleware.Metadata, err error,
) {
	request := in.Request.(*smithyhttp.Request) // what the SDK builds for every call
	request.Method, request.URL.Path = cmp.Or(c.method, "POST"), cmp.Or(c.path, "/")
	request.URL.RawQuery = c.query.Encode()
	for name, value := range c.header {
		request.Header.Set(name, value)
	}
	if c.body == nil {
		return next.HandleSerialize(ctx, in)
	}
	if in.Request, err = request.SetStream(bytes.NewReader(c.body)); err != nil {
		return out, metadata, &smithy.SerializationError{Err: err}
	}
	return next.HandleSerialize(ctx, in)
}

func (c carried) read(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, metadata, err
	}
	out.Result = &bedrock.ListFoundationModelsOutput{}
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		return out, metadata, nil
	}
	body, err := io.ReadAll(response.Body) // a call has read it before, and limits it
	if err != nil {
		return out, metadata, &cutError{err}
	}
	code, message := c.refusal(response.Header.Get, body)
	if code == "" {
		code = unknownCode
	}
	return out, metadata, &smithy.GenericAPIError{Code: code, Message: message}
}

func jsonRefusal(header func(string) string, body []byte) (code, message string) {
	code, message, err := restjson.GetErrorInfo(json.NewDecoder(bytes.NewReader(body)))
	if err != nil {
		code, message = "", ""
	}
	if named := header("X-Amzn-ErrorType"); named != "" {
		code = named
	}
	return restjson.SanitizeErrorCode(code), message
}

func xmlRefusal(_ func(string) string, body []byte) (code, message string) {
	said, err := ec2query.GetErrorResponseComponents(bytes.NewReader(body))
	if err != nil {
		return "", ""
	}
	return strings.TrimSpace(said.Code), said.Message
}

// signing signs for a service in a region.
type signing struct{ service, region string }

func (s signing) ResolveAuthSchemes(context.Context, *bedrock.AuthResolverParameters) ([]*smithyauth.Option, error) {
	var properties smithy.Properties
	smithyhttp.SetSigV4SigningName(&properties, s.service)
	smithyhttp.SetSigV4SigningRegion(&properties, s.region)
	return []*smithyauth.Option{{SchemeID: smithyauth.SchemeIDSigV4, SignerProperties: properties}}, nil
}

// at is an endpoint.
type at struct{ url url.URL }

func (a at) ResolveEndpoint(context.Context, bedrock.EndpointParameters) (smithyendpoints.Endpoint, error) {
	return smithyendpoints.Endpoint{URI: a.url}, nil
}
