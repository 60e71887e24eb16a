package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"aside"
)

// mustRead reads a mail written with LF line ends.
func mustRead(t testing.TB, raw string, o Options) *aside.Mail {
	t.Helper()
	m, err := Mail(context.Background(), []byte(raw), o)
	if err != nil {
		t.Fatal(err)
	}
	checkFacts(t, t.Name(), m)
	return m
}

func TestOrdinaryMail(t *testing.T) {
	m := mustRead(t, strings.ReplaceAll(`Return-Path: <jane@customer.example>
Delivered-To: support@example.com
X-Original-To: Help@Example.com
From: Jane Doe <Jane@Customer.example>
Sender: office@customer.example
Reply-To: jane2@customer.example
To: Support <support@example.com>, dana@example.com
Cc: "Lind, K." <k.lind@law.example>
Subject: Kettle arrived broken
Date: Mon, 02 Nov 2026 10:00:00 +0100
Message-ID: <1@customer.example>
In-Reply-To: <0@example.com>
References: <a@example.com>
	<0@example.com>

It broke.
`, "\n", "\r\n"), Options{})
	if m.Kind != aside.KindMail || m.AutoReason != "" || m.Problems != nil {
		t.Errorf("kind %s %q, problems %v", m.Kind, m.AutoReason, m.Problems)
	}
	want := fmt.Sprint(aside.Address{Name: "Jane Doe", Address: "jane@customer.example"}, "office@customer.example",
		"jane2@customer.example", "support@example.com", "dana@example.com", "Lind, K.", "k.lind@law.example",
		[]string{"support@example.com", "help@example.com"}, "Kettle arrived broken", "1@customer.example", []string{"0@example.com"}, []string{"a@example.com", "0@example.com"}, "It broke.\n")
	got := fmt.Sprint(m.From, m.Sender.Address, m.ReplyTo[0].Address, m.To[0].Address, m.To[1].Address, m.Cc[0].Name, m.Cc[0].Address,
		m.DeliveredTo, m.Subject, m.MessageID, m.InReplyTo, m.References, m.Text)
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if !m.Date.Equal(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("date %v", m.Date)
	}
}

func TestEmpty(t *testing.T) {
	for _, raw := range []string{"", "\r\n\r\n", "From a@b Mon Jan 1 00:00:00 2024\n"} {
		if _, err := Mail(context.Background(), []byte(raw), Options{}); !errors.Is(err, ErrEmpty) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestLeadingLines(t *testing.T) {
	for _, lead := range []string{"", "\n\n", "\r\n \t\r\n", "From jane@x Mon Nov  2 10:00:00 2026\n", ">From jane@x Mon Nov  2 10:00:00 2026\r\n\r\n", "\xEF\xBB\xBF"} {
		if m := mustRead(t, lead+"From: jane@x.example\nSubject: hi\n\nbody\n", Options{}); m.Subject != "hi" || m.Text != "body\n" {
			t.Errorf("%q: %q %q", lead, m.Subject, m.Text)
		}
	}
}

func TestBrokenHeaders(t *testing.T) {
	for name, tc := range map[string]struct{ raw, subject, text string }{
		"no empty line":    {"From: a@b.example\nSubject: hi\nThis is the body.\nMore.\n", "hi", "This is the body.\nMore.\n"},
		"unindented fold":  {"Subject: a long\nsubject line\nFrom: a@b.example\n\nbody\n", "a long subject line", "body\n"},
		"blank in name":    {"Subject : hi\nFrom: a@b.example\n\nbody\n", "hi", "body\n"},
		"body only":        {"Just words, no header.\nMore.\n", "", "Just words, no header.\nMore.\n"},
		"header only":      {"From: a@b.example\nSubject: hi", "hi", ""},
		"lone CR":          {"From: a@b.example\nSubject: hi\n\none\rtwo\n", "hi", "one\ntwo\n"},
		"NUL":              {"From: a@b.example\nSubject: h\x00i\n\no\x00ne\n", "hi", "one\n"},
		"raw 8-bit":        {"From: a@b.example\nSubject: Gr\xfc\xdfe\n\nGr\xfc\xdfe\n", "Grüße", "Grüße\n"},
		"raw UTF-8":        {"From: a@b.example\nSubject: Grüße\n\nGrüße\n", "Grüße", "Grüße\n"},
		"raw ISO-2022-JP":  {"From: a@b.example\nSubject: \x1b$B%F%9%H\x1b(B\n\n\x1b$B%F%9%H\x1b(B\n", "テスト", "テスト\n"},
		"folded words":     {"From: a@b.example\nSubject: =?utf-8?q?Gr=C3=BC=C3?=\n =?utf-8?q?=9Fe?= aus =?iso-8859-1?q?K=F6ln?=\n\n.\n", "Grüße aus Köln", ".\n"},
		"word in words":    {"From: a@b.example\nSubject: Re:=?utf-8?b?R3LDvMOfZQ?= x =?utf-8?x?y?= =?broken\n\n.\n", "Re:Grüße x =?utf-8?x?y?= =?broken", ".\n"},
		"blanks in a word": {"From: a@b.example\nSubject: =?utf-8?q?so many words?=\n\n.\n", "so many words", ".\n"},
		"1252 as Latin-1":  {"From: a@b.example\nSubject: =?ISO-8859-1?Q?it=92s?=\n\n.\n", "it’s", ".\n"},
		"language":         {"From: a@b.example\nSubject: =?utf-8*de?q?=C3=BC?=\n\n.\n", "ü", ".\n"},
	} {
		if m := mustRead(t, tc.raw, Options{}); m.Subject != tc.subject || m.Text != tc.text {
			t.Errorf("%s: subject %q, text %q", name, m.Subject, m.Text)
		}
	}
}

func TestCharsets(t *testing.T) {
	for _, tc := range []struct{ charset, body, want string }{
		{"utf-8", "Grüße", "Grüße"},
		{"UTF8", "\xEF\xBB\xBFGrüße", "Grüße"},
		{"us-ascii", "Grüße", "Grüße"},
		{"us-ascii", "Gr\xfc\xdfe", "Grüße"},
		{"", "\x93hi\x94", "“hi”"},
		{"iso-8859-1", "Gr\xfc\xdfe \x80", "Grüße €"},
		{"iso-8859-1", "Grüße", "Grüße"}, // mislabelled
		{"iso-8859-15", "\xa4", "€"},
		{"windows-1250", "\xbe\x9e", "ľž"},
		{"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"},
		{"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"},
		{"koi8-u", "\xf0\xd2\xc9\xd7\xa6\xd4", "Привіт"},
		{"windows-1255", "\xf9\xec\xe5\xed", "שלום"},
		{"iso-8859-8-i", "\xf9\xec\xe5\xed", "שלום"},
		{"windows-1256", "\xe3\xd1\xcd\xc8\xc7", "مرحبا"},
		{"gb2312", "\xc4\xe3\xba\xc3", "你好"},
		{"gb18030", "\x81\x30\x81\x30\xc4\xe3", "\u0080你"},
		{"big5", "\xa7\x41\xa6\x6e", "你好"},
		{"iso-2022-jp", "\x1b$B%F%9%H\x1b(B", "テスト"},
		{"shift_jis", "\x83\x65\x83\x58\x83\x67", "テスト"},
		{"cp932", "\x83\x65\x83\x58\x83\x67", "テスト"},
		{"euc-jp", "\xa5\xc6\xa5\xb9\xa5\xc8", "テスト"},
		{"ks_c_5601-1987", "\xc7\xd1\xb1\xdb", "한글"},
		{"utf-7", "Hi Mom +Jjo--+- 1 +AOQ", "Hi Mom ☺-+ 1 ä"},
		{"utf-16", "\xff\xfeh\x00i\x00", "hi"},
		{"charset=utf-8", "ü", "ü"},
		{"x-nobody-knows", "Gr\xfc\xdfe", "Grüße"},
		{"cp850", "\x81", "ü"},
		{"utf-8", "fünf \xff Stück", "fünf \uFFFD Stück"},
	} {
		raw := "From: a@b.example\nContent-Type: text/plain; charset=\"" + tc.charset + "\"\nContent-Transfer-Encoding: 8bit\n\n" + tc.body
		if m := mustRead(t, raw, Options{}); m.Text != tc.want {
			t.Errorf("%s: %q, want %q", tc.charset, m.Text, tc.want)
		}
	}
}

func TestTransferEncodings(t *testing.T) {
	for _, tc := range []struct{ encoding, body, want string }{
		{"base64", "R3LDvMOfZQ==", "Grüße"},
		{"BASE64", "R3LD\nvM\nOfZQ", "Grüße"},
		{"base64", "aGk=aGk=", "hihi"},
		{"base64", "aGk!gdGhlcmUsIGhvdyBhcmUgeW91", "hi there, how are you"},
		{"base64", "These are plain words, obviously; no base64 (here)!", "These are plain words, obviously; no base64 (here)!"},
		{"quoted-printable", "Gr=C3=BC=c3=9fe=\n x =3D =zz  \nend", "Grüße x = =zz\nend"},
		{"Quoted-Printable ", "a=20=\n", "a "},
		{"quoted printable", "a=20b", "a b"},
		{"x-uuencode", "begin 644 x\n#:&DA\n`\nend\n", "hi!"},
		{"8bit", "ü", "ü"},
		{"nonsense", "ü", "ü"},
	} {
		raw := "From: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + tc.encoding + "\n\n" + tc.body
		if m := mustRead(t, raw, Options{}); m.Text != tc.want {
			t.Errorf("%s %q: %q, want %q", tc.encoding, tc.body, m.Text, tc.want)
		}
	}
}

func TestFlowed(t *testing.T) {
	for name, tc := range map[string]struct {
		in, out string
		delsp   bool
	}{
		"joined":          {"a long \nline\nnext\n", "a long line\nnext\n", false},
		"delsp":           {"日本 \n語\n", "日本語\n", true},
		"quotes joined":   {"> he \n> said\n>> she \n>> said\nok\n", "> he said\n>> she said\nok\n", false},
		"depth changes":   {"> open \nmine\n", "> open \nmine\n", false},
		"stuffing":        {" From here\n  two\n", "From here\n two\n", false},
		"stuffed quote":   {" > no quote\n", "> no quote\n", false},
		"signature":       {"text \n-- \nDana\n", "text \n-- \nDana\n", false},
		"empty lines":     {"a\n\nb\n", "a\n\nb\n", false},
		"empty quoted":    {">\n> a\n", ">\n> a\n", false},
		"no end of lines": {"a \nb", "a b", false},
	} {
		if got := unflow(tc.in, tc.delsp); got != tc.out {
			t.Errorf("%s: %q, want %q", name, got, tc.out)
		}
	}
	m := mustRead(t, "From: a@b.example\nContent-Type: text/plain; format=Flowed; delsp=yes\n\na \nb\n", Options{})
	if m.Text != "ab\n" || !m.Flowed {
		t.Errorf("through Mail: %q, flowed %v", m.Text, m.Flowed)
	}
	const flowed, fixed, page = "Content-Type: text/plain; format=flowed\n\na\n", "Content-Type: text/plain\n\na\n", "Content-Type: text/html\n\n<p>a</p>\n"
	for raw, want := range map[string]bool{
		multipart("mixed", flowed, flowed):     true,
		multipart("alternative", flowed, page): true,
		multipart("mixed", flowed, fixed):      false,
		multipart("mixed", flowed, page):       false, // its text is made of the HTML
		multipart("mixed", fixed):              false,
		multipart("mixed", page):               false,
	} {
		if m := mustRead(t, raw, Options{}); m.Flowed != want {
			t.Errorf("flowed %v:\n%s", m.Flowed, raw)
		}
	}
}

// multipart puts parts, each header and body, into one mail.
func multipart(kind string, parts ...string) string {
	return "From: a@b.example\nSubject: s\nDate: Mon, 02 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n" + nest(kind, "B1", parts...)
}

func nest(kind, boundary string, parts ...string) string {
	s := "Content-Type: multipart/" + kind + "; boundary=\"" + boundary + "\"\n\npreamble\n"
	for _, p := range parts {
		s += "--" + boundary + "\n" + p + "\n"
	}
	return s + "--" + boundary + "--\n"
}

func names(m *aside.Mail) string {
	var out []string
	for _, a := range m.Attachments {
		s := a.Name + " " + a.Type
		if a.Inline {
			s += " inline"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestParts(t *testing.T) {
	const plain, page = "Content-Type: text/plain\n\nwords", "Content-Type: text/html\n\n<p>words</p>"
	const png = "Content-Type: image/png\n\nPNG"
	for name, tc := range map[string]struct{ raw, text, html, files string }{
		"alternative": {multipart("alternative", plain, page), "words", "<p>words</p>", ""},
		"related": {multipart("related", "Content-Type: text/html\n\n<img src=\"cid:p1@x\"><img src='CID:a%20b'>",
			"Content-Type: image/png\nContent-ID: <p1@x>\n\nPNG", "Content-Type: image/jpeg; name=b.jpg\nContent-ID: <a b>\n\nJPG",
			"Content-Type: image/gif\nContent-ID: <other>\nContent-Disposition: inline\n\nGIF"),
			"", "<img src=\"cid:p1@x\"><img src='CID:a%20b'>", "image.png image/png inline; b.jpg image/jpeg inline; image.gif image/gif"},
		"Apple's interleaved": {multipart("mixed", "\nfirst", png, "\nsecond", "Content-Type: text/plain; name=log.txt\nContent-Disposition: inline; filename=log.txt\n\nfile"),
			"first\nsecond", "", "image.png image/png; log.txt text/plain"},
		"HTML with a footer of text": {multipart("mixed", page, "\nfooter & all"), "words\nfooter & all",
			"<p>words</p>\n<div style=\"white-space: pre-wrap\">footer &amp; all</div>", ""},
		"nested": {multipart("mixed", nest("alternative", "B11", plain, nest("related", "B111", page, png)), "Content-Type: application/pdf; name=\"bill.pdf\"\n\nPDF"),
			"words", "<p>words</p>", "image.png image/png; bill.pdf application/pdf"},
		"named text first":   {multipart("mixed", "Content-Type: text/plain; name=\"message.txt\"\n\nbody", plain), "body\nwords", "", ""},
		"attached text":      {multipart("mixed", plain, "Content-Type: text/plain\nContent-Disposition: attachment\n\nfile"), "words", "", "text.txt text/plain"},
		"unnamed":            {multipart("mixed", png, png, "Content-Type: application/x-thing\n\nx", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"), "", "", "image.png image/png; image-2.png image/png; attachment.bin application/x-thing; invite.ics text/calendar"},
		"signed":             {multipart("signed", plain, "Content-Type: application/pgp-signature; name=signature.asc\n\nsig"), "words", "", ""},
		"image alone":        {"From: a@b.example\nContent-Type: image/png; name=scan.png\n\nPNG", "", "", "scan.png image/png"},
		"no boundary":        {"From: a@b.example\nContent-Type: multipart/mixed\n\njust words\n", "just words\n", "", ""},
		"other boundary":     {"From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\n--Y\nContent-Type: text/plain\n\nwords\n--Y--\n", "words", "", ""},
		"never closed":       {"From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nwords\n--X\nContent-Type: image/png\n\nPN", "words", "", "image.png image/png"},
		"like boundary":      {"From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nwords\n--Xtra\n--X--\n", "words\n--Xtra", "", ""},
		"no empty line":      {multipart("mixed", "Content-Type: text/plain\nwords\n\nmore", plain), "words\n\nmore\nwords", "", ""},
		"begins with a fold": {multipart("mixed", "\tcharset=utf-8\nContent-Type: text/plain\n\nwords", "\tcharset=utf-8\n\nmore"), "words\n\tcharset=utf-8\n\nmore", "", ""},
		"bad type":           {"From: a@b.example\nContent-Type: text\n\nwords", "words", "", ""},
		"type turned around": {"From: a@b.example\nContent-Type: plain/text; charset=utf-8\n\nwords", "words", "", ""},
		"meta charset":       {"From: a@b.example\nContent-Type: text/html\n\n<meta charset=windows-1251>\xcf", "", "<meta charset=windows-1251>П", ""},
		"root text/markdown": {"From: a@b.example\nContent-Type: text/markdown\n\n*words*", "*words*", "", ""},
	} {
		m := mustRead(t, tc.raw, Options{})
		if m.Text != tc.text || m.HTML != tc.html || names(m) != tc.files {
			t.Errorf("%s:\n text %q want %q\n html %q want %q\nfiles %s want %s", name, m.Text, tc.text, m.HTML, tc.html, names(m), tc.files)
		}
	}
}

func TestFileNames(t *testing.T) {
	for _, tc := range []struct{ header, want string }{
		{`Content-Disposition: attachment; filename="bill 1.pdf"`, "bill 1.pdf"},
		{`Content-Disposition: attachment; filename=bill 1.pdf`, "bill 1.pdf"},
		{`Content-Disposition: attachment; filename*=UTF-8''Rechnung%20f%C3%BCr.pdf; filename=x.pdf`, "Rechnung für.pdf"},
		{`Content-Disposition: attachment; filename*0*=iso-8859-1'de'Rech%F6; filename*1="nung"; filename*2*=%2Epdf`, "Rechönung.pdf"},
		{`Content-Disposition: attachment; filename*1="b.pdf"; filename*0="a"`, "ab.pdf"},
		{`Content-Disposition: attachment; filename="=?utf-8?q?f=C3=BCr?= =?utf-8?q?=2Epdf?="`, "für.pdf"},
		{"Content-Disposition: attachment; filename=\"f\xfcr.pdf\"", "für.pdf"},
		{`Content-Type: application/pdf; name="für.pdf"`, "für.pdf"},
		{"Content-Disposition: attachment; filename*=UTF-8''%D9%86%D8%A7%D9%85%D9%87%E2%80%8C%D9%87%D8%A7.pdf", "نامه\u200cها.pdf"},
		{"Content-Disposition: attachment; filename*=UTF-8''a%E2%80%AEfdp%E2%80%8B%C2%AD%EF%BB%BF.exe", "afdp.exe"},
		{`Content-Disposition: attachment; filename="../../etc/passwd"`, "passwd"},
		{`Content-Disposition: attachment; filename="C:\Users\jane\a.doc"`, "a.doc"},
		{`Content-Disposition: attachment; filename="/"`, "attachment.bin"},
		{`Content-Disposition: attachment; filename=".htaccess"`, "htaccess"},
		{"Content-Disposition: attachment; filename=\"cod\u202egpj.exe\"", "codgpj.exe"},
		{`Content-Disposition: attachment; filename="a\"b.txt"`, "a_b.txt"},
		{`Content-Disposition: attachment; filename="` + strings.Repeat("ä", 200) + `.pdf"`, strings.Repeat("ä", 73) + ".pdf"},
		{`Content-Disposition: attachment; filename="unterminated.pdf`, "unterminated.pdf"},
	} {
		head := tc.header
		if !strings.HasPrefix(head, "Content-Type") {
			head += "\nContent-Type: application/octet-stream"
		}
		m := mustRead(t, multipart("mixed", head+"\n\nx"), Options{})
		if len(m.Attachments) != 1 || m.Attachments[0].Name != tc.want {
			t.Errorf("%s: %s, want %s", tc.header, names(m), tc.want)
		}
	}
}

func TestForwarded(t *testing.T) {
	inner := "From: Omar <omar@x.example>\nSubject: =?utf-8?q?Re=3A_a=2Fb?=\nMessage-ID: <in@x.example>\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe, \nOmar\n\n"
	m := mustRead(t, multipart("mixed", "\nsee below", "Content-Type: message/rfc822\n\n"+inner), Options{})
	if m.Forwarded == nil || m.Forwarded.From.Address != "omar@x.example" || m.Forwarded.Subject != "Re: a/b" || m.Forwarded.Text != "Grüße,\nOmar" {
		t.Errorf("%+v", m.Forwarded)
	}
	if names(m) != "Re_ a-b.eml message/rfc822" || m.Text != "see below" {
		t.Errorf("files %s, text %q", names(m), m.Text)
	}
}

func TestOpaque(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  string
		want aside.Opaque
	}{
		"tnef":         {multipart("mixed", "\nx", "Content-Type: application/ms-tnef; name=winmail.dat\n\nx"), aside.OpaqueTNEF},
		"winmail":      {multipart("mixed", "\nx", "Content-Type: application/octet-stream; name=WINMAIL.DAT\n\nx"), aside.OpaqueTNEF},
		"enveloped":    {"From: a@b.example\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", aside.OpaqueSMIME},
		"certificates": {"From: a@b.example\nContent-Type: application/pkcs7-mime; smime-type=certs-only\n\nx", aside.OpaqueNone},
		"signed":       {multipart("signed", "\nx", "Content-Type: application/pkcs7-signature\n\nx"), aside.OpaqueNone},
		"PGP/MIME":     {multipart("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\nx"), aside.OpaquePGP},
		"inline PGP":   {"From: a@b.example\n\nhi\n-----BEGIN PGP MESSAGE-----\nx\n", aside.OpaquePGP},
		"PGP quoted":   {"From: a@b.example\n\nhe wrote -----BEGIN PGP MESSAGE-----\n", aside.OpaqueNone},
	} {
		if m := mustRead(t, tc.raw, Options{}); m.Opaque != tc.want {
			t.Errorf("%s: %q, want %q", name, m.Opaque, tc.want)
		}
	}
}

func TestLimits(t *testing.T) {
	deep := "Content-Type: text/plain\n\ndeep"
	for i := 0; i < 60; i++ {
		deep = nest("mixed", fmt.Sprintf("D%d", i), deep)
	}
	m := mustRead(t, "From: a@b.example\n"+deep, Options{})
	if len(m.Problems) == 0 || len(m.Attachments) != 1 {
		t.Errorf("depth: %v %s", m.Problems, names(m))
	}
	many := mustRead(t, multipart("mixed", strings.Split(strings.Repeat("\nx|", 3000), "|")...), Options{MaxParts: 50})
	if n := strings.Count(many.Text, "x"); n > 50 || n < 40 || len(many.Problems) == 0 {
		t.Errorf("parts: %d, %v", n, many.Problems)
	}
	long := mustRead(t, "From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n"+strings.Repeat("ü", 1000), Options{MaxText: 501})
	if long.Text != strings.Repeat("ü", 250) || len(long.Problems) == 0 {
		t.Errorf("text: %d octets, %v", len(long.Text), long.Problems)
	}
	header := mustRead(t, strings.Repeat("X-A: b\n", 5000)+"From: a@b.example\n\nbody", Options{})
	if header.Text != "body" || len(header.Problems) == 0 {
		t.Errorf("header: %q %v", header.Text, header.Problems)
	}
	wide := mustRead(t, "Subject: "+strings.Repeat("ü", 5000)+"\nFrom: "+strings.Repeat("ü", 5000)+" <a@b.example>\n\nbody", Options{})
	if len(wide.Subject) > maxSubject+3 || len(wide.From.Name) > maxName+3 || wide.From.Address != "a@b.example" {
		t.Errorf("subject of %d octets, name of %d, %q", len(wide.Subject), len(wide.From.Name), wide.From.Address)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	late, err := Mail(ctx, []byte(multipart("mixed", "\nx")), Options{})
	if err != nil || late.Subject != "s" || len(late.Problems) == 0 {
		t.Errorf("time: %v %+v", err, late)
	}
}

func TestKeep(t *testing.T) {
	var kept bytes.Buffer
	keep := func(r io.Reader) (aside.Content, error) {
		b, err := io.ReadAll(r)
		kept.Write(b)
		return aside.Content{SHA256: "abc", Size: int64(len(b)), Data: b}, err
	}
	raw := multipart("mixed", "\nx", "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\naGk=")
	m := mustRead(t, raw, Options{Keep: keep})
	if kept.String() != "hi" || string(m.Attachments[0].Data) != "hi" || m.Attachments[0].Size != 2 {
		t.Errorf("kept %q, %+v", kept.String(), m.Attachments)
	}
	failing := func(io.Reader) (aside.Content, error) { return aside.Content{}, io.ErrClosedPipe }
	_, err := Mail(context.Background(), []byte(raw), Options{Keep: failing})
	var keepErr *KeepError
	if !errors.As(err, &keepErr) || !errors.Is(err, io.ErrClosedPipe) || keepErr.Name != "image.png" {
		t.Errorf("error %v", err)
	}
}

// One mail by two routes has one digest; another mail has another.
func TestDigest(t *testing.T) {
	base := mustRead(t, multipart("mixed", "Content-Type: text/plain; charset=utf-8\n\nGrüße  an alle", "Content-Type: image/png\n\nhi"), Options{}).Digest
	route := mustRead(t, "Received: from x\nX-Spam: no\n"+multipart("mixed", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe an=\n alle\n\n", "Content-Type: image/png; name=other.png\nContent-Transfer-Encoding: base64\n\naGk="), Options{}).Digest
	if base != route {
		t.Error("another route, another digest")
	}
	for _, raw := range []string{
		multipart("mixed", "\nother words", "Content-Type: image/png\n\nhi"),
		multipart("mixed", "Content-Type: text/plain; charset=utf-8\n\nGrüße an alle", "Content-Type: image/png\n\nho"),
		strings.Replace(multipart("mixed", "Content-Type: text/plain; charset=utf-8\n\nGrüße an alle", "Content-Type: image/png\n\nhi"), "a@b", "c@b", 1),
		strings.Replace(multipart("mixed", "Content-Type: text/plain; charset=utf-8\n\nGrüße an alle", "Content-Type: image/png\n\nhi"), "10:00", "10:01", 1),
	} {
		if mustRead(t, raw, Options{}).Digest == base {
			t.Errorf("the same digest for %q", raw)
		}
	}
}
