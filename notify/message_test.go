package notify_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"snapshotter/notify"
)

func TestCompose(t *testing.T) {
	numbered := func(from, to int) (lines []string) {
		for i := from; i <= to; i++ {
			lines = append(lines, fmt.Sprint("line ", i))
		}
		return lines
	}
	for _, c := range []struct {
		name, title string
		lines       []string
		link        string
		want        notify.Message
	}{
		{"nothing", "", nil, "", notify.Message{}},
		{"as it is", "Title", []string{"one", "two"}, "https://example.com/r?run=1", notify.Message{Title: "Title", Lines: []string{"one", "two"}, Link: "https://example.com/r?run=1"}},
		{"one line each", "a\r\nb", []string{"c\n\n d", "\x1b[1me\u202e", " \t"}, "", notify.Message{Title: "a b", Lines: []string{"c d", "[1me"}}},
		{"just enough lines", "t", numbered(1, 10), "", notify.Message{Title: "t", Lines: numbered(1, 10)}},
		{"too many lines", "t", numbered(1, 14), "", notify.Message{Title: "t", Lines: append(numbered(1, 9), "… and 5 more in the report")}},
		{"long", strings.Repeat("ä", 201), []string{strings.Repeat("b", 301)}, "", notify.Message{Title: strings.Repeat("ä", 199) + "…", Lines: []string{strings.Repeat("b", 299) + "…"}}},
		{"no web address", "t", nil, "javascript:alert(1)", notify.Message{Title: "t"}},
		{"a file", "t", nil, "reports/latest.md", notify.Message{Title: "t"}},
		{"a password", "t", nil, "https://alice:pw@example.com", notify.Message{Title: "t"}},
		{"an address that breaks out", "t", nil, "https://example.com/|x>", notify.Message{Title: "t"}},
		{"a long address", "t", nil, "https://example.com/" + strings.Repeat("x", 500), notify.Message{Title: "t"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := notify.Compose(c.title, c.lines, c.link)
			c.want.Significance = "minor"
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("Compose (-want +got):\n%s", d)
			}
			if d := cmp.Diff(got, notify.Compose(got.Title, got.Lines, got.Link)); d != "" {
				t.Errorf("composed again (-want +got):\n%s", d)
			}
		})
	}
}

// FuzzMessage holds that whatever a message holds, every service gets what it
// can take: within its limits, and with nothing in it that it would interpret.
func FuzzMessage(f *testing.F) {
	f.Add("Bedrock changes", "a\nb", "https://example.com")
	f.Add(hostile().Title, strings.Join(hostile().Lines, "\n"), hostile().Link)
	f.Add(strings.Repeat("&<>", 200), strings.Repeat(strings.Repeat("\U0001F600_*&", 80)+"\n", 20), "https://example.com/"+strings.Repeat("x", 400))
	f.Add("", "", "")
	channels := []notify.Channel{}
	for _, raw := range []string{slackHook, discordHook, telegramOne, teamsHook, ntfyTopic, genericJSON, "pushover://shoutrrr:s3cretToken@s3cretUser/"} {
		channels = append(channels, parse(f, raw))
	}
	f.Fuzz(func(t *testing.T, title, lines, link string) {
		receiver := &receiver{answer: taken}
		defaultTransport(t, receiver)
		m := notify.Compose(title, strings.Split(lines, "\n"), link)
		sender := notify.Sender{HTTP: &http.Client{Transport: receiver}}
		for _, d := range sender.Send(t.Context(), channels, m, nil) {
			if d.Outcome != notify.Delivered {
				t.Errorf("delivery = %+v", d)
			}
		}
		for _, r := range receiver.requests() {
			checkPayload(t, r)
		}
	})
}

func checkPayload(t *testing.T, r request) {
	var payload map[string]any
	isJSON := json.Unmarshal(r.Body, &payload) == nil
	long := func(what, text string, size, limit int) {
		if size > limit {
			t.Errorf("%s: %s is %d long, over %d: %q", r.URL, what, size, limit, text)
		}
	}
	switch {
	case strings.Contains(r.URL, "slack.com"):
		for _, text := range texts(payload, "text", "fallback") {
			long("a text", text, len([]rune(text)), 3000)
			if unlinked := slackLink(text); strings.ContainsAny(unlinked, "<>") {
				t.Errorf("Slack would interpret %q", text)
			}
		}
	case strings.Contains(r.URL, "discord.com"):
		for _, text := range texts(payload, "title") {
			long("the title", text, len([]rune(text)), 256)
		}
		for _, text := range texts(payload, "title", "description") {
			long("a text", text, len([]rune(text)), 4096)
			if open := unescaped(text, "*_~`|[]()<@#>"); open != "" {
				t.Errorf("Discord would interpret %q in %q", open, text)
			}
		}
	case strings.Contains(r.URL, "telegram.org"):
		for _, text := range texts(payload, "text") {
			long("the text", text, len(utf16.Encode([]rune(text))), 4096)
			if i := strings.Index(text, "@"); i >= 0 && !strings.HasPrefix(text[i:], "@\u2060") && !strings.Contains(text, "https://") {
				t.Errorf("Telegram would interpret %q", text)
			}
		}
	case strings.Contains(r.URL, "webhook.office.com"):
		long("the card", "", len(r.Body), 28<<10)
	case strings.Contains(r.URL, "ntfy.sh"):
		long("the text", string(r.Body), len(r.Body), 4096)
	case strings.Contains(r.URL, "pushover.net"):
		form, err := url.ParseQuery(string(r.Body))
		if err != nil {
			t.Error(err)
		}
		long("the text", form.Get("message"), len([]rune(form.Get("message"))), 1024)
		long("the title", form.Get("title"), len([]rune(form.Get("title"))), 250)
	case !isJSON:
		t.Errorf("%s got no JSON: %q", r.URL, r.Body)
	}
	for key, values := range r.Header {
		if strings.ContainsFunc(strings.Join(values, ""), unicode.IsControl) {
			t.Errorf("header %s: %q", key, values)
		}
	}
}

// texts are the strings under any of keys, at any depth.
func texts(v any, keys ...string) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if text, is := inner.(string); is && slices.Contains(keys, key) {
				all = append(all, text)
			}
			all = append(all, texts(inner, keys...)...)
		}
	case []any:
		for _, inner := range v {
			all = append(all, texts(inner, keys...)...)
		}
	}
	return all
}

// slackLink is text without the one link that is meant as one.
func slackLink(text string) string {
	if strings.HasPrefix(text, "<http") && strings.HasSuffix(text, "|Open the report>") && strings.Count(text, "<") == 1 {
		return ""
	}
	return text
}

// unescaped are the special characters without a backslash before them.
func unescaped(text, special string) string {
	var open strings.Builder
	escaped := false
	for _, r := range text {
		if !escaped && strings.ContainsRune(special, r) {
			open.WriteRune(r)
		}
		escaped = !escaped && r == '\\'
	}
	return open.String()
}
