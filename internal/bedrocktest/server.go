// Package bedrocktest is an Amazon Bedrock on loopback: the calls of a
// collection, to Bedrock itself and to the services that say which regions
// exist, over the real wire protocols. Any AWS client can use it; one endpoint
// serves every region and service, distinguished by the credential scope of the
// request's signature.
//
// It guarantees that a client sees what AWS would send (it checks signatures,
// page tokens are opaque, errors have the form of each protocol) and that the
// same requests in the same order get the same answers. Faults happen only
// where [Server.Inject] put them. It refuses, as AWS does, what it does not
// know, instead of answering something plausible.
package bedrocktest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Account is the account that every ARN names.
const Account = "111122223333"

// home is the region that a client starts from, by [Server.Env] and
// [Server.Config].
const home = "us-east-1"

// Server is a running fake. Its methods may be used from any goroutine.
type Server struct {
	url  string
	dial func(ctx context.Context, network, address string) (net.Conn, error) // nil is the machine's network
	http *http.Server
	// done ends when the server closes, and with it every request that waits.
	done context.Context
	end  context.CancelFunc

	mu      sync.Mutex // guards what follows
	closed  bool
	running sync.WaitGroup // Add only while not closed
	offers  map[string]*offer
	faults  []*injected
	calls   []Call
	started map[place]int // listings begun
	cursors map[string]cursor
	issued  int    // page tokens
	limit   int    // items a page; 0 is as many as are asked for
	caller  string // account that the credentials belong to, "" for [Account]
}

// place is where something happens: one operation of one region.
type place struct{ region, operation string }

// Call is one request that reached the server.
type Call struct {
	Service   string // as the signature names it: bedrock, ssm, account, ec2, sts
	Region    string
	Operation string // one of the operation constants, or method and path of an unknown one
	// Page counts from 1. It is 0 when the request's page token is not one that
	// the server stands by.
	Page       int
	MaxResults int       // 0 when not sent
	Type       string    // the profile type asked for, "" when not sent
	Fault      FaultKind // what was injected, or [NoEndpoint] of a region that the catalogue lacks
}

// Start listens on a free port of 127.0.0.1. Until [Server.Serve] no region
// has an endpoint.
func Start() (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a Bedrock on loopback: %w", err)
	}
	return start(listener, nil), nil
}

// StartIn listens on a network of its own, for clients that have
// [Server.Config].
func StartIn(n *Network) *Server {
	return start(n.Listen("bedrock.example.com:80"), n.Dial)
}

func start(listener net.Listener, dial func(context.Context, string, string) (net.Conn, error)) *Server {
	s := &Server{
		url:     "http://" + listener.Addr().String(),
		dial:    dial,
		started: map[place]int{},
		cursors: map[string]cursor{},
	}
	s.done, s.end = context.WithCancel(context.Background())
	s.http = &http.Server{Handler: s}
	s.running.Go(func() { s.http.Serve(listener) }) // its error is that of Close
	return s
}

// Close ends every connection, also those of requests that hang, and returns
// when no request is being answered any more. It may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.http.Close()
	s.running.Wait()
}

// URL is the endpoint, for AWS_ENDPOINT_URL or aws.Config.BaseEndpoint.
func (s *Server) URL() string { return s.url }

// Serve replaces the catalogue. Listings that are being paged through go on
// with what they began with. The catalogue may be changed afterwards; what is
// served stays as it was.
func (s *Server) Serve(c Catalogue) {
	offers := make(map[string]*offer, len(c))
	for region, content := range c {
		offers[region] = newOffer(region, content)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offers = offers
}

// Belong changes the account that the credentials belong to. ARNs keep naming
// [Account].
func (s *Server) Belong(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caller = account
}

func (s *Server) account() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.caller, Account)
}

// Inject replaces the faults. Their counts start anew.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	for _, f := range faults {
		s.faults = append(s.faults, &injected{Fault: f, met: map[place]int{}})
	}
}

// LimitPages makes Bedrock's pages no longer than so many items, as a service may
// whatever it is asked for; 0 ends that.
func (s *Server) LimitPages(items int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = items
}

// Calls are the requests so far, in the order in which they arrived.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Credentials are the only ones that the server accepts: temporary ones of an
// assumed role, as a scheduled job has.
func Credentials() aws.Credentials {
	return aws.Credentials{
		AccessKeyID:     "ASIAIOSFODNN7EXAMPLE",
		SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		SessionToken:    "AQoDYXdzEJrEXAMPLEsessionTOKEN",
		Source:          "bedrocktest",
	}
}

// Env is what a client process needs in its environment to use the server and
// nothing else: no shared configuration, instance metadata or proxy. It is for
// an environment without AWS settings of its own, as some can't be undone: a
// bearer token that is set and empty is still one to the AWS CLI.
func (s *Server) Env() map[string]string {
	c := Credentials()
	return map[string]string{
		"AWS_ENDPOINT_URL":                    s.url,
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
		"AWS_ACCESS_KEY_ID":                   c.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":               c.SecretAccessKey,
		"AWS_SESSION_TOKEN":                   c.SessionToken,
		"AWS_REGION":                          home,
		"AWS_DEFAULT_REGION":                  home,
		"AWS_CONFIG_FILE":                     os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE":         os.DevNull,
		"AWS_EC2_METADATA_DISABLED":           "true",
		"AWS_PAGER":                           "",
		"NO_PROXY":                            "*",
		"no_proxy":                            "*",
	}
}

// Config is the same for a client in this process.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region:       home,
		BaseEndpoint: aws.String(s.url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return Credentials(), nil
		}),
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.Proxy = nil
			if s.dial != nil {
				t.DialContext = s.dial
			}
		}),
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.running.Done()
	x, err := read(r)
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.done, cancel)()
	x.account = s.account()
	s.answer(ctx, w, x)
}

func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

// answer is what becomes of a request: first what a network can do to it, then
// the checks in the order in which AWS makes them, then the page.
func (s *Server) answer(ctx context.Context, w http.ResponseWriter, x *exchange) {
	fault, waits := s.arrive(x)
	for _, wait := range waits {
		if !wait.pass(ctx, x) {
			panic(http.ErrAbortHandler)
		}
	}
	if disturb(ctx, w, x, fault.Kind) {
		return
	}
	if refusal := s.refusal(x, fault.Kind); refusal != nil {
		refusal.write(w, x)
		return
	}
	body, refusal := s.page(x, fault)
	if refusal != nil {
		refusal.write(w, x)
		return
	}
	deliver(ctx, w, x, body, fault.Kind)
}

// arrive records the request and finds what is to go wrong with it.
func (s *Server) arrive(x *exchange) (fault Fault, waits []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := 1
	if x.query.token != "" {
		page = s.cursors[x.query.token].of(x).page
	}
	x.call = Call{
		Service: x.scope.service, Region: x.scope.region, Operation: x.operationName(),
		Page: page, MaxResults: x.query.maxResults, Type: x.query.profileType,
	}
	if x.scope.service == bedrock && s.offers[x.scope.region] == nil {
		fault = Fault{Kind: NoEndpoint}
	} else {
		fault, waits = s.meet(x.call)
	}
	if fault.Kind == InvalidToken {
		s.forget(x.place())
	}
	x.call.Fault = fault.Kind
	s.calls = append(s.calls, x.call)
	x.requestID = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.calls))
	return fault, waits
}

// refusal is why the request is not answered, nil when it is.
func (s *Server) refusal(x *exchange, kind FaultKind) *refusal {
	if r := x.unauthenticated(); r != nil {
		return r
	}
	if wording, scripted := x.service.wording[kind]; scripted {
		return wording.about(x)
	}
	switch {
	case s.optIn(x.scope.region) == disabled:
		return x.service.wording[NotEnabled].about(x)
	case x.operation == nil:
		return x.service.wording[NoOperation].about(x)
	}
	return x.query.refusal
}

const disabled = "DISABLED"

// optIn is the region's status as account:ListRegions spells it.
func (s *Server) optIn(region string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return offerIn(s.offers, region).optIn
}

const enabledByDefault = "ENABLED_BY_DEFAULT"

func optInOf(r Region) string { return cmp.Or(r.OptIn, enabledByDefault) }

// query is what a request asks for, whatever its protocol.
type query struct {
	maxResults  int // 0 when not sent
	token       string
	profileType string
	keep        func(*item) bool // nil keeps all
	refusal     *refusal         // why it can't be answered
}

// parameters reads a query string or form, the last value of each.
func parameters(values url.Values) map[string]string {
	m := map[string]string{}
	for name, list := range values {
		m[name] = list[len(list)-1]
	}
	return m
}
