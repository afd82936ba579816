package notify_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"snapshotter/notify"
)

// secretive are URLs of every scheme, with what in them must never be seen.
// HOST stands for the receiver's address.
var secretive = []struct {
	url     string
	secrets []string
}{
	{slackHook, []string{"T0AAAAAAA", "B0BBBBBBB", "CCCCCCCCCCCCCCCCCCCCCCCC"}},
	{"slack://T0AAAAAAA/B0BBBBBBB/CCCCCCCCCCCCCCCCCCCCCCCC", []string{"T0AAAAAAA", "B0BBBBBBB", "CCCCCCCCCCCCCCCCCCCCCCCC"}},
	{slackBot, []string{"123456789012", "1234567890123", "4mt0t4l1YL3g1T5L4cK70k3N"}},
	{discordHook, []string{"disc0rd", "T0ken_x", "123456789012345678"}},
	{teamsHook, []string{"11111111-4444", "22222222-4444", "33333333012222222222333333333344", "V2ESyij_gAljSoUQHvZoZYzlpAoAXExyOl26dlf1xHEx05"}},
	{teamsFlow, []string{"0f9e8d7c", "s1gN4tuRe"}},
	{telegramBot, []string{"110201543", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "1001234567890"}},
	{ntfyTopic, []string{"s3cretTopic"}},
	{"ntfy://alice:s3cret%40Pass@ntfy.sh/s3cretTopic", []string{"s3cretTopic", "alice", "s3cret@Pass", "s3cret%40Pass", "40Pass", base64.StdEncoding.EncodeToString([]byte("alice:s3cret@Pass"))}},
	{genericPlain, []string{"s3cretPath", "s3cretKey"}},
	{genericJSON, []string{"s3cretPath", "s3cretBearer"}},
	{"generic://hooks.example.com/?s3cretBareKey", []string{"s3cretBareKey"}},
	{"generic+https://hooks.example.com/s3cretPath", []string{"s3cretPath"}},
	{"generic+http://hooks.example.com/s3cretPath", []string{"s3cretPath"}},
	{check, []string{"5b1f4ac7-8d3e-4a60-9c02-1f2e3d4c5b6a"}},
	{checkSlug, []string{"s3cretPingKey"}},
	{"sns:arn:aws:sns:eu-west-1:111122223333:bedrock-changes", []string{"111122223333"}},
	{"smtp://alice:s3cretPass@HOST/?from=a@example.com&to=b@example.com", []string{"alice", "s3cretPass", base64.StdEncoding.EncodeToString([]byte("\x00alice\x00s3cretPass"))}},
	{"bark://:s3cretDevice@HOST/?scheme=http", []string{"s3cretDevice"}},
	{"googlechat://chat.googleapis.com/v1/spaces/s3cretSpace/messages?key=s3cretKey&token=s3cretToken", []string{"s3cretSpace", "s3cretKey", "s3cretToken"}},
	{"hangouts://chat.googleapis.com/v1/spaces/s3cretSpace/messages?key=s3cretKey&token=s3cretToken", []string{"s3cretSpace", "s3cretKey", "s3cretToken"}},
	{"gotify://HOST/As3cretGotify.x?disabletls=yes", []string{"As3cretGotify"}},
	{"ifttt://s3cretKey/?events=s3cretEvent", []string{"s3cretKey", "s3cretEvent"}},
	{"join://shoutrrr:s3cretApiKey@join/?devices=s3cretDevice", []string{"s3cretApiKey", "s3cretDevice"}},
	{"lark://open.larksuite.com/s3cretToken?secret=s3cretSignKey", []string{"s3cretToken", "s3cretSignKey"}},
	{"matrix://alice:s3cretPass@HOST/?rooms=!s3cretRoom:HOST&disableTLS=yes", []string{"alice", "s3cretPass", "s3cretRoom"}},
	{"mattermost://HOST/s3cretToken/s3cretChannel?disabletls=yes", []string{"s3cretToken", "s3cretChannel"}},
	{"notifiarr://s3cretApiKey?channel=123456789012345678", []string{"s3cretApiKey"}},
	{"opsgenie://api.opsgenie.com/s3cret-592-faa2", []string{"s3cret-592-faa2"}},
	{"pagerduty://events.pagerduty.com/eb243592faa24ba2a5511afdf565c889", []string{"eb243592faa24ba2a5511afdf565c889"}},
	{"pushbullet://o.5NfxzU9yH9xBlEXZArRtyUB4S4Ua8Hd3/s3cretDevice", []string{"o.5NfxzU9yH9xBlEXZArRtyUB4S4Ua8Hd3", "5NfxzU9yH9xBlEXZArRtyUB4S4Ua8Hd3", "s3cretDevice"}},
	{"pushover://shoutrrr:s3cretToken@s3cretUser/?devices=s3cretDevice", []string{"s3cretToken", "s3cretUser"}},
	{"rocketchat://alice@HOST/s3cretTokenA/s3cretTokenB/s3cretRoom", []string{"s3cretTokenA", "s3cretTokenB", "s3cretRoom"}},
	{"signal://alice:s3cretPass@HOST/+15550001111/+15550002222?disabletls=yes", []string{"alice", "s3cretPass", "15550001111", "15550002222"}},
	{"wecom://s3cret-7aoc-4bc4-97a0-0ec2sifa5aaa", []string{"s3cret-7aoc-4bc4-97a0-0ec2sifa5aaa"}},
	{"zulip://bot%40example.com:s3cretKey@example.zulipchat.com/?stream=s3cretStream&topic=s3cretTopic", []string{"s3cretKey", "s3cretStream", "s3cretTopic"}},
}

func TestSecretiveHasEveryScheme(t *testing.T) {
	var have []string
	for _, c := range secretive {
		scheme, _, _ := strings.Cut(c.url, ":")
		have = append(have, scheme)
	}
	for _, scheme := range notify.Schemes() {
		if !slices.Contains(have, scheme) {
			t.Errorf("no secret of %s is looked for", scheme)
		}
	}
}

// hostiles are ways in which a service, or the way to it, may give away what it
// was sent.
var hostiles = []struct {
	name   string
	answer http.RoundTripper
}{
	{"echo as 200", echo(200, "")},
	{"echo as 400", echo(400, "")},
	{"echo as JSON", echo(401, `{"ok":false,"error":%q,"message":%[1]q,"description":%[1]q,"code":1}`)},
	{"echo as JSON with status 200", echo(200, `{"ok":false,"error":%q,"message":%[1]q,"description":%[1]q}`)},
	{"echo as 404", echo(404, "Cannot %s")},
	{"echo as 502", echo(502, "<html>%s</html>")},
	{"redirect with it", transport(func(r *http.Request) (*http.Response, error) {
		return answer(302, "", "Location", r.URL.String()+"&again"), nil
	})},
	{"broken connection", transport(func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: fmt.Errorf("proxy %s failed with %v", r.URL, r.Header)}
	})},
	{"hang", transport(hangFor(20 * time.Millisecond))},
	{"panic", transport(func(r *http.Request) (*http.Response, error) { panic(r.URL.String()) })},
}

// echo answers with all of the request.
func echo(status int, format string) transport {
	return func(r *http.Request) (*http.Response, error) {
		var all strings.Builder
		fmt.Fprintf(&all, "%s %s\n", r.Method, r.URL)
		r.Header.Write(&all)
		if r.Body != nil {
			io.Copy(&all, r.Body)
		}
		body := all.String()
		if format != "" {
			body = fmt.Sprintf(format, body)
		}
		return answer(status, body, "Content-Type", "application/json"), nil
	}
}

// hangFor hangs, and then fails as a client does that has lost its patience.
func hangFor(d time.Duration) transport {
	return func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithTimeout(r.Context(), d)
		defer cancel()
		return hang(r.WithContext(ctx))
	}
}

// seen is everything that a channel and its deliveries show.
func seen(c notify.Channel, deliveries []notify.Delivery) string {
	holder := struct {
		Channel  notify.Channel
		channels []notify.Channel
	}{c, []notify.Channel{c}}
	encoded, err := json.Marshal([]any{c, holder, deliveries})
	return fmt.Sprintf("%s %v %+v %#v %q %s %s | %v %+v %#v | %+v | %s %v",
		c, c, c, c, c, c.Name(), c.ID(), holder, holder, holder, deliveries, encoded, err)
}

func checkSecrets(t *testing.T, secrets []string, text string) {
	t.Helper()
	for _, secret := range secrets {
		for _, spelling := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, "-", "/"),
			base64.StdEncoding.EncodeToString([]byte(secret)),
		} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(spelling)) {
				t.Errorf("%q is seen in: %s", secret, text)
			}
		}
	}
}

// Nothing that is returned or printed holds a secret, whatever a service does
// with it.
func TestSecrets(t *testing.T) {
	gateway := receive(t, nil) // the address that HOST stands for; nothing gets there
	gateway.Close()
	host := strings.TrimPrefix(gateway.URL, "http://")
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			defaultTransport(t, h.answer)
			sender := notify.Sender{
				HTTP: &http.Client{Transport: h.answer},
				AWS:  aws.Config{HTTPClient: &http.Client{Transport: h.answer}, Credentials: aws.AnonymousCredentials{}},
			}.Impatient()
			for _, c := range secretive {
				channel := parse(t, strings.ReplaceAll(c.url, "HOST", host))
				deliveries := sender.Send(t.Context(), []notify.Channel{channel}, plain(), nil)
				deliveries = append(deliveries, sender.Ping(t.Context(), []notify.Channel{channel}, notify.Ping{Event: notify.Failed})...)
				if len(deliveries) != 1 {
					t.Fatalf("%s: deliveries = %+v", channel, deliveries)
				}
				if deliveries[0].Outcome != notify.Delivered && deliveries[0].Reason == "" {
					t.Errorf("%s: no reason: %+v", channel, deliveries[0])
				}
				checkSecrets(t, c.secrets, seen(channel, deliveries))
			}
		})
	}
}

// An error of Parse repeats nothing of the URL but its scheme.
func TestParseErrorSecrets(t *testing.T) {
	for _, c := range secretive {
		for _, spoil := range []func(string) string{
			func(s string) string { return s + "%zz" },
			func(s string) string { return s + "\x7f" },
			func(s string) string { return s + "?s3cretOption=s3cretValue" },
			func(s string) string { return s + "&s3cretOption=s3cretValue" },
			func(s string) string {
				return s + "&priority=s3cretValue&timeout=s3cretValue&color=s3cretValue&auth=s3cretValue"
			},
			func(s string) string { return strings.Replace(s, "://", ":/", 1) },
			func(s string) string { return strings.Replace(s, "://", "s://", 1) },
			func(s string) string { return strings.Replace(s, "://", "://:", 1) },
			func(s string) string { return s[:len(s)/2] },
			func(s string) string { return s[:len(s)*3/4] },
			func(s string) string { return s[:len(s)-3] },
			func(s string) string { _, rest, _ := strings.Cut(s, ":"); return rest },
			func(s string) string { _, rest, _ := strings.Cut(s, ":"); return "https:" + rest },
			func(s string) string { return strings.Replace(s, "=", "=%", 1) },
		} {
			raw := spoil(c.url)
			if channel, err := notify.Parse(raw); err != nil {
				checkSecrets(t, append([]string{"s3cretOption", "s3cretValue"}, c.secrets...), err.Error()+seen(channel, nil))
			}
		}
	}
}

// The id is the same for the same URL, another for any other, and not to be
// guessed at by hashing.
func TestID(t *testing.T) {
	ids := map[string]string{}
	for _, c := range secretive {
		id := parse(t, c.url).ID()
		if other, taken := ids[id]; taken {
			t.Errorf("%s and %s have one id", c.url, other)
		}
		ids[id] = c.url
	}
	if got := parse(t, "  "+slackHook+"\n").ID(); got != "0fd579e833e6652e0ded7081" {
		t.Errorf("the id of Slack's channel has become %s: what was sent before would be sent again", got)
	}
}

func TestNames(t *testing.T) {
	for raw, want := range map[string]string{
		slackHook:    "slack",
		discordHook:  "discord",
		telegramBot:  "telegram",
		teamsHook:    "teams",
		teamsFlow:    "teams+https://prod-12.westeurope.logic.azure.com:443",
		ntfyTopic:    "ntfy://ntfy.sh",
		genericPlain: "generic://hooks.example.com",
		check:        "ping:https://hc-ping.com",
		snsTopic:     "sns:eu-west-1:bedrock-changes",
		"smtp://alice:pw@mail.example.com:587/?from=a@b.c&to=d@e.f": "smtp://mail.example.com:587",
		"gotify://gotify/As3cretGotify.x":                           "gotify", // a host without a dot may be a token in its place
	} {
		c := parse(t, raw)
		if c.Name() != want || c.String() != want+" ["+c.ID()[:6]+"]" {
			t.Errorf("%s is named %q, %q", raw, c.Name(), c.String())
		}
	}
}
