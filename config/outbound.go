package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"aside"
)

// outbound reads [outbound].
func (l *loader) outbound(t *table) Outbound {
	o := Outbound{
		Relay:     l.relay(t),
		SendDelay: t.duration("send_delay", 30*time.Second, day),
	}
	taken := map[string]int{}
	for _, k := range t.subs("dkim") {
		if d, ok := l.dkim(k, taken); ok {
			o.DKIM = append(o.DKIM, d)
		}
	}
	return o
}

const relayForms = `write "smtp://host:25", "smtp+starttls://host:587", "smtps://host:465" or "maildir:PATH"`

// relay reads outbound.relay and what goes with it.
func (l *loader) relay(t *table) Relay {
	given := t.text("relay", "smtp://127.0.0.1:25")
	user, password := t.text("user", ""), t.secret("password")
	if given == "mx" {
		t.problem("relay", `send through a relay, "smtp+starttls://host:587"`, `"mx" is not in this version`)
		return Relay{}
	}
	if path, ok := strings.CutPrefix(given, RelayMaildir+":"); ok {
		if path == "" {
			t.problem("relay", `write "maildir:data/outbox"`, "%s has no path", quote(given))
		}
		if user != "" {
			t.problem("user", "leave it out", "a maildir needs no login")
		}
		return Relay{Scheme: RelayMaildir, Path: l.absolute(path)}
	}
	r, c := parseRelay(given)
	if c.text != "" {
		t.problem("relay", c.hint, "%s", c.text)
		return Relay{}
	}
	if r.User != "" && user != "" && r.User != user {
		t.problem("user", "keep one of the two", "is another one than in relay")
	}
	if user != "" {
		r.User = user
	}
	r.Password = password
	l.relayLogin(t, r)
	return r
}

// relayLogin checks that user and password come together and do not cross a
// network in clear text.
func (l *loader) relayLogin(t *table, r Relay) {
	switch {
	case r.User == "" && r.Password == "":
	case r.User == "":
		t.problem("user", "give it, or leave the password out", "is missing, and there is a password")
	case r.Password == "" && !t.has("password_file"): // a file that does not work is reported already
		t.problem("password_file", "name the file that holds it", "is missing, and there is a user")
	case strings.ContainsAny(r.Password, "\r\n"):
		t.problem("password_file", "put nothing but the password into the file", "has more than one line")
	case r.Scheme == RelaySMTP && !aside.Loopback(r.Addr):
		t.problem("relay", `write "smtp+starttls://" or "smtps://"`, "would send the password in clear text")
	}
}

// parseRelay reads scheme://[user@]host[:port].
func parseRelay(s string) (Relay, complaint) {
	scheme, rest, found := strings.Cut(s, "://")
	if at := strings.LastIndexByte(s, '@'); at >= 0 && strings.Contains(strings.TrimPrefix(s[:at], scheme+"://"), ":") {
		// Not quoted: messages end up in logs, and this is a password.
		return Relay{}, complaint{"has a password in it", "put the password into a file and name it in password_file"}
	}
	ports := map[string]string{RelaySMTP: "25", RelaySTARTTLS: "587", RelaySMTPS: "465"}
	port, known := ports[scheme]
	if !found || !known {
		return Relay{}, complaint{quote(s) + " is no relay", relayForms}
	}
	r := Relay{Scheme: scheme}
	rest = strings.TrimSuffix(rest, "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		r.User, rest = rest[:at], rest[at+1:]
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil || !strings.Contains(rest, ":") {
		rest = net.JoinHostPort(bare, port)
	}
	host, port, err := net.SplitHostPort(rest)
	if c := checkHostPort(rest); err != nil || host == "" || port == "0" || c.text != "" {
		return Relay{}, complaint{quote(s) + " names no host and port", relayForms}
	}
	r.Addr = rest
	return r, complaint{}
}

// dkim reads one [[outbound.dkim]].
func (l *loader) dkim(t *table, taken map[string]int) (DKIM, bool) {
	problems := len(l.problems)
	d := DKIM{Selector: strings.ToLower(t.text("selector", ""))}
	if _, ok := t.required("domain", "example.com"); ok {
		d.Domain = t.domain("domain")
	}
	switch {
	case d.Selector == "":
		t.problem("selector", `write selector = "aside"`, "is missing")
	case !selectorForm.MatchString(d.Selector) || len(d.Selector) > 63:
		t.problem("selector", "it is a name in DNS: letters, digits, hyphens, dots", "%s is no selector", quote(d.Selector))
	case d.Domain != "":
		t.unique("selector", d.Selector+"._domainkey."+d.Domain, taken)
	}
	given := "key"
	if t.has("key_file") {
		given = "key_file"
	}
	pemText := t.secret("key")
	if pemText == "" {
		if !t.has("key_file") {
			t.problem("key_file", `write key_file = "dkim.pem"`, "is missing")
		}
		return DKIM{}, false
	}
	key, err := parseKey([]byte(pemText))
	if err != nil {
		t.problem(given, "a private key in PEM, RSA or Ed25519", "is no key for DKIM: %v", err)
	}
	d.Key = key
	return d, len(l.problems) == problems
}

// parseKey reads a private key in PEM: RSA in PKCS #1 (RFC 8017) or PKCS #8
// (RFC 5958), Ed25519 in PKCS #8 (RFC 8410).
func parseKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM block in it")
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("it holds %s", quote(block.Type))
	}
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < 1024 { // RFC 8301 section 3.2
			return nil, fmt.Errorf("%d bits are too few, 2048 are usual", bits)
		}
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, fmt.Errorf("a key of type %T cannot sign mail", key)
}

// dkimDomains finds keys that would never sign, because no desk sends from
// their domain or one below it.
func (l *loader) dkimDomains(d *aside.Directory) {
	if len(d.Desks) < len(l.tablesNamed("desk")) {
		return // a desk's address is bad and reported; it may be the one
	}
	for _, t := range l.tablesNamed("outbound.dkim") {
		domain, _ := t.values["domain"].(string)
		domain = strings.ToLower(strings.TrimSpace(domain))
		used := domain == "" || checkDomain(domain).text != "" // reported already
		for _, k := range d.Desks {
			used = used || k.Domain() == domain || strings.HasSuffix(k.Domain(), "."+domain)
		}
		if !used {
			t.problem("domain", "use the domain of a desk's address", "no desk sends from %s", quote(domain))
		}
	}
}
