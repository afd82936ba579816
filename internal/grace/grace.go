// Package grace says how long work that must not be lost may go on after the
// program is asked to stop.
package grace

import (
	"context"
	"time"
)

// Period is how long a context of [Extend] outlives the one it extends.
const Period = 18 * time.Second

// Extend returns a context that ends [Period] after ctx does: what a run has
// recorded is still saved, reported and announced, as far as that is quick. It
// never ends before cancel is called if ctx does not end.
func Extend(ctx context.Context) (extended context.Context, cancel context.CancelFunc) {
	extended, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(Period, end) })
	return extended, func() {
		stop()
		end()
	}
}
