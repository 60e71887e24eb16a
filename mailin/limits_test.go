package mailin

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/mailin/read"
)

func TestNetworks(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1:1000", "192.0.2.1:2000", true},
		{"192.0.2.1:1000", "192.0.2.2:1000", false},
		{"[::ffff:192.0.2.1]:1000", "192.0.2.1:1000", true},
		{"[2001:db8::1]:1000", "[2001:db8::ffff:1]:2000", true},
		{"[2001:db8::1]:1000", "[2001:db8:0:0:8000::1]:1", true},
		{"[2001:db8::1]:1000", "[2001:db8:0:1::1]:1000", false},
		{"[fe80::1%eth0]:1000", "[fe80::2%eth0]:1000", true},
	} {
		a, b := network(addrOf(tc.a)), network(addrOf(tc.b))
		if (a == b) != tc.same || !a.IsValid() {
			t.Errorf("%s is %v, %s is %v", tc.a, a, tc.b, b)
		}
	}
}

type addrOf string

func (addrOf) Network() string  { return "tcp" }
func (a addrOf) String() string { return string(a) }

// conn is a connection from anywhere, for what only looks at its address.
type conn struct {
	net.Conn
	from string
}

func (c conn) RemoteAddr() net.Addr { return addrOf(c.from) }
func (c conn) Close() error         { return nil }

// One network's flood leaves room for another's, up to the limit for all.
func TestTwoNetworks(t *testing.T) {
	l := newListener(nil, &run{server: (&Server{}).withDefaults()})
	e := &era{l, Settings{Limits: Limits{Connections: 5, PerIP: 2}}.withDefaults()}
	admitted := func(from string) *guard { return e.admit(conn{from: from}) }
	first := admitted("[2001:db8::1]:1")
	if first == nil || admitted("[2001:db8::2]:1") == nil || admitted("[2001:db8::3]:1") != nil {
		t.Error("one network has not two places")
	}
	if admitted("192.0.2.1:1") == nil || admitted("192.0.2.2:1") == nil || admitted("192.0.2.3:1") == nil || admitted("192.0.2.4:1") != nil {
		t.Error("all networks have not five places")
	}
	first.Close()
	first.Close() // twice is once
	if admitted("[2001:db8::4]:1") == nil || admitted("192.0.2.5:1") != nil {
		t.Error("a place was not given back, or was given back twice")
	}
}

// The senders counted in a minute are bounded, and so is the count of one.
func TestSendersCounted(t *testing.T) {
	var r senderRate
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for i := range maxSenders + 10 {
		r.count(string(rune('a'+i%26))+time.Duration(i).String(), now)
	}
	if len(r.mails) != maxSenders {
		t.Errorf("%d senders are counted", len(r.mails))
	}
}

// A mail whose reading does not end is filed raw, and its client is answered;
// other mail goes on as soon as reading has noticed.
func TestReadingTakesTooLong(t *testing.T) {
	release := make(chan struct{})
	h := open(t, func(s *setup) {
		s.ReadTimeout, s.MaxReaders = 100*time.Millisecond, 1
		s.KeepPart = func(_ context.Context, r io.Reader) (aside.Content, error) {
			<-release
			return read.Hash(r)
		}
	})
	c := h.greeted()
	c.deliver("From: a@b.example\r\nContent-Type: image/png; name=a.png\r\n\r\nxx\r\n", "250 2.0.0 OK: ")
	in := h.mails()[0]
	if in.Mail != nil || in.ReadError != errTooSlow.Error() || !strings.Contains(string(in.Raw.Data), "name=a.png") {
		t.Errorf("facts %v, error %q", in.Mail, in.ReadError)
	}
	close(release)
	c.deliver(smallMail, "250 2.0.0 OK: ")
	if in := h.mails()[1]; in.Mail == nil {
		t.Errorf("the next mail: %q", in.ReadError)
	}
}

// Mails with many words are read and received one after the other, and others do
// not wait for them, whatever is attached. Who waits too long is asked to come
// again.
func TestPlacesForReading(t *testing.T) {
	inside, goOn := make(chan string), make(chan struct{})
	h := open(t, func(s *setup) {
		s.MaxReaders, s.PlaceTimeout = 2, 200*time.Millisecond
		receive := s.Receive
		s.Receive = func(ctx context.Context, in *aside.Inbound) (string, error) {
			if strings.HasPrefix(in.Mail.Subject, "wait") {
				inside <- in.Mail.Subject
				<-goOn
			}
			return receive(ctx, in)
		}
	})
	mail := func(subject, kind string, size int) string {
		return "Subject: " + subject + "\r\nContent-Type: " + kind + "\r\n\r\n" + strings.Repeat("word word word\r\n", size/16)
	}
	first := h.greeted()
	first.envelope()
	first.say("DATA", "354")
	first.send(mail("wait", "text/plain", 400<<10) + ".\r\n")
	<-inside
	c := h.greeted()
	c.deliver(mail("words", "text/plain", 400<<10), "451 4.3.2 Too much mail is coming in, please try again later\r\n")
	c.deliver(mail("file", "application/pdf", 4<<20), "250")
	c.deliver(mail("few words", "text/plain", 200<<10), "250")
	close(goOn)
	first.expect("250")
	c.deliver(mail("words", "text/plain", 400<<10), "250")
	var got []string
	for _, in := range h.mails() {
		got = append(got, in.Mail.Subject)
	}
	if want := "file, few words, wait, words"; strings.Join(got, ", ") != want {
		t.Errorf("%q were taken, want %s", got, want)
	}
}

// Many mails with large files are read at the same time, and those that fail
// give their places back.
func TestPlacesAreGivenBack(t *testing.T) {
	fails := true
	h := open(t, func(s *setup) {
		s.MaxReaders, s.PlaceTimeout = 1, 2*time.Minute
		s.KeepPart = func(_ context.Context, r io.Reader) (aside.Content, error) {
			if fails {
				panic("boom")
			}
			return read.Hash(r)
		}
	})
	words := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + strings.Repeat("word word word\r\n", 20000)
	mail := words + "--b\r\nContent-Type: image/png\r\n\r\nxx\r\n--b--\r\n"
	c := h.greeted()
	for range 3 {
		c.deliver(mail, "250")
		c.deliver(strings.Repeat("Received: x\r\n", maxHops+1)+mail, "554")
	}
	fails = false
	c.deliver(mail, "250")
	for i, in := range h.mails() {
		if (in.Mail == nil) != (i < 3) {
			t.Errorf("mail %d: %v, %s", i, in.Mail != nil, in.ReadError)
		}
	}
}

// New settings hold for the connections that come, and what is open goes on as
// it began: the limits count both, and an end finds both.
func TestNewSettings(t *testing.T) {
	first := Settings{Hostname: "desk.example.com", MaxMessage: 1000, Limits: Limits{Connections: 2}}
	h := open(t, func(s *setup) { *s.Settings = first })
	before := h.greeted()
	next := first
	next.Hostname, next.MaxMessage, next.TLS = "new.example.com", 2000, testTLS(t)
	h.use(next)
	after := h.dial()
	after.expect("220 new.example.com")
	if got := after.say("EHLO client.example", "250 "); !strings.Contains(got, "SIZE 2000") || !strings.Contains(got, "STARTTLS") {
		t.Errorf("a new connection is offered %q", got)
	}
	if got := before.say("EHLO client.example", "250 "); !strings.HasPrefix(got, "250-desk.example.com") || !strings.Contains(got, "SIZE 1000") || strings.Contains(got, "STARTTLS") {
		t.Errorf("an open connection is offered %q", got)
	}
	h.dial().expect("421")
	large := "\r\n" + strings.Repeat("words\r\n", 200)
	after.deliver(large, "250")
	before.deliver(large, "552")
	if raw := string(h.mails()[0].Raw.Data); !strings.Contains(raw, "by new.example.com with") {
		t.Errorf("trace: %q", raw[:100])
	}
	h.use(first) // without TLS again
	after.say("QUIT", "221")
	after.gone()
	if got := h.greeted().say("EHLO client.example", "250 "); strings.Contains(got, "STARTTLS") {
		t.Errorf("STARTTLS is offered without a certificate: %q", got)
	}
	h.stop()
	before.expect("421 4.3.2")
	before.gone()
}
