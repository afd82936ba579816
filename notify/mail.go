package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"
	"github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"
)

// mailbox is a channel that delivers by SMTP: one mail to all recipients.
// Shoutrrr parses its URL; go-mail writes and sends, because shoutrrr sends a
// mail to each recipient, so that a second attempt would repeat it to some, and
// does not encode the subject.
type mailbox struct {
	config *smtp.Config
	signIn mail.Option
}

func mailChannel(u *url.URL) (carrier, error) {
	service := &smtp.Service{}
	if err := service.Initialize(u, nil); err != nil {
		return nil, err
	}
	config := service.Config
	config.FixEmailTags()
	if config.Host == "" {
		return nil, advice("the mail server's host is missing")
	}
	box := mailbox{config, signIn(config, hasKey(u.Query(), "auth"))}
	if _, err := box.compose(Message{}); err != nil {
		return nil, advice("from or to has an invalid mail address")
	}
	return box, nil
}

// signIn is the sign-in that the URL chooses, or else the best that the server
// offers. It never sends a password over a connection without TLS, except to
// this machine.
func signIn(config *smtp.Config, chosen bool) mail.Option {
	switch {
	case config.Auth == smtp.AuthTypes.None:
		return mail.WithSMTPAuth(mail.SMTPAuthNoAuth)
	case config.Auth == smtp.AuthTypes.CRAMMD5:
		return mail.WithSMTPAuth(mail.SMTPAuthCramMD5)
	case config.Auth == smtp.AuthTypes.OAuth2:
		return mail.WithSMTPAuth(mail.SMTPAuthXOAUTH2)
	case chosen:
		return mail.WithSMTPAuth(mail.SMTPAuthPlain)
	}
	return mail.WithOpportunisticSMTPAuth(
		mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin,
	)
}

func (b mailbox) steps(_ Sender, r redaction, m Message) []step {
	return []step{func(ctx context.Context) error { return b.send(ctx, r, m) }}
}

func (b mailbox) send(ctx context.Context, r redaction, m Message) error {
	letter, err := b.compose(m)
	if err != nil {
		return &failure{reason: "the mail could not be written", grade: refused}
	}
	line := &line{config: b.config}
	defer line.hangUp()
	defer context.AfterFunc(ctx, line.hangUp)()
	client, err := b.client(line)
	if err != nil {
		return &failure{reason: "the mail server's settings are not valid", grade: refused}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return b.undelivered(err, r)
	}
	defer client.CloseWithSMTPClient(session) // a courtesy: whether the mail was taken, its own answer said
	err = client.SendWithSMTPClient(session, letter)
	if err == nil || letter.IsDelivered() {
		return nil
	}
	return b.undelivered(err, r)
}

// undelivered grades an error. Until the end of the mail's text nothing is
// delivered; after it, only the server's answer says so.
// https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
func (b mailbox) undelivered(err error, r redaction) *failure {
	var sending *mail.SendError
	var reply *textproto.Error
	code, said := 0, ""
	if errors.As(err, &sending) {
		code = sending.ErrorCode()
	}
	if errors.As(err, &reply) {
		code, said = reply.Code, r.show(reply.Msg)
	}
	switch {
	case code == 0 && sending != nil && sending.Reason == mail.ErrSMTPDataClose:
		return unanswered(err, true)
	case code == 0 && sending != nil:
		return &failure{reason: sending.Reason.String() + " failed", grade: passing}
	case code == 0:
		return b.noSession(err)
	}
	f := &failure{reason: fmt.Sprintf("the mail server answered %d", code), grade: refused}
	if sending != nil {
		f.reason += " to " + sending.Reason.String()
	}
	if code < 500 {
		f.grade = passing
	}
	if said != "" {
		f.reason += ": " + said
	}
	return f
}

// noSession says why there was no session, without a server's answer.
func (b mailbox) noSession(err error) *failure {
	for _, unfit := range []error{
		mail.ErrPlainAuthNotSupported, mail.ErrCramMD5AuthNotSupported, mail.ErrXOauth2AuthNotSupported,
		mail.ErrNoSupportedAuthDiscovered, gosmtp.ErrUnencrypted,
	} {
		if errors.Is(err, unfit) {
			return &failure{reason: "the mail server offers no sign-in that keeps the password secret", grade: refused}
		}
	}
	if strings.Contains(err.Error(), "does not support") { // STARTTLS, SMTP AUTH: no error values of their own
		return &failure{reason: "the mail server does not offer the TLS or the sign-in that the channel's URL asks for", grade: refused}
	}
	return unanswered(err, false)
}

// mailDeadline is for each exchange with the server.
const mailDeadline = 10 * time.Second

func (b mailbox) client(line *line) (*mail.Client, error) {
	c := b.config
	options := []mail.Option{
		mail.WithPort(int(c.Port)), mail.WithTimeout(min(c.Timeout, mailDeadline)), mail.WithTLSPolicy(b.tlsPolicy()),
		mail.WithTLSConfig(tlsConfig(c)), mail.WithDialContextFunc(line.dial),
		b.signIn, mail.WithUsername(c.Username), mail.WithPassword(c.Password),
	}
	if implicitTLS(c) {
		options = append(options, mail.WithSSL())
	}
	if c.ClientHost != "auto" {
		options = append(options, mail.WithHELO(c.ClientHost))
	}
	return mail.NewClient(c.Host, options...)
}

// line is a connection to a mail server. Go-mail leaves it open if it cannot
// sign in, and only obeys a context until the server is reached.
type line struct {
	config *smtp.Config
	mu     sync.Mutex
	conn   net.Conn
	done   bool
}

func (l *line) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	if implicitTLS(l.config) {
		conn, err = (&tls.Dialer{Config: tlsConfig(l.config)}).DialContext(ctx, network, address)
	} else {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		conn.Close()
		return nil, context.Canceled
	}
	l.conn = conn
	return conn, nil
}

// hangUp closes the connection at once.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = true
	if l.conn != nil {
		l.conn.Close()
	}
}

func tlsConfig(c *smtp.Config) *tls.Config {
	return &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.SkipTLSVerify}
}

func implicitTLS(c *smtp.Config) bool {
	return c.Encryption == smtp.EncMethods.ImplicitTLS || c.Encryption == smtp.EncMethods.Auto && c.Port == smtp.ImplicitTLSPort
}

func (b mailbox) tlsPolicy() mail.TLSPolicy {
	switch {
	case b.config.RequireStartTLS, b.config.Encryption == smtp.EncMethods.ExplicitTLS,
		b.config.Auth == smtp.AuthTypes.OAuth2: // which would send its token over anything
		return mail.TLSMandatory
	case b.config.UseStartTLS:
		return mail.TLSOpportunistic
	}
	return mail.NoTLS
}

// compose writes the mail. Its ID is a hash of its content, so that a mail that
// some server repeats can be recognized.
func (b mailbox) compose(m Message) (*mail.Msg, error) {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := letter.FromFormat(oneLine(b.config.FromName), b.config.FromAddress); err != nil {
		return nil, err
	}
	if err := letter.To(b.config.ToAddresses...); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(b.config.FromAddress, "@")
	letter.SetMessageIDWithValue(digest(m) + "@" + strings.Trim(domain, "<> "))
	if !m.At.IsZero() {
		letter.SetDateWithValue(m.At)
	}
	letter.Subject(m.Title)
	// https://www.rfc-editor.org/rfc/rfc3834#section-5
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetBodyString(mail.TypeTextPlain, m.body()+"\n")
	return letter, nil
}

// digest identifies a message by its content.
func digest(m Message) string {
	sum := sha256.Sum256([]byte(m.text()))
	return hex.EncodeToString(sum[:16])
}
