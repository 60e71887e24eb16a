//go:build pending

package desk_test

import (
	"strings"
	"testing"

	"aside"
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
