package mailout

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Security is how a connection to a relay is kept private.
type Security int

// The kinds of security.
const (
	// Opportunistic takes STARTTLS when a relay that is not on this machine
	// offers it, without asking who it is; with a password it must be offered
	// and the certificate must be right.
	Opportunistic Security = iota
	// StartTLS insists on STARTTLS (RFC 3207) and on the certificate.
	StartTLS
	// ImplicitTLS speaks TLS from the first octet (RFC 8314).
	ImplicitTLS
)

// Timeouts of a conversation with a relay. Zero values mean those of RFC 5321
// section 4.5.3.2.
type Timeouts struct {
	Dial    time.Duration // 30 s
	Command time.Duration // for an answer, 5 min
	Write   time.Duration // for each write while the mail flows, 3 min
	Final   time.Duration // for the answer to the mail, 10 min
	Idle    time.Duration // how long a connection is kept for the next mail, 15 s
}

// Relay is the SMTP server that carries our mail on. Connections are kept for a
// while and used again, one mail and one recipient a transaction. It is safe
// for concurrent use; the fields must not change after the first delivery.
type Relay struct {
	Host     string
	Port     string // 25, or 465 for ImplicitTLS, or 587 for StartTLS when empty
	Security Security
	User     string // no AUTH when empty
	Password string
	Hello    string // our name in EHLO
	TLS      *tls.Config
	Timeouts Timeouts
	// Dial opens a connection; a net.Dialer's when nil.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	mu     sync.Mutex
	idle   []*session
	closed bool
}

// session is one connection that has been greeted and logged in.
type session struct {
	client *smtp.Client
	uses   int
	expire *time.Timer // running while idle
}

// maxUses bounds the mails of one connection: relays often cut longer ones in
// the middle of a mail.
const maxUses = 100

// maxIdle bounds the connections that are kept.
const maxIdle = 8

// Deliver implements Transport.
func (r *Relay) Deliver(ctx context.Context, e Envelope, write func(io.Writer) error) (Answer, error) {
	answer, err := r.deliver(ctx, e, write)
	answer.Detail = r.hide(answer.Detail)
	if f := (*Failure)(nil); errors.As(err, &f) {
		told := *f
		told.Detail = r.hide(f.Detail)
		return answer, &told
	}
	return answer, err
}

// hide takes the password out of what the relay said: its words are kept, shown
// and sent to agents.
func (r *Relay) hide(detail string) string {
	if r.Password == "" {
		return detail
	}
	plain := "\x00" + r.User + "\x00" + r.Password // RFC 4616
	for _, form := range []string{r.Password, base64.StdEncoding.EncodeToString([]byte(r.Password)), base64.StdEncoding.EncodeToString([]byte(plain))} {
		detail = strings.ReplaceAll(detail, form, "…")
	}
	return detail
}

// deliver does it. When a kept connection turns out to be dead before the relay
// has heard of the mail, a new one is tried at once.
func (r *Relay) deliver(ctx context.Context, e Envelope, write func(io.Writer) error) (Answer, error) {
	// A relay that takes a few octets now and then keeps within every single
	// timeout; this one ends it.
	ctx, cancel := context.WithTimeout(ctx, patience(e.Size))
	defer cancel()
	s := r.take()
	if s != nil {
		answer, at, err := r.transact(ctx, s, e, write)
		var se *smtp.SMTPError
		refused := errors.As(err, &se) && se.Code != 421
		if err == nil || at != stageMail || refused || ctx.Err() != nil {
			return answer, err
		}
	}
	s, err := r.connect(ctx)
	if err != nil {
		return Answer{}, err
	}
	answer, _, err := r.transact(ctx, s, e, write)
	return answer, err
}

// patience is how long one delivery may take in all: half an hour, and a mail's
// time at 10 kB/s.
func patience(size int64) time.Duration {
	return 30*time.Minute + time.Duration(size/10_000)*time.Second
}

// transact sends one mail over s and gives s back, or closes it when it can no
// longer be trusted.
func (r *Relay) transact(ctx context.Context, s *session, e Envelope, write func(io.Writer) error) (Answer, stage, error) {
	stop := context.AfterFunc(ctx, func() { s.client.Close() })
	answer, at, err := r.send(s.client, e, write)
	if !stop() {
		// ctx ended, the connection is closed; what was answered still counts.
		return answer, at, err
	}
	s.uses++
	switch {
	case err != nil && !r.recover(s.client, at, err):
		s.client.Close()
	case !r.give(s):
		quit(s)
	}
	return answer, at, err
}

// recover makes a connection ready for the next mail after a refused one. It
// greets anew, because the client forgets after RSET what EHLO said.
func (r *Relay) recover(c *smtp.Client, at stage, err error) bool {
	var se *smtp.SMTPError
	if !errors.As(err, &se) {
		return at == stageHello // refused by ourselves, the relay was not asked
	}
	return se.Code != 421 && c.Reset() == nil && c.Hello(r.hello()) == nil
}

// send is one transaction (RFC 5321 section 3.3).
func (r *Relay) send(c *smtp.Client, e Envelope, write func(io.Writer) error) (Answer, stage, error) {
	opts := &smtp.MailOptions{Size: e.Size}
	if f := unable(c, e); f != nil {
		return Answer{}, stageHello, f
	}
	if ok, _ := c.Extension("SMTPUTF8"); ok && e.UTF8 {
		opts.UTF8 = true
	}
	if err := c.Mail(e.From, opts); err != nil {
		return Answer{}, stageMail, failure(stageMail, err)
	}
	if err := c.Rcpt(e.To, nil); err != nil {
		return Answer{}, stageRcpt, failure(stageRcpt, err)
	}
	data, err := c.Data()
	if err != nil {
		return Answer{}, stageData, failure(stageData, err)
	}
	w := &watchedWriter{w: data}
	if err := write(w); err != nil {
		// data is not closed: its final dot would make half a mail a whole one.
		if w.err != nil {
			return Answer{}, stageData, failure(stageData, w.err)
		}
		return Answer{}, stageData, err
	}
	response, err := data.CloseWithResponse()
	if err != nil {
		return Answer{}, stageEnd, failure(stageEnd, err)
	}
	return Answer{Code: 250, Detail: cut(oneLine(response.StatusText), maxDetail)}, stageEnd, nil
}

// unable tells what the relay said in EHLO that it cannot carry.
func unable(c *smtp.Client, e Envelope) *Failure {
	// RFC 1870 section 6.1
	if most, ok := c.MaxMessageSize(); ok && most > 0 && e.Size > int64(most) {
		return &Failure{Code: 552, Permanent: true,
			Detail: fmt.Sprintf("5.3.4 the mail has %d octets, the relay takes %d at most", e.Size, most)}
	}
	// RFC 6531 section 3.2. A header with such an address in To or Cc is sent
	// all the same: servers pass it on, and the alternative is to tell nobody.
	if utf8, _ := c.Extension("SMTPUTF8"); !utf8 && !(isASCII(e.From) && isASCII(e.To)) {
		return &Failure{Code: 553, Permanent: true,
			Detail: "5.6.7 the relay cannot carry an address with letters beyond ASCII"}
	}
	return nil
}

// watchedWriter remembers its error, to tell a broken connection from a mail
// that could not be read.
type watchedWriter struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (w *watchedWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// take gives a kept connection, or nil.
func (r *Relay) take() *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.idle) > 0 {
		s := r.idle[len(r.idle)-1]
		r.idle = r.idle[:len(r.idle)-1]
		if s.expire.Stop() {
			return s
		}
	}
	return nil
}

// give keeps a connection for the next mail; false when it has served enough.
func (r *Relay) give(s *session) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || s.uses >= maxUses || len(r.idle) >= maxIdle {
		return false
	}
	r.idle = append(r.idle, s)
	s.expire = time.AfterFunc(orElse(r.Timeouts.Idle, 15*time.Second), func() {
		r.mu.Lock()
		r.idle = slices.DeleteFunc(r.idle, func(other *session) bool { return other == s })
		r.mu.Unlock()
		quit(s)
	})
	return true
}

// quit takes leave of a relay, and does not wait long for its answer.
func quit(s *session) {
	s.client.CommandTimeout = 5 * time.Second
	if s.client.Quit() != nil {
		s.client.Close()
	}
}

// Close ends the kept connections, all at once: a reload and the daemon's end
// wait for it. Deliveries may still be made and keep none.
func (r *Relay) Close() error {
	r.mu.Lock()
	idle := r.idle
	r.idle, r.closed = nil, true
	r.mu.Unlock()
	var leaving sync.WaitGroup
	for _, s := range idle {
		if s.expire.Stop() {
			leaving.Go(func() { quit(s) })
		}
	}
	leaving.Wait()
	return nil
}

// connect opens, secures, greets and logs in. Every error is a *Failure of the
// relay.
func (r *Relay) connect(ctx context.Context) (*session, error) {
	c, _, err := r.greet(ctx)
	if err != nil {
		return nil, err
	}
	if r.User != "" {
		stop := context.AfterFunc(ctx, func() { c.Close() })
		defer stop()
		if err := r.login(c); err != nil {
			c.Close()
			return nil, failure(stageAuth, err)
		}
	}
	return &session{client: c}, nil
}

// greet opens, secures and greets, and says how the connection is.
func (r *Relay) greet(ctx context.Context) (*smtp.Client, Offer, error) {
	conn, offer, err := r.open(ctx)
	if err != nil {
		return nil, Offer{}, failure(stageConnect, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	c := smtp.NewClient(conn)
	c.CommandTimeout = orElse(r.Timeouts.Command, 5*time.Minute)
	c.SubmissionTimeout = orElse(r.Timeouts.Final, 10*time.Minute)
	if err := c.Hello(r.hello()); err != nil {
		c.Close()
		return nil, Offer{}, failure(stageHello, err)
	}
	return c, offer, nil
}

// Offer is what a relay has shown that took our greeting.
type Offer struct {
	Encrypted bool  // mail goes there encrypted
	Broken    error // why it does not, where the relay offers encryption
	Login     bool  // AUTH in a way that we speak
}

// Probe greets the relay as for a delivery, and leaves without logging in. Every
// error is a *Failure, of a *TLSError or ErrNoSTARTTLS where it is encryption
// that cannot be had.
func (r *Relay) Probe(ctx context.Context) (Offer, error) {
	c, offer, err := r.greet(ctx)
	if err != nil {
		return Offer{}, err
	}
	offer.Login = c.SupportsAuth(sasl.Plain) || c.SupportsAuth(sasl.Login)
	quit(&session{client: c})
	return offer, nil
}

// login speaks AUTH PLAIN (RFC 4616), or LOGIN where only that is offered.
func (r *Relay) login(c *smtp.Client) error {
	switch {
	case c.SupportsAuth(sasl.Plain):
		return c.Auth(sasl.NewPlainClient("", r.User, r.Password))
	case c.SupportsAuth(sasl.Login):
		return c.Auth(&loginClient{words: []string{r.User, r.Password}})
	}
	return errors.New("the relay offers neither AUTH PLAIN nor AUTH LOGIN")
}

// loginClient is AUTH LOGIN (draft-murchison-sasl-login). It answers the first
// question with the name and the second with the password, whatever their
// words: servers differ in them.
type loginClient struct{ words []string }

// Start implements sasl.Client.
func (l *loginClient) Start() (mechanism string, first []byte, err error) {
	return sasl.Login, nil, nil
}

// Next implements sasl.Client.
func (l *loginClient) Next([]byte) ([]byte, error) {
	if len(l.words) == 0 {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	word := l.words[0]
	l.words = l.words[1:]
	return []byte(word), nil
}

// hello is the name we greet with.
func (r *Relay) hello() string {
	if r.Hello == "" {
		return "localhost"
	}
	return r.Hello
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
