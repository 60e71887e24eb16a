package verify

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"aside"
	"aside/mailin/read"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/foxcpp/go-mockdns"
)

// world is a DNS server on loopback with the domains of the tests, and the keys
// that they publish.
type world struct {
	tb       testing.TB
	zones    map[string]mockdns.Zone
	settings Settings
	v        *Verifier
}

// keys are made once: RSA takes its time.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	out := map[string]crypto.Signer{}
	for name, bits := range map[string]int{"rsa": 2048, "short": 1024} {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		out[name] = k
	}
	for _, name := range []string{"ed", "other"} {
		_, k, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		out[name] = k
	}
	return out
})

// record is what a key's owner publishes.
func record(key, more string) mockdns.Zone {
	var kind string
	var der []byte
	switch pub := testKeys()[key].Public().(type) {
	case ed25519.PublicKey:
		kind, der = "ed25519", pub
	case *rsa.PublicKey:
		var err error
		if der, err = x509.MarshalPKIXPublicKey(pub); err != nil {
			panic(err)
		}
		kind = "rsa"
	}
	return text("v=DKIM1; k=" + kind + "; " + more + "p=" + base64.StdEncoding.EncodeToString(der))
}

func text(s ...string) mockdns.Zone { return mockdns.Zone{TXT: s} }

var errServfail = &net.DNSError{Err: "server misbehaving", IsTemporary: true}

const (
	outside = "203.0.113.9"
	front   = "10.0.0.5" // the mail server in front of us
)

// newWorld starts the server; changes are made to its records before.
func newWorld(tb testing.TB, changes ...map[string]mockdns.Zone) *world {
	w := &world{tb: tb, zones: map[string]mockdns.Zone{
		"a._domainkey.example.com.":     record("rsa", ""),
		"e._domainkey.example.com.":     record("ed", ""),
		"a._domainkey.sub.example.com.": record("ed", ""),
		"a._domainkey.evil.example.":    record("other", ""),
		"_dmarc.example.com.":           text("v=DMARC1; p=reject; sp=none; pct=1"),
		"example.com.":                  text("v=spf1 ip4:" + outside + " -all"),
		"evil.example.":                 text("v=spf1 +all"),
		"helo.example.com.":             text("v=spf1 ip4:" + outside + " -all"),
	}}
	for _, c := range changes {
		maps.Copy(w.zones, c)
	}
	var srv *mockdns.Server
	var err error
	for range 5 { // its port for TCP may be one of UDP that somebody has
		if srv, err = mockdns.NewServerWithLogger(w.zones, log.New(io.Discard, "", 0), true); err == nil {
			break
		}
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { srv.Close() })
	w.settings = Settings{Resolver: NewResolver(srv.LocalAddr().String()), Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		AuthservIDs: []string{"mx.example.com"}}
	w.v = New(w.settings)
	return w
}

const received = "Received: from client.example ([203.0.113.9])\r\n\tby desk.example.com with ESMTP id abc-1;\r\n\tSun, 22 Nov 2026 00:00:00 +0000\r\n"

// letter is an agent's mail as the agent's client makes it.
const letter = "From: Dana Reyes <dana@example.com>\r\n" +
	"To: support@example.com\r\n" +
	"Subject: Re: Kettle\r\n" +
	"Date: Sun, 22 Nov 2026 00:00:00 +0000\r\n" +
	"Message-ID: <one@example.com>\r\n" +
	"MIME-Version: 1.0\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n" +
	"\r\n" +
	"We send you a new one.\r\n"

// usual is what most signers cover.
const usual = "from:to:cc:subject:date:message-id:mime-version:content-type:in-reply-to:references"

// sign signs a mail as its domain's server does.
func sign(tb testing.TB, mail, key, selector, domain, covers string) string {
	tb.Helper()
	var b bytes.Buffer
	err := dkim.Sign(&b, strings.NewReader(mail), &dkim.SignOptions{Domain: domain, Selector: selector, Signer: testKeys()[key], Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: strings.Split(covers, ":")})
	if err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func signed(tb testing.TB, mail string) string {
	return sign(tb, mail, "rsa", "a", "example.com", usual)
}

// session is how a mail came in.
type session struct{ from, helo, remote string }

var stranger = session{"someone@forger.example", "client.forger.example", "192.0.2.66"}

// check takes a mail the way it comes in.
func (w *world) check(mail string, s session) aside.Verdict {
	w.tb.Helper()
	v, err := w.v.Check(context.Background(), w.inbound(mail, s), w.opener(mail))
	if err != nil {
		w.tb.Fatal(err)
	}
	if v.Reason == "" {
		w.tb.Error("the verdict has no reason")
	}
	return v
}

func (w *world) inbound(mail string, s session) *aside.Inbound {
	w.tb.Helper()
	in := &aside.Inbound{MailFrom: s.from, Helo: s.helo, Remote: s.remote}
	m, err := read.Mail(context.Background(), []byte(received+mail), read.Options{MailFrom: &s.from})
	if err != nil {
		w.tb.Fatal(err)
	}
	in.Mail = m
	return in
}

func (w *world) opener(mail string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(received + mail)), nil }
}

// short tells a verdict in a few words.
func short(v aside.Verdict) string {
	s := v.DMARC
	if s == "" {
		s = "-"
	}
	if v.By != "" {
		s += " by " + v.By
	}
	if v.AlignedDKIM {
		s += ", agent"
	}
	if v.ToSigned {
		s += ", to"
	}
	if v.AuthAddress != "" {
		s += ", auth " + v.AuthAddress
	}
	if v.TempError {
		s += ", temporary"
	}
	return s
}

var errBroken = errors.New("the disk is on fire")
