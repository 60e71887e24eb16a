package reply_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"aside"
	"aside/reply"
)

// said is a text's letters and digits alone: what the two views of a reply
// must agree on whatever their form.
func said(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// checkInvariants holds for every mail whatsoever.
func checkInvariants(t *testing.T, m *aside.Mail, h reply.Held) {
	t.Helper()
	d := reply.Read(m, h)
	lines := d.Lines()
	if len(lines) > 0 && strings.TrimSpace(strings.Join(lines, "")) == "" && len(d.ContentIDs()) == 0 {
		t.Errorf("lines without a word: %q", lines)
	}
	for i := range lines {
		d.BelowQuote(i)
	}
	text, out := d.Text(), d.HTML()
	if utf8.ValidString(m.Text) && utf8.ValidString(m.HTML) && !utf8.ValidString(text+out) {
		t.Errorf("text is not valid UTF-8 any more: %q %q", text, out)
	}
	if strings.Contains(strings.ToLower(text+out), marker) {
		t.Errorf("a marker is left in %q or %q", text, out)
	}
	// Every letter that the HTML shows stands in the text, in that order.
	rest := said(text)
	for _, r := range said(reply.HTMLToText(out)) {
		at := strings.IndexRune(rest, r)
		if at < 0 {
			t.Errorf("HTML shows %q, text %q", out, text)
			break
		}
		rest = rest[at+utf8.RuneLen(r):]
	}
	d.Elided()
	d.Signature()
	d.Forwarded()
	for i := range lines {
		if i%3 == 0 {
			d.Remove(i)
		}
	}
	d.Remove(-1, len(lines))
	if after := d.Text(); len(after) > len(text) {
		t.Errorf("removing lines added text: %q from %q", after, text)
	}
	d.HTML()
}

func FuzzRead(f *testing.F) {
	for _, c := range clients {
		h := ""
		if c.html != nil {
			h = c.html(answer, second)
		}
		f.Add(c.text(answer, second), h, "Re: Kettle")
	}
	for _, i := range introductions {
		f.Add("new\n"+i+"\n> old\nnew", "<p>new</p><div>"+i+"</div><blockquote>old</blockquote>", "WG: x")
	}
	f.Add("-- \na\n--\n_____________________________________\nhttp://x", "<pre>a\n\nb</pre>"+noticeHTML, "")
	f.Fuzz(func(t *testing.T, text, page, subject string) {
		m := &aside.Mail{Text: text, HTML: page, Subject: subject}
		checkInvariants(t, m, heldAgainst())
		d := reply.Read(m, reply.Held{CutSignature: true})
		d.Text()
		d.HTML()
	})
}

func FuzzHTMLToText(f *testing.F) {
	f.Add("<p>a<br>b</p><table><tr><td>c<td>d</table>")
	f.Fuzz(func(t *testing.T, page string) {
		text := reply.HTMLToText(page)
		if utf8.ValidString(page) && !utf8.ValidString(text) {
			t.Errorf("%q", text)
		}
	})
}

func FuzzHashes(f *testing.F) {
	f.Add("Nine days and nobody has called.", "\u200b> ＞ [x](https://y) aside-k3f9q2m7xd")
	f.Fuzz(func(t *testing.T, a, b string) {
		n := reply.Normalise(a)
		if again := reply.Normalise(n); again != n {
			t.Errorf("%q normalises to %q, that to %q", a, n, again)
		}
		reply.Hashes([]byte(b), a)
		reply.Hashes([]byte(a), b)
	})
}

// TestLinearTime feeds what would cost a careless reader minutes.
func TestLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	many := func(s string) string { return strings.Repeat(s, (1<<17)/len(s)) }
	bodies := map[string]string{
		"one line of quote signs":   many(">"),
		"colons":                    many("a:\n"),
		"introductions":             many("On 21.11.26 11:00, Jane Doe wrote:\n"),
		"introductions never ended": many("On 21.11.26 11:00, Jane Doe <jane@example.com>\n"),
		"header lines":              many("From: a\nTo: b\n"),
		"rules":                     many("-----\n"),
		"signature dashes":          many("--\n"),
		"signatures and quotes":     many("Sent from my iPhone\n> a\n"),
		"blank lines":               many("\n"),
		"rules and blank lines":     many("----\n\n\n\n\n\n"),
		"bars":                      many("| a\n"),
		"answers":                   many("> Nine days and nobody has called. Please just send a new one.\nYes.\n"),
		"markers":                   many(marker + " "),
		"marker lines":              many(marker + "\n"),
		"the notice":                many(notice + "\n"),
		"the notice on one line":    many(strings.Join(strings.Fields(notice), " ") + " "),
		"brackets":                  many("<"),
		"addresses":                 many("support+a@example.com "),
		"forwards":                  many("---------- Forwarded message\n"),
		"no spaces":                 many("水壶坏了"),
		"invisible":                 many("a\u200b"),
	}
	held := heldAgainst()
	for name, body := range bodies {
		for _, m := range []*aside.Mail{{Text: body}, {HTML: "<pre>" + body}, {Text: "Hi\n\nFrom: a@b.example\nSent: x\nSubject: y\n\n" + body}} {
			start := busy()
			d := reply.Read(m, held)
			d.Text()
			d.HTML()
			if took := busy() - start; took > 5*time.Second {
				t.Errorf("%s: took %v", name, took)
			} else if took > 300*time.Millisecond {
				t.Logf("%s (text %v): %v", name, m.HTML == "", took)
			}
		}
	}
}
