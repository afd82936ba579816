package notify

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/teams"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"

	"snapshotter/diff"
)

// The chat services. Shoutrrr parses their URLs; the requests are ours, because
// shoutrrr's have no deadline and do not distinguish a refusal from silence,
// because its Discord repeats a message that may have arrived, and because its
// Telegram reports a message as delivered that was never sent.

// The payload of Slack's webhooks and of chat.postMessage.
// https://api.slack.com/methods/chat.postMessage
type slackMessage struct {
	Channel     string            `json:"channel,omitempty"`
	ThreadTS    string            `json:"thread_ts,omitempty"`
	Username    string            `json:"username,omitempty"`
	IconEmoji   string            `json:"icon_emoji,omitempty"`
	IconURL     string            `json:"icon_url,omitempty"`
	Text        string            `json:"text"`
	Mrkdwn      bool              `json:"mrkdwn"`
	Parse       string            `json:"parse"`
	UnfurlLinks bool              `json:"unfurl_links"`
	Attachments []slackAttachment `json:"attachments,omitempty"`
}

type slackAttachment struct {
	Color    string       `json:"color"`
	Fallback string       `json:"fallback"`
	Blocks   []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type string    `json:"type"`
	Text slackText `json:"text"`
}

type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
	// Emoji is whether :names: become pictures; only plain_text has it.
	Emoji *bool `json:"emoji,omitempty"`
}

const (
	slackAPI       = "https://slack.com/api/chat.postMessage"
	slackTextLimit = 3000 // of a block, in characters
)

var slackColours = map[diff.Significance]string{
	diff.Breaking: "#d60510", diff.Notice: "#ffc441", diff.Good: "#2eb67d", diff.Minor: "#8d8d8d",
}

// slackEscaper escapes what Slack would read as a mention or a link.
// https://api.slack.com/reference/surfaces/formatting#escaping
var slackEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func slackChannel(u *url.URL) (carrier, error) {
	service := &slack.Service{}
	if err := service.Initialize(u, nil); err != nil {
		return nil, err
	}
	config := service.Config
	return web{func(m Message) []post {
		payload := slackPayload(config, m)
		if !config.Token.IsAPIToken() {
			p := jsonPost(config.Token.WebhookURL(), payload)
			p.read = readSlackWebhook
			return []post{p}
		}
		p := jsonPost(slackAPI, payload)
		p.header["Authorization"] = config.Token.Authorization()
		p.read = readSlackAPI
		return []post{p}
	}}, nil
}

func slackPayload(config *slack.Config, m Message) slackMessage {
	title := slackEscaper.Replace(m.Title)
	payload := slackMessage{ThreadTS: config.ThreadTS, Username: config.BotName, Text: title, Parse: "none"}
	if config.Channel != "webhook" {
		payload.Channel = config.Channel
	}
	if strings.HasPrefix(config.Icon, "https://") || strings.HasPrefix(config.Icon, "http://") {
		payload.IconURL = config.Icon
	} else {
		payload.IconEmoji = config.Icon
	}
	attachment := slackAttachment{Color: slackColours[m.Significance], Fallback: title}
	if config.Color != "" {
		attachment.Color = config.Color
	}
	if lines := fit(escaped(m.Lines, slackEscaper.Replace), slackTextLimit, runesOf); len(lines) > 0 {
		attachment.Blocks = append(attachment.Blocks, slackBlock{"section", slackText{"plain_text", strings.Join(lines, "\n"), new(bool)}})
	}
	if m.Link != "" {
		attachment.Blocks = append(attachment.Blocks, slackBlock{"section", slackText{"mrkdwn", "<" + slackEscaper.Replace(m.Link) + "|Open the report>", nil}})
	}
	if len(attachment.Blocks) > 0 {
		payload.Attachments = []slackAttachment{attachment}
	}
	return payload
}

// readSlackWebhook reads a webhook's answer, which is a word.
func readSlackWebhook(body []byte) answer {
	word := strings.TrimSpace(string(body))
	return answer{no: word != "ok", said: word}
}

// readSlackAPI reads the API's answer, which reports errors with status 200.
func readSlackAPI(body []byte) answer {
	var said struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	json.Unmarshal(body, &said) // without JSON there is no "ok" either
	return answer{no: !said.OK, later: said.Error == "ratelimited" || said.Error == "service_unavailable", said: said.Error}
}

// The payload of Discord's webhooks.
// https://discord.com/developers/docs/resources/webhook#execute-webhook
type discordMessage struct {
	Username  string `json:"username,omitempty"`
	AvatarURL string `json:"avatar_url,omitempty"`
	// AllowedMentions is empty, so that no text can call anyone.
	AllowedMentions discordMentions `json:"allowed_mentions"`
	Embeds          []discordEmbed  `json:"embeds"`
}

type discordMentions struct {
	Parse []string `json:"parse"`
}

type discordEmbed struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	Color       uint   `json:"color"`
}

const (
	discordTitleLimit = 256
	discordTextLimit  = 4096
)

// discordEscape keeps Discord from reading text as Markdown, a mention or a link.
func discordEscape(text string) string {
	return strings.ReplaceAll(backslashed(text, "\\`*_~|>#[]()<@"), "://", "\\://")
}

func discordChannel(u *url.URL) (carrier, error) {
	service := &discord.Service{}
	if err := service.Initialize(u, nil); err != nil {
		return nil, err
	}
	config := service.Config
	if config.JSON {
		return nil, advice("the form /raw is for other payloads: leave it out")
	}
	colours := map[diff.Significance]uint{
		diff.Breaking: config.ColorError, diff.Notice: config.ColorWarn,
		diff.Good: config.ColorInfo, diff.Minor: config.Color,
	}
	return web{func(m Message) []post {
		lines := fit(escaped(m.Lines, discordEscape), discordTextLimit, runesOf)
		p := jsonPost(discord.CreateAPIURLFromConfig(config), discordMessage{
			Username: config.Username, AvatarURL: config.Avatar, AllowedMentions: discordMentions{[]string{}},
			Embeds: []discordEmbed{{
				Title:       cutTo(m.Title, discordTitleLimit, runesOf, discordEscape),
				Description: strings.Join(lines, "\n"), URL: m.Link, Color: colours[m.Significance],
			}},
		})
		p.read = readDiscord
		return []post{p}
	}}, nil
}

func readDiscord(body []byte) answer {
	var said struct {
		Message string `json:"message"`
	}
	err := json.Unmarshal(body, &said)
	// A good answer has no body, or with wait=true the message; a block page that is
	// plain text has neither.
	return answer{no: err != nil && !isBlank(body), said: said.Message}
}

// The payload of Teams, an Adaptive Card, which its webhooks and its workflows
// accept. Text runs have no Markdown.
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#send-adaptive-cards-using-an-incoming-webhook
type teamsMessage struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	Content     teamsCard `json:"content"`
}

type teamsCard struct {
	Schema  string        `json:"$schema"`
	Type    string        `json:"type"`
	Version string        `json:"version"`
	Body    []teamsBlock  `json:"body"`
	Actions []teamsAction `json:"actions,omitempty"`
}

type teamsBlock struct {
	Type    string     `json:"type"`
	Spacing string     `json:"spacing,omitempty"`
	Inlines []teamsRun `json:"inlines"`
}

type teamsRun struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Weight string `json:"weight,omitempty"`
	Color  string `json:"color,omitempty"`
}

type teamsAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

var teamsColours = map[diff.Significance]string{
	diff.Breaking: "attention", diff.Notice: "warning", diff.Good: "good", diff.Minor: "default",
}

func teamsChannel(u *url.URL) (carrier, error) {
	address, err := teamsAddress(u)
	if err != nil {
		return nil, err
	}
	return web{func(m Message) []post {
		p := jsonPost(address, teamsPayload(m))
		p.read = readTeams
		return []post{p}
	}}, nil
}

// teamsAddress returns the address of a teams:// URL, or the address in a
// teams+https:// URL: that of a workflow, which shoutrrr does not know, or of a
// webhook.
func teamsAddress(u *url.URL) (string, error) {
	if u.Scheme == "teams+https" {
		address := *u
		address.Scheme = "https"
		if u.Host == "" || len(u.Path) < 2 {
			return "", advice("the address of the workflow or webhook is missing")
		}
		return address.String(), nil
	}
	service := &teams.Service{}
	if err := service.Initialize(u, nil); err != nil {
		return "", err
	}
	c := service.Config
	address := teams.BuildWebhookURL(c.Host, c.Group, c.Tenant, c.AltID, c.GroupOwner, c.ExtraID)
	if teams.ValidateWebhookURL(address) != nil {
		return "", advice("it is not the address of a webhook: check its IDs, and host=NAME.webhook.office.com")
	}
	return address, nil
}

func teamsPayload(m Message) teamsMessage {
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Body: []teamsBlock{{"RichTextBlock", "", []teamsRun{{"TextRun", m.Title, "bolder", teamsColours[m.Significance]}}}},
	}
	for _, line := range m.Lines {
		card.Body = append(card.Body, teamsBlock{"RichTextBlock", "small", []teamsRun{{Type: "TextRun", Text: line}}})
	}
	if m.Link != "" {
		card.Actions = []teamsAction{{"Action.OpenUrl", "Open the report", m.Link}}
	}
	return teamsMessage{"message", []teamsAttachment{{"application/vnd.microsoft.card.adaptive", card}}}
}

// readTeams finds the failure that a webhook reports with status 200.
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
func readTeams(body []byte) answer {
	if !bytes.Contains(body, []byte("Webhook message delivery failed")) {
		// A webhook answers 1, a workflow nothing or JSON. A block page that is plain
		// text is neither.
		return answer{no: !isBlank(body) && !json.Valid(body)}
	}
	said := teamsError.FindString(string(body))
	return answer{no: true, later: said == "HTTP error 429", said: said}
}

var teamsError = regexp.MustCompile(`HTTP error [0-9]{3}`)

// The payload of Telegram's sendMessage. Without a parse mode its text is plain.
// https://core.telegram.org/bots/api#sendmessage
type telegramMessage struct {
	ChatID  string          `json:"chat_id"`
	Thread  int             `json:"message_thread_id,omitempty"`
	Text    string          `json:"text"`
	Preview telegramPreview `json:"link_preview_options"`
	NoSound bool            `json:"disable_notification"`
}

type telegramPreview struct {
	Disabled bool `json:"is_disabled"`
}

const (
	telegramAPI       = "https://api.telegram.org/bot"
	telegramTextLimit = 4096 // in UTF-16 code units
)

// telegramEscape keeps an @ from becoming a mention, and a / a command, even in
// plain text: a word joiner, which has no width, separates it from the name.
func telegramEscape(text string) string { return telegramEscaper.Replace(text) }

var telegramEscaper = strings.NewReplacer("@", "@\u2060", "/", "/\u2060")

func telegramChannel(u *url.URL) (carrier, error) {
	service := &telegram.Service{}
	if err := service.Initialize(u, nil); err != nil {
		return nil, err
	}
	config := service.Config
	return web{func(m Message) []post {
		var posts []post
		for _, chat := range config.Chats {
			p := jsonPost(telegramAPI+config.Token+"/sendMessage", telegramPayload(config, chat, m))
			p.read = readTelegram
			posts = append(posts, p)
		}
		return posts
	}}, nil
}

func telegramPayload(config *telegram.Config, chat string, m Message) telegramMessage {
	chat, thread, _ := strings.Cut(chat, ":")
	number, _ := strconv.Atoi(thread)
	title := telegramEscape(m.Title)
	rest := telegramTextLimit - utf16Of(title) - utf16Of(m.Link) - len("\n\n")
	lines := append([]string{title}, fit(escaped(m.Lines, telegramEscape), rest, utf16Of)...)
	if m.Link != "" {
		lines = append(lines, m.Link)
	}
	return telegramMessage{
		ChatID: chat, Thread: number, Text: strings.Join(lines, "\n"),
		Preview: telegramPreview{!config.Preview}, NoSound: !config.Notification,
	}
}

func readTelegram(body []byte) answer {
	var said struct {
		OK          bool   `json:"ok"`
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	json.Unmarshal(body, &said) // without JSON there is no "ok" either
	return answer{no: !said.OK, said: said.Description, after: time.Duration(said.Parameters.RetryAfter) * time.Second}
}

func escaped(lines []string, escape func(string) string) []string {
	var all []string
	for _, line := range lines {
		all = append(all, escape(line))
	}
	return all
}

// backslashed puts a backslash before each of special.
func backslashed(text, special string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func utf16Of(text string) int { return len(utf16.Encode([]rune(text))) }
