package verify

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/foxcpp/go-mockdns"
)

// replace changes a mail once, and fails where it would change nothing.
func replace(tb testing.TB, mail, old, new string) string {
	tb.Helper()
	if !strings.Contains(mail, old) {
		tb.Fatalf("no %q in\n%s", old, mail)
	}
	return strings.Replace(mail, old, new, 1)
}

const (
	proved  = "pass by dkim, agent, to"
	nothing = "fail" // example.com publishes a policy
)

func TestSignatures(t *testing.T) {
	base := signed(t, letter)
	short1024 := sign(t, letter, "short", "k", "example.com", usual)
	at := func(domain string) string { return strings.ReplaceAll(letter, "dana@example.com", "dana@"+domain) }
	for _, c := range []struct {
		says, mail, want string
		dns              map[string]mockdns.Zone
	}{
		{says: "signed by the own domain", mail: base, want: proved},
		{says: "Ed25519", mail: sign(t, letter, "ed", "e", "example.com", usual), want: proved},
		{says: "not signed", mail: letter, want: nothing},
		{says: "the text changed", mail: replace(t, base, "a new one", "nothing"), want: nothing},
		{says: "Subject changed", mail: replace(t, base, "Re: Kettle", "Re: Cattle"), want: nothing},
		{says: "signed by somebody else", mail: sign(t, letter, "other", "a", "evil.example", usual), want: nothing},
		{says: "by somebody else in our name", mail: sign(t, letter, "other", "a", "example.com", usual), want: nothing},
		{says: "by a subdomain, relaxed", mail: sign(t, letter, "ed", "a", "sub.example.com", usual), want: proved},
		{says: "by a subdomain, strict", mail: sign(t, letter, "ed", "a", "sub.example.com", usual), want: nothing,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=s")}},
		{says: "by the own domain, strict", mail: base, want: proved,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=s; aspf=s")}},
		{says: "strict in a record with a mistake", mail: sign(t, letter, "ed", "a", "sub.example.com", usual), want: nothing,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=S; ri=0")}},
		{says: "two records are none, judged relaxed", mail: sign(t, letter, "ed", "a", "sub.example.com", usual), want: proved,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=s", "v=DMARC1; p=none; adkim=s")}},
		{says: "no record, judged relaxed", mail: sign(t, letter, "ed", "a", "sub.example.com", usual), want: proved,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": {}}},
		{says: "no record and no signature", mail: letter, want: "none", dns: map[string]mockdns.Zone{"_dmarc.example.com.": {}}},
		{says: "pct=0 weakens no pass", mail: base, want: proved,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=reject; pct=0")}},
		{says: "pct=0 makes no fail a pass", mail: letter, want: nothing,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=reject; pct=0")}},
		{says: "From in a subdomain, the record of the organisation", mail: sign(t, at("dept.example.com"), "rsa", "a", "example.com", usual), want: proved},
		{says: "the same, strict there", mail: sign(t, at("dept.example.com"), "rsa", "a", "example.com", usual), want: nothing,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=s; sp=none")}},
		{says: "the subdomain's own record comes first", mail: sign(t, at("dept.example.com"), "rsa", "a", "example.com", usual), want: proved,
			dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=s"), "_dmarc.dept.example.com.": text("v=DMARC1; p=none")}},
		{says: "a neighbour below a public suffix", mail: sign(t, at("one.co.uk"), "rsa", "a", "two.co.uk", usual), want: "none",
			dns: map[string]mockdns.Zone{"a._domainkey.two.co.uk.": record("rsa", "")}},
		{says: "the public suffix itself", mail: sign(t, at("one.co.uk"), "rsa", "a", "co.uk", usual), want: "none",
			dns: map[string]mockdns.Zone{"a._domainkey.co.uk.": record("rsa", "")}},
		{says: "a domain that only ends alike", mail: sign(t, letter, "other", "a", "notexample.com", usual), want: nothing,
			dns: map[string]mockdns.Zone{"a._domainkey.notexample.com.": record("other", "")}},
		{says: "an international domain", mail: sign(t, at("bücher.example"), "rsa", "a", "xn--bcher-kva.example", usual), want: "pass by dkim, agent, to",
			dns: map[string]mockdns.Zone{"a._domainkey.xn--bcher-kva.example.": record("rsa", "")}},
		{says: "signed with U-labels", mail: sign(t, at("bücher.example"), "rsa", "a", "bücher.example", usual), want: "pass by dkim, agent, to",
			dns: map[string]mockdns.Zone{"a._domainkey.xn--bcher-kva.example.": record("rsa", "")}},
		{says: "1024 bits are enough (RFC 8301)", mail: short1024, want: proved,
			dns: map[string]mockdns.Zone{"k._domainkey.example.com.": record("short", "")}},
		{says: "a revoked key", mail: base, want: nothing, dns: map[string]mockdns.Zone{"a._domainkey.example.com.": text("v=DKIM1; p=")}},
		{says: "two keys at one name", mail: base, want: nothing,
			dns: map[string]mockdns.Zone{"a._domainkey.example.com.": text(record("rsa", "").TXT[0], record("ed", "").TXT[0])}},
		{says: "a key for tests", mail: base, want: nothing, dns: map[string]mockdns.Zone{"a._domainkey.example.com.": record("rsa", "t=s:y; ")}},
		{says: "a key for web pages", mail: base, want: nothing, dns: map[string]mockdns.Zone{"a._domainkey.example.com.": record("rsa", "s=tlsrpt; ")}},
		{says: "a key for sha1 alone", mail: base, want: nothing, dns: map[string]mockdns.Zone{"a._domainkey.example.com.": record("rsa", "h=sha1; ")}},
		{says: "two signatures, the first broken", mail: sign(t, base, "other", "a", "example.com", usual), want: proved},
		{says: "two signatures, the second broken", mail: "DKIM-Signature: " + brokenSignature + base, want: proved},
		{says: "three strangers' signatures before it", want: proved,
			mail: sign(t, sign(t, sign(t, base, "other", "a", "evil.example", usual), "other", "b", "evil.example", usual), "other", "c", "evil.example", usual)},
		{says: "twenty strangers' signatures before it", mail: strings.Repeat("DKIM-Signature: "+strings.ReplaceAll(brokenSignature, "example.com", "evil.example"), 20) + base, want: proved},
		{says: "From at the end of a group", mail: signed(t, replace(t, letter, "From: Dana Reyes <dana@example.com>", "From: Team: dana@example.com;")), want: "-"},
		{says: "an empty From", mail: signed(t, replace(t, letter, "From: Dana Reyes <dana@example.com>", "From:")), want: "-"},
		{says: "an empty group", mail: signed(t, replace(t, letter, "Dana Reyes <dana@example.com>", "undisclosed:;")), want: "-"},
		{says: "two addresses in From", mail: signed(t, replace(t, letter, "From: ", "From: jane@c.example, ")), want: "-"},
		{says: "a second From above", mail: "From: omar@example.com\r\n" + base, want: "-"},
		{says: "no From", mail: replace(t, letter, "From: Dana Reyes <dana@example.com>\r\n", ""), want: "-"},
	} {
		t.Run(c.says, func(t *testing.T) {
			w := newWorld(t, c.dns)
			v := w.check(c.mail, stranger)
			if got := short(v); got != c.want {
				t.Errorf("%q, want %q (%s)", got, c.want, v.Reason)
			}
		})
	}
}

const brokenSignature = "v=1; a=rsa-sha256; d=example.com; s=a; h=from:date:message-id:subject; bh=AAAA; b=AAAA\r\n"

// The library signs none of these, so the field is made by hand and the mail is
// as a signer would leave it: what fails is what the case says.
func TestSignatureTags(t *testing.T) {
	base := signed(t, letter)
	for _, c := range []struct{ says, old, new, reason string }{
		{"l= covers a part of the text", "DKIM-Signature: ", "DKIM-Signature: l=24; ", "beginning of the text"},
		{"an old algorithm", "a=rsa-sha256", "a=rsa-sha1", "too weak"},
		{"an unknown algorithm", "a=rsa-sha256", "a=rsa-md5", "unsupported"},
		{"over since 1970", "DKIM-Signature: ", "DKIM-Signature: x=1; ", "expired"},
		{"signed by another than i= says", "DKIM-Signature: ", "DKIM-Signature: i=@evil.example; ", "domain mismatch"},
		{"From is not covered", "h=from:", "h=farm:", "From field not signed"},
		{"a tag twice", "DKIM-Signature: ", "DKIM-Signature: s=a; ", "no signature of"},
		{"another version", "v=1", "v=2", "version"},
		{"a key elsewhere", "DKIM-Signature: ", "DKIM-Signature: q=http; ", "query method"},
	} {
		w := newWorld(t)
		mail := replace(t, base, c.old, c.new)
		if v := w.check(mail, stranger); short(v) != nothing || !strings.Contains(v.Reason, c.reason) {
			t.Errorf("%s: %q, want %q because of %q (%s)", c.says, short(v), nothing, c.reason, v.Reason)
		}
	}
}

// RFC 8301 section 3.2: what is signed with a key below 1024 bits is not signed.
func TestShortKey(t *testing.T) {
	n := new(big.Int).SetBit(big.NewInt(1), 767, 1)
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, map[string]mockdns.Zone{"a._domainkey.example.com.": text("v=DKIM1; p=" + base64.StdEncoding.EncodeToString(der))})
	if v := w.check(signed(t, letter), stranger); short(v) != nothing || !strings.Contains(v.Reason, "too short") {
		t.Errorf("%s (%s)", short(v), v.Reason)
	}
}

func TestKeyForNoSubdomain(t *testing.T) {
	w := newWorld(t, map[string]mockdns.Zone{"a._domainkey.example.com.": record("rsa", "t=s; ")})
	if v := w.check(signed(t, letter), stranger); short(v) != proved {
		t.Errorf("without i=: %s (%s)", short(v), v.Reason)
	}
	s := &signature{keyAt: "a._domainkey.example.com"}
	s.judge(verification("example.com", "dana@sub.example.com"), key{texts: w.zones["a._domainkey.example.com."].TXT}, nil)
	if s.pass {
		t.Error("a key that is not for subdomains signed for one")
	}
	s.judge(verification("example.com", "dana@example.com"), key{texts: w.zones["a._domainkey.example.com."].TXT}, nil)
	if !s.pass {
		t.Error("and not for its own domain either:", s.problem)
	}
}

func TestWhenDNSFails(t *testing.T) {
	servfail := mockdns.Zone{Err: errServfail}
	base, below := signed(t, letter), sign(t, letter, "ed", "a", "sub.example.com", usual)
	for _, c := range []struct {
		says, mail, fails, want string
		from                    session
	}{
		{"the key", base, "a._domainkey.example.com.", "fail, temporary", stranger},
		{"the policy, which an exact domain does not need", base, "_dmarc.example.com.", proved, stranger},
		{"the policy, which a subdomain needs", below, "_dmarc.example.com.", "-, temporary", stranger},
		{"the policy, without a signature", letter, "_dmarc.example.com.", "-", stranger},
		{"SPF, which makes no agent", letter, "example.com.", nothing, session{"dana@example.com", "x.example", outside}},
		{"the key of somebody else", sign(t, letter, "other", "a", "evil.example", usual), "a._domainkey.evil.example.", nothing, stranger},
		{"one key of two", sign(t, base, "ed", "e", "example.com", usual), "e._domainkey.example.com.", proved, stranger},
	} {
		w := newWorld(t, map[string]mockdns.Zone{c.fails: servfail})
		if v := w.check(c.mail, c.from); short(v) != c.want {
			t.Errorf("%s: %q, want %q (%s)", c.says, short(v), c.want, v.Reason)
		}
	}
}

func TestNoDNS(t *testing.T) {
	w := newWorld(t)
	w.settings.Resolver = nil
	w.v.Use(w.settings)
	if v := w.check(signed(t, letter), session{"dana@example.com", "x.example", outside}); short(v) != "-" {
		t.Errorf("%s (%s)", short(v), v.Reason)
	}
}

func TestSPF(t *testing.T) {
	const dana = "dana@example.com"
	for _, c := range []struct {
		says string
		s    session
		dns  map[string]mockdns.Zone
		want string
	}{
		{"a server of the domain", session{dana, "x.example", outside}, nil, "pass by spf"},
		{"another server", session{dana, "x.example", "192.0.2.66"}, nil, nothing},
		{"a server of another domain", session{"a@evil.example", "x.example", outside}, nil, nothing},
		{"a null sender, by HELO", session{"", "helo.example.com", outside}, nil, "pass by spf"},
		{"a null sender, HELO elsewhere", session{"", "evil.example", outside}, nil, nothing},
		{"a null sender, strict", session{"", "helo.example.com", outside},
			map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; aspf=s")}, nothing},
		{"a subdomain, relaxed", session{"b@helo.example.com", "x.example", outside}, nil, "pass by spf"},
		{"a subdomain, strict", session{"b@helo.example.com", "x.example", outside},
			map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; aspf=s")}, nothing},
		{"an @ in a quoted local part", session{`"a@example.com"@evil.example`, "x.example", outside}, nil, nothing},
		{"the other way round", session{`"a@evil.example"@example.com`, "x.example", "192.0.2.66"}, nil, nothing},
		{"an @ in a quoted local part of the domain itself", session{`"a@b"@example.com`, "x.example", outside}, nil, "pass by spf"},
		{"softfail", session{dana, "x.example", "192.0.2.66"}, map[string]mockdns.Zone{"example.com.": text("v=spf1 ~all")}, nothing},
		{"a record with a mistake", session{dana, "x.example", outside}, map[string]mockdns.Zone{"example.com.": text("v=spf1 ip4:203.0.113.9 bogus")}, "pass by spf"},
		{"a mistake before", session{dana, "x.example", outside}, map[string]mockdns.Zone{"example.com.": text("v=spf1 bogus ip4:203.0.113.9")}, nothing},
		{"two records", session{dana, "x.example", outside}, map[string]mockdns.Zone{"example.com.": text("v=spf1 +all", "v=spf1 +all")}, nothing},
		{"our own server in front is nobody's", session{dana, "x.example", front}, map[string]mockdns.Zone{"example.com.": text("v=spf1 ip4:10.0.0.5 -all")}, nothing},
		{"IPv6", session{dana, "x.example", "2001:db8::9"}, map[string]mockdns.Zone{"example.com.": text("v=spf1 ip6:2001:db8::/32 -all")}, "pass by spf"},
	} {
		w := newWorld(t, c.dns)
		if v := w.check(letter, c.s); short(v) != c.want {
			t.Errorf("%s: %q, want %q (%s)", c.says, short(v), c.want, v.Reason)
		}
	}
}

// A record may send us around for long; one mail asks so many questions and no
// more.
func TestQuestionsAreBounded(t *testing.T) {
	w := newWorld(t, map[string]mockdns.Zone{"example.com.": text("v=spf1 include:one.example.com -all"),
		"one.example.com.": text("v=spf1 include:example.com -all")})
	counted := &counting{Resolver: w.settings.Resolver}
	w.settings.Resolver = counted
	w.v.Use(w.settings)
	mail := letter
	for range 30 {
		mail = "DKIM-Signature: " + strings.Replace(brokenSignature, "s=a", "s=b", 1) + mail
	}
	v := w.check(mail, session{"dana@example.com", "x.example", outside})
	if short(v) != nothing {
		t.Errorf("%s (%s)", short(v), v.Reason)
	}
	if counted.n > 20 {
		t.Errorf("%d questions", counted.n)
	}
}

// An error of the store is the caller's, and no verdict about the sender.
func TestBytesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	mail := signed(t, letter)
	in := w.inbound(mail, stranger)
	broken := func() (io.ReadCloser, error) { return nil, errBroken }
	if _, err := w.v.Check(context.Background(), in, broken); err == nil {
		t.Error("no error although nothing could be opened")
	}
	opened := 0
	half := func() (io.ReadCloser, error) {
		opened++
		if opened == 1 {
			return w.opener(mail)()
		}
		head, _, _ := strings.Cut(received+mail, "We send")
		return io.NopCloser(io.MultiReader(strings.NewReader(head), failing{})), nil
	}
	if v, err := w.v.Check(context.Background(), in, half); err == nil {
		t.Errorf("no error although the body broke off: %+v", v)
	}
}
