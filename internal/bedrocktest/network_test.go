package bedrocktest_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"snapshotter/internal/bedrocktest"
)

// On a network within the process every client gets what it gets on loopback,
// and a region that hangs costs no time but the bubble's.
func TestNetworkOfABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := bedrocktest.NewNetwork()
		s := bedrocktest.StartIn(network)
		defer s.Close()
		s.Serve(world())
		for operation, ask := range asking {
			if err := ask(t.Context(), clientConfig(s, "us-east-1")); err != nil {
				t.Errorf("%s: %v", operation, err)
			}
		}
		s.Inject(bedrocktest.Fault{Kind: bedrocktest.Hang})
		for operation, ask := range asking {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			began := time.Now()
			if err := ask(ctx, clientConfig(s, "us-east-1")); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Hour {
				t.Errorf("%s: %v after %s", operation, err, time.Since(began))
			}
			cancel()
		}
	})
}

func TestNetworkHasNoOtherHosts(t *testing.T) {
	network := bedrocktest.NewNetwork()
	listener := network.Listen("a.example.com:80")
	var unknown *net.DNSError
	if _, err := network.Dial(t.Context(), "tcp", "b.example.com:80"); !errors.As(err, &unknown) || !unknown.IsNotFound {
		t.Errorf("an unknown host: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := network.Dial(ctx, "tcp", "a.example.com:80"); !errors.Is(err, context.Canceled) {
		t.Errorf("a host that is busy: %v", err)
	}
	listener.Close()
	if _, err := network.Dial(t.Context(), "tcp", "a.example.com:80"); !errors.As(err, &unknown) {
		t.Errorf("a host that is gone: %v", err)
	}
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept on what is closed: %v", err)
	}
}
