package desk_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"aside"
	h "aside/test/harness"
)

// b64 is an encoded word of any octets.
func b64(charset, s string) string {
	return "=?" + charset + "?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

func utf16be(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}

// planted is the header that an injection would add.
const planted = "X-Planted: yes\r\nBcc: victim@evil.example"

// injections are values as they stand on the wire of a stranger's mail, none
// with a line end of its own, which the listener would end the field at.
func injections() []string {
	q := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "=%02X", c)
		}
		return "=?utf-8?Q?" + b.String() + "?="
	}
	nested := b64("utf-8", b64("utf-8", "x\r\n"+planted))
	return []string{
		q("x\r\n" + planted), q("x\n" + planted), q("x\r" + planted), b64("utf-8", "x\r\n"+planted), b64("utf-8", "x\r\n\r\nbody"),
		b64("utf-16be", utf16be("x\r\n"+planted)), b64("utf-7", "x+AA0ACg-"+planted), b64("iso-8859-1", "x\r\n"+planted),
		b64("iso-2022-jp", "x\x1b$B\x1b(B\r\n"+planted), b64("utf-8", "x\u2028"+planted), b64("utf-8", "x\u2029"+planted), b64("utf-8", "x\u0085"+planted),
		b64("utf-8", "x\x0b\x0c"+planted), b64("utf-8", "x\x00\r\n"+planted), b64("utf-8", `x" <victim@evil.example>, "y`), b64("utf-8", "x, victim@evil.example, y"),
		b64("utf-8", "x <victim@evil.example>"), b64("utf-8", "x\u202e\r\n\t"+planted), nested, "x =?utf-8?Q?=0D=0A?= =?utf-8?Q?X-Planted=3A_yes?=",
		"=?utf-8*en?Q?x=0D=0AX-Planted:_yes?=", "x\x0bX-Planted: yes", "x\x00X-Planted: yes", "x\xe2\x80\xa8X-Planted: yes", "x\xc2\x85X-Planted: yes",
		b64("utf-8", "x=?utf-8?Q?=0D=0AX-Planted:_yes?="), b64("utf-8", strings.Repeat("\r\n", 300)+planted), b64("utf-8", "(x)\r\n ("+planted+")"),
		b64("utf-8", "x\\\r\n"+planted), `\"x\"`, b64("gb2312", "x\r\n"+planted), b64("nonsense", "x\r\n"+planted),
	}
}

// fieldsOfOurs are all fields that a mail of ours may have, and each once.
var fieldsOfOurs = []string{"Return-Path", "Delivered-To", "Date", "From", "Reply-To", "To", "Cc", "Subject", "Message-Id", "In-Reply-To", "References",
	"Auto-Submitted", "X-Auto-Response-Suppress", "Importance", "X-Priority", "Mime-Version", "Content-Type", "Content-Transfer-Encoding"}

var fieldsOfParts = []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Id"}

// lawful reads the wire bytes of a mail as strictly as RFC 5322 is, and says
// what is wrong: a field that is not ours or stands twice, a line end, a
// control character behind an encoding, somebody addressed who may not be.
func lawful(raw []byte, addressed func(string) bool) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	head, _, found := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !found {
		return []string{"no empty line"}
	}
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") || len(bytes.TrimSpace(line)) == 0 {
			bad("the line %q", line)
		}
		for _, c := range line {
			if c < ' ' && c != '\t' || c > '~' {
				bad("the octet %#x in %q", c, line)
			}
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return append(wrong, err.Error())
	}
	checkFields(bad, textproto.MIMEHeader(m.Header), fieldsOfOurs)
	for _, key := range []string{"From", "Reply-To", "To", "Cc"} {
		if m.Header.Get(key) == "" {
			continue
		}
		list, err := m.Header.AddressList(key)
		if err != nil {
			bad("%s: %v", key, err)
		}
		for _, a := range list {
			if !addressed(a.Address) {
				bad("%s names %s", key, a.Address)
			}
		}
	}
	checkParts(bad, textproto.MIMEHeader(m.Header), m.Body)
	return wrong
}

func checkFields(bad func(string, ...any), fields textproto.MIMEHeader, known []string) {
	for key, values := range fields {
		if !slices.Contains(known, key) || len(values) != 1 {
			bad("the field %s, %d times", key, len(values))
		}
		decoded, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil {
			bad("%s: %v", key, err)
		}
		if i := strings.IndexFunc(decoded, func(r rune) bool { return unicode.IsControl(r) && r != '\t' || r == '\u2028' || r == '\u2029' }); i >= 0 {
			bad("%s decodes to %q", key, decoded)
		}
	}
}

// checkParts looks into every part, and at what its file is called.
func checkParts(bad func(string, ...any), fields textproto.MIMEHeader, body io.Reader) {
	kind, params, err := mime.ParseMediaType(fields.Get("Content-Type"))
	if err != nil {
		bad("Content-Type %q: %v", fields.Get("Content-Type"), err)
		return
	}
	names := []string{params["name"]}
	if d := fields.Get("Content-Disposition"); d != "" {
		_, params, err := mime.ParseMediaType(d)
		if err != nil {
			bad("Content-Disposition %q: %v", d, err)
		}
		names = append(names, params["filename"])
	}
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool {
			return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '/' || r == '\\'
		}) {
			bad("a file is called %q", name)
		}
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			bad("a part: %v", err)
			return
		}
		checkFields(bad, p.Header, fieldsOfParts)
		checkParts(bad, p.Header, p)
	}
}

// TestInjectionFromOutside puts each value wherever a stranger's mail can have
// it: names, subject, file names in all their forms, ids, the envelope. Then
// the mail goes every way out: acknowledgement, notices, an answer, a side
// conversation that shares it, with its files, relayed.
func TestInjectionFromOutside(t *testing.T) {
	for _, v := range injections() {
		w := open(t)
		w.log.quiet = true // what cannot be read is a raw ticket, and logged
		var all []*h.Mail
		keep := func(n *news) *news { all = append(all, n.mails...); return n }
		bare := strings.NewReplacer(" ", "", "<", "", ">", "", `\`, "", `"`, "", ":", "").Replace(v)
		raw := "From: " + v + " <jane@customer.example>\r\nTo: " + v + " <support@example.com>\r\nCc: " + v + " <kim@customer.example>\r\n" +
			"Subject: Kettle " + v + "\r\nMessage-ID: <" + bare + "@customer.example>\r\nReferences: <" + bare + "@a.example> <b@a.example>\r\n" +
			"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: text/plain\r\n\r\nIt leaks.\r\n" +
			"--b\r\nContent-Type: text/csv; name=\"" + v + ".csv\"\r\nContent-Disposition: attachment; filename=\"" + v + ".csv\"\r\n\r\n1\r\n" +
			"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename*=utf-8''x%0D%0AX-Planted:%20yes%2F..%2F.csv\r\n\r\n2\r\n" +
			"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename*0*=utf-8''x%0D%0A; filename*1*=X-Planted%3A%20yes.csv\r\n\r\n3\r\n--b--\r\n"
		w.now = w.now.Add(1e9)
		w.receive("jane@customer.example", []string{support}, []byte(raw))
		n := keep(w.deliver()).find("dana", "It leaks.")
		keep(w.says(dana, n, "A new one comes."))
		keep(w.says(dana, n, "/side "+vic.Address+" share all cc-customer\n/attach csv\n\nWhat is this?"))
		keep(w.says(dana, n, "/relay"))
		keep(w.says(dana, n, "/show"))
		keep(w.says(dana, n, "/list"))
		keep(w.says(dana, n, "/why"))
		keep(w.raw("Dana "+v+" <dana@example.com>", "x@evil.example", support, "none@x.example", "/resolve "+v)).find("dana", "/confirm")
		if len(all) < 10 {
			t.Fatalf("%q: only %d mails went out", v, len(all))
		}
		expect(t, v, all)
	}
}

// expect fails the test for what is not lawful in the mails, or names somebody
// who is not of the story.
func expect(t *testing.T, v string, mails []*h.Mail) {
	t.Helper()
	known := []string{jane.Address, kim.Address, vic.Address, dana.Address, omar.Address, eve.Address, max.Address}
	for _, m := range mails {
		for _, wrong := range lawful(m.Raw, func(a string) bool {
			return slices.Contains(known, a) || strings.HasPrefix(a, "support") && strings.HasSuffix(a, "@example.com")
		}) {
			t.Errorf("%q: %s in\n%.1500s", v, wrong, m.Raw)
		}
	}
}

// TestInjectionByCommands lets an agent's client, or a text pasted into it,
// carry such values into commands, the subject and file names.
func TestInjectionByCommands(t *testing.T) {
	for _, v := range []string{"x\r" + planted, "x\u2028" + planted, "x\u2029" + planted, "x\u0085X-Planted: yes", "x\x0bX-Planted: yes", "x\x00X-Planted: yes",
		b64("utf-8", "x\r\n"+planted), "=?utf-8?Q?x=0D=0AX-Planted:_yes?=", "x\\r\\nX-Planted: yes", "x%0d%0aX-Planted: yes", "x\u202eX-Planted: yes", "x\x1b[31m"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		var all []*h.Mail
		for _, text := range []string{
			"/side " + vic.Address + " subject " + v + "\n\nWhere is it?",
			"/subject " + v, "/tag " + v, "/set order=" + v, "/add " + v + " <" + max.Address + ">", "/macro " + v, "/attach " + v, "/assign " + v,
			"/search " + v, "/new " + v + " <" + kim.Address + ">\n\nHello.", "Plain words with " + v,
		} {
			m := h.Gmail().Reply(dana, n, text)
			m.HTML = ""
			m.Files = []h.File{{Name: v + ".txt", Type: "text/plain", Data: []byte("hello")}}
			all = append(all, w.post(m).mails...)
		}
		m := h.Write(dana, n.ReplyTo.Address, "Re: "+b64("utf-8", v), "Is it the blue one, "+fmt.Sprint(len(v))+"?")
		all = append(all, w.post(m).mails...)
		if len(all) < 5 {
			t.Fatalf("%q: only %d mails went out", v, len(all))
		}
		expect(t, v, all)
		if c := w.ticket(1).Subject; strings.ContainsFunc(c, unicode.IsControl) {
			t.Errorf("%q: the ticket is called %q", v, c)
		}
	}
}

// TestInjectionByTheConfig: names in the config and in the address book are
// trusted, and yet cannot break a header.
func TestInjectionByTheConfig(t *testing.T) {
	w := open(t)
	loc := w.set.Directory.Desks[0].Location
	evil := "x\r\n" + planted
	w.set.Directory = aside.NewDirectory(
		[]*aside.Desk{{Address: support, Name: evil, Team: "support", Signature: evil, Location: loc, Language: "en", Acknowledge: true, SubjectTag: aside.TagAll, Separator: "+"}},
		[]*aside.Team{{Name: "support"}},
		[]*aside.Agent{{Handle: "dana", Name: evil, Addresses: []string{dana.Address}, Teams: []string{"support"}, Notify: aside.NotifyRoom, Location: loc}},
		[]*aside.Card{{Name: evil, Address: vic.Address}})
	if err := w.svc.Configure(w.ctx, w.set); err != nil {
		t.Fatal(err)
	}
	n := w.writes(jane, "Kettle", "It leaks.")
	all := slices.Clone(n.mails)
	all = append(all, w.says(dana, n.to("dana"), "/side "+vic.Address+"\n\nWhere is it?").mails...)
	if len(all) < 3 {
		t.Fatalf("only %d mails went out", len(all))
	}
	expect(t, evil, all)
}

// TestLawfulFindsInjections is the control: the reader above sees each kind of
// injection that the tests above deny.
func TestLawfulFindsInjections(t *testing.T) {
	const good = "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nFrom: \"A\" <support@example.com>\r\nTo: <jane@customer.example>\r\nSubject: x\r\n" +
		"Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nhello\r\n--b--\r\n"
	mine := func(a string) bool { return a == "jane@customer.example" || a == "support@example.com" }
	if wrong := lawful([]byte(good), mine); len(wrong) > 0 {
		t.Fatalf("a good mail is refused: %v", wrong)
	}
	for _, change := range [][2]string{
		{"Subject: x", "Subject: x\r\n" + planted}, {"Subject: x", "Subject: x\nX-Planted: yes"}, {"Subject: x", "Subject: x\rX-Planted: yes"},
		{"Subject: x", "Subject: x\r\nSubject: y"}, {"Subject: x", "Subject: " + b64("utf-8", "x\r\ny")}, {"Subject: x", "Subject: " + b64("utf-8", "x\u2028y")},
		{"Subject: x", "Subject: x\x00"}, {"Subject: x", "Subject: ä"}, {"<jane@", `"x" <victim@evil.example>, "y" <jane@`}, {"Subject: x", "Subject: x\r\n \r\n y"},
		{"filename=a.txt", `filename*=utf-8''a%0D%0Ab.txt`}, {"filename=a.txt", `filename*=utf-8''..%2Fb.txt`}, {"filename=a.txt", "filename=a.txt\r\nX-Planted: yes"},
		{"filename=a.txt", `filename="` + b64("utf-8", "a\r\nb") + `"`}, {"Content-Disposition", "Content-Type: text/html\r\nContent-Disposition"},
		{"Subject: x", "Subject: " + strings.Repeat("x", 1000)},
	} {
		if len(lawful([]byte(strings.Replace(good, change[0], change[1], 1)), mine)) == 0 {
			t.Errorf("%q for %q is not found", change[1], change[0])
		}
	}
}
