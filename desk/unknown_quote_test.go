package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A client that quotes in a way nobody knows copies a header above the words.
// Its lines name what only notices name, and so hold the mail.
func TestUnknownQuotationOfASideHolds(t *testing.T) {
	for name, header := range map[string]func(back *h.Mail) string{
		"Outlook's block in a language not known": func(b *h.Mail) string {
			return "Skribinto: Max Vendor (side) <support+notice@example.com>\nSendita: vendrede\nPri: " + b.Subject + "\n"
		},
		"a tag alone":          func(b *h.Mail) string { return "#" + b.Number(t) + "-" + tag(t, b) + "\n" },
		"the notice's address": func(*h.Mail) string { return "Max Vendor, support+notice@example.com\n\nwas of another opinion\n" },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
			back := w.says(vic, asked, "In the depot, "+w.secret("depotwords", vic)).to("dana")
			d := h.Gmail().Reply(dana, back, "")
			d.Text, d.HTML = "/reply\n\nIt is found.\n\n"+header(back)+"\n"+strings.TrimSpace(back.Text)+"\n", ""
			got := w.post(d)
			got.none("jane")
			contains(t, got.to("dana"), "NOT SENT")
		})
	}
}

// A mail whose two forms disagree about who is to hear it goes to nobody.
func TestFormsThatDisagreeHold(t *testing.T) {
	for name, form := range map[string][2]string{
		"only the HTML has the command": {"Words to keep.", "<p>/note</p><p>Words to keep.</p>"},
		"only the text has it":          {"/note\n\nWords to keep.", "<p>Words to keep.</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			d := h.Gmail().Reply(dana, n, "")
			d.Text, d.HTML = form[0], form[1]
			w.post(d).none("jane")
		})
	}
}
