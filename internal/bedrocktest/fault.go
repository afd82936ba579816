package bedrocktest

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"time"
)

// Fault is something that goes wrong, or only takes time, for the requests that
// match it. All waits that match a request apply, and the first other fault.
type Fault struct {
	Region    string // "" is any
	Operation string // an operation constant; "" is any
	Page      int    // counted from 1; 0 is any
	Kind      FaultKind
	// After is how many matching requests succeed first, and Times how many
	// fail then; 0 is all. Both count, separately for each region and
	// operation, the requests that no fault before it has taken, so they mean
	// the same however many regions are listed concurrently.
	After, Times int

	// Delay is how long a [Wait] lasts. With Until it is drawn from Delay to
	// Until by Seed, the same each time for the nth request of a region and
	// operation.
	Delay, Until time.Duration
	// Gate is what a [Wait] waits for.
	Gate *Gate

	// OneIn is how much a [Flap] leaves out: one item in so many, and at least
	// one; 0 is one in ten. Seed decides which.
	OneIn int
	Seed  uint64
}

// FaultKind is what goes wrong.
type FaultKind string

// Wait lets the request continue after the fault's Delay, or when its Gate
// opens. It ends early if the client gives up or the server closes.
const Wait FaultKind = ""

// Refusals, in the wording and the protocol of the service.
const (
	Throttle           FaultKind = "throttle"
	DenyIAM            FaultKind = "deny by identity-based policy"
	DenySCP            FaultKind = "deny by service control policy"
	NotEnabled         FaultKind = "region not enabled" // as invalid credentials, but in one region
	ExpiredCredentials FaultKind = "expired credentials"
	InvalidCredentials FaultKind = "invalid credentials"
	InvalidSignature   FaultKind = "invalid signature" // a wrong secret key
	InternalError      FaultKind = "internal error"
	// NoOperation is a service that exists but does not offer the operation.
	NoOperation FaultKind = "no such operation"
	// InvalidToken refuses the page token and forgets every token issued for
	// the operation in the region: only a new listing, with its own tokens, can
	// be read to its end. Without a page it matches the requests that carry a
	// token.
	InvalidToken FaultKind = "invalid page token"
)

// Faults of the network and of what is in between.
const (
	BadGateway FaultKind = "bad gateway" // 502 and a page of HTML
	// Hang never answers, until the client gives up or the server closes.
	Hang FaultKind = "hang"
	// Stall sends half of the answer, then hangs.
	Stall FaultKind = "stall"
	// Reset and HangUp close the connection without an answer: with RST, and in
	// the ordinary way. A Go client repeats a GET by itself if that happens to
	// a connection that it had used before.
	Reset  FaultKind = "connection reset"
	HangUp FaultKind = "connection closed"
	// Truncated ends the connection in the middle of the answer.
	Truncated FaultKind = "truncated"
	// NoEndpoint is a region without Bedrock, whose endpoint has no name. One
	// endpoint for all regions always has a name, so it redirects (307) to a
	// name that no resolver knows, and a client that follows, as the Go SDK
	// does with a GET, gets the same error: no such host. A client that does
	// not follow sees an error answer of status 307. In regions that the
	// catalogue lacks, Bedrock always answers so.
	NoEndpoint FaultKind = "no endpoint"
)

// Answers that arrive well and are wrong.
const (
	Malformed FaultKind = "malformed" // half of the answer as if it were the whole
	Empty     FaultKind = "empty"     // a listing of nothing
	// Flap makes a listing lack some items, different ones each time. It
	// applies to the start of a listing, whatever its page.
	Flap FaultKind = "flap"
	// ShortPage leaves out the page's last item.
	ShortPage FaultKind = "short page"
	// DuplicatePage issues a token that leads to the same page again.
	DuplicatePage FaultKind = "duplicate page"
	// RepeatToken issues the token of the request again; on a first page, one
	// that leads to what follows, even if nothing does.
	RepeatToken FaultKind = "repeated token"
)

// injected is a fault and how often each region and operation has met it.
type injected struct {
	Fault
	met map[place]int
}

// meet finds the faults of a call and counts them.
func (s *Server) meet(c Call) (fault Fault, waits []Fault) {
	where := place{c.Region, c.Operation}
	for _, f := range s.faults {
		if !f.matches(c) || f.Kind != Wait && fault.Kind != "" {
			continue
		}
		f.met[where]++
		n := f.met[where] - f.After
		switch {
		case n < 1 || f.Times > 0 && n > f.Times:
		case f.Kind == Wait:
			waits = append(waits, f.nth(n))
		default:
			fault = f.Fault
		}
	}
	return fault, waits
}

func (f *injected) matches(c Call) bool {
	page := f.Page
	switch f.Kind {
	case Empty, Flap:
		page = 1
	case InvalidToken:
		if c.Page == 1 {
			return false
		}
	}
	return (f.Region == "" || f.Region == c.Region) &&
		(f.Operation == "" || f.Operation == c.Operation) &&
		(page == 0 || page == c.Page)
}

// nth is a wait for the nth request: another draw each time.
func (f Fault) nth(n int) Fault {
	f.Seed = hash(f.Seed, strconv.Itoa(n))
	return f
}

// pass waits, and reports whether the request may continue.
func (f Fault) pass(ctx context.Context, x *exchange) bool {
	if f.Gate != nil && !f.Gate.pass(ctx) {
		return false
	}
	timer := time.NewTimer(f.delay(x.call))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f Fault) delay(c Call) time.Duration {
	if f.Until <= f.Delay {
		return f.Delay
	}
	return f.Delay + time.Duration(hash(f.Seed, c.Region, c.Operation)%uint64(f.Until-f.Delay+1))
}

// hash is the same on every machine and in every process.
func hash(seed uint64, texts ...string) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, seed)
	for _, text := range texts {
		fmt.Fprintf(h, "\x00%s", text)
	}
	return mix(h.Sum64())
}

// mix spreads a hash over all its bits (the end of splitmix64).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Gate holds requests until it is opened, so that a test can look at a run in
// progress.
type Gate struct {
	reached, open       chan struct{}
	reachOnce, openOnce sync.Once
}

// NewGate is a closed gate.
func NewGate() *Gate {
	return &Gate{reached: make(chan struct{}), open: make(chan struct{})}
}

// Reached is closed when a request waits at the gate.
func (g *Gate) Reached() <-chan struct{} { return g.reached }

// Open lets all requests pass from now on. It may be called more than once.
func (g *Gate) Open() { g.openOnce.Do(func() { close(g.open) }) }

func (g *Gate) pass(ctx context.Context) bool {
	g.reachOnce.Do(func() { close(g.reached) })
	select {
	case <-g.open:
		return true
	case <-ctx.Done():
		return false
	}
}
