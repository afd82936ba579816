package bedrocktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// In a bubble, without a connection: the delay is what was asked for, to the
// nanosecond, alike for the same request and not for the next.
func TestDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{started: map[place]int{}, cursors: map[string]cursor{}, done: context.Background()}
		s.Serve(Catalogue{"us-east-1": {}, "eu-west-1": {}})
		took := func(region string) time.Duration {
			begun := time.Now()
			s.ServeHTTP(httptest.NewRecorder(), request(t.Context(), region))
			return time.Since(begun)
		}
		s.Inject(Fault{Delay: 40 * time.Millisecond}, Fault{Region: "eu-west-1", Delay: 2 * time.Millisecond})
		if us, eu := took("us-east-1"), took("eu-west-1"); us != 40*time.Millisecond || eu != 42*time.Millisecond {
			t.Errorf("fixed: %v and %v, want 40ms and 42ms", us, eu)
		}
		ranged := Fault{Delay: 50 * time.Millisecond, Until: 300 * time.Millisecond}
		draw := func() (draws []time.Duration) {
			s.Inject(ranged)
			for range 20 {
				draws = append(draws, took("us-east-1"), took("eu-west-1"))
			}
			return draws
		}
		first, again := draw(), draw()
		distinct := map[time.Duration]bool{}
		for n, d := range first {
			if d != again[n] {
				t.Errorf("draw %d: %v, then %v", n, d, again[n])
			}
			if d < ranged.Delay || d > ranged.Until {
				t.Errorf("draw %d: %v is out of range", n, d)
			}
			distinct[d] = true
		}
		if len(distinct) < 35 {
			t.Errorf("only %d different delays in 40 draws", len(distinct))
		}
	})
}

// A wait does not outlive its client.
func TestAWaitEndsWithTheClient(t *testing.T) {
	for _, fault := range []Fault{{Delay: time.Hour}, {Gate: NewGate()}, {Kind: Hang}} {
		synctest.Test(t, func(t *testing.T) {
			s := &Server{started: map[place]int{}, cursors: map[string]cursor{}, done: context.Background()}
			s.Serve(Catalogue{"us-east-1": {}})
			if fault.Gate != nil {
				fault.Gate = NewGate() // one of this bubble
			}
			s.Inject(fault)
			ctx, giveUp := context.WithTimeout(t.Context(), time.Minute)
			defer giveUp()
			begun := time.Now()
			defer func() {
				if took := time.Since(begun); recover() != http.ErrAbortHandler || took != time.Minute {
					t.Errorf("%+v: ended after %v", fault, took)
				}
			}()
			s.ServeHTTP(httptest.NewRecorder(), request(ctx, "us-east-1"))
		})
	}
}

func request(ctx context.Context, region string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, "GET", "/foundation-models", nil)
	r.Header.Set("Authorization", sigV4+" Credential=AKIA/20260101/"+region+"/bedrock/aws4_request, SignedHeaders=host, Signature=00")
	return r
}
