package mailin

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"aside"
)

// house is a Server on a loopback port with what it received.
type house struct {
	t    testing.TB
	addr string
	stop func() // ends Serve and waits for it
	log  *lockedBuffer

	mu       sync.Mutex
	settings Settings // of connections to come
	got      []*aside.Inbound
	fail     error // what Receive returns
}

// renewable gives the settings in force, which use may change.
func (h *house) renewable(first Settings) func() Settings {
	h.use(first)
	return func() Settings {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.settings
	}
}

// use puts settings in force for the connections to come.
func (h *house) use(s Settings) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settings = s
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// setup is a server with its settings, for a test to change.
type setup struct {
	*Server
	*Settings
}

// open starts a server; change sets it up.
func open(t testing.TB, change func(*setup)) *house {
	t.Helper()
	h := &house{t: t, log: &lockedBuffer{}}
	s := &Server{
		Recipient: func(addr string) bool {
			return addr == "postmaster" || strings.HasPrefix(addr, "support") || strings.HasPrefix(addr, `"`)
		},
		Receive: h.receive,
		Log:     slog.New(slog.NewTextHandler(h.log, nil)),
		Grace:   time.Minute,
	}
	settings := Settings{Hostname: "desk.example.com"}
	if change != nil {
		change(&setup{s, &settings})
	}
	s.Settings = h.renewable(settings)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	var once sync.Once
	h.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
	}
	t.Cleanup(h.stop)
	return h
}

func (h *house) receive(_ context.Context, in *aside.Inbound) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail != nil {
		return "", h.fail
	}
	h.got = append(h.got, in)
	return "in-" + in.Session, nil
}

func (h *house) mails() []*aside.Inbound {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*aside.Inbound(nil), h.got...)
}

// client speaks a dialogue line by line.
type client struct {
	t    testing.TB
	conn net.Conn
	r    *bufio.Reader
}

func (h *house) dial() *client {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(2 * time.Minute))
	h.t.Cleanup(func() { conn.Close() })
	return &client{h.t, conn, bufio.NewReader(conn)}
}

// greeted is a client that has said EHLO.
func (h *house) greeted() *client {
	h.t.Helper()
	c := h.dial()
	c.expect("220 desk.example.com")
	c.say("EHLO client.example", "250 ")
	return c
}

func (c *client) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.t.Fatalf("sending %q: %v", s, err)
	}
}

// expect reads one reply, all its lines, and checks how its last begins.
func (c *client) expect(want string) string {
	c.t.Helper()
	var all strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			c.t.Fatalf("expecting %q: %v after %q", want, err, all.String())
		}
		all.WriteString(line)
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		if !strings.HasPrefix(line, want) {
			c.t.Fatalf("expected %q, got %q", want, line)
		}
		return all.String()
	}
}

func (c *client) say(line, want string) string {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.expect(want)
}

// gone checks that the server closed the connection.
func (c *client) gone() {
	c.t.Helper()
	if b, err := c.r.ReadByte(); err == nil {
		rest, _ := c.r.ReadString('\n')
		c.t.Fatalf("expected the end of the connection, got %q", string(b)+rest)
	}
}

const smallMail = "From: Jane <jane@customer.example>\r\nTo: support@example.com\r\nSubject: Kettle\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@customer.example>\r\n\r\nIt broke.\r\n..\r\n"

func (c *client) envelope() {
	c.t.Helper()
	c.say("MAIL FROM:<jane@customer.example>", "250")
	c.say("RCPT TO:<support@example.com>", "250")
}

// deliver sends a mail whose lines are dot-stuffed already.
func (c *client) deliver(mail, want string) string {
	c.t.Helper()
	c.envelope()
	c.say("DATA", "354")
	c.send(mail + ".\r\n")
	return c.expect(want)
}

// noGoroutinesLeft checks that a server's end leaves nothing running.
func noGoroutinesLeft(t testing.TB, before int) {
	t.Helper()
	for i := 0; i < 1000 && runtime.NumGoroutine() > before; i++ {
		runtime.Gosched()
		runtime.GC()
	}
	if n := runtime.NumGoroutine(); n > before {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before:\n%s", n, before, buf[:runtime.Stack(buf, true)])
	}
}

// testTLS is a fresh certificate and a client that trusts anything.
func testTLS(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "desk.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// encrypt upgrades the client after STARTTLS.
func (c *client) encrypt() {
	c.t.Helper()
	c.say("STARTTLS", "220")
	conn := tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true})
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.conn, c.r = conn, bufio.NewReader(conn)
}
