package notify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"snapshotter/diff"
	"snapshotter/notify"
)

var snsKey = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

const (
	snsTopic = "sns:arn:aws:sns:eu-west-1:111122223333:bedrock-changes"
	snsTaken = `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>`
)

// snsServer is an SNS on loopback that checks how it is spoken to.
type snsServer struct {
	*httptest.Server
	t      *testing.T
	answer func(n int, w http.ResponseWriter, r *http.Request)
	mu     sync.Mutex
	got    []url.Values
}

func serveSNS(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *snsServer {
	s := &snsServer{t: t, answer: answer}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *snsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	if err := signed(r, body, "eu-west-1"); err != nil {
		s.t.Error(err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	s.got = append(s.got, form)
	n := len(s.got)
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(n, w, r)
		return
	}
	io.WriteString(w, snsTaken)
}

// signed signs the request anew, and compares.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func signed(r *http.Request, body []byte, region string) error {
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return err
	}
	again, err := http.NewRequest(r.Method, "http://"+r.Host+r.URL.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	_, list, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	list, _, _ = strings.Cut(list, ",")
	for name := range strings.SplitSeq(list, ";") {
		if name != "host" && name != "content-length" {
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(context.Background(), snsKey, again, hex.EncodeToString(sum[:]), "sns", region, at); err != nil {
		return err
	}
	if got, want := r.Header.Get("Authorization"), again.Header.Get("Authorization"); got != want {
		return fmt.Errorf("signature\n got %s\nwant %s", got, want)
	}
	return nil
}

func (s *snsServer) sender() notify.Sender {
	return notify.Sender{AWS: aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return snsKey, nil }),
	}}.Impatient()
}

func formText(form url.Values) string {
	var b strings.Builder
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for key := range form {
			if !yield(key) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, "%s: %s\n", key, form.Get(key))
	}
	return b.String()
}

func TestTopic(t *testing.T) {
	long := hostile()
	long.Title = strings.Repeat("wörd → ", 40)
	var all strings.Builder
	for _, topic := range []string{snsTopic, snsTopic + ".fifo"} {
		for _, m := range []notify.Message{plain(), hostile(), long} {
			server := serveSNS(t, nil)
			d := server.sender().Send(t.Context(), []notify.Channel{parse(t, topic)}, m, nil)
			if len(d) != 1 || d[0].Outcome != notify.Delivered {
				t.Fatalf("deliveries = %+v", d)
			}
			for _, form := range server.got {
				all.WriteString(formText(form) + "\n")
				if subject := form.Get("Subject"); len(subject) >= 100 || strings.ContainsFunc(subject, func(r rune) bool { return r < ' ' || r > '~' }) {
					t.Errorf("SNS refuses the subject %q", subject)
				}
			}
		}
	}
	golden(t, "payload/sns.txt", all.String())
}

func TestTopicFailures(t *testing.T) {
	refusal := func(status int, code, message string) func(int, http.ResponseWriter, *http.Request) {
		return func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprintf(w, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>`, code, message)
		}
	}
	onceThenTaken := func(first func(int, http.ResponseWriter, *http.Request)) func(int, http.ResponseWriter, *http.Request) {
		return func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				first(n, w, r)
				return
			}
			io.WriteString(w, snsTaken)
		}
	}
	for _, c := range []struct {
		name    string
		answer  func(int, http.ResponseWriter, *http.Request)
		outcome notify.Outcome
		tries   int
		reason  string
	}{
		{
			"denied", refusal(403, "AuthorizationError", "User: arn:aws:sts::111122223333:assumed-role/Admin/alice is not authorized to perform: SNS:Publish on resource: arn:aws:sns:eu-west-1:111122223333:bedrock-changes"),
			notify.Undelivered, 1, "answered AuthorizationError: User: [arn] is not authorized to perform: SNS:Publish on resource: [arn]",
		},
		{"no such topic", refusal(404, "NotFound", "Topic does not exist"), notify.Undelivered, 1, "answered NotFound: Topic does not exist"},
		{"throttled once", onceThenTaken(refusal(400, "Throttling", "Rate exceeded")), notify.Delivered, 2, ""},
		{"throttled", refusal(400, "ThrottledException", "Rate exceeded"), notify.Undelivered, 4, "answered ThrottledException: Rate exceeded"},
		{"failing once", onceThenTaken(refusal(500, "InternalError", "oops")), notify.Delivered, 2, ""},
		{"a gateway in between", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(504) }, notify.Unknown, 1, "answered 504 Gateway Timeout"},
		{"no answer", func(int, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, notify.Unknown, 1, "the connection failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := serveSNS(t, c.answer).sender().Send(t.Context(), []notify.Channel{parse(t, snsTopic)}, plain(), nil)[0]
			if d.Outcome != c.outcome || d.Tries != c.tries || d.Reason != c.reason {
				t.Errorf("delivery = %+v", d)
			}
			if d.Channel != "sns:eu-west-1:bedrock-changes" {
				t.Errorf("channel = %q", d.Channel)
			}
		})
	}
}

// What SNS is never reached for can be told and, where it may pass, tried again.
func TestTopicUnreached(t *testing.T) {
	server := serveSNS(t, nil)
	server.Close()
	d := server.sender().Send(t.Context(), []notify.Channel{parse(t, snsTopic)}, plain(), nil)[0]
	if d.Outcome != notify.Undelivered || d.Tries != 4 || d.Reason != "the connection was refused" {
		t.Errorf("delivery to a closed port = %+v", d)
	}
	sender := server.sender()
	sender.AWS.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("the SSO session of arn:aws:iam::111122223333:user/alice has expired")
	})
	d = sender.Send(t.Context(), []notify.Channel{parse(t, snsTopic)}, plain(), nil)[0]
	if d.Outcome != notify.Undelivered || d.Tries != 1 || d.Reason != "the request could not be sent: the SSO session of [arn] has expired" {
		t.Errorf("delivery without credentials = %+v", d)
	}
}

func TestTopicSignificance(t *testing.T) {
	server := serveSNS(t, nil)
	m := notify.Compose("t", nil, "")
	m.Significance = diff.Good
	server.sender().Send(t.Context(), []notify.Channel{parse(t, snsTopic)}, m, nil)
	form := server.got[0]
	if form.Get("MessageAttributes.entry.1.Name") != "significance" || form.Get("MessageAttributes.entry.1.Value.StringValue") != "good" {
		t.Errorf("form = %v", form)
	}
}
