package notify_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"snapshotter/notify"
)

// transport answers requests without a network, so that a bubble of synctest
// can hold a whole delivery.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func answer(status int, body string, header ...string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// hang answers when the request is given up.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

var errRefused = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name, url string
		answers   []func(*http.Request) (*http.Response, error) // the last goes on
		outcome   notify.Outcome
		tries     int
		took      time.Duration
		reason    string
	}{
		{"at once", genericPlain, seq(200, ""), notify.Delivered, 1, 0, ""},
		{"after no connection", genericPlain, seq(errRefused, "", 200, ""), notify.Delivered, 2, 1 * time.Second, ""},
		{"never a connection", genericPlain, seq(errRefused, ""), notify.Undelivered, 4, 21 * time.Second, "the connection was refused"},
		{"busy", genericPlain, seq(503, "", 429, "", 500, "", 202, ""), notify.Delivered, 4, 21 * time.Second, ""},
		{"busy for good", genericPlain, seq(503, ""), notify.Undelivered, 4, 21 * time.Second, "answered 503 Service Unavailable"},
		{"asks to wait", genericPlain, seq(wants("7"), "", 200, ""), notify.Delivered, 2, 7 * time.Second, ""},
		{"asks to wait less than we do", genericPlain, seq(wants("0"), "", 200, ""), notify.Delivered, 2, 1 * time.Second, ""},
		{"asks to wait for too long", genericPlain, seq(wants("3600"), "", 200, ""), notify.Undelivered, 1, 0, "answered 429 Too Many Requests"},
		{"asks to wait until a date", genericPlain, seq(wants("Wed, 21 Oct 2026 07:28:00 GMT"), "", 200, ""), notify.Delivered, 2, 1 * time.Second, ""},
		{"wrong address", genericPlain, seq(404, ""), notify.Undelivered, 1, 0, "answered 404 Not Found: check that what the channel's URL names still exists"},
		{"wrong token", genericPlain, seq(401, ""), notify.Undelivered, 1, 0, "answered 401 Unauthorized: check the token or password in the channel's URL"},
		{"too long", genericPlain, seq(413, ""), notify.Undelivered, 1, 0, "answered 413 Request Entity Too Large: the message is too long for it"},
		{"moved", genericPlain, seq(302, ""), notify.Undelivered, 1, 0, "answered 302 Found: it redirects, and redirects are not followed; use the new address in the channel's URL"},
		{"a gateway that can't know", genericPlain, seq(502, "", 200, ""), notify.Unknown, 1, 0, "answered 502 Bad Gateway"},
		{"a gateway that gave up", genericPlain, seq(504, "", 200, ""), notify.Unknown, 1, 0, "answered 504 Gateway Timeout"},

		{"a page in place of a webhook", genericPlain, seq(200, "\n<!DOCTYPE html><title>Blocked</title>"), notify.Undelivered, 1, 0, "answered with a web page, as a proxy or a login does in place of the service"},
		{"a page in place of Teams", teamsHook, seq(200, "<HTML><body>Sign in</body></HTML>"), notify.Undelivered, 1, 0, "answered with a web page, as a proxy or a login does in place of the service"},
		{"a webhook in PHP", genericPlain, seq(200, "ok"), notify.Delivered, 1, 0, ""},
		{"Slack takes it", slackHook, seq(200, "ok"), notify.Delivered, 1, 0, ""},
		{"Slack has archived the channel", slackHook, seq(410, "channel_is_archived"), notify.Undelivered, 1, 0, "answered 410 Gone: check that what the channel's URL names still exists: channel_is_archived"},
		{"not Slack but a portal", slackHook, seq(200, "<html>Sign in</html>"), notify.Undelivered, 1, 0, "answered with a web page, as a proxy or a login does in place of the service"},
		{"Slack's API says no", slackBot, seq(200, `{"ok":false,"error":"not_in_channel"}`), notify.Undelivered, 1, 0, "answered that it did not accept the message: not_in_channel"},
		{"Slack's API is busy", slackBot, seq(200, `{"ok":false,"error":"ratelimited"}`, 200, `{"ok":true}`), notify.Delivered, 2, 1 * time.Second, ""},
		{"Slack's API says nothing", slackBot, seq(200, ``), notify.Undelivered, 1, 0, "answered that it did not accept the message"},
		{"Discord knows no such webhook", discordHook, seq(404, `{"message":"Unknown Webhook","code":10015}`), notify.Undelivered, 1, 0, "answered 404 Not Found: check that what the channel's URL names still exists: Unknown Webhook"},
		{"Discord is busy", discordHook, seq(wants("2.5"), `{"retry_after":2.5}`, 204, ""), notify.Delivered, 2, 2500 * time.Millisecond, ""},
		{"Discord fails", discordHook, seq(502, "<html>", 204, ""), notify.Unknown, 1, 0, "answered 502 Bad Gateway"},
		{"text in place of Discord", discordHook, seq(200, "Access denied by policy"), notify.Undelivered, 1, 0, "answered that it did not accept the message"},
		{"Discord shows the message", discordHook, seq(200, `{"id":"1"}`), notify.Delivered, 1, 0, ""},
		{"text in place of Teams", teamsHook, seq(200, "Access denied by policy"), notify.Undelivered, 1, 0, "answered that it did not accept the message"},
		{"a workflow takes it", teamsHook, seq(202, ""), notify.Delivered, 1, 0, ""},
		{"Teams takes it", teamsHook, seq(200, "1"), notify.Delivered, 1, 0, ""},
		{"Teams is busy behind a 200", teamsHook, seq(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x.", 200, "1"), notify.Delivered, 2, 1 * time.Second, ""},
		{"Teams fails behind a 200", teamsHook, seq(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413"), notify.Undelivered, 1, 0, "answered that it did not accept the message: HTTP error 413"},
		{"ntfy is full", ntfyTopic, seq(429, `{"code":42908,"http":429,"error":"limit reached: daily message quota reached"}`), notify.Undelivered, 4, 21 * time.Second, "answered 429 Too Many Requests: limit reached: daily message quota reached"},
		{"Telegram knows no such chat", telegramOne, seq(400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`), notify.Undelivered, 1, 0, "answered 400 Bad Request: Bad Request: chat not found"},
		{"Telegram is busy", telegramOne, seq(429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 9","parameters":{"retry_after":9}}`, 200, `{"ok":true}`), notify.Delivered, 2, 9 * time.Second, ""},
		{"Telegram says nothing", telegramOne, seq(200, ""), notify.Undelivered, 1, 0, "answered that it did not accept the message"},
		{"Telegram's second chat is busy", telegramBot, seq(200, `{"ok":true}`, 500, "", 200, `{"ok":true}`), notify.Delivered, 2, 1 * time.Second, ""},
		{"Telegram's first chat is gone", telegramBot, seq(403, `{"ok":false,"description":"Forbidden: bot was kicked from the group chat"}`, 200, `{"ok":true}`), notify.Undelivered, 1, 0, "part 1 of 2: answered 403 Forbidden: check the token or password in the channel's URL: Forbidden: bot was kicked from the group chat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			channel := parse(t, c.url)
			synctest.Test(t, func(t *testing.T) {
				n := 0
				sender := notify.Sender{HTTP: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
					n++
					return c.answers[min(n, len(c.answers))-1](r)
				})}}
				begun := time.Now()
				d := sender.Send(t.Context(), []notify.Channel{channel}, plain(), nil)[0]
				if d.Outcome != c.outcome || d.Tries != c.tries || d.Reason != c.reason {
					t.Errorf("delivery = %+v", d)
				}
				if took := time.Since(begun); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

const telegramOne = "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=-1001234567890"

type wants string // to be waited for

// seq are answers: a status, a wish to wait or an error, each with a body.
func seq(pairs ...any) []func(*http.Request) (*http.Response, error) {
	var all []func(*http.Request) (*http.Response, error)
	for i := 0; i < len(pairs); i += 2 {
		body := pairs[i+1].(string)
		all = append(all, func(*http.Request) (*http.Response, error) {
			switch what := pairs[i].(type) {
			case error:
				return nil, what
			case wants:
				return answer(http.StatusTooManyRequests, body, "Retry-After", string(what)), nil
			default:
				return answer(what.(int), body), nil
			}
		})
	}
	return all
}

// What can't be trusted won't be later.
func TestUntrustedHost(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of the client
	server.StartTLS()
	defer server.Close()
	c := parse(t, "generic://"+server.Listener.Addr().String()+"/in")
	d := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{c}, plain(), nil)[0]
	if d.Outcome != notify.Undelivered || d.Tries != 1 || d.Reason != "the host's certificate is not trusted" {
		t.Errorf("delivery = %+v", d)
	}
}

// What got a connection and no answer may have arrived, and is sent once.
func TestNoAnswerIsNotTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"hung up on", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"cut off in the answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"ok":tr`)
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			receiver := receive(t, c.answer)
			d := receiver.sender().Impatient().Send(t.Context(), []notify.Channel{parse(t, slackBot)}, plain(), nil)[0]
			if d.Outcome != notify.Unknown || d.Tries != 1 || !d.Lost() {
				t.Errorf("delivery = %+v", d)
			}
			if n := len(receiver.requests()); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

// A channel that hangs costs itself its deadline, and the others nothing.
func TestSideBySide(t *testing.T) {
	var channels []notify.Channel
	for _, raw := range []string{genericPlain, slackHook, discordHook, "ntfy://hang.example.com/t", "ntfy://never.example.com/t"} {
		channels = append(channels, parse(t, raw))
	}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		done := map[string]time.Duration{}
		var mu sync.Mutex
		sender := notify.Sender{Deadline: 40 * time.Second, HTTP: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			switch {
			case strings.HasPrefix(r.URL.Host, "hang."):
				return hang(r)
			case strings.HasPrefix(r.URL.Host, "never."):
				return nil, errRefused
			}
			mu.Lock()
			done[r.URL.Host] = time.Since(begun)
			mu.Unlock()
			if r.URL.Host == "discord.com" {
				return answer(204, ""), nil
			}
			return answer(200, "ok"), nil
		})}}
		deliveries := sender.Send(t.Context(), channels, plain(), nil)
		if took := time.Since(begun); took != 40*time.Second {
			t.Errorf("took %v", took)
		}
		for host, after := range done {
			if after != 0 {
				t.Errorf("%s was served after %v", host, after)
			}
		}
		var names []string
		for _, d := range deliveries {
			names = append(names, d.Channel+" "+string(d.Outcome))
		}
		want := "discord delivered, generic://hooks.example.com delivered, ntfy://hang.example.com undelivered, ntfy://never.example.com undelivered, slack delivered"
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("deliveries\n got %s\nwant %s", got, want)
		}
	})
}

// A caller that stops gets its answer at once; what was not begun is left for
// later, unclaimed.
func TestStopped(t *testing.T) {
	channels := []notify.Channel{parse(t, genericPlain)}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		sender := notify.Sender{HTTP: &http.Client{Transport: transport(hang)}}
		time.AfterFunc(3*time.Second, cancel)
		begun := time.Now()
		d := sender.Send(ctx, channels, plain(), nil)[0]
		if took := time.Since(begun); took != 3*time.Second || d.Outcome == notify.Delivered || d.Reason != "stopped before the answer" {
			t.Errorf("after %v: %+v", took, d)
		}
		claimed := 0
		d = sender.Send(ctx, channels, plain(), func(string) (bool, error) { claimed++; return true, nil })[0]
		if d.Outcome != notify.Unclaimed || claimed != 0 || d.Tries != 0 {
			t.Errorf("claimed %d times: %+v", claimed, d)
		}
	})
}

func TestClaims(t *testing.T) {
	receiver := receive(t, nil)
	slack, discord, ntfy := parse(t, slackHook), parse(t, discordHook), parse(t, ntfyTopic)
	deliveries := receiver.sender().Send(t.Context(), []notify.Channel{slack, ntfy, discord, slack}, plain(), func(id string) (bool, error) {
		switch id {
		case slack.ID():
			return true, nil
		case discord.ID():
			return false, nil
		}
		return false, errors.New("database is locked by arn:aws:iam::111122223333:root")
	})
	want := []notify.Delivery{
		{Channel: "discord", ChannelID: discord.ID(), Outcome: notify.Before},
		{Channel: "ntfy://ntfy.sh", ChannelID: ntfy.ID(), Outcome: notify.Unclaimed, Reason: "it could not be claimed: database is locked by [arn]"},
		{Channel: "slack", ChannelID: slack.ID(), Outcome: notify.Delivered, Tries: 1},
	}
	for i := range want {
		if i >= len(deliveries) || deliveries[i] != want[i] {
			t.Fatalf("deliveries\n got %+v\nwant %+v", deliveries, want)
		}
	}
	if n := len(receiver.requests()); n != 1 {
		t.Errorf("%d requests, want Slack's alone", n)
	}
}

// However many send the same message at once, and crash or fail after the
// claim, each channel gets it at most once.
func TestAtMostOnce(t *testing.T) {
	channels := []notify.Channel{parse(t, slackHook), parse(t, discordHook), parse(t, genericPlain), parse(t, ntfyTopic)}
	receiver := receive(t, nil)
	claims := map[string]bool{} // guarded by the lock below, as a database guards its own
	var mu sync.Mutex
	claim := func(id string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		taken := claims[id]
		claims[id] = true
		return !taken, nil
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { receiver.sender().Send(t.Context(), channels, plain(), claim) })
	}
	all.Wait()
	sent := map[string]int{}
	for _, r := range receiver.requests() {
		sent[r.URL]++
	}
	if len(sent) != len(channels) {
		t.Errorf("sent to %v", sent)
	}
	for url, n := range sent {
		if n != 1 {
			t.Errorf("sent %d times to %s", n, url)
		}
	}
}

// No two claims of one Send are made at once.
func TestClaimsInTurn(t *testing.T) {
	receiver := receive(t, nil)
	busy := false // a race is found by -race, a clash by this
	receiver.sender().Send(t.Context(), []notify.Channel{parse(t, slackHook), parse(t, discordHook), parse(t, genericPlain)}, plain(), func(string) (bool, error) {
		if busy {
			t.Error("two claims at once")
		}
		busy = true
		defer func() { busy = false }()
		return true, nil
	})
}
