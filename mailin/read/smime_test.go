package read

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aside"
)

// der is a file made with OpenSSL, as testdata/smime.readme says.
func der(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func packed(content []byte, kind string) string {
	return "From: a@b.example\nContent-Type: " + kind + "\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=smime.p7m\n\n" +
		base64.StdEncoding.EncodeToString(content) + "\n"
}

// What is only signed needs no key to be read.
func TestSignedSMIMEIsRead(t *testing.T) {
	for _, file := range []string{"smime-signed.der", "smime-signed-streamed.der"} {
		for _, kind := range []string{"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "application/x-pkcs7-mime; name=smime.p7m", "application/octet-stream; name=smime.p7m"} {
			m := mustRead(t, packed(der(t, file), kind), Options{})
			if strings.TrimSpace(m.Text) != "The küche floods, signedwords." || m.Opaque != aside.OpaqueNone || m.Signed != aside.OpaqueSMIME {
				t.Errorf("%s as %s: text %q, opaque %q, signed %q", file, kind, m.Text, m.Opaque, m.Signed)
			}
			if len(m.Attachments) != 1 || m.Attachments[0].Name != "smime.p7m" {
				t.Errorf("%s: the file is not kept: %v", file, m.Attachments)
			}
		}
	}
	m := mustRead(t, packed(der(t, "smime-encrypted.der"), "application/pkcs7-mime; smime-type=enveloped-data"), Options{})
	if m.Text != "" || m.Opaque != aside.OpaqueSMIME || m.Signed != aside.OpaqueNone || len(m.Attachments) != 1 {
		t.Errorf("encrypted: text %q, opaque %q, signed %q, files %v", m.Text, m.Opaque, m.Signed, m.Attachments)
	}
}

// A signed mail in a signed mail in a signed mail ends somewhere.
func TestSignedSMIMEInItself(t *testing.T) {
	content := "Content-Type: text/plain\n\ninnermost\n"
	for range 40 {
		inner := string(signedData([]byte(content)))
		content = "Content-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(inner)) + "\n"
		if len(content) > 4<<20 {
			break
		}
	}
	m := mustRead(t, "From: a@b.example\n"+content, Options{MaxDepth: 5})
	if len(m.Attachments) > 6 {
		t.Errorf("%d levels were opened, five are allowed", len(m.Attachments))
	}
}

// signedData is CMS signed-data around a content, without any signer.
func signedData(content []byte) []byte {
	wrap := func(tag byte, parts ...[]byte) []byte {
		var body []byte
		for _, p := range parts {
			body = append(body, p...)
		}
		n := len(body)
		return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
	}
	inner := wrap(tagSequence, wrap(tagOID, oidData), wrap(tagExplicit, wrap(tagOctets, content)))
	return wrap(tagSequence, wrap(tagOID, oidSignedData), wrap(tagExplicit, wrap(tagSequence, wrap(tagInteger, []byte{1}), wrap(tagSet), inner, wrap(tagSet))))
}

func FuzzSignedContent(f *testing.F) {
	f.Add(der(f, "smime-signed.der"))
	f.Add(der(f, "smime-signed-streamed.der"))
	f.Add([]byte{0x30, 0x80, 0x06, 0x80, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := signedContent(b); len(got) > len(b) {
			t.Errorf("%d octets out of %d", len(got), len(b))
		}
	})
}

func TestSigned(t *testing.T) {
	const armor = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nwords\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n"
	for name, tc := range map[string]struct {
		raw  string
		want aside.Opaque
	}{
		"S/MIME":          {multipart("signed", "\nwords", "Content-Type: application/pkcs7-signature\n\nx"), aside.OpaqueSMIME},
		"PGP/MIME":        {multipart("signed", "\nwords", "Content-Type: application/pgp-signature\n\nx"), aside.OpaquePGP},
		"inline":          {"From: a@b.example\n\n" + armor, aside.OpaquePGP},
		"inline, in HTML": {"From: a@b.example\nContent-Type: text/html\n\n<pre>" + strings.ReplaceAll(armor, "\n", "<br>") + "</pre>", aside.OpaquePGP},
		"quoted":          {"From: a@b.example\n\nwords\n> " + strings.ReplaceAll(armor, "\n", "\n> "), aside.OpaqueNone},
	} {
		m := mustRead(t, tc.raw, Options{})
		if m.Signed != tc.want || m.Opaque != aside.OpaqueNone {
			t.Errorf("%s: signed %q, want %q; opaque %q", name, m.Signed, tc.want, m.Opaque)
		}
		if !strings.Contains(m.Text+m.HTML, "words") {
			t.Errorf("%s: the words are gone", name)
		}
	}
}
