package doctor

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// tolerance is how far a clock may be off before AWS refuses what it signs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
const tolerance = 5 * time.Minute

// serverClock compares this machine's clock with the Date of an answer.
type serverClock struct {
	now func() time.Time

	mu    sync.Mutex
	known bool
	ahead time.Duration // of the server's clock
}

// watch is an API option that notes the time of the first answer.
func (c *serverClock) watch(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ServerClock", c.look), middleware.After)
}

func (c *serverClock) look(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	if answer, ok := out.RawResponse.(*smithyhttp.Response); ok && answer != nil && answer.Response != nil {
		c.note(answer.Header)
	}
	return out, metadata, err
}

func (c *serverClock) note(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known {
		c.known, c.ahead = true, c.now().Sub(date)
	}
}

func (c *serverClock) examine(found *Examination) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.known:
		found.Add("clock", Warning, "no answer contained the time", "see the other findings first")
	case c.ahead.Abs() > tolerance:
		found.Add("clock", Warning, "more than 5 minutes away from the time of AWS",
			"set the clock, best by NTP: AWS refuses requests that are signed with a wrong time")
	default:
		found.Add("clock", OK, "within 5 minutes of the time of AWS", "")
	}
}
