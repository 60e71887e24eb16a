package reply_test

import (
	"testing"

	"aside"
	"aside/reply"
)

// outlooks is a reply as Outlook writes it, without an empty paragraph above
// the header.
func outlooks(typed string) string {
	return "<html><body><div class=WordSection1>" + paragraphs(typed, "<p class=MsoNormal>", "</p>", "<p class=MsoNormal>&nbsp;</p>") +
		`<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Jane Doe (customer) &lt;support+notice@example.com&gt;<br>` +
		`<b>Sent:</b> Sunday, November 22, 2026 3:04 AM<br><b>To:</b> dana@example.com<br><b>Subject:</b> [#5] Kettle</p></div></div>` +
		paragraphs(words, "<p>", "</p>", "<p>&nbsp;</p>") + "</div></body></html>"
}

// A last line that looks like one of a header is the writer's: the client drew
// its rule below it.
func TestLabelAboveTheRule(t *testing.T) {
	for _, last := range []string{"Tracking number: 1Z999AA10123456784", "Please note: we are closed on Monday.", "Carrier: UPS\nWeight: 2 kg",
		"Subject: to change without notice", "Date: 24 November 2026\nTo: Harbour Lane 12"} {
		typed := "Hello Jane,\n\nit is on its way.\n\n" + last
		if got := reply.Read(&aside.Mail{HTML: outlooks(typed)}, heldAgainst()).Text(); squeeze(got, false) != squeeze(typed, false) {
			t.Errorf("read %q, not %q", got, typed)
		}
	}
}

// What a vendor said, pasted below "they wrote:" and above the client's own
// quotation, is not cut in silence: the leak guard asks.
func TestPastedBelowAnIntroduction(t *testing.T) {
	typed := "Hello Jane,\n\nthis is what they wrote:\n\n" + vendorSay + "\n\nDana"
	gmail := paragraphs(typed, "<div>", "</div>", "<div><br></div>") + `<br><div class="gmail_quote"><div class="gmail_attr">On 21.11.26 11:00, Jane Doe wrote:</div><blockquote class="gmail_quote">` +
		paragraphs(words, "<div>", "</div>", "<br>") + `</blockquote></div>`
	for name, m := range map[string]*aside.Mail{
		"Outlook": {HTML: outlooks(typed)},
		"Gmail":   {HTML: gmail},
		"text":    {Text: typed + "\n\nOn 21.11.26 11:00, Jane Doe <support+notice@example.com> wrote:\n" + prefixed(words)},
	} {
		if got := reply.Read(m, heldAgainst()).Text(); squeeze(got, false) != squeeze(typed, false) {
			t.Errorf("%s: read %q", name, got)
		}
	}
}
