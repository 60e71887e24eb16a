//go:build pending

package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// /side in answer to a hold, its recall, a receipt: their subjects stay inside.
func TestSideInAnswerToOtherNotices(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.secret("Jane Doe", jane)
	w.secret("Kettle", jane)
	w.says(dana, n, "/frobnicate\n\nHello.").only("dana: NOT SENT")
	w.wait(31 * 60e9)
	w.says(dana, n, "/frobnicate") // NOT DONE
	w.says(dana, n, "/take")       // a receipt
	for _, title := range []string{"NOT SENT", "STILL NOT", "NOT DONE", "Done:", "It leaks."} {
		m := w.says(dana, w.lastTo("dana", title), "/side courier@vendor.example\n\nWhere is it, "+strings.ToLower(title)).to("vic")
		if !strings.HasSuffix(m.Subject, "A question from Example Support") {
			t.Errorf("after %q the vendor reads the subject %q", title, m.Subject)
		}
	}
}

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
