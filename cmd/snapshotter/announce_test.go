package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"snapshotter/internal/bedrocktest"
	"snapshotter/notify"
)

// secret is in the URL of every channel, and must be nowhere else.
const secret = "hushhushT0ken"

// listener is a webhook and a check. It keeps what it receives.
type listener struct {
	*httptest.Server
	mu       sync.Mutex
	status   int // of its answers
	messages []sent
	pings    []string // the end of the path, "" for a success
}

// sent is a webhook's payload.
type sent struct{ Title, Message, Link, Significance string }

func listen(t *testing.T) *listener {
	l := &listener{status: http.StatusOK}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		if end, ping := strings.CutPrefix(r.URL.Path, "/ping/"+secret); ping {
			l.pings = append(l.pings, strings.TrimPrefix(end, "/"))
			w.WriteHeader(l.status)
			return
		}
		var m sent
		if err := json.Unmarshal(body, &m); err != nil {
			t.Errorf("a message that is not JSON: %s", body)
		}
		l.messages = append(l.messages, m)
		w.WriteHeader(l.status)
		fmt.Fprintln(w, secret)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) hook() string {
	return "generic+" + l.URL + "/hook/" + secret + "?template=json&list=a,b"
}

func (l *listener) check() string { return "ping:" + l.URL + "/ping/" + secret }

// heard returns what was received since the last call.
func (l *listener) heard() (messages []sent, pings []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	messages, pings = l.messages, l.pings
	l.messages, l.pings = nil, nil
	return slices.DeleteFunc(messages, begins), pings
}

// begins reports whether a message says that a history begins, which every first
// run does: see TestFirstRunIsAnnounced.
func begins(m sent) bool { return strings.Contains(m.Title, ": first run") }

// A history that begins says so on every channel, whatever its threshold: if there
// was one before, somebody has lost it.
func TestFirstRunIsAnnounced(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	n.run(0, "--notify", l.hook(), "--notify-at", "breaking")
	n.run(0, "--notify", l.hook(), "--notify-at", "breaking")
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.messages) != 1 || !begins(l.messages[0]) || !strings.Contains(l.messages[0].Message, "A history begins with this run") {
		t.Errorf("messages %+v", l.messages)
	}
}

// operator runs the command night after night against a Bedrock of its own.
type operator struct {
	t       *testing.T
	dir     string
	bedrock *bedrocktest.Server
	machine machine
	night   int
	output  bytes.Buffer // everything that was ever printed or logged
}

func newOperator(t *testing.T) *operator {
	server := startBedrock(t)
	n := &operator{t: t, dir: t.TempDir(), bedrock: server, machine: silent(server)}
	n.serve(1)
	return n
}

// serve serves the nth moment of the sample; the failing regions deny access.
func (n *operator) serve(moment int, failing ...string) {
	n.bedrock.Serve(moments()[moment-1].Catalogue)
	var denied []bedrocktest.Fault
	for _, region := range failing {
		denied = append(denied, bedrocktest.Fault{Region: region, Kind: bedrocktest.DenyIAM})
	}
	n.bedrock.Inject(denied...)
}

func (n *operator) db() string { return filepath.Join(n.dir, "history.db") }

func (n *operator) command(want int, args ...string) (stdout, stderr string) {
	n.t.Helper()
	n.night++
	now := time.Date(2026, 5, n.night, 2, 0, 0, 0, time.UTC)
	var out, log bytes.Buffer
	on := n.machine
	on.stdout, on.stderr, on.now = &out, &log, func() time.Time { return now }
	code := run(context.Background(), args, on)
	n.output.Write(out.Bytes())
	n.output.Write(log.Bytes())
	if code != want {
		n.t.Errorf("%s: exit code %d, want %d; it printed:\n%s", args[0], code, want, log.String())
	}
	return out.String(), log.String()
}

func (n *operator) run(want int, args ...string) (stderr string) {
	n.t.Helper()
	_, stderr = n.command(want, append([]string{"run", "--db", n.db(), "--reports", filepath.Join(n.dir, "reports"), "--confirm-after", "1ms", "--region", "us-*,eu-west-2"}, args...)...)
	return stderr
}

// deliveries returns the deliveries in the database: run, outcome, tries, reason.
func (n *operator) deliveries() (all []string) {
	n.t.Helper()
	db, err := sql.Open("sqlite", n.db())
	if err != nil {
		n.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT run_id || ' ' || outcome || ' ' || tries || ' ' || reason FROM deliveries ORDER BY run_id, channel_id`)
	if err != nil {
		n.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			n.t.Fatal(err)
		}
		all = append(all, strings.TrimSpace(row))
	}
	return all
}

// checkSecrets looks for the secret in everything that was printed, logged or stored.
func (n *operator) checkSecrets() {
	n.t.Helper()
	if strings.Contains(n.output.String(), secret) {
		n.t.Errorf("the secret was shown:\n%s", n.output.String())
	}
	filepath.WalkDir(n.dir, func(path string, entry os.DirEntry, _ error) error {
		if data, err := os.ReadFile(path); err == nil && bytes.Contains(data, []byte(secret)) {
			n.t.Errorf("the secret is in %s", path)
		}
		return nil
	})
}

func wantPings(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("pings %q, want %q", got, want)
	}
}

func titles(messages []sent) (titles []string) {
	for _, m := range messages {
		titles = append(titles, m.Title)
	}
	return titles
}

func TestNotifiesOfChangesOnce(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	flags := []string{"--notify", l.hook(), "--notify", l.check(), "--link", "https://reports.example.com/{report}"}

	n.run(0, flags...)
	messages, pings := l.heard()
	if len(messages) > 0 {
		t.Errorf("the first run sent %q, want nothing: it has nothing to compare with", titles(messages))
	}
	wantPings(t, pings, "start", "")

	n.serve(2)
	n.run(0, flags...)
	messages, _ = l.heard()
	want := []sent{{
		Title: "Bedrock 2026-05-02: Claude 3 Sonnet can't be called from eu-west-2; 1 more",
		Message: "Claude 3 Sonnet can't be called from eu-west-2; ID: anthropic.claude-3-sonnet-20240229-v1:0; instead: eu.anthropic.claude-sonnet-4-6\n" +
			"Claude Opus 4.7 is callable from 5 regions; pass eu.anthropic.claude-opus-4-7, global.anthropic.claude-opus-4-7, " +
			"us.anthropic.claude-opus-4-7; AWS gives 2026-04-16 as its start\n" +
			"1 minor change\n" +
			"https://reports.example.com/2026-05-02T02-00-00Z.md",
		Link:         "https://reports.example.com/2026-05-02T02-00-00Z.md",
		Significance: "breaking",
	}}
	if d := cmp.Diff(want, messages); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
	if _, err := os.Stat(filepath.Join(n.dir, "reports", filepath.Base(want[0].Link))); err != nil {
		t.Errorf("there is no report at the link: %v", err)
	}

	n.run(0, flags...)
	n.command(0, "report", "--db", n.db())
	messages, pings = l.heard()
	if len(messages) > 0 {
		t.Errorf("a quiet night sent %q", titles(messages))
	}
	wantPings(t, pings, "start", "")
	if d := cmp.Diff([]string{"1 delivered 1", "2 delivered 1"}, n.deliveries()); d != "" {
		t.Errorf("deliveries (-want +got):\n%s", d)
	}
	n.checkSecrets()
}

func TestNotifiesAtASignificance(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	flags := []string{"--notify", l.hook(), "--notify-at", "breaking"}
	n.run(0, append(flags, "--exclude-region", "eu-*")...)
	n.serve(2) // London, where a model is removed, is excluded
	n.run(0, append(flags, "--exclude-region", "eu-*")...)
	if messages, _ := l.heard(); len(messages) > 0 {
		t.Errorf("sent %q, which is not breaking", titles(messages))
	}
	n.serve(4)
	n.run(0, append(flags, "--exclude-region", "eu-*")...)
	if messages, _ := l.heard(); len(messages) != 1 || messages[0].Significance != "breaking" {
		t.Errorf("sent %+v, want one breaking message", messages)
	}
}

func TestNotifiesOfSatisfiedWatchRules(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	config := filepath.Join(n.dir, "rules.yaml")
	rule := "watch:\n- {name: opus-in-london, model: anthropic.claude-opus-4-7, region: eu-west-2, within: eu, access: profile}\n"
	if err := os.WriteFile(config, []byte(rule), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--notify", l.hook(), "--notify-at", "good", "--config", config}
	n.run(0, flags...)
	if messages, _ := l.heard(); len(messages) > 0 {
		t.Errorf("the first run sent %q, want nothing", titles(messages))
	}
	n.serve(2)
	n.run(0, flags...)
	messages, _ := l.heard()
	if len(messages) != 1 {
		t.Fatalf("sent %q, want one message", titles(messages))
	}
	const line = "Claude Opus 4.7 is callable from 5 regions, satisfies rule opus-in-london; pass "
	if !strings.Contains(messages[0].Message, line) {
		t.Errorf("sent %+v, want the line %q", messages[0], line)
	}
	n.run(0, flags...)
	if messages, _ := l.heard(); len(messages) > 0 {
		t.Errorf("a rule that is still satisfied sent %q", titles(messages))
	}
}

func TestNotifiesOfLostCoverageOnce(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	flags := []string{"--notify", l.hook(), "--notify", l.check(), "--lost-runs", "2"}
	n.run(0, flags...)
	l.heard()
	n.serve(1, "us-west-2")
	var sent []string
	for range 4 {
		n.run(3, flags...)
		messages, pings := l.heard()
		wantPings(t, pings, "start", "")
		for _, m := range messages {
			sent = append(sent, fmt.Sprintf("run %d: %s: %s", n.night, m.Significance, m.Message))
		}
	}
	n.serve(1)
	for range 2 {
		n.run(0, flags...)
		messages, _ := l.heard()
		for _, m := range messages {
			sent = append(sent, fmt.Sprintf("run %d: %s: %s", n.night, m.Significance, m.Message))
		}
	}
	want := []string{
		"run 3: notice: Not read for 2 runs: us-west-2",
		"run 6: minor: No longer missing: us-west-2",
	}
	if d := cmp.Diff(want, sent); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
}

func TestNotifiesOfRunsThatFail(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	flags := []string{"--notify", l.hook(), "--notify", l.check()}
	n.run(0, flags...)
	l.heard()
	n.machine.aws = func(ctx context.Context) (aws.Config, error) {
		config := n.bedrock.Config()
		config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			wrong := bedrocktest.Credentials()
			wrong.SecretAccessKey = "wrong"
			return wrong, nil
		})
		return config, nil
	}
	var sent []sent
	for range 5 {
		n.run(1, flags...)
		messages, pings := l.heard()
		wantPings(t, pings, "start", "1")
		sent = append(sent, messages...)
	}
	if len(sent) != 1 || sent[0].Title != "Bedrock not recorded 2026-05-04: 3 runs in a row failed" || !strings.Contains(sent[0].Message, "AWS refused the credentials") {
		t.Errorf("sent %+v, want one message after three runs", sent)
	}
	n.machine = silent(n.bedrock)
	n.run(0, flags...)
	if messages, _ := l.heard(); len(messages) != 1 || messages[0].Message != "Runs are recorded again" {
		t.Errorf("sent %+v, want that runs succeed again", messages)
	}
}

// A failing channel does not change the exit code, and its secret appears nowhere,
// at any log level.
func TestFailingChannelFailsNoRun(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	l.status = http.StatusForbidden
	n.run(0, "--notify", l.hook())
	for i, level := range []string{"--verbose", "--quiet", "--log-format=json"} {
		n.serve(2 - i%2)
		stderr := n.run(0, "--notify", l.hook(), "--notify", l.check(), level)
		if warnings := strings.Count(stderr, "answered 403 Forbidden"); level != "--quiet" && warnings != 3 || level == "--quiet" && stderr != "" {
			t.Errorf("with %s it logged:\n%s", level, stderr)
		}
	}
	if messages, _ := l.heard(); len(messages) != 3 {
		t.Errorf("%d tries, want one per run: a refusal is final", len(messages))
	}
	for _, row := range n.deliveries() {
		if !strings.Contains(row, "undelivered 1 answered 403 Forbidden") {
			t.Errorf("the database has %q", row)
		}
	}
	n.checkSecrets()
}

// A run whose report could not be written is announced, and the check receives the
// exit code.
func TestUnwrittenReport(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	n.run(0)
	if err := os.RemoveAll(filepath.Join(n.dir, "reports")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(n.dir, "reports"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	n.serve(2)
	n.run(3, "--notify", l.hook(), "--notify", l.check())
	messages, pings := l.heard()
	wantPings(t, pings, "start", "3")
	if len(messages) != 1 {
		t.Errorf("sent %q, want what changed", titles(messages))
	}
}

func TestNotifyUsage(t *testing.T) {
	t.Parallel()
	n := newOperator(t)
	for name, args := range map[string][]string{
		"unknown kind":   {"--notify", "carrier-pigeon://" + secret},
		"no kind":        {"--notify", "https://example.com/" + secret},
		"unreadable":     {"--notify", "slack://" + secret + "@webhook"},
		"no topic":       {"--notify", "sns:arn:aws:sns:" + secret},
		"in wrong place": {"slack://hook:" + secret + "@webhook"},
		"misspelt flag":  {"--notfy=slack://hook:" + secret + "@webhook"},
		"significance":   {"--notify-at", "loud"},
		"lost runs":      {"--lost-runs", "0"},
		"link":           {"--link", "https://me:" + secret + "@example.com/"},
	} {
		t.Run(name, func(t *testing.T) {
			n.run(2, args...)
		})
	}
	if _, err := os.Stat(n.db()); err == nil {
		t.Error("a run began")
	}
	n.checkSecrets()
}

// Channels can be set in the environment and in the file, and may contain commas
// there too.
func TestConfiguredChannels(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	wantSamples := func(from string, want int, args ...string) {
		t.Helper()
		n.command(0, append([]string{"notify", "test"}, args...)...)
		messages, pings := l.heard()
		if len(messages)+len(pings) != want {
			t.Errorf("from the %s: %d samples, want %d", from, len(messages)+len(pings), want)
		}
	}
	file := filepath.Join(t.TempDir(), "snapshotter.yaml")
	text := fmt.Sprintf("notify:\n  - %s\n  - %s\nlost-runs: 5\nregion: [eu-*, us-*]\n", l.hook(), l.check())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	wantSamples("file", 2, "--config", file)
	n.machine.getenv = environment{"SNAPSHOTTER_NOTIFY": l.hook() + "\n " + l.check() + " " + l.hook() + "&more=x"}.get
	wantSamples("environment", 3)
	n.checkSecrets()
}

func TestNotifyTest(t *testing.T) {
	t.Parallel()
	n, l := newOperator(t), listen(t)
	_, stderr := n.command(2, "notify", "test")
	if !strings.Contains(stderr, "no channel is configured; name one with --notify URL") {
		t.Errorf("without channels it said %q", stderr)
	}
	stdout, _ := n.command(0, "notify", "test", "--notify", l.hook(), "--notify", l.check())
	if lines := strings.Split(strings.TrimSpace(stdout), "\n"); len(lines) != 3 || strings.Count(stdout, "delivered") != 2 {
		t.Errorf("it printed\n%swant one line per channel", stdout)
	}
	messages, pings := l.heard()
	wantPings(t, pings, "")
	if len(messages) != 1 || messages[0].Title != "Bedrock: a sample, nothing happened" {
		t.Errorf("sent %+v, want a marked sample", messages)
	}

	l.status = http.StatusForbidden
	stdout, stderr = n.command(1, "notify", "test", "--notify", l.hook(), "--format", "json")
	var answer deliveriesAnswer
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || len(answer.Deliveries) != 1 || answer.Deliveries[0].Outcome != notify.Undelivered {
		t.Errorf("it printed %s (%v), want one failure", stdout, err)
	}
	if !strings.Contains(stderr, "1 of 1 channels did not accept the sample") {
		t.Errorf("it said %q", stderr)
	}
	if _, err := os.Stat(n.db()); err == nil {
		t.Error("a sample was recorded")
	}
	n.checkSecrets()
}
