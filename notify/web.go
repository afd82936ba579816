package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"
)

// web is a channel that delivers a message by HTTP, in one or more requests.
type web struct {
	posts func(Message) []post
}

// post is one request.
type post struct {
	method, url string
	header      map[string]string
	body        []byte
	// read reads an answer's body; nil if the status says everything.
	read func(body []byte) answer
	// harmless is set if a second arrival does no harm, so that an attempt that
	// may have arrived can be repeated.
	harmless bool
}

// answer is what a service says in the body of an answer.
type answer struct {
	no    bool   // it did not take the message, whatever the status
	later bool   // and may take it later
	said  string // its own words, which may repeat the request
	after time.Duration
}

// jsonPost is a POST of v to url.
func jsonPost(url string, v any) post {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // payloads are structs of text and numbers
	}
	return post{method: http.MethodPost, url: url, header: map[string]string{"Content-Type": "application/json"}, body: body}
}

func (w web) steps(s Sender, r redaction, m Message) []step {
	var steps []step
	for _, p := range w.posts(m) {
		steps = append(steps, func(ctx context.Context) error { return p.send(ctx, s.client(), r) })
	}
	return steps
}

// bodyLimit is how much of an answer is read.
const bodyLimit = 64 << 10

func (p post) send(ctx context.Context, client *http.Client, r redaction) error {
	ctx, connected := watchConnection(ctx)
	request, err := http.NewRequestWithContext(ctx, p.method, p.url, bytes.NewReader(p.body))
	if err != nil {
		return &failure{reason: "the channel's URL does not make a valid request", grade: refused}
	}
	request.Header.Set("User-Agent", "snapshotter")
	for key, value := range p.header {
		request.Header.Set(key, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return p.soften(unanswered(err, connected.Load()))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	if err != nil && p.read != nil && response.StatusCode < 300 {
		return p.soften(unanswered(err, true))
	}
	return p.soften(p.judge(response, body, r))
}

// judge returns nil if the answer says that the message was accepted.
func (p post) judge(response *http.Response, body []byte, r redaction) *failure {
	var a answer
	if p.read != nil {
		a = p.read(body)
	}
	var f *failure
	switch good := response.StatusCode >= 200 && response.StatusCode < 300; {
	case good && isPage(body):
		a = answer{}
		f = &failure{reason: "answered with a web page, as a proxy or a login does in place of the service", grade: refused}
	case good && !a.no:
		return nil
	case good:
		f = &failure{reason: "answered that it did not accept the message", grade: refused}
		if a.later {
			f.grade = passing
		}
	default:
		f = answered(response.StatusCode)
	}
	if said := r.show(a.said); said != "" {
		f.reason += ": " + said
	}
	f.after = max(a.after, retryAfter(response.Header))
	return f
}

// isBlank reports whether an answer says nothing.
func isBlank(body []byte) bool { return len(bytes.TrimSpace(body)) == 0 }

// isPage reports whether an answer is an HTML page. Services that take messages
// answer with JSON, a word or nothing, whatever Content-Type says.
func isPage(body []byte) bool {
	start := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), pageStart)], "\ufeff \t\r\n"))
	for _, opening := range []string{"<!doctype html", "<html", "<head", "<body", "<script"} {
		if bytes.HasPrefix(start, []byte(opening)) {
			return true
		}
	}
	// What may come before: a comment, or the declaration of XHTML.
	leads := bytes.HasPrefix(start, []byte("<!--")) || bytes.HasPrefix(start, []byte("<?xml"))
	return leads && bytes.Contains(start, []byte("<html"))
}

// pageStart is how much of an answer shows whether it is a page.
const pageStart = 4 << 10

// soften allows repeating a request that does no harm twice. It returns an
// error, so that a nil failure is a nil error.
func (p post) soften(f *failure) error {
	if f == nil {
		return nil
	}
	if p.harmless && f.grade == unclear {
		f.grade = passing
	}
	return f
}

// retryAfter reads the seconds that a service asks to wait. The other form of
// the header, a date, would need a clock.
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
func retryAfter(header http.Header) time.Duration {
	return seconds(header.Get("Retry-After"))
}

func seconds(text string) time.Duration {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number <= 0 || number > 1e6 {
		return 0
	}
	return time.Duration(number * float64(time.Second))
}

// watchConnection reports whether a request made with the context got a
// connection, and so may have been sent.
func watchConnection(ctx context.Context) (context.Context, *atomic.Bool) {
	var connected atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}), &connected
}

// client is the caller's, or one like Go's default. Neither follows a redirect,
// which would turn a message into a GET and its answer into a delivery.
func (s Sender) client() *http.Client {
	client := http.Client{}
	if s.HTTP != nil {
		client = *s.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}
