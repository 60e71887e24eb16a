//go:build pending

package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// Answers between quoted paragraphs, in HTML.
func TestInterleavedHTML(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/note\n\nShe is a fool, "+w.secret("foolwords")+".\n\nNever pays, "+w.secret("payswords")+".").to("omar")
	for i, quote := range []func(string) string{
		func(s string) string { return `<blockquote type="cite">` + s + `</blockquote>` },
		func(s string) string {
			return `<div style="border-left:1px solid #ccc;padding-left:1ex">` + s + `</div>`
		},
		func(s string) string { return `<p style="color:blue">&gt; ` + s + `</p>` },
	} {
		d := h.ThunderbirdHTML().Reply(omar, m, "")
		text := []string{"It is all fine.", "We are on it.", "Do not worry."}[i]
		d.Text = ""
		d.HTML = "<html><body><p>/reply</p><div>On Monday, Dana Reyes wrote:</div>" + quote("She is a fool, foolwords.") + "<p>" + text + "</p>" + quote("Never pays, payswords.") + "</body></html>"
		for _, mail := range w.post(d).mails {
			if mail.DeliveredTo == jane.Address && !strings.Contains(mail.Says(), text) {
				t.Errorf("Jane reads %q", mail.Says())
			}
		}
	}
}

// Without a word of text there is nothing that could be sent.
func TestABadCommandAloneIsNeverSent(t *testing.T) {
	for _, line := range []string{"/snooze blah", "/frobnicate", "/resolve\n/assing omar"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		m := w.says(dana, n, line).only("dana: NOT DONE: your mail")[0]
		w.says(dana, m, "send").none("jane")
	}
}
