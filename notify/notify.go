// Package notify turns what a finished run reports into messages over channels
// (Amazon SNS, chat, mail, push, webhooks), and a run's start and end into
// pings for a dead-man's switch.
//
// It guarantees that a message reaches a channel at most once: it is claimed
// before it is sent, and tried again only if it cannot have arrived. A channel
// that fails or hangs does not affect the others, and is data, not an error. It
// refuses to reveal a secret: names, IDs, reasons and errors hold nothing of a
// channel's URL except the scheme and, if that is not a secret, the host.
package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/catalog"
)

// Sender delivers messages. The zero value works for all channels except SNS.
type Sender struct {
	// AWS are the settings for SNS; the region is the topic's own.
	AWS aws.Config
	// HTTP is the client of web channels; nil is one with Go's defaults.
	// Redirects are never followed.
	HTTP *http.Client
	// Deadline is for each channel, over all its attempts; zero is a minute.
	Deadline time.Duration
	// pause waits between attempts and reports whether it waited the whole
	// time; nil is a timer. Tests on a real network cannot wait.
	pause func(context.Context, time.Duration) bool
}

const (
	channelDeadline = time.Minute
	tryDeadline     = 15 * time.Second
)

// Delivery is how sending a message, or a ping, to one channel ended.
type Delivery struct {
	Channel   string  `json:"channel"`    // its name
	ChannelID string  `json:"channel_id"` // its id
	Outcome   Outcome `json:"outcome"`
	// Tries is the number of attempts at the part that needed the most.
	Tries int `json:"tries"`
	// Reason says why the message was not delivered, in one line that repeats
	// nothing of the channel's URL; "" if it was.
	Reason string `json:"reason,omitempty"`
}

// Outcome of a delivery.
type Outcome string

const (
	Delivered   Outcome = "delivered"   // the service said that it took the message
	Undelivered Outcome = "undelivered" // it did not arrive; the claim is used up all the same
	Unknown     Outcome = "unknown"     // no answer: it may have arrived
	Before      Outcome = "before"      // claimed before, so not sent now
	Unclaimed   Outcome = "unclaimed"   // it could not be claimed, so it was not sent and may be later
)

// Lost reports whether the message did not arrive, or may not have.
func (d Delivery) Lost() bool { return d.Outcome != Delivered && d.Outcome != Before }

// Send delivers m to every channel for messages, concurrently, and returns the
// deliveries, sorted by channel name, then ID. It serves a channel that is
// listed twice once, and skips checks.
//
// Just before it serves a channel it calls claim with the channel's ID, never
// concurrently. Claim must record durably that this message goes to this
// channel, and report whether that is new: if it returns false, the message was
// claimed before and is not sent. So a message is delivered at most once, not
// at least once: what is lost after its claim stays lost and only shows in the
// returned deliveries. A nil claim always claims, for samples.
func (s Sender) Send(ctx context.Context, channels []Channel, m Message, claim func(channelID string) (bool, error)) []Delivery {
	m = m.clean()
	claim = oneAtATime(claim)
	return s.each(ctx, channels, false, func(ctx context.Context, c Channel) Delivery {
		if ctx.Err() != nil {
			return Delivery{Outcome: Unclaimed, Reason: "stopped before it was sent"}
		}
		switch claimed, err := claim(c.ID()); {
		case err != nil:
			return Delivery{Outcome: Unclaimed, Reason: "it could not be claimed: " + catalog.Redact(err.Error())}
		case !claimed:
			return Delivery{Outcome: Before}
		}
		return s.deliver(ctx, func() []step { return c.inside.carrier.steps(s, c.inside.redaction, m) })
	})
}

// Ping signals every check among channels, concurrently; the order is that of
// [Sender.Send]. A check tolerates repetition, so nothing is claimed, and an
// unanswered attempt may be repeated.
func (s Sender) Ping(ctx context.Context, channels []Channel, p Ping) []Delivery {
	return s.each(ctx, channels, true, func(ctx context.Context, c Channel) Delivery {
		return s.deliver(ctx, func() []step { return p.steps(c.inside.check, s, c.inside.redaction) })
	})
}

// each serves the channels that ping, or the others, concurrently, each within
// its deadline.
func (s Sender) each(ctx context.Context, channels []Channel, pings bool, serve func(context.Context, Channel) Delivery) []Delivery {
	var chosen []Channel
	for _, c := range channels {
		if c.inside != nil && c.Pings() == pings {
			chosen = append(chosen, c)
		}
	}
	slices.SortFunc(chosen, func(a, b Channel) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.ID(), b.ID())) })
	chosen = slices.CompactFunc(chosen, func(a, b Channel) bool { return a.ID() == b.ID() })
	deliveries := make([]Delivery, len(chosen))
	var all sync.WaitGroup
	for i, c := range chosen {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Deadline, channelDeadline))
			defer cancel()
			deliveries[i] = serve(ctx, c)
			deliveries[i].Channel, deliveries[i].ChannelID = c.name, c.ID()
		})
	}
	all.Wait()
	return deliveries
}

// deliver takes every step, even if another fails, and returns the worst
// result.
func (s Sender) deliver(ctx context.Context, steps func() []step) Delivery {
	var all []step
	if err := guarded(func() error { all = steps(); return nil }); err != nil {
		return Delivery{Outcome: Undelivered, Reason: "the message could not be built"}
	}
	d := Delivery{Outcome: Delivered}
	for i, step := range all {
		tries, err := s.persist(ctx, step)
		d.Tries = max(d.Tries, tries)
		if err == nil || d.Outcome == Unknown {
			continue
		}
		d.Outcome, d.Reason = Undelivered, err.Error()
		if f, ok := errors.AsType[*failure](err); ok && f.grade == unclear {
			d.Outcome = Unknown
		}
		if len(all) > 1 {
			d.Reason = fmt.Sprintf("part %d of %d: %s", i+1, len(all), d.Reason)
		}
	}
	return d
}

func oneAtATime(claim func(string) (bool, error)) func(string) (bool, error) {
	if claim == nil {
		return func(string) (bool, error) { return true, nil }
	}
	var mu sync.Mutex
	return func(id string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		return claim(id)
	}
}

// guarded turns a panic in do, which is a library's, into an error.
func guarded(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &failure{reason: "the sender crashed", grade: unclear}
		}
	}()
	return do()
}
