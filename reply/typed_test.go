package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// A command is nobody's but the writer's, even if a notice's frame has each of
// its words in the same order, and so is what is typed above a quotation.
func TestTypedWordsOfAFrame(t *testing.T) {
	const people = "pia.lund@vendor.example, otto.stein@vendor.example, max.moritz@repairs.example"
	shown := "YOUR REPLY GOES TO: " + people + "\nOpen, nobody's yet.\nAlso open: #5 Toaster too hot, #4 Toaster too cold.\n" +
		"/side " + people + "\nResolve | Snooze | Take | Note | Ask someone\n" + marker
	held := heldAgainst()
	known := map[uint64]reply.Origin{}
	for _, h := range reply.Hashes(held.Key, shown) {
		known[h] = reply.Frame
	}
	held.Known = func(h uint64) reply.Origin { return known[h] }
	above := "On 21.11.26 11:00, Jane Doe <support+notice@example.com> wrote:\n"
	for _, c := range []struct{ name, typed string }{
		{"the same people", "/side " + people + "\n\nWhere is it?"},
		{"with blanks", "  / side " + people + "\nWhere is it?"},
		{"a full-width slash", "／side " + people + "\n\nWhere is it?"},
		{"below a first command", "/take\n/side " + people + "\nWhere is it?"},
		{"above words of the frame", "/side " + people + "\nOpen, nobody's yet, and now?"},
		{"addresses in a sentence", "Please ask " + people + " today."},
		{"addresses alone", "Ask these:\n" + people + "\nand tell me."},
		{"subjects", "It is like Toaster too hot, #4 Toaster too cold. And as bad."},
		{"people as a header line", "To: " + people + "\n/side " + people + "\nWhere is it?"},
	} {
		for form, quotation := range map[string]string{"prefixed": prefixed(shown), "bare": "From: Jane Doe <support+notice@example.com>\nSubject: x\n\n" + shown, "without a sign": shown} {
			if form == "prefixed" {
				quotation = above + quotation
			}
			d := reply.Read(&aside.Mail{Text: c.typed + "\n\n" + quotation}, held)
			if got := d.Text(); squeeze(got, false) != squeeze(strings.TrimSpace(c.typed), false) {
				t.Errorf("%s, %s: read\n%s\n--- written\n%s", c.name, form, got, c.typed)
			}
		}
		page := paragraphs(c.typed, "<div>", "</div>", "<div><br></div>") + `<div class="gmail_quote"><div class="gmail_attr">` + "On 21.11.26 11:00, Jane Doe wrote:" +
			`</div><blockquote class="gmail_quote">` + paragraphs(shown, "<div>", "</div>", "<br>") + `</blockquote></div>`
		if got := reply.Read(&aside.Mail{HTML: page}, held).Text(); squeeze(got, false) != squeeze(strings.TrimSpace(c.typed), false) {
			t.Errorf("%s, HTML: read\n%s", c.name, got)
		}
	}
	// Below a quotation a command is no less the writer's; the caller asks
	// BelowQuote.
	d := reply.Read(&aside.Mail{Text: above + prefixed(shown) + "\n\n/side " + people + "\n\nWhere is it?"}, held)
	if got := d.Text(); got != "/side "+people+"\n\nWhere is it?" {
		t.Errorf("below: read %q", got)
	}
	// In a quotation without any prefix it is quoted.
	d = reply.Read(&aside.Mail{Text: "Fine.\n\n" + shown}, held)
	if got := d.Text(); got != "Fine." {
		t.Errorf("a bare frame: read %q", got)
	}
}

// A command typed inside the element of the signature is one all the same.
func TestCommandInTheSignatureElement(t *testing.T) {
	page := `<p>She is a fool.</p><div class="gmail_signature"><div>/note</div><div>Dana Reyes</div></div>`
	for _, text := range []string{"", "She is a fool.\n\n/note\nDana Reyes\n"} {
		d := reply.Read(&aside.Mail{Text: text, HTML: page}, reply.Held{CutSignature: true})
		if got := d.Text(); !strings.HasPrefix(squeeze(got, false), "She is a fool. /note") {
			t.Errorf("read %q", got)
		}
	}
}
