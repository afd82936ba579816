package bedrocktest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/bedrock"

	"snapshotter/internal/bedrocktest"
)

// On a network within the process a client meets the troubles of a real one, but
// for the time that they take.
func TestTroubleOnANetwork(t *testing.T) {
	for name, test := range map[string]struct {
		fault  bedrocktest.Fault
		failed func(error) bool // nil is not at all
		takes  time.Duration
	}{
		"nothing":   {fault: bedrocktest.Fault{Region: "elsewhere"}},
		"late":      {fault: bedrocktest.Fault{Delay: time.Hour}, takes: time.Hour},
		"hang":      {bedrocktest.Fault{Kind: bedrocktest.Hang}, is(context.DeadlineExceeded), 2 * time.Hour},
		"stall":     {bedrocktest.Fault{Kind: bedrocktest.Stall}, is(context.DeadlineExceeded), 2 * time.Hour},
		"reset":     {bedrocktest.Fault{Kind: bedrocktest.Reset}, is(syscall.ECONNRESET), 0},
		"hang up":   {bedrocktest.Fault{Kind: bedrocktest.HangUp}, is(io.EOF), 0},
		"truncated": {bedrocktest.Fault{Kind: bedrocktest.Truncated}, is(io.ErrUnexpectedEOF), 0},
		"no such host": {bedrocktest.Fault{Kind: bedrocktest.NoEndpoint}, func(err error) bool {
			var dns *net.DNSError
			return errors.As(err, &dns) && dns.IsNotFound
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := bedrocktest.StartIn(bedrocktest.NewNetwork())
				defer s.Close()
				s.Serve(bedrocktest.Catalogue{"us-east-1": {Models: []bedrocktest.Model{{ID: "m"}}}})
				s.Inject(test.fault)
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
				defer cancel()
				cfg := s.Config()
				client := bedrock.NewFromConfig(cfg, func(o *bedrock.Options) { o.RetryMaxAttempts = 1 })
				_, err := client.ListFoundationModels(ctx, &bedrock.ListFoundationModelsInput{})
				if (err != nil) != (test.failed != nil) || err != nil && !test.failed(err) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(began); took != test.takes {
					t.Errorf("took %s, want %s", took, test.takes)
				}
			})
		})
	}
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// A service may give fewer items a page than it was asked for.
func TestLimitPages(t *testing.T) {
	s := start(t)
	s.Serve(bedrocktest.Catalogue{"us-east-1": {Profiles: []bedrocktest.Profile{{ID: "a"}, {ID: "b"}, {ID: "c"}}}})
	s.LimitPages(2)
	client := bedrock.NewFromConfig(s.Config())
	pages := bedrock.NewListInferenceProfilesPaginator(client, &bedrock.ListInferenceProfilesInput{})
	var sizes []int
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.InferenceProfileSummaries))
	}
	if len(sizes) != 2 || sizes[0] != 2 || sizes[1] != 1 {
		t.Errorf("pages of %v items, want 2 and 1", sizes)
	}
}
