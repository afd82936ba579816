package collect_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"snapshotter/catalog"
	"snapshotter/collect"
)

// dial is how a test's network connects to a host.
type dial func(ctx context.Context, host string) (net.Conn, error)

// networked is a configuration without an endpoint of its own, so that every
// region has the host that it has at AWS, over a network that dial makes. It
// leads to the world's Bedrock, behind TLS and HTTP/2 as AWS is.
func (w *world) networked(behind func(reach dial) dial) aws.Config {
	front := httptest.NewUnstartedServer(w)
	front.EnableHTTP2 = true
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that don't trust it
	front.StartTLS()
	w.t.Cleanup(front.Close)
	reach := behind(func(ctx context.Context, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", front.Listener.Addr().String())
	})
	cfg := w.Config()
	cfg.Region, cfg.BaseEndpoint = home, nil
	cfg.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = nil
		t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the host's name is not the front's
		t.DialContext = func(ctx context.Context, _, address string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(address)
			return reach(ctx, host)
		}
	})
	return cfg
}

func noSuchHost(host string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
}

func TestRealHosts(t *testing.T) {
	w := start(t)
	hosts := make(chan string, 100)
	cfg := w.networked(func(reach dial) dial {
		return func(ctx context.Context, host string) (net.Conn, error) {
			hosts <- host
			return reach(ctx, host)
		}
	})
	result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range result.Listings {
		if l.Outcome != catalog.Complete {
			t.Errorf("%v: %s: %s", l.Scope, l.Outcome, l.Message)
		}
	}
	close(hosts)
	seen := map[string]bool{}
	for host := range hosts {
		seen[host] = true
	}
	for _, host := range []string{"bedrock.us-gov-west-1.amazonaws.com", "bedrock.us-gov-east-1.amazonaws.com", "ssm.us-gov-west-1.amazonaws.com"} {
		if !seen[host] {
			t.Errorf("never connected to %s, but to %v", host, seen)
		}
	}
}

// A host without a name is never taken for a region without Bedrock.
func TestHostsWithoutNames(t *testing.T) {
	w := start(t)
	cfg := w.networked(func(reach dial) dial {
		return func(ctx context.Context, host string) (net.Conn, error) {
			if strings.Contains(host, other) {
				return nil, noSuchHost(host)
			}
			return reach(ctx, host)
		}
	})
	result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	if l := byScope(result.Listings)[models(other)]; l.Outcome != catalog.Unreachable || l.Message != "no such host" {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
}

func TestNothingReachable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		fail   func(host string) error
		reason string
	}{
		{"no names", noSuchHost, "no such host"},
		{"names that can't be looked up", func(host string) error {
			return &net.DNSError{Err: "server misbehaving", Name: host, Server: "10.0.0.2:53", IsTemporary: true}
		}, "name could not be resolved"},
		{"refused", func(string) error {
			_, err := net.Dial("tcp", "127.0.0.1:1")
			return err
		}, "connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.opts.Region = time.Second // nothing here will answer in more
			cfg := w.networked(func(dial) dial {
				return func(_ context.Context, host string) (net.Conn, error) { return nil, tt.fail(host) }
			})
			result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
			unreachable, ok := errors.AsType[*collect.UnreachableError](err)
			if !ok {
				t.Fatalf("got %v, %v", outcomes(result.Listings), err)
			}
			if unreachable.Regions != 2 || !strings.Contains(unreachable.Reason, tt.reason) || unreachable.Advice() == "" || leaks(err.Error()) {
				t.Errorf("%v: %s", err, unreachable.Advice())
			}
		})
	}
}

// Where only Bedrock can't be reached, its names say nothing.
func TestOnlyBedrockUnreachable(t *testing.T) {
	w := start(t)
	cfg := w.networked(func(reach dial) dial {
		return func(ctx context.Context, host string) (net.Conn, error) {
			if strings.HasPrefix(host, "bedrock.") {
				return nil, noSuchHost(host)
			}
			return reach(ctx, host)
		}
	})
	_, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	if !errors.As(err, new(*collect.UnreachableError)) {
		t.Errorf("got %v", err)
	}
}

// A redirect to another host is followed without the session token.
func TestRedirectedElsewhere(t *testing.T) {
	w := start(t)
	tokens := make(chan string, 100)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		tokens <- r.Header.Get("X-Amz-Security-Token")
		answer.WriteHeader(http.StatusForbidden)
	}))
	defer elsewhere.Close()
	front := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Authorization"), "/"+other+"/bedrock/") {
			http.Redirect(answer, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		w.ServeHTTP(answer, r)
	}))
	defer front.Close()
	cfg := w.Config()
	cfg.Region, cfg.BaseEndpoint = home, aws.String(front.URL)
	result, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	if l := byScope(result.Listings)[models(other)]; l.Outcome != catalog.Invalid || !strings.Contains(l.Message, "HTTP 403") {
		t.Errorf("%s: %s", l.Outcome, l.Message)
	}
	close(tokens)
	for token := range tokens {
		if token != "" {
			t.Errorf("the session token went elsewhere: %q", token)
		}
	}
}

// A certificate that nobody vouches for, as of a proxy that looks inside.
func TestUntrustedCertificate(t *testing.T) {
	t.Parallel()
	w := start(t)
	cfg := w.networked(func(reach dial) dial { return reach })
	cfg.HTTPClient = cfg.HTTPClient.(*awshttp.BuildableClient).WithTransportOptions(func(t *http.Transport) {
		t.TLSClientConfig.InsecureSkipVerify = false
	})
	_, err := collect.Collect(t.Context(), cfg, nil, w.opts)
	var unreachable *collect.UnreachableError
	if !errors.As(err, &unreachable) || !strings.Contains(unreachable.Reason, "certificate") {
		t.Errorf("got %v", err)
	}
}
