package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Ping is a signal for a dead-man's switch, which raises the alarm itself if it
// receives none in time, even if nothing of this program runs any more.
type Ping struct {
	Event Event
	// Exit is the exit code of a [Failed] run, 1 to 255; 0 if it is not known.
	Exit int
	Text string // short, plain; the switch keeps it with the ping
}

// Event is a moment of a run.
type Event string

const (
	Started   Event = "start"
	Succeeded Event = "success"
	Failed    Event = "failure"
)

// pingTextLimit is well below what services keep of a ping's body.
// https://healthchecks.io/docs/attaching_logs/
const pingTextLimit = 10_000

// parsePing reads the address of a check in the form of healthchecks.io, which
// others use too.
func parsePing(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || !webAddress(address) || len(strings.Trim(u.Path, "/")) == 0 {
		return nil, errors.New("it is not the address of a check: the form is ping:https://…, as the service shows it")
	}
	u.Path, u.RawPath, u.Fragment = strings.TrimRight(u.Path, "/"), "", ""
	return u, nil
}

// post is the request that signals p to the check at base.
// https://healthchecks.io/docs/http_api/
func (p Ping) post(base *url.URL) post {
	suffix := ""
	switch {
	case p.Event == Started:
		suffix = "start"
	case p.Event == Failed && p.Exit > 0 && p.Exit < 256:
		suffix = fmt.Sprint(p.Exit)
	case p.Event == Failed:
		suffix = "fail"
	}
	address := *base
	if suffix != "" {
		address = *base.JoinPath(suffix)
	}
	return post{
		method: http.MethodPost, url: address.String(),
		header: map[string]string{"Content-Type": "text/plain; charset=utf-8"},
		body:   []byte(cut(p.Text, pingTextLimit)), harmless: true, read: readPing,
	}
}

// readPing finds a signal that nobody took although the status is 200:
// healthchecks.io answers "OK (not found)" for a check that it does not have,
// others {"ok": false}.
// https://healthchecks.io/docs/http_api/
func readPing(body []byte) answer {
	var said struct {
		OK *bool  `json:"ok"`
		Is string `json:"msg"`
	}
	if json.Unmarshal(body, &said) == nil && said.OK != nil {
		return answer{no: !*said.OK, said: said.Is}
	}
	text := strings.TrimSpace(string(body))
	reason, refused := strings.CutPrefix(text, "OK (")
	return answer{no: refused, later: strings.HasPrefix(reason, "rate limited"), said: strings.TrimSuffix(reason, ")")}
}

func (p Ping) steps(base *url.URL, s Sender, r redaction) []step {
	return []step{func(ctx context.Context) error { return p.post(base).send(ctx, s.client(), r) }}
}
