package mailout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/emersion/go-smtp"
)

// Transport gets one mail to its one recipient.
type Transport interface {
	// Deliver hands the mail over. It calls write at most once for each
	// connection it tries; write writes the same bytes each time, CRLF line
	// ends, and its errors are returned as they are. What went wrong outside is
	// a *Failure. It must return soon after ctx ends.
	Deliver(ctx context.Context, e Envelope, write func(io.Writer) error) (Answer, error)
	// Close gives up what is kept between deliveries.
	Close() error
}

// Answer is what the other side said to an accepted mail.
type Answer struct {
	Code   int    // 250; 0 where no SMTP was spoken
	Detail string // its words
}

// Failure is a delivery that did not succeed for a reason outside.
type Failure struct {
	Code      int    // of SMTP; 0 when the connection failed
	Detail    string // the remote's words, or what we know instead; one line
	Permanent bool   // trying again does not help
	// Relay says that the relay itself is in trouble (not there, too busy, does
	// not let us in) and was told nothing of this mail: others would fare the
	// same.
	Relay bool
	Err   error // what was being done, and the cause; may be nil
}

// Error says what failed, in the remote's words.
func (f *Failure) Error() string {
	if f.Err != nil {
		return f.Err.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", f.Code, f.Detail))
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// maxDetail bounds how much of a remote's words is kept, in octets.
const maxDetail = 500

// stage is how far a transaction came.
type stage string

const (
	stageConnect stage = "connecting"
	stageHello   stage = "greeting"
	stageAuth    stage = "logging in"
	stageMail    stage = "MAIL"
	stageRcpt    stage = "RCPT"
	stageData    stage = "DATA"
	stageEnd     stage = "end of DATA"
)

// failure judges an error of a relay by RFC 5321 section 4.2.1: 5yz is final,
// everything else may change. Before MAIL nothing was said about this mail, so
// no answer there is final; nor is one that asks us to log in first, which is
// the admin's to mend and no fault of the mail. 421 to MAIL says that the relay
// closes (section 3.8); at RCPT some say by it that this mail should wait.
func failure(at stage, err error) *Failure {
	f := &Failure{Err: fmt.Errorf("%s: %w", at, err)}
	early := at == stageConnect || at == stageHello || at == stageAuth
	var se *smtp.SMTPError
	f.Relay = early
	if !errors.As(err, &se) {
		f.Detail = cut(oneLine(f.Err.Error()), maxDetail)
		return f
	}
	f.Code = se.Code
	f.Detail = se.Message
	if se.EnhancedCode[0] > 0 {
		f.Detail = fmt.Sprintf("%d.%d.%d %s", se.EnhancedCode[0], se.EnhancedCode[1], se.EnhancedCode[2], se.Message)
	}
	f.Detail = cut(oneLine(f.Detail), maxDetail)
	login := se.Code == 530 || se.Code == 534 || se.Code == 535 || se.Code == 538
	f.Relay = early || login || at == stageMail && se.Code == 421
	f.Permanent = se.Code >= 500 && se.Code < 600 && !f.Relay
	return f
}

// NewTransport reads the relay setting of the config: smtp://, smtp+starttls://
// and smtps:// with host and optional port, or maildir:PATH. hello is the name
// by which we greet, user and password may be empty.
func NewTransport(spec, user, password, hello string) (Transport, error) {
	if dir, ok := strings.CutPrefix(spec, "maildir:"); ok {
		if dir == "" {
			return nil, errors.New(`relay "maildir:" needs a path, as in maildir:/var/mail/aside`)
		}
		return &Maildir{Dir: dir}, nil
	}
	u, err := url.Parse(spec)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("relay %q is none of smtp://HOST:PORT, smtp+starttls://HOST:PORT, smtps://HOST:PORT, maildir:PATH", redact(spec))
	}
	r := &Relay{Host: u.Hostname(), Port: u.Port(), User: user, Password: password, Hello: hello}
	switch u.Scheme {
	case "smtp":
		r.Security = Opportunistic
	case "smtp+starttls":
		r.Security = StartTLS
	case "smtps":
		r.Security = ImplicitTLS
	default:
		return nil, fmt.Errorf("relay %q: unknown scheme %q", redact(spec), u.Scheme)
	}
	if u.User != nil {
		return nil, fmt.Errorf("relay %q: give user and password_file as keys of their own", redact(spec))
	}
	return r, nil
}

// redact keeps a password in an address out of messages.
func redact(spec string) string {
	scheme, rest, ok := strings.Cut(spec, "://")
	if at := strings.LastIndexByte(rest, '@'); ok && at >= 0 {
		return scheme + "://" + rest[at+1:]
	}
	return spec
}
