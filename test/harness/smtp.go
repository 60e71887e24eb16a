package harness

import (
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// SMTPError is a reply of the server that refused something.
type SMTPError struct {
	Code int
	Text string
	At   string // the command it answered
}

func (e *SMTPError) Error() string { return fmt.Sprintf("%s: %d %s", e.At, e.Code, e.Text) }

// Session is one SMTP connection to the daemon, for many mails.
type Session struct {
	conn net.Conn
	text *textproto.Conn
}

// Dial opens a session and says EHLO.
func Dial(addr string) (*Session, error) {
	conn, err := net.DialTimeout("tcp", addr, Patience)
	if err != nil {
		return nil, fmt.Errorf("dialling %s: %w", addr, err)
	}
	_ = conn.SetDeadline(time.Now().Add(Patience))
	s := &Session{conn: conn, text: textproto.NewConn(conn)}
	if _, err := s.expect(220, "greeting"); err == nil {
		_, err = s.command(250, "EHLO client.example")
		if err == nil {
			return s, nil
		}
	} else {
		_ = conn.Close()
		return nil, err
	}
	_ = conn.Close()
	return nil, fmt.Errorf("EHLO to %s refused", addr)
}

// Close says QUIT and hangs up.
func (s *Session) Close() {
	_ = s.text.PrintfLine("QUIT")
	_ = s.conn.Close()
}

// Send hands one mail over and returns the id that the 250 names. Line ends
// of raw may be LF.
func (s *Session) Send(from string, rcpts []string, raw []byte) (string, error) {
	_ = s.conn.SetDeadline(time.Now().Add(Patience))
	if _, err := s.command(250, "MAIL FROM:<%s>", from); err != nil {
		return "", err
	}
	for _, r := range rcpts {
		if _, err := s.command(250, "RCPT TO:<%s>", r); err != nil {
			_, _ = s.command(250, "RSET")
			return "", err
		}
	}
	if _, err := s.command(354, "DATA"); err != nil {
		return "", err
	}
	w := s.text.DotWriter()
	if _, err := w.Write(raw); err != nil {
		return "", fmt.Errorf("writing the mail: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("ending the mail: %w", err)
	}
	msg, err := s.expect(250, "end of DATA")
	if err != nil {
		return "", err
	}
	_, id, ok := strings.Cut(msg, "OK: ")
	if !ok {
		return "", fmt.Errorf("the 250 names no id: %q", msg)
	}
	return strings.TrimSpace(id), nil
}

func (s *Session) command(code int, format string, args ...any) (string, error) {
	line := fmt.Sprintf(format, args...)
	if err := s.text.PrintfLine("%s", line); err != nil {
		return "", fmt.Errorf("%s: %w", line, err)
	}
	return s.expect(code, line)
}

func (s *Session) expect(code int, at string) (string, error) {
	got, msg, err := s.text.ReadResponse(code)
	if err == nil {
		return msg, nil
	}
	if _, ok := err.(*textproto.Error); ok {
		return "", &SMTPError{Code: got, Text: msg, At: at}
	}
	return "", fmt.Errorf("%s: %w", at, err)
}
