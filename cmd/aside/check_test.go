package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"aside/config"
)

// zone answers for DNS: names that are not there are not found, and names
// with no entry at all under "down" cannot be looked up.
type zone struct {
	mx   map[string][]string
	txt  map[string][]string
	host map[string]bool
	down bool
}

func (z zone) miss(name string) error {
	if z.down {
		return &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupMX(_ context.Context, name string) (out []*net.MX, err error) {
	for _, h := range z.mx[name] {
		out = append(out, &net.MX{Host: h})
	}
	if out == nil {
		return nil, z.miss(name)
	}
	return out, nil
}

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if t := z.txt[name]; t != nil {
		return t, nil
	}
	return nil, z.miss(name)
}

func (z zone) LookupHost(_ context.Context, name string) ([]string, error) {
	if z.host[name] {
		return []string{"192.0.2.1"}, nil
	}
	return nil, z.miss(name)
}

func checkerOf(z zone) checker {
	return checker{conf: &config.Config{Server: config.Server{Hostname: "desk.example.com", SMTP: []string{"127.0.0.1:2525"}}},
		dns: z, now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), patience: 5 * time.Second}
}

// expect compares the findings with level and a part of text or advice.
func expect(t *testing.T, name string, got []finding, want level, says string) {
	t.Helper()
	if len(got) == 0 {
		t.Errorf("%s: nothing was found", name)
		return
	}
	last := got[len(got)-1]
	if last.Level != want || !strings.Contains(last.Text+"\n"+last.Do, says) {
		t.Errorf("%s: got %+v, want %s with %q", name, last, want, says)
	}
	for _, f := range got {
		if (f.Level == fine) != (f.Do == "") {
			t.Errorf("%s: a finding says what to do exactly if something is wrong: %+v", name, f)
		}
	}
}

func TestCheckDNS(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name string
		zone zone
		want level
		says string
	}{
		{"ours", zone{mx: map[string][]string{"example.com": {"Desk.example.com."}}}, fine, "comes to desk.example.com"},
		{"another's", zone{mx: map[string][]string{"example.com": {"mx1.example.net.", "mx2.example.net."}}}, warning, "mx1.example.net, mx2.example.net, which has to pass it on to 127.0.0.1:2525"},
		{"null", zone{mx: map[string][]string{"example.com": {"."}}}, warning, "takes no mail"},
		{"address only", zone{host: map[string]bool{"example.com": true}}, warning, "goes to its address"},
		{"none", zone{}, warning, "example.com. MX 10 desk.example.com."},
		{"no network", zone{down: true}, warning, "could not be looked up"},
	} {
		expect(t, "mx "+tt.name, checkerOf(tt.zone).mx(ctx, "example.com"), tt.want, tt.says)
	}
	spf := func(records ...string) zone { return zone{txt: map[string][]string{"example.com": records}} }
	for _, tt := range []struct {
		name string
		zone zone
		want level
		says string
	}{
		{"one", spf("google-site-verification=1", "v=spf1 mx -all"), fine, `"v=spf1 mx -all"`},
		{"two", spf("v=spf1 mx -all", "V=SPF1 a -all"), warning, "2 SPF records"},
		{"another version", spf("v=spf10 mx"), warning, "no SPF record"},
		{"none", zone{}, warning, "no SPF record"},
		{"no network", zone{down: true}, warning, "could not be looked up"},
	} {
		expect(t, "spf "+tt.name, checkerOf(tt.zone).spf(ctx, "example.com"), tt.want, tt.says)
	}
}

func TestCheckDKIM(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	record := func(k crypto.Signer) string {
		r, err := dkimRecord(k.Public())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	bare := "p=" + base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey))
	folded := strings.Replace(record(rsaKey), "p=", "p = \t", 1)
	for _, tt := range []struct {
		name   string
		key    crypto.Signer
		record string
		want   level
		says   string
	}{
		{"rsa", rsaKey, record(rsaKey), fine, "publishes the key"},
		{"rsa without its frame", rsaKey, bare, fine, "publishes the key"},
		{"rsa with blanks", rsaKey, folded[:200] + " " + folded[200:], fine, "publishes the key"},
		{"ed25519", edKey, record(edKey), fine, "publishes the key"},
		{"another's", rsaKey, record(edKey), broken, record(rsaKey)},
		{"revoked", edKey, "v=DKIM1; p=", broken, "another key"},
		{"broken", edKey, "p=!!", broken, "another key"},
		{"none", edKey, "", warning, record(edKey)},
	} {
		z := zone{txt: map[string][]string{}}
		if tt.record != "" {
			z.txt["s1._domainkey.example.com"] = []string{tt.record}
		}
		got := checkerOf(z).dkim(context.Background(), config.DKIM{Domain: "example.com", Selector: "s1", Key: tt.key})
		expect(t, "dkim "+tt.name, got, tt.want, tt.says)
	}
	expect(t, "dkim no network", checkerOf(zone{down: true}).dkim(context.Background(),
		config.DKIM{Domain: "example.com", Selector: "s1", Key: edKey}), warning, "could not be looked up")
}

// certificate makes one for a name and a time, signed by itself.
func certificate(t *testing.T, name string, from, until time.Time) tls.Certificate {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, pub, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestCheckCertificate(t *testing.T) {
	k := checkerOf(zone{})
	day := func(n int) time.Time { return k.now.AddDate(0, 0, n) }
	for _, tt := range []struct {
		name, host  string
		from, until int
		want        level
		says        string
	}{
		{"good", "desk.example.com", -1, 60, fine, "lasts until 2027-01-20"},
		{"soon", "desk.example.com", -1, 10, warning, "expires on 2026-12-01"},
		{"over", "desk.example.com", -10, -1, broken, "expired on 2026-11-20"},
		{"early", "desk.example.com", 1, 60, broken, "not valid before 2026-11-22"},
		{"another's", "mail.example.net", -1, 60, warning, "not for desk.example.com"},
	} {
		k.conf.Server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t, tt.host, day(tt.from), day(tt.until))}}
		expect(t, "certificate "+tt.name, k.certificate(), tt.want, tt.says)
	}
	k.conf.Server.TLS = nil
	if got := k.certificate(); got != nil {
		t.Errorf("no certificate, on loopback only: %v", got)
	}
	k.conf.Server.SMTP = []string{"127.0.0.1:2525", ":25"}
	expect(t, "no certificate", k.certificate(), warning, ":25 comes in without encryption")
}

// relayAt is a mail server on loopback that greets, offers extensions, and
// starts TLS if it has a certificate.
func relayAt(t *testing.T, greeting string, cert *tls.Certificate, offers ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go talkAsRelay(conn, greeting, cert, offers)
		}
	}()
	return l.Addr().String()
}

func talkAsRelay(conn net.Conn, greeting string, cert *tls.Certificate, offers []string) {
	defer func() { conn.Close() }()
	fmt.Fprintf(conn, "%s\r\n", greeting)
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case strings.HasPrefix(line, "EHLO"):
			fmt.Fprint(conn, "250-relay\r\n")
			for _, o := range offers {
				fmt.Fprintf(conn, "250-%s\r\n", o)
			}
			fmt.Fprint(conn, "250 8BITMIME\r\n")
		case strings.HasPrefix(line, "STARTTLS") && cert != nil:
			fmt.Fprint(conn, "220 go\r\n")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*cert}})
			r = bufio.NewReader(conn)
		case strings.HasPrefix(line, "QUIT"):
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "502 no\r\n")
		}
	}
}

func TestCheckRelay(t *testing.T) {
	const hello = "220 relay ESMTP"
	own := certificate(t, "relay.example", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	for _, tt := range []struct {
		name, scheme, user, addr string
		want                     level
		says                     string
	}{
		{"plain", config.RelaySMTP, "", relayAt(t, hello, nil), fine, "answers"},
		{"no starttls", config.RelaySTARTTLS, "", relayAt(t, hello, nil), broken, "does not offer STARTTLS"},
		{"unknown certificate", config.RelaySTARTTLS, "", relayAt(t, hello, &own, "STARTTLS"), broken, "TLS: tls: failed to verify certificate"},
		{"no tls", config.RelaySMTPS, "", relayAt(t, hello, nil), broken, "check outbound.relay"},
		{"auth", config.RelaySMTP, "me", relayAt(t, hello, nil, "AUTH CRAM-MD5 LOGIN"), fine, "answers"},
		{"no auth", config.RelaySMTP, "me", relayAt(t, hello, nil, "AUTH CRAM-MD5"), broken, "AUTH PLAIN or LOGIN"},
		{"refuses", config.RelaySMTP, "", relayAt(t, "554 not you", nil), broken, "not you"},
		{"nobody", config.RelaySMTP, "", "127.0.0.1:1", broken, "cannot be reached"},
		{"aside itself", config.RelaySMTP, "", "127.0.0.1:2525", broken, "aside itself"},
	} {
		k := checkerOf(zone{})
		k.conf.Outbound.Relay = config.Relay{Scheme: tt.scheme, User: tt.user, Addr: tt.addr}
		expect(t, "relay "+tt.name, k.relay(context.Background()), tt.want, tt.says)
	}
}

func TestCheckPorts(t *testing.T) {
	k := checkerOf(zone{})
	for _, tt := range []struct {
		name, addr string
		want       level
		says       string
	}{
		{"free", "127.0.0.1:0", fine, "is free"},
		{"ours", relayAt(t, "220 desk.example.com ESMTP Service Ready", nil), fine, "answers there already"},
		{"another's", relayAt(t, "220 mail.example.com ESMTP", nil), broken, "another program"},
		{"no such address", "192.0.2.1:2525", broken, "cannot be opened"},
	} {
		k.conf.Server.SMTP = []string{tt.addr}
		expect(t, "port "+tt.name, k.ports(context.Background()), tt.want, tt.says)
	}
	in := serveForTest(t, toFolders)
	k.conf.Server.SMTP, k.conf.Server.HTTP = []string{in.addr}, in.web
	for _, f := range k.ports(context.Background()) {
		if f.Level != fine || !strings.Contains(f.Text, "already") {
			t.Errorf("a running aside: %+v", f)
		}
	}
	k.conf.Server.HTTP = in.addr
	expect(t, "http held by smtp", k.ports(context.Background()), broken, "another program")
}

func TestTellCountsErrors(t *testing.T) {
	var out strings.Builder
	found := []finding{{"a", fine, "good", ""}, {"b", warning, "so-so\x1b[31m", "look"}, {"c", broken, "bad", "first\nsecond"}}
	err := tell(output{out: &out}, found, false)
	if err == nil || errors.As(err, new(usageError)) {
		t.Errorf("an error among the findings: %v", err)
	}
	want := "ok       a         good\nwarning  b         so-so[31m\n                   → look\nerror    c         bad\n" +
		"                   → first\n                   → second\n1 errors, 1 warnings\n"
	if out.String() != want {
		t.Errorf("told\n%s\nwant\n%s", out.String(), want)
	}
	if err := tell(output{out: &strings.Builder{}}, found[:2], false); err != nil {
		t.Errorf("warnings alone failed: %v", err)
	}
}
