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

// Channel is where messages, or pings, go. The zero value is not a channel.
type Channel struct {
	name string
	// inside holds secrets. It is a pointer so that printing a struct that
	// holds a channel does not print them.
	inside *inside
}

type inside struct {
	id        func() string
	redaction redaction
	carrier   carrier  // of messages, nil for a check
	check     *url.URL // that is pinged, nil for a channel of messages
}

// carrier turns a message into the steps that deliver it. Each is tried on its
// own, so that a completed one is not repeated because of another.
type carrier interface {
	steps(Sender, redaction, Message) []step
}

// step is one attempt at one part of a delivery. Its error is a *failure.
type step = func(context.Context) error

// Name is the channel as it may be shown: its kind, with the host if that is
// not a secret. Two channels may have the same name.
func (c Channel) Name() string { return c.name }

// ID identifies the channel, today and in later runs, by its whole URL, and
// reveals nothing of it: a new token makes another channel.
func (c Channel) ID() string {
	if c.inside == nil {
		return ""
	}
	return c.inside.id()
}

// String returns the name, with as much of the ID as distinguishes channels of
// one name.
func (c Channel) String() string {
	if c.inside == nil {
		return "no channel"
	}
	return c.name + " [" + c.ID()[:6] + "]"
}

// GoString keeps %#v from printing the URL.
func (c Channel) GoString() string { return c.String() }

// Pings reports whether the channel is a check, which [Sender.Ping] signals and
// which takes no messages.
func (c Channel) Pings() bool { return c.inside != nil && c.inside.check != nil }

// Schemes returns the kinds of channels that [Parse] knows, sorted.
func Schemes() []string {
	all := append([]string{"ping", "sns", "generic+http", "generic+https", "teams+https"}, otherSchemes...)
	for scheme := range services {
		all = append(all, scheme)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// services parse the URLs of the services that this package sends to itself.
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
// the others it is a token, part of one, or nothing.
var addressed = []string{
	"bark", "generic", "generic+http", "generic+https", "googlechat", "gotify", "hangouts", "lark", "matrix",
	"mattermost", "ntfy", "opsgenie", "pagerduty", "rocketchat", "signal", "smtp", "teams+https", "zulip",
}

// Parse reads a channel's URL without using the network: one of shoutrrr's, an
// SNS topic's ARN as sns:arn:…, or the address of a check as ping:https://….
// Its error says what to do, and repeats nothing of the URL except the scheme.
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
	return Channel{name: "ping:" + u.Scheme + "://" + u.Host, inside: &inside{redaction: redactionOf(u, u.Host), check: u}}, nil
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
	redaction := redactionOf(u, shown)
	parse, own := services[scheme]
	if !own {
		parse = otherChannel
	}
	var carrier carrier
	// The library panics on some invalid URLs, such as matrix:?room.
	err = guarded(func() (err error) { carrier, err = parse(u); return err })
	if err != nil {
		return Channel{}, errors.New(redaction.explain(err))
	}
	return Channel{name: name, inside: &inside{redaction: redaction, carrier: carrier}}, nil
}

// advice is an error in our own words, which repeat nothing of a URL.
type advice string

func (a advice) Error() string { return string(a) }

// validKeys ends shoutrrr's error about an option that a service does not have.
var validKeys = regexp.MustCompile(`\(valid keys: \[([A-Za-z0-9_ ]+)\]\)$`)

// explain returns a parser's error if it repeats nothing of the URL, and
// otherwise where to look. It does not name an unknown option: that may be the
// rest of a value that was not percent-encoded.
func (r redaction) explain(err error) string {
	if own, ok := errors.AsType[advice](err); ok {
		return own.Error()
	}
	if keys := validKeys.FindStringSubmatch(err.Error()); keys != nil {
		return "it has an unknown option; the options are " + strings.ReplaceAll(keys[1], " ", ", ")
	}
	if said := r.show(err.Error()); said != "" {
		return said
	}
	return "compare it with the form in docs/notifications.md"
}

// identify hashes a URL. The hash is slow and salted, so that somebody who has
// the database cannot find a topic's name or a short password by trying.
func identify(raw string) string {
	key, err := pbkdf2.Key(sha256.New, raw, []byte("snapshotter notification channel"), 50_000, 16)
	if err != nil {
		panic(err) // no length of these is refused
	}
	return hex.EncodeToString(key[:12])
}
