package mailin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"aside"
)

func TestAcceptedMail(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	h := open(t, func(s *setup) { s.Now = func() time.Time { return now } })
	c := h.greeted()
	answer := c.deliver(smallMail, "250 2.0.0 OK: in-")
	in := h.mails()[0]
	if want := "250 2.0.0 OK: in-" + in.Session + "\r\n"; answer != want {
		t.Errorf("answer %q, want %q", answer, want)
	}
	raw := string(in.Raw.Data)
	trace, content, _ := strings.Cut(raw, "From: Jane")
	wantTrace := "Received: from client.example ([127.0.0.1])\r\n\tby desk.example.com with ESMTP id " + in.Session + ";\r\n\tMon, 02 Nov 2026 09:00:00 +0000\r\n"
	if trace != wantTrace {
		t.Errorf("trace %q, want %q", trace, wantTrace)
	}
	if !strings.HasSuffix(content, "It broke.\r\n.\r\n") {
		t.Errorf("content %q: dots must be unstuffed", content)
	}
	if in.Mail == nil || in.Mail.Subject != "Kettle" || in.Mail.From.Address != "jane@customer.example" {
		t.Errorf("facts %+v", in.Mail)
	}
	if in.MailFrom != "jane@customer.example" || len(in.Recipients) != 1 || in.Helo != "client.example" || in.Remote != "127.0.0.1" || !in.ReceivedAt.Equal(now) {
		t.Errorf("envelope %+v", in)
	}
	if in.Raw.Size != int64(len(raw)) || len(in.Raw.SHA256) != 64 {
		t.Errorf("raw %d %s", in.Raw.Size, in.Raw.SHA256)
	}
	c.say("QUIT", "221")
	h.stop()
	if log := h.log.String(); !strings.Contains(log, "msg=received session="+in.Session+" id=in-"+in.Session+" from=jane@customer.example") || strings.Contains(log, "broke") {
		t.Errorf("log: %s", log)
	}
}

func TestCapabilities(t *testing.T) {
	h := open(t, func(s *setup) { s.TLS = testTLS(t); s.MaxMessage = 1000 })
	c := h.dial()
	c.expect("220 ")
	got := c.say("EHLO x", "250 ")
	for _, want := range []string{"SIZE 1000", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "CHUNKING", "STARTTLS"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %q", want, got)
		}
	}
	if strings.Contains(got, "AUTH") {
		t.Errorf("AUTH offered: %q", got)
	}
	c.encrypt()
	if got := c.say("EHLO x", "250 "); strings.Contains(got, "STARTTLS") || !strings.Contains(got, "CHUNKING") {
		t.Errorf("after STARTTLS: %q", got)
	}
	c.say("STARTTLS", "503")
	c.deliver(smallMail, "250 2.0.0 OK")
	if raw := string(h.mails()[0].Raw.Data); !strings.Contains(raw, "with ESMTPS id") {
		t.Errorf("trace: %q", raw[:200])
	}
	c.say("QUIT", "221")
	if _, err := c.r.ReadByte(); err != io.EOF { // an orderly close_notify
		t.Errorf("after QUIT: %v", err)
	}
}

func TestCommandsBeforeHandshake(t *testing.T) {
	h := open(t, func(s *setup) { s.TLS = testTLS(t) })
	c := h.greeted()
	c.send("STARTTLS\r\nMAIL FROM:<evil@x.example>\r\n")
	c.expect("503 5.5.1")
	c.gone()
}

func TestAnswersOfReceive(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want string
	}{
		{&Refusal{550, "5.7.1", "Not from you"}, "550 5.7.1 Not from you"},
		{fmt.Errorf("placing: %w", &Refusal{554, "5.6.0", "No"}), "554 5.6.0 No"},
		{errors.New("disk /var/lib/x is full"), "451 4.3.0 Could not store the message, please try again\r\n"},
	} {
		h := open(t, nil)
		h.fail = tc.err
		c := h.greeted()
		c.deliver(smallMail, tc.want)
		h.fail = nil
		c.deliver(smallMail, "250 2.0.0 OK: ")
	}
}

func TestReceivePanics(t *testing.T) {
	h := open(t, func(s *setup) {
		s.Receive = func(context.Context, *aside.Inbound) (string, error) { panic("boom") }
	})
	c := h.greeted()
	c.deliver(smallMail, "451 4.3.0")
	c.say("NOOP", "250")
}

// A connection cut within a BDAT chunk must not leave a mail cut short.
func TestChunkCutShort(t *testing.T) {
	for _, secure := range []bool{false, true} {
		h := open(t, func(s *setup) { s.TLS = testTLS(t) })
		c := h.greeted()
		if secure {
			c.encrypt()
			c.say("EHLO client.example", "250 ")
		}
		c.envelope()
		c.send("BDAT 100 LAST\r\nFrom: jane@customer.example\r\n")
		c.conn.Close() // over TLS this is an orderly close_notify
		h.stop()
		if n := len(h.mails()); n != 0 {
			t.Errorf("secure=%v: %d mails taken", secure, n)
		}
	}
}

func TestChunks(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.envelope()
	// What looks like a command within a chunk is content.
	body := "Subject: x\r\n\r\nRCPT TO:<postmaster>\r\nSTARTTLS\r\nDATA\r\n"
	c.send(fmt.Sprintf("BDAT %d\r\n%s", len(body), body))
	c.expect("250")
	c.send("BDAT 4 LAST\r\nend\n")
	c.expect("250 2.0.0 OK: ")
	if raw := string(h.mails()[0].Raw.Data); !strings.HasSuffix(raw, body+"end\n") {
		t.Errorf("raw %q", raw)
	}
	c.say("NOOP", "250")
}

// A reset between chunks ends the session: the library would mix up the
// results of two mails.
func TestResetDuringChunks(t *testing.T) {
	h := open(t, nil)
	for _, line := range []string{"RSET", "EHLO again"} {
		c := h.greeted()
		c.envelope()
		c.send("BDAT 10\r\nSubject: a")
		c.expect("250")
		c.say(line, "250")
		c.expect("421 4.3.0")
		c.gone()
	}
	h.greeted().deliver(smallMail, "250 2.0.0 OK: ")
	if n := len(h.mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// When a mail breaks off, its rest must not run as commands.
func TestIdleWithinData(t *testing.T) {
	h := open(t, func(s *setup) { s.IdleTimeout = 500 * time.Millisecond })
	c := h.greeted()
	c.envelope()
	c.say("DATA", "354")
	c.send("Subject: slow\r\n\r\n")
	c.expect("451 4.4.2")
	c.expect("421 4.4.2")
	c.gone()
	if len(h.mails()) != 0 {
		t.Error("a mail was taken")
	}
}

// A slow but steady sender has all the time of the session.
func TestSlowButSteady(t *testing.T) {
	h := open(t, func(s *setup) { s.IdleTimeout = time.Second })
	c := h.greeted()
	c.envelope()
	c.say("DATA", "354")
	start := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Since(start) < 1500*time.Millisecond {
		c.send("X-Line: y\r\n")
		<-tick.C
	}
	c.send("\r\n.\r\n")
	c.expect("250 2.0.0 OK: ")
}

func TestIdleBetweenCommands(t *testing.T) {
	h := open(t, func(s *setup) { s.IdleTimeout = 30 * time.Millisecond })
	c := h.dial()
	c.expect("220")
	c.expect("421 4.4.2")
	c.gone()
}

func TestSessionTimeout(t *testing.T) {
	h := open(t, func(s *setup) { s.SessionTimeout = 50 * time.Millisecond })
	c := h.dial()
	c.expect("220")
	c.expect("421 4.4.2")
	c.gone()
}

func TestTooLarge(t *testing.T) {
	h := open(t, func(s *setup) { s.MaxMessage = 2000 })
	c := h.greeted()
	c.say("MAIL FROM:<a@b.example> SIZE=3000", "552 5.3.4")
	c.deliver("Subject: x\r\n\r\n"+strings.Repeat("word word word\r\n", 300), "552 5.3.4")
	c.envelope()
	c.send("BDAT 3000 LAST\r\n" + strings.Repeat("x", 3000))
	c.expect("552 5.3.4")
	c.deliver(smallMail, "250 2.0.0 OK: ")
	if n := len(h.mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// A client that goes on sending after the limit is cut off.
func TestEndlessMail(t *testing.T) {
	h := open(t, func(s *setup) { s.MaxMessage = 2000 })
	c := h.greeted()
	c.envelope()
	c.say("DATA", "354")
	line := []byte(strings.Repeat("x", 998) + "\r\n")
	for i := 0; i < 100000; i++ {
		if _, err := c.conn.Write(line); err != nil {
			return
		}
	}
	t.Error("100 MB were read")
}

func TestEndlessCommands(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	go io.Copy(io.Discard, c.conn)
	line := []byte(strings.Repeat("NOOP\r\n", 1000))
	for i := 0; i < 10000; i++ {
		if _, err := c.conn.Write(line); err != nil {
			return
		}
	}
	t.Error("60 MB of commands were read")
}

func TestLongLine(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.deliver("Subject: x\r\n\r\n"+strings.Repeat("x", 10000)+"\r\n", "250 2.0.0 OK: ")
	c.envelope()
	c.say("DATA", "354")
	// All of it is taken before it is answered: a client whose connection ends
	// while it still writes never sees the answer, and comes again for days.
	c.send("Subject: x\r\n\r\n" + strings.Repeat("x", 70000) + "\n.\r\n" + strings.Repeat("x", 70000) + "\r\n..\r\n" + strings.Repeat("more\r\n", 100000) + ".\r\n")
	c.expect("554 5.6.0")
	c.deliver(smallMail, "250 2.0.0 OK: ")
	if n := len(h.mails()); n != 2 {
		t.Errorf("%d mails were taken", n)
	}
}

func TestSecondMailForgetsRecipients(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.envelope()
	c.say("MAIL FROM:<omar@other.example>", "250")
	c.say("DATA", "354")
	c.send(smallMail + ".\r\n")
	c.expect("503 5.5.1")
	c.say("MAIL FROM:<>", "250")
	c.say("RCPT TO:<support2@example.com>", "250")
	c.say("DATA", "354")
	c.send(smallMail + ".\r\n")
	c.expect("250")
	in := h.mails()[0]
	if in.MailFrom != "" || len(in.Recipients) != 1 || in.Recipients[0] != "support2@example.com" {
		t.Errorf("%+v", in)
	}
}

func TestRecipients(t *testing.T) {
	h := open(t, func(s *setup) { s.TLS = testTLS(t); s.Limits.Recipients = 3 })
	for _, secure := range []bool{false, true} {
		c := h.greeted()
		if secure {
			c.encrypt()
			c.say("EHLO client.example", "250 ")
		}
		c.say("MAIL FROM:<jane@customer.example>", "250")
		c.say("RCPT TO:<nobody@example.com>", "550 5.1.1")
		c.say("RCPT TO:<postmaster>", "250")
		c.say("rcpt to:<PostMaster>", "250") // named twice, counted once
		c.say("RCPT TO:<support2@example.com>", "250")
		c.say(`RCPT TO:<"a b@c"@example.com>`, "250")
		c.say("RCPT TO:<support@example.com>", "452 4.5.3")
		c.say("DATA", "354")
		c.send(smallMail + ".\r\n")
		c.expect("250")
		all := h.mails()
		got := strings.Join(all[len(all)-1].Recipients, " ")
		if want := `postmaster support2@example.com "a b@c"@example.com`; got != want {
			t.Errorf("secure=%v: recipients %s, want %s", secure, got, want)
		}
	}
}

func TestTooManyBadRecipients(t *testing.T) {
	h := open(t, func(s *setup) { s.Limits.BadCommands = 3 })
	c := h.greeted()
	c.say("MAIL FROM:<jane@customer.example>", "250")
	c.say("RCPT TO:<a@example.com>", "550")
	c.say("RCPT TO:<b@example.com>", "550")
	c.say("RCPT TO:<c@example.com>", "421 4.7.0")
	c.gone()
}

func TestTooManyLogins(t *testing.T) {
	h := open(t, func(s *setup) { s.Limits.BadCommands = 3 })
	c := h.greeted()
	c.say("AUTH PLAIN AGEAYg==", "502")
	c.say("AUTH LOGIN", "502")
	c.say("AUTH PLAIN AGEAYg==", "421 4.7.0")
	c.gone()
}

func TestConnectionLimits(t *testing.T) {
	for _, limits := range []Limits{{Connections: 2}, {PerIP: 2}} {
		h := open(t, func(s *setup) { s.Limits = limits })
		a, b := h.greeted(), h.greeted()
		c := h.dial()
		c.expect("421 4.7.0")
		c.gone()
		a.say("QUIT", "221")
		a.gone()
		h.greeted() // the place is free again
		b.say("NOOP", "250")
	}
}

func TestSenderRate(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	h := open(t, func(s *setup) { s.Limits.PerSender = 2; s.Now = func() time.Time { return now } })
	c := h.greeted()
	c.deliver(smallMail, "250")
	c.deliver(smallMail, "250")
	c.say("MAIL FROM:<Jane@customer.example>", "450 4.7.1")
	c.say("MAIL FROM:<>", "250")
	c.say("RSET", "250")
	now = now.Add(time.Minute)
	c.deliver(smallMail, "250")
}

func TestHops(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	trace := "Received: from a by b; Mon, 02 Nov 2026 10:00:00 +0100\r\n"
	c.deliver(strings.Repeat(trace, maxHops-1)+smallMail, "250")
	c.deliver(strings.Repeat(trace, maxHops)+smallMail, "554 5.4.6")
}

// Mail over 64 kB waits in a file that has no name, and goes into the store when
// it was read.
func TestLargeMail(t *testing.T) {
	blobs := map[string]string{}
	dir := t.TempDir()
	h := open(t, func(s *setup) {
		s.SpoolDir = dir
		s.KeepRaw = func(_ context.Context, r io.Reader) (aside.Content, error) {
			b, err := io.ReadAll(r)
			if err != nil {
				return aside.Content{}, err
			}
			c := contentOf(b)
			blobs[c.SHA256], c.Data = string(b), nil
			if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
				t.Errorf("%v lie in the folder (%v)", names, err)
			}
			return c, nil
		}
	})
	c := h.greeted()
	c.deliver(smallMail, "250")
	c.deliver("Subject: large\r\n\r\n"+strings.Repeat("word word word\r\n", 20000), "250")
	all := h.mails()
	if all[0].Raw.Data == nil || len(blobs) != 1 {
		t.Errorf("%d blobs", len(blobs))
	}
	large := all[1]
	if large.Raw.Data != nil || large.Raw.Size < 300000 || large.Mail.Subject != "large" || len(large.Mail.Text) < 290000 {
		t.Errorf("raw %d octets, text %d", large.Raw.Size, len(large.Mail.Text))
	}
	if raw := blobs[large.Raw.SHA256]; int64(len(raw)) != large.Raw.Size || !strings.HasPrefix(raw, "Received: ") || !strings.HasSuffix(raw, "word word word\r\n") {
		t.Errorf("%d octets were kept, %.20q…", len(raw), raw)
	}
}

// What a killed daemon left is removed, and nothing else is.
func TestCleanSpool(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	if err := CleanSpool(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mail-123", "note"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := CleanSpool(dir); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	info, _ := os.Stat(dir)
	if err != nil || len(names) != 1 || names[0].Name() != "note" || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v, %v", names, err, info.Mode())
	}
}

// A full or missing disk makes the client try again, whoever found it so.
func TestStoreFails(t *testing.T) {
	full := func(context.Context, io.Reader) (aside.Content, error) {
		return aside.Content{}, errors.New("disk full")
	}
	attached := "Content-Type: image/png; name=a.png\r\n\r\nxx\r\n"
	large := "\r\n" + strings.Repeat("word word word\r\n", 20000)
	h := open(t, func(s *setup) { s.KeepRaw, s.KeepPart = full, full })
	c := h.greeted()
	c.deliver(attached, "451 4.3.0 Could not store the message, please try again\r\n")
	c.deliver(large, "451 4.3.0")
	c.deliver(smallMail, "250")
	h = open(t, func(s *setup) { s.SpoolDir = filepath.Join(t.TempDir(), "gone") })
	c = h.greeted()
	c.deliver(large, "451 4.3.0 Could not store the message, please try again\r\n")
	c.deliver(smallMail, "250")
	if n := len(h.mails()); n != 1 {
		t.Errorf("%d mails were taken", n)
	}
}

// A mail that cannot be read is still passed on.
func TestUnreadableMail(t *testing.T) {
	calls := 0
	h := open(t, func(s *setup) {
		s.KeepPart = func(context.Context, io.Reader) (aside.Content, error) { calls++; panic("boom") }
	})
	c := h.greeted()
	c.deliver("Content-Type: image/png\r\n\r\nxx\r\n", "250")
	in := h.mails()[0]
	if in.Mail != nil || !strings.Contains(in.ReadError, "boom") || calls != 1 {
		t.Errorf("mail %v, error %q", in.Mail, in.ReadError)
	}
}

// When Serve ends, a running mail is finished, the others are told, and no
// goroutine is left.
func TestShutdown(t *testing.T) {
	before := runtime.NumGoroutine()
	started, finish := make(chan struct{}), make(chan struct{})
	h := open(t, func(s *setup) {
		s.Receive = func(ctx context.Context, in *aside.Inbound) (string, error) {
			close(started)
			<-finish
			return "late", ctx.Err()
		}
	})
	idle, running := h.greeted(), h.greeted()
	running.envelope()
	running.say("DATA", "354")
	running.send(smallMail + ".\r\n")
	<-started
	stopped := make(chan struct{})
	go func() { h.stop(); close(stopped) }()
	idle.expect("421 4.3.2")
	idle.gone()
	close(finish)
	running.expect("250 2.0.0 OK: late")
	running.expect("421 4.3.2")
	running.gone()
	<-stopped
	if c, err := net.Dial("tcp", h.addr); err == nil {
		c.Close()
		t.Error("still listening")
	}
	idle.conn.Close()
	running.conn.Close()
	noGoroutinesLeft(t, before)
}

// After the grace, connections that do not end are closed.
func TestShutdownCutsOff(t *testing.T) {
	h := open(t, func(s *setup) { s.Grace = 50 * time.Millisecond })
	c := h.greeted()
	c.envelope()
	c.say("DATA", "354")
	c.send("Subject: never ends\r\n")
	// The mail has begun for sure once a second session was served.
	h.greeted().say("NOOP", "250")
	h.stop()
	if len(h.mails()) != 0 {
		t.Error("a mail was taken")
	}
}

func TestServeNeedsItsFields(t *testing.T) {
	if err := (&Server{}).Serve(context.Background(), nil); err == nil {
		t.Error("no error")
	}
}

// A whole dialogue in one piece (RFC 2920), and a mail's end that is none
// (bare line feeds), which must not smuggle a second mail in.
func TestPipeliningAndSmuggling(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.send("MAIL FROM:<jane@customer.example>\r\nRCPT TO:<postmaster>\r\nRCPT TO:<nobody@example.com>\r\nDATA\r\n")
	c.expect("250")
	c.expect("250")
	c.expect("550")
	c.expect("354")
	c.send("Subject: one\r\n\r\na\n.\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<postmaster>\r\nb\r\n.\n\r\n.\r\nNOOP\r\nQUIT\r\n")
	c.expect("250 2.0.0 OK: ")
	c.expect("250")
	c.expect("221")
	c.gone()
	all := h.mails()
	if len(all) != 1 || !strings.Contains(all[0].Mail.Text, "MAIL FROM:<evil@x.example>\nRCPT TO:<postmaster>\n") {
		t.Errorf("%d mails: %+v", len(all), all[0].Mail)
	}
}

func TestPlainHELO(t *testing.T) {
	h := open(t, nil)
	c := h.dial()
	c.expect("220")
	c.say("HELO [IPv6:2001:db8::1]", "250")
	c.deliver(smallMail, "250")
	if raw := string(h.mails()[0].Raw.Data); !strings.HasPrefix(raw, "Received: from [IPv6:2001:db8::1] ([127.0.0.1])\r\n\tby desk.example.com with SMTP id") {
		t.Errorf("trace: %q", raw[:150])
	}
}

// Two mails in one session have two ids.
func TestSessionIDs(t *testing.T) {
	h := open(t, nil)
	c := h.greeted()
	c.deliver(smallMail, "250")
	c.deliver(smallMail, "250")
	a, b := h.mails()[0].Session, h.mails()[1].Session
	if a == b || len(a) < 8 || strings.TrimSuffix(a, "-1") != strings.TrimSuffix(b, "-2") {
		t.Errorf("sessions %q and %q", a, b)
	}
}

// FuzzSession holds that no bytes of a client make the server panic, hang, or
// take a mail without an envelope.
func FuzzSession(f *testing.F) {
	h := open(f, func(s *setup) { s.MaxMessage = 10000; s.Limits.PerIP = 100 })
	f.Add([]byte("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<postmaster>\r\nDATA\r\nSubject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n"))
	f.Add([]byte("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<support@example.com>\r\nBDAT 3\r\nabcRSET\r\nBDAT 0 LAST\r\n"))
	f.Add([]byte("STARTTLS\r\nAUTH PLAIN\r\nRCPT TO:<postmaster>\r\nVRFY x\r\nDATA\r\n\r\n.\r\n"))
	f.Fuzz(func(t *testing.T, input []byte) {
		conn, err := net.Dial("tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(2 * time.Minute))
		conn.Write(input)
		conn.(*net.TCPConn).CloseWrite()
		if _, err := io.Copy(io.Discard, conn); err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("the session did not end: %v", err)
		}
		for _, in := range h.mails() {
			if len(in.Recipients) == 0 || in.Mail == nil && in.ReadError == "" {
				t.Errorf("%+v", in)
			}
		}
		// The library's own panics, which it recovers, are not ours.
		if log := h.log.String(); strings.Contains(log, "msg=panic") {
			t.Error(log)
		}
	})
}
