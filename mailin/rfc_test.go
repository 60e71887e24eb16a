package mailin

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestSizeAsAdvertised: a mail of exactly the octets that SIZE names is taken,
// by DATA as by BDAT (RFC 1870 section 3: larger ones are refused).
func TestSizeAsAdvertised(t *testing.T) {
	head := "From: jane@customer.example\r\n\r\n"
	mail := head + strings.Repeat("x", 998-len(head)) + "\r\n"
	for _, by := range []string{"BDAT", "DATA"} {
		h := open(t, func(s *setup) { s.MaxMessage = 1000 })
		c := h.greeted()
		c.say("MAIL FROM:<jane@customer.example> SIZE=1000", "250")
		c.say("RCPT TO:<support@example.com>", "250")
		if by == "DATA" {
			c.say("DATA", "354")
			c.send(mail + ".\r\n")
		} else {
			c.send("BDAT 1000 LAST\r\n" + mail)
		}
		c.expect("250 2.0.0 OK")
	}
}

// TestUnknownCommands: what a server does not know is refused like other
// commands, and ends a session no sooner, with 421.
func TestUnknownCommands(t *testing.T) {
	h := open(t, nil)
	for _, line := range []string{"XCLIENT ADDR=192.0.2.1", "ETRN example.com", "XYZ", "", "STARTTLSX", "MAIL TO:<x>"} {
		c := h.greeted()
		for range maxRefusals {
			c.say(line, "50")
		}
		c.expect("421 4.7.0")
		c.gone()
	}
}

// TestUnknownCommandsAtOnce: commands that came together are answered in their
// order, and those behind the last refusal that is allowed not at all.
func TestUnknownCommandsAtOnce(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.send("XYZ\r\nNOOP\r\n" + strings.Repeat("XYZ\r\n", maxRefusals) + "NOOP\r\n")
	c.expect("500 5.5.2")
	c.expect("250")
	for range maxRefusals - 1 {
		c.expect("500 5.5.2")
	}
	c.expect("421 4.7.0")
	c.gone()
}

// TestOutOfSequence: a command that is known and comes too early is refused as
// that (RFC 5321 section 4.2.2).
func TestOutOfSequence(t *testing.T) {
	h := open(t, nil)
	c := h.dial()
	c.expect("220 ")
	for _, line := range []string{"MAIL FROM:<jane@customer.example>", "RCPT TO:<support@example.com>", "DATA", "BDAT 0 LAST", "AUTH PLAIN"} {
		c.say(line, "503 5.5.1")
	}
	c.say("EHLO client.example", "250")
	c.say("RCPT TO:<support@example.com>", "503 5.5.1")
	c.say("MAIL FROM:<jane@customer.example>", "250")
	c.say("DATA", "503 5.5.1")
	c.say("VRFY jane", "252")
	c.say("EXPN all", "502 5.5.1")
}

// TestUnknownParameters: they are refused as that (RFC 5321 section 4.1.1.11),
// and the session goes on without them. An address outside ASCII is taken
// without SMTPUTF8, though RFC 6531 section 3.5 has 553: such mail comes.
func TestUnknownParameters(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	for _, parameter := range []string{"FOO=BAR", "RET=HDRS", "ENVID=x"} {
		c.say("MAIL FROM:<jane@customer.example> "+parameter, "555 5.5.4")
	}
	c.say("MAIL FROM:<jane@customer.example> SIZE=x", "501 5.5.4")
	c.say("MAIL FROM:<jöhn@customer.example>", "250")
	for _, parameter := range []string{"FOO=BAR", "NOTIFY=NEVER", "ORCPT=rfc822;x@y.example"} {
		c.say("RCPT TO:<support@example.com> "+parameter, "555 5.5.4")
	}
	c.say("RCPT TO:<support@example.com>", "250")
}

// TestBlanksBehindCommands: trailing white space is tolerated (RFC 5321 section
// 4.1.1), and a mail whose DATA has some is no reason to hang up.
func TestBlanksBehindCommands(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.say("NOOP ", "250")
	c.say("RSET ", "250")
	c.say("MAIL FROM:<jane@customer.example> ", "250")
	c.say("RCPT TO:<support@example.com> ", "250")
	c.say("DATA ", "354")
	c.send(smallMail + ".\r\n")
	c.expect("250")
	c.say("QUIT ", "221")
}

// TestGreetingsNameTheServer: the first word of the answer to EHLO and HELO is
// the server's domain (RFC 5321 section 4.1.1.1), and no status code stands
// there (RFC 2034 section 3).
func TestGreetingsNameTheServer(t *testing.T) {
	h := open(t, nil)
	for verb, first := range map[string]string{"EHLO": "250-desk.example.com ", "HELO": "250 desk.example.com "} {
		c := h.dial()
		c.expect("220 ")
		if got := c.say(verb+" client.example", "250 "); !strings.HasPrefix(got, first) {
			t.Errorf("%s is answered by %q", verb, got)
		}
	}
}

// TestStartTLSForgetsTheGreeting: what was said before the handshake is
// forgotten (RFC 3207 section 4.2), and STARTTLS has no parameters (section 4).
func TestStartTLSForgetsTheGreeting(t *testing.T) {
	h := open(t, func(s *setup) { s.TLS = testTLS(t) })
	c := h.greeted()
	c.say("STARTTLS x", "501 5.5.4")
	c.encrypt()
	c.say("STARTTLS", "503 5.5.1")
	c.say("MAIL FROM:<jane@customer.example>", "503 5.5.1")
	c.say("EHLO again.example", "250")
	c.deliver(smallMail, "250")
	if got := h.mails()[0].Helo; got != "again.example" {
		t.Errorf("Received would name %q", got)
	}
}

// TestTooLargeInOneLine: of a mail that is too large the sender hears that, even
// where a line of it is too long as well.
func TestTooLargeInOneLine(t *testing.T) {
	g := &guard{mode: sendingData, in: bufio.NewReaderSize(strings.NewReader("\r\n\r\n"+strings.Repeat("x", 2*maxLineLength)), 4096)}
	if _, err := io.ReadAll(&content{guard: g, left: maxLineLength}); err != smtp.ErrDataTooLarge {
		t.Errorf("it is refused with %v", err)
	}
}

// Most senders say how large a mail is, so most of what is too large is refused
// before it comes; the log tells of it all the same.
func TestRefusedMailIsLogged(t *testing.T) {
	for _, by := range []string{"MAIL", "BDAT", "DATA"} {
		h := open(t, func(s *setup) { s.MaxMessage = 1000 })
		c := h.greeted()
		large := strings.Repeat("some words\r\n", 200)
		switch by {
		case "MAIL":
			c.say("MAIL FROM:<jane@customer.example> SIZE=5000", "552")
		case "BDAT":
			c.envelope()
			c.send("BDAT 2400 LAST\r\n" + large)
			c.expect("552")
		case "DATA":
			c.deliver(large, "552")
		}
		if log := h.log.String(); strings.Count(log, "msg=refused") != 1 || !strings.Contains(log, "from=jane@customer.example") || !strings.Contains(log, "code=552") {
			t.Errorf("%s is answered 552, and the log says:\n%s", by, log)
		}
	}
}
