package notify

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Channel is a place that messages, or pings, go to. The zero value is none.
type Channel struct {
	name string
	// inside holds secrets. It is a pointer so that no printing of a struct that
	// holds a channel prints them.
	inside *inside
}

type inside struct {
	id      func() string
	veil    veil
	carrier carrier  // of messages, nil for a check
	check   *url.URL // that is pinged, nil for a channel of messages
}

// carrier makes of a message the steps that deliver it. Each is tried on its
// own, so that one that is done is not repeated for the sake of another.
type carrier interface {
	steps(Sender, veil, Message) []step
}

// step is one try at one part of a delivery. What it returns is a *failure.
type step = func(context.Context) error

// Name is the channel as it may be shown: its kind, with the host where that is
// no secret. Two channels may share one.
func (c Channel) Name() string { return c.name }

// ID tells the channel from every other, today and in later runs, by the whole
// of its URL, of which it reveals nothing: changing a token makes another
// channel.
func (c Channel) ID() string {
	if c.inside == nil {
		return ""
	}
	return c.inside.id()
}

// String is the name, and as much of the id as tells channels of one name apart.
func (c Channel) String() string {
	if c.inside == nil {
		return "no channel"
	}
	return c.name + " [" + c.ID()[:6] + "]"
}

// GoString keeps %#v from printing the URL.
func (c Channel) GoString() string { return c.String() }

// Pings reports whether the channel is a check that [Sender.Ping] signals, and
// takes no messages.
func (c Channel) Pings() bool { return c.inside != nil && c.inside.check != nil }

// Schemes are the kinds of channels that [Parse] knows, sorted.
func Schemes() []string {
	all := append([]string{"ping", "sns", "generic+http", "generic+https", "teams+https"}, otherSchemes...)
	for scheme := range services {
		all = append(all, scheme)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// services read the URLs of the services that have code of our own.
var services = map[string]func(*url.URL) (carrier, error){
	"discord":       discordChannel,
	"generic":       genericChannel,
	"generic+http":  genericChannel,
	"generic+https": genericChannel,
	"ntfy":          ntfyChannel,
	"slack":         slackChannel,
	"smtp":          mailChannel,
	"teams":         teamsChannel,
	"teams+https":   teamsChannel,
	"telegram":      telegramChannel,
}

// addressed are the schemes whose host is an address, which may be shown. In
// the others it is a token, or part of one, or nothing.
var addressed = []string{
	"bark", "generic", "generic+http", "generic+https", "googlechat", "gotify", "hangouts", "lark", "matrix",
	"mattermost", "ntfy", "opsgenie", "pagerduty", "rocketchat", "signal", "smtp", "teams+https", "zulip",
}

// Parse reads a channel's URL without using the network: one of shoutrrr's, an
// SNS topic's ARN as sns:arn:…, or the address of a check as ping:https://….
// Its error says what to do, and repeats nothing of the URL but the scheme.
func Parse(raw string) (Channel, error) {
	raw = strings.TrimSpace(raw)
	scheme, rest, _ := strings.Cut(raw, ":")
	scheme = strings.ToLower(scheme)
	var c Channel
	var err error
	switch {
	case scheme == "http" || scheme == "https":
		return Channel{}, errors.New("a channel's URL begins with its kind: generic+https://… for a webhook, ping:https://… for a check, slack://… for Slack; see docs/notifications.md")
	case !slices.Contains(Schemes(), scheme):
		return Channel{}, fmt.Errorf("a channel's URL begins with its kind, one of: %s", strings.Join(Schemes(), ", "))
	case scheme == "sns":
		c, err = topicOf(rest)
	case scheme == "ping":
		c, err = checkOf(rest)
	default:
		c, err = serviceOf(scheme, raw)
	}
	if err != nil {
		return Channel{}, fmt.Errorf("the URL of a channel of kind %s is not valid: %w", scheme, err)
	}
	c.inside.id = sync.OnceValue(func() string { return identify(raw) })
	return c, nil
}

func topicOf(arn string) (Channel, error) {
	t, err := parseTopic(arn)
	if err != nil {
		return Channel{}, err
	}
	return Channel{name: "sns:" + t.region + ":" + t.name, inside: &inside{carrier: t}}, nil
}

func checkOf(address string) (Channel, error) {
	u, err := parsePing(address)
	if err != nil {
		return Channel{}, err
	}
	return Channel{name: "ping:" + u.Scheme + "://" + u.Host, inside: &inside{veil: veilOf(u, u.Host), check: u}}, nil
}

func serviceOf(scheme, raw string) (Channel, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return Channel{}, errors.New("percent-encode its special characters")
	}
	name, shown := scheme, ""
	if slices.Contains(addressed, scheme) && strings.ContainsAny(u.Host, ".:") { // else it may be a token in its place
		shown = u.Host
		name += "://" + u.Host
	}
	veil := veilOf(u, shown)
	parse, own := services[scheme]
	if !own {
		parse = otherChannel
	}
	var carrier carrier
	// The library crashes on some that are wrong, such as matrix:?room.
	err = guarded(func() (err error) { carrier, err = parse(u); return err })
	if err != nil {
		return Channel{}, errors.New(veil.explain(err))
	}
	return Channel{name: name, inside: &inside{veil: veil, carrier: carrier}}, nil
}

// advice is an error in words of our own, which repeat nothing of a URL.
type advice string

func (a advice) Error() string { return string(a) }

// validKeys is how shoutrrr ends an error on an option that a service lacks.
var validKeys = regexp.MustCompile(`\(valid keys: \[([A-Za-z0-9_ ]+)\]\)$`)

// explain is a parser's error if it repeats nothing of the URL, else where to
// look. An unknown option is not named: it may be the rest of a value that was
// not percent-encoded.
func (v veil) explain(err error) string {
	var own advice
	if errors.As(err, &own) {
		return own.Error()
	}
	if keys := validKeys.FindStringSubmatch(err.Error()); keys != nil {
		return "it has an unknown option; the options are " + strings.ReplaceAll(keys[1], " ", ", ")
	}
	if said := v.lift(err.Error()); said != "" {
		return said
	}
	return "compare it with the form in docs/notifications.md"
}

// identify hashes a URL. The hash is slow and salted: a topic's name or a short
// password must not be found by trying, by one who holds the database.
func identify(raw string) string {
	key, err := pbkdf2.Key(sha256.New, raw, []byte("snapshotter notification channel"), 50_000, 16)
	if err != nil {
		panic(err) // no length of these is refused
	}
	return hex.EncodeToString(key[:12])
}
