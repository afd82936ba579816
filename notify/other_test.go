package notify_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"snapshotter/notify"
)

// The services that shoutrrr itself sends to get the title, the lines and the
// link in one message.
func TestOtherPayloads(t *testing.T) {
	for _, c := range []struct{ name, url string }{
		{"bark", "bark://:s3cretDevice@HOST/?scheme=http"},
		{"googlechat", "googlechat://chat.googleapis.com/v1/spaces/s3cretSpace/messages?key=s3cretKey&token=s3cretToken"},
		{"gotify", "gotify://HOST/As3cretGotify.x?disabletls=yes"},
		{"ifttt", "ifttt://s3cretKey/?events=bedrock"},
		{"join", "join://shoutrrr:s3cretApiKey@join/?devices=s3cretDevice"},
		{"mattermost", "mattermost://HOST/s3cretToken/town-square?disabletls=yes"},
		{"opsgenie", "opsgenie://api.opsgenie.com/s3cret-592-faa2"},
		{"pushbullet", "pushbullet://o.5NfxzU9yH9xBlEXZArRtyUB4S4Ua8Hd3"},
		{"pushover", "pushover://shoutrrr:s3cretToken@s3cretUser/"},
		{"signal", "signal://HOST/+15550001111/+15550002222?disabletls=yes"},
		{"zulip", "zulip://bot%40example.com:s3cretKey@example.zulipchat.com/?stream=bedrock&topic=changes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			receiver := receive(t, nil)
			host := strings.TrimPrefix(receiver.URL, "http://")
			defaultTransport(t, redirect{receiver.URL, network})
			d := notify.Sender{}.Send(t.Context(), []notify.Channel{parse(t, strings.ReplaceAll(c.url, "HOST", host))}, plain(), nil)[0]
			if d.Outcome != notify.Delivered {
				t.Errorf("delivery = %+v", d)
			}
			notify.Sender{}.Send(t.Context(), []notify.Channel{parse(t, strings.ReplaceAll(c.url, "HOST", host))}, hostile(), nil)
			var all strings.Builder
			for _, r := range receiver.requests() {
				r.Header.Del("User-Agent") // Go's, or shoutrrr's with its version
				all.WriteString(strings.ReplaceAll(r.String(), host, "HOST"))
			}
			golden(t, "payload/"+c.name+".txt", all.String())
		})
	}
}

// Shoutrrr's own services take no deadline; they get one.
func TestOtherHangs(t *testing.T) {
	release := make(chan struct{})
	hung := make(chan struct{})
	defaultTransport(t, transport(func(*http.Request) (*http.Response, error) {
		<-release
		defer close(hung)
		return answer(200, ""), nil
	}))
	d := notify.Sender{Deadline: 20 * time.Millisecond}.Send(t.Context(), []notify.Channel{parse(t, "ifttt://s3cretKey/?events=bedrock")}, plain(), nil)[0]
	if d.Outcome != notify.Unknown || d.Tries != 1 || d.Reason != "no answer in time" {
		t.Errorf("delivery = %+v", d)
	}
	close(release)
	<-hung
}

func TestOtherFailures(t *testing.T) {
	for _, c := range []struct {
		name, url string
		answer    transport
		outcome   notify.Outcome
		tries     int
		reason    string
	}{
		{"no connection", "pushover://shoutrrr:s3cretToken@s3cretUser/", seq(errRefused, "")[0], notify.Undelivered, 4, "the service did not accept the message: the connection was refused"},
		{"no connection for one of several", "ifttt://s3cretKey/?events=a,b", seq(errRefused, "")[0], notify.Unknown, 1, "the service did not accept the message: the connection was refused"},
		{"a status", "join://shoutrrr:s3cretApiKey@join/?devices=s3cretDevice", seq(503, "")[0], notify.Unknown, 1, "the service did not accept the message: the reason is not shown, because it repeats the channel's URL"},
		{"a status in JSON", "bark://:s3cretDevice@bark.example.com/", seq(500, "<html>")[0], notify.Unknown, 1, "the service did not accept the message: status 500"},
		// Shoutrrr 0.13.2 closes the body of an answer that it did not get.
		{"a crash", "zulip://bot%40example.com:s3cretKey@example.zulipchat.com/?stream=bedrock", seq(errRefused, "")[0], notify.Unknown, 1, "the sender crashed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defaultTransport(t, c.answer)
			d := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, c.url)}, plain(), nil)[0]
			if d.Outcome != c.outcome || d.Tries != c.tries || d.Reason != c.reason {
				t.Errorf("delivery = %+v", d)
			}
		})
	}
}

// To read a URL is not to use it: doctor reads them all.
func TestParseUsesNoNetwork(t *testing.T) {
	defaultTransport(t, transport(func(r *http.Request) (*http.Response, error) {
		t.Errorf("Parse asked %s", r.URL.Host)
		return nil, errRefused
	}))
	for _, c := range secretive {
		if _, err := notify.Parse(strings.ReplaceAll(c.url, "HOST", "127.0.0.1:1")); err != nil {
			t.Errorf("Parse(%q): %v", c.url, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"", "a channel's URL begins with its kind, one of: " + strings.Join(notify.Schemes(), ", ")},
		{"logger://", "a channel's URL begins with its kind, one of: " + strings.Join(notify.Schemes(), ", ")},
		{"https://hooks.slack.com/services/T/B/X", "a channel's URL begins with its kind: generic+https://… for a webhook, ping:https://… for a check, slack://… for Slack; see docs/notifications.md"},
		{"slack://x@y", "the URL of a channel of kind slack is not valid: invalid slack token format"},
		{"ntfy://ntfy.sh/", "the URL of a channel of kind ntfy is not valid: topic is required"},
		{"ntfy://ntfy.sh/t?prioritty=1", "the URL of a channel of kind ntfy is not valid: it has an unknown option; the options are actions, at, attach, cache, click, delay, disabletls, disabletlsverification, email, filename, firebase, icon, in, priority, scheme, tags, title"},
		{"ntfy://ntfy.sh/t%zz", "the URL of a channel of kind ntfy is not valid: percent-encode its special characters"},
		{"ntfy://ntfy.sh/t?priority=quite", "the URL of a channel of kind ntfy is not valid: compare it with the form in docs/notifications.md"},
		{"smtp://mail.example.com/?from=a@b.c", "the URL of a channel of kind smtp is not valid: toAddress missing from config URL"},
		{"smtp://mail.example.com/?from=a@b.c&to=nobody", "the URL of a channel of kind smtp is not valid: from or to has an invalid mail address"},
		{"smtp:///?from=a@b.c&to=d@e.f", "the URL of a channel of kind smtp is not valid: the mail server's host is missing"},
		{"discord://token@1/raw", "the URL of a channel of kind discord is not valid: the form /raw is for other payloads: leave it out"},
		{"teams+https://example.com", "the URL of a channel of kind teams+https is not valid: the address of the workflow or webhook is missing"},
		{"teams://11111111-4444-4444-8444-cccccccccccc@22222222-4444-4444-8444-cccccccccccc/33333333012222222222333333333344/44444444-4444-4444-8444-cccccccccccc/V2?host=example.com", "the URL of a channel of kind teams is not valid: it is not the address of a webhook: check its IDs, and host=NAME.webhook.office.com"},
		{"generic:///in", "the URL of a channel of kind generic is not valid: the webhook's host is missing"},
		{"generic://example.com/in?template=mine", "the URL of a channel of kind generic is not valid: template must be json, or left out"},
		{"generic://example.com/in?@x=a%0d%0aHost:+evil", "the URL of a channel of kind generic is not valid: a header is not a single line of printable text"},
		{"sns:arn:aws:s3:::bucket", "the URL of a channel of kind sns is not valid: it is not the ARN of a topic: the form is sns:ARN"},
		{"sns:arn:aws:sns:eu-west-1:111122223333:" + strings.Repeat("x", 257), "the URL of a channel of kind sns is not valid: it is not the ARN of a topic: the form is sns:ARN"},
		{"ping:https://hc-ping.com/", "the URL of a channel of kind ping is not valid: it is not the address of a check: the form is ping:https://…, as the service shows it"},
		{"ping:ftp://hc-ping.com/x", "the URL of a channel of kind ping is not valid: it is not the address of a check: the form is ping:https://…, as the service shows it"},
	} {
		if _, err := notify.Parse(c.raw); err == nil || err.Error() != c.want {
			t.Errorf("Parse(%q)\n got %v\nwant %s", c.raw, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range secretive {
		f.Add(c.url)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := notify.Parse(raw)
		if (err == nil) == (c.Name() == "") {
			t.Errorf("Parse(%q) = %v, %v", raw, c, err)
		}
	})
}

// No kind of channel goes without a word in the documentation.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/notifications.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, scheme := range notify.Schemes() {
		if !strings.Contains(string(page), scheme) {
			t.Errorf("docs/notifications.md says nothing of %s", scheme)
		}
	}
}
