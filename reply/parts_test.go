package reply_test

import (
	"fmt"
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// What only one of text and HTML newly says is read, or told to be left.
func TestPartsThatDiffer(t *testing.T) {
	long := strings.Repeat("Line of what was said before about the kettle, its handle and its lid. ", 12)
	quote := func(said string) (text, html string) {
		const intro = "On Fri, Nov 20, 2026 at 4:12 PM Jane Doe <support+notice@example.com> wrote:"
		return "\n\n" + intro + "\n" + prefixed(said), "<div class=gmail_quote>" + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(intro) +
			"<blockquote class=gmail_quote>" + said + "</blockquote></div>"
	}
	longText, longHTML := quote(long)
	shortText, shortHTML := quote("The handle?")
	for _, c := range []struct{ name, text, html, want, left string }{
		{"the same", "It *leaks*, see this <https://x.example/1>.", `<p>It <b>leaks</b>, see <a href="https://x.example/2">this</a>.</p>`, "It *leaks*, see this <https://x.example/1>.", ""},
		{"one sentence more in the HTML", "Hello" + longText, "<p>Hello</p><p>The seal is loose.</p>" + longHTML, "Hello\n\nThe seal is loose.", ""},
		{"one sentence more in the text", "Hello\n\nThe seal is loose." + longText, "<p>Hello</p>" + longHTML, "Hello\n\nThe seal is loose.", ""},
		{"one sentence more in each", "Hello\nThe seal is loose.", "<p>Hello</p><p>And the lid?</p>", "Hello\nThe seal is loose.", "And the lid?"},
		{"a text part of the quotation alone", strings.TrimSpace(shortText), "<p>Yes, the handle.</p>" + shortHTML, "Yes, the handle.", ""},
		{"a text part that marks nothing", "Yes.\n\nThe handle?", "<p>Yes.</p>" + shortHTML, "Yes.", ""},
		{"a text part cut short", "The seal is loose sin...", "<p>The seal is loose since Monday.</p>", "The seal is loose since Monday.", ""},
		{"a remark", "Your mail program does not support HTML.", "<p>It leaks.</p>", "It leaks.", ""},
		{"an HTML part that marks nothing", "See below." + longText, "<p>See below.</p><p>Or above.</p><p>" + long + "</p>", "See below.\n\nOr above.", ""},
	} {
		d := reply.Read(&aside.Mail{Text: c.text, HTML: c.html}, reply.Held{CutSignature: true})
		if got := d.Text(); got != c.want {
			t.Errorf("%s: read %q, wanted %q", c.name, got, c.want)
		}
		if got := d.Left(); got != c.left {
			t.Errorf("%s: left %q, wanted %q", c.name, got, c.left)
		}
	}
}

// Nothing of an agent's two parts is dropped, and nothing sent on a guess,
// where they differ.
func TestPartsThatDifferAreDoubts(t *testing.T) {
	for _, c := range []struct{ name, text, html, want, doubts string }{
		{"words of one part", "It leaves today.\nBy courier.", "<p>It leaves today.</p><p>Or on Monday.</p>", "It leaves today.\nBy courier.", "[{Or on Monday. false true}]"},
		{"words that the other part quotes", "> " + words, "<p>They lost it, we think.</p>", "They lost it, we think.", "[]"},
		{"a page that marks no quotation", "Fine.\n\n" + prefixed("Their courier never came to us"), "<p>Fine.</p><p>Today, then.</p><p>Their courier never came to us</p>", "Fine.\n\nToday, then.",
			"[{Their courier never came to us false false}]"},
		{"nothing new but in a page", "On 20.11.26 11:00, Jane Doe <support+notice@example.com> wrote:\n> It was never sent to them", "<p>It was never sent to them</p>", "It was never sent to them",
			"[{It was never sent to them true false}]"},
		{"a vendor's words in one part", "Fine.", "<p>Fine.</p><p>" + vendorSay + "</p>", "Fine.", "[]"},
	} {
		d := reply.Read(&aside.Mail{Text: c.text, HTML: c.html}, heldAgainst())
		if got := d.Text(); got != c.want {
			t.Errorf("%s: read %q, wanted %q", c.name, got, c.want)
		}
		if got := fmt.Sprint(d.Doubts()); got != c.doubts {
			t.Errorf("%s: doubts %v, wanted %s", c.name, got, c.doubts)
		}
	}
}
