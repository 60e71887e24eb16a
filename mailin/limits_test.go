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
	s := (&Server{Limits: Limits{Connections: 5, PerIP: 2}}).withDefaults()
	l := newListener(nil, &run{server: s})
	admitted := func(from string) *guard { return l.admit(conn{from: from}) }
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
	h := open(t, func(s *Server) {
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

// Large mails are read one after the other, and small ones do not wait for
// them: a place is taken as soon as both kinds have one.
func TestPlacesForReading(t *testing.T) {
	r := &run{server: (&Server{}).withDefaults(), readers: make(chan struct{}, 3), large: make(chan struct{}, 1)}
	over, end := context.WithCancel(t.Context())
	end()
	mail := func(size int64) *transaction {
		return &transaction{run: r, in: &aside.Inbound{Raw: aside.Content{Size: size}}}
	}
	free, err := mail(35 << 20).place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mail(largeMail + 1).place(over); err == nil {
		t.Error("two large mails are read at once")
	}
	freeSmall, err := mail(largeMail).place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	free()
	freeSmall()
	if len(r.readers) != 0 || len(r.large) != 0 {
		t.Errorf("%d and %d places are still taken", len(r.readers), len(r.large))
	}
	if free, err = mail(35 << 20).place(t.Context()); err != nil {
		t.Fatal(err)
	}
	free()
}
