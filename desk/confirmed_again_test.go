package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// A Message-ID acts once, also where its second mail is not proved: its subject
// and first lines, all that a request for a code shows, are those of the first.
func TestUnprovenUnderAMessageIDThatActed(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.signing = true
	d := h.Gmail().Reply(dana, n, "A new one comes, Jane.")
	w.post(d).find("jane", "A new one")
	w.signing = false
	d.HTML, d.Text = "", "A new one comes, Jane.\n\nPlease\npay\n500 to this account."
	lacks(t, w.post(d).none("jane").find("dana", "one with the same Message-ID was carried out before"), "500", "/confirm")
}

// Of two that wait, the one confirmed last does nothing.
func TestConfirmedUnderAMessageIDThatActed(t *testing.T) {
	w := open(t, bySignature)
	d := h.Gmail().Reply(dana, w.opens(jane, "Kettle", "It leaks."), "A new one comes, Jane.")
	first := w.post(d).to("dana")
	d.HTML, d.Text = "", "A new one comes, Jane.\n\nPlease\npay\n500 to this account."
	w.post(d)
	second := w.wait(2*time.Hour).find("dana", "/confirm")
	w.signing = true
	w.says(dana, first, "/confirm "+code(t, first)).find("jane", "A new one")
	w.says(dana, second, "/confirm "+code(t, second)).none("jane").find("dana", "one with the same Message-ID was carried out before")
}

// And one that is dated weeks back does nothing either.
func TestConfirmedOfAnOldDate(t *testing.T) {
	w := open(t, bySignature)
	d := h.Gmail().Reply(dana, w.opens(jane, "Kettle", "It leaks."), "A new one comes, Jane.")
	d.Date = w.now.Add(-20 * 24 * time.Hour)
	w.receive(d.MailFrom(), d.Ours(), d.Bytes())
	for _, m := range w.deliver().mails {
		if has(m, "/confirm ") {
			w.signing = true
			w.says(dana, m, "/confirm "+code(t, m)).none("jane")
		}
	}
}
