package notify_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snapshotter/diff"
	"snapshotter/notify"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file below testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// parsed keeps what was parsed: the hash of a channel's id is slow on purpose.
var parsed sync.Map

// parse is a channel that must be valid.
func parse(t testing.TB, raw string) notify.Channel {
	t.Helper()
	if c, found := parsed.Load(raw); found {
		return c.(notify.Channel)
	}
	c, err := notify.Parse(raw)
	if err != nil {
		t.Fatalf("Parse(%q): %v", raw, err)
	}
	parsed.Store(raw, c)
	return c
}

var runTime = time.Date(2026, 9, 22, 21, 3, 0, 0, time.UTC)

// plain is a message as a run sends it.
func plain() notify.Message {
	m := notify.Compose("Bedrock changes 2026-09-22: 3 to act on, 3 to know", []string{
		"EOL moved earlier: twelvelabs.marengo-embed-2-7-v1:0: 2026-11-30 → 2026-10-31 in 2 regions",
		"Now LEGACY: anthropic.claude-opus-4-5-20251101-v1:0 in all 17 regions",
	}, "https://reports.example.com/bedrock/latest.md")
	m.Significance, m.At = diff.Breaking, runTime
	return m
}

// hostile is a message of names that try to be more than names.
func hostile() notify.Message {
	m := notify.Compose("Bedrock <!channel> @everyone *changes* \r\nBcc: evil@example.com", []string{
		"<!here> <@U123> <https://evil.example|click> & &lt;b&gt;",
		"@everyone @here <@&1> `code` **bold** __under__ ||spoiler|| [click](https://evil.example) :smile: # head > quote",
		"\x1b[31mred\x1b[0m \u202egnp.exe \x00 line\nbreak .\r\n.\r\n",
		`"quotes" \ back {"json":1} =cmd() <script>alert(1)</script>`,
	}, "https://reports.example.com/bedrock/latest.md")
	m.Significance = diff.Notice
	return m
}

// request is what a receiver got.
type request struct {
	Method, URL string // the URL it was meant for, not the receiver's
	Header      http.Header
	Body        []byte
}

// String is a request as golden files have it.
func (r request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.URL)
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for key := range r.Header {
			if key != "Accept-Encoding" && key != "Content-Length" && !yield(key) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, "%s: %s\n", key, strings.Join(r.Header[key], ", "))
	}
	var indented bytes.Buffer
	if json.Indent(&indented, r.Body, "", "  ") != nil {
		indented.Reset()
		indented.Write(r.Body)
	}
	return fmt.Sprintf("%s\n%s\n", b.String(), indented.String())
}

// receiver is a server on loopback that stands for every service. Its client
// sends there whatever it is asked for, so that the requests are the real ones.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []request
	answer http.HandlerFunc
}

// receive starts a receiver whose answer is good to every service, unless
// another is set.
func receive(t testing.TB, answer http.HandlerFunc) *receiver {
	r := &receiver{answer: answer}
	if answer == nil {
		r.answer = taken
	}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

// taken is how each service says that it took a message.
func taken(w http.ResponseWriter, r *http.Request) {
	switch meant := meantFor(r); {
	case strings.Contains(meant, "hooks.slack.com"):
		io.WriteString(w, "ok")
	case strings.Contains(meant, "discord.com"):
		w.WriteHeader(http.StatusNoContent)
	case strings.Contains(meant, "webhook.office.com"):
		io.WriteString(w, "1")
	case strings.Contains(meant, "logic.azure.com"):
		w.WriteHeader(http.StatusAccepted)
	case strings.Contains(meant, "pushbullet.com"):
		var push map[string]any
		json.NewDecoder(r.Body).Decode(&push)
		push["active"] = true
		json.NewEncoder(w).Encode(push)
	default:
		io.WriteString(w, `{"ok":true,"code":200,"success":true,"status":"success"}`)
	}
}

const meantHeader = "X-Meant-For"

func meantFor(r *http.Request) string {
	if meant := r.Header.Get(meantHeader); meant != "" {
		return meant
	}
	return "http://" + r.Host + r.URL.String()
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	header := req.Header.Clone()
	header.Del(meantHeader)
	r.mu.Lock()
	r.got = append(r.got, request{req.Method, meantFor(req), header, body})
	r.mu.Unlock()
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.answer(w, req)
}

// RoundTrip lets a receiver without a server take requests as they are.
func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		req.Body = http.NoBody
	}
	req.Header.Set(meantHeader, req.URL.String())
	w := httptest.NewRecorder()
	r.serve(w, req)
	return w.Result(), nil
}

func (r *receiver) requests() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// client is one whose every request goes to the receiver.
func (r *receiver) client() *http.Client {
	return &http.Client{Transport: redirect{r.URL, network}}
}

// sender is one that reaches only the receiver.
func (r *receiver) sender() notify.Sender { return notify.Sender{HTTP: r.client()} }

// redirect sends every request to one place.
type redirect struct {
	to   string
	next http.RoundTripper
}

func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	to, err := url.Parse(r.to)
	if err != nil {
		return nil, err
	}
	meant := req.URL.String()
	req = req.Clone(req.Context())
	req.Header.Set(meantHeader, meant)
	req.URL.Scheme, req.URL.Host, req.Host = to.Scheme, to.Host, ""
	return r.next.RoundTrip(req)
}

// network is Go's own transport. What uses the default one, as most of shoutrrr's
// own services do, goes by way of points, which tests set.
var network = http.DefaultTransport

func TestMain(m *testing.M) {
	http.DefaultTransport = &points
	os.Exit(m.Run())
}

type switchable struct {
	next atomic.Pointer[http.RoundTripper]
}

var points switchable

func (s *switchable) RoundTrip(r *http.Request) (*http.Response, error) {
	if next := s.next.Load(); next != nil {
		return (*next).RoundTrip(r)
	}
	return network.RoundTrip(r)
}

// defaultTransport puts next under what uses Go's default transport, for one
// test.
func defaultTransport(t *testing.T, next http.RoundTripper) {
	points.next.Store(&next)
	t.Cleanup(func() { points.next.Store(nil) })
}
