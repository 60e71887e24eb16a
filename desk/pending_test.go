//go:build pending

package desk_test

import (
	"strings"
	"testing"

	"aside"
	h "aside/test/harness"
)

// A word in answer to an ordinary note releases nothing, though something
// waits.
func TestABareWordToAnotherNote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Hello, "+w.secret("heldwords")+".\n/resolve\nYours.").only("dana: NOT SENT")
	note := w.says(omar, w.lastTo("omar", "It leaks."), "/note\n\nShall we send her a new one, or discard hers?").to("dana")
	for _, word := range []string{"Send", "discard"} {
		w.says(dana, note, word).only("omar: " + word)
	}
	if w.hold(1).State != aside.HoldWaiting {
		t.Errorf("state %v", w.hold(1).State)
	}
}

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

// Who got the customer's mail hears that a colleague took and answered it.
func TestTheTeamHearsThatItWasTaken(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take\n\nIt comes.").only("jane: It comes.", "omar: It comes.", "dana: Done: assigned to Dana")
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

// Nothing is dropped in silence.
func TestTextBesideACode(t *testing.T) {
	w := open(t)
	m := w.post(h.Write(dana, support, "One", "Words one.")).only("dana: One")[0]
	got := w.post(h.Write(dana, support, "Re: Was this you?", "/confirm "+code(t, m)+"\n\nAnd this is new, newwords."))
	for _, mail := range got.mails {
		if mail.Leaks("newwords") {
			return
		}
	}
	t.Errorf("the text was dropped in silence:\n%s", got)
}

func TestAReplayedMailIsTold(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "It comes.")
	w.post(d).find("jane", "It comes.")
	d.Text, d.HTML = "It comes tomorrow.", ""
	w.post(d).none("jane").find("dana", "")
}
