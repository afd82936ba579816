package bedrocktest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/smithy-go"

	"snapshotter/internal/bedrocktest"
)

// Each refusal as the Go SDK tells it, for every operation: what a collector
// has to tell apart.
func TestRefusalsAreThoseOfTheService(t *testing.T) {
	type refusal struct {
		code   string
		status int
	}
	want := map[bedrocktest.FaultKind][5]refusal{ // bedrock, account, ssm, ec2, sts
		bedrocktest.Throttle: {
			{"ThrottlingException", 429}, {"TooManyRequestsException", 429}, {"ThrottlingException", 400}, {"RequestLimitExceeded", 503}, {"Throttling", 400},
		},
		bedrocktest.DenyIAM: {
			{"AccessDeniedException", 403}, {"AccessDeniedException", 403}, {"AccessDeniedException", 400}, {"UnauthorizedOperation", 403}, {"AccessDenied", 403},
		},
		bedrocktest.DenySCP: {
			{"AccessDeniedException", 403}, {"AccessDeniedException", 403}, {"AccessDeniedException", 400}, {"UnauthorizedOperation", 403}, {"AccessDenied", 403},
		},
		bedrocktest.NotEnabled: {
			{"UnrecognizedClientException", 403}, {"UnrecognizedClientException", 403}, {"UnrecognizedClientException", 400}, {"AuthFailure", 401}, {"InvalidClientTokenId", 403},
		},
		bedrocktest.ExpiredCredentials: {
			{"ExpiredTokenException", 403}, {"ExpiredTokenException", 403}, {"ExpiredTokenException", 400}, {"RequestExpired", 400}, {"ExpiredToken", 403},
		},
		bedrocktest.InvalidCredentials: {
			{"UnrecognizedClientException", 403}, {"UnrecognizedClientException", 403}, {"UnrecognizedClientException", 400}, {"AuthFailure", 401}, {"InvalidClientTokenId", 403},
		},
		bedrocktest.InvalidSignature: {
			{"InvalidSignatureException", 403}, {"InvalidSignatureException", 403}, {"InvalidSignatureException", 400}, {"AuthFailure", 401}, {"SignatureDoesNotMatch", 403},
		},
		bedrocktest.InternalError: {
			{"InternalServerException", 500}, {"InternalServerException", 500}, {"InternalServerError", 500}, {"InternalError", 500}, {"InternalFailure", 500},
		},
		bedrocktest.NoOperation: {
			{"UnknownOperationException", 404}, {"UnknownOperationException", 404}, {"UnknownOperationException", 400}, {"InvalidAction", 400}, {"InvalidAction", 400},
		},
	}
	column := map[string]int{
		bedrocktest.ListFoundationModels: 0, bedrocktest.ListInferenceProfiles: 0, bedrocktest.ListRegions: 1,
		bedrocktest.GetParametersByPath: 2, bedrocktest.DescribeRegions: 3, bedrocktest.GetCallerIdentity: 4,
	}
	s := start(t)
	for kind, refusals := range want {
		for operation, ask := range asking {
			s.Inject(bedrocktest.Fault{Operation: operation, Kind: kind, Times: 1})
			err := ask(t.Context(), clientConfig(s, "us-east-1"))
			expect(t, fmt.Sprintf("%s, %s", operation, kind), err, refusals[column[operation]].code, refusals[column[operation]].status)
			if err := ask(t.Context(), clientConfig(s, "us-east-1")); err != nil {
				t.Errorf("%s, after the %s: %v", operation, kind, err)
			}
		}
	}
}

// What must not end in a report is in the messages, as it is in those of AWS.
func TestDenialsNameTheCaller(t *testing.T) {
	s := start(t)
	for kind, wording := range map[bedrocktest.FaultKind]string{
		bedrocktest.DenyIAM: "User: arn:aws:sts::111122223333:assumed-role/snapshotter/nightly is not authorized to perform: bedrock:ListInferenceProfiles because no identity-based policy allows the bedrock:ListInferenceProfiles action",
		bedrocktest.DenySCP: "User: arn:aws:sts::111122223333:assumed-role/snapshotter/nightly is not authorized to perform: bedrock:ListInferenceProfiles with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111",
	} {
		s.Inject(bedrocktest.Fault{Kind: kind})
		_, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), 0)
		if api, refused := errors.AsType[smithy.APIError](err); !refused || api.ErrorMessage() != wording {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestDisturbancesAsTheClientSeesThem(t *testing.T) {
	for kind, seen := range map[bedrocktest.FaultKind]func(error) bool{
		bedrocktest.BadGateway: func(err error) bool {
			response, answered := errors.AsType[interface {
				error
				HTTPStatusCode() int
			}](err)
			return answered && response.HTTPStatusCode() == 502
		},
		bedrocktest.Reset:  func(err error) bool { return errors.Is(err, syscall.ECONNRESET) },
		bedrocktest.HangUp: func(err error) bool { return errors.Is(err, io.EOF) },
		bedrocktest.Truncated: func(err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) // the latter by a race in the SDK
		},
		bedrocktest.Malformed: unreadable,
	} {
		for operation, ask := range asking {
			s := start(t) // new connections: on an old one a GET would be sent once more
			s.Inject(bedrocktest.Fault{Operation: operation, Kind: kind, Times: 1})
			cfg := clientConfig(s, "us-east-1")
			if err := ask(t.Context(), cfg); err == nil || !seen(err) {
				t.Errorf("%s, %s: %v", operation, kind, err)
			}
			if err := ask(t.Context(), cfg); err != nil {
				t.Errorf("%s, after the %s: %v", operation, kind, err)
			}
		}
	}
}

// A region without an endpoint is found out by the lists of Bedrock: the Go
// SDK does not send a body once more.
func TestARegionWithoutAnEndpoint(t *testing.T) {
	s := start(t)
	s.Inject(bedrocktest.Fault{Kind: bedrocktest.NoEndpoint})
	for operation, ask := range asking {
		err := ask(t.Context(), clientConfig(s, "us-east-1"))
		if operation == bedrocktest.ListFoundationModels || operation == bedrocktest.ListInferenceProfiles {
			expectNoHost(t, operation, err)
		} else {
			expect(t, operation, err, "UnknownError", 307)
		}
	}
}

// unreadable is an answer that came whole and means nothing.
func unreadable(err error) bool {
	_, deserialization := errors.AsType[*smithy.DeserializationError](err)
	return deserialization
}

func noHost(err error) bool {
	dns, failed := errors.AsType[*net.DNSError](err)
	return failed && dns.IsNotFound
}

func expectNoHost(t testing.TB, what string, err error) {
	t.Helper()
	if !noHost(err) {
		t.Errorf("%s: %v, want that there is no such host", what, err)
	}
}

// A request that hangs lasts until the client gives up, and the server has then
// done with it.
func TestHangingEndsWithTheClient(t *testing.T) {
	for _, kind := range []bedrocktest.FaultKind{bedrocktest.Hang, bedrocktest.Stall} {
		s := start(t)
		arrived := bedrocktest.NewGate()
		arrived.Open()
		s.Inject(bedrocktest.Fault{Gate: arrived}, bedrocktest.Fault{Kind: kind})
		ctx, giveUp := context.WithCancel(t.Context())
		go func() {
			<-arrived.Reached()
			giveUp()
		}()
		if _, err := listModels(ctx, clientConfig(s, "us-east-1"), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want that the client gave up", kind, err)
		}
	}
}

func TestCloseEndsWhatHangs(t *testing.T) {
	for _, fault := range []bedrocktest.Fault{
		{Kind: bedrocktest.Hang}, {Kind: bedrocktest.Stall}, {Delay: time.Hour}, {Gate: bedrocktest.NewGate()},
	} {
		s := start(t)
		arrived := bedrocktest.NewGate()
		arrived.Open()
		s.Inject(bedrocktest.Fault{Gate: arrived}, fault)
		failed := make(chan error)
		go func() {
			_, err := listModels(context.Background(), clientConfig(s, "us-east-1"), nil)
			failed <- err
		}()
		<-arrived.Reached()
		s.Close()
		if err := <-failed; err == nil {
			t.Errorf("%+v: the request was answered after the end", fault)
		}
		s.Close() // a second time does nothing
	}
}

func TestAGateHoldsARunInTheMiddle(t *testing.T) {
	s := start(t)
	gate := bedrocktest.NewGate()
	s.Inject(bedrocktest.Fault{Operation: bedrocktest.ListInferenceProfiles, Page: 2, Gate: gate})
	type result struct {
		count int
		err   error
	}
	results := make(chan result)
	go func() {
		got, err := listProfiles(context.Background(), clientConfig(s, "us-east-1"), 0)
		results <- result{len(got), err}
	}()
	<-gate.Reached()
	if calls := len(s.Calls()); calls != 2 {
		t.Errorf("%d calls when the second stands at the gate", calls)
	}
	gate.Open()
	gate.Open()
	if r := <-results; r.err != nil || r.count != 230 {
		t.Errorf("past the gate: %d profiles, %v", r.count, r.err)
	}
}

func TestFaultsMeetWhatTheyName(t *testing.T) {
	throttled := func(fault bedrocktest.Fault) []string {
		s := start(t)
		fault.Kind = bedrocktest.Throttle
		s.Inject(fault)
		for _, region := range []string{"us-east-1", "us-gov-west-1"} {
			for range 3 {
				listModels(t.Context(), clientConfig(s, region), nil)
				listProfiles(t.Context(), clientConfig(s, region), 115)
			}
		}
		var met []string
		for i, c := range s.Calls() {
			if c.Fault == bedrocktest.Throttle {
				met = append(met, fmt.Sprintf("%d %s %s %d", i+1, c.Region, strings.TrimPrefix(c.Operation, "List"), c.Page))
			}
		}
		return met
	}
	// Calls without a fault: 1 models, 2 and 3 profiles, three times; then the
	// same in the other region with a page of profiles.
	for name, test := range map[string]struct {
		fault bedrocktest.Fault
		want  []string
	}{
		"a page": {bedrocktest.Fault{Operation: bedrocktest.ListInferenceProfiles, Page: 2, Times: 1},
			[]string{"3 us-east-1 InferenceProfiles 2"}},
		"a region, after one": {bedrocktest.Fault{Region: "us-gov-west-1", After: 1, Times: 1},
			[]string{"12 us-gov-west-1 FoundationModels 1", "13 us-gov-west-1 InferenceProfiles 1"}},
		"an operation, twice in each region": {bedrocktest.Fault{Operation: bedrocktest.ListFoundationModels, Times: 2},
			[]string{"1 us-east-1 FoundationModels 1", "4 us-east-1 FoundationModels 1", "10 us-gov-west-1 FoundationModels 1", "12 us-gov-west-1 FoundationModels 1"}},
		"always": {bedrocktest.Fault{Region: "us-east-1", Operation: bedrocktest.ListFoundationModels},
			[]string{"1 us-east-1 FoundationModels 1", "4 us-east-1 FoundationModels 1", "7 us-east-1 FoundationModels 1"}},
		"nobody": {bedrocktest.Fault{Region: "sa-east-1"}, nil},
	} {
		if met := throttled(test.fault); !slices.Equal(met, test.want) {
			t.Errorf("%s: %q, want %q", name, met, test.want)
		}
	}
}

// The first fault that still has something to do takes a request, and the next
// one goes on when it has not.
func TestFaultsTakeTurns(t *testing.T) {
	s := start(t)
	s.Inject(
		bedrocktest.Fault{Kind: bedrocktest.Throttle, Times: 2},
		bedrocktest.Fault{Kind: bedrocktest.InternalError, Times: 1},
		bedrocktest.Fault{Delay: time.Nanosecond},
	)
	var got []bedrocktest.FaultKind
	for range 4 {
		listModels(t.Context(), clientConfig(s, "us-east-1"), nil)
	}
	for _, c := range s.Calls() {
		got = append(got, c.Fault)
	}
	want := []bedrocktest.FaultKind{bedrocktest.Throttle, bedrocktest.Throttle, bedrocktest.InternalError, ""}
	if !slices.Equal(got, want) {
		t.Errorf("faults met: %q, want %q", got, want)
	}
	s.Inject()
	if _, err := listModels(t.Context(), clientConfig(s, "us-east-1"), nil); err != nil {
		t.Errorf("with the faults taken away: %v", err)
	}
}

func TestAnInvalidTokenNeedsANewListing(t *testing.T) {
	s := start(t)
	s.Inject(bedrocktest.Fault{Operation: bedrocktest.ListInferenceProfiles, Page: 2, Kind: bedrocktest.InvalidToken, Times: 1})
	client := bedrock.NewFromConfig(clientConfig(s, "us-east-1"))
	first, err := client.ListInferenceProfiles(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = client.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{NextToken: first.NextToken})
		expect(t, "its token, again and again", err, "ValidationException", 400)
	}
	if got, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), 0); err != nil || len(got) != 230 {
		t.Errorf("a new listing: %d profiles, %v", len(got), err)
	}
	s.Inject(bedrocktest.Fault{Kind: bedrocktest.InvalidToken})
	for range 2 {
		got, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), 0)
		expect(t, "always", err, "ValidationException", 400)
		if len(got) != 100 {
			t.Errorf("always: %d profiles came before, want the first page", len(got))
		}
	}
}

func TestAnswersThatAreWrong(t *testing.T) {
	all := sorted(fixtureIDs(systems(profiles("us", "us-east-1"))))
	list := func(fault bedrocktest.Fault) (*bedrocktest.Server, []string) {
		t.Helper()
		s := start(t)
		fault.Operation = bedrocktest.ListInferenceProfiles
		s.Inject(fault)
		got, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), 0)
		if err != nil {
			t.Fatalf("%s: %v", fault.Kind, err)
		}
		return s, profileIDs(got)
	}

	if _, got := list(bedrocktest.Fault{Kind: bedrocktest.Empty}); len(got) != 0 {
		t.Errorf("empty: %d profiles", len(got))
	}
	if _, got := list(bedrocktest.Fault{Kind: bedrocktest.ShortPage, Page: 2}); len(got) != 229 {
		t.Errorf("short page: %d profiles of 230", len(got))
	}
	s, got := list(bedrocktest.Fault{Kind: bedrocktest.DuplicatePage, Page: 2, Times: 1})
	if !slices.Equal(slices.Compact(sorted(got)), all) || len(got) != 330 {
		t.Errorf("duplicate page: %d profiles, want all and 100 of them twice", len(got))
	}
	if calls := len(s.Calls()); calls != 4 {
		t.Errorf("duplicate page: %d calls, want one more than the 3 pages", calls)
	}

	s = start(t)
	client := bedrock.NewFromConfig(clientConfig(s, "us-east-1"))
	s.Inject(bedrocktest.Fault{Kind: bedrocktest.RepeatToken})
	for _, size := range []int32{100, 1000} { // also where there is one page only
		var tokens []string
		var token *string
		for range 4 {
			out, err := client.ListInferenceProfiles(t.Context(), &bedrock.ListInferenceProfilesInput{MaxResults: aws.Int32(size), NextToken: token})
			if err != nil {
				t.Fatal(err)
			}
			token = out.NextToken
			tokens = append(tokens, aws.ToString(token))
		}
		if tokens[0] == "" || len(slices.Compact(tokens)) != 1 {
			t.Errorf("repeated token, in pages of %d: %q", size, tokens)
		}
	}
}

func TestFlappingLeavesOutOtherItemsEachTime(t *testing.T) {
	all := sorted(fixtureIDs(systems(profiles("us", "us-east-1"))))
	record := func(seed uint64) (listings [][]string) {
		s := start(t)
		s.Inject(bedrocktest.Fault{Kind: bedrocktest.Flap, Seed: seed, OneIn: 23})
		for range 3 {
			got, err := listProfiles(t.Context(), clientConfig(s, "us-east-1"), 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 220 {
				t.Errorf("%d profiles, want 230 without one in 23", len(got))
			}
			listings = append(listings, sorted(profileIDs(got)))
		}
		return listings
	}
	first, again, other := record(1), record(1), record(2)
	for n := range first {
		if !slices.Equal(first[n], again[n]) {
			t.Errorf("listing %d differs between servers asked alike", n+1)
		}
		if slices.Equal(first[n], other[n]) {
			t.Errorf("listing %d is the same by another seed", n+1)
		}
	}
	if slices.Equal(first[0], first[1]) {
		t.Error("two listings leave out the same")
	}
	union := slices.Compact(sorted(slices.Concat(first...)))
	if !slices.Equal(union, all) {
		t.Errorf("three listings hold %d profiles together, want all %d", len(union), len(all))
	}

	s := start(t)
	s.Inject(bedrocktest.Fault{Region: "af-south-1", Kind: bedrocktest.Flap})
	if got, err := listModels(t.Context(), clientConfig(s, "af-south-1"), nil); err != nil || len(got) != 0 {
		t.Errorf("a list of one: %d models, %v; want at least one left out", len(got), err)
	}
}
