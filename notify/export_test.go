package notify

import (
	"context"
	"time"
)

// Impatient is s without pauses between its tries.
func (s Sender) Impatient() Sender {
	s.pause = func(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil }
	return s
}
