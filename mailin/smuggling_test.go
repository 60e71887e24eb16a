package mailin

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

// inside is what a smuggler hides in a mail: a whole second one.
const inside = "MAIL FROM:<boss@bank.example>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"

// What some systems take for the end of a mail is none here: the second mail
// hidden behind it stays a part of the first.
func TestEndsThatAreNone(t *testing.T) {
	for _, end := range []string{
		"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\n\n.\n\n", "\r\n.\r\r\n", "\r\n.\r\r\r\n",
		"\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n.\r\x00\n", "\r\n. \r\n", "\r\n..\r\n", "\r\n\v.\r\n", "\r\n\u2028.\u2028", "\x85.\x85",
	} {
		h := open(t, nil)
		c := h.greeted()
		c.envelope()
		c.say("DATA", "354")
		// The smuggled mail's own end is the mail's end.
		c.send("Subject: one\r\n\r\na" + end + inside)
		c.expect("250 2.0.0 OK: ")
		c.say("NOOP", "250 2.0.0 I have")
		all := h.mails()
		if len(all) != 1 || all[0].MailFrom != "jane@customer.example" || !strings.Contains(string(all[0].Raw.Data), "MAIL FROM:<boss@bank.example>") {
			t.Errorf("%q: %d mails", end, len(all))
		}
	}
}

// Where the end is one, it is seen: a CR before it, which go-smtp trips over,
// would leave the client waiting and its next mail a part of this one.
func TestEndBehindCarriageReturns(t *testing.T) {
	for _, body := range []string{"a\r\r\n.\r\n", "a\r\r\r\r\n.\r\n", "a\r\n.\r\r\n.\r\n", "\r\r\n.\r\n", ".\r\n", "a\r\n\r\n.\r\n", "a\r.\r\n.\r\n", "a\n.\r\n.\r\n"} {
		h := open(t, nil)
		c := h.greeted()
		c.envelope()
		c.say("DATA", "354")
		c.send("Subject: one\r\n\r\n" + body)
		c.expect("250 2.0.0 OK: ")
		c.deliver(smallMail, "250 2.0.0 OK: ")
		if n := len(h.mails()); n != 2 {
			t.Errorf("%q: %d mails", body, n)
		}
	}
}

// FuzzDataLines holds the reader of DATA against RFC 5321: the mail ends at the
// first line that is a dot alone, and its lines lose the dot that they begin
// with.
func FuzzDataLines(f *testing.F) {
	for _, seed := range []string{"a\r\n.\r\nQUIT\r\n", "\r\r\n.\r\n", ".\r\r\n.\r\n", "..\r\n.\r.\r\n", "a\r\n.\n\r\n.\r\n", "..a\r.\r\n.b\n.c"} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, sent []byte, piece uint8) {
		sent = append(append([]byte{}, sent...), "\r\n.\r\nRSET\r\n"...)
		in := bufio.NewReaderSize(&pieces{b: sent, n: int(piece)%40 + 1}, 16)
		var d dataLines
		var got []byte
		for ended := false; !ended; {
			var out []byte
			var err error
			if out, ended, err = d.take(in); err != nil {
				t.Fatalf("no end: %v", err)
			}
			got = append(got, out...)
		}
		rest, _ := io.ReadAll(in)
		end := strings.Index("\r\n"+string(sent), "\r\n.\r\n") // octets of content before it
		if want := len(sent) - end - len(".\r\n"); len(rest) != want {
			t.Fatalf("%q: %d octets are left, want %d", sent, len(rest), want)
		}
		lines := regexp.MustCompile(`\r+\n`).Split(string(sent[:end]), -1)
		for i, line := range lines {
			line = regexp.MustCompile(`\r+`).ReplaceAllString(line, "\r")
			if dotless, ok := strings.CutPrefix(line, "."); ok {
				line = strings.TrimPrefix(dotless, "\r")
			}
			lines[i] = line
		}
		if want := strings.Join(lines, "\r\n"); string(got) != want {
			t.Fatalf("%q became %q, want %q", sent, got, want)
		}
	})
}

// pieces is a connection that gives its octets a few at a time.
type pieces struct {
	b []byte
	n int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.n)], p.b)
	p.b = p.b[n:]
	return n, nil
}

// Commands that come in one piece with a mail's end are commands like others.
func TestCommandsBehindTheDot(t *testing.T) {
	h := open(t, func(s *setup) { s.TLS = testTLS(t) })
	c := h.greeted()
	c.envelope()
	c.say("DATA", "354")
	c.send(smallMail + ".\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nBDAT 10\r\nSTARTTLS\r\nBDAT 0 LAST\r\n")
	for _, want := range []string{"250 2.0.0 OK: ", "250", "250", "250", "250 2.0.0 OK: "} {
		c.expect(want)
	}
	c.envelope()
	c.say("DATA", "354")
	c.send(smallMail + ".\r\nSTARTTLS\r\nMAIL FROM:<evil@x.example>\r\n")
	c.expect("250 2.0.0 OK: ")
	c.expect("503 5.5.1")
	c.gone()
	if all := h.mails(); len(all) != 3 || len(all[1].Recipients) != 1 || all[1].Recipients[0] != "postmaster" {
		t.Errorf("%d mails", len(all))
	}
}

// A client that does not wait for the answer to DATA, and is refused, sends a
// mail whose lines are no commands.
func TestRefusedDataWithItsMail(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.send("MAIL FROM:<jane@customer.example>\r\nRCPT TO:<nobody@example.com>\r\nDATA\r\nRSET\r\n" + inside)
	c.expect("250")
	c.expect("550")
	c.expect("503 5.5.1")
	c.gone()
	// The refusal alone ends nothing.
	c = h.greeted()
	c.say("DATA", "503 5.5.1")
	c.say("DATA now", "501")
	c.deliver(smallMail, "250 2.0.0 OK: ")
	if n := len(h.mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// A chunk whose size nobody understands leaves client and server with different
// views of what is content: the session ends.
func TestChunksOfNoSize(t *testing.T) {
	h := open(t, nil)
	for _, line := range []string{"BDAT", "BDAT x", "BDAT -1", "BDAT +5", "BDAT 5 FIRST", "BDAT 5 LAST x", "BDAT 0x10 LAST", "BDAT 99999999999 LAST", "BDAT 4294967296 LAST"} {
		c := h.greeted()
		c.envelope()
		c.send(line + "\r\n" + inside)
		c.expect("501")
		c.gone()
	}
	// What go-smtp does not take for BDAT is not taken for it here either.
	for _, line := range []string{" BDAT 300 LAST", "BDAT\t300 LAST"} {
		c := h.greeted()
		c.envelope()
		c.send(line + "\r\nNOOP\r\n")
		c.expect("500")
		c.expect("250 2.0.0 I have")
	}
	if n := len(h.mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// A chunk belongs to its command even where that is refused, and the two ways
// to send a mail do not mix.
func TestChunksOutOfPlace(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(inside), inside))
	c.expect("503 5.5.1")
	c.deliver(smallMail, "250 2.0.0 OK: ")
	c.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(inside), inside)) // after DATA
	c.expect("503 5.5.1")
	c.envelope()
	c.send("BDAT 12\r\nSubject: a\r\n")
	c.expect("250")
	c.say("DATA", "503 5.5.1")
	c.say("MAIL FROM:<omar@other.example>", "503 5.5.1")
	c.send("BDAT 0 LAST\r\n")
	c.expect("250 2.0.0 OK: ")
	all := h.mails()
	if len(all) != 2 || all[1].MailFrom != "jane@customer.example" || !strings.HasSuffix(string(all[1].Raw.Data), "\r\nSubject: a\r\n") {
		t.Errorf("%d mails", len(all))
	}
}

// A chunk that stops coming is a mail to try again, and the client learns
// nothing of our network. The rest, when it comes, runs as nothing.
func TestChunkThatStops(t *testing.T) {
	h := open(t, func(s *setup) { s.IdleTimeout = 200 * time.Millisecond })
	c := h.greeted()
	c.envelope()
	c.send("BDAT 1000 LAST\r\nSubject: x\r\n")
	c.expect("451 4.4.2 The connection broke off, please try again\r\n")
	c.expect("421")
	c.gone()
	if n := len(h.mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// What a client says of a size, or of eight bits, changes nothing.
func TestDeclarations(t *testing.T) {
	h := open(t, func(s *setup) { s.MaxMessage = 5000 })
	c := h.greeted()
	c.say("MAIL FROM:<a@b.example> SIZE=-1", "501")
	c.say("MAIL FROM:<a@b.example> SIZE=99999999999999999999", "501")
	c.say("MAIL FROM:<a@b.example> SIZE=5001", "552 5.3.4")
	c.say("MAIL FROM:<a@b.example> SIZE=1", "250")
	c.say("RCPT TO:<support@example.com>", "250")
	c.say("DATA", "354")
	eight := "Subject: gr\xc3\xbc\xc3\x9fe\r\n\r\ngr\xfc\xdfe \x00 \xff\r\n" + strings.Repeat("x", 3000) + "\r\n"
	c.send(eight + ".\r\n")
	c.expect("250 2.0.0 OK: ")
	if raw := string(h.mails()[0].Raw.Data); !strings.HasSuffix(raw, eight) {
		t.Error("eight bits did not arrive as they were")
	}
	c.say("MAIL FROM:<a@b.example> SIZE=1", "250")
	c.say("RCPT TO:<support@example.com>", "250")
	c.say("DATA", "354")
	c.send(strings.Repeat("word word\r\n", 1000) + ".\r\n")
	c.expect("552 5.3.4")
}

// Addresses as strangers write them: each is taken apart rightly, or refused.
func TestOddAddresses(t *testing.T) {
	h := open(t, nil)
	for _, tc := range []struct{ rcpt, want string }{
		{`<"a b@c"@example.com>`, `"a b@c"@example.com`},
		{`<@relay.example,@other.example:support@example.com>`, "support@example.com"},
		{`<SUPPORT-x@EXAMPLE.COM>`, ""},
		{`<support@example.com> NOTIFY=NEVER`, ""},
		{`support@example.com`, "support@example.com"},
		{`<>`, ""},
		{`<support@example.com`, ""},
		{`<support@example.com>, <support2@example.com>`, ""},
		{"<support@example.com\x00>", ""},
		{"<support@example.com\rRCPT TO:<support2@example.com>>", ""},
		{`<"\"@example.com>`, ""},
		{`<postmaster>`, "postmaster"},
	} {
		c := h.greeted()
		c.say("MAIL FROM:<>", "250")
		c.send("RCPT TO:" + tc.rcpt + "\r\n")
		if tc.want == "" {
			if line, _ := c.r.ReadString('\n'); !strings.HasPrefix(line, "5") {
				t.Errorf("%q: %q", tc.rcpt, line)
			}
			continue
		}
		c.expect("250")
		c.say("DATA", "354")
		c.send(smallMail + ".\r\n")
		c.expect("250")
		all := h.mails()
		if got := all[len(all)-1].Recipients; len(got) != 1 || got[0] != tc.want {
			t.Errorf("%q is for %q", tc.rcpt, got)
		}
	}
}

func TestLongCommands(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.say("NOOP "+strings.Repeat("x", maxCommand-len("NOOP \r\n")), "250")
	c.send("MAIL FROM:<" + strings.Repeat("x", maxCommand))
	c.expect("500 5.5.6")
	c.gone()
	// A command without its end is none: half a recipient is another one.
	c = h.greeted()
	c.envelope()
	c.send("BDAT 12\r\nSubject: a\r\n")
	c.expect("250")
	c.send("BDAT 0 LAST")
	if err := c.conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, c.conn)
	h.stop()
	if n := len(h.mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// A session that is refused again and again ends, whatever it tries.
func TestManyRefusals(t *testing.T) {
	h := open(t, nil)
	for _, line := range []string{"AUTH PLAIN !", "RCPT TO:<a@b", "MAIL FROM:<a@b.example> SIZE=1x", "BDAT 0", "HELP", "RCPT TO:<support@example.com>"} {
		c := h.greeted()
		n := 0
		for ; n < 2*maxRefusals; n++ {
			c.send(line + "\r\n")
			got, err := c.r.ReadString('\n')
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if strings.HasPrefix(got, "421") {
				break
			}
		}
		if n > maxRefusals {
			t.Errorf("%s: %d times", line, n)
		}
		c.gone()
	}
	// Mail from a session that was often refused before is still taken.
	c := h.greeted()
	for range maxRefusals - 1 {
		c.say("HELP", "502")
	}
	c.deliver(smallMail, "250 2.0.0 OK: ")
}

// dribble sends an octet every so often until the connection is gone, and
// returns what the server said.
func (c *client) dribble(octet string) (said string, after time.Duration) {
	c.t.Helper()
	start := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		b, _ := io.ReadAll(c.r)
		said = string(b)
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return said, time.Since(start)
		case <-tick.C:
			c.conn.Write([]byte(octet))
		}
	}
}

// A client that sends an octet now and then keeps nothing open: neither
// between commands, nor within a mail, nor within a handshake.
func TestDribble(t *testing.T) {
	h := open(t, func(s *setup) { s.TLS = testTLS(t); s.Patience = 300 * time.Millisecond })
	check := func(said, want string, after time.Duration) {
		t.Helper()
		if !strings.HasPrefix(said, want) || after > 5*time.Second {
			t.Errorf("after %v: %q, want %q", after, said, want)
		}
	}
	c := h.greeted()
	said, after := c.dribble("x")
	check(said, "421", after)
	c = h.greeted()
	c.envelope()
	c.say("DATA", "354")
	said, after = c.dribble("x")
	check(said, "451 4.4.2", after)
	c = h.greeted()
	c.envelope()
	c.send("BDAT 1000000\r\n")
	said, after = c.dribble("x")
	check(said, "451 4.4.2", after)
	c = h.greeted()
	c.say("STARTTLS", "220")
	said, after = c.dribble("\x16")
	check(said, "", after)
}

// Mail that comes at more than the least rate may take longer than the
// patience.
func TestFastEnough(t *testing.T) {
	h := open(t, func(s *setup) { s.Patience = 300 * time.Millisecond })
	c := h.greeted()
	c.envelope()
	c.say("DATA", "354")
	start := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Since(start) < time.Second {
		c.send("X-Line: yyyyy\r\n") // some 700 octets a second
		<-tick.C
	}
	c.send("\r\n.\r\n")
	c.expect("250 2.0.0 OK: ")
}

// A client that reads no replies is cut off, and its place is free again.
func TestDeafClient(t *testing.T) {
	h := open(t, func(s *setup) { s.WriteTimeout = 200 * time.Millisecond; s.Limits.Connections = 1 })
	c := h.greeted()
	line := []byte(strings.Repeat("NOOP\r\n", 1000))
	for range 1000 {
		if _, err := c.conn.Write(line); err != nil {
			h.placeFree(t)
			return
		}
	}
	t.Error("6 MB of commands were read whose replies nobody took")
}

// placeFree waits until the only place is free again.
func (h *house) placeFree(t *testing.T) {
	t.Helper()
	for start := time.Now(); time.Since(start) < 2*time.Minute; {
		c := h.dial()
		if line, _ := c.r.ReadString('\n'); strings.HasPrefix(line, "220") {
			return
		}
	}
	t.Error("the place is not free")
}

var errInternal = errors.New(`opening "/var/lib/aside/aside.db": SQL logic error: no such table: ticket (1): store.go:17: read tcp 10.0.0.5:25: i/o timeout`)
