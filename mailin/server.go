// Package mailin takes mail in: bytes become facts here. Server is the SMTP
// server; reading is in the room mailin/read.
package mailin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"time"

	"aside"

	"github.com/emersion/go-smtp"
)

// maxLineLength is the longest line accepted. RFC 5321 allows 998 octets; real
// mail is worse, and refusing it helps nobody.
const maxLineLength = 64 << 10

// Server takes mail by SMTP (RFC 5321) and hands each on to Receive. What it
// answers with 250 was committed by Receive before. The fields are set before
// Serve and not changed afterwards; zero durations and limits mean defaults.
type Server struct {
	// Settings are asked for with every connection, which keeps them to its end.
	Settings func() Settings

	MaxReaders int    // mails read at the same time; GOMAXPROCS. Of those with over 256 kB of words one
	SpoolDir   string // where mail over 64 kB waits while it is taken; the system's folder for such files

	IdleTimeout    time.Duration // without an octet from the client; 5 minutes (RFC 5321 section 4.5.3.2.7)
	WriteTimeout   time.Duration // for a reply to be taken; 1 minute
	Patience       time.Duration // for a mail, or the commands between two, beyond what 100 octets a second take; 10 minutes
	ReadTimeout    time.Duration // for a mail to become facts, its attachments kept; then it goes on without; 1 minute
	PlaceTimeout   time.Duration // for a mail to wait until others are read; then it should come again; 4 minutes
	SessionTimeout time.Duration // a session in all; 2 hours
	Grace          time.Duration // for running mails when Serve's context ends, and once more after they were cut off; 20 seconds

	// Recipient reports whether mail for the address is taken. The address is
	// as written but for quotes that it does not need; a bare "postmaster" has
	// no domain.
	Recipient func(addr string) bool
	// Verify finds out what proves the sender of a mail that was read; open
	// gives its raw bytes. An error makes the client try again later. nil
	// leaves Verdict empty.
	Verify func(ctx context.Context, in *aside.Inbound, open func() (io.ReadCloser, error)) (aside.Verdict, error)
	// Receive stores a mail and returns its id after the commit. A *Refusal is
	// told to the client; any other error makes it try again later.
	Receive func(ctx context.Context, in *aside.Inbound) (id string, err error)
	// KeepRaw streams the bytes of a mail over 64 kB into the store. nil keeps
	// them in memory.
	KeepRaw func(ctx context.Context, r io.Reader) (aside.Content, error)
	// KeepPart stores an attachment; a small one may come back with Data set.
	// nil keeps it in memory.
	KeepPart func(ctx context.Context, r io.Reader) (aside.Content, error)

	// Kept, when not nil, is told of each mail that the house took, or could not
	// take though it came whole.
	Kept func(bool)

	Log *slog.Logger
	Now func() time.Time
}

// Settings are what may change while a Server serves. Zero fields but Hostname
// and TLS mean defaults.
type Settings struct {
	Hostname   string      // in the greeting and in Received
	MaxMessage int64       // octets of a mail; 35 MB
	TLS        *tls.Config // offers STARTTLS when not nil
	Limits     Limits
}

func (s Settings) withDefaults() Settings {
	s.Limits = s.Limits.withDefaults()
	if s.MaxMessage <= 0 {
		s.MaxMessage = 35 << 20
	}
	return s
}

// Refusal is an error of Receive whose words are for the sender: with a code of
// the 5xx the mail will not be taken however often it is sent, with one of the
// 4xx it is worth another try.
type Refusal struct {
	Code     int    // 550
	Enhanced string // "5.7.1" (RFC 3463), of the same class
	Text     string
}

// Error gives the reply.
func (r *Refusal) Error() string { return fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text) }

// run is one Serve.
type run struct {
	server   *Server // with defaults filled in
	ctx      context.Context
	readers  chan struct{} // a place for each mail read at the same time
	large    chan struct{} // the place of one that takes much memory
	senders  senderRate
	sessions sync.WaitGroup // of eras that ended
	mails    sync.WaitGroup // those being taken
}

// withDefaults returns a copy with every field set.
func (s *Server) withDefaults() *Server {
	c := *s
	duration := func(field *time.Duration, value time.Duration) {
		if *field <= 0 {
			*field = value
		}
	}
	duration(&c.IdleTimeout, 5*time.Minute)
	duration(&c.WriteTimeout, time.Minute)
	duration(&c.Patience, 10*time.Minute)
	duration(&c.ReadTimeout, time.Minute)
	duration(&c.PlaceTimeout, 4*time.Minute) // clients wait for ten (RFC 5321 section 4.5.3.2.6)
	duration(&c.SessionTimeout, 2*time.Hour)
	duration(&c.Grace, 20*time.Second)
	if c.MaxReaders <= 0 {
		c.MaxReaders = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.KeepPart == nil {
		c.KeepPart = inMemory
	}
	return &c
}

// Serve takes mail from the listener until ctx ends. Then idle sessions are
// told to come again, mails being taken are finished within Grace, and the rest
// is cut off. It returns nil after an orderly end, when every session is over.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.Settings == nil || s.Recipient == nil || s.Receive == nil {
		return errors.New("mailin: Settings, Recipient and Receive must be set")
	}
	// Mails being taken outlive ctx by Grace.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	c := s.withDefaults()
	r := &run{server: c, ctx: work, readers: make(chan struct{}, c.MaxReaders), large: make(chan struct{}, 1)}
	guarded := newListener(l, r)

	accepted := make(chan error, 1)
	go func() { accepted <- r.accept(guarded) }()
	select {
	case err := <-accepted:
		l.Close()
		r.drain(guarded, cancel)
		return fmt.Errorf("serving SMTP on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	l.Close()
	<-accepted
	return r.drain(guarded, cancel)
}

// accept serves what comes until the listener is closed or fails.
func (r *run) accept(l *listener) error {
	for {
		e := &era{l, r.server.Settings().withDefaults()}
		srv := r.smtpServer(e.settings)
		err := srv.Serve(e)
		r.sessions.Go(func() { _ = srv.Shutdown(context.Background()) }) // waits for those that it serves
		if !errors.Is(err, errEraOver) {
			return err
		}
	}
}

// drain ends all sessions. Nothing is accepted any more.
func (r *run) drain(l *listener, cancel func()) error {
	over := make(chan struct{})
	go func() {
		r.sessions.Wait()
		r.mails.Wait()
		close(over)
	}()
	goodbye := func(g *guard) { g.leave("421 4.3.2 Shutting down, please try again later") }
	l.each(goodbye)
	grace := time.NewTimer(r.server.Grace)
	defer grace.Stop()
	select {
	case <-over:
		return nil
	case <-grace.C:
	}
	cancel()
	l.each(func(g *guard) { g.Close() })
	grace.Reset(r.server.Grace)
	select {
	case <-over:
		return nil
	case <-grace.C:
		return errors.New("some SMTP sessions did not end")
	}
}

// smtpServer sets the library up. Its own timeouts and limits stay off where
// the guard has better ones.
func (r *run) smtpServer(s Settings) *smtp.Server {
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return r.newSession(c), nil }))
	srv.Domain = s.Hostname
	srv.MaxMessageBytes = s.MaxMessage
	srv.MaxLineLength = maxLineLength
	srv.EnableSMTPUTF8 = true
	// The guard does TLS itself; the library only announces it.
	srv.TLSConfig = s.TLS
	// Nothing is authenticated here: the session counts the attempts.
	srv.AllowInsecureAuth = true
	srv.ErrorLog = libraryLog{r.server.Log}
	return srv
}

// libraryLog carries go-smtp's complaints into our log.
type libraryLog struct{ log *slog.Logger }

// Printf logs one complaint.
func (l libraryLog) Printf(format string, v ...any) {
	l.log.Warn("smtp", "problem", fmt.Sprintf(format, v...))
}

// Println logs one complaint.
func (l libraryLog) Println(v ...any) { l.log.Warn("smtp", "problem", fmt.Sprint(v...)) }
