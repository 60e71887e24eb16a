package mailout

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"

	"aside"

	"github.com/emersion/go-smtp"
)

// open gives a connection on which the relay's greeting comes next, secured as
// the settings ask, and says how it is.
func (r *Relay) open(ctx context.Context) (net.Conn, Offer, error) {
	conn, err := r.dial(ctx)
	if err != nil || r.Security == Opportunistic && aside.Loopback(r.Host) {
		return conn, Offer{}, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if r.Security == ImplicitTLS {
		secured, err := r.handshake(ctx, conn)
		return secured, Offer{Encrypted: true}, err
	}
	secured, encrypted, err := r.negotiate(ctx, conn)
	var broken *TLSError
	if errors.As(err, &broken) && r.mayBePlain() {
		// RFC 7435: where no privacy would be fine, failed privacy is no reason
		// to keep the mail.
		conn, err := r.dial(ctx)
		return conn, Offer{Broken: broken}, err
	}
	return secured, Offer{Encrypted: encrypted}, err
}

// mayBePlain reports whether a connection without TLS will do.
func (r *Relay) mayBePlain() bool { return r.Security == Opportunistic && r.User == "" }

// dial opens the bare connection.
func (r *Relay) dial(ctx context.Context) (net.Conn, error) {
	port := r.Port
	if port == "" {
		port = map[Security]string{Opportunistic: "25", StartTLS: "587", ImplicitTLS: "465"}[r.Security]
	}
	dial := r.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	ctx, cancel := context.WithTimeout(ctx, orElse(r.Timeouts.Dial, 30*time.Second))
	defer cancel()
	conn, err := dial(ctx, "tcp", net.JoinHostPort(r.Host, port))
	if err != nil {
		return nil, err
	}
	return &deadlineConn{Conn: conn,
		read:  orElse(r.Timeouts.Command, 5*time.Minute),
		write: orElse(r.Timeouts.Write, 3*time.Minute)}, nil
}

// TLSError is privacy that was offered and failed: a STARTTLS that was refused,
// or a broken handshake.
type TLSError struct{ err error }

// ErrNoSTARTTLS says that a relay which must offer STARTTLS does not.
var ErrNoSTARTTLS = errors.New("the relay does not offer STARTTLS")

// Error implements error.
func (e *TLSError) Error() string { return "TLS: " + e.err.Error() }

// Unwrap gives the cause.
func (e *TLSError) Unwrap() error { return e.err }

// handshake starts TLS as a client.
func (r *Relay) handshake(ctx context.Context, conn net.Conn) (net.Conn, error) {
	config := &tls.Config{}
	if r.TLS != nil {
		config = r.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = r.Host
	}
	if r.mayBePlain() {
		// Nobody was promised who answers: plain text would be taken as well.
		config.InsecureSkipVerify = true
	}
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &TLSError{err}
	}
	return secured, nil
}

// negotiate speaks the conversation up to STARTTLS (RFC 3207) itself: the
// client of go-smtp would greet as "localhost" there, and cannot ask first
// whether TLS is offered. The connection that it returns gives a greeting of
// its own making, because the client waits for one.
func (r *Relay) negotiate(ctx context.Context, conn net.Conn) (secured net.Conn, encrypted bool, err error) {
	conn.SetDeadline(time.Now().Add(orElse(r.Timeouts.Command, 5*time.Minute)))
	defer conn.SetDeadline(time.Time{})
	offered, err := r.askTLS(conn)
	if err == nil && !offered && !r.mayBePlain() {
		err = ErrNoSTARTTLS
	}
	if err != nil {
		conn.Close()
		return nil, false, err
	}
	secured = conn
	if offered {
		if secured, err = r.handshake(ctx, conn); err != nil {
			return nil, false, err
		}
	}
	return &greetedConn{Conn: secured, greeting: strings.NewReader("220 " + r.Host + "\r\n")}, offered, nil
}

// askTLS greets and asks for TLS; true when the handshake comes next.
func (r *Relay) askTLS(conn net.Conn) (bool, error) {
	br := bufio.NewReader(io.LimitReader(conn, 64<<10))
	text := textproto.NewReader(br)
	command := func(want int, line string) (string, error) {
		if line != "" {
			if _, err := io.WriteString(conn, line+"\r\n"); err != nil {
				return "", err
			}
		}
		_, words, err := text.ReadResponse(want)
		var refused *textproto.Error
		if errors.As(err, &refused) {
			err = &smtp.SMTPError{Code: refused.Code, Message: refused.Msg}
		}
		return words, err
	}
	if _, err := command(220, ""); err != nil {
		return false, err
	}
	words, err := command(250, "EHLO "+r.hello())
	if unknown := (*smtp.SMTPError)(nil); errors.As(err, &unknown) && (unknown.Code == 500 || unknown.Code == 502) {
		// A server of old offers nothing. The client asks once more and then says
		// HELO (RFC 5321 section 3.2).
		return false, nil
	}
	if err != nil {
		return false, err
	}
	offered := false
	for _, line := range strings.Split(words, "\n")[1:] {
		offered = offered || strings.EqualFold(strings.TrimSpace(line), "STARTTLS")
	}
	if offered {
		if _, err := command(220, "STARTTLS"); err != nil {
			return false, &TLSError{err}
		}
	}
	if br.Buffered() > 0 {
		// What came before the handshake could be anybody's (CVE-2011-0411).
		return false, fmt.Errorf("the relay said %d octets more than it was asked", br.Buffered())
	}
	return offered, nil
}

// greetedConn gives its greeting before what the connection gives.
type greetedConn struct {
	net.Conn
	greeting *strings.Reader
}

// Read implements io.Reader.
func (c *greetedConn) Read(p []byte) (int, error) {
	if c.greeting.Len() > 0 {
		return c.greeting.Read(p)
	}
	return c.Conn.Read(p)
}

// deadlineConn limits every read and every write, because the SMTP client sets
// no deadline while the mail flows: a relay that stops reading would hold a
// worker for ever. A deadline set from outside holds where it is sooner.
type deadlineConn struct {
	net.Conn
	read, write time.Duration
	limit       time.Time
}

// Read implements io.Reader.
func (c *deadlineConn) Read(p []byte) (int, error) {
	// An answer may take longer than read where the client says so: the final
	// one of DATA.
	limit := c.limit
	if limit.IsZero() {
		limit = time.Now().Add(c.read)
	}
	if err := c.Conn.SetReadDeadline(limit); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write implements io.Writer.
func (c *deadlineConn) Write(p []byte) (int, error) {
	limit := time.Now().Add(c.write)
	if !c.limit.IsZero() && c.limit.Before(limit) {
		limit = c.limit
	}
	if err := c.Conn.SetWriteDeadline(limit); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// SetDeadline implements net.Conn.
func (c *deadlineConn) SetDeadline(t time.Time) error {
	c.limit = t
	return nil
}

// SetReadDeadline implements net.Conn.
func (c *deadlineConn) SetReadDeadline(t time.Time) error { return c.SetDeadline(t) }

// SetWriteDeadline implements net.Conn.
func (c *deadlineConn) SetWriteDeadline(t time.Time) error { return c.SetDeadline(t) }
