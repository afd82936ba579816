package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/format"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
	"github.com/nicholas-fedor/shoutrrr/pkg/util/jsonclient"
)

// other is a channel of a service that shoutrrr sends to. Shoutrrr takes no
// deadline and does not distinguish a message that was refused from one that
// was never answered, so there is one attempt unless it could not connect, and
// its outcome is known only if it succeeds.
type other struct {
	url    string
	titled bool // the service has a title of its own
	single bool // a message is one request
}

// otherSchemes are shoutrrr's services that this package does not send to
// itself. Its logger is not one of them: it delivers nothing.
var otherSchemes = []string{
	"bark", "googlechat", "gotify", "hangouts", "ifttt", "join", "lark", "matrix", "mattermost", "notifiarr",
	"opsgenie", "pagerduty", "pushbullet", "pushover", "rocketchat", "signal", "wecom", "zulip",
}

// untitled are the services that have no title, or use it for something else.
var untitled = []string{
	"googlechat", "hangouts", "ifttt", "matrix", "mattermost", "opsgenie", "pagerduty", "rocketchat", "signal", "wecom", "zulip",
}

// several are the services that send a request to each of many recipients: if
// one finds no connection, others may have succeeded.
var several = []string{"ifttt", "matrix", "pushbullet"}

// The limit of the tightest of them, Pushover, in characters.
// https://pushover.net/api#limits
const (
	otherTextLimit  = 1024
	otherTitleLimit = 250
)

// defuse keeps a service from reading text as a mention or a link, however it
// escapes: a word joiner, which has no width, separates the signs that start
// one from what follows.
func defuse(text string) string { return defuser.Replace(text) }

var defuser = strings.NewReplacer("@", "@\u2060", "<", "<\u2060", "://", ":\u2060//")

// otherChannel checks a URL as far as possible without the network: matrix, for
// example, would sign in.
func otherChannel(u *url.URL) (carrier, error) {
	service, err := (&router.ServiceRouter{}).NewService(u.Scheme)
	if err != nil {
		return nil, err
	}
	raw, copied := u.String(), *u
	if err := format.GetServiceConfig(service).SetURL(&copied); err != nil {
		return nil, err
	}
	return other{raw, !slices.Contains(untitled, u.Scheme), !slices.Contains(several, u.Scheme)}, nil
}

func (o other) steps(_ Sender, r redaction, m Message) []step {
	return []step{func(ctx context.Context) error {
		return aside(ctx, func() error { return o.send(r, m) })
	}}
}

func (o other) send(r redaction, m Message) error {
	service, err := (&router.ServiceRouter{}).Locate(o.url)
	if err != nil {
		return undone("the service could not be reached, or refused the sign-in", err, r, passing)
	}
	title, params := defuse(m.Title), types.Params{}
	lines := fit(escaped(m.Lines, defuse), otherTextLimit-runesOf(m.Link)-runesOf(title)-2, runesOf)
	if o.titled {
		params.SetTitle(cutTo(m.Title, otherTitleLimit, runesOf, defuse))
	} else {
		lines = append([]string{title}, lines...)
	}
	if m.Link != "" {
		lines = append(lines, m.Link)
	}
	if len(lines) == 0 {
		lines = []string{title}
	}
	if err := service.Send(strings.Join(lines, "\n"), &params); err != nil {
		grade := unclear
		if o.single && unconnected(err) {
			grade = passing
		}
		return undone("the service did not accept the message", err, r, grade)
	}
	return nil
}

// unconnected reports whether a connection could not even be made.
func unconnected(err error) bool {
	var lookup *net.DNSError
	var dial *net.OpError
	return errors.As(err, &lookup) || errors.As(err, &dial) && dial.Op == "dial"
}

// undone says what went wrong: by the status or the network's error if there is
// one, else in the library's words if they repeat nothing of the URL, which
// they usually do.
func undone(what string, err error, r redaction, g grade) *failure {
	said := statusIn(err)
	if said == "" {
		said = networkReason(err)
	}
	if said == connectionFailed {
		said = r.show(err.Error())
	}
	if said == "" {
		said = "the reason is not shown, because it repeats the channel's URL"
	}
	return &failure{reason: what + ": " + said, grade: g}
}

// statusIn returns the HTTP status in an error of shoutrrr's, "" if there is
// none.
func statusIn(err error) string {
	if answer, ok := errors.AsType[jsonclient.Error](err); ok {
		return fmt.Sprintf("status %d", answer.StatusCode)
	}
	for status := 300; status < 600; status++ {
		text := fmt.Sprintf("%d %s", status, http.StatusText(status))
		if http.StatusText(status) != "" && strings.Contains(err.Error(), text) {
			return text
		}
	}
	return ""
}

// aside runs code that ignores contexts in a goroutine, and abandons it when
// the context ends. A panic fails that attempt.
func aside(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() {
		done <- guarded(do)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &failure{reason: "no answer in time", grade: unclear}
	}
}
