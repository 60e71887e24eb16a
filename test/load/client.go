package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// session is one SMTP connection that stays open from mail to mail.
type session struct {
	conn       net.Conn
	r          *bufio.Reader
	pipelining bool // offered, and so used, as mail servers do (RFC 2920)
}

// refused is a reply that is no yes.
type refused struct {
	code int
	text string
}

func (r *refused) Error() string { return r.text }

// temporary reports a 4xx, or a connection that broke: an MTA comes again.
func temporary(err error) bool {
	var r *refused
	return !errors.As(err, &r) || r.code < 500
}

// dial connects from the n-th address of loopback, so that each client is
// another machine to the daemon's limits, and says EHLO.
func dial(addr string, n int) (*session, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	if n > 0 {
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, byte(1+n>>16), byte(n>>8), byte(1+n%250))}
	}
	conn, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	s := &session{conn: conn, r: bufio.NewReader(conn)}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute))
	if _, err = s.reply(220); err == nil {
		_, err = s.ask("EHLO mx.customer.example\r\n", 250)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return s, nil
}

func (s *session) quit() {
	_, _ = io.WriteString(s.conn, "QUIT\r\n")
	_ = s.conn.Close()
}

// send hands a mail over, dot-stuffed already and without its last line, and
// returns the id that the 250 names.
func (s *session) send(from string, to []string, raw []byte) (id string, err error) {
	_ = s.conn.SetDeadline(time.Now().Add(5 * time.Minute))
	if err := s.envelope(from, to); err != nil {
		return "", err
	}
	b := net.Buffers{raw, []byte(".\r\n")}
	if _, err = b.WriteTo(s.conn); err != nil {
		return "", fmt.Errorf("send the mail: %w", err)
	}
	text, err := s.reply(250)
	_, id, _ = strings.Cut(text, "OK: ")
	return strings.TrimSpace(id), err
}

// envelope comes as far as the mail's own bytes.
func (s *session) envelope(from string, to []string) error {
	lines := []string{"MAIL FROM:<" + from + ">\r\n"}
	for _, r := range to {
		lines = append(lines, "RCPT TO:<"+r+">\r\n")
	}
	if !s.pipelining {
		for _, line := range lines {
			if _, err := s.ask(line, 250); err != nil {
				return err
			}
		}
		_, err := s.ask("DATA\r\n", 354)
		return err
	}
	if _, err := io.WriteString(s.conn, strings.Join(lines, "")+"DATA\r\n"); err != nil {
		return err
	}
	var refusal error
	for range lines {
		if _, err := s.reply(250); refusal == nil {
			refusal = err
		}
	}
	_, err := s.reply(354)
	if refusal == nil || err != nil {
		return cmp.Or(refusal, err)
	}
	if _, err := io.WriteString(s.conn, ".\r\n"); err == nil {
		_, _ = s.reply(250) // of a mail that nobody gets
	}
	return refusal
}

func (s *session) ask(line string, code int) (string, error) {
	if _, err := io.WriteString(s.conn, line); err != nil {
		return "", err
	}
	return s.reply(code)
}

func (s *session) reply(code int) (string, error) {
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		s.pipelining = s.pipelining || len(line) > 4 && strings.TrimSpace(line[4:]) == "PIPELINING"
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		got, err := strconv.Atoi(line[:min(3, len(line))])
		if err != nil {
			return "", fmt.Errorf("no SMTP reply: %q", line)
		}
		if got != code {
			return line, &refused{got, strings.TrimSpace(line)}
		}
		return line, nil
	}
}

// stuffed doubles the dots at the beginnings of lines (RFC 5321 section 4.5.2).
func stuffed(raw []byte) []byte {
	if bytes.HasPrefix(raw, []byte(".")) {
		raw = append([]byte("."), raw...)
	}
	return bytes.ReplaceAll(raw, []byte("\r\n."), []byte("\r\n.."))
}
