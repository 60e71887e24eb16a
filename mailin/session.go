package mailin

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"unicode"

	"aside"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one client's dialogue. go-smtp may call Reset and Logout while
// Data runs (RSET during BDAT), so what changes stands behind a lock and Data
// works on a copy.
type session struct {
	run    *run
	guard  *guard
	id     string
	remote string
	helo   func() string

	mu    sync.Mutex
	from  string
	utf8  bool
	size  int64 // as the client declares it (RFC 1870); 0 if it does not
	rcpts []string
	mails int // begun in this session
	bad   int // refused recipients and logins
}

func (r *run) newSession(c *smtp.Conn) *session {
	g, _ := c.Conn().(*guard)
	s := &session{run: r, guard: g, id: newSessionID(), remote: remoteIP(c.Conn().RemoteAddr()), helo: c.Hostname}
	g.tooLarge = func(from string) {
		r.server.Log.Info("refused", "session", s.id, "from", from, "remote", s.remote, "code", 552, "reason", "size")
	}
	return s
}

// newSessionID is short enough to be read out and random enough for a log.
func newSessionID() string {
	var b [5]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// reply makes an answer. It must be returned bare: go-smtp does not unwrap.
func reply(code int, class, subject, detail int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: text}
}

// replyLine is an answer as the client reads it, without its line's end.
func replyLine(e *smtp.SMTPError) string {
	return fmt.Sprintf("%d %d.%d.%d %s", e.Code, e.EnhancedCode[0], e.EnhancedCode[1], e.EnhancedCode[2], e.Message)
}

var errTooManyErrors = reply(421, 4, 7, 0, "Too many errors, please come back later")

// Reset forgets the mail.
func (s *session) Reset() {
	s.guard.reset()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.utf8, s.size, s.rcpts = "", false, 0, nil
}

// Logout has nothing to free.
func (s *session) Logout() error { return nil }

// Mail begins a mail; one begun before is forgotten with its recipients.
func (s *session) Mail(from string, opts *smtp.MailOptions) error {
	if strings.ContainsFunc(from, unicode.IsControl) {
		return reply(501, 5, 1, 7, "The sender's address holds control characters")
	}
	from = canonicalAddress(from)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.rcpts, s.utf8, s.size = from, nil, false, 0
	if opts != nil {
		s.utf8, s.size = opts.UTF8, opts.Size
	}
	if s.bad >= s.guard.settings.Limits.BadCommands {
		return s.tooMany()
	}
	if s.run.senders.over(aside.FoldAddress(from), s.guard.settings.Limits.PerSender, s.run.server.Now()) {
		s.run.server.Log.Info("deferred", "session", s.id, "from", from, "code", 450, "reason", "sender's rate")
		return reply(450, 4, 7, 1, "Too many mails from this sender, please try again in a minute")
	}
	return nil
}

// Rcpt takes or refuses a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.guard.barePostmaster {
		to = "postmaster"
	}
	if strings.ContainsFunc(to, unicode.IsControl) {
		return reply(501, 5, 1, 3, "The address holds control characters")
	}
	to = canonicalAddress(to)
	s.mu.Lock()
	defer s.mu.Unlock()
	limits := s.guard.settings.Limits
	if s.bad >= limits.BadCommands {
		return s.tooMany()
	}
	if len(s.rcpts) >= limits.Recipients {
		return reply(452, 4, 5, 3, "Too many recipients, please send the others separately")
	}
	if !s.run.server.Recipient(to) {
		s.run.server.Log.Info("refused", "session", s.id, "from", s.from, "rcpts", []string{to}, "code", 550, "reason", "recipient")
		if s.bad++; s.bad >= limits.BadCommands {
			return s.tooMany()
		}
		return reply(550, 5, 1, 1, "No such address here")
	}
	for _, r := range s.rcpts {
		if strings.EqualFold(r, to) {
			return nil
		}
	}
	s.rcpts = append(s.rcpts, to)
	return nil
}

// tooMany ends the session after its answer.
func (s *session) tooMany() error {
	s.guard.leave("")
	return errTooManyErrors
}

// AuthMechanisms offers none: agents log in elsewhere.
func (s *session) AuthMechanisms() []string { return nil }

// Auth refuses, and counts.
func (s *session) Auth(string) (sasl.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bad++; s.bad >= s.guard.settings.Limits.BadCommands {
		return nil, s.tooMany()
	}
	return nil, reply(502, 5, 5, 1, "Logging in is not possible here")
}

// Data takes the content of a mail. Every return is a bare *smtp.SMTPError.
func (s *session) Data(r io.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.run.server.Log.Error("panic", "session", s.id, "in", "data", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errTryAgain
		}
	}()
	s.run.mails.Add(1)
	defer s.run.mails.Done()
	// Twice the size leaves room for dots doubled and lines refused.
	s.guard.begin(2*s.guard.settings.MaxMessage + commandBudget)
	defer s.guard.end()
	t := s.begin()
	if t == nil {
		return reply(503, 5, 5, 1, "Name a sender and a recipient first")
	}
	if _, chunks := r.(*io.PipeReader); !chunks { // it is not BDAT
		r = &content{guard: s.guard, ours: r, left: s.guard.settings.MaxMessage}
	}
	return t.take(s.run.ctx, r)
}

// begin copies what is known of the mail.
func (s *session) begin() *transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rcpts) == 0 || s.bad >= s.guard.settings.Limits.BadCommands {
		return nil
	}
	s.mails++
	now := s.run.server.Now()
	return &transaction{run: s.run, hostname: s.guard.settings.Hostname, with: s.protocol(), size: s.size, in: &aside.Inbound{
		Session: fmt.Sprintf("%s-%d", s.id, s.mails), Channel: aside.ChannelSMTP,
		MailFrom: s.from, Recipients: append([]string(nil), s.rcpts...),
		Remote: s.remote, Helo: cleanHelo(s.helo()), ReceivedAt: now,
	}}
}

// protocol names how the mail came, for Received (RFC 3848, RFC 6531 section
// 4.3).
func (s *session) protocol() string {
	with := "ESMTP"
	switch {
	case s.utf8:
		with = "UTF8SMTP"
	case s.guard.plain.Load() && !s.guard.secure():
		return "SMTP"
	}
	if s.guard.secure() {
		with += "S"
	}
	return with
}

// canonicalAddress gives an address back the quotes that go-smtp removed from
// its local part where it needs them. The domain begins at the last @.
func canonicalAddress(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return addr
	}
	local, domain := addr[:at], addr[at+1:]
	if strings.ContainsAny(local, " \t\"(),:;<>@[\\]") || local == "" || strings.Contains(local, "..") || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") {
		local = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
	}
	return strings.ToValidUTF8(local+"@"+domain, "\uFFFD")
}

// cleanHelo keeps what can stand in a Received field.
func cleanHelo(helo string) string {
	helo = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`()<>;,"\`, r) {
			return -1
		}
		return r
	}, helo)
	if len(helo) > 255 {
		helo = helo[:255]
	}
	if helo == "" {
		return "unknown"
	}
	return helo
}

// replyTo makes the answer of what Receive returned.
func replyTo(id string, err error) *smtp.SMTPError {
	var refusal *Refusal
	switch {
	case err == nil:
		return reply(250, 2, 0, 0, "OK: "+id)
	case errors.As(err, &refusal):
		e := reply(refusal.Code, 5, 0, 0, refusal.Text)
		fmt.Sscanf(refusal.Enhanced, "%d.%d.%d", &e.EnhancedCode[0], &e.EnhancedCode[1], &e.EnhancedCode[2])
		return e
	}
	return errTryAgain
}

var (
	errTryAgain = reply(451, 4, 3, 0, "Could not store the message, please try again")
	errBusy     = reply(451, 4, 3, 2, "Too much mail is coming in, please try again later")
	errBroken   = reply(451, 4, 4, 2, "The connection broke off, please try again")
	errHops     = reply(554, 5, 4, 6, "Too many hops: the mail goes in a circle")
	errLine     = reply(554, 5, 6, 0, "A line of the mail is longer than 64 kB")
)

// inMemory keeps content where the server has no store.
func inMemory(_ context.Context, r io.Reader) (aside.Content, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return aside.Content{}, err
	}
	return contentOf(b), nil
}
