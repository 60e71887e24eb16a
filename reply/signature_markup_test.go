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
