package desk_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	h "aside/test/harness"
)

// sealed is a draft with another body: what stands below its header.
func sealed(d *h.Draft, body string) []byte {
	raw := string(d.Bytes())
	head := raw[:strings.Index(raw, "Content-Type:")]
	return []byte(head + strings.ReplaceAll(body, "\n", "\r\n"))
}

// pkcs7 is a file made with OpenSSL.
func pkcs7(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "mailin", "read", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// seals are bodies as programs pack them; words tells whether they can be
// read without a key.
func seals(t *testing.T, text string) map[string]struct {
	body  string
	words bool
} {
	type seal = struct {
		body  string
		words bool
	}
	parts := func(kind string, parts ...string) string {
		out := "Content-Type: multipart/" + kind + "; boundary=BB\n\n"
		for _, p := range parts {
			out += "--BB\n" + p + "\n"
		}
		return out + "--BB--\n"
	}
	plain := "Content-Type: text/plain; charset=utf-8\n\n" + text
	return map[string]seal{
		"TNEF": {parts("mixed", plain, "Content-Type: application/ms-tnef; name=\"winmail.dat\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"winmail.dat\"\n\neJ8+Ig==\n"), true},
		"S/MIME, signed beside": {parts("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256", plain,
			"Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"smime.p7s\"\n\nMIIG\n"), true},
		"S/MIME, signed around": {"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"smime.p7m\"\n\n" +
			pkcs7(t, "smime-signed-streamed.der") + "\n", true},
		"S/MIME, encrypted": {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"smime.p7m\"\n\n" +
			pkcs7(t, "smime-encrypted.der") + "\n", false},
		"PGP/MIME, signed": {parts("signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha512", plain,
			"Content-Type: application/pgp-signature; name=\"OpenPGP_signature.asc\"\nContent-Disposition: attachment; filename=\"OpenPGP_signature.asc\"\n\n-----BEGIN PGP SIGNATURE-----\nwsB5\n-----END PGP SIGNATURE-----\n"), true},
		"PGP/MIME, encrypted": {parts("encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\nContent-Description: PGP/MIME version identification\n\nVersion: 1",
			"Content-Type: application/octet-stream; name=\"encrypted.asc\"\nContent-Disposition: inline; filename=\"encrypted.asc\"\n\n-----BEGIN PGP MESSAGE-----\nhQIM\n-----END PGP MESSAGE-----\n"), false},
		"PGP in the text, signed":    {"Content-Type: text/plain; charset=utf-8\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + text + "\n-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----\n", true},
		"PGP in the text, encrypted": {"Content-Type: text/plain; charset=utf-8\n\n-----BEGIN PGP MESSAGE-----\n\nhQIMA\n-----END PGP MESSAGE-----\n", false},
	}
}

// Whatever an agent's program packs or signs waits, and nobody outside hears
// of it; the mail about it says what it is packed as.
func TestSealedMailOfAnAgent(t *testing.T) {
	for name, seal := range seals(t, "We send a new one, signedwords.") {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "")
		d.Text, d.HTML = "x", ""
		w.receive(dana.Address, d.Ours(), sealed(d, seal.body))
		got := w.deliver()
		got.none("jane")
		hold := got.find("dana", "NOT ")
		packing, _, _ := strings.Cut(strings.Replace(name, "TNEF", "winmail.dat", 1), ",")
		packing, _, _ = strings.Cut(strings.TrimSuffix(packing, "/MIME"), " in the")
		if packing == "S" {
			packing = "S/MIME"
		}
		contains(t, hold, packing)
		answer := w.says(dana, hold, "send")
		for _, m := range answer.mails {
			if m.DeliveredTo != jane.Address {
				continue
			}
			// What PGP wrote into the text was shown, and is the writer's to send.
			shown := seal.words && strings.Contains(m.Text, "signedwords") || name == "PGP in the text, encrypted"
			if !shown || len(m.Files) > 0 {
				t.Errorf("%s: sent, the customer gets %d files and reads %q", name, len(m.Files), m.Text)
			}
		}
	}
}

// What a contact packs arrives readable as far as it can be, with the file.
func TestSealedMailOfAContact(t *testing.T) {
	for name, seal := range seals(t, "The kettle floods, signedwords.") {
		w := open(t)
		d := h.Write(jane, support, "Kettle", "x")
		w.receive(jane.Address, d.Ours(), sealed(d, seal.body))
		n := w.deliver().find("dana", "Kettle")
		if seal.words != strings.Contains(n.Words(), "signedwords") {
			t.Errorf("%s: Dana reads %q", name, n.Words())
		}
		opened := strings.Contains(name, "signed")
		if !opened && !strings.Contains(n.Text, "Packed as ") {
			t.Errorf("%s: the notice does not say so:\n%s", name, n.Text)
		}
		if !opened && !strings.Contains(name, "in the text") && len(n.Files) == 0 {
			t.Errorf("%s: the file is not with it", name)
		}
	}
}

// A notice that lies in an archive is one all the same.
func TestANoticeInAnArchive(t *testing.T) {
	archive := func(name string, method uint16, data []byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(data)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	gz := func(data []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(data)
		_ = z.Close()
		return b.Bytes()
	}
	old := []byte("From: a@b.example\r\nSubject: x\r\n\r\nhi\r\n")
	for name, tc := range map[string]struct {
		file string
		data func(notice []byte) []byte
		held string
	}{
		"a notice, packed":        {"files.zip", func(n []byte) []byte { return archive("notes.txt", zip.Deflate, n) }, "sign of our own"},
		"a notice, stored":        {"files.zip", func(n []byte) []byte { return archive("notes.txt", zip.Store, n) }, "sign of our own"},
		"a notice, archive twice": {"files.zip", func(n []byte) []byte { return archive("a.zip", zip.Deflate, archive("notes.txt", zip.Deflate, n)) }, "sign of our own"},
		"a notice in a document":  {"letter.docx", func(n []byte) []byte { return archive("word/document.xml", zip.Deflate, n) }, "sign of our own"},
		"a notice in gzip":        {"notes.gz", func(n []byte) []byte { return gz(n) }, "sign of our own"},
		"any mail":                {"files.zip", func([]byte) []byte { return archive("old/mail.EML", zip.Deflate, old) }, "whole mail (old/mail.EML)"},
		"a picture":               {"files.zip", func([]byte) []byte { return archive("a.png", zip.Deflate, []byte("PNG")) }, ""},
		"no archive":              {"files.zip", func([]byte) []byte { return []byte("PK\x03\x04 and no more") }, ""},
	} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "See the files.")
		d.Files = []h.File{{Name: tc.file, Type: "application/zip", Data: tc.data(n.Raw)}}
		got := w.post(d)
		if tc.held == "" {
			got.find("jane", "See the files.")
			continue
		}
		got.none("jane")
		if hold := got.find("dana", "NOT SENT"); !strings.Contains(hold.Text, tc.held) {
			t.Errorf("%s: Dana reads\n%s", name, hold.Text)
		}
	}
}

// nested are words of a base64 text in so many multiparts within each other.
func nested(depth int, words string) string {
	out := "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(words)) + "\n"
	for i := range depth {
		out = fmt.Sprintf("Content-Type: multipart/mixed; boundary=IN%d\n\n--IN%d\n%s\n--IN%d--\n", i, i, out, i)
	}
	return out
}

// What stands too deep in a mail to be taken apart is shown to nobody and looked
// through by no guard: an agent's mail with it waits, and of a contact's the
// notice says that something is missing.
func TestWordsThatStandTooDeep(t *testing.T) {
	const words = "Our margin on these kettles is eighty percent and the supplier told us in March that every lid breaks within a year."
	for _, depth := range []int{8, 12, 25} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(omar, w.lastTo("omar", "It leaks."), "/note\n\n"+words)
		d := h.Gmail().Reply(dana, n, "")
		w.receive(dana.Address, d.Ours(), sealed(d, "Content-Type: multipart/mixed; boundary=BB\n\n--BB\nContent-Type: text/plain\n\nHello Jane, see below.\n--BB\n"+nested(depth, words)+"--BB--\n"))
		hold := w.deliver().none("jane").find("dana", "NOT SENT")
		contains(t, hold, "Not all of your mail could be read: there are too many multiparts")

		d = h.Write(jane, support, "Deep", "")
		w.receive(jane.Address, d.Ours(), sealed(d, nested(depth+1, words)))
		contains(t, w.deliver().to("dana"), "Not all of it is shown: there are too many multiparts", "The whole mail is kept.")
	}
}
