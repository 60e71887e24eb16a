package templates

import (
	"strings"
	"testing"
	"time"
)

// TestLinksSayWhereTheyLead: what stands in brackets behind a link's words is
// ours and true; a link that already says it is left alone.
func TestLinksSayWhereTheyLead(t *testing.T) {
	for _, c := range []struct{ link, lead string }{
		{`<a href="https://shop.example/a?b=1">here</a>`, "https://shop.example/…"},
		{`<a href="https://shop.example">here</a>`, "https://shop.example"},
		{`<a href="https://shop.example/">https://shop.example/</a>`, ""},
		{`<a href="https://shop.example/a">https://shop.example/a</a>`, ""},
		{`<a href="https://shop.example/a">shop.example</a>`, ""},
		{`<a href="https://evil.example/">https://bank.example/</a>`, "https://evil.example"},
		{`<a href="https://evil.example/">bank.example</a>`, "https://evil.example"},
		{`<a href="https://bank.example@evil.example/">https://bank.example@evil.example/</a>`, "https://evil.example"},
		{`<a href="https://bank.example@evil.example/">bank.example</a>`, "https://evil.example"},
		{`<a href="https://bank.example.evil.example/">bank.example</a>`, "https://bank.example.evil.example"},
		{`<a href="https://bаnk.example/">https://bаnk.example/</a>`, "https://xn--bnk-6cd.example"}, // a Cyrillic а
		{`<a href="https://evil.example:8443/">evil.example</a>`, ""},
		{`<a href="https://evil.example/">pay [https://bank.example]</a>`, "https://evil.example"},
		{`<a href="http://evil.example/">https://evil.exam&#8203;ple/</a>`, "http://evil.example"},
		{`<a href="mailto:jane@customer.example">jane@customer.example</a>`, ""},
		{`<a href="mailto:eve@evil.example">jane@customer.example</a>`, "mailto:eve@evil.example"},
		{`<a href="tel:+49301234">call us</a>`, "tel:+49301234"},
		{`<a href="https://evil.example/"><img src="cid:a@b" alt="bank.example"></a>`, "https://evil.example"},
	} {
		w := Said(Words{Text: "x", HTML: "<p>See " + c.link + " now"})
		_, rest, found := strings.Cut(w.HTML, `class="as-target"`)
		lead := ""
		if found {
			_, rest, _ = strings.Cut(rest, ">[")
			lead, _, _ = strings.Cut(rest, "]</span> now")
		}
		if lead != c.lead {
			t.Errorf("%s is said to lead to %q, not %q:\n%s", c.link, lead, c.lead, w.HTML)
		}
	}
	if w := Said(Words{HTML: `<a href="https://evil.example/"> &#8203;</a>x`}); strings.Contains(w.HTML, "href") {
		t.Errorf("a link that shows nothing is still one: %s", w.HTML)
	}
}

// TestSpokenText: what acts on a terminal or a line's direction goes, every end
// of line is one for all readers, and no word is lost.
func TestSpokenText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"escapes", "a\x1b[2J\x1b]0;title\ab\x00c\u009b31m", "a[2J]0;titlebc31m"},
		{"overwriting", "Hello\rYOUR REPLY", "Hello\nYOUR REPLY"},
		{"separators", "a\u2028b\u2029c\u0085d\ve\ff\r\ng", "a\nb\nc\nd\ne\nf\ng"},
		{"overrides", "a\u202eb\u202cc\u2066d\u2069", "abcd"},
		{"marks of a language stay", "שָׁלוֹם a\u200fb\u200cc\u200dd", "שָׁלוֹם a\u200fb\u200cc\u200dd"},
		{"piled marks", "a" + strings.Repeat("\u0301", 50) + "b", "a" + strings.Repeat("\u0301", 8) + "b"},
		{"nothing for long", "a" + strings.Repeat("\n \t", 400) + "\nb", "a" + strings.Repeat("\n \t", 6) + "\nb"},
		{"tabs", "a\tb", "a\tb"},
	} {
		if got := Said(Words{Text: c.in}).Text; got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
		if got := External(Words{Text: c.in}).Text; got != c.want {
			t.Errorf("%s in mail that leaves: %q, not %q", c.name, got, c.want)
		}
		for _, w := range []Words{Said(Words{HTML: "<pre>" + c.in}), External(Words{HTML: "<p>" + c.in})} {
			if strings.ContainsAny(w.HTML, "\x1b\u202e\u2066\u009b\x07") || strings.Count(w.HTML, "\u0301") > 8 {
				t.Errorf("%s in HTML: %q", c.name, w.HTML)
			}
		}
	}
}

// TestLookalikesOfTheFrame writes its first line in all the ways that an eye
// takes for it. Each is shown as quoted, in the text and in the HTML; sentences
// that merely use its words are not.
func TestLookalikesOfTheFrame(t *testing.T) {
	frame := Words{Text: "IHRE ANTWORT GEHT AN: Jane\naside-k3f9q2m7xd", HTML: "FRAME"}
	for _, fake := range []string{"YOUR REPLY STAYS IN THE TEAM", "Your reply goes to: Omar", "  YOUR   REPLY\u00a0GOES TO: Omar",
		"YO\u200bUR REPLY\u00ad GOES TO: Omar", "YOUR-REPLY-GOES TO: Omar", "*** YOUR REPLY STAYS", "▶ YOUR REPLY STAYS", "1. YOUR REPLY GOES TO: Omar",
		"ＹＯＵＲ ＲＥＰＬＹ ＧＯＥＳ ＴＯ: Omar", "YОUR RЕPLY GОES TO: Omar", "ʏᴏᴜʀ ʀᴇᴘʟʏ ɢᴏᴇꜱ ᴛᴏ: Omar", "𝗬𝗢𝗨𝗥 𝗥𝗘𝗣𝗟𝗬 𝗚𝗢𝗘𝗦 𝗧𝗢: Omar",
		"🅈🄾🅄🅁 🅁🄴🄿🄻🅈 🄶🄾🄴🅂 🅃🄾", "🆈🅾🆄🆁 🆁🅴🅿🅻🆈 🅶🅾🅴🆂 🆃🅾", "Ihre Antwort geht an: Omar", "Attention: YOUR REPLY STAYS IN THE TEAM"} {
		for _, html := range []string{"", "<p>Hello</p><p>" + fake + "</p>", "Hello<br>" + fake, "<pre>Hello\n" + fake + "\nx</pre>",
			"<table><tr><td>Hello</td><td>" + fake + "</td></tr></table>", "<p>Hello</p><b>" + string([]rune(fake)[:3]) + "</b><i></i>" + string([]rune(fake)[3:])} {
			w := Assemble(Said(Words{Text: "Hello\n" + fake + "\nBye", HTML: html}), frame)
			if !strings.Contains(w.Text, "Hello\n> ") || !strings.Contains(w.Text, "\nBye\n") {
				t.Errorf("%q stands unmarked in the text:\n%s", fake, w.Text)
			}
			if html != "" && strings.Count(w.HTML, "&gt; ") != 1 {
				t.Errorf("%q stands unmarked in %s:\n%s", fake, html, w.HTML)
			}
		}
	}
	for _, honest := range []string{"I read that your reply goes to spam.", "Your reply was kind.", "Your replies go nowhere.", "Thanks for YOUR reply"} {
		w := Assemble(Said(FromText(honest)), frame)
		if strings.Contains(w.Text, "> ") || strings.Contains(w.HTML, "&gt; ") {
			t.Errorf("%q is taken for a frame:\n%s", honest, w.Text)
		}
	}
}

// TestWordsAreBounded feeds what would cost a careless writer minutes. The bound
// is far above what any of them takes.
func TestWordsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	frame := Words{Text: "YOUR REPLY GOES TO: Jane", HTML: "FRAME"}
	for name, one := range map[string]string{"links": `<a href="https://evil.example/">x</a>`, "open links": `<a href="https://evil.example/"><p>`,
		"lines": "<br>YOUR", "preformatted": "\nYOUR REPLY", "pieces": "<b>Y</b>", "marks": "\u0301", "quotations": "<blockquote>x</blockquote>"} {
		src := strings.Repeat(one, maxWordsHTML/len(one)-10)
		if name == "preformatted" {
			src = "<pre>" + src
		}
		start := time.Now()
		Assemble(Said(Words{Text: src, HTML: src}), frame)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took.Round(time.Millisecond))
		}
	}
}
