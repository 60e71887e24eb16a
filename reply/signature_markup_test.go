package reply_test

import (
	"testing"

	"aside"
	"aside/reply"
)

// Thunderbird, when it answers below the quotation, leaves the signature on
// top and marks it in the HTML part only.
func TestSignatureThatOnlyTheMarkupNames(t *testing.T) {
	text := "Dana Reyes\nExample GmbH, first floor\n\nOn 21/11/2026 22:00, Mia wrote:\n> Is it gentle?\n\nYes, turn the wheel.\n"
	html := `<div class="moz-signature">Dana Reyes<br>Example GmbH, first floor</div><p>On 21/11/2026 22:00, Mia wrote:</p>` +
		`<blockquote type="cite"><p>Is it gentle?</p></blockquote><p>Yes, turn the wheel.</p>`
	tests := []struct {
		name, text, html string
		cut              bool
		want             string
	}{
		{"an agent's is cut", text, html, true, "Yes, turn the wheel."},
		{"of a mail that is nothing else it is kept", "Dana Reyes\n", `<pre class="moz-signature">Dana Reyes</pre>`, true, "Dana Reyes"},
		{"a line that only begins like it is kept", "Dana Reyes and I agree.\n\nBest\n", `<p>Dana Reyes and I agree.</p><p>Best</p><div class="moz-signature">Dana Reyes</div>`, true,
			"Dana Reyes and I agree.\n\nBest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := reply.Read(&aside.Mail{Text: tt.text, HTML: tt.html}, reply.Held{CutSignature: tt.cut})
			if d.Text() != tt.want {
				t.Errorf("read %q, want %q", d.Text(), tt.want)
			}
		})
	}
}

// The configured signature goes wherever a client put it: on top, above the
// quotation, between commands and text. A line of it among other words stays.
func TestOwnSignatureOnTop(t *testing.T) {
	const sign = "Dana Reyes\nExample GmbH, first floor\n+49 30 1234"
	const quote = "On 11/21/26 22:51, Mia Berg (customer) wrote:\n> Is there a way to make it gentler?\n> \n> And do you sell the tray?\n"
	page := func(parts ...string) string {
		out := ""
		for _, p := range parts {
			if p == quote {
				out += `<p>On 11/21/26 22:51, Mia Berg (customer) wrote:</p><blockquote type="cite"><p>Is there a way to make it gentler?</p><p>And do you sell the tray?</p></blockquote>`
				continue
			}
			out += paragraphs(p, "<div>", "</div>", "<div><br></div>") + "<div><br></div>"
		}
		return out
	}
	for _, c := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"on top, answer below the quotation", []string{sign, quote, "Yes, turn the wheel."}, "Yes, turn the wheel."},
		{"on top, answer right below it", []string{sign, "Yes, turn the wheel.", quote}, "Yes, turn the wheel."},
		{"above the quotation", []string{"Yes, turn the wheel.", sign, quote}, "Yes, turn the wheel."},
		{"above the quotation, answers around", []string{"Hello Mia,", sign, quote, "Yes, turn the wheel."}, "Hello Mia,\n\nYes, turn the wheel."},
		{"below a command", []string{"/reply", sign, "Yes, turn the wheel.", quote}, "/reply\n\nYes, turn the wheel."},
		{"at the end", []string{quote, "Yes, turn the wheel.", sign}, "Yes, turn the wheel."},
		{"above a second quotation", []string{"One.", quote, "Two.", sign, quote, "Three."}, "One.\n\nTwo.\n\nThree."},
		{"one line among other words", []string{"Dana Reyes\nis my name.", quote}, "Dana Reyes\nis my name."},
		{"in the middle", []string{"This is how I sign:", sign, "Nice, is it not?", quote}, "This is how I sign:\n\n" + sign + "\n\nNice, is it not?"},
	} {
		text := ""
		for _, p := range c.parts {
			text += p + "\n\n"
		}
		for _, m := range []*aside.Mail{{Text: text}, {HTML: page(c.parts...)}, {Text: text, HTML: page(c.parts...)}} {
			d := reply.Read(m, reply.Held{CutSignature: true, Signatures: []string{sign}, Marker: func(string) bool { return false }})
			if got := d.Text(); squeeze(got, false) != squeeze(c.want, false) {
				t.Errorf("%s, text %v, HTML %v: read %q", c.name, m.Text != "", m.HTML != "", got)
			}
			if m.HTML != "" && squeeze(reply.HTMLToText(d.HTML()), false) != squeeze(c.want, false) {
				t.Errorf("%s: HTML is %s", c.name, d.HTML())
			}
		}
	}
}

// A sentence that the last rows end, a list of things, and a rule that somebody
// drew are no signature.
func TestNoSignature(t *testing.T) {
	for _, text := range []string{
		"Was this mail\nsent from my iPhone",
		"I'd like these:\n\n-Kettle Deluxe",
		"Please do this:\n______________________________\nOpen https://shop.example/return and print the label. Then call the courier.",
	} {
		d := reply.Read(&aside.Mail{Text: text}, reply.Held{CutSignature: true})
		if d.Text() != text || d.Signature() != "" {
			t.Errorf("read %q, and a signature %q", d.Text(), d.Signature())
		}
	}
}
