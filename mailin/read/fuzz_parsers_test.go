package read

import (
	"bytes"
	"encoding/base64"
	"io"
	"maps"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aside"

	"github.com/jhillyerd/enmime/v2/mediatype"
)

// FuzzHeader holds that a header and its body are all of a mail, in their
// order, and that no field's value breaks its line.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"From: a\n\nb", "a\nFrom: b\n\nc", "From : a\r\n b\r\n\r\nc", "Subject: x\nno field\ntext\n", ":\n\n", "X:" + strings.Repeat("y", 300) + "\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		head, body, problem := splitHeader(raw)
		if len(head)+len(body) > len(raw) || !bytes.HasSuffix(raw, body) || !bytes.Contains(raw, head) {
			t.Fatalf("%q is %q and %q", raw, head, body)
		}
		if problem == "" && !bytes.HasPrefix(raw, head) {
			t.Errorf("words before %q are not told", head)
		}
		h := readFields(raw)
		for name, values := range h.fields {
			for _, v := range values {
				if strings.ContainsAny(name+v, "\r\n") && !bytes.ContainsRune(raw, '\r') {
					t.Errorf("%q: %q", name, v)
				}
				if d := decodeHeader(v); strings.ContainsAny(d, "\r\n\x00") || !utf8.ValidString(d) {
					t.Errorf("%q is decoded as %q", v, d)
				}
			}
		}
	})
}

// FuzzAddresses holds that what is read as an address can be written to, and
// that it means the same when it is read again.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{`"a b" <c@d.example>, e@f.example (g)`, "a:b@c.example;", "<<a@b.example>>", `"x@y.example" <a@b.example>`, "=?utf-8?q?a=40b=2Eexample?=", `"a\"b"@c.example`, "<@r.example:a@b.example>", "a@b@c.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all := parseAddresses(s)
		if len(all) > maxAddresses {
			t.Errorf("%d addresses", len(all))
		}
		for _, a := range all {
			at := strings.LastIndexByte(a.Address, '@')
			if at <= 0 || at == len(a.Address)-1 || len(a.Address) > 400 || !utf8.ValidString(a.Address+a.Name) ||
				strings.ContainsAny(a.Address+a.Name, "\r\n\x00") || strings.ContainsAny(a.Address[at:], " <>,;\"") || len(a.Name) > maxName+len("…") {
				t.Errorf("%q holds %q", s, a)
			}
			if again := cleanAddress(a.Address); again != a.Address && !strings.ContainsAny(a.Address, "\"='") { // quotes around an address are dropped
				t.Errorf("%q is %q when read again", a.Address, again)
			}
		}
	})
}

// FuzzCharset holds that whatever label and octets come, text comes out.
func FuzzCharset(f *testing.F) {
	for _, label := range []string{"", "utf-8", "utf-7", "iso-2022-jp", "hz-gb-2312", "gb18030", "big5", "utf-16", "koi8-r", "cp1251", "x-none", "iso-8859-1", "shift_jis", "euc-kr", "replacement"} {
		f.Add([]byte("a\x1b$B$\"\x1b(B~{VP~}\xff\xfe+AGE-"), label)
	}
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		text, problem := toUTF8(b, label)
		out := clean(text)
		if !utf8.ValidString(out) || strings.ContainsAny(out, "\x00\r") {
			t.Errorf("%q: %q", label, out)
		}
		if len(text) > 8*len(b)+16 {
			t.Errorf("%q: %d octets became %d", label, len(b), len(text))
		}
		if len(problem) > 200 || strings.ContainsAny(problem, "\r\n") {
			t.Errorf("problem %q", problem)
		}
		if isASCII(b) && label == "utf-8" && text != string(b) {
			t.Errorf("%q became %q", b, text)
		}
	})
}

// FuzzTransfer holds the decoders against the standard library's encoders, and
// that nothing makes content longer than it came.
func FuzzTransfer(f *testing.F) {
	for _, e := range []string{"base64", "quoted-printable", "x-uuencode", "7bit", "quoted printable (x)", ""} {
		f.Add([]byte("R3LD=\n==A=C3=\r\nbegin 644 a\n#86)C\nend\n \t\n=ZZ"), e)
	}
	f.Fuzz(func(t *testing.T, b []byte, encoding string) {
		out, problem := decodeTransfer(b, encoding)
		if len(out) > len(b) {
			t.Errorf("%q: %d octets became %d (%s)", encoding, len(b), len(out), problem)
		}
		if got := decodeBase64([]byte(base64.StdEncoding.EncodeToString(b))); !bytes.Equal(got, b) {
			t.Errorf("base64: %q became %q", b, got)
		}
		var qp bytes.Buffer
		w := quotedprintable.NewWriter(&qp)
		w.Binary = true
		w.Write(b)
		w.Close()
		if got := decodeQP(qp.Bytes()); !bytes.Equal(got, b) {
			t.Errorf("quoted-printable: %q became %q by %q", b, got, qp.Bytes())
		}
		// What the library can read, it reads alike.
		if want, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(b))); err == nil && !bytes.ContainsRune(b, '\r') && !bytes.HasSuffix(bytes.TrimRight(b, " \t"), []byte("=")) {
			if got := decodeQP(b); !bytes.Equal(got, want) {
				t.Errorf("quoted-printable: %q is %q, the library's %q", b, got, want)
			}
		}
	})
}

// FuzzFlowed holds that unflowing changes line ends, blanks and quote marks
// alone: every word stays, in its order.
func FuzzFlowed(f *testing.F) {
	f.Add("a \nb\n> c \n> d\n>> e\n-- \nf", true)
	f.Add(" >a\n>  b \n>c", false)
	f.Fuzz(func(t *testing.T, s string, delsp bool) {
		s = clean(s)
		words := func(s string) string {
			return strings.Map(func(r rune) rune {
				if strings.ContainsRune(" \n>", r) {
					return -1
				}
				return r
			}, s)
		}
		out := unflow(s, delsp)
		if words(out) != words(s) {
			t.Errorf("%q became %q", s, out)
		}
		if len(out) > 2*len(s)+2 {
			t.Errorf("%d octets became %d", len(s), len(out))
		}
	})
}

// FuzzIDs holds that what is read as an id can stand in a header.
func FuzzIDs(f *testing.F) {
	f.Add("<a@b> <c@\r\n d>", "Your message of Monday <x@y>")
	f.Add("a@b c@d", "<<a@b>>")
	f.Fuzz(func(t *testing.T, a, b string) {
		ids := parseIDs([]string{a, b})
		if len(ids) > maxReferences {
			t.Errorf("%d ids", len(ids))
		}
		for _, id := range append(ids, parseMessageID(a)) {
			if len(id) > maxIDLength || !utf8.ValidString(id) || strings.ContainsAny(id, "<> \t\r\n\x00") {
				t.Errorf("%q holds %q", a+b, id)
			}
		}
	})
}

// FuzzParams holds the reading of Content-Type and its like.
func FuzzParams(f *testing.F) {
	f.Add("text/plain; charset=utf-8; name*0*=iso-2022-jp''%1B$B; name*1=x")
	f.Add(`multipart/mixed; boundary="a\"b"; =; ;x`)
	f.Add(`text/plain; CHARSET=utf-8; Format="flowed"; a.b_c=-.`)
	f.Add(";a=b ")
	f.Fuzz(func(t *testing.T, s string) {
		value, params := parseParams(s)
		if _, rest, _ := strings.Cut(s, ";"); len(s) <= maxParamField {
			if plain := plainParams(rest); plain != nil {
				if _, theirs, _, err := mediatype.Parse("x/x;" + rest); err != nil || !maps.Equal(plain, theirs) {
					t.Errorf("%q has %q, the library reads %q, %v", s, plain, theirs, err)
				}
			}
		}
		kind := mediaTypeOf(value, params, "text/plain", nil)
		if strings.ContainsAny(kind, " \r\n\"<>;") && kind != "" || len(kind) > 120 || !utf8.ValidString(kind) {
			t.Errorf("%q is of type %q", s, kind)
		}
		if name := safeName(decodeHeader(params["name"])); len(name) > maxNameLength || strings.ContainsAny(name, "/\\\r\n\x00<>:\"|?*") || strings.HasPrefix(name, ".") {
			t.Errorf("%q names a file %q", s, name)
		}
	})
}

// FuzzBounceText holds that the words of a notice yield addresses, and no more
// than the limit.
func FuzzBounceText(f *testing.F) {
	f.Add("Undelivered Mail", "<a@b.example>: 550 5.1.1 user unknown\nMessage-ID: <x@y>\nTo: c@d.example")
	f.Add("Warning: message delayed", "a@b.example\n  4.4.1 will be retried\n")
	f.Fuzz(func(t *testing.T, subject, text string) {
		m := &aside.Mail{Subject: oneLine(subject), Text: clean(text), From: aside.Address{Address: "mailer-daemon@x.example"}}
		b := &bodyReader{mail: m, root: &part{header: readFields([]byte("From: mailer-daemon@x.example\n\n"))}}
		recognise(m, b)
		if len(m.Failed) > maxFailed {
			t.Errorf("%d failed", len(m.Failed))
		}
		for _, r := range m.Failed {
			if strings.Count(r.Address, "@") == 0 || strings.ContainsAny(r.Address, " \r\n<>") || r.Status != "" && !statusCode.MatchString(r.Status) {
				t.Errorf("%q: %+v", text, r)
			}
		}
		if m.Original != nil && strings.ContainsAny(m.Original.MessageID, "<> \r\n") {
			t.Errorf("original %q", m.Original.MessageID)
		}
	})
}

// FuzzDates holds that dates, and the ends of absences, are of this world.
func FuzzDates(f *testing.F) {
	f.Add("Mon, 2 Nov 2026 10:00:00 +0100 (CET)", "I am away until 5 December.")
	f.Add("2026-11-02 10:00", "zurück am 24.12., bis 31. 12. 26")
	f.Fuzz(func(t *testing.T, date, text string) {
		at := parseDate(date)
		if !at.IsZero() && (at.Year() < 1900 || at.Year() > 2200) {
			t.Errorf("%q is %v", date, at)
		}
		sent := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
		if until := returnDate(text, sent); !until.IsZero() && (until.Before(sent.AddDate(0, 0, -1)) || until.After(sent.AddDate(1, 0, 1))) {
			t.Errorf("%q ends %v", text, until)
		}
	})
}
