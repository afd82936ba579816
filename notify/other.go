package notify

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/format"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// other is a channel of a service that shoutrrr itself sends to. It takes no
// deadline and doesn't tell a message that was refused from one that was never
// answered, so there is one try, whose outcome is known only if it is good.
type other struct {
	url    string
	titled bool // the service has a title of its own
}

// otherSchemes are shoutrrr's services without code of our own here. Its logger
// is none of them: it delivers nothing.
var otherSchemes = []string{
	"bark", "googlechat", "gotify", "hangouts", "ifttt", "join", "lark", "matrix", "mattermost", "notifiarr",
	"opsgenie", "pagerduty", "pushbullet", "pushover", "rocketchat", "signal", "wecom", "zulip",
}

// untitled are the services that know no title, or take it for something else.
var untitled = []string{
	"googlechat", "hangouts", "ifttt", "matrix", "mattermost", "opsgenie", "pagerduty", "rocketchat", "signal", "wecom", "zulip",
}

// otherTextLimit is what the tightest of them, Pushover, takes in characters.
// https://pushover.net/api#limits
const otherTextLimit = 1024

// otherChannel checks a URL as far as that goes without the network: matrix, for
// one, would sign in.
func otherChannel(u *url.URL) (carrier, error) {
	service, err := (&router.ServiceRouter{}).NewService(u.Scheme)
	if err != nil {
		return nil, err
	}
	raw, copied := u.String(), *u
	if err := format.GetServiceConfig(service).SetURL(&copied); err != nil {
		return nil, err
	}
	return other{url: raw, titled: !slices.Contains(untitled, u.Scheme)}, nil
}

func (o other) steps(_ Sender, v veil, m Message) []step {
	return []step{func(ctx context.Context) error {
		return aside(ctx, func() error { return o.send(v, m) })
	}}
}

func (o other) send(v veil, m Message) error {
	service, err := (&router.ServiceRouter{}).Locate(o.url)
	if err != nil {
		return undone("the service could not be reached or signed in to", err, v, refused)
	}
	params, lines := types.Params{}, fit(m.Lines, otherTextLimit-runesOf(m.Link)-runesOf(m.Title)-2, runesOf)
	if o.titled {
		params.SetTitle(m.Title)
	} else {
		lines = append([]string{m.Title}, lines...)
	}
	if m.Link != "" {
		lines = append(lines, m.Link)
	}
	if len(lines) == 0 {
		lines = []string{m.Title}
	}
	if err := service.Send(strings.Join(lines, "\n"), &params); err != nil {
		return undone("the service did not take the message", err, v, unclear)
	}
	return nil
}

var statusWords = regexp.MustCompile(`\b[345][0-9][0-9] [A-Z][A-Za-z ]+`)

// undone says what went wrong in as many of the library's words as repeat
// nothing of the URL. They mostly do, so a status is looked for alone.
func undone(what string, err error, v veil, g grade) *failure {
	f := &failure{reason: what, grade: g}
	said := v.lift(err.Error())
	if said == "" {
		said = v.lift(statusWords.FindString(err.Error()))
	}
	if said == "" {
		said = networkReason(err)
	}
	f.reason += ": " + said
	if g == unclear {
		f.reason += mayHaveArrived
	}
	return f
}

// aside does what heeds no context in a goroutine of its own, and leaves it
// behind when the context ends. A panic is that try's failure.
func aside(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() {
		done <- guarded(do)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &failure{reason: "no answer in time" + mayHaveArrived, grade: unclear}
	}
}
