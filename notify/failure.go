package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// failure is why an attempt did not deliver. Its reason is in our own words, or
// in words of a service that repeat nothing of the channel's URL.
type failure struct {
	reason string
	grade  grade
	after  time.Duration // what the service asked to wait, zero if it did not
}

func (f *failure) Error() string { return f.reason }

// grade says what may be done after a failure. A message that may have arrived
// is never sent again, because it must arrive at most once.
type grade int

const (
	refused grade = iota // it did not arrive, and will not if tried again
	passing              // it did not arrive, and may if tried again
	unclear              // it may have arrived
)

// unanswered grades an error that prevented an answer. A request without a
// connection cannot have arrived, and one to a host that is not trusted never
// will.
func unanswered(err error, connected bool) *failure {
	f := &failure{reason: networkReason(err), grade: passing}
	switch {
	case connected:
		f.grade = unclear
	case untrusted(err):
		f.grade = refused
	}
	return f
}

func untrusted(err error) bool {
	var chain *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &chain) || errors.As(err, &authority) || errors.As(err, &host)
}

const connectionFailed = "the connection failed"

// networkReason says what happened to a connection, without the text of err,
// which contains the URL.
func networkReason(err error) string {
	var lookup *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped before the answer"
	case errors.As(err, &lookup):
		return "the host name could not be resolved"
	case untrusted(err):
		return "the host's certificate is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	}
	return connectionFailed
}

// answered grades a status that is not a success. It believes a service that
// says it failed or is too busy; a gateway without a good answer cannot know
// whether the message arrived.
// https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
func answered(status int) *failure {
	f := &failure{reason: fmt.Sprintf("answered %d %s", status, http.StatusText(status)), grade: refused}
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable:
		f.grade = passing
	case http.StatusUnauthorized, http.StatusForbidden:
		f.reason += ": check the token or password in the channel's URL"
	case http.StatusNotFound, http.StatusGone:
		f.reason += ": check that what the channel's URL names still exists"
	case http.StatusRequestEntityTooLarge:
		f.reason += ": the message is too long for it"
	default:
		switch {
		case status >= 300 && status < 400:
			f.reason += ": it redirects, and redirects are not followed; use the new address in the channel's URL"
		case status >= 500:
			f.grade = unclear
		}
	}
	return f
}

// attempts is how often a message is tried, and pauses are the waits in
// between.
const attempts = 4

var pauses = [attempts - 1]time.Duration{1 * time.Second, 5 * time.Second, 15 * time.Second}

// patience is the longest wait that a service may ask for.
const patience = 30 * time.Second

// persist tries until the step succeeds or cannot succeed, and returns the
// number of attempts. It never continues after a failure that may have
// delivered.
func (s Sender) persist(ctx context.Context, try step) (tries int, err error) {
	pause := s.pause
	if pause == nil {
		pause = wait
	}
	for tries = 1; ; tries++ {
		if err = once(ctx, try); err == nil {
			return tries, nil
		}
		var f *failure
		if !errors.As(err, &f) || f.grade != passing || f.after > patience || tries == attempts {
			return tries, err
		}
		if !pause(ctx, max(pauses[tries-1], f.after)) {
			return tries, err
		}
	}
}

// once makes one attempt within its own deadline. A panic of a library only
// ends that attempt; how far it got is not known.
func once(ctx context.Context, try step) error {
	ctx, cancel := context.WithTimeout(ctx, tryDeadline)
	defer cancel()
	return guarded(func() error { return try(ctx) })
}

// wait reports whether it waited d in full.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
