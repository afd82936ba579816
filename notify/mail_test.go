package notify_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"snapshotter/notify"
)

// mailServer is a small SMTP server on loopback.
type mailServer struct {
	net.Listener
	// reply answers a command, or "." for the end of a mail's text; an empty
	// answer closes the connection. It may be nil: everything is taken.
	reply func(n int, command string) string
	// secure is set where it speaks TLS, implicit if from the start on.
	secure   *tls.Config
	implicit bool
	mu       sync.Mutex
	talk     []string // the commands it got
	mails    []string
}

func serveMail(t testing.TB, reply func(n int, command string) string) *mailServer {
	t.Helper()
	return serveMailAt(t, "127.0.0.1", &mailServer{reply: reply})
}

func serveMailAt(t testing.TB, host string, s *mailServer) *mailServer {
	t.Helper()
	listener, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Skipf("no loopback address %s here: %v", host, err)
	}
	s.Listener = listener
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		all.Wait() // hangs if the client leaves a connection open
	})
	return s
}

func (s *mailServer) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	if s.implicit {
		conn = tls.Server(conn, s.secure)
	}
	in := bufio.NewScanner(conn)
	fmt.Fprint(conn, "220 mail.example.com ready\r\n")
	for in.Scan() {
		if in.Text() == "STARTTLS" {
			fmt.Fprint(conn, "220 go on\r\n")
			conn = tls.Server(conn, s.secure)
			in = bufio.NewScanner(conn)
			continue
		}
		if !s.answer(conn, in.Text()) {
			return
		}
		if in.Text() == "DATA" && !s.text(conn, in) || in.Text() == "QUIT" {
			return
		}
	}
}

// text reads a mail up to the dot.
func (s *mailServer) text(conn net.Conn, in *bufio.Scanner) bool {
	var text strings.Builder
	for in.Scan() {
		if in.Text() == "." {
			s.mu.Lock()
			s.mails = append(s.mails, text.String())
			s.mu.Unlock()
			return s.answer(conn, ".")
		}
		text.WriteString(strings.TrimPrefix(in.Text(), ".") + "\n")
	}
	return false
}

func (s *mailServer) answer(conn net.Conn, command string) bool {
	s.mu.Lock()
	s.talk = append(s.talk, command)
	n := len(s.talk)
	s.mu.Unlock()
	answer := "250 OK"
	switch verb, _, _ := strings.Cut(command, " "); verb {
	case "EHLO":
		answer = "250-mail.example.com\r\n250 AUTH PLAIN LOGIN CRAM-MD5"
		if s.secure != nil {
			answer = "250-mail.example.com\r\n250-STARTTLS\r\n250 AUTH PLAIN XOAUTH2"
		}
	case "AUTH":
		answer = "235 welcome"
	case "DATA":
		answer = "354 go on"
	case "QUIT":
		answer = "221 bye"
	}
	if s.reply != nil {
		if own := s.reply(n, command); own != "" {
			answer = own
		}
	}
	if answer == "hang up" {
		return false
	}
	fmt.Fprint(conn, answer+"\r\n")
	return true
}

func (s *mailServer) got() (talk, mails []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.talk, s.mails
}

func (s *mailServer) url(options string) string {
	return fmt.Sprintf("smtp://alice:s3cretPass@%s/?from=bedrock@example.com&to=ops@example.com,b.team%%2Baws@example.org%s", s.Addr(), options)
}

func TestMail(t *testing.T) {
	server := serveMail(t, nil)
	deliveries := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, server.url("&fromname=Bedrock+robot&auth=Plain"))}, plain(), nil)
	if len(deliveries) != 1 || deliveries[0].Outcome != notify.Delivered {
		t.Fatalf("deliveries = %+v", deliveries)
	}
	talk, mails := server.got()
	golden(t, "payload/mail.txt", strings.Join(talk, "\n")+"\n\n"+strings.Join(mails, "\n"))
}

// A title with line breaks, letters and marks of its own is one header.
func TestMailSubject(t *testing.T) {
	server := serveMail(t, nil)
	m := hostile()
	m.Title += " → ü"
	notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, server.url("&auth=None"))}, m, nil)
	_, mails := server.got()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	read, err := mail.ReadMessage(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if want := "Bedrock <!channel> @everyone *changes* Bcc: evil@example.com → ü"; err != nil || subject != want {
		t.Errorf("subject = %q, %v", subject, err)
	}
	if bcc := read.Header.Get("Bcc"); bcc != "" {
		t.Errorf("a title made the header Bcc: %s", bcc)
	}
}

func TestMailFailures(t *testing.T) {
	once := func(verb, answer string) func(int, string) string {
		var done sync.Once
		return func(_ int, command string) (own string) {
			if strings.HasPrefix(command, verb) {
				done.Do(func() { own = answer })
			}
			return own
		}
	}
	always := func(verb, answer string) func(int, string) string {
		return func(_ int, command string) string {
			if strings.HasPrefix(command, verb) {
				return answer
			}
			return ""
		}
	}
	for _, c := range []struct {
		name, options string
		reply         func(int, string) string
		outcome       notify.Outcome
		tries, mails  int
		reason        string
	}{
		{"busy once", "&auth=Plain", once("MAIL", "451 4.3.0 try later"), notify.Delivered, 2, 1, ""},
		{"the text is put off once", "&auth=Plain", once(".", "452 4.3.1 full"), notify.Delivered, 2, 2, ""},
		{"an unknown recipient", "&auth=Plain", always("RCPT TO:<ops", "550 5.1.1 no such user"), notify.Undelivered, 1, 0, "the mail server answered 550 to sending SMTP RCPT TO command"},
		{"the text is refused", "&auth=Plain", always(".", "554 5.7.1 spam"), notify.Undelivered, 1, 1, "the mail server answered 554 to closing SMTP DATA writer"},
		{"the password is refused", "&auth=Plain", always("AUTH", "535 5.7.8 bad credentials"), notify.Undelivered, 1, 0, "the mail server answered 535: 5.7.8 bad credentials"},
		{"the password is echoed", "&auth=Plain", always("AUTH", "535 5.7.8 s3cretPass is wrong"), notify.Undelivered, 1, 0, "the mail server answered 535"},
		{"gone before the text", "&auth=Plain", once("DATA", "hang up"), notify.Delivered, 2, 1, ""},
		{"gone after the text", "&auth=Plain", always(".", "hang up"), notify.Unknown, 1, 1, "the connection failed"},
		{"gone after it took it", "&auth=Plain", always("RSET", "hang up"), notify.Delivered, 1, 1, ""},
		{"no TLS", "&requirestarttls=yes", nil, notify.Undelivered, 1, 0, "the mail server does not offer the TLS or the sign-in that the channel's URL asks for"},
		{"the best way to sign in", "", func(_ int, command string) string {
			if strings.HasPrefix(command, "AUTH") {
				return "334 PDEyMzQ1Njc4OTBAbWFpbC5leGFtcGxlLmNvbT4="
			}
			if !strings.Contains(command, " ") && len(command) > 40 {
				return "235 welcome"
			}
			return ""
		}, notify.Delivered, 1, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := serveMail(t, c.reply)
			d := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, server.url(c.options))}, plain(), nil)[0]
			if d.Outcome != c.outcome || d.Tries != c.tries || d.Reason != c.reason {
				t.Errorf("delivery = %+v", d)
			}
			if _, mails := server.got(); len(mails) != c.mails {
				t.Errorf("%d mails got their whole text over, want %d", len(mails), c.mails)
			}
		})
	}
}

// Without TLS the password stays here, unless the server is this machine.
func TestMailPasswordNeedsTLS(t *testing.T) {
	for _, options := range []string{"", "&auth=Plain"} {
		server := serveMailAt(t, "127.0.0.2", &mailServer{reply: func(_ int, command string) string {
			if strings.HasPrefix(command, "EHLO") {
				return "250-mail.example.com\r\n250 AUTH PLAIN LOGIN"
			}
			return ""
		}})
		d := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, server.url(options))}, plain(), nil)[0]
		if d.Outcome != notify.Undelivered || d.Tries != 1 || d.Reason != "the mail server offers no sign-in that keeps the password secret" {
			t.Errorf("delivery with %q = %+v", options, d)
		}
		if talk, _ := server.got(); strings.Contains(strings.Join(talk, " "), "AUTH") {
			t.Errorf("signed in with %q: %q", options, talk)
		}
	}
}

// certificate is one that nobody trusts, for 127.0.0.1.
func certificate(t *testing.T) *tls.Config {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return &tls.Config{Certificates: server.TLS.Certificates}
}

func TestMailTLS(t *testing.T) {
	config := certificate(t)
	for _, c := range []struct {
		name, options string
		implicit      bool
		outcome       notify.Outcome
		tries         int
		reason        string
	}{
		{"STARTTLS", "&skiptlsverify=yes", false, notify.Delivered, 1, ""},
		{"STARTTLS as required", "&skiptlsverify=yes&requirestarttls=yes&auth=Plain", false, notify.Delivered, 1, ""},
		{"STARTTLS with a token", "&skiptlsverify=yes&auth=OAuth2", false, notify.Delivered, 1, ""},
		{"TLS from the start", "&skiptlsverify=yes&encryption=ImplicitTLS", true, notify.Delivered, 1, ""},
		{"a certificate that nobody trusts", "", false, notify.Undelivered, 1, "the host's certificate is not trusted"},
		{"one from the start", "&encryption=ImplicitTLS", true, notify.Undelivered, 1, "the host's certificate is not trusted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := serveMailAt(t, "127.0.0.1", &mailServer{secure: config, implicit: c.implicit})
			d := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, server.url(c.options))}, plain(), nil)[0]
			if d.Outcome != c.outcome || d.Tries != c.tries || d.Reason != c.reason {
				t.Errorf("delivery = %+v", d)
			}
		})
	}
}

// A token goes over TLS or not at all.
func TestMailTokenNeedsTLS(t *testing.T) {
	server := serveMail(t, nil)
	d := notify.Sender{}.Impatient().Send(t.Context(), []notify.Channel{parse(t, server.url("&auth=OAuth2"))}, plain(), nil)[0]
	talk, _ := server.got()
	if d.Outcome != notify.Undelivered || d.Tries != 1 || strings.Contains(strings.Join(talk, " "), "AUTH") {
		t.Errorf("delivery = %+v after %q", d, talk)
	}
}

// A server that says nothing costs the deadline, and no more.
func TestMailHangs(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := parse(t, "smtp://"+listener.Addr().String()+"/?from=a@example.com&to=b@example.com")
	d := notify.Sender{Deadline: 50 * time.Millisecond}.Send(t.Context(), []notify.Channel{c}, plain(), nil)[0]
	if d.Outcome == notify.Delivered || d.Reason == "" {
		t.Errorf("delivery = %+v", d)
	}
}
