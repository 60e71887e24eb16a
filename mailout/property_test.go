package mailout

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"aside"

	"github.com/jhillyerd/enmime/v2"
	"pgregory.net/rapid"
)

// wild draws texts that break naive writers: every script, quotes, blanks at
// line ends, dots and "From " at line starts, boundaries, encoded words, very
// long lines.
var wild = rapid.Custom(func(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"From me", ".", "..", "--=_x", "=?utf-8?q?x?=", "trailing \t", " ", "\n", "\r\n", "\r", "=", "=\n", "ä", "日本語",
			"\"", "\\", "<a@b.c>", ",", ";", "\x00", "\u202e", "plain words here", "cid:known@host", "e\u0301", "👩‍👩‍👧"}),
		rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(rapid.SampledFrom([]string{"x", "ü", "a ", "=", "漢"}).Draw(t, "unit"), rapid.IntRange(0, 1200).Draw(t, "times"))
		}),
	), 0, 8).Draw(t, "pieces"), "")
})

// TestMailsReadBack composes wild mails and reads them with a parser that is
// not ours: words, files and names must be what they were, every line must be
// lawful, and composing again must give the same bytes.
func TestMailsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		files := shelf{}
		var attachments []aside.Attachment
		for range rapid.IntRange(0, 3).Draw(rt, "files") {
			a := files.put(wild.Draw(rt, "name"), rapid.SampledFrom([]string{"application/pdf", "", "message/rfc822", "bad type", "image/png"}).Draw(rt, "type"),
				string(rapid.SliceOf(rapid.Byte()).Draw(rt, "data")))
			attachments = append(attachments, a)
		}
		id := deskIdentity()
		id.Subject, id.From.Name = wild.Draw(rt, "subject"), wild.Draw(rt, "from")
		text, html := wild.Draw(rt, "text"), wild.Draw(rt, "html")
		cc := aside.Participant{Address: "cc@customer.example", Name: wild.Draw(rt, "cc"), Role: aside.RoleCc}
		o := outgoing(t, aside.Message{Attachments: attachments}, jane, cc)
		m, err := Compose(o, id, text, html)
		if err != nil {
			rt.Fatal(err)
		}
		raw := bytesOf(t, m, files.open)
		again, err := Compose(o, id, text, html)
		if err != nil {
			rt.Fatal(err)
		}
		if bytesOf(t, again, files.open) != raw {
			rt.Fatal("composed differently the second time")
		}
		checkLines(rt, raw)
		checkHeader(rt, raw, id, cc)
		checkBody(rt, raw, text, html, attachments, files)
	})
}

func checkLines(t *rapid.T, raw string) {
	for i, line := range strings.SplitAfter(raw, "\n") {
		if line == "" {
			continue
		}
		body, ok := strings.CutSuffix(line, "\r\n")
		if !ok || strings.ContainsAny(body, "\r\n\x00") {
			t.Fatalf("line %d does not end lawfully: %q", i, line)
		}
		if len(body) > hardLine {
			t.Fatalf("line %d has %d octets", i, len(body))
		}
		if !isASCII(body) {
			t.Fatalf("line %d is not ASCII: %q", i, line)
		}
	}
}

// checkHeader reads the header with the standard library.
func checkHeader(t *rapid.T, raw string, id aside.Identity, cc aside.Participant) {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.TrimSpace(line) == "" {
			t.Fatal("a header line of blanks alone")
		}
	}
	for _, want := range []struct{ field, name, address string }{
		{"From", id.From.Name, id.From.Address}, {"Cc", cc.Name, cc.Address}, {"To", jane.Name, jane.Address},
	} {
		list, err := m.Header.AddressList(want.field)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %v, %v", want.field, list, err)
		}
		if list[0].Address != want.address || list[0].Name != cut(oneLine(want.name), maxName) {
			t.Fatalf("%s is %q <%s>, not %q <%s>", want.field, list[0].Name, list[0].Address, want.name, want.address)
		}
	}
	env, err := enmime.ReadEnvelope(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := env.GetHeader("Subject"), cut(oneLine(id.Subject), maxSubject); got != want {
		t.Fatalf("subject %q, not %q", got, want)
	}
}

// checkBody reads the parts with enmime.
func checkBody(t *rapid.T, raw, text, html string, attachments []aside.Attachment, files shelf) {
	parser := enmime.NewParser(enmime.DisableTextConversion(true), enmime.DisableCharacterDetection(true))
	env, err := parser.ReadEnvelope(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range env.Errors {
		if e.Name != enmime.ErrorPlainTextFromHTML {
			t.Fatalf("the parser complains: %v", e)
		}
	}
	if got := sameWords(env.Text); text != "" && got != sameWords(text) {
		t.Fatalf("text is %q, not %q", got, text)
	}
	if got := sameWords(env.HTML); got != sameWords(html) {
		t.Fatalf("html is %q, not %q", got, html)
	}
	if len(env.Attachments) != len(attachments) {
		t.Fatalf("%d files, not %d", len(env.Attachments), len(attachments))
	}
	for i, a := range env.Attachments {
		if !bytes.Equal(a.Content, []byte(files[attachments[i].SHA256])) {
			t.Fatalf("file %d is %q", i, a.Content)
		}
		if want := fileName(attachments[i].Name); a.FileName != want && !strings.ContainsAny(want, `"\`) {
			t.Fatalf("file %d is named %q, not %q", i, a.FileName, want)
		}
	}
}

// sameWords is a text as far as mail must keep it: line ends are one kind, and
// there is one at the end.
func sameWords(s string) string {
	return strings.TrimRight(lineFeeds(s), "\n")
}

// TestHeaderWordsSteerNothing: what steers is in no header, what a language
// writes stays.
func TestHeaderWordsSteerNothing(t *testing.T) {
	if got, want := oneLine("\ufeffa\u202eb\u2066c\ufff9d\u2028e\u200ff\u200cg\u00adh "), "abcd e\u200ff\u200cg\u00adh"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzHeaderText: whatever a stranger's name or subject is, the header stays
// one field, in lawful lines, and gives back the same words.
func FuzzHeaderText(f *testing.F) {
	for _, s := range []string{"", "plain", "ä\r\nBcc: x", "=?utf-8?q?x?=", strings.Repeat("x", 3000), "a  b", "\xff\xfe", "\u202eevil",
		strings.Repeat("Lieferung nach Köln verzögert sich ", 6), strings.Repeat("Дана Рейес из службы ", 6)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var h headerBlock
		h.text("Subject", s)
		for _, name := range []string{"From", "Reply-To"} {
			if err := h.addresses(name, []aside.Address{{Name: s, Address: "a@b.example"}}); err != nil {
				t.Fatal(err)
			}
		}
		for line := range strings.SplitSeq(h.b.String(), "\r\n") {
			if len(line) > softLine+10 || len(line) > encodedLine && strings.Contains(line, encodedBegins) || strings.ContainsFunc(line, unicode.IsControl) {
				t.Fatalf("line %q", line)
			}
		}
		m, err := mail.ReadMessage(strings.NewReader(h.b.String() + "\r\n"))
		if err != nil || len(m.Header) != 3 {
			t.Fatalf("%v, %v", m, err)
		}
		list, err := m.Header.AddressList("From")
		if err != nil || len(list) != 1 || list[0].Address != "a@b.example" {
			t.Fatalf("%v, %v in %q", list, err, h.b.String())
		}
	})
}

// FuzzAddrSpec: what is accepted stays one address when it is read again.
func FuzzAddrSpec(f *testing.F) {
	for _, s := range []string{"a@b", `"a b"@c.d`, `a"@b`, "a@b@c", "ü@ü.example", `"\"@x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		spec, err := addrSpec(s)
		if err != nil {
			return
		}
		if strings.ContainsFunc(spec, unicode.IsControl) || strings.ContainsAny(spec, "<>") || !utf8.ValidString(spec) {
			t.Fatalf("%q became %q", s, spec)
		}
		again, err := addrSpec(spec)
		if err != nil || again != spec {
			t.Fatalf("%q became %q, then %q, %v", s, spec, again, err)
		}
	})
}
