package mailout

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aside"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// relayServer is a real SMTP server that answers as told.
type relayServer struct {
	mu       sync.Mutex
	mails    []string
	froms    []string
	rcpts    []string
	greeted  []string
	overTLS  []bool
	sessions int
	mail     error
	rcpt     error
	data     error
	drop     bool // cuts the connection in the middle of DATA
	user     string
	loginBy  string // the only mechanism it offers
}

type relaySession struct {
	s *relayServer
	c *smtp.Conn
}

func (s *relayServer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	return &relaySession{s, c}, nil
}

func (rs *relaySession) Reset()        {}
func (rs *relaySession) Logout() error { return nil }
func (rs *relaySession) Mail(from string, _ *smtp.MailOptions) error {
	rs.s.mu.Lock()
	defer rs.s.mu.Unlock()
	_, secure := rs.c.TLSConnectionState()
	rs.s.froms, rs.s.greeted, rs.s.overTLS = append(rs.s.froms, from), append(rs.s.greeted, rs.c.Hostname()), append(rs.s.overTLS, secure)
	return rs.s.mail
}

func (rs *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	rs.s.mu.Lock()
	defer rs.s.mu.Unlock()
	rs.s.rcpts = append(rs.s.rcpts, to)
	return rs.s.rcpt
}

func (rs *relaySession) Data(r io.Reader) error {
	rs.s.mu.Lock()
	defer rs.s.mu.Unlock()
	if rs.s.drop {
		rs.c.Close()
		return nil
	}
	b, err := io.ReadAll(r)
	if err == nil && rs.s.data == nil {
		rs.s.mails = append(rs.s.mails, string(b))
	}
	if err != nil {
		return err
	}
	return rs.s.data
}

func (rs *relaySession) AuthMechanisms() []string { return []string{rs.s.loginBy} }

func (rs *relaySession) Auth(mech string) (sasl.Server, error) {
	check := func(user, password string) error {
		if password != "secret" {
			return smtp.ErrAuthFailed
		}
		rs.s.mu.Lock()
		defer rs.s.mu.Unlock()
		rs.s.user = user
		return nil
	}
	if mech == sasl.Plain {
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	}
	return &loginServer{check: check}, nil
}

// loginServer is AUTH LOGIN, which go-sasl knows only as a client.
type loginServer struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

// start serves on loopback and returns a relay that points there. A relay
// named relay.example is reached by its Dial.
func (s *relayServer) start(t *testing.T, security Security, offerTLS bool) (*Relay, *smtp.Server) {
	t.Helper()
	server := smtp.NewServer(s)
	server.Domain = "relay.example"
	server.AllowInsecureAuth = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	config, roots := certificate(t, "relay.example")
	if offerTLS {
		server.TLSConfig = config
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if security == ImplicitTLS {
		listener = tls.NewListener(listener, config)
	}
	var served sync.WaitGroup
	served.Go(func() { server.Serve(listener) })
	r := &Relay{Host: "relay.example", Security: security, Hello: "desk.example.com", TLS: &tls.Config{RootCAs: roots},
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		}}
	t.Cleanup(func() {
		r.Close()
		server.Close()
		served.Wait()
	})
	return r, server
}

func certificate(t *testing.T, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

var relayEnvelope = Envelope{From: "support+b@example.com", To: "jane@customer.example", Size: 30}

const relayMail = "Subject: x\r\n\r\n.dot\r\nhello\r\n"

// TestRelayDelivers one mail after another over one connection, in each way of
// keeping it private.
func TestRelayDelivers(t *testing.T) {
	tests := []struct {
		name     string
		security Security
		offer    bool
		secure   bool
	}{
		{"plain where nothing is offered", Opportunistic, false, false},
		{"opportunistic", Opportunistic, true, true},
		{"starttls", StartTLS, true, true},
		{"implicit", ImplicitTLS, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &relayServer{}
			r, _ := s.start(t, tt.security, tt.offer)
			for range 3 {
				answer, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
				if err != nil || answer.Code != 250 || answer.Detail == "" {
					t.Fatalf("%+v, %v", answer, err)
				}
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.mails) != 3 || s.mails[0] != relayMail || s.rcpts[0] != relayEnvelope.To || s.froms[0] != relayEnvelope.From {
				t.Errorf("%q from %q to %q", s.mails, s.froms, s.rcpts)
			}
			if s.greeted[0] != "desk.example.com" || s.overTLS[0] != tt.secure {
				t.Errorf("greeted as %q, TLS %v", s.greeted[0], s.overTLS[0])
			}
			if connections := len(r.idle); connections != 1 || r.idle[0].uses != 3 {
				t.Errorf("%d connections kept", connections)
			}
		})
	}
}

// TestRelayTLS: where TLS is asked for, nothing goes without it, and nothing to
// somebody else; where it is not, a broken handshake does not keep the mail.
func TestRelayTLS(t *testing.T) {
	tests := []struct {
		name     string
		security Security
		offer    bool
		roots    bool
		user     string
		ok       bool
	}{
		{"required, not offered", StartTLS, false, true, "", false},
		{"required, unknown certificate", StartTLS, true, false, "", false},
		{"implicit, unknown certificate", ImplicitTLS, true, false, "", false},
		{"password, not offered", Opportunistic, false, true, "u", false},
		{"password, unknown certificate", Opportunistic, true, false, "u", false},
		{"opportunistic, unknown certificate", Opportunistic, true, false, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &relayServer{loginBy: sasl.Plain}
			r, _ := s.start(t, tt.security, tt.offer)
			r.User, r.Password = tt.user, "secret"
			if !tt.roots {
				r.TLS = nil
			}
			_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
			var f *Failure
			if tt.ok != (err == nil) || err != nil && (!errors.As(err, &f) || !f.Relay || f.Permanent) {
				t.Errorf("%#v", err)
			}
			if s.user != "" {
				t.Error("the password was sent")
			}
		})
	}
}

// TestRelayPlainAfterBrokenTLS: a relay whose handshake breaks gets the mail on
// a new connection without TLS.
func TestRelayPlainAfterBrokenTLS(t *testing.T) {
	s := &relayServer{}
	r, server := s.start(t, Opportunistic, true)
	server.TLSConfig = &tls.Config{} // no certificate: every handshake fails
	// The second connection must not try again, so one mail, two sessions.
	if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) != 1 || s.overTLS[0] {
		t.Errorf("%d mails, TLS %v", len(s.mails), s.overTLS)
	}
}

// TestRelayAuth logs in by either mechanism; a wrong password is the relay's
// trouble and fails no mail for good.
func TestRelayAuth(t *testing.T) {
	for _, mechanism := range []string{sasl.Plain, sasl.Login} {
		s := &relayServer{loginBy: mechanism}
		r, _ := s.start(t, StartTLS, true)
		r.User, r.Password = "desk", "secret"
		if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil || s.user != "desk" {
			t.Errorf("%s: %v, user %q", mechanism, err, s.user)
		}
	}
	s := &relayServer{loginBy: sasl.Plain}
	r, _ := s.start(t, StartTLS, true)
	r.User, r.Password = "desk", "wrong"
	_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
	var f *Failure
	if !errors.As(err, &f) || f.Permanent || !f.Relay || f.Code != 535 {
		t.Errorf("%#v", err)
	}
}

// TestRelayRefuses: what the relay says decides, and the connection serves the
// next mail.
func TestRelayRefuses(t *testing.T) {
	no := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	later := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Later"}
	tests := []struct {
		name      string
		server    relayServer
		code      int
		permanent bool
	}{
		{"MAIL 550", relayServer{mail: no}, 550, true}, {"MAIL 451", relayServer{mail: later}, 451, false},
		{"RCPT 550", relayServer{rcpt: no}, 550, true}, {"RCPT 451", relayServer{rcpt: later}, 451, false},
		{"DATA 550", relayServer{data: no}, 550, true}, {"DATA 451", relayServer{data: later}, 451, false},
	}
	for i := range tests {
		tt := &tests[i]
		t.Run(tt.name, func(t *testing.T) {
			r, _ := tt.server.start(t, Opportunistic, false)
			_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
			var f *Failure
			if !errors.As(err, &f) || f.Code != tt.code || f.Permanent != tt.permanent || f.Relay {
				t.Fatalf("%#v", err)
			}
			tt.server.mu.Lock()
			tt.server.mail, tt.server.rcpt, tt.server.data = nil, nil, nil
			tt.server.mu.Unlock()
			if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil {
				t.Error(err)
			}
			if len(tt.server.mails) != 1 || len(r.idle) != 1 || r.idle[0].uses != 2 {
				t.Errorf("%d mails, %d kept", len(tt.server.mails), len(r.idle))
			}
		})
	}
}

// TestRelayDropsDuringData: a cut connection means another attempt, and an
// attachment that cannot be read leaves no half mail behind.
func TestRelayDropsDuringData(t *testing.T) {
	s := &relayServer{drop: true}
	r, _ := s.start(t, Opportunistic, false)
	_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
	var f *Failure
	if !errors.As(err, &f) || f.Permanent || f.Relay {
		t.Errorf("%#v", err)
	}
	s = &relayServer{}
	r, _ = s.start(t, Opportunistic, false)
	broken := errors.New("blob is gone")
	_, err = r.Deliver(t.Context(), relayEnvelope, func(w io.Writer) error {
		io.WriteString(w, "Subject: half\r\n\r\nhalf\r\n")
		return broken
	})
	if !errors.Is(err, broken) || errors.As(err, &f) {
		t.Errorf("%#v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) != 0 || len(r.idle) != 0 {
		t.Errorf("%q, %d kept", s.mails, len(r.idle))
	}
}

// TestRelayStaleConnection: a kept connection that died costs nothing.
func TestRelayStaleConnection(t *testing.T) {
	s := &relayServer{}
	r, _ := s.start(t, Opportunistic, false)
	if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil {
		t.Fatal(err)
	}
	r.idle[0].client.Close()
	if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil {
		t.Fatal(err)
	}
	if s.sessions != 2 || len(s.mails) != 2 {
		t.Errorf("%d sessions, %d mails", s.sessions, len(s.mails))
	}
}

// TestRelayCannotCarry: what EHLO excludes is not tried.
func TestRelayCannotCarry(t *testing.T) {
	s := &relayServer{}
	r, server := s.start(t, Opportunistic, false)
	server.MaxMessageBytes = 1000
	big, far, copied := relayEnvelope, relayEnvelope, relayEnvelope
	big.Size, far.To, copied.UTF8 = 1001, "jürgen@customer.example", true
	for e, code := range map[*Envelope]int{&big: 552, &far: 553, &copied: 0} {
		_, err := r.Deliver(t.Context(), *e, writes(relayMail))
		var f *Failure
		if code == 0 && err != nil || code != 0 && (!errors.As(err, &f) || f.Code != code || !f.Permanent) {
			t.Errorf("%d: %#v", code, err)
		}
	}
	server.EnableSMTPUTF8 = true
	r.Close()
	r.closed = false
	if _, err := r.Deliver(t.Context(), far, writes(relayMail)); err != nil {
		t.Errorf("SMTPUTF8: %v", err)
	}
}

// script plays the relay's side of a conversation over a pipe: it says a line,
// then reads up to a line that begins with the next one's prompt.
func script(conn net.Conn, lines ...string) {
	br := bufio.NewReader(conn)
	for _, l := range lines {
		prompt, answer, _ := strings.Cut(l, "|")
		for prompt != "" {
			got, err := br.ReadString('\n')
			if err != nil {
				return
			}
			if strings.HasPrefix(got, prompt) {
				break
			}
		}
		if answer == "" {
			return
		}
		if _, err := io.WriteString(conn, answer+"\r\n"); err != nil {
			return
		}
	}
	br.ReadString(0)
}

// TestRelayStalls: a relay that goes silent, or stops reading, at any point
// holds a worker no longer than the timeouts say. The pipe has no buffer, so a
// relay that does not read stops the writer at once; time is the bubble's.
func TestRelayStalls(t *testing.T) {
	greet, hello := "|220 relay.example", "EHLO|250 relay.example"
	tests := []struct {
		name  string
		lines []string
		most  time.Duration
	}{
		{"no greeting", nil, 5 * time.Minute},
		{"no answer to EHLO", []string{greet}, 5 * time.Minute},
		{"no answer to MAIL", []string{greet, hello}, 5 * time.Minute},
		{"no answer to RCPT", []string{greet, hello, "MAIL|250 ok"}, 5 * time.Minute},
		{"no answer to DATA", []string{greet, hello, "MAIL|250 ok", "RCPT|250 ok"}, 5 * time.Minute},
		{"does not read the mail", []string{greet, hello, "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go", "|"}, 3 * time.Minute},
		{"no answer to the mail", []string{greet, hello, "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go"}, 10 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				go script(theirs, tt.lines...)
				r := &Relay{Host: "127.0.0.1", Hello: "desk", Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }}
				start := time.Now()
				_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
				var f *Failure
				if !errors.As(err, &f) || f.Permanent {
					t.Errorf("%#v", err)
				}
				if took := time.Since(start); took != tt.most {
					t.Errorf("took %v, not %v", took, tt.most)
				}
				theirs.Close()
			})
		})
	}
}

// TestRelayTrickles: a relay that reads an octet a minute ends too.
func TestRelayTrickles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			script(theirs, "|220 x", "EHLO|250 x", "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go", "|")
			for {
				<-time.After(time.Minute)
				if _, err := theirs.Read(make([]byte, 4096)); err != nil {
					return
				}
			}
		}()
		r := &Relay{Host: "127.0.0.1", Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }}
		start := time.Now()
		e := relayEnvelope
		e.Size = 1_200_000
		_, err := r.Deliver(t.Context(), e, writes(strings.Repeat("0123456789\r\n", 100_000)))
		var f *Failure
		if took := time.Since(start); !errors.As(err, &f) || f.Permanent || took != 32*time.Minute {
			t.Errorf("%#v after %v", err, took)
		}
		theirs.Close()
		<-ended
	})
}

// TestRelayKeepsSignatures: what arrives at a real server verifies, dots, wild
// characters and files included.
func TestRelayKeepsSignatures(t *testing.T) {
	key, record := ed25519Key(t)
	files := shelf{}
	m, err := Compose(outgoing(t, aside.Message{Attachments: []aside.Attachment{files.put("ü.bin", "", strings.Repeat("\r\n.\x00", 5000))}}, jane),
		deskIdentity(), ".\n..\nFrom me\nGrüße \n", "<p>.\n.</p>")
	if err != nil {
		t.Fatal(err)
	}
	mail, size := signed(t, NewSigner(Key{"example.com", "e", key}), m, files.open)
	s := &relayServer{}
	r, _ := s.start(t, Opportunistic, true)
	m.Envelope.Size = size
	if _, err := r.Deliver(t.Context(), m.Envelope, writes(mail)); err != nil {
		t.Fatal(err)
	}
	v, err := dkim.VerifyWithOptions(strings.NewReader(s.mails[0]), &dkim.VerifyOptions{LookupTXT: zone{"e._domainkey.example.com": record}.lookup})
	if err != nil || len(v) != 1 || v[0].Err != nil || s.mails[0] != mail {
		t.Errorf("%v, %v", v, err)
	}
}

// TestRelayStopsWithContext wherever it waits.
func TestRelayStopsWithContext(t *testing.T) {
	for _, lines := range [][]string{nil, {"|220 x"}, {"|220 x", "EHLO|250 x", "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go"}} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			go script(theirs, lines...)
			r := &Relay{Host: "127.0.0.1", Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			if _, err := r.Deliver(ctx, relayEnvelope, writes(relayMail)); err == nil {
				t.Error("delivered")
			}
			if took := time.Since(start); took != time.Second {
				t.Errorf("took %v", took)
			}
			theirs.Close()
		})
	}
}

// TestRelayIgnoresWordsBeforeTLS: octets that come with the answer to STARTTLS
// are anybody's, and end the connection (CVE-2011-0411).
func TestRelayIgnoresWordsBeforeTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		go script(theirs, "|220 relay", "EHLO|250-relay\r\n250 STARTTLS", "STARTTLS|220 go\r\n250 injected")
		r := &Relay{Host: "relay.example", Security: StartTLS, Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }}
		_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
		if err == nil || !strings.Contains(err.Error(), "more than it was asked") {
			t.Error(err)
		}
		theirs.Close()
	})
}

// TestRelayIdleEnds: a kept connection is left politely after a while.
func TestRelayIdleEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		served := make(chan struct{})
		go func() {
			defer close(served)
			script(theirs, "|220 x", "EHLO|250 x", "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go", ".|250 taken", "QUIT|221 bye")
		}()
		r := &Relay{Host: "127.0.0.1", Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }}
		if _, err := r.Deliver(t.Context(), relayEnvelope, writes("Subject: x\r\n\r\nx\r\n")); err != nil {
			t.Fatal(err)
		}
		pass(16 * time.Second)
		<-served
		if len(r.idle) != 0 {
			t.Error("kept for longer than 15 s")
		}
	})
}

// TestRelayClosesAtOnce: a relay that does not answer QUIT delays the end of the
// daemon as long as for one connection, not once for each.
func TestRelayClosesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Relay{Host: "127.0.0.1", Dial: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go script(theirs, "|220 x", "EHLO|250 x", "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go", ".|250 taken")
			return ours, nil
		}}
		var sending, all sync.WaitGroup
		all.Add(maxIdle)
		for range maxIdle {
			sending.Go(func() {
				_, err := r.Deliver(t.Context(), relayEnvelope, func(w io.Writer) error {
					all.Done()
					all.Wait() // so that each has a connection of its own
					return writes("Subject: x\r\n\r\nx\r\n")(w)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		sending.Wait()
		start := time.Now()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("leaving %d connections took %v", maxIdle, took)
		}
	})
}
