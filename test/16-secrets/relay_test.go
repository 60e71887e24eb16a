package secrets

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// relay is a curious one with a login: it keeps what it is told in maildirs,
// as the harness reads them, and where it refuses it repeats what it heard.
type relay struct {
	dir, user, password string

	mu     sync.Mutex
	n      int
	logins int
	heard  []string // everything that came over the wire as an address
}

type relaySession struct {
	r    *relay
	from string
	to   []string
}

// startRelay serves on loopback until the test ends, and returns its address.
func startRelay(t *testing.T, r *relay) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(r)
	s.Domain, s.AllowInsecureAuth = "relay.example", true
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

func (r *relay) NewSession(*smtp.Conn) (smtp.Session, error) { return &relaySession{r: r}, nil }

func (s *relaySession) Reset()                   { s.to = nil }
func (s *relaySession) Logout() error            { return nil }
func (s *relaySession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *relaySession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.r.user || password != s.r.password {
			return smtp.ErrAuthFailed
		}
		s.r.mu.Lock()
		defer s.r.mu.Unlock()
		s.r.logins++
		return nil
	}), nil
}

func (s *relaySession) Mail(from string, _ *smtp.MailOptions) error {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.from, s.r.heard = from, append(s.r.heard, from)
	return nil
}

func (s *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.Contains(to, "nobody@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + "> is nobody, tell <" + s.from + "> who logged in by " + s.r.password + " or " +
			base64.StdEncoding.EncodeToString([]byte("\x00"+s.r.user+"\x00"+s.r.password)) + " or " + base64.StdEncoding.EncodeToString([]byte(s.r.password))}
	case strings.Contains(to, "later@"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "greylisted, " + s.from}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *relaySession) Data(in io.Reader) error {
	body, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	for _, to := range s.to {
		box := filepath.Join(s.r.dir, strings.ToLower(to), "new")
		if err := os.MkdirAll(box, 0o700); err != nil {
			return err
		}
		s.r.n++
		text := fmt.Sprintf("Return-Path: <%s>\nDelivered-To: %s\n%s", s.from, to, strings.ReplaceAll(string(body), "\r\n", "\n"))
		tmp := filepath.Join(s.r.dir, fmt.Sprintf("%d.tmp", s.r.n))
		if err := os.WriteFile(tmp, []byte(text), 0o600); err != nil {
			return err
		}
		if err := os.Rename(tmp, filepath.Join(box, fmt.Sprintf("%06d", s.r.n))); err != nil {
			return err
		}
	}
	return nil
}
