package notify

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/specialized/generic"

	"snapshotter/diff"
)

// ntfyTextLimit is in bytes: a longer message becomes an attachment.
// https://docs.ntfy.sh/publish/#limitations
const ntfyTextLimit = 4096

var ntfyPriorities = map[diff.Significance]string{
	diff.Breaking: "high", diff.Notice: "default", diff.Good: "default", diff.Minor: "low",
}

// ntfyChannel publishes plain text, which ntfy does not interpret by default.
// https://docs.ntfy.sh/publish/#list-of-all-parameters
func ntfyChannel(u *url.URL) (carrier, error) {
	service := &ntfy.Service{}
	if err := service.Initialize(u, nil); err != nil {
		return nil, err
	}
	config := service.Config
	chosen := hasKey(u.Query(), "priority")
	return web{func(m Message) []post {
		p := post{method: http.MethodPost, url: config.GetAPIURL(), header: ntfyHeader(config, m), read: readNtfy}
		if !chosen {
			p.header["Priority"] = ntfyPriorities[m.Significance]
		}
		p.body = []byte(strings.Join(fit(m.Lines, ntfyTextLimit, bytesOf), "\n"))
		if len(p.body) == 0 { // would be told as "triggered"
			p.body = []byte(m.Title)
			delete(p.header, "Title")
		}
		return []post{p}
	}}, nil
}

func ntfyHeader(config *ntfy.Config, m Message) map[string]string {
	header := map[string]string{
		"Content-Type": "text/plain; charset=utf-8",
		"Title":        mime.QEncoding.Encode("utf-8", m.Title),
		"Click":        m.Link,
		"Priority":     strings.ToLower(config.Priority.String()),
		"Tags":         strings.Join(config.Tags, ","),
		"Actions":      strings.Join(config.Actions, ";"),
		"Delay":        config.Delay,
		"Email":        config.Email,
		"Icon":         config.Icon,
		"Attach":       config.Attach,
		"Filename":     config.Filename,
	}
	if config.Click != "" {
		header["Click"] = config.Click
	}
	if !config.Cache {
		header["Cache"] = "no"
	}
	if !config.Firebase {
		header["Firebase"] = "no"
	}
	if config.Username != "" || config.Password != "" {
		header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(config.Username+":"+config.Password))
	}
	maps.DeleteFunc(header, func(_, value string) bool { return value == "" })
	return header
}

func readNtfy(body []byte) answer {
	var said struct {
		Error string `json:"error"`
	}
	json.Unmarshal(body, &said) // a proxy's answer is not JSON
	return answer{said: said.Error}
}

// hook is what a generic URL says of a webhook.
type hook struct {
	*generic.Config
	header, extra map[string]string
}

// genericChannel sends to any webhook, in the forms of shoutrrr's generic
// service.
func genericChannel(u *url.URL) (carrier, error) {
	service := &generic.Service{}
	if u.Scheme != generic.Scheme {
		custom, err := service.GetConfigURLFromCustom(u)
		if err != nil {
			return nil, err
		}
		u = custom
	}
	if u.Host == "" {
		return nil, advice("the webhook's host is missing")
	}
	if err := service.Initialize(u, nil); err != nil {
		return nil, err
	}
	h := hook{Config: service.Config}
	switch h.Template {
	case "", "json", generic.JSONTemplate:
	default:
		return nil, advice("template must be json, or left out")
	}
	var err error
	if h.header, h.extra, err = prefixed(u.Query()); err != nil {
		return nil, err
	}
	return web{func(m Message) []post { return []post{h.post(m)} }}, nil
}

// prefixed returns the headers and the payload fields in a generic URL's query,
// which are written as @NAME and $NAME.
func prefixed(query url.Values) (header, extra map[string]string, err error) {
	header, extra = map[string]string{}, map[string]string{}
	for key, values := range query {
		name, value := strings.TrimLeft(key, "@$"), values[0]
		switch {
		case name == "":
		case key[0] == '@':
			if oneLine(name+value) != name+value || strings.Contains(name, " ") {
				return nil, nil, advice("a header is not a single line of printable text")
			}
			header[textproto.CanonicalMIMEHeaderKey(dashed(name))] = value
		case key[0] == '$':
			extra[name] = value
		}
	}
	return header, extra, nil
}

// dashed returns a header's name with a dash before each capital, as shoutrrr
// reads it: acceptLanguage is Accept-Language.
func dashed(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' && name[i-1] != '-' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (h hook) post(m Message) post {
	p := post{method: strings.ToUpper(h.RequestMethod), url: h.WebhookURL().String()}
	contentType := "text/plain; charset=utf-8"
	p.body = []byte(m.text())
	if h.Template != "" {
		contentType = h.ContentType
		p.body = h.payload(m)
	}
	p.header = map[string]string{"Content-Type": contentType}
	maps.Copy(p.header, h.header)
	return p
}

// payload is the payload of the JSON template: title and message as in
// shoutrrr, and fields that a program would otherwise have to parse out of the
// text.
func (h hook) payload(m Message) []byte {
	fields := map[string]string{
		"link":         m.Link,
		"significance": string(m.Significance),
		h.TitleKey:     m.Title,
		h.MessageKey:   cmp.Or(m.body(), m.Title),
	}
	maps.Copy(fields, h.extra)
	payload, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Sprintf("encode strings: %v", err))
	}
	return payload
}

// hasKey reports whether a query sets key; shoutrrr ignores its case.
func hasKey(query url.Values, key string) bool {
	for k := range query {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}
