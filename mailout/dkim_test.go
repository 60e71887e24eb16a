package mailout

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"aside"

	"github.com/emersion/go-msgauth/dkim"
)

// zone answers TXT questions from a map.
type zone map[string]string

func (z zone) lookup(name string) ([]string, error) {
	if txt, ok := z[name]; ok {
		return []string{txt}, nil
	}
	return nil, errors.New("no such name " + name)
}

func ed25519Key(t *testing.T) (crypto.Signer, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
}

func signed(t *testing.T, s *Signer, m *Mail, open OpenFunc) (string, int64) {
	t.Helper()
	signature, c, err := s.prepare(t.Context(), m, open)
	if err != nil {
		t.Fatal(err)
	}
	text := bytesOf(t, m, open)
	if c.whole() && string(c.kept) != text {
		t.Errorf("kept for the relay:\n%s\nthe mail:\n%s", c.kept, text)
	}
	return signature + text, int64(len(signature)) + c.size
}

// TestLargeMailsAreNotKept: what is written in pieces is kept up to the bound
// and not an octet further.
func TestLargeMailsAreNotKept(t *testing.T) {
	for _, over := range []int{0, 1} {
		var c written
		for left := keptWritten + over; left > 0; left -= min(left, 1000) {
			if _, err := c.Write(make([]byte, min(left, 1000))); err != nil {
				t.Fatal(err)
			}
		}
		if c.size != int64(keptWritten+over) || c.whole() != (over == 0) || c.whole() != (len(c.kept) == keptWritten) {
			t.Errorf("%d octets over: size %d, whole %v, kept %d", over, c.size, c.whole(), len(c.kept))
		}
	}
}

// TestSignaturesVerify signs a mail with files by either algorithm and has a
// verifier check it; a field added or words changed on the way must show.
func TestSignaturesVerify(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	edKey, edRecord := ed25519Key(t)
	dns := zone{
		"r._domainkey.example.com": "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public),
		"e._domainkey.example.com": edRecord,
	}
	files := shelf{}
	o := outgoing(t, aside.Message{Attachments: []aside.Attachment{files.put("a.bin", "", strings.Repeat("\x00\xff", 100_000))}}, jane)
	m, err := Compose(o, deskIdentity(), "Grüße\n", "<p>Grüße")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []Key{{"example.com", "r", private}, {"example.com", "e", edKey}} {
		mail, size := signed(t, NewSigner(key), m, files.open)
		if size != int64(len(mail)) {
			t.Errorf("%s: size %d said, %d octets", key.Selector, size, len(mail))
		}
		changed := map[string]bool{
			mail: true,
			strings.Replace(mail, "Subject: Re", "Subject: Fw", 1): false,
			"Subject: another\r\n" + mail:                          false,
			"Reply-To: thief@other.example\r\n" + mail:             false,
			"Cc: reader@other.example\r\n" + mail:                  false,
			mail + "more\r\n":                                      false,
			"Received: by the way\r\n" + mail:                      true,
		}
		for text, want := range changed {
			v, err := dkim.VerifyWithOptions(strings.NewReader(text), &dkim.VerifyOptions{LookupTXT: dns.lookup})
			if err != nil || len(v) != 1 {
				t.Fatalf("%v, %v", v, err)
			}
			if (v[0].Err == nil) != want || v[0].Domain != "example.com" {
				t.Errorf("%s: %v for\n%.600s", key.Selector, v[0].Err, text)
			}
		}
	}
}

// TestSignatureAligns: the key is that of From's domain or of the nearest
// parent; a mail of another domain is not signed at all.
func TestSignatureAligns(t *testing.T) {
	key, _ := ed25519Key(t)
	s := NewSigner(Key{"example.com", "a", key}, Key{"help.example.com", "b", key}, Key{"other.example", "c", key})
	for from, want := range map[string]string{
		"x@example.com": "d=example.com;", "x@help.example.com": "d=help.example.com;", "x@eu.help.example.com": "d=help.example.com;",
		"x@EXAMPLE.com": "d=example.com;", "x@notexample.com": "", "x@com": "",
	} {
		id := deskIdentity()
		id.From.Address = from
		m, err := Compose(outgoing(t, aside.Message{}, jane), id, "x", "")
		if err != nil {
			t.Fatal(err)
		}
		signature, _, err := s.prepare(t.Context(), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" && signature != "" || !strings.Contains(signature, want) {
			t.Errorf("%s is signed %q", from, signature)
		}
	}
	var none *Signer
	m, err := Compose(outgoing(t, aside.Message{}, jane), deskIdentity(), "x", "")
	if err != nil {
		t.Fatal(err)
	}
	if signature, c, err := none.prepare(t.Context(), m, nil); signature != "" || err != nil || c.size == 0 {
		t.Errorf("%q, %v, %v", signature, c, err)
	}
}

// TestSigningFindsMissingFiles before a relay hears of the mail.
func TestSigningFindsMissingFiles(t *testing.T) {
	key, _ := ed25519Key(t)
	for _, s := range []*Signer{nil, NewSigner(Key{"example.com", "a", key})} {
		m, err := Compose(outgoing(t, aside.Message{Attachments: []aside.Attachment{{Name: "x", Content: aside.Content{SHA256: "00", Size: 1}}}}, jane),
			deskIdentity(), "x", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.prepare(t.Context(), m, shelf{}.open); err == nil {
			t.Error("no error")
		}
	}
}

// TestLFWriter: line ends turn wherever the writes are cut.
func TestLFWriter(t *testing.T) {
	in := "a\r\nb\r\r\nc\rd\r\n\r\n"
	for i := 1; i <= len(in); i++ {
		var b bytes.Buffer
		w := &lfWriter{w: &b}
		for rest := in; rest != ""; {
			n := min(i, len(rest))
			if _, err := io.WriteString(w, rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if got, want := b.String(), "a\nb\r\nc\rd\n\n"; got != want {
			t.Errorf("cut every %d: %q, not %q", i, got, want)
		}
	}
}

// Two keys of one domain sign both (RFC 8463 section 3: an
// Ed25519 signature stands beside an RSA one, because many receivers know only
// RSA). The config takes them, and aside check asks for the records of both.
func TestEveryKeySigns(t *testing.T) {
	first, _ := ed25519Key(t)
	second, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := NewSigner(Key{Domain: "example.com", Selector: "ed", Signer: first}, Key{Domain: "example.com", Selector: "rsa", Signer: second})
	m, err := Compose(outgoing(t, aside.Message{}, jane), deskIdentity(), "Hello", "")
	if err != nil {
		t.Fatal(err)
	}
	mail, _ := signed(t, s, m, nil)
	for _, selector := range []string{"s=ed;", "s=rsa;"} {
		if !strings.Contains(mail, selector) {
			t.Errorf("no signature with %s", selector)
		}
	}
}
